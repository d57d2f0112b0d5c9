package order_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/order"
)

// dispatched is an order with its label at one time and its first scan at
// another, "" for never; the deadlines are the 4th and the 5th at 12:00.
func dispatched(status, label, scan string, packages ...order.Held) order.Order {
	o := anOrder(status, packages...)
	if label != "" {
		o.ShippedAt = when(label)
	}
	if scan != "" {
		o.CollectedAt = when(scan)
	}
	return *o
}

func TestLateDispatch(t *testing.T) {
	with := func(o order.Order, change func(o *order.Order)) order.Order {
		change(&o)
		return o
	}
	soon, late := dispatched(moving, "3 12:00", "4 12:00"), dispatched(moving, "3 12:00", "5 12:01")
	tests := []struct {
		name, region     string
		order            order.Order
		now              string
		late, dispatched int
	}{
		{"in time", "US", soon, "8 12:00", 0, 1},
		{"at the deadline is in time", "US", dispatched(moving, "3 12:00", "5 12:00"), "8 12:00", 0, 1},
		{"scanned too late", "US", late, "8 12:00", 1, 1},
		{"where the label counts, a late scan is not late", "UK", late, "8 12:00", 0, 1},
		{"the label too late, where it counts", "GB", dispatched(moving, "4 12:01", "4 13:00"), "8 12:00", 1, 1},
		{"the label too late, where it does not count", "US", dispatched(moving, "4 12:01", "4 13:00"), "8 12:00", 0, 1},
		{"a late scan where both count", "TH", late, "8 12:00", 1, 1},
		{"a late label where both count", "TH", dispatched(moving, "4 12:01", "4 13:00"), "8 12:00", 1, 1},
		{"in time where both count", "TH", soon, "8 12:00", 0, 1},
		{"a label in time and no scan yet, where both count", "TH", dispatched(labelled, "3 12:00", ""), "4 12:00", 0, 0},
		{"never scanned, and it is not yet late", "US", dispatched(labelled, "3 12:00", ""), "5 11:59", 0, 0},
		{"never scanned, and it is late", "US", dispatched(labelled, "3 12:00", ""), "5 12:00", 1, 1},
		{"never shipped", "GB", dispatched(unshipped, "", ""), "5 12:00", 1, 1},
		{"only the label has a deadline", "US", with(dispatched(labelled, "4 13:00", ""), func(o *order.Order) { o.Deadlines.Collect = time.Time{} }), "5 12:00", 1, 1},
		{"only the scan has a deadline", "TH", with(late, func(o *order.Order) { o.Deadlines.Ship = time.Time{} }), "6 12:00", 1, 1},
		{"there is no deadline", "US", with(late, func(o *order.Order) { o.Deadlines = order.Deadlines{} }), "8 12:00", 0, 0},
		{"it is on hold", "US", dispatched("ON_HOLD", "", ""), "8 12:00", 0, 0},
		{"it was scanned, nobody knows when", "US", dispatched(moving, "3 12:00", ""), "8 12:00", 0, 0},
		{"cancelled before it was late", "US", with(dispatched("CANCELLED", "", ""), func(o *order.Order) { o.CancelledAt = when("5 11:00") }), "8 12:00", 0, 0},
		{"cancelled after it was late", "US", with(dispatched("CANCELLED", "", ""), func(o *order.Order) { o.CancelledAt = when("5 13:00") }), "8 12:00", 1, 1},
		{"cancelled, nobody knows when", "US", dispatched("CANCEL", "", ""), "8 12:00", 0, 0},
		{"packed by the marketplace", "US", with(late, func(o *order.Order) { o.Fulfilment = "FULFILLMENT_BY_TIKTOK" }), "8 12:00", 0, 0},
		{"still in the window", "US", late, "19 11:59", 1, 1},
		{"out of the window", "US", late, "19 12:00", 0, 0},
		{"out of the window, which is shorter elsewhere", "TH", late, "12 12:00", 0, 0},
		{"a scan of the future", "US", soon, "4 11:59", 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := order.Rates([]order.Order{tt.order}, func(string) order.Seen { return order.Seen{} }, tt.region, when(tt.now))
			if r.Late != tt.late || r.Dispatched != tt.dispatched {
				t.Errorf("%d late of %d, want %d of %d", r.Late, r.Dispatched, tt.late, tt.dispatched)
			}
		})
	}
}

func TestValidTracking(t *testing.T) {
	seen := map[string]order.Seen{
		"GOOD": {Scans: 2}, "ONE": {Scans: 1}, "ODD": {Scans: 2, Fault: true}, "OTHER": {Scans: 2, OtherCarrier: true},
	}
	shippedWith := func(packages ...order.Held) []order.Order {
		return []order.Order{dispatched(labelled, "3 12:00", "", packages...)}
	}
	with := func(list []order.Order, change func(o *order.Order)) []order.Order {
		change(&list[0])
		return list
	}
	cancel := func(o *order.Order) { o.Status, o.CancelledAt = "CANCELLED", when("4 12:00") }
	tests := []struct {
		name           string
		orders         []order.Order
		now            string
		valid, shipped int
	}{
		{"two scans", shippedWith(pack("GOOD", fulfilling)), "6 12:00", 1, 1},
		{"two scans at once", shippedWith(pack("GOOD", fulfilling)), "3 13:00", 1, 1},
		{"one scan", shippedWith(pack("ONE", fulfilling)), "6 12:00", 0, 1},
		{"one scan, and more may come", shippedWith(pack("ONE", fulfilling)), "6 11:59", 0, 0},
		{"no number", shippedWith(pack("", processing)), "6 12:00", 0, 1},
		{"no number yet", shippedWith(pack("", processing)), "6 11:59", 0, 0},
		{"the form is wrong", shippedWith(pack("ODD", fulfilling)), "3 13:00", 0, 1},
		{"the carrier is wrong", shippedWith(pack("OTHER", fulfilling)), "3 13:00", 0, 1},
		{"the marketplace's own label", with(shippedWith(pack("ODD", processing)), func(o *order.Order) { o.Shipping = "TIKTOK" }), "3 13:00", 1, 1},
		{"each package counts", shippedWith(pack("GOOD", fulfilling), pack("ONE", fulfilling)), "6 12:00", 1, 2},
		{"a package of two orders is one", append(shippedWith(pack("GOOD", fulfilling)), shippedWith(pack("GOOD", fulfilling))...), "6 12:00", 1, 1},
		{"packages without ids are told apart by number", shippedWith(order.Held{TrackingNumber: "GOOD"}, order.Held{TrackingNumber: "GOOD"}, order.Held{TrackingNumber: "ONE"}, order.Held{}, order.Held{}), "6 12:00", 1, 4},
		{"not shipped", []order.Order{dispatched(unshipped, "", "", pack("GOOD", processing))}, "6 12:00", 0, 0},
		{"cancelled before the parcel left", with(shippedWith(pack("ONE", processing)), cancel), "6 12:00", 0, 0},
		{"cancelled after the parcel left", with([]order.Order{dispatched("", "3 12:00", "3 13:00", pack("GOOD", fulfilling))}, cancel), "6 12:00", 1, 1},
		{"packed by the marketplace", with(shippedWith(pack("GOOD", fulfilling)), func(o *order.Order) { o.Fulfilment = "FULFILLMENT_BY_TIKTOK" }), "6 12:00", 0, 0},
		{"out of the window", shippedWith(pack("GOOD", fulfilling)), "17 12:00", 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := order.Rates(tt.orders, func(number string) order.Seen {
				if number == "" {
					t.Error("asked for the number of a package that has none")
				}
				return seen[number]
			}, "US", when(tt.now))
			if r.Valid != tt.valid || r.Shipped != tt.shipped {
				t.Errorf("%d valid of %d, want %d of %d", r.Valid, r.Shipped, tt.valid, tt.shipped)
			}
		})
	}
}

func TestPoliciesOfMarkets(t *testing.T) {
	const day = 24 * time.Hour
	tests := map[string]order.Rate{
		"US": {Window: 14 * day, LateBar: 0.04, ValidBar: 0.95},
		"GB": {Window: 7 * day},
		"UK": {Window: 7 * day},
		"DE": {Window: 7 * day},
		"":   {Window: 7 * day},
	}
	for region, want := range tests {
		if diff := cmp.Diff(want, order.Rates(nil, nil, region, when("1 12:00"))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", region, diff)
		}
	}
}
