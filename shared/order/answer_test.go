package order_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/order"
)

// answered is an answer that lists packages, as "p1 N1" or "p1".
func answered(status string, at time.Time, packages ...string) *order.Change {
	c := &order.Change{OrderID: "577", Status: status, UpdatedAt: at, Details: &order.Details{}}
	for _, p := range packages {
		id, number, _ := strings.Cut(p, " ")
		c.Packages = append(c.Packages, order.Package{PackageID: id, TrackingNumber: number})
	}
	return c
}

// TestNumbersThatAreGone: which numbers an order has after answers, and what became
// of those that it had before.
func TestNumbersThatAreGone(t *testing.T) {
	const collection, transit = "AWAITING_COLLECTION", "IN_TRANSIT"
	tests := []struct {
		name    string
		answers []*order.Change
		numbers string
		gone    string // "N1>N2"
	}{
		{"nothing changes", []*order.Change{answered(collection, when("1 10:00"), "p1 N1"), answered(transit, when("1 11:00"), "p1 N1")}, "N1", ""},
		{"a number is corrected", []*order.Change{answered(collection, when("1 10:00"), "p1 N1"), answered(collection, when("1 10:00"), "p1 N2")}, "N2", "N1>N2"},
		{"and corrected back", []*order.Change{answered(collection, when("1 10:00"), "p1 N1"), answered(collection, when("1 10:00"), "p1 N2"), answered(collection, when("1 10:00"), "p1 N1")}, "N1", "N2>N1"},
		{"a label is taken back", []*order.Change{answered(collection, when("1 10:00"), "p1 N1"), answered("AWAITING_SHIPMENT", when("1 11:00"), "p1")}, "", "N1>"},
		{"and made again", []*order.Change{answered(collection, when("1 10:00"), "p1 N1"), answered("AWAITING_SHIPMENT", when("1 11:00"), "p1"), answered(collection, when("1 12:00"), "p1 N2")}, "N2", "N1>N2"},
		{"packages are combined", []*order.Change{answered(collection, when("1 10:00"), "p1 N1", "p2 N2"), answered(collection, when("1 10:00"), "p3 N1")}, "N1", "N2>N1"},
		{"a package is split into two others", []*order.Change{answered(collection, when("1 10:00"), "p1 N1"), answered(collection, when("1 10:00"), "p2 N2", "p3 N3")}, "N2 N3", "N1>N2+N3"},
		{"and these get their numbers later", []*order.Change{answered(collection, when("1 10:00"), "p1 N1"), answered("AWAITING_SHIPMENT", when("1 11:00"), "p2", "p3"), answered(collection, when("1 12:00"), "p2 N2", "p3 N3")}, "N2 N3", "N1>N2+N3"},
		{"a package is split off", []*order.Change{answered(collection, when("1 10:00"), "p1 N1"), answered(collection, when("1 10:00"), "p1 N1", "p2 N2")}, "N1 N2", ""},
		{"an order under way lists nothing", []*order.Change{answered(transit, when("1 10:00"), "p1 N1"), answered(transit, when("1 11:00"))}, "N1", ""},
		{"nor does one that is complete", []*order.Change{answered(transit, when("1 10:00"), "p1 N1"), answered("COMPLETED", when("1 11:00"))}, "N1", ""},
		{"nor one that is cancelled", []*order.Change{answered(collection, when("1 10:00"), "p1 N1"), answered("CANCELLED", when("1 11:00"))}, "N1", ""},
		{"nothing is packed any more", []*order.Change{answered(collection, when("1 10:00"), "p1 N1"), answered("AWAITING_SHIPMENT", when("1 11:00"))}, "", "N1>"},
		{"an older answer comes later", []*order.Change{answered(transit, when("1 11:00"), "p1 N2"), answered(collection, when("1 10:00"), "p1 N1")}, "N2", ""},
		{"an answer without a time", []*order.Change{answered(collection, when("1 11:00"), "p1 N1"), answered(transit, time.Time{}, "p1 N2")}, "N2", "N1>N2"},
		{"an answer from the future", []*order.Change{answered(collection, when("30 10:00"), "p1 N1"), answered(transit, when("1 23:00"), "p1 N2")}, "N2", "N1>N2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var o order.Order
			for i, c := range tt.answers {
				o.Answer(c, when("1 22:00").Add(time.Duration(i)*time.Minute))
			}
			var gone []string
			for i := range o.Gone {
				gone = append(gone, o.Gone[i].Number+">"+strings.Join(o.Instead(&o.Gone[i]), "+"))
			}
			if numbers := strings.Join(o.Numbers(), " "); numbers != tt.numbers || strings.Join(gone, " ") != tt.gone {
				t.Errorf("numbers %q, gone %q; want %q and %q", numbers, gone, tt.numbers, tt.gone)
			}
		})
	}
}

// TestTheLastMileStays: the answer about the order knows only the first number.
func TestTheLastMileStays(t *testing.T) {
	var o order.Order
	now := when("1 12:00")
	o.Answer(answered("AWAITING_COLLECTION", when("1 10:00"), "p1 N1"), now)
	if !o.Package(order.Package{PackageID: "p1", TrackingNumber: "L1", FirstMile: "N1"}, now) {
		t.Fatal("the package is not in the order")
	}
	o.Answer(answered("IN_TRANSIT", when("1 11:00"), "p1 N1"), now)
	if h := o.Packages[0]; h.TrackingNumber != "L1" || h.FirstMile != "N1" || len(o.Gone) > 0 {
		t.Errorf("%+v, gone %v", h, o.Gone)
	}
	if o.Package(order.Package{PackageID: "p2", TrackingNumber: "X"}, now) {
		t.Error("a package of another order was taken over")
	}
}

// TestWhatIsAskedTwiceIsTwo: a second cancellation, return or change of address after
// the first.
func TestWhatIsAskedTwiceIsTwo(t *testing.T) {
	o := anOrder("AWAITING_COLLECTION", pack("N1", "PROCESSING"))
	o.Fetched, o.Followed, o.ShippedAt = when("1 12:00"), when("1 12:00"), when("1 12:00")
	keys := map[string]bool{}
	tell := func(at string) (fresh int) {
		due, _ := order.Warnings(o, nil, when(at))
		for i := range due {
			if due[i].Deadline.IsZero() && !keys[due[i].Key()] {
				keys[due[i].Key()] = true
				fresh++
			}
		}
		return fresh
	}
	asks := func(at string, asked bool) {
		d := o.Details
		d.CancelAsked = asked
		o.Answer(&order.Change{OrderID: o.OrderID, Status: o.Status, Packages: []order.Package{{PackageID: "pN1", TrackingNumber: "N1", Status: "PROCESSING"}}, Details: &d}, when(at))
	}
	mark := func(at string, c order.Change) {
		c.UpdatedAt = when(at)
		o.Mark(&c, when(at))
	}
	steps := []struct {
		name string
		do   func()
		want int
	}{
		{"a cancellation is asked for", func() { asks("1 13:00", true) }, 1},
		{"it stands", func() { asks("1 14:00", true) }, 0},
		{"it is withdrawn", func() { asks("1 15:00", false) }, 0},
		{"another is asked for", func() { asks("1 16:00", true) }, 1},
		{"the address changes", func() { mark("1 17:00", order.Change{About: order.TheAddress}) }, 1},
		{"the push comes again", func() { mark("1 17:00", order.Change{About: order.TheAddress}) }, 0},
		{"it changes again", func() { mark("1 18:00", order.Change{About: order.TheAddress}) }, 1},
		{"a return is asked for", func() {
			mark("1 19:00", order.Change{About: order.AReturn, Status: "RETURN_OR_REFUND_REQUEST_PENDING", Request: "101"})
		}, 1},
		{"it is over", func() {
			mark("1 20:00", order.Change{About: order.AReturn, Status: "RETURN_OR_REFUND_REQUEST_CANCELLED", Request: "101"})
		}, 0},
		{"another is asked for", func() {
			mark("1 21:00", order.Change{About: order.AReturn, Status: "RETURN_OR_REFUND_REQUEST_PENDING", Request: "102"})
		}, 1},
	}
	for _, s := range steps {
		s.do()
		if n := tell("1 22:00"); n != s.want {
			t.Errorf("%s: %d new warnings, want %d", s.name, n, s.want)
		}
	}
}
