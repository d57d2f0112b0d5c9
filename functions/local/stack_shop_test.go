//go:build stack

package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
	"github.com/shiptide/shiptide/shared/store"
)

// newMarket is TikTok Shop on this machine, and its address.
func newMarket(t *testing.T) (*tiktokshoptest.Server, string) {
	t.Helper()
	key, secret, _ := strings.Cut(stackKeys[tiktok][0], ":")
	market := tiktokshoptest.New(tiktokshoptest.App{Key: key, Secret: secret}, time.Now)
	server := httptest.NewServer(market)
	t.Cleanup(server.Close)
	return market, server.URL
}

// connect lets the seller of a new shop authorise the app, as the operator does.
func (s *stack) connect(t *testing.T) (shop string) {
	t.Helper()
	s.operator(t, stackKeys[tiktok][0]+"\n", "keys", "set", tiktok).check(t, "keys set", exitOK, tiktok)
	s.kill("ShopWebhook") // What it has read holds no key of TikTok Shop, for five minutes.
	s.kill("Sweep")
	shop = s.market.AddShop(tiktokshoptest.Shop{Name: "Mugs of this test", Region: "US"}).ID
	s.operator(t, s.market.Authorize(shop)+"\n", "connect", tiktok).check(t, "connect", exitOK, shop)
	return shop
}

// push posts what TikTok Shop has to push, signed as it does that.
func (s *stack) push(t *testing.T, change func(*tiktokshoptest.Push)) (status int) {
	t.Helper()
	pushes := s.market.Pushes()
	if len(pushes) == 0 {
		t.Fatal("nothing is pushed")
	}
	status = http.StatusOK
	for _, p := range pushes {
		if change != nil {
			change(&p)
		}
		got, err := answered(func() (int, error) {
			return tiktokshoptest.Post(t.Context(), http.DefaultClient, s.api+"/webhooks/tiktokshop", p)
		})
		if err != nil {
			t.Fatal(err)
		}
		if got != http.StatusOK {
			status = got
		}
	}
	return status
}

// orders and shops are those of the stack, read as the operator may.
func (s *stack) orders(t *testing.T) (store.Orders, store.Shops) {
	t.Helper()
	tables, _, err := openTables(t.Context(), s.cfg, s.tables(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return store.Orders{Table: tables.shipments, Now: time.Now}, store.Shops{Table: tables.ledger}
}

// stale tells whether an order waits for being asked for.
func (s *stack) stale(t *testing.T, shop, id string) bool {
	t.Helper()
	orders, _ := s.orders(t)
	o, err := orders.Get(t.Context(), shop, id)
	if err != nil {
		t.Fatal(err)
	}
	return !o.Stale.IsZero()
}

// warned lets the authorisation of a shop near its end, and tells whether the stack
// has heard of that.
func (s *stack) warned(t *testing.T, shop string) (status int, heard func() bool) {
	t.Helper()
	_, shops := s.orders(t)
	before, err := shops.Change(t.Context(), tiktok, shop, func(row *store.Shop) { row.ExpiresAt = time.Time{} })
	if err != nil || !before.Open() {
		t.Fatalf("the shop is %+v, %v", before, err)
	}
	s.market.Warn(shop)
	return s.push(t, nil), func() bool {
		row, err := shops.Get(t.Context(), tiktok, shop)
		return err == nil && !row.ExpiresAt.IsZero()
	}
}

// shop keeps up with one: it is connected, sells and ships, TikTok Shop pushes that
// something is new, and the sweep asks what.
func (s *stack) shop(t *testing.T) {
	seller := s.listenTo(t, "SELLER_TOPIC", "seller")
	shop := s.connect(t)
	sweep := func() {
		t.Helper()
		if failed, answer := s.invoke("Sweep", s.schedule(t)); failed != "" {
			t.Fatalf("the sweep failed: %s %s", failed, answer)
		}
	}
	sweep() // It asks what there is: nothing. Next it does that in nine minutes.

	number := "1Z999AA10700001234"
	far, near := time.Now().AddDate(0, 0, 20), time.Now().Add(20*time.Hour)
	shipped := s.market.Place(tiktokshoptest.Order{Shop: shop, Deadlines: tiktokshoptest.Deadlines{RTS: far, TTS: far}})
	s.market.Ship(shipped, tiktokshoptest.Parcel{Number: number, Provider: "UPS"})
	if got := s.push(t, func(p *tiktokshoptest.Push) { p.Authorization = strings.Repeat("0", len(p.Authorization)) }); got != http.StatusUnauthorized {
		t.Errorf("a forged push is answered %d, want 401", got)
	}
	if s.stale(t, shop, shipped) {
		t.Error("a forged push marks an order")
	}
	s.market.Collect(s.market.Look(shipped).Packages[0])
	waiting := s.market.Place(tiktokshoptest.Order{Shop: shop, Deadlines: tiktokshoptest.Deadlines{RTS: near, TTS: near}})
	pushed := 0
	if got := s.push(t, func(*tiktokshoptest.Push) { pushed++ }); got != http.StatusOK || pushed < 2 {
		t.Fatalf("%d pushes are answered %d", pushed, got)
	}
	eventually(t, func() string { return "pushes mark orders" }, func() bool { return s.stale(t, shop, shipped) && s.stale(t, shop, waiting) })
	if got := publicOf(t, s.shipments(t), number); got != "nothing" {
		t.Errorf("before it was asked for, the parcel is %s", got)
	}
	sweep()
	rec, err := s.shipments(t).Get(t.Context(), number)
	if err != nil || rec.Carrier != "ups" || rec.RegisteredAt.IsZero() || rec.Status != shipment.InTransit {
		t.Errorf("the parcel is %s of %q, registered at %s, %v", rec.Code, rec.Carrier, rec.RegisteredAt, err)
	}
	ofOrder := func(l shipment.Link) bool {
		return l.Kind == shipment.OrderLink && l.Value == shop+"/"+shipped && l.Source == tiktok
	}
	if err == nil && !slices.ContainsFunc(rec.Set.Links, ofOrder) {
		t.Errorf("the parcel is of no order: %+v", rec.Set.Links)
	}
	if s.stale(t, shop, shipped) || s.stale(t, shop, waiting) {
		t.Error("the sweep has not asked for both orders")
	}
	var told []string
	eventually(t, func() string { return fmt.Sprintf("the seller hears of the deadline: %q", told) }, func() bool {
		for _, m := range s.take(t, seller) {
			if strings.Contains(m, waiting) {
				told = append(told, m)
			}
		}
		return len(told) > 0
	})
	if len(told) != 1 {
		t.Errorf("the seller was told of one order: %q", told)
	}
	status, heard := s.warned(t, shop)
	if status != http.StatusOK {
		t.Fatalf("a push of a shop is answered %d", status)
	}
	eventually(t, func() string { return "the end of the authorisation is noted" }, heard)
	refused := 0
	for _, call := range s.market.Calls() {
		if call.Status != http.StatusOK {
			refused++
			t.Errorf("refused: %+v", call)
		}
	}
	t.Logf("%d calls of the Open API, %d refused", len(s.market.Calls()), refused)
	s.shopID = shop
}
