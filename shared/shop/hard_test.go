package shop_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/sender"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/shop"
	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
	"github.com/shiptide/shiptide/shared/store"
)

// slow takes messages, a tenth of a second each.
type slow struct{ w *world }

func (s slow) Send(ctx context.Context, to contact.Contact, m sender.Message) (string, error) {
	s.w.pass(100 * time.Millisecond)
	return s.w.Send(ctx, to, m)
}

// TestAnOrderOfFiftyPackages: a message a deadline, and not one a package.
func TestAnOrderOfFiftyPackages(t *testing.T) {
	w := newWorld(t)
	w.notifier.Sender = slow{w}
	w.connect()
	const packages = 50
	tts := w.now().Add(26 * time.Hour)
	id := w.market.Place(tiktokshoptest.Order{Shop: shopID, Units: packages, Deadlines: tiktokshoptest.Deadlines{RTS: tts, TTS: tts, Collection: tts.Add(time.Hour)}})
	var parcels []tiktokshoptest.Parcel
	for n := range packages {
		parcels = append(parcels, tiktokshoptest.Parcel{Number: upsOf(n), Provider: "USPS"}) // Which they are not.
	}
	w.market.Pack(id, parcels...)
	w.hear(nil)
	w.until(w.now().Add(4 * time.Hour))
	w.wantSent("number_of_another_carrier to seller", "no_scan to seller", "cancel_uncollected to seller")
	for n := range packages {
		if !strings.Contains(w.texts[1], upsOf(n)) {
			t.Fatalf("the message does not name %s:\n%s", upsOf(n), w.texts[1])
		}
	}
	w.until(w.now().Add(6 * time.Hour))
	w.want("told", len(w.sent), 3)
}

// TestANumberThatWasTwoOrders: when the wrong one is corrected, the other's buyer is
// not led to a stranger's parcel.
func TestANumberThatWasTwoOrders(t *testing.T) {
	w := newWorld(t)
	w.connect()
	one, two := w.place(1), w.place(1)
	w.market.Ship(one, upsParcel(upsNumber))
	pack := w.market.Ship(two, upsParcel(upsNumber))
	w.hear(nil)
	w.look()
	w.buyer(upsNumber)
	w.market.Renumber(pack, otherUPS, "UPS")
	w.until(w.now().Add(15 * time.Minute))
	w.want("numbers", w.order(two).Numbers(), []string{otherUPS})
	w.scan(otherUPS, accepted)
	w.scan(otherUPS, delivered)
	w.wantSent("number_used to seller")
	w.scan(upsNumber, accepted)
	w.wantSent("number_used to seller", "on_its_way to buyer")
}

// due is when an order is looked at next, from now.
func (w *world) due(id string) time.Duration { return w.order(id).Due.Sub(w.now()) }

// refuse has calls refused with a code whose path ends so; "" has all of them.
func refuse(end string, code int) func(int, *http.Request) *tiktokshoptest.Failure {
	return func(_ int, r *http.Request) *tiktokshoptest.Failure {
		if !strings.HasSuffix(r.URL.Path, end) {
			return nil
		}
		return &tiktokshoptest.Failure{Status: http.StatusForbidden, Code: code, Message: "no"}
	}
}

// TestWhatCannotBeHadWaits, the longer the older it is, and is never due in the past.
func TestWhatCannotBeHadWaits(t *testing.T) {
	tests := []struct {
		name string
		fail func(int, *http.Request) *tiktokshoptest.Failure
		min  time.Duration
	}{
		{"the API is down", refuse("/orders", 36009003), 5*time.Minute - time.Second},
		{"the authorisation is over", refuse("/orders", 105005), 30 * time.Minute},
		{"it is another shop's", refuse("/orders", 10006402), time.Hour},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.connect()
			id := w.place(1)
			w.market.Ship(id, upsParcel(upsNumber))
			w.hear(nil)
			w.look()
			w.market.Fail = tt.fail
			w.pass(25 * time.Hour) // It is to be asked for again.
			_ = w.Look(t.Context(), shopID, id)
			if left := w.due(id); left < tt.min {
				t.Errorf("due in %s, want %s at least", left, tt.min)
			}
			before := len(w.market.Calls())
			for range 5 {
				w.pass(5 * time.Minute)
				_ = w.Redrive(t.Context())
			}
			if n := len(w.market.Calls()) - before; n > 60 {
				t.Errorf("%d calls in 25 minutes", n)
			}
		})
	}
}

// TestAPackageThatCannotBeHad does not silence its order.
func TestAPackageThatCannotBeHad(t *testing.T) {
	w := newWorld(t)
	w.connect()
	w.market.Fail = func(_ int, r *http.Request) *tiktokshoptest.Failure {
		if strings.Contains(r.URL.Path, "/packages") {
			return &tiktokshoptest.Failure{Status: http.StatusForbidden, Code: 105005, Message: "scope"}
		}
		return nil
	}
	tts := noon.AddDate(0, 0, 3)
	id := w.market.Place(tiktokshoptest.Order{Shop: shopID, Units: 2, Deadlines: tiktokshoptest.Deadlines{RTS: noon.AddDate(0, 0, 2), TTS: tts}})
	w.market.Pack(id, upsParcel(upsNumber), upsParcel(otherUPS))
	w.hear(nil)
	for w.now().Before(tts.Add(-24 * time.Hour)) {
		w.pass(15 * time.Minute)
		_ = w.Redrive(t.Context())
	}
	w.want("one", w.status(upsNumber), "INFO_RECEIVED.LABEL_CREATED")
	w.want("the other", w.status(otherUPS), "INFO_RECEIVED.LABEL_CREATED")
	w.want("warned", strings.Contains(strings.Join(w.sent, ", "), "no_scan to seller"), true)
	days, err := w.Orders.Day(t.Context(), shopID, noon)
	if err != nil || len(days) != 1 {
		t.Errorf("listed %q, %v", days, err)
	}
}

// TestAListThatDoesNotEnd ends.
func TestAListThatDoesNotEnd(t *testing.T) {
	w := newWorld(t)
	w.connect()
	w.look()
	w.market.Fail = func(n int, r *http.Request) *tiktokshoptest.Failure {
		if !strings.HasSuffix(r.URL.Path, "/orders/search") {
			return nil
		}
		return &tiktokshoptest.Failure{Status: http.StatusOK, Body: fmt.Sprintf(`{"code":0,"message":"Success","data":{"orders":[],"next_page_token":"p%d"}}`, n%3)}
	}
	w.pass(15 * time.Minute)
	if err := w.Redrive(t.Context()); err == nil || !strings.Contains(err.Error(), "does not end") {
		t.Errorf("error %v", err)
	}
	w.market.Fail = nil
	id := w.place(1)
	w.market.Pushes() // Lost.
	w.until(w.now().Add(15 * time.Minute))
	w.want("an order after it", w.order(id).Status, "AWAITING_SHIPMENT")
}

// TestATimeThatIsFarAhead does not hide what comes after it.
func TestATimeThatIsFarAhead(t *testing.T) {
	w := newWorld(t)
	w.connect()
	w.look()
	once := false
	w.market.Fail = func(_ int, r *http.Request) *tiktokshoptest.Failure {
		if once || !strings.HasSuffix(r.URL.Path, "/orders/search") {
			return nil
		}
		once = true
		return &tiktokshoptest.Failure{Status: http.StatusOK, Body: `{"code":0,"message":"Success","data":{"orders":[{"id":"577000000000000999","status":"UNPAID","update_time":2088763200}],"next_page_token":"p"}}`}
	}
	w.pass(15 * time.Minute)
	_ = w.Redrive(t.Context()) // The next page is refused.
	id := w.place(1)
	w.market.Pushes() // Lost.
	w.until(w.now().Add(15 * time.Minute))
	w.want("an order after it", w.order(id).Status, "AWAITING_SHIPMENT")
}

// TestOrdersOfOneNumber do not speak for each other, nor take turns in saying whose
// it is.
func TestOrdersOfOneNumber(t *testing.T) {
	w := newWorld(t)
	w.connect()
	one, two := w.place(1), w.place(1)
	w.market.Ship(one, upsParcel(upsNumber))
	pack := w.market.Ship(two, tiktokshoptest.Parcel{Number: upsNumber, Provider: "USPS"})
	w.hear(nil)
	w.look()
	w.market.Collect(pack)
	w.hear(nil)
	w.look()
	if o := w.order(one); o.Packages[0].Left() {
		t.Errorf("the first order left by the word of the second: %+v", o.Packages[0])
	}
	w.scan(upsNumber, accepted)
	w.scan(upsNumber, delivered)
	rec, err := w.Shipments.Get(t.Context(), upsNumber)
	if err != nil {
		t.Fatal(err)
	}
	w.until(w.now().Add(72 * time.Hour))
	w.want("the parcel", w.status(upsNumber), "DELIVERED.SIGNED")
	after, err := w.Shipments.Get(t.Context(), upsNumber)
	if err != nil || after.Carrier != rec.Carrier || len(after.Trail) > len(rec.Trail)+2 {
		t.Errorf("carrier %s after %s, %d changes after %d, %v", after.Carrier, rec.Carrier, len(after.Trail), len(rec.Trail), err)
	}
}

// TestALabelThatIsTakenBackAndMadeAgain: the buyer hears of the new one, also where
// the order was looked at while it had none.
func TestALabelThatIsTakenBackAndMadeAgain(t *testing.T) {
	for _, looked := range []bool{true, false} {
		t.Run(fmt.Sprintf("looked at in between %t", looked), func(t *testing.T) {
			w := newWorld(t)
			w.connect()
			id := w.place(1)
			pack := w.market.Ship(id, upsParcel(upsNumber))
			w.hear(nil)
			w.look()
			w.buyer(upsNumber)
			w.pass(time.Minute)
			if looked {
				w.market.Fail = func(_ int, r *http.Request) *tiktokshoptest.Failure {
					if !strings.HasSuffix(r.URL.Path, "/orders") {
						return nil
					}
					return &tiktokshoptest.Failure{Status: http.StatusOK, Body: fmt.Sprintf(`{"code":0,"message":"Success","data":{"orders":[{"id":%q,"status":"AWAITING_SHIPMENT","update_time":%d,"packages":[{"id":%q}],"line_items":[{"id":"1","package_id":%q,"package_status":"TO_FULFILL"}]}]}}`, id, w.now().Unix(), pack, pack)}
				}
				if err := w.Orders.Mark(t.Context(), &order.Change{ShopID: shopID, OrderID: id}); err != nil {
					t.Fatal(err)
				}
				if err := w.Look(t.Context(), shopID, id); err != nil {
					t.Fatal(err)
				}
				w.want("numbers", len(w.order(id).Numbers()), 0)
				w.market.Fail = nil
			}
			w.market.Renumber(pack, otherUPS, "UPS")
			o := w.order(id)
			o.UpdatedAt = noon // The stand-in moves it with the status only.
			if err := w.Orders.Save(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			w.until(w.now().Add(15 * time.Minute))
			w.want("numbers", w.order(id).Numbers(), []string{otherUPS})
			w.tell(otherUPS)
			w.scan(otherUPS, delivered)
			w.wantSent("number_changed to buyer", "delivered to buyer")
		})
	}
}

// TestTwoKeepers look side by side while the order changes: in the end the newest
// answer holds.
func TestTwoKeepers(t *testing.T) {
	w := newWorld(t)
	w.connect()
	id := w.place(1)
	pack := w.market.Ship(id, upsParcel(upsNumber))
	w.hear(nil)
	w.look()
	other := *w.Keeper
	between := func() {
		w.market.Renumber(pack, otherUPS, "UPS")
		if err := w.Orders.Mark(t.Context(), &order.Change{ShopID: shopID, OrderID: id}); err != nil {
			t.Fatal(err)
		}
		if err := w.Look(t.Context(), shopID, id); err != nil {
			t.Fatal(err)
		}
	}
	other.Facts = hooked{w.ingester, func() { f := between; between = func() {}; f() }}
	w.market.Readdress(id, tiktokshoptest.Address{Region: "US", PostalCode: "10001"})
	w.hear(nil)
	if err := other.Look(t.Context(), shopID, id); err != nil {
		t.Fatal(err)
	}
	w.until(w.now().Add(5 * time.Minute))
	w.want("numbers", w.order(id).Numbers(), []string{otherUPS})
	w.want("the old number", w.status(upsNumber), "nobody follows it")
	w.want("the new number", w.status(otherUPS), "INFO_RECEIVED.LABEL_CREATED")
}

// hooked does something else before facts are added.
type hooked struct {
	shop.Facts
	before func()
}

func (h hooked) Add(ctx context.Context, from shipment.Origin, cause string, u []shipment.Update) error {
	h.before()
	return h.Facts.Add(ctx, from, cause, u)
}

// TestAShopThatWasNeverConnected: its orders wait for it, and cost nothing.
func TestAShopThatWasNeverConnected(t *testing.T) {
	w := newWorld(t)
	id := w.place(1)
	w.market.Ship(id, upsParcel(upsNumber))
	w.hear(nil)
	w.look()
	if o := w.order(id); !o.Due.IsZero() || o.Stale.IsZero() {
		t.Errorf("due %s, stale since %s; want that it waits", o.Due, o.Stale)
	}
	w.connect()
	w.look()
	w.want("the parcel", w.status(upsNumber), "INFO_RECEIVED.LABEL_CREATED")
}

// TestTheFirstConnectionTellsNothingOfThePast.
func TestTheFirstConnectionTellsNothingOfThePast(t *testing.T) {
	w := newWorld(t)
	var packs []string
	var ids []string
	for n := range 4 {
		ids = append(ids, w.place(1))
		packs = append(packs, w.market.Ship(ids[n], upsParcel(upsOf(n))))
		w.market.Collect(packs[n])
	}
	w.market.Deliver(packs[0])
	w.market.Lose(packs[1])
	w.market.Cancel(ids[2])
	w.pass(30 * time.Hour)
	w.connect()
	w.until(w.now().Add(time.Hour))
	w.wantSent()
	w.want("the first", w.status(upsOf(0)), "DELIVERED.GENERIC")
	w.want("the last", w.status(upsOf(3)), "IN_TRANSIT.MOVING")
}

// TestAnUnreadableRow stops nothing but itself.
func TestAnUnreadableRow(t *testing.T) {
	w := newWorld(t)
	w.connect()
	bad := w.place(1)
	w.hear(nil)
	w.look()
	row, err := w.Orders.Table.Get(t.Context(), store.Key{Partition: "O#" + shopID + "#" + bad, Sort: "META"})
	if err != nil {
		t.Fatal(err)
	}
	row.Body = []byte("?")
	if err := w.Orders.Table.Put(t.Context(), row); err != nil {
		t.Fatal(err)
	}
	w.pass(time.Minute)
	w.market.Ship(bad, upsParcel(otherUPS))
	good := w.place(1)
	w.market.Pushes() // Lost.
	w.pass(15 * time.Minute)
	if err := w.Redrive(t.Context()); err != nil && !errors.Is(err, store.ErrUnreadable) {
		t.Error(err)
	}
	w.want("the other", w.order(good).Status, "AWAITING_SHIPMENT")
}
