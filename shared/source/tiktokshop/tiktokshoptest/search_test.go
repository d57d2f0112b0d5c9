package tiktokshoptest_test

import (
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
)

// place places orders, a minute apart.
func (w *world) place(n int) []string {
	var ids []string
	for range n {
		ids = append(ids, w.Place(tiktokshoptest.Order{Shop: w.shop.ID}))
		w.clock.add(time.Minute)
	}
	return ids
}

// walk reads all pages of a search; between does something behind each.
func (w *world) walk(what, query, body string, between func(page int)) (ids []string) {
	w.t.Helper()
	next := ""
	for page := 1; ; page++ {
		got := w.search(what, query+"&page_token="+url.QueryEscape(next), body)
		for _, o := range got.Data.Orders {
			ids = append(ids, o.ID)
		}
		for _, p := range got.Data.Packages {
			ids = append(ids, p.SearchID)
			if p.PackageID != "" || p.SearchStatus == "" {
				w.t.Errorf("a package of a search: %+v", p)
			}
		}
		if next = got.Data.Next; next == "" {
			return ids
		}
		if between != nil {
			between(page)
		}
	}
}

func TestSearch(t *testing.T) {
	w := newWorld(t, "DE")
	ids := w.place(5)
	w.Ship(ids[1], tiktokshoptest.Parcel{Number: "A1"})
	at := func(i int) int64 { return 1760000000 + int64(i)*60 }
	down := slices.Clone(ids)
	slices.Reverse(down)
	tests := []struct {
		name, query, body string
		want              []string
	}{
		{"all", "sort_order=ASC", "", ids},
		{"the newest first", "", "{}", down},
		{"by their last change", "sort_field=update_time&sort_order=ASC", "", []string{ids[0], ids[2], ids[3], ids[4], ids[1]}},
		{"from a time on", "sort_order=ASC", fmt.Sprintf(`{"create_time_ge":%d}`, at(3)), ids[3:]},
		{"until a time", "sort_order=ASC", fmt.Sprintf(`{"create_time_lt":%d}`, at(3)), ids[:3]},
		{"changed since", "sort_order=ASC", fmt.Sprintf(`{"update_time_ge":%d}`, at(4)), []string{ids[1], ids[4]}},
		{"changed before", "sort_order=ASC", fmt.Sprintf(`{"update_time_ge":%d,"update_time_lt":%d}`, at(2), at(4)), ids[2:4]},
		{"of a status", "", `{"order_status":"AWAITING_COLLECTION"}`, ids[1:2]},
		{"of a way to ship", "", `{"shipping_type":"TIKTOK"}`, nil},
		{"asked to cancel", "", `{"is_buyer_request_cancel":true}`, nil},
		{"of a warehouse", "", `{"warehouse_ids":["1"]}`, nil},
	}
	for _, tt := range tests {
		for _, size := range []string{"&page_size=2", "&page_size=100"} {
			if got := w.walk("orders", tt.query+size, tt.body, nil); !slices.Equal(got, tt.want) {
				t.Errorf("%s%s: %v, want %v", tt.name, size, got, tt.want)
			}
		}
	}
	if got := w.walk("packages", "sort_field=order_pay_time&sort_order=ASC&page_size=2", "", nil); len(got) != 5 || got[1] != w.Look(ids[1]).Packages[0] {
		t.Errorf("packages: %v", got)
	}
	if got := w.walk("packages", "", `{"package_status":"PROCESSING"}`, nil); len(got) != 1 {
		t.Errorf("packages that are shipped: %v", got)
	}
	w.MaxPage = 1
	if got := w.search("orders", "page_size=100", ""); len(got.Data.Orders) != 1 || got.Data.Total != 5 {
		t.Errorf("a page has %d of %d rows", len(got.Data.Orders), got.Data.Total)
	}
	next := w.search("orders", "", "").Data.Next
	if got := w.do(w.request("POST", "/order/202309/orders/search", "sort_order=ASC&page_token="+url.QueryEscape(next), "")); got.Code == 0 {
		t.Error("a token is good for another search")
	}
}

// Of a list that is sorted by the last change, a row that changes goes to the
// end. Tokens that count rows then skip one.
func TestChangesBetweenPages(t *testing.T) {
	for _, counted := range []bool{false, true} {
		w := newWorld(t, "DE")
		w.CountedPages = counted
		ids := w.place(6)
		got := w.walk("orders", "sort_field=update_time&sort_order=ASC&page_size=2", "{}", func(page int) {
			if page == 1 {
				w.Ship(ids[0], tiktokshoptest.Parcel{Number: "A1"})
			}
		})
		want := append(slices.Clone(ids), ids[0])
		if counted {
			want = slices.Delete(want, 2, 3)
		}
		if !slices.Equal(got, want) {
			t.Errorf("counted %t: %v, want %v", counted, got, want)
		}
	}
}

// A search is late, and a detail is not.
func TestLag(t *testing.T) {
	w := newWorld(t, "DE")
	w.Lag = time.Minute
	id := w.Place(tiktokshoptest.Order{Shop: w.shop.ID})
	w.clock.add(30 * time.Second)
	p := w.Ship(id, tiktokshoptest.Parcel{Number: "A1"})
	for i, want := range []struct{ order, pack string }{{"", ""}, {"AWAITING_SHIPMENT", "TO_FULFILL"}, {"AWAITING_COLLECTION", "PROCESSING"}} {
		order, pack := "", ""
		if got := w.search("orders", "", "").Data.Orders; len(got) > 0 {
			order = got[0].Status
		}
		if got := w.search("packages", "", "").Data.Packages; len(got) > 0 {
			pack = got[0].SearchStatus
		}
		if order != want.order || pack != want.pack || w.order(id).Status != "AWAITING_COLLECTION" {
			t.Errorf("%d: order %q, package %q, want %v", i, order, pack, want)
		}
		w.clock.add(30 * time.Second)
	}
	w.Split(p, tiktokshoptest.Parcel{Number: "A2"})
	if got := w.search("packages", "", "").Data.Packages; len(got) != 1 || got[0].SearchID != p {
		t.Errorf("a package that was split just now: %+v", got)
	}
	w.clock.add(time.Minute)
	if got := w.search("packages", "", "").Data.Packages; len(got) != 1 || got[0].SearchID == p {
		t.Errorf("a package that was split a minute ago: %+v", got)
	}
}

func TestTouch(t *testing.T) {
	w := newWorld(t, "DE")
	w.Touch = true
	id := w.Place(tiktokshoptest.Order{Shop: w.shop.ID})
	p := w.Ship(id, tiktokshoptest.Parcel{Number: "A1"})
	w.clock.add(time.Minute)
	w.Renumber(p, "A2", "UPS")
	if got := w.order(id).Updated; got != w.clock.now().Unix() {
		t.Errorf("update_time is %d", got)
	}
}

// since is the body of a search for what changed since a time.
func since(at int64) string { return fmt.Sprintf(`{"update_time_ge":%d}`, at) }
