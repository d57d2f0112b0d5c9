package tiktokshop_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/source/tiktokshop"
	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
	"github.com/shiptide/shiptide/shared/store"
)

// asks asks for nothing in particular.
func (w *world) asks(c *tiktokshop.Client, shop string) error {
	_, err := c.Orders(w.Context(), shop, []string{"577000000000000999"})
	return err
}

func TestRefreshAhead(t *testing.T) {
	w := newWorld(t)
	c := w.client()
	sh := w.connect(c)
	first := w.grant(sh.ID).Tokens
	w.clock.Set(first.AccessUntil.Add(-24*time.Hour - time.Second))
	if err := w.asks(c, sh.ID); err != nil || w.count("refresh") != 0 {
		t.Errorf("a day before: %v, %d times", err, w.count("refresh"))
	}
	w.clock.Set(first.AccessUntil.Add(-24 * time.Hour))
	// While the call is under way nobody knows yet whether the new pair is good.
	var during store.Grant
	w.server.Fail = func(_ int, r *http.Request) *tiktokshoptest.Failure {
		if strings.Contains(r.URL.Path, "/orders") && during.ID == "" {
			during = w.grant(sh.ID)
		}
		return nil
	}
	for range 3 {
		if err := w.asks(c, sh.ID); err != nil || w.count("refresh") != 1 {
			t.Errorf("within a day: %v, %d times", err, w.count("refresh"))
		}
	}
	w.server.Fail = nil
	g := w.grant(sh.ID)
	if g.Tokens.Access == first.Access || g.Tokens.Refresh == first.Refresh || !g.Tokens.AccessUntil.After(first.AccessUntil) || g.Lease.Owner != "" {
		t.Errorf("kept %+v", g.Lease)
	}
	if g.Before != (store.Tokens{}) {
		t.Error("the old pair is kept though the new one was seen to work")
	}
	if during.Before.Access != first.Access || during.Before.Refresh != first.Refresh {
		t.Error("the old pair is not kept until then")
	}
}

// A call with a pair that is known to be good writes no tokens.
func TestNothingToWrite(t *testing.T) {
	w := newWorld(t)
	sh := w.connect(w.client())
	none := w.shops
	none.Table = &dies{Table: w.shops.Table}
	if err := w.asks(w.clientOf([]tiktokshop.App{ours}, none), sh.ID); err != nil || w.log.b.Len() > 0 {
		t.Errorf("%v, %s", err, w.log.b.String())
	}
}

func TestOldPairStaysUntilTheNewOneWorks(t *testing.T) {
	w := newWorld(t)
	c := w.client()
	sh := w.connect(c)
	first := w.grant(sh.ID).Tokens
	w.clock.Set(first.AccessUntil.Add(-time.Hour))
	w.server.Fail = func(_ int, r *http.Request) *tiktokshoptest.Failure {
		if strings.Contains(r.URL.Path, "/orders") {
			return &tiktokshoptest.Failure{Status: 500, Code: 36009003}
		}
		return nil
	}
	if err := w.asks(c, sh.ID); codeOf(t, err) != source.Unavailable {
		t.Fatal(err)
	}
	if g := w.grant(sh.ID); g.Before.Access != first.Access || g.Before.Refresh != first.Refresh || g.Tokens.Access == first.Access {
		t.Error("the old pair is gone")
	}
	w.server.Fail = nil
	if err := w.asks(w.client(), sh.ID); err != nil { // Another process sees it.
		t.Fatal(err)
	}
	if g := w.grant(sh.ID); g.Before != (store.Tokens{}) || w.count("refresh") != 1 {
		t.Error("the old pair is kept for ever")
	}
}

// Many calls of two processes find at once that the token is over; one of them
// gets another, and a second refresh would end the authorisation.
func TestOneRefreshesForAll(t *testing.T) {
	for name, end := range map[string]func(*world, string){
		"over by the clock": func(w *world, shop string) { w.clock.Set(w.grant(shop).Tokens.AccessUntil.Add(time.Second)) },
		"over before":       func(w *world, _ string) { w.server.ExpireTokens() },
		"over in a day":     func(w *world, shop string) { w.clock.Set(w.grant(shop).Tokens.AccessUntil.Add(-time.Hour)) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.server.RotateAtOnce = true
			one, other := w.client(), w.client()
			sh := w.connect(one)
			end(w, sh.ID)
			slow := func(ctx context.Context, d time.Duration) error {
				time.Sleep(time.Millisecond) // So that the clock does not run away from who works.
				return w.sleep(ctx, d)
			}
			one.Sleep, other.Sleep = slow, slow
			var all sync.WaitGroup
			for i := range 12 {
				c := one
				if i%2 == 1 {
					c = other
				}
				all.Go(func() {
					if err := w.asks(c, sh.ID); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if n := w.count("refresh"); n != 1 {
				t.Errorf("%d refreshes", n)
			}
		})
	}
}

// Another process has the lease, and works or not.
func TestLease(t *testing.T) {
	leased := func(t *testing.T, w *world, shop string, d time.Duration) store.Grant {
		g := w.grant(shop)
		g.Lease = notice.Lease{Owner: "another", Until: w.clock.Now().Add(d)}
		if err := w.shops.SaveGrant(t.Context(), &g); err != nil {
			t.Fatal(err)
		}
		return g
	}
	t.Run("it died: its lease ends", func(t *testing.T) {
		w := newWorld(t)
		c := w.client()
		sh := w.connect(c)
		w.server.ExpireTokens()
		leased(t, w, sh.ID, 30*time.Second)
		before := w.clock.Now()
		if err := w.asks(c, sh.ID); err != nil || w.count("refresh") != 1 || w.clock.Now().Sub(before) < 30*time.Second {
			t.Errorf("%v, %d refreshes after %v", err, w.count("refresh"), w.clock.Now().Sub(before))
		}
	})
	t.Run("it got a pair: that is used", func(t *testing.T) {
		w := newWorld(t)
		c := w.client()
		sh := w.connect(c)
		second := w.client()
		w.clock.Set(w.grant(sh.ID).Tokens.AccessUntil.Add(time.Second))
		g := leased(t, w, sh.ID, 30*time.Second)
		naps := 0
		c.Sleep = func(ctx context.Context, d time.Duration) error {
			if naps++; naps == 3 {
				g.Lease = notice.Lease{}
				if err := w.shops.SaveGrant(ctx, &g); err != nil {
					t.Error(err)
				}
				if err := w.asks(second, sh.ID); err != nil {
					t.Error(err)
				}
			}
			return w.sleep(ctx, d)
		}
		if err := w.asks(c, sh.ID); err != nil || w.count("refresh") != 1 {
			t.Errorf("%v, %d refreshes", err, w.count("refresh"))
		}
	})
	t.Run("the old pair still does: nobody waits for long", func(t *testing.T) {
		w := newWorld(t)
		c := w.client()
		sh := w.connect(c)
		w.clock.Set(w.grant(sh.ID).Tokens.AccessUntil.Add(-time.Hour))
		leased(t, w, sh.ID, 30*time.Second)
		before := w.clock.Now()
		if err := w.asks(c, sh.ID); err != nil || w.count("refresh") != 0 || w.clock.Now().Sub(before) > 3*time.Second {
			t.Errorf("%v, %d refreshes after %v", err, w.count("refresh"), w.clock.Now().Sub(before))
		}
	})
}

// The answer to a refresh may be lost, on the way or with the process.
func TestRefreshIsLost(t *testing.T) {
	dropOnce := func(w *world) {
		lost := false
		w.server.Fail = func(_ int, r *http.Request) *tiktokshoptest.Failure {
			if lost || !strings.Contains(r.URL.Path, "refresh") {
				return nil
			}
			lost = true
			return &tiktokshoptest.Failure{Drop: true, After: true}
		}
	}
	t.Run("on the way", func(t *testing.T) {
		w := newWorld(t)
		c := w.client()
		sh := w.connect(c)
		w.server.ExpireTokens()
		dropOnce(w)
		if err := w.asks(c, sh.ID); err != nil || w.count("refresh") != 2 {
			t.Errorf("%v, %d refreshes", err, w.count("refresh"))
		}
	})
	t.Run("on the way, where a refresh ends the old pair", func(t *testing.T) {
		w := newWorld(t)
		w.server.RotateAtOnce = true
		c := w.client()
		sh := w.connect(c)
		w.server.ExpireTokens()
		dropOnce(w)
		if err := w.asks(c, sh.ID); codeOf(t, err) != source.Auth || !strings.Contains(err.Error(), "authorise the shop again") {
			t.Error(err)
		}
		if g := w.grant(sh.ID); g.Lease.Owner != "" {
			t.Error("the lease is kept")
		}
	})
	t.Run("with the process", func(t *testing.T) {
		w := newWorld(t)
		sh := w.connect(w.client())
		w.server.ExpireTokens()
		dying := w.shops
		dying.Table = &dies{Table: w.shops.Table, left: 1} // It takes the lease.
		if err := w.asks(w.clientOf([]tiktokshop.App{ours}, dying), sh.ID); err == nil || w.count("refresh") != 1 {
			t.Fatalf("%v, %d refreshes", err, w.count("refresh"))
		}
		if err := w.asks(w.client(), sh.ID); err != nil || w.count("refresh") != 2 {
			t.Errorf("%v, %d refreshes", err, w.count("refresh"))
		}
	})
	t.Run("because the caller gave up", func(t *testing.T) {
		w := newWorld(t)
		c := w.client()
		sh := w.connect(c)
		old := w.grant(sh.ID).Tokens
		w.server.ExpireTokens()
		ctx, cancel := context.WithCancel(t.Context())
		w.server.Fail = func(_ int, r *http.Request) *tiktokshoptest.Failure {
			if strings.Contains(r.URL.Path, "refresh") {
				cancel()
			}
			return nil
		}
		if _, err := c.Orders(ctx, sh.ID, []string{"1"}); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if g := w.grant(sh.ID); g.Tokens.Access == old.Access || g.Before.Access != old.Access || g.Lease.Owner != "" {
			t.Error("the new pair is lost")
		}
	})
	t.Run("in a write that happened all the same", func(t *testing.T) {
		w := newWorld(t)
		sh := w.connect(w.client())
		w.server.ExpireTokens()
		unsure := w.shops
		unsure.Table = &dies{Table: w.shops.Table, left: 1, after: true}
		if err := w.asks(w.clientOf([]tiktokshop.App{ours}, unsure), sh.ID); err != nil || w.count("refresh") != 1 {
			t.Errorf("%v, %d refreshes", err, w.count("refresh"))
		}
	})
}

// dies is a table that takes some writes of tokens, and then none, or then one
// without saying so.
type dies struct {
	store.Table
	left  int
	after bool // the next write happens
}

func (d *dies) Put(ctx context.Context, it store.Item) error {
	if strings.HasPrefix(it.Partition, "TOKEN#") {
		if d.left--; d.left < 0 && !d.after {
			return errors.New("the table is gone")
		}
		if d.left == -1 {
			if err := d.Table.Put(ctx, it); err != nil {
				return err
			}
			return errors.New("the answer of the table is lost")
		}
	}
	return d.Table.Put(ctx, it)
}

// A refresh that somebody writes beside: whose pair follows whose.
func TestWritesBesideARefresh(t *testing.T) {
	w := newWorld(t)
	c := w.client()
	sh := w.connect(c)
	meanwhile := func(do func()) {
		w.server.ExpireTokens()
		w.server.Fail = func(_ int, r *http.Request) *tiktokshoptest.Failure {
			if strings.Contains(r.URL.Path, "refresh") && w.server.Fail != nil {
				do()
			}
			return nil
		}
	}
	// Somebody who knows nothing of the lease drops the pair of before.
	meanwhile(func() {
		g := w.grant(sh.ID)
		if err := w.shops.SaveGrant(t.Context(), &g); err != nil {
			t.Error(err)
		}
	})
	if err := w.asks(c, sh.ID); err != nil || w.count("refresh") != 1 {
		t.Errorf("%v, %d refreshes", err, w.count("refresh"))
	}
	// The seller authorises again: that is newer than what a refresh gets.
	first := ""
	w.server.Forget()
	meanwhile(func() {
		code := w.server.Authorize(sh.ID)
		if _, err := w.client().Connect(t.Context(), code); err != nil {
			t.Error(err)
		}
		first = w.grant(sh.ID).Tokens.Access
	})
	if err := w.asks(c, sh.ID); err != nil || w.grant(sh.ID).Tokens.Access != first {
		t.Errorf("%v, or another pair is kept", err)
	}
}

// The newest pair may not be good, though the one before it is.
func TestPairOfBefore(t *testing.T) {
	w := newWorld(t)
	c := w.client()
	sh := w.connect(c)
	set := func(change func(*store.Grant)) {
		g := w.grant(sh.ID)
		change(&g)
		if err := w.shops.SaveGrant(t.Context(), &g); err != nil {
			t.Fatal(err)
		}
		w.server.Forget()
	}
	set(func(g *store.Grant) {
		g.Before, g.Tokens.Access, g.Tokens.Refresh = g.Tokens, "TTP_not_good", "TTP_not_good_either"
	})
	if err := w.asks(c, sh.ID); err != nil || len(w.server.Calls()) != 2 || w.count("refresh") != 0 {
		t.Errorf("%v, calls %v", err, w.server.Calls())
	}
	if g := w.grant(sh.ID); g.Before.Access == "" || g.Tokens.Access != "TTP_not_good" {
		t.Error("the pair that is good was dropped")
	}
	w.server.ExpireTokens() // The refresh token of before is the one that is good.
	w.server.Forget()
	if err := w.asks(c, sh.ID); err != nil || w.count("refresh") != 2 || len(w.server.Calls()) != 5 {
		t.Errorf("%v, calls %v", err, w.server.Calls())
	}
	if g := w.grant(sh.ID); g.Before != (store.Tokens{}) {
		t.Error("the pair of before is kept")
	}
}

func TestEndOfAnAuthorisation(t *testing.T) {
	t.Run("by the clock", func(t *testing.T) {
		w := newWorld(t)
		c := w.client()
		sh := w.connect(c)
		w.clock.Set(w.grant(sh.ID).Tokens.RefreshUntil.Add(time.Second))
		if err := w.asks(c, sh.ID); codeOf(t, err) != source.Auth || !strings.Contains(err.Error(), "authorise the shop again") || len(w.server.Calls()) > 0 {
			t.Errorf("%v, %v", err, w.server.Calls())
		}
	})
	t.Run("by the seller, unseen", func(t *testing.T) {
		w := newWorld(t)
		c := w.client()
		sh := w.connect(c)
		w.server.Revoke(sh.ID)
		if err := w.asks(c, sh.ID); codeOf(t, err) != source.Auth || !strings.Contains(err.Error(), "authorise the shop again") {
			t.Error(err)
		}
	})
	t.Run("no tokens", func(t *testing.T) {
		w := newWorld(t)
		s := store.Shop{Source: "tiktokshop", ID: "7490000000000000001", Grant: "gone"}
		if err := w.shops.Save(t.Context(), &s); err != nil {
			t.Fatal(err)
		}
		if err := w.asks(w.client(), s.ID); codeOf(t, err) != source.Auth {
			t.Error(err)
		}
	})
	t.Run("a refresh ahead of time is refused: the rest is used up, without a storm", func(t *testing.T) {
		w := newWorld(t)
		c := w.client()
		sh := w.connect(c)
		w.clock.Set(w.grant(sh.ID).Tokens.AccessUntil.Add(-time.Hour))
		w.server.Fail = func(_ int, r *http.Request) *tiktokshoptest.Failure {
			if strings.Contains(r.URL.Path, "refresh") {
				return &tiktokshoptest.Failure{Status: 200, Code: 36009004, Message: "refresh_token is invalid"}
			}
			return nil
		}
		for range 5 {
			if err := w.asks(c, sh.ID); err != nil {
				t.Error(err)
			}
		}
		if n := w.count("refresh"); n != 1 {
			t.Errorf("%d refreshes", n)
		}
	})
	t.Run("they are down: that is no end", func(t *testing.T) {
		for _, tt := range []struct {
			status, code int
			want         source.ErrorCode
		}{{500, 12345, source.Unavailable}, {200, 36009003, source.Unavailable}, {429, 36009002, source.RateLimited}, {502, 0, source.Unavailable}} {
			w := newWorld(t)
			c := w.client()
			sh := w.connect(c)
			w.server.ExpireTokens()
			w.server.Fail = func(_ int, r *http.Request) *tiktokshoptest.Failure {
				if strings.Contains(r.URL.Path, "refresh") {
					return &tiktokshoptest.Failure{Status: tt.status, Code: tt.code}
				}
				return nil
			}
			if err := w.asks(c, sh.ID); codeOf(t, err) != tt.want || w.count("refresh") != 4 {
				t.Errorf("%d: %v, %d refreshes", tt.code, err, w.count("refresh"))
			}
		}
	})
}

// Whatever fails, nothing that is secret is told.
func TestSecretsAreNotTold(t *testing.T) {
	w := newWorld(t)
	c := w.client()
	sh := w.connect(c)
	echo := func(r *http.Request) string { return r.URL.String() + r.Header.Get("X-Tts-Access-Token") }
	var codes []string
	var errs []error
	for _, fail := range []func(*http.Request) *tiktokshoptest.Failure{
		func(*http.Request) *tiktokshoptest.Failure { return &tiktokshoptest.Failure{Drop: true} },
		func(*http.Request) *tiktokshoptest.Failure { return &tiktokshoptest.Failure{Drop: true, After: true} },
		func(r *http.Request) *tiktokshoptest.Failure {
			return &tiktokshoptest.Failure{Status: 200, Body: echo(r)}
		},
		func(r *http.Request) *tiktokshoptest.Failure {
			return &tiktokshoptest.Failure{Status: 500, Body: `{"message":"` + echo(r) + `"}`}
		},
		func(r *http.Request) *tiktokshoptest.Failure {
			return &tiktokshoptest.Failure{Status: 401, Code: 105002, Message: echo(r)}
		},
		func(r *http.Request) *tiktokshoptest.Failure {
			return &tiktokshoptest.Failure{Status: 400, Code: 36009004, Message: "sign " + echo(r)}
		},
		func(r *http.Request) *tiktokshoptest.Failure {
			return &tiktokshoptest.Failure{Status: 200, Code: 99999, Message: echo(r)}
		},
		func(*http.Request) *tiktokshoptest.Failure {
			return &tiktokshoptest.Failure{Status: 429, Code: 36009002}
		},
	} {
		w.clock.Set(w.grant(sh.ID).Tokens.AccessUntil.Add(-time.Hour))
		w.server.Fail = func(_ int, r *http.Request) *tiktokshoptest.Failure { return fail(r) }
		errs = append(errs, w.asks(c, sh.ID))
		w.clock.Advance(2 * time.Hour)
		errs = append(errs, w.asks(c, sh.ID))
		code := w.server.Authorize(sh.ID)
		codes = append(codes, code)
		_, err := c.Connect(t.Context(), code)
		errs = append(errs, err)
		w.server.Fail = nil
		if _, err := c.Connect(t.Context(), w.server.Authorize(sh.ID)); err != nil {
			t.Fatal(err)
		}
	}
	// The faults of a network itself, whose errors quote the address.
	for _, address := range []string{"http://127.0.0.1:1", "http://127.0.0.1:x", "gopher://x"} {
		c := w.client(func(s *tiktokshop.Settings) { s.Transport, s.API, s.Auth = nil, address, address })
		errs = append(errs, w.asks(c, sh.ID))
		_, err := c.Connect(t.Context(), "TTP_a_code_that_nobody_knows")
		errs = append(errs, err)
	}
	failing := w.shops
	failing.Table = &dies{Table: w.shops.Table}
	w.server.ExpireTokens()
	errs = append(errs, w.asks(w.clientOf([]tiktokshop.App{ours}, failing), sh.ID))

	g := w.grant(sh.ID)
	secrets := append([]string{ours.Secret, g.Tokens.Access, g.Tokens.Refresh, "TTP_", "sign=", sh.Cipher}, codes...)
	text := ""
	for i, err := range errs {
		if err == nil && i%3 != 0 { // Of these the first still has a token that does.
			t.Errorf("call %d did not fail", i)
		}
		if err != nil {
			text += err.Error() + "\n"
		}
	}
	text += w.log.b.String()
	for _, s := range secrets {
		if strings.Contains(text, s) {
			t.Errorf("%q is told: %s", s, text)
		}
	}
	if !strings.Contains(text, "refresh ahead of time") || !slices.ContainsFunc(errs, func(err error) bool { return err != nil && strings.Contains(err.Error(), "refused") }) {
		t.Errorf("not all was reached: %s", text)
	}
}
