package tiktokshoptest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
)

func TestRate(t *testing.T) {
	w := newWorld(t, "US")
	w.Rate = 3
	const detail = "/order/202309/orders"
	for i, step := range []struct {
		wait time.Duration
		code int
	}{{0, 0}, {400 * time.Millisecond, 0}, {400 * time.Millisecond, 0}, {0, 36009002}, {199 * time.Millisecond, 36009002}, {time.Millisecond, 0}, {0, 36009002}} {
		w.clock.add(step.wait)
		got := w.get(detail, "ids=1")
		if got.Code != step.code || got.Code != 0 && got.Status != 429 {
			t.Errorf("call %d: %d, want %d", i, got.Code, step.code)
		}
	}
	if got := w.get("/authorization/202309/shops", ""); got.Code != 0 {
		t.Errorf("another API: %s", got.Body)
	}
	if got := w.MaxPerSecond(w.shop.ID); got != 6 { // Of the seven the first is a second before the last.
		t.Errorf("%d calls in a second, want 6", got)
	}
	calls := w.Calls()
	last := calls[len(calls)-2]
	if want := (tiktokshoptest.Call{At: w.clock.now(), Method: "GET", Path: detail, Shop: w.shop.ID, Status: 429, Code: 36009002}); last != want {
		t.Errorf("call %+v, want %+v", last, want)
	}
	w.Forget()
	if w.MaxPerSecond(w.shop.ID) != 0 || len(w.Calls()) != 0 {
		t.Error("nothing is forgotten")
	}
}

func TestFail(t *testing.T) {
	w := newWorld(t, "US")
	fails := map[int]*tiktokshoptest.Failure{
		2: {Status: 500, Code: 36009003, Message: "internal error"},
		3: {Status: 502, Body: "<html>"},
		4: {Drop: true},
		5: {Drop: true, After: true},
	}
	var mu sync.Mutex
	n := 0
	w.Fail = func(int, *http.Request) *tiktokshoptest.Failure {
		mu.Lock()
		defer mu.Unlock()
		n++
		return fails[n]
	}
	srv := httptest.NewServer(w)
	defer srv.Close()
	clients := map[string]*http.Client{"by a network": srv.Client(), "without one": {Transport: w.Transport()}}
	for name, client := range clients {
		w.login(w.Authorize(w.shop.ID))
		mu.Lock()
		n = 0
		mu.Unlock()
		w.Forget()
		do := func(path string) (int, error) {
			r := w.request("GET", "/authorization/202309/shops", "", "")
			target := srv.URL + r.URL.RequestURI()
			if path != "" {
				target = srv.URL + path
			}
			out, err := http.NewRequestWithContext(t.Context(), "GET", target, nil)
			if err != nil {
				t.Fatal(err)
			}
			out.Header = r.Header
			out.Header.Set("Connection", "close") // net/http would try a broken one again.
			resp, err := client.Do(out)
			if err != nil {
				return 0, err
			}
			return resp.StatusCode, resp.Body.Close()
		}
		for i, want := range []int{200, 500, 502, 0} {
			got, err := do("")
			if got != want || (err != nil) != (want == 0) {
				t.Errorf("%s: call %d: %d, %v, want %d", name, i+1, got, err, want)
			}
		}
		token := "/api/v2/token/get?grant_type=authorized_code&app_key=" + testApp.Key + "&app_secret=" + testApp.Secret + "&auth_code=" + w.Authorize(w.shop.ID)
		if _, err := do(token); err == nil {
			t.Errorf("%s: the answer came", name)
		}
		if got := w.do(httptest.NewRequest("GET", token, nil)); got.Code == 0 {
			t.Errorf("%s: a call that was dropped after it took effect has none", name)
		}
		var codes []int
		for _, c := range w.Calls() {
			codes = append(codes, c.Code)
		}
		if want := []int{0, 36009003, 0, -1, -1, 36009004}; len(codes) != len(want) || codes[1] != want[1] || codes[3] != -1 || codes[5] != want[5] {
			t.Errorf("%s: codes %v, want %v", name, codes, want)
		}
	}
}

func TestFailBefore(t *testing.T) {
	w := newWorld(t, "US")
	token := "/api/v2/token/get?grant_type=authorized_code&app_key=" + testApp.Key + "&app_secret=" + testApp.Secret + "&auth_code=" + w.Authorize(w.shop.ID)
	fail := &tiktokshoptest.Failure{Status: 500, Code: 36009003}
	w.Fail = func(int, *http.Request) *tiktokshoptest.Failure { return fail }
	if got := w.do(httptest.NewRequest("GET", token, nil)); got.Status != 500 || got.Code != 36009003 {
		t.Errorf("answered %s", got.Body)
	}
	fail = nil
	if got := w.do(httptest.NewRequest("GET", token, nil)); got.Code != 0 {
		t.Errorf("a call that failed has taken effect: %s", got.Body)
	}
}

func TestConcurrentUse(t *testing.T) {
	w := newWorld(t, "DE")
	var posted sync.Map
	w.OnPush = func(p tiktokshoptest.Push) {
		w.Calls() // It may call the server.
		posted.Store(string(p.Body), true)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20 {
				id := w.Place(tiktokshoptest.Order{Shop: w.shop.ID, Units: 2})
				for _, p := range w.Pack(id, tiktokshoptest.Parcel{Number: "A1"}, tiktokshoptest.Parcel{Number: "A2"}) {
					w.Collect(p)
					w.Deliver(p)
				}
			}
		})
		wg.Go(func() {
			for range 10 {
				w.do(w.request("POST", "/fulfillment/202309/packages/search", "page_size=50", "{}"))
				w.clock.add(time.Second)
			}
		})
	}
	wg.Wait()
	if got := w.search("orders", "", `{"order_status":"DELIVERED"}`); got.Data.Total != 80 {
		t.Errorf("%d are delivered, want 80", got.Data.Total)
	}
	delivered := 0
	posted.Range(func(body, _ any) bool {
		if text, _ := body.(string); strings.Contains(text, `"DELIVERED"`) {
			delivered++
		}
		return true
	})
	if delivered != 80 || len(w.Pushes()) != 0 {
		t.Errorf("%d pushes of a delivery, want 80", delivered)
	}
}
