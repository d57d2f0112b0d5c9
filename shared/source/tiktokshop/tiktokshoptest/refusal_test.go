package tiktokshoptest_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
)

func TestRefusals(t *testing.T) {
	const search, detail = "/order/202309/orders/search", "/order/202309/orders"
	query := func(w *world, r *http.Request, change func(url.Values)) *http.Request {
		values := r.URL.Query()
		values.Del("sign")
		change(values)
		return w.signed(r.Method, r.URL.Path, values, "")
	}
	param := func(name, value string) func(*world) *http.Request {
		return func(w *world) *http.Request {
			return query(w, w.request("GET", detail, "ids=1", ""), func(v url.Values) {
				if v.Set(name, value); value == "" {
					v.Del(name)
				}
			})
		}
	}
	at := func(d time.Duration) func(*world) *http.Request {
		return func(w *world) *http.Request {
			return param("timestamp", strconv.FormatInt(w.clock.now().Add(d).Unix(), 10))(w)
		}
	}
	call := func(method, path, query, body string) func(*world) *http.Request {
		return func(w *world) *http.Request { return w.request(method, path, query, body) }
	}
	header := func(name, value string) func(*world) *http.Request {
		return func(w *world) *http.Request {
			r := w.request("POST", search, "", "{}")
			r.Header.Set(name, value)
			return r
		}
	}
	raw := func(change func(string) string) func(*world) *http.Request {
		return func(w *world) *http.Request {
			r := w.request("GET", detail, "ids=1", "")
			r.URL.RawQuery = change(r.URL.RawQuery)
			return r
		}
	}
	many := strings.Repeat("1,", 50) + "1"
	tests := []struct {
		name         string
		request      func(*world) *http.Request
		status, code int
		message      string
	}{
		{"a good call", call("GET", detail, "ids=1", ""), 200, 0, ""},
		{"a good call of another version", call("GET", "/order/202507/orders", "ids=1", ""), 200, 0, ""},
		{"five minutes late", at(-5 * time.Minute), 200, 0, ""},
		{"half a minute early", at(30 * time.Second), 200, 0, ""},
		{"later", at(-5*time.Minute - time.Second), 400, 36009004, "timestamp"},
		{"earlier", at(31 * time.Second), 400, 36009004, "timestamp"},
		{"in milliseconds", param("timestamp", "1760000000000"), 400, 36009004, "timestamp"},
		{"without a time", param("timestamp", ""), 400, 36009004, "timestamp"},
		{"of another app", param("app_key", "other"), 400, 36009004, "app_key"},
		{"of no app", param("app_key", ""), 400, 36009004, "app_key"},
		{"without a shop", param("shop_cipher", ""), 400, 106013, "shop_cipher"},
		{"of a shop that is not there", param("shop_cipher", "ROW_other"), 403, 101000, ""},
		{"of a shop that is not authorised", func(w *world) *http.Request {
			return param("shop_cipher", w.AddShop(tiktokshoptest.Shop{}).Cipher)(w)
		}, 403, 101000, ""},
		{"with a parameter that is none", param("id", "1"), 400, 36009004, "identifier"},
		{"with a shop where none is wanted", func(w *world) *http.Request {
			return query(w, w.request("GET", "/authorization/202309/shops", "", ""), func(v url.Values) { v.Set("shop_cipher", w.shop.Cipher) })
		}, 400, 36009004, "shop_cipher"},
		{"with another signature", raw(func(q string) string { return strings.Replace(q, "ids=1", "ids=2", 1) }), 401, 106001, "sign"},
		{"without a signature", raw(func(q string) string { return q[:strings.Index(q, "&sign=")] + q[strings.Index(q, "&timestamp"):] }), 400, 36009004, "sign"},
		{"with a query that is none", raw(func(q string) string { return q + "&a=%zz" }), 400, 36009004, "query"},
		{"without a token", header("X-Tts-Access-Token", ""), 400, 36009004, "token"},
		{"with a token that is none", header("X-Tts-Access-Token", "x"), 400, 36009004, "token"},
		{"with a token that is over", func(w *world) *http.Request {
			w.ExpireTokens()
			return w.request("GET", detail, "ids=1", "")
		}, 401, 105002, "expired"},
		{"with a token that has become old", func(w *world) *http.Request {
			w.clock.add(7 * 24 * time.Hour)
			return w.request("GET", detail, "ids=1", "")
		}, 401, 105002, "expired"},
		{"as a form", header("Content-Type", "application/x-www-form-urlencoded"), 415, 36009022, ""},
		{"of no content type", header("Content-Type", ""), 415, 36009022, ""},
		{"with an alphabet", header("Content-Type", "application/json; charset=utf-8"), 200, 0, ""},
		{"of a path that is none", call("GET", "/order/202309/order", "", ""), 404, 36009009, ""},
		{"of the root", call("GET", "/", "", ""), 404, 36009009, ""},
		{"of a version that is none", call("GET", "/order/202212/orders", "", ""), 404, 36009014, ""},
		{"of a version that this call has not", call("POST", "/order/202507/orders/search", "", ""), 404, 36009014, ""},
		{"of another method", call("GET", search, "", ""), 405, 36009010, ""},
		{"for 51 orders", call("GET", detail, "ids="+many, ""), 400, 36009004, "ids"},
		{"for no orders", call("GET", detail, "", ""), 400, 36009004, "ids"},
		{"for what is no order", call("GET", detail, "ids=1,", ""), 400, 36009004, "ids"},
		{"for no package", call("GET", "/fulfillment/202309/packages/1", "", ""), 200, 21011028, ""},
		{"for the texts of no order", call("GET", "/fulfillment/202309/orders/1/tracking", "", ""), 200, 21008111, ""},
		{"for too large a page", call("POST", search, "page_size=101", "{}"), 400, 36009004, "page_size"},
		{"for too large a page of packages", call("POST", "/fulfillment/202309/packages/search", "page_size=51", "{}"), 400, 36009004, "page_size"},
		{"for an empty page", call("POST", search, "page_size=0", "{}"), 400, 36009004, "page_size"},
		{"for a page that is none", call("POST", search, "page_token=x", "{}"), 400, 36009004, "page_token"},
		{"sorted by something else", call("POST", search, "sort_field=id", "{}"), 400, 36009004, "sort_field"},
		{"sorted in another way", call("POST", search, "sort_order=asc", "{}"), 400, 36009004, "sort_order"},
		{"with a member that is none", call("POST", search, "", `{"update_time_from":1}`), 400, 36009004, "body"},
		{"with a time as a text", call("POST", search, "", `{"update_time_ge":"1760000000"}`), 400, 36009004, "body"},
		{"with a time in milliseconds", call("POST", search, "", `{"update_time_ge":1760000000000}`), 400, 36009004, "seconds"},
		{"with a status that is none", call("POST", search, "", `{"order_status":"CANCEL"}`), 400, 36009004, "order_status"},
		{"with a status of a package that is none", call("POST", "/fulfillment/202309/packages/search", "", `{"package_status":"DELIVERED"}`), 400, 36009004, "package_status"},
		{"with a body that is none", call("POST", search, "", `{`), 400, 36009004, "body"},
		{"without a body", call("POST", search, "", ""), 200, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, "US")
			got := w.do(tt.request(w))
			if got.Status != tt.status || got.Code != tt.code || !strings.Contains(got.Message, tt.message) {
				t.Errorf("%d %d %q, want %d %d with %q", got.Status, got.Code, got.Message, tt.status, tt.code, tt.message)
			}
			for _, secret := range []string{testApp.Secret, w.token, w.again} {
				if strings.Contains(string(got.Body), secret) {
					t.Error("the answer holds a secret")
				}
			}
		})
	}
}

// An order of another shop refuses the call, one that is not there does not.
func TestForeignOrders(t *testing.T) {
	w := newWorld(t, "DE")
	ours := w.Place(tiktokshoptest.Order{Shop: w.shop.ID})
	other := w.AddShop(tiktokshoptest.Shop{Region: "DE"})
	theirs := w.Place(tiktokshoptest.Order{Shop: other.ID})
	if got := w.get("/order/202309/orders", "ids="+ours+",1"); got.Code != 0 || len(got.Data.Orders) != 1 {
		t.Errorf("beside one that is not there: %s", got.Body)
	}
	for path, code := range map[string]int{
		"/order/202309/orders?ids=" + ours + "," + theirs:                10006402,
		"/fulfillment/202309/orders/" + theirs + "/tracking":             21008111,
		"/fulfillment/202309/packages/" + w.Look(theirs).Packages[0]:     21011028,
		"/fulfillment/202309/orders/" + ours + "/tracking":               0,
		"/fulfillment/202309/packages/" + w.Look(ours).Packages[0]:       0,
		"/order/202309/orders?ids=" + ours:                               0,
		"/order/202507/orders?ids=" + strings.Repeat(ours+",", 49) + "1": 0,
	} {
		path, query, _ := strings.Cut(path, "?")
		if got := w.get(path, query); got.Code != code {
			t.Errorf("%s: %d, want %d", path, got.Code, code)
		}
	}
	if got := w.search("orders", "", "{}"); got.Data.Total != 1 {
		t.Errorf("a search finds those of another shop: %s", got.Body)
	}
	if got := w.search("packages", "", "{}"); got.Data.Total != 1 {
		t.Errorf("a search finds packages of another shop: %s", got.Body)
	}
}
