package tiktokshop_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/source/tiktokshop"
	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/webhook"
)

// answering answers calls for tokens, and others, and counts them.
type answering struct {
	mu            sync.Mutex
	tokens, calls func() string
	refreshes     int
}

func (a *answering) RoundTrip(r *http.Request) (*http.Response, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if strings.Contains(r.URL.Path, "/token/") {
		a.refreshes++
		return says(http.StatusOK, a.tokens())(r)
	}
	return says(http.StatusOK, a.calls())(r)
}

// TestTokensThatEndSoon are not refreshed with each call, whatever is said of their
// end.
func TestTokensThatEndSoon(t *testing.T) {
	tests := []struct {
		name string
		ends func(now time.Time) string
	}{
		{"in half a day", func(now time.Time) string { return fmt.Sprint(now.Add(12 * time.Hour).Unix()) }},
		{"nobody says when", func(time.Time) string { return `""` }},
		{"a span, and no time", func(time.Time) string { return "604800" }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			shop := w.connect(w.client())
			w.clock.Set(w.grant(shop.ID).Tokens.AccessUntil.Add(-time.Hour))
			a := &answering{calls: func() string { return `{"code":0,"data":{"orders":[]}}` }}
			a.tokens = func() string {
				return fmt.Sprintf(`{"code":0,"data":{"access_token":"TTP_new","access_token_expire_in":%s,"refresh_token":"R_new","refresh_token_expire_in":1899999999}}`, tt.ends(w.clock.Now()))
			}
			c := w.client(through(a))
			for range 20 {
				if err := w.asks(c, shop.ID); err != nil {
					t.Fatal(err)
				}
			}
			if a.refreshes != 1 {
				t.Errorf("%d refreshes for 20 calls", a.refreshes)
			}
		})
	}
}

// TestACallThatIsRefusedWhateverItsToken does not use the authorisation up.
func TestACallThatIsRefusedWhateverItsToken(t *testing.T) {
	w := newWorld(t)
	c := w.client()
	shop := w.connect(c)
	w.server.Fail = func(_ int, r *http.Request) *tiktokshoptest.Failure {
		if strings.Contains(r.URL.Path, "/packages/") {
			return &tiktokshoptest.Failure{Status: http.StatusUnauthorized, Body: "<html>"}
		}
		return nil
	}
	for i := range 20 {
		if _, err := c.Package(t.Context(), shop.ID, fmt.Sprint(1152000000000000100+i)); err == nil {
			t.Fatal("not refused")
		}
	}
	if n := w.count("/token/refresh"); n > 3 {
		t.Errorf("%d refreshes for 20 calls", n)
	}
}

// TestABusyAuthorisation is none that is over, whatever code it gives.
func TestABusyAuthorisation(t *testing.T) {
	w := newWorld(t)
	c := w.client()
	shop := w.connect(c)
	w.server.ExpireTokens()
	w.server.Fail = func(_ int, r *http.Request) *tiktokshoptest.Failure {
		if strings.Contains(r.URL.Path, "/token/") {
			return &tiktokshoptest.Failure{Status: http.StatusTooManyRequests, Code: 36004100, Message: "busy"}
		}
		return nil
	}
	var e *source.Error
	if err := w.asks(c, shop.ID); !errors.As(err, &e) || e.Code != source.RateLimited || e.Over {
		t.Errorf("error %v, want that there were too many calls", err)
	}
}

// TestALeaseFromTheFuture is none: it comes from a clock that was wrong.
func TestALeaseFromTheFuture(t *testing.T) {
	w := newWorld(t)
	c := w.client()
	shop := w.connect(c)
	w.server.ExpireTokens()
	g := w.grant(shop.ID)
	g.Lease = notice.Lease{Owner: "another", Until: w.clock.Now().Add(10 * time.Hour)}
	if err := w.shops.SaveGrant(t.Context(), &g); err != nil {
		t.Fatal(err)
	}
	began := w.clock.Now()
	if err := w.asks(c, shop.ID); err != nil || w.clock.Now().Sub(began) > time.Minute {
		t.Errorf("%v after %s", err, w.clock.Now().Sub(began))
	}
}

// TestTokensAreDroppedMeanwhile: a refresh that comes late brings nothing back, and
// no call is made without a token.
func TestTokensAreDroppedMeanwhile(t *testing.T) {
	w := newWorld(t)
	shop := w.connect(w.client())
	w.clock.Set(w.grant(shop.ID).Tokens.AccessUntil.Add(time.Hour))
	a := &answering{calls: func() string { t.Error("a call without a token"); return `{"code":105002}` }}
	a.tokens = func() string {
		g := w.grant(shop.ID)
		g.Tokens, g.Before = store.Tokens{}, store.Tokens{}
		if err := w.shops.SaveGrant(t.Context(), &g); err != nil {
			t.Error(err)
		}
		return `{"code":0,"data":{"access_token":"TTP_late","access_token_expire_in":1899999999,"refresh_token":"R_late"}}`
	}
	var e *source.Error
	if err := w.asks(w.client(through(a)), shop.ID); !errors.As(err, &e) || !e.Over || w.grant(shop.ID).Tokens != (store.Tokens{}) {
		t.Errorf("error %v, want that the authorisation is over", err)
	}
}

// TestListsWithoutEnd are no answers of theirs.
func TestListsWithoutEnd(t *testing.T) {
	for name, data := range map[string]string{
		"orders":   `"orders":[` + strings.Repeat("0,", 100_000) + `0]`,
		"packages": `"packages":[` + strings.Repeat("{},", 100_000) + `{}]`,
		"lines":    `"orders":[{"id":"577000000000000042","line_items":[` + strings.Repeat(`{"id":"1"},`, 100_000) + `{}]}]`,
	} {
		t.Run(name, func(t *testing.T) {
			r, err := tiktokshop.New(source.Fixed(webhook.Keys{})).Answer(http.StatusOK, []byte(`{"code":0,"data":{`+data+`}}`))
			var e *source.Error
			if !errors.As(err, &e) || e.Code != source.Undecodable || len(r.Malformed) > 0 {
				t.Errorf("%d faults, %v", len(r.Malformed), err)
			}
		})
	}
}
