package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/source/tiktokshop"
	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
	"github.com/shiptide/shiptide/shared/store"
)

// selling is a stage with two shops: one does what a shop can do, of the other the
// authorisation was taken back.
type selling struct {
	*stage
	market *tiktokshoptest.Server
	// Orders: with a number that was replaced, in two packages, without a number,
	// and with labels of TikTok.
	replaced, split, unshipped, labelled string
}

const teasID = "7490000000000000002"

func newSelling(t testing.TB) *selling {
	t.Helper()
	s := &selling{stage: newStage(t)}
	s.clock = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	s.market = tiktokshoptest.New(tiktokshoptest.App{Key: "local", Secret: "local-tiktokshop"}, s.now)
	from := s.seller // Calls are not kept apart: the clock stands still meanwhile.
	s.client = tiktokshop.NewClient(tiktokshop.Apps(from), s.shops, nil, tiktokshop.Settings{Transport: s.market.Transport()}, s.now, s.log)
	from.Market = s.client
	s.keeper.Sources = []source.Source{from}
	s.keyed = func(_ context.Context, name string) (bool, error) { return name == "ups", nil }
	for id, name := range map[string]string{mugsID: "Mugs and more from the potteries of Ohio", teasID: "Teas"} {
		s.market.AddShop(tiktokshoptest.Shop{ID: id, Name: name, Region: map[string]string{mugsID: "US", teasID: "GB"}[id]})
		if _, err := s.client.Connect(t.Context(), s.market.Authorize(id)); err != nil {
			t.Fatal(err)
		}
	}
	place := func(o tiktokshoptest.Order) string {
		o.Shop = mugsID
		s.pass(time.Minute)
		return s.market.Place(o)
	}
	ship := func(id, number, provider string) string {
		s.pass(time.Minute)
		return s.market.Ship(id, tiktokshoptest.Parcel{Number: number, Provider: provider})
	}
	for i := range 22 { // More than are shown.
		id := place(tiktokshoptest.Order{})
		if i < 4 {
			s.market.Collect(ship(id, fmt.Sprintf("94001000000000000000%02d", i), "USPS"))
		}
	}
	s.replaced = place(tiktokshoptest.Order{})
	pack := ship(s.replaced, lifeNumber, "UPS")
	s.split = place(tiktokshoptest.Order{Units: 2})
	s.market.Pack(s.split, tiktokshoptest.Parcel{Number: movingNumber, Provider: "UPS"}, tiktokshoptest.Parcel{Number: longNumber, Provider: "UPS"})
	s.unshipped = place(tiktokshoptest.Order{})
	s.labelled = place(tiktokshoptest.Order{ShippingType: "TIKTOK"})
	ship(s.labelled, backNumber, "UPS")
	s.look()
	s.pass(time.Hour)
	s.market.Renumber(pack, delayedNumber, "UPS")
	s.market.AskCancel(s.unshipped)
	s.look()
	s.pass(46*time.Hour + 45*time.Minute) // Deadlines are near.
	s.look()
	if err := s.orders.Mark(t.Context(), &order.Change{ShopID: mugsID, OrderID: s.replaced, Status: "IN_TRANSIT", UpdatedAt: s.clock}); err != nil {
		t.Fatal(err)
	}
	s.change(teasID, func(row *store.Shop) {
		row.RevokedAt, row.Fault, row.FaultSince = s.clock.Add(-time.Hour), "AUTH: 105002: the authorisation is over: authorise the shop again", s.clock.Add(-2*time.Hour)
	})
	return s
}

func (s *selling) pass(d time.Duration) { s.clock = s.clock.Add(d) }

// look is what the sweep does.
func (s *selling) look() {
	s.t.Helper()
	if err := s.keeper.Redrive(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	s.mustRest()
}

func (s *selling) change(id string, change func(*store.Shop)) {
	s.t.Helper()
	if _, err := s.shops.Change(s.t.Context(), tiktok, id, change); err != nil {
		s.t.Fatal(err)
	}
}

func TestShops(t *testing.T) {
	s := newSelling(t)
	console := consoleOf(t, s.stage)
	shops := getJSON[[]shopState](t, console+"/shops")
	if len(shops) != 2 || shops[0].ID != mugsID || shops[1].ID != teasID {
		t.Fatalf("%+v", shops)
	}
	mugs, teas := shops[0], shops[1]
	if diff := cmp.Diff(lookedAt{Orders: 26, Since: "2026-02-05"}, mugs.Looked); diff != "" {
		t.Errorf("looked at (-want +got):\n%s", diff)
	}
	// The deadline of the first labels is over, but in the US the scan counts, a day
	// later. Five numbers cannot be any, and TikTok's own label is good; of the others
	// nothing is said before three days are over.
	if want := (rateView{Days: 14, Dispatched: 4, LateBar: 0.04, ValidBar: 0.95, Valid: 1, Shipped: 6}); mugs.Rates != want {
		t.Errorf("rates %+v, want %+v", mugs.Rates, want)
	}
	if len(mugs.Deadlines) != deadlinesShown {
		t.Errorf("%d deadlines", len(mugs.Deadlines))
	}
	for i := 1; i < len(mugs.Deadlines); i++ {
		if mugs.Deadlines[i].At.Before(mugs.Deadlines[i-1].At) {
			t.Errorf("%+v stands behind %+v", mugs.Deadlines[i], mugs.Deadlines[i-1])
		}
	}
	want := []speaker{
		{Shipping: "SELLER", Provider: "USPS", Parcels: 4, Speech: tiktokOnly, Sources: []string{}, Could: []string{"17track"}},
		{Shipping: "SELLER", Provider: "UPS", Parcels: 3, Speech: byPush, Sources: []string{"ups"}, Could: []string{"17track"}, Register: true},
		{Shipping: "TIKTOK", Provider: "UPS", Parcels: 1, Speech: tiktokOnly, Sources: []string{}, Could: []string{"17track"}},
	}
	if diff := cmp.Diff(want, mugs.Speakers); diff != "" {
		t.Errorf("speakers (-want +got):\n%s", diff)
	}
	if teas.RevokedAt.IsZero() || teas.Looked.Orders != 0 || len(teas.Deadlines) != 0 || teas.Rates.Days != 7 {
		t.Errorf("%+v", teas)
	}
}

// TestShopsAfterALateWeek: what nobody ships is late, and scans make numbers valid.
func TestShopsAfterALateWeek(t *testing.T) {
	s := newSelling(t)
	for i := range 2 {
		for n := range 2 {
			err := s.ingester.Add(t.Context(), shipment.Origin{Source: "ups", Kind: shipment.Carrier}, "test", []shipment.Update{{
				Number: []string{delayedNumber, movingNumber}[i], Carrier: "ups", AsOf: s.clock, Events: []shipment.Event{{
					Code: shipment.Code{Status: shipment.InTransit, SubStatus: shipment.Departed}, OccurredAt: s.clock.Add(time.Duration(n) * time.Hour),
					LocalTime: s.clock.Add(time.Duration(n) * time.Hour).Format(shipment.LocalLayout), Zone: shipment.Reported, Precision: shipment.Second,
				}},
			}})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	s.pass(5 * 24 * time.Hour)
	s.look()
	mugs := getJSON[[]shopState](t, consoleOf(t, s.stage)+"/shops")[0]
	// 22 of 26 orders were never scanned by TikTok's word.
	if want := (rateView{Days: 14, Late: 22, Dispatched: 26, LateBar: 0.04, Valid: 3, Shipped: 8, ValidBar: 0.95}); mugs.Rates != want {
		t.Errorf("rates %+v, want %+v", mugs.Rates, want)
	}
	if got, want := mugs.Rates.LateWords(), "22 of 26 late, 84.6\u00a0%; TikTok allows 4\u00a0%: that is over it"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestRateWords(t *testing.T) {
	tests := []struct {
		name        string
		rates       rateView
		late, valid string
	}{
		{"within", rateView{Late: 3, Dispatched: 120, LateBar: .04, Valid: 99, Shipped: 100, ValidBar: .95}, "3 of 120 late, 2.5 %; TikTok allows 4 %", "99 of 100 valid, 99 %; TikTok wants 95 %"},
		{"on the bar", rateView{Late: 4, Dispatched: 100, LateBar: .04, Valid: 19, Shipped: 20, ValidBar: .95}, "4 of 100 late, 4 %; TikTok allows 4 %", "19 of 20 valid, 95 %; TikTok wants 95 %"},
		{"just on the other side", rateView{Late: 401, Dispatched: 10_000, LateBar: .04, Valid: 9499, Shipped: 10_000, ValidBar: .95}, "401 of 10000 late, 4.1 %; TikTok allows 4 %: that is over it", "9499 of 10000 valid, 94.9 %; TikTok wants 95 %: that is below it"},
		{"just on this side", rateView{Late: 3999, Dispatched: 100_000, LateBar: .04, Valid: 95_001, Shipped: 100_000, ValidBar: .95}, "3999 of 100000 late, 3.9 %; TikTok allows 4 %", "95001 of 100000 valid, 95.1 %; TikTok wants 95 %"},
		{"far from it", rateView{Late: 2, Dispatched: 3, LateBar: .04, Valid: 0, Shipped: 3, ValidBar: .95}, "2 of 3 late, 66.7 %; TikTok allows 4 %: that is over it", "0 of 3 valid, 0 %; TikTok wants 95 %: that is below it"},
		{"no bar", rateView{Late: 1, Dispatched: 3, Valid: 3, Shipped: 3}, "1 of 3 late, 33.3 %; what this market allows is not known", "3 of 3 valid, 100 %; what this market wants is not known"},
		{"nothing yet", rateView{Days: 14, LateBar: .04, ValidBar: .95}, "no order was due in the last 14 days", "no package could be judged in the last 14 days"},
	}
	for _, tt := range tests {
		late, valid := strings.ReplaceAll(tt.rates.LateWords(), "\u00a0", " "), strings.ReplaceAll(tt.rates.ValidWords(), "\u00a0", " ")
		if late != tt.late || valid != tt.valid {
			t.Errorf("%s: %q, %q, want %q, %q", tt.name, late, valid, tt.late, tt.valid)
		}
	}
}

func TestSpeakers(t *testing.T) {
	pack := func(number, provider string) order.Held {
		return order.Held{PackageID: "p" + number, TrackingNumber: number, Provider: provider}
	}
	of := func(status, shipping string, packs ...order.Held) order.Order {
		return order.Order{Status: status, Details: order.Details{Shipping: shipping}, Packages: packs}
	}
	carrier := func(name string, keyed bool) talker { return talker{name: name, kind: shipment.Carrier, keyed: keyed} }
	aggregator := func(keyed bool) talker { return talker{name: "17track", kind: shipment.Aggregator, keyed: keyed} }
	market := talker{name: "tiktokshop", kind: shipment.Marketplace, keyed: true}
	asked := talker{name: "17track", kind: shipment.Aggregator, keyed: true, polls: true}
	inTransit := of("IN_TRANSIT", "SELLER", pack("1Z1", "UPS"))
	tests := []struct {
		name    string
		orders  []order.Order
		revoked bool
		talkers []talker
		want    []string
	}{
		{"nothing is under way", nil, false, []talker{market}, nil},
		{"only the shop", []order.Order{inTransit}, false, []talker{market}, []string{"1 parcel by UPS, labels of the seller: TikTok only"}},
		{"the carrier, with a key", []order.Order{inTransit}, false, []talker{carrier("ups", true)}, []string{"1 parcel by UPS, labels of the seller: push: UPS, of the numbers"}},
		{"another carrier", []order.Order{inTransit}, false, []talker{carrier("fedex", true)}, []string{"1 parcel by UPS, labels of the seller: TikTok only"}},
		{"the carrier, without a key", []order.Order{inTransit}, false, []talker{carrier("ups", false)}, []string{"1 parcel by UPS, labels of the seller: TikTok only"}},
		{"an aggregator", []order.Order{inTransit}, false, []talker{aggregator(true), carrier("ups", false)}, []string{"1 parcel by UPS, labels of the seller: push: 17TRACK, of the numbers"}},
		{"both", []order.Order{inTransit}, false, []talker{aggregator(true), carrier("ups", true)}, []string{"1 parcel by UPS, labels of the seller: push: 17TRACK and UPS, of the numbers"}},
		{"one that is asked", []order.Order{inTransit}, false, []talker{asked}, []string{"1 parcel by UPS, labels of the seller: poll: 17TRACK"}},
		{"one that is asked, and one that pushes", []order.Order{inTransit}, false, []talker{asked, carrier("ups", true)}, []string{"1 parcel by UPS, labels of the seller: push: 17TRACK and UPS"}},
		{"TikTok's label: its account, not the carrier's", []order.Order{of("IN_TRANSIT", "TIKTOK", pack("1Z1", "UPS"))}, false, []talker{carrier("ups", true)}, []string{"1 parcel by UPS, labels of TikTok: TikTok only"}},
		{"TikTok's label, and an aggregator", []order.Order{of("IN_TRANSIT", "TIKTOK", pack("1Z1", "UPS"))}, false, []talker{aggregator(true), carrier("ups", true)}, []string{"1 parcel by UPS, labels of TikTok: push: 17TRACK"}},
		{"the shop is gone", []order.Order{inTransit}, true, []talker{carrier("ups", false)}, []string{"1 parcel by UPS, labels of the seller: nobody"}},
		{"the shop is gone, the carrier is there", []order.Order{inTransit}, true, []talker{carrier("ups", true)}, []string{"1 parcel by UPS, labels of the seller: push: UPS"}},
		{"a provider that is none", []order.Order{of("IN_TRANSIT", "SELLER", pack("V", "TT Virtual express"))}, false, []talker{aggregator(true)}, []string{"1 parcel by TT Virtual express, labels of the seller: TikTok only"}},
		{"a provider that nobody knows", []order.Order{of("IN_TRANSIT", "SELLER", pack("V", "Invented"))}, false, []talker{aggregator(true)}, []string{"1 parcel by Invented, labels of the seller: push: 17TRACK"}},
		{"no names at all", []order.Order{of("IN_TRANSIT", "", pack("V", ""))}, false, []talker{market}, []string{"1 parcel by a provider without a name, labels of nobody that is named: TikTok only"}},
		{"several groups, the largest first, and one number once", []order.Order{
			of("IN_TRANSIT", "SELLER", pack("94", "USPS")),
			of("AWAITING_COLLECTION", "SELLER", pack("1Z1", "UPS"), pack("1Z2", "UPS"), pack("", "UPS")),
			of("IN_TRANSIT", "SELLER", pack("1Z1", "UPS"), order.Held{TrackingNumber: "1Z8", Provider: "UPS", Status: "COMPLETED"}),
			of("DELIVERED", "SELLER", pack("1Z3", "UPS")), of("CANCELLED", "SELLER", pack("1Z4", "UPS")), of("UNPAID", "SELLER", pack("1Z5", "UPS")),
		}, false, []talker{market}, []string{"2 parcels by UPS, labels of the seller: TikTok only", "1 parcel by USPS, labels of the seller: TikTok only"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := speakers(tt.orders, !tt.revoked, tt.talkers)
			for i, s := range got {
				if says := s.Which() + ": " + s.Says(); i < len(tt.want) && !strings.HasPrefix(says, tt.want[i]) {
					t.Errorf("%q, want %q", says, tt.want[i])
				}
			}
			if len(got) != len(tt.want) {
				t.Errorf("%d groups, want %d: %+v", len(got), len(tt.want), got)
			}
		})
	}
}

func TestNextDeadlines(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	in := func(hours int) time.Time { return now.Add(time.Duration(hours) * time.Hour) }
	all := order.Deadlines{Ship: in(-30), Collect: in(20), Deliver: in(100), CancelUnshipped: in(10), CancelUncollected: in(60), CancelUndelivered: in(500)}
	of := func(id, status string, d order.Deadlines) order.Order {
		return order.Order{OrderID: id, Status: status, Details: order.Details{Deadlines: d}}
	}
	late := func(o order.Order, by string) order.Order { o.Fulfilment = by; return o }
	tests := []struct {
		name   string
		orders []order.Order
		want   string
	}{
		{"the next one, not one that was missed", []order.Order{of("1", "AWAITING_SHIPMENT", all)}, "1 cancel_unshipped in 10 h after ship"},
		{"what is shipped has kept that", []order.Order{of("1", "AWAITING_COLLECTION", all)}, "1 collect in 20 h"},
		{"what is under way too", []order.Order{of("1", "IN_TRANSIT", all)}, "1 deliver in 100 h"},
		{"a part of it is not shipped", []order.Order{of("1", "PARTIALLY_SHIPPING", all)}, "1 cancel_unshipped in 10 h after ship"},
		{"of those that are missed the last", []order.Order{of("1", "AWAITING_SHIPMENT", order.Deadlines{Ship: in(-30), CancelUnshipped: in(-5)})}, "1 cancel_unshipped in -5 h missed after ship"},
		{"nothing is to come", []order.Order{of("1", "DELIVERED", all), of("2", "CANCELLED", all), of("3", "UNPAID", all), of("4", "IN_TRANSIT", order.Deadlines{Ship: in(5)})}, ""},
		{"of others that pack", []order.Order{late(of("1", "AWAITING_SHIPMENT", all), "FULFILLMENT_BY_TIKTOK"), late(of("2", "AWAITING_SHIPMENT", all), "FULFILLMENT_BY_SELLER")}, "2 cancel_unshipped in 10 h after ship"},
		{"the nearest first, what is missed last and the newest of it first", []order.Order{
			of("1", "AWAITING_SHIPMENT", order.Deadlines{Ship: in(-3)}), of("2", "AWAITING_SHIPMENT", order.Deadlines{Ship: in(-1)}),
			of("4", "AWAITING_SHIPMENT", order.Deadlines{Ship: in(8)}), of("3", "AWAITING_SHIPMENT", order.Deadlines{Ship: in(8)}), of("5", "ON_HOLD", order.Deadlines{Ship: in(7)}),
		}, "5 ship in 7 h, 3 ship in 8 h, 4 ship in 8 h, 2 ship in -1 h missed, 1 ship in -3 h missed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, d := range deadlinesOf(tt.orders, now) {
				text := fmt.Sprintf("%s %s in %d h", d.OrderID, d.Deadline, int(d.At.Sub(now).Hours()))
				if d.Over {
					text += " missed"
				}
				if len(d.Missed) > 0 {
					text += " after " + strings.Join(d.Missed, " and ")
				}
				if d.Words() == "" {
					t.Errorf("no words for %s", d.Deadline)
				}
				got = append(got, text)
			}
			if text := strings.Join(got, ", "); text != tt.want {
				t.Errorf("%s\nwant %s", text, tt.want)
			}
		})
	}
}

// TestOrdersThatAreManyAreCut: of too many the newest are looked at, and it is said.
func TestOrdersThatAreManyAreCut(t *testing.T) {
	s := newStage(t)
	s.clock = time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)
	list := func(n int, daysAgo int) {
		for i := range n {
			o := order.Order{ShopID: mugsID, OrderID: fmt.Sprintf("%02d%04d", 99-daysAgo, i), Details: order.Details{CreatedAt: s.clock.AddDate(0, 0, -daysAgo)}}
			if err := s.orders.List(t.Context(), &o); err != nil {
				t.Fatal(err)
			}
		}
	}
	look := func() ([]string, string, bool) {
		ids, since, cut, err := recentIDs(t.Context(), s.orders, mugsID, 14*24*time.Hour, s.clock)
		if err != nil {
			t.Fatal(err)
		}
		return ids, since, cut
	}
	list(3, 27)
	list(5, 28) // Too old.
	if ids, since, cut := look(); len(ids) != 3 || since != "2026-03-04" || cut || ids[0] != "720002" {
		t.Errorf("%v since %s, cut %v", ids, since, cut)
	}
	list(ordersRead, 2)
	list(1, 0)
	if ids, since, cut := look(); len(ids) != ordersRead || since != "2026-03-29" || !cut || ids[0] != "990000" || ids[1] != "971999" || ids[ordersRead-1] != "970001" {
		t.Errorf("%d since %s, cut %v, from %s to %s", len(ids), since, cut, ids[0], ids[len(ids)-1])
	}
}

func TestOrderPage(t *testing.T) {
	s := newSelling(t)
	console := consoleOf(t, s.stage)
	get := func(id string) orderView { return getJSON[orderView](t, console+"/orders/"+mugsID+"/"+id) }

	v := get(s.replaced)
	if v.Stale.IsZero() || !strings.HasPrefix(v.Shop, "Mugs") || v.Status != "AWAITING_COLLECTION" || v.Shipping != "SELLER" || v.Fetched.IsZero() {
		t.Errorf("%+v", v)
	}
	if len(v.Packages) != 1 || v.Packages[0].Number != delayedNumber || v.Packages[0].Provider != "UPS" {
		t.Errorf("packages %+v", v.Packages)
	}
	if len(v.Gone) != 1 || v.Gone[0].Number != lifeNumber || len(v.Gone[0].By) != 1 || v.Gone[0].By[0] != delayedNumber {
		t.Errorf("gone %+v", v.Gone)
	}
	var due, told []string
	for _, w := range v.Due {
		due = append(due, fmt.Sprint(w.Kind, " ", w.Number, " ", w.Stage, " told ", w.Told))
	}
	for _, to := range v.Told {
		for _, n := range to.Told {
			told = append(told, fmt.Sprint(n.Kind, " to ", to.Recipient))
		}
	}
	if want := []string{"no_scan " + delayedNumber + " 24h told true"}; !cmp.Equal(due, want) {
		t.Errorf("due %q, want %q", due, want)
	}
	if want := []string{"no_scan to seller"}; !cmp.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
	if v.Due[0].NextStep == "" || v.More.IsZero() {
		t.Errorf("%+v", v)
	}
	var dates []string
	for _, d := range v.Deadlines {
		dates = append(dates, fmt.Sprint(d.Name, " kept ", d.Kept, " over ", d.Over))
	}
	want := []string{
		"ship kept true over false", "collect kept false over false", "cancel_unshipped kept true over false",
		"deliver kept false over false", "cancel_uncollected kept false over false", "cancel_undelivered kept false over false",
	}
	if diff := cmp.Diff(want, dates); diff != "" {
		t.Errorf("deadlines (-want +got):\n%s", diff)
	}

	if v := get(s.split); len(v.Packages) != 2 || v.Packages[0].Number == v.Packages[1].Number {
		t.Errorf("packages %+v", v.Packages)
	}
	if v := get(s.unshipped); !v.CancelAsked || len(v.Packages) != 0 || len(v.Due) == 0 {
		t.Errorf("%+v", v)
	}
	for path, want := range map[string]int{"/orders/" + mugsID + "/577000000000009999": 404, "/orders/nobody/1": 404} {
		res, err := http.Get(console + path)
		if err != nil {
			t.Fatal(err)
		}
		if err := res.Body.Close(); err != nil || res.StatusCode != want {
			t.Errorf("%s: answered %s, want %d", path, res.Status, want)
		}
	}
	if v, err := s.why(t.Context(), delayedNumber); err != nil || !cmp.Equal(v.Orders, []orderLink{{mugsID, s.replaced}}) {
		t.Errorf("the parcel is of %+v, %v", v.Orders, err)
	}
	if v, err := s.why(t.Context(), lifeNumber); err != nil || len(v.Orders) != 0 {
		t.Errorf("the number that is gone is of %+v, %v", v.Orders, err)
	}
}

func TestOrdersOfAParcel(t *testing.T) {
	link := func(from shipment.SourceKind, value string, withdrawn bool) shipment.Link {
		return shipment.Link{Kind: shipment.OrderLink, Value: value, SourceKind: from, Withdrawn: withdrawn}
	}
	set := &shipment.Set{Links: []shipment.Link{
		link(shipment.Operator, "local/577000000000000001", false), link(shipment.Marketplace, "749/577000000000000001", false),
		link(shipment.Operator, "local/mine", false), link(shipment.Marketplace, "749/577000000000000002", true),
		link(shipment.Marketplace, "749/577000000000000003", false),
		{Kind: shipment.CarrierLink, Value: "ups", SourceKind: shipment.Marketplace},
	}}
	want := []orderLink{{"749", "577000000000000001"}, {"", "mine"}, {"749", "577000000000000003"}}
	if diff := cmp.Diff(want, ordersOf(set)); diff != "" {
		t.Errorf("orders (-want +got):\n%s", diff)
	}
}
