package tiktokshop_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/source/tiktokshop"
	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
	"github.com/shiptide/shiptide/shared/store"
)

func TestAuthorizeURL(t *testing.T) {
	tests := []struct{ name, region, want string }{
		{"the US", "US", "https://services.us.tiktokshop.com/open/authorize?service_id=74&state=a%26b"},
		{"the same, however it is written", "us", "https://services.us.tiktokshop.com/open/authorize?service_id=74&state=a%26b"},
		{"the rest of the world", "ROW", "https://services.tiktokshop.com/open/authorize?service_id=74&state=a%26b"},
		{"a country", "GB", "https://services.tiktokshop.com/open/authorize?service_id=74&state=a%26b"},
		{"another host", "https://services.tiktokshops.us/open/authorize", "https://services.tiktokshops.us/open/authorize?service_id=74&state=a%26b"},
		{"as the Partner Center shows it", "https://services.tiktokshops.us/open/authorize?service_id=1", "https://services.tiktokshops.us/open/authorize?service_id=74&state=a%26b"},
	}
	for _, tt := range tests {
		if got := tiktokshop.AuthorizeURL(tt.region, "74", "a&b"); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestConnect(t *testing.T) {
	w := newWorld(t)
	c := w.client()
	one := w.server.AddShop(tiktokshoptest.Shop{Name: "Invented mugs", Region: "US", SellerType: "CROSS_BORDER"})
	two := w.server.AddShop(tiktokshoptest.Shop{Region: "GB"})
	got, err := c.Connect(t.Context(), w.server.Authorize(one.ID, two.ID))
	if err != nil || len(got) != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	kept, err := w.shops.List(t.Context(), "tiktokshop")
	same := []cmp.Option{cmpopts.IgnoreUnexported(store.Shop{}), cmpopts.EquateApproxTime(time.Millisecond)}
	if diff := cmp.Diff(got, kept, same...); err != nil || diff != "" {
		t.Errorf("%v, %s", err, diff)
	}
	now := w.clock.Now()
	want := store.Shop{
		Source: "tiktokshop", ID: one.ID, Name: "Invented mugs", Region: "US", CrossBorder: true, Cipher: one.Cipher, Grant: got[0].Grant,
		ConnectedAt: now, AuthorisedAt: now, Due: now, ExpiresAt: start.Add(365 * 24 * time.Hour),
	}
	if diff := cmp.Diff(want, got[0], same...); diff != "" || got[1].CrossBorder || got[1].Region != "GB" || got[0].Grant != got[1].Grant {
		t.Error(diff, got[1])
	}
	g := w.grant(one.ID)
	if g.Tokens.Access == "" || g.Tokens.Refresh == "" || !g.Tokens.AccessUntil.Equal(start.Add(7*24*time.Hour)) || !g.Tokens.RefreshUntil.Equal(want.ExpiresAt) || g.Before != (store.Tokens{}) {
		t.Error("the tokens are not those of the answer")
	}
	for _, sh := range []string{one.ID, two.ID} {
		if err := w.asks(c, sh); err != nil {
			t.Error(err)
		}
	}
}

// A shop that is authorised again goes on where it was.
func TestConnectAgain(t *testing.T) {
	w := newWorld(t)
	c := w.client()
	sh := w.connect(c)
	changed, err := w.shops.Change(t.Context(), "tiktokshop", sh.ID, func(s *store.Shop) {
		s.OrdersUpTo, s.PackagesUpTo = start.Add(time.Hour), start.Add(2*time.Hour)
		s.RevokedAt, s.Fault, s.FaultSince, s.Due = start.Add(time.Minute), "AUTH: 105002", start, time.Time{}
	})
	if err != nil {
		t.Fatal(err)
	}
	old := w.grant(sh.ID)
	w.clock.Set(start.Add(200 * 24 * time.Hour))
	got, err := c.Connect(t.Context(), w.server.Authorize(sh.ID))
	if err != nil || len(got) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	s := got[0]
	if !s.ConnectedAt.Equal(changed.ConnectedAt) || !s.OrdersUpTo.Equal(changed.OrdersUpTo) || !s.PackagesUpTo.Equal(changed.PackagesUpTo) {
		t.Errorf("it begins anew: %+v", s)
	}
	if !s.Open() || s.Fault != "" || !s.FaultSince.IsZero() || s.Due.Before(start.Add(200*24*time.Hour)) || !s.ExpiresAt.After(changed.ExpiresAt) {
		t.Errorf("it is as it was: %+v", s)
	}
	if g := w.grant(sh.ID); g.Tokens.Access == old.Tokens.Access {
		t.Error("the old pair is kept")
	}
	if err := w.asks(c, sh.ID); err != nil {
		t.Error(err)
	}
}

func TestConnectRefuses(t *testing.T) {
	const tokens = `{"code":0,"data":{"access_token":"TTP_a","access_token_expire_in":1795000000,"refresh_token":"TTP_r","refresh_token_expire_in":1825000000,"open_id":"o1","user_type":0}}`
	tests := []struct {
		name, tokens, shops string
		want                source.ErrorCode
		says                string
	}{
		{"a code that is over", `{"code":36004004,"message":"auth code is invalid"}`, "", source.Auth, "36004004"},
		{"words that nobody lists", `{"code":36009004,"message":"jane.roe"}`, "", source.Auth, "36009004"},
		{"no tokens", `{"code":0,"data":{"open_id":"o1"}}`, "", source.Undecodable, "no tokens"},
		{"no refresh token", `{"code":0,"data":{"open_id":"o1","access_token":"TTP_a"}}`, "", source.Undecodable, "no tokens"},
		{"a creator", strings.Replace(tokens, `"user_type":0`, `"user_type":1`, 1), "", source.Auth, "not the authorisation of a seller"},
		{"nobody", strings.Replace(tokens, `"o1"`, `""`, 1), "", source.Undecodable, "no open_id"},
		{"a name that is none", strings.Replace(tokens, `"o1"`, `"a b"`, 1), "", source.Undecodable, "no open_id"},
		{"no shops", tokens, `{"code":0,"data":{"shops":[]}}`, source.NotFound, "for no shop"},
		{"nothing of shops", tokens, `{"code":0,"data":{}}`, source.NotFound, "for no shop"},
		{"a shop without a cipher", tokens, `{"code":0,"data":{"shops":[{"id":"749","cipher":"ROW_x"},{"id":"748"}]}}`, source.Undecodable, "cipher"},
		{"a shop without an id", tokens, `{"code":0,"data":{"shops":[{"id":"x","cipher":"ROW_x"}]}}`, source.Undecodable, "id"},
		{"a scope that is missing", tokens, `{"code":105005}`, source.Auth, "105005"},
		{"a token that is refused", tokens, `{"code":105002}`, source.Auth, "105002"},
		{"a page of a proxy", `<html>`, "", source.Undecodable, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			b := &by{answers: []func(*http.Request) (*http.Response, error){says(200, tt.tokens), says(200, tt.shops)}}
			_, err := w.client(through(b)).Connect(t.Context(), "code")
			if codeOf(t, err) != tt.want || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "jane") || strings.Contains(err.Error(), "TTP_") {
				t.Errorf("%v, want %s %s", err, tt.want, tt.says)
			}
			if shops, err := w.shops.List(t.Context(), "tiktokshop"); err != nil || len(shops) > 0 {
				t.Errorf("kept %+v, %v", shops, err)
			}
			if _, err := w.shops.Grant(t.Context(), "tiktokshop", "o1"); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("tokens are kept: %v", err)
			}
		})
	}
	w := newWorld(t)
	b := &by{answers: []func(*http.Request) (*http.Response, error){says(500, "")}}
	c := w.client(through(b))
	for _, code := range []string{"", "null"} {
		if _, err := c.Connect(t.Context(), code); codeOf(t, err) != source.Auth || len(b.calls) > 0 {
			t.Errorf("%q: %v", code, err)
		}
	}
}

// The calls for tokens go to another host, and the first one for shops names none.
func TestConnectIsMadeAsDocumented(t *testing.T) {
	w := newWorld(t)
	b := &by{answers: []func(*http.Request) (*http.Response, error){
		says(200, `{"code":0,"data":{"access_token":"TTP_a","access_token_expire_in":1795000000,"refresh_token":"TTP_r","refresh_token_expire_in":1825000000,"open_id":"o1"}}`),
		says(200, `{"code":0,"data":{"shops":[{"id":"7490000000000000001","name":"x","region":"DE","seller_type":"LOCAL","cipher":"ROW_x","code":"y"}]}}`),
	}}
	if _, err := w.client(through(b)).Connect(t.Context(), "a code+/="); err != nil || len(b.calls) != 2 {
		t.Fatal(err, len(b.calls))
	}
	want := "https://auth.tiktok-shops.com/api/v2/token/get?app_key=" + ours.Key + "&app_secret=" + ours.Secret + "&auth_code=a+code%2B%2F%3D&grant_type=authorized_code"
	if got := b.calls[0].URL.String(); got != want || b.calls[0].Method != http.MethodGet {
		t.Errorf("%s, want %s", got, want)
	}
	r := b.calls[1]
	if r.URL.Path != "/authorization/202309/shops" || r.URL.Query().Has("shop_cipher") || r.Header.Get("X-Tts-Access-Token") != "TTP_a" {
		t.Errorf("%s, %v", r.URL.Path, r.Header)
	}
}
