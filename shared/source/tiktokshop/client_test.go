package tiktokshop_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/source/tiktokshop"
	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
	"github.com/shiptide/shiptide/shared/webhook"
)

// Each row of the table of refusals, and of faults of the network, as what is
// done about it.
func TestActions(t *testing.T) {
	refuse := func(status, code int) *tiktokshoptest.Failure {
		return &tiktokshoptest.Failure{Status: status, Code: code}
	}
	words := func(text string) *tiktokshoptest.Failure {
		return &tiktokshoptest.Failure{Status: 400, Code: 36009004, Message: text}
	}
	tests := []struct {
		name  string
		fail  *tiktokshoptest.Failure
		times int
		want  source.ErrorCode
		calls int
		naps  int
		first time.Duration // the shortest that the first gap may be
	}{
		{"nothing fails", nil, 0, "", 1, 0, 0},
		{"a fault of theirs", refuse(200, 36009003), 3, "", 4, 3, 250 * time.Millisecond},
		{"a fault of theirs that stays", refuse(500, 36009003), 99, source.Unavailable, 4, 3, 250 * time.Millisecond},
		{"it took them too long", refuse(200, 36009007), 1, "", 2, 1, 250 * time.Millisecond},
		{"an order that they cannot fetch", refuse(200, 10002014), 99, source.Unavailable, 4, 3, 250 * time.Millisecond},
		{"too many calls", refuse(429, 36009002), 1, "", 2, 1, time.Second},
		{"too many calls for long", refuse(429, 36009002), 99, source.RateLimited, 4, 3, time.Second},
		{"they protect themselves", &tiktokshoptest.Failure{Status: 503, Body: "<html>"}, 99, source.RateLimited, 4, 3, time.Second},
		{"a gateway that is down", &tiktokshoptest.Failure{Status: 502, Body: "<html>"}, 2, "", 3, 2, 250 * time.Millisecond},
		{"the connection breaks", &tiktokshoptest.Failure{Drop: true}, 3, "", 4, 3, 250 * time.Millisecond},
		{"the connection is gone", &tiktokshoptest.Failure{Drop: true}, 99, source.Unavailable, 4, 3, 250 * time.Millisecond},
		{"a timestamp that is not good", words("Timestamp is expired"), 1, "", 2, 0, 0},
		{"a clock that is wrong", words("Timestamp is expired"), 99, source.Unavailable, 2, 0, 0},
		{"a signature that is wrong", refuse(401, 106001), 99, source.Auth, 1, 0, 0},
		{"a signature that is wrong, in words", words("sign is invalid"), 99, source.Auth, 1, 0, 0},
		{"a token that is over", refuse(401, 105002), 1, "", 2, 0, 0},
		{"a token that is over, in words", words("access_token is invalid"), 1, "", 2, 0, 0},
		{"a token that is never good", refuse(200, 105002), 99, source.Auth, 2, 0, 0},
		{"a scope that is missing", refuse(200, 105005), 99, source.Auth, 1, 0, 0},
		{"another kind of user", refuse(200, 101000), 99, source.Auth, 1, 0, 0},
		{"an address that is not on their list", refuse(200, 36009033), 99, source.Auth, 1, 0, 0},
		{"no shop_cipher", refuse(200, 106013), 99, source.Unavailable, 1, 0, 0},
		{"no such path", refuse(404, 36009009), 99, source.Unavailable, 1, 0, 0},
		{"no such method", refuse(405, 36009010), 99, source.Unavailable, 1, 0, 0},
		{"no such version", refuse(400, 36009014), 99, source.Unavailable, 1, 0, 0},
		{"a wrong content type", refuse(415, 36009022), 99, source.Unavailable, 1, 0, 0},
		{"words that nobody has seen", words("unexpected identifier"), 99, source.Unavailable, 1, 0, 0},
		{"of another shop", refuse(200, 21011028), 99, source.NotFound, 1, 0, 0},
		{"a page in place of an answer", &tiktokshoptest.Failure{Status: 200, Body: "<html>"}, 99, source.Undecodable, 1, 0, 0},
		{"a way that leads elsewhere", &tiktokshoptest.Failure{Status: 302, Body: ""}, 99, source.Unavailable, 1, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			c := w.client()
			sh := w.connect(c)
			id := w.server.Place(tiktokshoptest.Order{Shop: sh.ID, Status: tiktokshoptest.AwaitingShipment})
			pack := w.server.Ship(id, tiktokshoptest.Parcel{Number: "9400100000000000000000"})
			failed := 0
			w.server.Fail = func(_ int, r *http.Request) *tiktokshoptest.Failure {
				if failed++; failed > tt.times || strings.Contains(r.URL.Path, "/token/") {
					return nil
				}
				return tt.fail
			}
			report, err := c.Package(t.Context(), sh.ID, pack)
			if err == nil && (len(report.Orders) != 1 || report.Orders[0].ShopID != sh.ID) {
				t.Errorf("%+v", report)
			}
			if got := codeOf(t, err); got != tt.want {
				t.Errorf("%v, want %q", err, tt.want)
			}
			if n := w.count("/packages/"); n != tt.calls {
				t.Errorf("%d calls, want %d", n, tt.calls)
			}
			if len(w.naps) != tt.naps || tt.naps > 0 && w.naps[0] < tt.first || tt.naps > 1 && w.naps[tt.naps-1] <= w.naps[0] && tt.naps > 2 {
				t.Errorf("waited %v", w.naps)
			}
		})
	}
}

func TestMarket(t *testing.T) {
	w := newWorld(t)
	c := w.client()
	sh := w.connect(c)
	keys, err := webhook.ParseKeys(ours.Key + ":" + ours.Secret)
	if err != nil {
		t.Fatal(err)
	}
	market := c.Source(source.Fixed(keys))
	if market.Market == nil || market.Name != "tiktokshop" {
		t.Fatalf("%+v", market)
	}
	id := w.server.Place(tiktokshoptest.Order{Shop: sh.ID, Status: tiktokshoptest.AwaitingShipment, To: tiktokshoptest.Address{Region: "US", PostalCode: "95110"}})
	pack := w.server.Ship(id, tiktokshoptest.Parcel{Number: "9400100000000000000000"})
	w.clock.Advance(time.Hour)
	collected := w.clock.Now().Truncate(time.Second)
	w.server.Collect(pack)

	orders, err := market.Orders(t.Context(), sh.ID, []string{id, id, "x", ""})
	if err != nil || len(orders.Orders) != 1 || len(orders.Shipments) != 1 {
		t.Fatalf("%+v, %v", orders, err)
	}
	o := orders.Orders[0]
	if o.ShopID != sh.ID || o.OrderID != id || o.Status != "IN_TRANSIT" || o.Details == nil || o.Details.Country != "US" || o.Details.PostalCode != "951" ||
		!o.Details.CollectedAt.Equal(collected) || o.Details.Deadlines.Collect.IsZero() || len(o.Packages) != 1 || o.Packages[0].PackageID != pack {
		t.Errorf("%+v, %+v", o, o.Details)
	}
	p, err := market.Package(t.Context(), sh.ID, pack)
	if err != nil || len(p.Orders) != 1 || p.Orders[0].OrderID != id || p.Orders[0].Details != nil || p.Shipments[0].Number != "9400100000000000000000" {
		t.Errorf("%+v, %v", p, err)
	}
	window := source.Window{From: start.Add(-time.Hour), To: w.clock.Now().Add(time.Second)}
	for _, what := range []source.Listing{source.Orders, source.Packages} {
		r, next, err := market.Changed(t.Context(), sh.ID, what, window, "")
		if err != nil || next != "" || len(r.Orders) != 1 || r.Orders[0].ShopID != sh.ID {
			t.Errorf("%s: %+v, %q, %v", what, r, next, err)
		}
		r, next, err = market.Changed(t.Context(), sh.ID, what, source.Window{From: start.Add(-2 * time.Hour), To: start.Add(-time.Hour)}, "")
		if err != nil || next != "" || len(r.Orders)+len(r.Shipments)+len(r.Malformed) != 0 {
			t.Errorf("%s of before: %+v, %q, %v", what, r, next, err)
		}
	}
	if _, _, err := market.Changed(t.Context(), sh.ID, "returns", window, ""); err == nil {
		t.Error("something else was listed")
	}
	events, err := market.Tracking(t.Context(), sh.ID, id)
	if err != nil || len(events) == 0 {
		t.Fatalf("%v, %v", events, err)
	}
	again, err := market.Tracking(t.Context(), sh.ID, id)
	if diff := cmp.Diff(events, again); err != nil || diff != "" {
		t.Errorf("asked again: %v, %s", err, diff)
	}
	for _, e := range events {
		if e.Code.String() != "UNKNOWN.UNMAPPED" || e.Description == "" || e.OccurredAt.IsZero() || e.RawCode != "" {
			t.Errorf("%+v", e)
		}
	}
	for name, ask := range map[string]func() error{
		"a package": func() error { _, err := market.Package(t.Context(), sh.ID, "../orders"); return err },
		"texts":     func() error { _, err := market.Tracking(t.Context(), sh.ID, "1/x"); return err },
	} {
		if err := ask(); codeOf(t, err) != source.NotFound {
			t.Errorf("%s of no id: %v", name, err)
		}
	}
	w.server.Forget()
	if r, err := market.Orders(t.Context(), sh.ID, nil); err != nil || len(r.Orders) > 0 || len(w.server.Calls()) > 0 {
		t.Errorf("no orders: %+v, %v", r, err)
	}
}

// One id that is not of the shop does not hide the others.
func TestOrdersOfWhichSomeAreNotOurs(t *testing.T) {
	w := newWorld(t)
	c := w.client()
	sh := w.connect(c)
	other := w.server.AddShop(tiktokshoptest.Shop{})
	var ids, want []string
	for i := range 120 {
		of := sh.ID
		if i%17 == 3 {
			of = other.ID
		}
		id := w.server.Place(tiktokshoptest.Order{Shop: of})
		if of == sh.ID {
			want = append(want, id)
		}
		ids = append(ids, id)
		if i%40 == 0 {
			ids = append(ids, strconv.Itoa(9990000+i)) // Nobody has it.
		}
	}
	r, err := c.Orders(t.Context(), sh.ID, ids)
	var got []string
	for _, o := range r.Orders {
		got = append(got, o.OrderID)
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v, %s", err, diff)
	}
	if n := len(w.server.Calls()); n > 3+7*2*6 {
		t.Errorf("%d calls", n)
	}
	if n := w.server.MaxPerSecond(sh.ID); n > 10 {
		t.Errorf("%d calls in a second", n)
	}
}

// A token may end between two pages, and a page may be asked for twice.
func TestTokenEndsInTheMiddle(t *testing.T) {
	w := newWorld(t)
	c := w.client()
	sh := w.connect(c)
	w.server.MaxPage = 2
	want := map[string]bool{}
	for range 5 {
		want[w.server.Place(tiktokshoptest.Order{Shop: sh.ID})] = true
		w.clock.Advance(time.Minute)
	}
	got := map[string]bool{}
	pages := 0
	for page := ""; ; pages++ {
		r, next, err := c.Changed(t.Context(), sh.ID, source.Orders, source.Window{From: start, To: w.clock.Now()}, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range r.Orders {
			got[o.OrderID] = true
		}
		if page = next; page == "" {
			break
		}
		w.server.ExpireTokens()
	}
	if diff := cmp.Diff(want, got); diff != "" || pages != 2 || w.count("/token/refresh") != 2 {
		t.Errorf("%d pages, %s", pages, diff)
	}
}

// A shop that is not ours to ask for is not asked for.
func TestClosedShops(t *testing.T) {
	w := newWorld(t)
	c := w.client()
	sh := w.connect(c)
	if _, err := c.Orders(t.Context(), "7490000000000000099", []string{"1"}); codeOf(t, err) != source.NotFound {
		t.Errorf("a shop that nobody knows: %v", err)
	}
	s, err := w.shops.Get(t.Context(), "tiktokshop", sh.ID)
	if err != nil {
		t.Fatal(err)
	}
	s.RevokedAt = w.clock.Now()
	if err := w.shops.Save(t.Context(), &s); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Orders(t.Context(), sh.ID, []string{"1"}); codeOf(t, err) != source.Auth || !strings.Contains(err.Error(), "authorise the shop again") {
		t.Errorf("a shop that was taken back: %v", err)
	}
	if n := len(w.server.Calls()); n > 0 {
		t.Errorf("%d calls", n)
	}
}

// While a secret is changed, either signs; what was taken once is tried first.
func TestSecretIsChanged(t *testing.T) {
	w := newWorld(t)
	apps := []tiktokshop.App{{Key: ours.Key, Secret: "the-new-secret"}, {Key: "another-app", Secret: "of-another-market"}, ours}
	c := w.clientOf(apps, w.shops)
	sh := w.connect(c)
	id := w.server.Place(tiktokshoptest.Order{Shop: sh.ID})
	fresh := w.clientOf(apps, w.shops)
	for _, tt := range []struct {
		c    *tiktokshop.Client
		want int
	}{{c, 1}, {fresh, 3}, {fresh, 1}} { // The first learnt it when it connected.
		w.server.Forget()
		r, err := tt.c.Orders(t.Context(), sh.ID, []string{id})
		if n := len(w.server.Calls()); err != nil || len(r.Orders) != 1 || n != tt.want {
			t.Errorf("%+v, %v, %d calls, want %d", r, err, n, tt.want)
		}
	}
	none := w.clientOf(nil, w.shops)
	if _, err := none.Orders(t.Context(), sh.ID, []string{id}); codeOf(t, err) != source.Auth {
		t.Errorf("without an app: %v", err)
	}
}

// The bytes that are sent are those that are signed, and as documented.
func TestCallsAreMadeAsDocumented(t *testing.T) {
	w := newWorld(t)
	sh := w.connect(w.client())
	b := &by{answers: []func(*http.Request) (*http.Response, error){says(200, `{"code":0,"data":{"total_count":0}}`)}}
	c := w.client(through(b), func(s *tiktokshop.Settings) {
		s.Versions = map[string]string{"orders": "202507", "package_search": "202601"}
	})
	from := time.Unix(1794500000, 999).UTC()
	window := source.Window{From: from, To: from.Add(time.Hour)}
	ask := []struct {
		path, query, body string
		do                func() error
	}{
		{"/order/202507/orders", "ids=1,2", "", func() error { _, err := c.Orders(t.Context(), sh.ID, []string{"1", "2"}); return err }},
		{
			"/order/202309/orders/search", "page_size=100 page_token=a+/b== sort_field=update_time sort_order=ASC", `{"update_time_ge":1794500000,"update_time_lt":1794503601}`,
			func() error { _, _, err := c.Changed(t.Context(), sh.ID, source.Orders, window, "a+/b=="); return err },
		},
		{
			"/fulfillment/202601/packages/search", "page_size=50 sort_field=update_time sort_order=ASC", `{"update_time_ge":1794500000,"update_time_lt":1794503600}`,
			func() error {
				_, _, err := c.Changed(t.Context(), sh.ID, source.Packages, source.Window{From: time.Unix(1794500000, 0), To: time.Unix(1794503600, 0)}, "")
				return err
			},
		},
		{"/fulfillment/202309/packages/7", "", "", func() error { _, err := c.Package(t.Context(), sh.ID, "7"); _ = err; return nil }},
		{"/fulfillment/202309/orders/7/tracking", "", "", func() error { _, err := c.Tracking(t.Context(), sh.ID, "7"); return err }},
	}
	for i, a := range ask {
		if err := a.do(); err != nil {
			t.Fatal(a.path, err)
		}
		r, q := b.calls[i], b.calls[i].URL.Query()
		sign := q.Get("sign")
		want, err := tiktokshop.SignRequest(ours.Secret, r.URL.Path, r.URL.RawQuery, []byte(b.bodies[i]), "application/json")
		if err != nil || sign != want || q.Get("app_key") != ours.Key || q.Get("shop_cipher") != sh.Cipher || q.Get("timestamp") != strconv.FormatInt(w.clock.Now().Unix(), 10) {
			t.Errorf("%s is signed %s, want %s: %v, %v", a.path, sign, want, q, err)
		}
		var own []string
		for name := range q {
			if !slices.Contains([]string{"sign", "app_key", "shop_cipher", "timestamp"}, name) {
				own = append(own, name+"="+q.Get(name))
			}
		}
		slices.Sort(own)
		if r.URL.Host != "open-api.tiktokglobalshop.com" || r.URL.Path != a.path || strings.Join(own, " ") != a.query || b.bodies[i] != a.body ||
			(r.Method == http.MethodPost) != (a.body != "") {
			t.Errorf("%s %s %v %s, want %s", r.Method, r.URL.Path, own, b.bodies[i], a.path)
		}
		if r.Header.Get("Content-Type") != "application/json" || r.Header.Get("X-Tts-Access-Token") != w.grant(sh.ID).Tokens.Access {
			t.Errorf("%s: %v", a.path, r.Header)
		}
	}
}

func TestAnswersThatSurprise(t *testing.T) {
	w := newWorld(t)
	sh := w.connect(w.client())
	ask := func(t *testing.T, answer string) (source.Report, string, error) {
		b := &by{answers: []func(*http.Request) (*http.Response, error){says(200, answer)}}
		r, next, err := w.client(through(b)).Changed(t.Context(), sh.ID, source.Orders, source.Window{From: start, To: start.Add(time.Hour)}, "same")
		if len(b.calls) != 1 {
			t.Errorf("%d calls", len(b.calls))
		}
		return r, next, err
	}
	t.Run("ids as numbers beyond what a float holds", func(t *testing.T) {
		r, _, err := ask(t, `{"code":0,"data":{"orders":[{"id":577000000000000123,"packages":[{"id":9223372036854775807}],"update_time":1794514515}]}}`)
		if err != nil || len(r.Orders) != 1 || r.Orders[0].OrderID != "577000000000000123" || r.Orders[0].Packages[0].PackageID != "9223372036854775807" {
			t.Errorf("%+v, %v", r, err)
		}
	})
	t.Run("members and words of later", func(t *testing.T) {
		r, next, err := ask(t, `{"new":{"a":[1]},"data":{"new":[{"b":{}}],"next_page_token":"n2","orders":[{"id":"577","status":"TELEPORTED","update_time":"1794514515","fulfillment_type":"BY_MAGIC","x":{"y":[]}}]},"code":"0"}`)
		if err != nil || next != "n2" || len(r.Orders) != 1 || r.Orders[0].Status != "TELEPORTED" || r.Orders[0].Details.Fulfilment != "BY_MAGIC" {
			t.Errorf("%+v, %q, %v", r, next, err)
		}
	})
	t.Run("a page that follows itself", func(t *testing.T) {
		if _, _, err := ask(t, `{"code":0,"data":{"orders":[],"next_page_token":"same"}}`); codeOf(t, err) != source.Undecodable {
			t.Error(err)
		}
	})
	t.Run("no data of a search", func(t *testing.T) {
		for _, data := range []string{`{}`, `null`} {
			if r, next, err := ask(t, `{"code":0,"data":`+data+`}`); err != nil || next != "" || len(r.Orders) > 0 {
				t.Errorf("%s: %+v, %v", data, r, err)
			}
		}
	})
	t.Run("data of something else", func(t *testing.T) {
		if _, _, err := ask(t, `{"code":0,"data":{"products":[]}}`); codeOf(t, err) != source.Undecodable {
			t.Error(err)
		}
	})
	t.Run("an answer without end", func(t *testing.T) {
		if _, _, err := ask(t, `{"code":0,"data":{"x":"`+strings.Repeat("x", 8<<20)+`"}}`); codeOf(t, err) != source.Undecodable || !strings.Contains(err.Error(), "8 MiB") {
			t.Error(err)
		}
	})
	t.Run("texts on the way", func(t *testing.T) {
		b := &by{answers: []func(*http.Request) (*http.Response, error){says(200, `{"code":0,"data":{"tracking":[
			{"description":" Out  for delivery, call +1 202 555 0199 ","update_time_millis":1760090000123},{"description":"Picked up","update_time_millis":"1760010000"},
			{"description":"","update_time_millis":1760010000},{"description":"no time"},null,"x",{"description":"later","new":1,"update_time_millis":1760090001000}]}}`)}}
		got, err := w.client(through(b)).Tracking(t.Context(), sh.ID, "577")
		var texts []string
		for _, e := range got {
			texts = append(texts, fmt.Sprint(e.OccurredAt.Unix(), " ", e.LocalTime, " ", e.Description))
		}
		want := []string{"1760090000 2025-10-10T09:53:20 Out for delivery, call …", "1760010000 2025-10-09T11:40:00 Picked up", "1760090001 2025-10-10T09:53:21 later"}
		if diff := cmp.Diff(want, texts); err != nil || diff != "" {
			t.Errorf("%v, %s", err, diff)
		}
	})
	t.Run("data of a call that failed", func(t *testing.T) {
		b := &by{answers: []func(*http.Request) (*http.Response, error){
			says(200, `{"data":{"orders":[{"id":"578","update_time":1794514515}],"tracking":[{"description":"old","update_time_millis":1760010000}]},"code":36009003}`),
			says(200, `{"code":0,"data":{"orders":[{"id":"577","update_time":1794514515}],"tracking":[{"description":"new","update_time_millis":1760010000}]}}`),
		}}
		r, err := w.client(through(b)).Orders(t.Context(), sh.ID, []string{"577"})
		if err != nil || len(r.Orders) != 1 || r.Orders[0].OrderID != "577" {
			t.Errorf("%+v, %v", r, err)
		}
		b.calls = nil
		events, err := w.client(through(b)).Tracking(t.Context(), sh.ID, "577")
		if err != nil || len(events) != 1 || events[0].Description != "new" {
			t.Errorf("%+v, %v", events, err)
		}
	})
	t.Run("an answer that breaks off", func(t *testing.T) {
		b := &by{answers: []func(*http.Request) (*http.Response, error){
			func(r *http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: 200, Body: io.NopCloser(io.MultiReader(strings.NewReader(`{"code":0`), broken{})), Request: r}, nil
			},
			says(200, `{"code":0,"data":{"orders":[]}}`),
		}}
		if _, err := w.client(through(b)).Orders(t.Context(), sh.ID, []string{"1"}); err != nil || len(b.calls) != 2 {
			t.Errorf("%v, %d calls", err, len(b.calls))
		}
	})
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// Over a network, with the client's own transport.
func TestNobodyIsFollowed(t *testing.T) {
	w := newWorld(t)
	sh := w.connect(w.client())
	reached := 0
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ }))
	defer elsewhere.Close()
	api := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, elsewhere.URL+r.URL.Path, http.StatusTemporaryRedirect)
	}))
	defer api.Close()
	real := func(s *tiktokshop.Settings) { s.Transport, s.API = nil, api.URL+"/" }
	if _, err := w.client(real).Orders(t.Context(), sh.ID, []string{"1"}); codeOf(t, err) != source.Unavailable || !strings.Contains(err.Error(), "HTTP 307") || reached > 0 {
		t.Errorf("%v, %d calls elsewhere", err, reached)
	}
	api.Close()
	if _, err := w.client(real).Orders(t.Context(), sh.ID, []string{"1"}); codeOf(t, err) != source.Unavailable || !strings.Contains(err.Error(), "refused") {
		t.Errorf("nobody there: %v", err)
	}
	if _, err := w.client(func(s *tiktokshop.Settings) { s.API = "http://in valid" }).Orders(t.Context(), sh.ID, []string{"1"}); err == nil || strings.Contains(err.Error(), "sign") {
		t.Errorf("an address that is none: %v", err)
	}
}

func TestWhoeverGivesUpIsToldSo(t *testing.T) {
	w := newWorld(t)
	sh := w.connect(w.client())
	ctx, cancel := context.WithCancel(t.Context())
	b := &by{answers: []func(*http.Request) (*http.Response, error){func(*http.Request) (*http.Response, error) {
		cancel()
		return nil, errors.New("the line is dead")
	}}}
	if _, err := w.client(through(b)).Orders(ctx, sh.ID, []string{"1"}); !errors.Is(err, context.Canceled) || len(b.calls) != 1 {
		t.Errorf("%v, %d calls", err, len(b.calls))
	}
}

// More calls wait than any of them would live to see.
func TestTooManyCallsOfOurs(t *testing.T) {
	w := newWorld(t)
	c := w.client()
	sh := w.connect(c)
	c.Sleep = func(context.Context, time.Duration) error { return nil } // The clock stands.
	var err error
	n := 0
	for ; err == nil && n < 400; n++ {
		_, err = c.Orders(t.Context(), sh.ID, []string{"1"})
		w.server.Rate = 1000
	}
	if codeOf(t, err) != source.RateLimited || n < 100 {
		t.Errorf("after %d calls: %v", n, err)
	}
	// Of another shop none waits.
	other := w.server.AddShop(tiktokshoptest.Shop{})
	if _, err := c.Connect(t.Context(), w.server.Authorize(other.ID)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Orders(t.Context(), other.ID, []string{"1"}); err != nil {
		t.Error(err)
	}
}
