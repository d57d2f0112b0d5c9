package tiktokshoptest_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
)

// What an order says at each step of its life, and the statuses that are pushed.
func TestLife(t *testing.T) {
	w := newWorld(t, "US")
	id := w.Place(tiktokshoptest.Order{Shop: w.shop.ID, Status: tiktokshoptest.Unpaid, Units: 3, To: tiktokshoptest.Address{PostalCode: "95110"}})
	var one, two string
	steps := []struct {
		name    string
		do      func()
		status  string
		lines   string // display_status of the first and the last
		moves   bool   // update_time
		pushed  string
		address bool
	}{
		{"placed", func() {}, "UNPAID", "UNPAID UNPAID", true, "UNPAID", false},
		{"paid", func() { w.Pay(id) }, "ON_HOLD", "AWAITING_SHIPMENT AWAITING_SHIPMENT", true, "ON_HOLD", false},
		{"released", func() { w.Release(id) }, "AWAITING_SHIPMENT", "AWAITING_SHIPMENT AWAITING_SHIPMENT", true, "AWAITING_SHIPMENT", true},
		{"shipped in part", func() { one = w.Ship(id, tiktokshoptest.Parcel{Number: "A1"}, w.Look(id).Items[0]) }, "PARTIALLY_SHIPPING", "AWAITING_COLLECTION AWAITING_SHIPMENT", true, "", true},
		{"collected in part", func() { w.Collect(one) }, "PARTIALLY_SHIPPING", "IN_TRANSIT AWAITING_SHIPMENT", false, "", true},
		{"shipped", func() { two = w.Ship(id, tiktokshoptest.Parcel{Number: "A2"}) }, "AWAITING_COLLECTION", "IN_TRANSIT AWAITING_COLLECTION", true, "AWAITING_COLLECTION", true},
		{"renumbered", func() { w.Renumber(two, "B2", "UPS") }, "AWAITING_COLLECTION", "IN_TRANSIT AWAITING_COLLECTION", false, "", true},
		{"delivered in part", func() { w.Deliver(one) }, "AWAITING_COLLECTION", "DELIVERED AWAITING_COLLECTION", false, "", true},
		{"collected", func() { w.Collect(two) }, "IN_TRANSIT", "DELIVERED IN_TRANSIT", true, "IN_TRANSIT", true},
		{"delivered", func() { w.Deliver(two) }, "DELIVERED", "DELIVERED DELIVERED", true, "DELIVERED", true},
		{"completed", func() { w.Complete(id) }, "COMPLETED", "COMPLETED COMPLETED", true, "COMPLETED", true},
	}
	updated := int64(0)
	for i, tt := range steps {
		if i > 0 {
			w.clock.add(time.Minute)
		}
		tt.do()
		o := w.order(id)
		last := len(o.Lines) - 1
		if lines := o.Lines[0].Display + " " + o.Lines[last].Display; o.Status != tt.status || lines != tt.lines || (o.Recipient != nil) != tt.address {
			t.Errorf("%s: %s with %s, %+v, want %s with %s", tt.name, o.Status, lines, o.Recipient, tt.status, tt.lines)
		}
		if (o.Updated != updated) != tt.moves || tt.moves && o.Updated != w.clock.now().Unix() {
			t.Errorf("%s: update_time goes from %d to %d", tt.name, updated, o.Updated)
		}
		updated = o.Updated
		if got := statuses(t, w.Pushes()); got != tt.pushed {
			t.Errorf("%s: %q is pushed, want %q", tt.name, got, tt.pushed)
		}
	}
	o := w.order(id)
	if o.Lines[1].Number != "B2" || o.Tag != "SPLIT" || len(o.PackageLinks) != 2 || o.Collected == 0 || o.DeliveredAt-o.Collected != 60 {
		t.Errorf("at the end: %+v", o)
	}
	if got := w.get("/fulfillment/202309/packages/"+two, "").Data; got.PackageID != two || got.Status != "COMPLETED" || got.Number != "B2" || got.SearchID != "" {
		t.Errorf("the package at the end: %+v", got)
	}
	if got := w.get("/fulfillment/202309/orders/"+id+"/tracking", "").Data.Tracking; len(got) != 7 || got[0].Millis < got[6].Millis || got[6].Millis != 1760000000000 {
		t.Errorf("the texts at the end: %+v", got)
	}
}

// When an order has packages, and its lines say so.
func TestPackagesBeforeShipping(t *testing.T) {
	tests := []struct {
		region          string
		listed, inLines bool
	}{{"US", false, false}, {"GB", true, false}, {"DE", true, true}, {"TH", true, true}}
	for _, tt := range tests {
		w := newWorld(t, tt.region)
		id := w.Place(tiktokshoptest.Order{Shop: w.shop.ID})
		o := w.order(id)
		if (len(o.PackageLinks) > 0) != tt.listed || (o.Lines[0].Package != "") != tt.inLines || (w.search("packages", "", "").Data.Total > 0) != tt.listed {
			t.Errorf("%s: before: %+v", tt.region, o)
		}
		first := w.Look(id).Packages
		p := w.Ship(id, tiktokshoptest.Parcel{Number: "A1", LastMile: "L1"})
		if len(first) > 0 && first[0] != p {
			t.Errorf("%s: package %s has become %s", tt.region, first[0], p)
		}
		if o := w.order(id); o.Lines[0].Package != p || o.Lines[0].Number != "A1" || o.Lines[0].Status != "PROCESSING" {
			t.Errorf("%s: after: %+v", tt.region, o)
		}
		if got := w.get("/fulfillment/202309/packages/"+p, "").Data; got.LastMile != "L1" {
			t.Errorf("%s: package: %+v", tt.region, got)
		}
	}
}

func TestCancel(t *testing.T) {
	parcel := tiktokshoptest.Parcel{Number: "A1"}
	tests := []struct {
		name   string
		do     func(w *world, id string)
		status string
		asked  bool
		pushed string
	}{
		{
			"by the seller", func(w *world, id string) { w.Cancel(id) }, "CANCELLED", false,
			"CANCELLATION_REQUEST_SUCCESS CANCEL CANCELLATION_REQUEST_COMPLETE",
		},
		{
			"asked for", func(w *world, id string) { w.Ship(id, parcel); w.AskCancel(id) }, "AWAITING_COLLECTION", true,
			"AWAITING_COLLECTION CANCELLATION_REQUEST_PENDING",
		},
		{
			"asked for and done", func(w *world, id string) { w.AskCancel(id); w.Cancel(id) }, "CANCELLED", true,
			"CANCELLATION_REQUEST_PENDING CANCELLATION_REQUEST_SUCCESS CANCEL CANCELLATION_REQUEST_COMPLETE",
		},
		{
			"asked for and withdrawn", func(w *world, id string) { w.AskCancel(id); w.Withdraw(id) }, "AWAITING_SHIPMENT", false,
			"CANCELLATION_REQUEST_PENDING CANCELLATION_REQUEST_CANCELLED",
		},
		{
			"in part", func(w *world, id string) { w.Cancel(id, w.Look(id).Items[0]); w.Ship(id, parcel) }, "AWAITING_COLLECTION", false,
			"CANCELLATION_REQUEST_SUCCESS CANCELLATION_REQUEST_COMPLETE AWAITING_COLLECTION",
		},
		{
			"lost on its way", func(w *world, id string) { w.Lose(w.Ship(id, parcel)) }, "CANCELLED", false,
			"AWAITING_COLLECTION CANCEL",
		},
		{"lost in part", func(w *world, id string) {
			parts := w.Pack(id, parcel, tiktokshoptest.Parcel{Number: "A2"})
			w.Deliver(parts[0])
			w.Lose(parts[1])
		}, "DELIVERED", false, "AWAITING_COLLECTION DELIVERED"},
	}
	for _, region := range []string{"US", "DE"} {
		for _, tt := range tests {
			w := newWorld(t, region)
			id := w.Place(tiktokshoptest.Order{Shop: w.shop.ID, Units: 2})
			w.Pushes()
			tt.do(w, id)
			o := w.order(id)
			pushed := slices.DeleteFunc(w.Pushes(), func(p tiktokshoptest.Push) bool { return p.Topic == 4 })
			if got := statuses(t, pushed); o.Status != tt.status || o.Asked != tt.asked || got != tt.pushed {
				t.Errorf("%s, %s: %s, asked for %t, %q, want %s, %q", region, tt.name, o.Status, o.Asked, got, tt.status, tt.pushed)
			}
		}
	}
}

// What is cancelled before it is shipped leaves the package that it was in.
func TestCancelInPart(t *testing.T) {
	w := newWorld(t, "DE")
	id := w.Place(tiktokshoptest.Order{Shop: w.shop.ID, Units: 2})
	v := w.Look(id)
	w.Cancel(id, v.Items[0])
	w.Pushes()
	if got := w.Ship(id, tiktokshoptest.Parcel{Number: "A1"}); got != v.Packages[0] || len(w.Pushes()) != 1 {
		t.Errorf("package %s, then %s", v.Packages[0], got)
	}
	if o := w.order(id); o.Lines[0].Status != "CANCELLED" || o.Lines[0].Display != "CANCELLED" || o.Lines[1].Status != "PROCESSING" {
		t.Errorf("lines: %+v", o.Lines)
	}
}

func TestMaskedPostalCode(t *testing.T) {
	for region, want := range map[string]string{"US": "9****", "DE": "95110"} {
		w := newWorld(t, region)
		id := w.Place(tiktokshoptest.Order{Shop: w.shop.ID, To: tiktokshoptest.Address{PostalCode: "95110"}})
		before := w.order(id).Recipient.Postal
		w.Cancel(id)
		if after := w.order(id).Recipient.Postal; before != "95110" || after != want {
			t.Errorf("%s: %s, then %s, want %s", region, before, after, want)
		}
	}
}

func TestComposition(t *testing.T) {
	w := newWorld(t, "TH")
	a := w.Place(tiktokshoptest.Order{Shop: w.shop.ID, Units: 2})
	b := w.Place(tiktokshoptest.Order{Shop: w.shop.ID})
	before := append(w.Look(a).Packages, w.Look(b).Packages...)
	w.Pushes()
	both := w.Combine(before...)
	pushes := w.Pushes()
	if len(pushes) != 1 || pushes[0].Topic != 4 {
		t.Fatalf("pushes: %v", pushes)
	}
	if o := w.order(b); o.PackageLinks[0].ID != both || o.Tag != "COMBINED" {
		t.Errorf("combined: %+v", o)
	}
	for _, old := range before {
		if got := w.get("/fulfillment/202309/packages/"+old, ""); got.Code != 21011028 {
			t.Errorf("a package that is combined away: %s", got.Body)
		}
	}
	w.ShipPackage(both, tiktokshoptest.Parcel{Number: "A1"})
	w.Collect(both)
	if w.Look(a).Status != tiktokshoptest.InTransit || w.Look(b).Status != tiktokshoptest.InTransit {
		t.Error("both orders go with their package")
	}
	c := w.Place(tiktokshoptest.Order{Shop: w.shop.ID, Units: 3})
	parts := w.Split(w.Look(c).Packages[0], tiktokshoptest.Parcel{}, tiktokshoptest.Parcel{})
	w.ShipPackage(parts[0], tiktokshoptest.Parcel{Number: "C1"})
	if o := w.order(c); o.Status != tiktokshoptest.PartiallyShipping || len(o.PackageLinks) != 2 || o.Tag != "SPLIT" {
		t.Errorf("split: %+v", o)
	}
	w.ShipPackage(parts[1], tiktokshoptest.Parcel{Number: "C2"})
	again := w.Split(parts[1], tiktokshoptest.Parcel{Number: "C3"})
	if o := w.order(c); o.Status != tiktokshoptest.AwaitingCollection || w.Look(c).Packages[1] != again[0] || o.Lines[1].Number != "C3" {
		t.Errorf("split once it is shipped: %+v", o)
	}
}

// What may not happen panics, and leaves the world as it was.
func TestMisuse(t *testing.T) {
	w := newWorld(t, "DE")
	held := w.Place(tiktokshoptest.Order{Shop: w.shop.ID, Status: tiktokshoptest.OnHold})
	id := w.Place(tiktokshoptest.Order{Shop: w.shop.ID, Units: 2})
	before := fmt.Sprintf("%s%s", w.get("/order/202309/orders", "ids="+id+","+held).Body[120:], w.search("packages", "", "").Body[120:])
	w.Pushes()
	for name, do := range map[string]func(){
		"an order of no shop":            func() { w.Place(tiktokshoptest.Order{Shop: "1"}) },
		"an order that is there":         func() { w.Place(tiktokshoptest.Order{Shop: w.shop.ID, ID: id}) },
		"an order that begins late":      func() { w.Place(tiktokshoptest.Order{Shop: w.shop.ID, Status: tiktokshoptest.Delivered}) },
		"shipped on hold":                func() { w.Ship(held, tiktokshoptest.Parcel{Number: "A1"}) },
		"shipped without a number":       func() { w.Ship(id, tiktokshoptest.Parcel{}) },
		"packed without a number":        func() { w.Pack(id, tiktokshoptest.Parcel{Number: "A1"}, tiktokshoptest.Parcel{}) },
		"packed in too many":             func() { w.Pack(id, make([]tiktokshoptest.Parcel, 3)...) },
		"an item of another":             func() { w.Ship(id, tiktokshoptest.Parcel{Number: "A1"}, w.Look(held).Items...) },
		"collected before it is shipped": func() { w.Collect(w.Look(id).Packages[0]) },
		"a package that is none":         func() { w.Deliver("1") },
		"paid twice":                     func() { w.Pay(id) },
		"withdrawn":                      func() { w.Withdraw(id) },
		"completed":                      func() { w.Complete(id) },
		"split into nothing":             func() { w.Split(w.Look(id).Packages[0]) },
		"a shop that is there":           func() { w.AddShop(w.shop) },
		"authorised for nothing":         func() { w.Authorize() },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: it is taken", name)
				}
			}()
			do()
		}()
	}
	after := fmt.Sprintf("%s%s", w.get("/order/202309/orders", "ids="+id+","+held).Body[120:], w.search("packages", "", "").Body[120:])
	if before != after || len(w.Pushes()) != 0 {
		t.Errorf("the world has changed:\n%s\n%s", before, after)
	}
}
