package shop_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
	"github.com/shiptide/shiptide/shared/store"
)

var (
	accepted  = shipment.Code{Status: shipment.InTransit, SubStatus: shipment.Accepted}
	delivered = shipment.Code{Status: shipment.Delivered, SubStatus: shipment.Signed}
)

// place places an order that is far from its deadlines.
func (w *world) place(units int) (id string) {
	far := w.now().AddDate(0, 0, 20)
	return w.market.Place(tiktokshoptest.Order{Shop: shopID, Units: units, Deadlines: tiktokshoptest.Deadlines{RTS: far, TTS: far, DeliverySLA: far}})
}

func upsParcel(number string) tiktokshoptest.Parcel {
	return tiktokshoptest.Parcel{Number: number, Provider: "UPS"}
}

// TestANumberIsReplaced: the old one falls silent, whoever heard of it hears of the
// new one, and hears once that it is another.
func TestANumberIsReplaced(t *testing.T) {
	w := newWorld(t)
	w.connect()
	id := w.place(1)
	pack := w.market.Ship(id, upsParcel(upsNumber))
	w.hear(nil)
	w.look()
	w.buyer(upsNumber)
	w.pass(time.Hour)
	w.market.Renumber(pack, otherUPS, "UPS") // Which is not pushed.
	w.until(w.now().Add(15 * time.Minute))
	w.want("numbers", w.order(id).Numbers(), []string{otherUPS})
	w.tell(upsNumber, otherUPS)
	w.scan(upsNumber, accepted) // Somebody else's, from now on.
	w.scan(otherUPS, accepted)
	w.look()
	w.scan(otherUPS, delivered)
	w.wantSent("number_changed to buyer", "on_its_way to buyer", "delivered to buyer")
	w.pass(time.Hour)
	w.market.Renumber(pack, upsNumber, "UPS") // And back: it was the right one.
	w.until(w.now().Add(15 * time.Minute))
	w.want("numbers", w.order(id).Numbers(), []string{upsNumber})
	w.want("the number that is back", w.status(upsNumber), "IN_TRANSIT.ACCEPTED")
	w.want("the other", w.status(otherUPS), "nobody follows it")
}

// TestAnImportedOrderIsTheSame: a number that was on a list of orders belongs to the
// order of that name.
func TestAnImportedOrderIsTheSame(t *testing.T) {
	w := newWorld(t)
	w.connect()
	id := w.place(1)
	pack := w.market.Ship(id, upsParcel(upsNumber))
	file := "Order ID,Order Status,Tracking ID,Shipping Provider Name,Package ID,Country,Created Time\n" +
		id + ",To ship," + upsNumber + ",UPS," + pack + ",US,2026-03-02 10:00:00\n"
	if _, err := w.subscriber.Orders(t.Context(), strings.NewReader(file), func(int) {}); err != nil {
		t.Fatal(err)
	}
	w.hear(nil)
	w.look()
	w.wantSent() // It is no second order that has the number.
	w.market.Renumber(pack, otherUPS, "UPS")
	w.until(w.now().Add(15 * time.Minute))
	w.want("the old number", w.status(upsNumber), "nobody follows it")
	w.want("the new number", w.status(otherUPS), "INFO_RECEIVED.LABEL_CREATED")
}

// TestDeadlines: a label is made and nothing is scanned; the seller hears of it a day
// and four hours before, and no more once TikTok has seen the scan.
func TestDeadlines(t *testing.T) {
	w := newWorld(t)
	w.connect()
	tts := noon.AddDate(0, 0, 3)
	id := w.market.Place(tiktokshoptest.Order{Shop: shopID, Deadlines: tiktokshoptest.Deadlines{RTS: noon.AddDate(0, 0, 2), TTS: tts, DeliverySLA: noon.AddDate(0, 0, 8)}})
	pack := w.market.Ship(id, upsParcel(upsNumber))
	w.hear(nil)
	w.until(tts.Add(-25 * time.Hour))
	w.wantSent()
	w.until(tts.Add(-24 * time.Hour))
	w.wantSent("no_scan to seller")
	if !strings.Contains(w.texts[0], upsNumber) || !strings.Contains(w.texts[0], "Thursday, 5 March, 12:00 UTC") {
		t.Errorf("the warning names neither number nor deadline:\n%s", w.texts[0])
	}
	w.until(tts.Add(-4 * time.Hour))
	w.wantSent("no_scan to seller", "no_scan to seller")
	w.market.Collect(pack)
	w.hear(nil)
	w.until(tts.Add(48 * time.Hour))
	w.wantSent("no_scan to seller", "no_scan to seller")
}

// TestNoDeadlineOnceItIsScanned: TikTok sees the scan long before.
func TestNoDeadlineOnceItIsScanned(t *testing.T) {
	w := newWorld(t)
	w.connect()
	tts := noon.AddDate(0, 0, 3)
	id := w.market.Place(tiktokshoptest.Order{Shop: shopID, Deadlines: tiktokshoptest.Deadlines{RTS: noon.AddDate(0, 0, 2), TTS: tts}})
	pack := w.market.Ship(id, upsParcel(upsNumber))
	w.pass(time.Hour)
	w.market.Collect(pack)
	w.market.Pushes() // Lost.
	w.until(tts.Add(time.Hour))
	w.wantSent()
}

// TestTikTokHasNotSeenTheScan: the carrier has it. The seller hears that instead,
// with the scan as evidence; and when the carrier has delivered and TikTok does not
// know a day later, that they contradict each other.
func TestTikTokHasNotSeenTheScan(t *testing.T) {
	w := newWorld(t)
	w.connect()
	tts := noon.AddDate(0, 0, 3)
	id := w.market.Place(tiktokshoptest.Order{Shop: shopID, Deadlines: tiktokshoptest.Deadlines{RTS: noon.AddDate(0, 0, 2), TTS: tts}})
	w.market.Ship(id, upsParcel(upsNumber))
	w.hear(nil)
	w.look()
	w.pass(6 * time.Hour)
	w.scan(upsNumber, accepted)
	scanned := w.now()
	w.until(scanned.Add(11 * time.Hour))
	w.wantSent()
	w.until(scanned.Add(12*time.Hour + 15*time.Minute))
	w.wantSent("scan_not_seen to seller")
	if !strings.Contains(w.texts[0], "UPS, RENO, NV, US, 2026-03-02 18:00") && !strings.Contains(w.texts[0], "UPS, Reno, NV, US, 2026-03-02 18:00") {
		t.Errorf("no evidence in\n%s", w.texts[0])
	}
	w.scan(upsNumber, delivered)
	w.until(w.now().Add(23 * time.Hour))
	w.wantSent("scan_not_seen to seller")
	w.until(w.now().Add(3 * time.Hour))
	w.wantSent("scan_not_seen to seller", "mismatch to seller")
	if !strings.Contains(w.texts[1], "UPS") || !strings.Contains(w.texts[1], "TikTok") {
		t.Errorf("no evidence in\n%s", w.texts[1])
	}
}

// TestNumbersThatAreWrong warn the seller once each.
func TestNumbersThatAreWrong(t *testing.T) {
	w := newWorld(t)
	w.connect()
	one, two, three, four := w.place(1), w.place(1), w.place(1), w.place(1)
	w.market.Ship(one, upsParcel("1Z999AA10555000422"))                            // Its check digit is wrong.
	w.market.Ship(two, upsParcel(upsNumber))                                       // Which is right,
	w.market.Ship(three, upsParcel(upsNumber))                                     // and then used again.
	w.market.Ship(four, tiktokshoptest.Parcel{Number: otherUPS, Provider: "USPS"}) // Of UPS.
	w.hear(nil)
	w.until(w.now().Add(time.Hour))
	told := map[string]int{}
	for _, line := range w.sent {
		told[line]++
	}
	w.want("told", told, map[string]int{"number_invalid to seller": 1, "number_used to seller": 1, "number_of_another_carrier to seller": 1})
}

// TestOrdersInOnePackage have one number, which is used once.
func TestOrdersInOnePackage(t *testing.T) {
	w := newWorld(t)
	w.market.AddShop(tiktokshoptest.Shop{ID: "7490000000000000002", Name: "Mugs in London", Region: "GB"})
	w.connect()
	one, two := w.place(1), w.place(1)
	first, second := w.market.Ship(one, upsParcel(upsNumber)), w.market.Ship(two, upsParcel(otherUPS))
	w.hear(nil)
	w.look()
	w.buyer(otherUPS)
	pack := w.market.Combine(first, second)
	w.hear(nil)
	w.until(w.now().Add(15 * time.Minute))
	w.want("the first order's numbers", w.order(one).Numbers(), []string{upsNumber})
	w.want("the second order's numbers", w.order(two).Numbers(), []string{upsNumber})
	w.want("the number that is gone", w.status(otherUPS), "nobody follows it")
	w.market.Collect(pack)
	w.hear(nil)
	w.look()
	w.want("the parcel", w.status(upsNumber), "IN_TRANSIT.MOVING")
	w.tell(upsNumber)
	w.wantSent("number_changed to buyer", "on_its_way to buyer")
}

// TestCancelled: a label that is made again is no cancellation, an order that is
// cancelled is one.
func TestCancelled(t *testing.T) {
	w := newWorld(t)
	w.connect()
	id := w.place(1)
	w.market.Ship(id, upsParcel(upsNumber))
	w.hear(nil)
	w.look()
	w.buyer(upsNumber)
	w.market.AskCancel(id)
	w.hear(nil)
	w.look()
	w.wantSent("cancel_asked to seller")
	w.market.Cancel(id)
	w.hear(nil)
	w.look()
	w.tell(upsNumber)
	w.want("the parcel", w.status(upsNumber), "CANCELLED.GENERIC")
	w.wantSent("cancel_asked to seller", "cancelled to buyer", "cancelled to seller")
}

// TestTheAddressChanges after the label was made.
func TestTheAddressChanges(t *testing.T) {
	w := newWorld(t)
	w.connect()
	id := w.place(1)
	w.hear(nil)
	w.look()
	w.market.Readdress(id, tiktokshoptest.Address{Region: "US", PostalCode: "10001"})
	w.hear(nil)
	w.look()
	w.wantSent() // There is no label yet.
	w.pass(time.Minute)
	w.market.Ship(id, upsParcel(upsNumber))
	w.hear(nil)
	w.look()
	w.wantSent()
	w.pass(time.Minute)
	w.market.Readdress(id, tiktokshoptest.Address{Region: "US", PostalCode: "95110"})
	w.hear(nil)
	w.look()
	w.wantSent("address_changed to seller")
	w.until(w.now().Add(time.Hour))
	w.wantSent("address_changed to seller")
}

// TestTheLastMile has another number: both know the whole way.
func TestTheLastMile(t *testing.T) {
	w := newWorld(t)
	w.connect()
	id := w.place(1)
	w.market.Ship(id, tiktokshoptest.Parcel{Number: tiktokNumber, Provider: "Yanwen", LastMile: upsNumber, ShippingType: "TIKTOK"})
	w.hear(nil)
	w.until(w.now().Add(15 * time.Minute))
	w.want("numbers", w.order(id).Numbers(), []string{upsNumber})
	w.scan(upsNumber, accepted)
	w.want("the last mile", w.status(upsNumber), "IN_TRANSIT.ACCEPTED")
	w.want("the first", w.status(tiktokNumber), "IN_TRANSIT.ACCEPTED")
	w.until(w.now().Add(15 * time.Minute))
	w.want("numbers later", w.order(id).Numbers(), []string{upsNumber})
}

// TestTheSellerTakesItBack: nothing is asked any more, the parcels stay, and the
// seller hears of it; and is asked again once it is authorised again.
func TestTheSellerTakesItBack(t *testing.T) {
	w := newWorld(t)
	w.connect()
	id := w.place(1)
	pack := w.market.Ship(id, upsParcel(upsNumber))
	w.hear(nil)
	w.look()
	w.market.Revoke(shopID)
	w.hear(nil)
	w.look() // Which finds that it is so.
	if g, err := w.Shops.Grant(t.Context(), "tiktokshop", w.shop().Grant); err != nil || g.Tokens != (store.Tokens{}) {
		t.Errorf("the tokens are kept (%v)", err)
	}
	w.market.Forget()
	w.until(w.now().Add(25 * time.Hour))
	w.want("calls", len(w.market.Calls()), 0)
	w.want("the parcel", w.status(upsNumber), "INFO_RECEIVED.LABEL_CREATED")
	w.wantSent("authorisation_revoked to seller")
	w.market.Collect(pack)
	w.connect()
	w.hear(nil)
	w.until(w.now().Add(15 * time.Minute))
	w.want("the parcel", w.status(upsNumber), "IN_TRANSIT.MOVING")
}

// TestTheAuthorisationEnds: the seller hears of it a month, a week and a day before.
func TestTheAuthorisationEnds(t *testing.T) {
	w := newWorld(t)
	w.market.AuthorizationLife = 40 * 24 * time.Hour
	w.connect()
	end := w.now().Add(w.market.AuthorizationLife)
	for _, tt := range []struct {
		before time.Duration
		told   int
	}{{31 * 24 * time.Hour, 0}, {29 * 24 * time.Hour, 1}, {8 * 24 * time.Hour, 1}, {6 * 24 * time.Hour, 2}, {12 * time.Hour, 3}} {
		for w.now().Before(end.Add(-tt.before)) {
			w.pass(time.Hour)
			w.look()
		}
		w.want("told "+tt.before.String()+" before", len(w.sent), tt.told)
	}
	w.want("told", w.sent[0], "authorisation_expiring to "+contact.SellerTopic)
}

// TestAParcelIsLost: TikTok cancels the package, or the order, while a carrier has it.
func TestAParcelIsLost(t *testing.T) {
	w := newWorld(t)
	w.connect()
	id := w.place(2)
	packs := w.market.Pack(id, upsParcel(upsNumber), upsParcel(otherUPS))
	w.market.Collect(packs[0])
	w.market.Collect(packs[1])
	w.hear(nil)
	w.look()
	w.pass(time.Hour)
	w.market.Lose(packs[0])
	w.until(w.now().Add(15 * time.Minute))
	w.wantSent("stopped_under_way to seller")
	w.want("the parcel", w.status(upsNumber), "IN_TRANSIT.MOVING")
	w.until(w.now().Add(72 * time.Hour))
	w.wantSent("stopped_under_way to seller")
}

// TestAReturn is told from pushes alone: no answer about an order knows of it.
func TestAReturn(t *testing.T) {
	w := newWorld(t)
	w.connect()
	id := w.place(1)
	pack := w.market.Ship(id, upsParcel(upsNumber))
	w.market.Collect(pack)
	w.market.Deliver(pack)
	w.hear(nil)
	w.look()
	says := func(status string) {
		w.pass(time.Hour)
		w.market.Push(12, shopID, map[string]any{
			"order_id": id, "return_id": "4035000000000000101", "return_role": "BUYER", "return_type": "RETURN_AND_REFUND",
			"return_status": status, "create_time": noon.Unix(), "update_time": w.now().Unix(),
		})
	}
	says("RETURN_OR_REFUND_REQUEST_PENDING")
	w.hear(nil)
	w.look()
	says("AWAITING_BUYER_SHIP")
	says("BUYER_SHIPPED_ITEM")
	w.hear(func(p []tiktokshoptest.Push) []tiktokshoptest.Push { return []tiktokshoptest.Push{p[1], p[0], p[1]} })
	w.until(w.now().Add(time.Hour))
	w.wantSent("return_asked to seller", "return_shipped to seller")
	w.want("the word", w.order(id).Return, "BUYER_SHIPPED_ITEM")
}

// TestARequestThatNamesNoOrder has the shop looked at at once.
func TestARequestThatNamesNoOrder(t *testing.T) {
	w := newWorld(t)
	w.connect()
	id := w.place(1)
	w.look()
	w.market.Pushes() // Lost.
	w.pass(time.Minute)
	w.market.Ship(id, upsParcel(upsNumber))
	w.market.Pushes()
	w.look()
	w.want("before", len(w.order(id).Numbers()), 0)
	w.market.Push(64, shopID, map[string]any{"aftersales_request_id": "1", "aftersales_request_status": "PENDING_REQUEST_REVIEW"})
	w.hear(nil)
	w.look()
	w.want("after", len(w.order(id).Numbers()), 1)
}

// TestALabelIsMadeAgain in another package: that the first one was cancelled is no
// news, also to who hears of it before all of the answer is taken over.
func TestALabelIsMadeAgain(t *testing.T) {
	w := newWorld(t)
	w.connect()
	id := w.place(2)
	first := w.market.Look(id).Items[0]
	w.market.Ship(id, upsParcel(upsNumber), first)
	w.hear(nil)
	w.look()
	w.buyer(upsNumber)
	w.market.Cancel(id, first)
	w.market.Ship(id, upsParcel(otherUPS))
	told := 0
	w.Facts = hooked{w.ingester, func() {
		if told++; told == 2 { // The first half is there.
			w.tell(upsNumber)
		}
	}}
	w.hear(nil)
	w.look()
	w.tell(upsNumber, otherUPS)
	for _, line := range w.sent {
		if strings.HasPrefix(line, "cancelled") {
			t.Errorf("told %q", w.sent)
		}
	}
	w.want("the first", w.status(upsNumber), "CANCELLED.GENERIC")
}
