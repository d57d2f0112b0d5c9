package tiktokshoptest_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/source/tiktokshop"
	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
)

var testApp = tiktokshoptest.App{Key: "tts_test_app_key", Secret: "tts_test_app_secret_0123456789"}

// clock is a clock that a test turns.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// world is a server with a shop, and one who calls it.
type world struct {
	*tiktokshoptest.Server
	t     *testing.T
	clock *clock
	shop  tiktokshoptest.Shop
	token string
	again string // the refresh token
}

func newWorld(t *testing.T, region string) *world {
	t.Helper()
	w := &world{t: t, clock: &clock{at: time.Unix(1760000000, 0)}}
	w.Server = tiktokshoptest.New(testApp, w.clock.now)
	w.shop = w.AddShop(tiktokshoptest.Shop{Region: region})
	w.login(w.Authorize(w.shop.ID))
	return w
}

func (w *world) login(code string) {
	w.t.Helper()
	got := w.auth("get", "auth_code", code, "authorized_code")
	if got.Code != 0 {
		w.t.Fatalf("no token: %d %s", got.Code, got.Message)
	}
	w.token, w.again = got.Data.Access, got.Data.Refresh
}

// answer holds the members that these tests read.
type answer struct {
	Status  int    `json:"-"`
	Body    []byte `json:"-"`
	Code    int    `json:"code"`
	Message string `json:"message"`
	Data    struct {
		Access        string `json:"access_token"`
		AccessExpire  int64  `json:"access_token_expire_in"`
		Refresh       string `json:"refresh_token"`
		RefreshExpire int64  `json:"refresh_token_expire_in"`
		OpenID        string `json:"open_id"`
		Next          string `json:"next_page_token"`
		Total         int    `json:"total_count"`
		Shops         []struct {
			ID     string `json:"id"`
			Cipher string `json:"cipher"`
		} `json:"shops"`
		Orders   []orderSeen   `json:"orders"`
		Packages []packageSeen `json:"packages"`
		Tracking []struct {
			Description string `json:"description"`
			Millis      int64  `json:"update_time_millis"`
		} `json:"tracking"`
		packageSeen `json:",inline"`
	} `json:"data"`
}

type orderSeen struct {
	ID           string `json:"id"`
	Status       string `json:"status"`
	Updated      int64  `json:"update_time"`
	Collected    int64  `json:"collection_time"`
	DeliveredAt  int64  `json:"delivery_time"`
	Asked        bool   `json:"is_buyer_request_cancel"`
	Tag          string `json:"split_or_combine_tag"`
	PackageLinks []struct {
		ID string `json:"id"`
	} `json:"packages"`
	Recipient *struct {
		Postal string `json:"postal_code"`
	} `json:"recipient_address"`
	Lines []struct {
		ID      string `json:"id"`
		Package string `json:"package_id"`
		Status  string `json:"package_status"`
		Display string `json:"display_status"`
		Number  string `json:"tracking_number"`
	} `json:"line_items"`
}

type packageSeen struct {
	SearchID     string `json:"id"`
	SearchStatus string `json:"status"`
	PackageID    string `json:"package_id"`
	Status       string `json:"package_status"`
	Number       string `json:"tracking_number"`
	LastMile     string `json:"last_mile_tracking_number"`
	Updated      int64  `json:"update_time"`
}

func (w *world) do(r *http.Request) answer {
	w.t.Helper()
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	got := answer{Status: rec.Code, Body: rec.Body.Bytes()}
	if err := json.Unmarshal(got.Body, &got); err != nil {
		w.t.Fatalf("answer: %v", err)
	}
	return got
}

func (w *world) auth(call, name, value, grantType string) answer {
	w.t.Helper()
	query := url.Values{"app_key": {testApp.Key}, "app_secret": {testApp.Secret}, name: {value}, "grant_type": {grantType}}
	return w.do(httptest.NewRequest(http.MethodGet, "/api/v2/token/"+call+"?"+query.Encode(), nil))
}

// request makes a signed call, of the shop unless it is of none.
func (w *world) request(method, path, query, body string) *http.Request {
	w.t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		w.t.Fatal(err)
	}
	values.Set("app_key", testApp.Key)
	values.Set("timestamp", strconv.FormatInt(w.clock.now().Unix(), 10))
	if !strings.HasPrefix(path, "/authorization/") {
		values.Set("shop_cipher", w.shop.Cipher)
	}
	return w.signed(method, path, values, body)
}

func (w *world) signed(method, path string, values url.Values, body string) *http.Request {
	w.t.Helper()
	const media = "application/json"
	sign, err := tiktokshop.SignRequest(testApp.Secret, path, values.Encode(), []byte(body), media)
	if err != nil {
		w.t.Fatal(err)
	}
	values.Set("sign", sign)
	var content io.Reader
	if body != "" {
		content = bytes.NewReader([]byte(body))
	}
	r := httptest.NewRequest(method, path+"?"+values.Encode(), content)
	r.Header.Set("Content-Type", media)
	r.Header.Set("X-Tts-Access-Token", w.token)
	return r
}

func (w *world) get(path, query string) answer {
	w.t.Helper()
	return w.do(w.request(http.MethodGet, path, query, ""))
}

func (w *world) search(what, query, body string) answer {
	w.t.Helper()
	category := map[string]string{"orders": "order", "packages": "fulfillment"}[what]
	got := w.do(w.request(http.MethodPost, "/"+category+"/202309/"+what+"/search", query, body))
	if got.Code != 0 {
		w.t.Fatalf("search for %s: %d %s", what, got.Code, got.Message)
	}
	return got
}

func (w *world) order(id string) orderSeen {
	w.t.Helper()
	got := w.get("/order/202309/orders", "ids="+id)
	if got.Code != 0 || len(got.Data.Orders) != 1 {
		w.t.Fatalf("order %s: %d %s", id, got.Code, got.Message)
	}
	return got.Data.Orders[0]
}
