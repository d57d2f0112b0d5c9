package shop_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/shop"
	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
	"github.com/shiptide/shiptide/shared/store"
)

// buyerOf lets a buyer of that name hear of a number.
func (w *world) buyerOf(number, name string) {
	w.t.Helper()
	if _, err := w.subscriber.ByOperator(w.t.Context(), number, contact.Email, name+"@example.com"); err != nil {
		w.t.Fatal(err)
	}
}

// toldTo is what a buyer was told, and of which numbers.
func (w *world) toldTo(name string) string {
	var out []string
	for i, to := range w.to {
		if to == name+"@example.com" {
			kind, _, _ := strings.Cut(w.sent[i], " ")
			out = append(out, kind+" "+w.numbers[i])
		}
	}
	return strings.Join(out, ", ")
}

// sweepFor lets time pass in which sweeps may fail.
func (w *world) sweepFor(d time.Duration) {
	for end := w.now().Add(d); w.now().Before(end); {
		w.pass(5 * time.Minute)
		_ = w.Redrive(w.t.Context())
	}
}

// settle lets a while pass, and tells of the numbers.
func (w *world) settle(numbers ...string) {
	w.t.Helper()
	w.until(w.now().Add(20 * time.Minute))
	w.tell(numbers...)
}

// TestANumberGoesToAnotherOrder: the buyer who was moved on hears no more of it.
func TestANumberGoesToAnotherOrder(t *testing.T) {
	w := newWorld(t)
	w.connect()
	one, two := w.place(1), w.place(1)
	first := w.market.Ship(one, upsParcel(upsNumber))
	w.hear(nil)
	w.look()
	w.buyerOf(upsNumber, "one")
	w.pass(time.Hour)
	w.market.Renumber(first, otherUPS, "UPS")
	w.settle(otherUPS)
	w.market.Ship(two, upsParcel(upsNumber)) // Whose it was all along.
	w.hear(nil)
	w.settle(upsNumber)
	w.scan(upsNumber, accepted)
	w.scan(upsNumber, delivered)
	w.want("the first buyer hears", w.toldTo("one"), "number_changed "+otherUPS)
}

// TestTwoNumbersWereMixedUp, and are put right at once: each buyer follows the own
// parcel.
func TestTwoNumbersWereMixedUp(t *testing.T) {
	w := newWorld(t)
	w.connect()
	one, two := w.place(1), w.place(1)
	first, second := w.market.Ship(one, upsParcel(upsNumber)), w.market.Ship(two, upsParcel(otherUPS))
	w.hear(nil)
	w.look()
	w.buyerOf(upsNumber, "one")
	w.buyerOf(otherUPS, "two")
	w.pass(time.Hour)
	w.market.Renumber(first, otherUPS, "UPS")
	w.market.Renumber(second, upsNumber, "UPS")
	w.settle(upsNumber, otherUPS)
	w.scan(upsNumber, delivered)
	w.scan(otherUPS, accepted)
	w.want("the first buyer hears", w.toldTo("one"), "number_changed "+otherUPS+", on_its_way "+otherUPS)
	w.want("the second buyer hears", w.toldTo("two"), "number_changed "+upsNumber+", delivered "+upsNumber)
}

// TestANumberGoesToAndFro: each change is told, and the buyer hears of one number at a
// time.
func TestANumberGoesToAndFro(t *testing.T) {
	w := newWorld(t)
	w.connect()
	pack := w.market.Ship(w.place(1), upsParcel(upsNumber))
	w.hear(nil)
	w.look()
	w.buyerOf(upsNumber, "one")
	for _, number := range []string{otherUPS, upsNumber, otherUPS} {
		w.pass(time.Hour)
		w.market.Renumber(pack, number, "UPS")
		w.settle(upsNumber, otherUPS)
	}
	w.scan(upsNumber, accepted)
	w.scan(otherUPS, delivered)
	w.want("the buyer hears", w.toldTo("one"), "number_changed "+otherUPS+", number_changed "+upsNumber+", number_changed "+otherUPS+", delivered "+otherUPS)
}

// TestAPackageIsSplit into two others: the buyer hears of both.
func TestAPackageIsSplit(t *testing.T) {
	w := newWorld(t)
	w.connect()
	pack := w.market.Ship(w.place(2), upsParcel(upsNumber))
	w.hear(nil)
	w.look()
	w.buyerOf(upsNumber, "one")
	w.pass(time.Hour)
	w.market.Split(pack, upsParcel(otherUPS), upsParcel(upsOf(7)))
	w.hear(nil)
	w.settle(otherUPS, upsOf(7))
	w.scan(upsOf(7), delivered)
	heard := strings.Split(w.toldTo("one"), ", ")
	slices.Sort(heard)
	w.want("the buyer hears", heard, []string{"delivered " + upsOf(7), "number_changed " + upsOf(7), "number_changed " + otherUPS})
}

// TestOnePackageOfTwoOrders gets another number: both orders leave the old one, in
// either order, and the buyers of both follow.
func TestOnePackageOfTwoOrders(t *testing.T) {
	w := newWorld(t)
	w.connect()
	one, two := w.place(1), w.place(1)
	pack := w.market.Combine(w.market.Ship(one, upsParcel(upsNumber)), w.market.Ship(two, upsParcel(upsOf(7))))
	w.hear(nil)
	w.settle()
	w.want("numbers", w.order(two).Numbers(), []string{upsNumber})
	w.buyerOf(upsNumber, "one")
	w.buyerOf(upsNumber, "two")
	w.pass(time.Hour)
	w.market.Renumber(pack, otherUPS, "UPS")
	w.settle(otherUPS)
	w.scan(otherUPS, delivered)
	for _, name := range []string{"one", "two"} {
		w.want(name+" hears", w.toldTo(name), "number_changed "+otherUPS+", delivered "+otherUPS)
	}
}

// TestARevocationThatIsNone: the next call goes well, and later refusals are only
// that.
func TestARevocationThatIsNone(t *testing.T) {
	w := newWorld(t)
	w.connect()
	id := w.place(1)
	w.hear(nil)
	w.look()
	w.pass(time.Hour)
	w.market.Push(6, shopID, map[string]any{"message": "an old authorisation"})
	w.hear(nil)
	w.until(w.now().Add(10 * time.Hour))
	if s := w.shop(); !s.Open() || !s.RevokeSaid.IsZero() {
		t.Errorf("revoked %s, said %s", s.RevokedAt, s.RevokeSaid)
	}
	w.market.Forget()
	w.until(w.now().Add(10 * time.Hour))
	if n := len(w.market.Calls()); n > 2*10*60/9+30 {
		t.Errorf("%d calls in ten hours", n)
	}
	w.market.Fail = refuse("", 105005)
	w.sweepFor(3 * time.Hour)
	w.market.Fail = nil
	w.market.Ship(id, upsParcel(upsNumber))
	w.hear(nil)
	w.until(w.now().Add(75 * time.Minute))
	w.want("the parcel", w.status(upsNumber), "INFO_RECEIVED.LABEL_CREATED")
	w.wantSent("authorisation_refused to seller")
}

// TestRefusedAndAuthorisedAgain: what was pushed meanwhile is known soon.
func TestRefusedAndAuthorisedAgain(t *testing.T) {
	w := newWorld(t)
	w.connect()
	old := w.place(1)
	w.hear(nil)
	w.until(w.now().Add(time.Hour))
	w.market.Fail = refuse("", 105005)
	w.sweepFor(60 * time.Hour)
	fresh := w.place(1)
	w.market.Cancel(old)
	w.hear(nil)
	w.sweepFor(10 * time.Hour)
	w.market.Fail = nil
	w.connect()
	w.until(w.now().Add(10 * time.Minute))
	w.want("the old order", w.order(old).Status, "CANCELLED")
	w.want("the new one", w.order(fresh).Status, "AWAITING_SHIPMENT")
}

// TestAnOutageOfHalfAnHour costs little more.
func TestAnOutageOfHalfAnHour(t *testing.T) {
	w := newWorld(t)
	w.connect()
	id := w.place(1)
	w.hear(nil)
	w.until(w.now().Add(26 * time.Hour))
	w.market.Fail = refuse("/orders", 36009003)
	w.market.Ship(id, upsParcel(upsNumber))
	w.hear(nil)
	w.sweepFor(30 * time.Minute)
	w.market.Fail = nil
	w.until(w.now().Add(15 * time.Minute))
	w.want("the parcel", w.status(upsNumber), "INFO_RECEIVED.LABEL_CREATED")
}

// TestTwoShopsOfOneAuthorisation: its tokens go with the last of them.
func TestTwoShopsOfOneAuthorisation(t *testing.T) {
	w := newWorld(t)
	const second = "7490000000000000002"
	w.market.AddShop(tiktokshoptest.Shop{ID: second, Name: "Two", Region: "US"})
	if _, err := w.client.Connect(t.Context(), w.market.Authorize(shopID, second)); err != nil {
		t.Fatal(err)
	}
	w.look()
	kept := func() bool {
		g, err := w.Shops.Grant(t.Context(), "tiktokshop", w.shop().Grant)
		if err != nil {
			t.Fatal(err)
		}
		return g.Tokens.Access != ""
	}
	w.pass(time.Minute)
	w.market.Revoke(shopID)
	w.hear(nil)
	w.look()
	w.want("kept for the second", kept(), true)
	w.pass(time.Minute)
	w.market.Revoke(second)
	w.hear(nil)
	w.until(w.now().Add(time.Hour))
	w.want("kept for nobody", kept(), false)
}

// TestWhatBecomesDueMeanwhile: a second deadline is told when the first one's message
// takes its time.
func TestWhatBecomesDueMeanwhile(t *testing.T) {
	w := newWorld(t)
	w.connect()
	tts := noon.AddDate(0, 0, 3)
	id := w.market.Place(tiktokshoptest.Order{Shop: shopID, Deadlines: tiktokshoptest.Deadlines{RTS: noon.AddDate(0, 0, 2), TTS: tts, DeliverySLA: tts.Add(time.Second)}})
	w.market.Ship(id, upsParcel(upsNumber))
	w.hear(nil)
	w.until(tts.Add(-25 * time.Hour))
	w.notifier.Sender = slow{w}
	w.pass(tts.Add(-24*time.Hour-30*time.Minute).Sub(w.now()) + 950*time.Millisecond)
	if _, err := w.notifier.TellOrder(t.Context(), &w.order(id).Order); err != nil {
		t.Fatal(err)
	}
	w.wantSent("no_scan to seller", "deliver_deadline to seller")
}

// telling does something else when the seller has heard that a shop is closed.
type telling struct {
	shop.Teller
	then func()
}

func (a *telling) TellShop(ctx context.Context, s *store.Shop) (time.Time, error) {
	next, err := a.Teller.TellShop(ctx, s)
	if then := a.then; !s.Open() && then != nil {
		a.then = nil
		then()
	}
	return next, err
}

// TestAuthorisedAgainAtOnce: the seller hears that the authorisation is over, and gives
// another while the sweep still runs. It is kept.
func TestAuthorisedAgainAtOnce(t *testing.T) {
	w := newWorld(t)
	w.connect()
	w.look()
	w.pass(time.Minute)
	w.Teller = &telling{w.notifier, func() {
		w.pass(time.Second)
		w.connect()
	}}
	w.market.Revoke(shopID)
	w.hear(nil)
	w.look()
	w.until(w.now().Add(time.Hour))
	if s := w.shop(); !s.Open() || s.Fault != "" {
		t.Errorf("open %t, fault %q", s.Open(), s.Fault)
	}
	w.wantSent("authorisation_revoked to seller")
}

// TestPackagesThatTakeTooLong hold up no other order.
func TestPackagesThatTakeTooLong(t *testing.T) {
	w := newWorld(t)
	w.connect()
	var split []string
	for i := range 20 {
		split = append(split, w.place(2))
		w.market.Pack(split[i], upsParcel(upsOf(2*i)), upsParcel(upsOf(2*i+1)))
	}
	plain := w.place(1)
	calls := 0
	w.market.Fail = func(_ int, r *http.Request) *tiktokshoptest.Failure {
		if !strings.Contains(r.URL.Path, "/packages/1") {
			return nil
		}
		calls++
		w.pass(10 * time.Second)
		return &tiktokshoptest.Failure{Drop: true}
	}
	if err := w.Reconcile(t.Context(), "tiktokshop", shopID); err != nil {
		t.Fatal(err)
	}
	w.want("the plain order", w.order(plain).Status, "AWAITING_SHIPMENT")
	w.want("the last of the others", w.status(upsOf(39)), "INFO_RECEIVED.LABEL_CREATED")
	if calls > 20 {
		t.Errorf("%d calls for packages", calls)
	}
}
