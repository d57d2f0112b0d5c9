package tiktokshoptest_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
)

func TestTokens(t *testing.T) {
	w := newWorld(t, "US")
	second := w.AddShop(tiktokshoptest.Shop{Region: "GB"})
	code := w.Authorize(w.shop.ID, second.ID)
	got := w.auth("get", "auth_code", code, "authorized_code")
	now := w.clock.now()
	if d := got.Data; d.AccessExpire != now.Add(7*24*time.Hour).Unix() || d.RefreshExpire != now.Add(365*24*time.Hour).Unix() || d.OpenID == "" {
		t.Errorf("tokens: %s", got.Body)
	}
	if again := w.auth("get", "auth_code", code, "authorized_code"); again.Code == 0 {
		t.Error("a code is good twice")
	}
	w.token = got.Data.Access
	if shops := w.get("/authorization/202309/shops", ""); len(shops.Data.Shops) != 2 || shops.Data.Shops[1].Cipher != second.Cipher {
		t.Errorf("shops: %s", shops.Body)
	}
	late := w.Authorize(w.shop.ID)
	w.clock.add(30 * time.Minute)
	if got := w.auth("get", "auth_code", late, "authorized_code"); got.Code == 0 {
		t.Error("a code is good for half an hour")
	}
}

func TestTokensRefused(t *testing.T) {
	w := newWorld(t, "US")
	good := func() url.Values {
		return url.Values{"app_key": {testApp.Key}, "app_secret": {testApp.Secret}, "grant_type": {"authorized_code"}, "auth_code": {w.Authorize(w.shop.ID)}}
	}
	call := func(method, path string, v url.Values) answer {
		return w.do(httptest.NewRequest(method, path+"?"+v.Encode(), nil))
	}
	if got := call(http.MethodGet, "/api/v2/token/get", good()); got.Code != 0 {
		t.Fatalf("a good call: %s", got.Body)
	}
	for _, name := range []string{"app_key", "app_secret", "grant_type", "auth_code"} {
		for _, value := range []string{"", "other"} {
			v := good()
			v.Set(name, value)
			if got := call(http.MethodGet, "/api/v2/token/get", v); got.Code == 0 || got.Status != 200 || got.Data.Access != "" {
				t.Errorf("%s %q: %s", name, value, got.Body)
			}
		}
	}
	if got := call(http.MethodPost, "/api/v2/token/get", good()); got.Code == 0 {
		t.Error("a POST is taken")
	}
	if got := call(http.MethodGet, "/api/v2/token/renew", good()); got.Code != 36009009 {
		t.Errorf("another path: %s", got.Body)
	}
}

func TestRefresh(t *testing.T) {
	const shops = "/authorization/202309/shops"
	refresh := func(w *world, token string) answer { return w.auth("refresh", "refresh_token", token, "refresh_token") }
	t.Run("the old pair lives until the new one is used", func(t *testing.T) {
		w := newWorld(t, "US")
		access, again := w.token, w.again
		lost := refresh(w, again) // Its answer never came.
		got := refresh(w, again)
		if got.Code != 0 || got.Data.Access == access || got.Data.Access == lost.Data.Access {
			t.Fatalf("a second time: %s", got.Body)
		}
		if w.get(shops, "").Code != 0 || refresh(w, again).Code != 0 {
			t.Error("the old pair is over before the new one is used")
		}
		w.token = got.Data.Access
		if w.get(shops, "").Code != 0 || refresh(w, again).Code == 0 {
			t.Error("the old refresh token is good after the new pair was used")
		}
		if w.token = access; w.get(shops, "").Code != 0 {
			t.Error("the old access token is over before its time")
		}
		w.clock.add(7 * 24 * time.Hour)
		if w.get(shops, "").Code != 105002 || refresh(w, got.Data.Refresh).Code != 0 {
			t.Error("after its time")
		}
	})
	t.Run("the old pair is over at once", func(t *testing.T) {
		w := newWorld(t, "US")
		w.RotateAtOnce = true
		got := refresh(w, w.again)
		if got.Code != 0 || refresh(w, w.again).Code == 0 || w.get(shops, "").Code != 105002 {
			t.Error("the old pair lives")
		}
		if w.token = got.Data.Access; w.get(shops, "").Code != 0 {
			t.Error("the new pair does not")
		}
	})
	t.Run("nothing after the authorisation", func(t *testing.T) {
		w := newWorld(t, "US")
		w.clock.add(365 * 24 * time.Hour)
		if refresh(w, w.again).Code == 0 {
			t.Error("it is refreshed")
		}
	})
}

func TestRevoke(t *testing.T) {
	w := newWorld(t, "US")
	other := w.AddShop(tiktokshoptest.Shop{})
	w.login(w.Authorize(w.shop.ID, other.ID))
	w.Revoke(w.shop.ID)
	w.Place(tiktokshoptest.Order{Shop: w.shop.ID})
	if pushes := w.Pushes(); len(pushes) != 1 || pushes[0].Topic != 6 {
		t.Errorf("pushes: %v", pushes)
	}
	if got := w.get("/order/202309/orders", "ids=1"); got.Code != 101000 {
		t.Errorf("the shop: %s", got.Body)
	}
	w.Revoke(other.ID)
	if w.get("/authorization/202309/shops", "").Code != 105002 || w.auth("refresh", "refresh_token", w.again, "refresh_token").Code == 0 {
		t.Error("tokens without a shop are good")
	}
	w.login(w.Authorize(w.shop.ID))
	w.Pushes()
	w.Warn(w.shop.ID)
	if got := w.get("/authorization/202309/shops", ""); len(got.Data.Shops) != 1 || len(w.Pushes()) != 1 {
		t.Errorf("authorised again: %s", got.Body)
	}
}
