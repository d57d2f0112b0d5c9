package order_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/order"
)

// when reads a moment of March 2026: "2 10:15".
func when(s string) time.Time {
	at, err := time.Parse("2006-01-2 15:04", "2026-03-"+s)
	if err != nil {
		panic(err)
	}
	return at
}

// said is a warning in short: "no_scan/24h N1".
func said(w *order.Warning) string {
	s := string(w.Kind)
	if alike := strings.TrimSuffix(s, "_deadline"); w.What != "" && w.What != alike && w.What != w.Number && (w.Kind != order.NoScan || w.What != "collect") {
		s += ":" + w.What
	}
	if w.Stage != "" {
		s += "/" + w.Stage
	}
	return strings.TrimSpace(s + " " + w.Number)
}

func all(due []order.Warning) string {
	var list []string
	for i := range due {
		list = append(list, said(&due[i]))
	}
	return strings.Join(list, ", ")
}

// The order of the tests: label until the 4th, scan until the 5th, delivery until
// the 10th, each at 12:00; cancelled a day after.
func anOrder(status string, packages ...order.Held) *order.Order {
	return &order.Order{
		OrderID: "577000000000000101", Status: status, Packages: packages,
		Details: order.Details{CreatedAt: when("1 12:00"), Deadlines: order.Deadlines{
			Ship: when("4 12:00"), Collect: when("5 12:00"), Deliver: when("10 12:00"),
			CancelUnshipped: when("8 12:00"), CancelUncollected: when("9 12:00"), CancelUndelivered: when("14 12:00"),
		}},
	}
}

func pack(number, status string) order.Held {
	return order.Held{PackageID: "p" + number, TrackingNumber: number, Provider: "UPS", Status: status}
}

type warningTest struct {
	name    string
	order   *order.Order
	change  func(o *order.Order)
	parcels []order.Parcel
	now     string
	want    string // what is due
	next    string // "": not looked at
}

const (
	unshipped, partly, labelled, moving = "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", "AWAITING_COLLECTION", "IN_TRANSIT"
	processing, fulfilling, completed   = "PROCESSING", "FULFILLING", "COMPLETED"
)

func runWarnings(t *testing.T, tests []warningTest) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.change != nil {
				tt.change(tt.order)
			}
			due, next := order.Warnings(tt.order, tt.parcels, when(tt.now))
			if diff := cmp.Diff(tt.want, all(due)); diff != "" {
				t.Errorf("due (-want +got):\n%s", diff)
			}
			switch {
			case tt.next == "never" && !next.IsZero():
				t.Errorf("next = %s, want never", next)
			case tt.next != "" && tt.next != "never" && !next.Equal(when(tt.next)):
				t.Errorf("next = %s, want %s", next, when(tt.next))
			}
		})
	}
}

func TestDeadlines(t *testing.T) {
	with := func(d order.Deadlines) func(*order.Order) {
		return func(o *order.Order) { o.Deadlines = d }
	}
	parts := func(status ...string) []order.Held {
		var list []order.Held
		for i, s := range status {
			list = append(list, pack(fmt.Sprintf("N%d", i+1), s))
		}
		return list
	}
	scan := []order.Parcel{{Number: "N1", ScannedAt: when("4 08:00")}}
	runWarnings(t, []warningTest{
		{name: "nothing two days before", order: anOrder(unshipped), now: "2 12:00", want: "", next: "3 11:30"},
		{name: "a day before, with time to act", order: anOrder(unshipped), now: "3 11:30", want: "ship_deadline/24h", next: "4 07:30"},
		{name: "four hours before, instead of a day", order: anOrder(unshipped), now: "4 07:30", want: "ship_deadline/4h"},
		{name: "until the deadline, then that it is over, and the scan", order: anOrder(unshipped), now: "4 12:00", want: "ship_deadline:collect/24h, ship_deadline/missed"},
		{name: "a breach is no news a day later", order: anOrder(unshipped), now: "5 12:01", want: "ship_deadline:collect/missed"},
		{name: "a breach is not told of an order that was shipped since", order: anOrder(labelled), now: "4 12:00", want: "no_scan/24h"},
		{name: "an automatic cancellation has no breach", order: anOrder(unshipped), now: "9 12:00", want: "deliver_deadline/24h"},
		{name: "a label ends the first deadline, and starts no scan", order: anOrder(labelled, pack("N1", processing)), now: "4 11:30", want: "no_scan/24h N1"},
		{name: "the deadline of the scan is silent while that of the label speaks", order: anOrder(unshipped), now: "4 11:55", want: "ship_deadline/4h", change: func(o *order.Order) { o.Deadlines.Collect = when("4 13:00") }},
		{name: "and speaks once that is over", order: anOrder(unshipped), now: "4 12:05", want: "ship_deadline:collect/4h, ship_deadline/missed", change: func(o *order.Order) { o.Deadlines.Collect = when("4 13:00") }},
		{name: "it is one where both are the same", order: anOrder(unshipped), now: "4 12:05", want: "ship_deadline/missed", change: func(o *order.Order) { o.Deadlines.Collect = when("4 12:00") }},
		{name: "it speaks alone where there is no other", order: anOrder(unshipped), now: "4 12:00", want: "ship_deadline:collect/24h", change: func(o *order.Order) { o.Deadlines.Ship = time.Time{} }},
		{name: "an order without packages may have a label", order: anOrder(labelled), now: "5 11:00", want: "no_scan/4h"},
		{name: "each number has its own scan", order: anOrder(labelled, parts(processing, processing)...), now: "5 11:00", want: "no_scan/4h N1, no_scan/4h N2"},
		{name: "a package that was seen has no missing scan", order: anOrder(labelled, parts(fulfilling, processing)...), now: "5 11:00", want: "no_scan/4h N2"},
		{name: "packages of one number are one parcel", order: anOrder(labelled, pack("N1", fulfilling), pack("N1", processing)), now: "5 11:00", want: ""},
		{name: "packages without a number are not one parcel", order: anOrder(labelled, pack("", fulfilling), pack("", processing)), now: "5 11:00", want: "no_scan/4h"},
		{name: "all packages were seen", order: anOrder(labelled, parts(fulfilling, completed)...), now: "5 11:00", want: "", next: "9 11:30"},
		{name: "a cancelled package waits for no scan", order: anOrder(labelled, parts(fulfilling, "CANCELLED")...), now: "5 11:00", want: ""},
		{name: "the scan of the order was seen", order: anOrder(labelled, parts(processing)...), now: "5 11:00", want: "", change: func(o *order.Order) { o.CollectedAt = when("4 13:00") }},
		{name: "an order in transit has no missing scan", order: anOrder(moving, parts(processing)...), now: "5 11:00", want: ""},
		{name: "a missed scan", order: anOrder(labelled, parts(processing)...), now: "6 11:00", want: "no_scan/missed N1"},
		{name: "a cancellation threatens for want of a scan", order: anOrder(labelled, parts(processing)...), now: "9 11:00", want: "cancel_uncollected/4h N1, deliver_deadline/24h N1", change: func(o *order.Order) { o.Deadlines.Deliver = when("9 20:00") }},
		{name: "partly shipped is not shipped, and what is has its own scan", order: anOrder(partly, parts(processing)...), now: "4 11:30", want: "ship_deadline/4h, no_scan/24h N1"},
		{name: "partly shipped is not shipped, though all its packages were seen", order: anOrder(partly, parts(fulfilling)...), now: "4 11:00", want: "ship_deadline/4h"},
		{name: "partly shipped, and the scan was seen", order: anOrder(partly, parts(fulfilling)...), now: "5 11:00", want: "ship_deadline/missed", change: func(o *order.Order) { o.CollectedAt = when("4 10:00") }},
		{name: "a part without a number has no label", order: anOrder(partly, pack("", processing)), now: "4 11:30", want: "ship_deadline/4h"},
		{name: "packages with the words of orders", order: anOrder(labelled, parts("IN_TRANSIT", "DELIVERED", labelled)...), now: "5 11:00", want: "no_scan/4h N3"},
		{name: "a part that is not arranged has no label", order: anOrder(partly, pack("N1", "TO_FULFILL")), now: "4 11:30", want: "ship_deadline/4h"},
		{name: "a number before the label is no label", order: anOrder(unshipped, parts(processing)...), now: "4 11:30", want: "ship_deadline/4h"},
		{name: "late dispatch and cancellation within minutes: the graver first", order: anOrder(unshipped), now: "4 11:30", want: "cancel_unshipped/4h, ship_deadline/4h", change: with(order.Deadlines{Ship: when("4 12:00"), CancelUnshipped: when("4 12:10")})},
		{name: "four hours go before a day", order: anOrder(unshipped), now: "4 11:30", want: "ship_deadline/4h, cancel_unshipped/24h", change: with(order.Deadlines{Ship: when("4 12:00"), CancelUnshipped: when("5 11:00")})},
		{name: "cancellation without a label for want of a scan", order: anOrder(unshipped), now: "9 11:00", want: "cancel_unshipped:cancel_uncollected/4h", change: func(o *order.Order) { o.Deadlines.Deliver = time.Time{} }},
		{name: "delivery", order: anOrder(moving, parts(fulfilling)...), now: "10 11:00", want: "deliver_deadline/4h N1", next: "13 11:30"},
		{name: "delivery of what is left", order: anOrder(moving, parts(fulfilling, completed)...), now: "10 11:00", want: "deliver_deadline/4h N1"},
		{name: "delivery of several", order: anOrder(moving, parts(fulfilling, fulfilling)...), now: "10 11:00", want: "deliver_deadline/4h"},
		{name: "a late delivery is told once by its deadlines", order: anOrder(moving, parts(fulfilling)...), now: "10 12:00", want: ""},
		{name: "delivered by the marketplace's time", order: anOrder(moving, parts(fulfilling)...), now: "10 11:00", want: "", next: "never", change: func(o *order.Order) { o.DeliveredAt = when("9 12:00") }},
		{name: "delivered by a carrier", order: anOrder(moving, parts(fulfilling)...), parcels: []order.Parcel{{Number: "N1", DeliveredAt: when("9 08:00")}}, now: "10 11:00", want: "", next: "never"},
		{name: "one of two delivered by a carrier", order: anOrder(moving, parts(fulfilling, fulfilling)...), parcels: []order.Parcel{{Number: "N2", DeliveredAt: when("9 08:00")}}, now: "10 11:00", want: "deliver_deadline/4h N1"},
		{name: "a delivery before the order is of another parcel", order: anOrder(moving, parts(fulfilling)...), parcels: []order.Parcel{{Number: "N1", DeliveredAt: when("1 12:00").AddDate(-1, 0, 0)}}, now: "10 11:00", want: "deliver_deadline/4h N1"},
		{name: "the delivery of the first mile is none", order: anOrder(moving, order.Held{TrackingNumber: "N1", FirstMile: "F1", Status: fulfilling}), parcels: []order.Parcel{{Number: "F1", DeliveredAt: when("9 08:00")}}, now: "10 11:00", want: "deliver_deadline/4h N1"},
		{name: "delivered in part is not delivered", order: anOrder(partly, parts(completed)...), now: "10 11:00", want: "deliver_deadline/4h", change: func(o *order.Order) { o.Deadlines = order.Deadlines{Deliver: when("10 12:00")} }},
		{name: "delivered", order: anOrder("DELIVERED", parts(processing)...), now: "5 11:00", want: "", next: "never"},
		{name: "completed", order: anOrder("COMPLETED", parts(processing)...), now: "5 11:00", want: "", next: "never"},
		{name: "cancelled, as the answers spell it", order: anOrder("CANCELLED", parts(processing)...), now: "5 11:00", want: "", next: "never"},
		{name: "cancelled, as the pushes spell it", order: anOrder("CANCEL", parts(processing)...), now: "5 11:00", want: "", next: "never"},
		{name: "not paid", order: anOrder("UNPAID"), now: "4 11:00", want: "", next: "never"},
		{name: "on hold", order: anOrder("ON_HOLD"), now: "4 11:00", want: "", next: "never"},
		{name: "nothing is known of it", order: anOrder(""), now: "4 11:00", want: "", next: "never"},
		{name: "a new word, and its times say nothing", order: anOrder("AWAITING_PICKUP"), now: "4 11:00", want: "ship_deadline/4h"},
		{name: "a new word, and its times say that it has a label", order: anOrder("AWAITING_PICKUP"), now: "5 11:00", want: "no_scan/4h", change: func(o *order.Order) { o.ShippedAt = when("4 11:00") }},
		{name: "a new word, and its times say that it was collected", order: anOrder("AT_THE_DOOR"), now: "10 11:00", want: "deliver_deadline/4h", change: func(o *order.Order) { o.CollectedAt = when("4 11:00") }},
		{name: "a new word, and its times say that it is over", order: anOrder("ARCHIVED"), now: "4 11:00", want: "", change: func(o *order.Order) { o.CancelledAt = when("3 11:00") }},
		{name: "packed by the marketplace", order: anOrder(unshipped), now: "4 11:00", want: "", next: "never", change: func(o *order.Order) { o.Fulfilment = "FULFILLMENT_BY_TIKTOK" }},
		{name: "no deadlines", order: anOrder(unshipped), now: "4 11:00", want: "", next: "never", change: with(order.Deadlines{})},
		{name: "a clock years behind", order: anOrder(unshipped), now: "1 00:00", want: "", next: "never", change: func(o *order.Order) { o.Deadlines = order.Deadlines{} }},
		{name: "deadlines of years ago", order: anOrder(unshipped), now: "1 00:00", want: "", next: "never", change: with(order.Deadlines{Ship: time.Unix(1, 0), CancelUndelivered: time.Unix(2, 0)})},
		{name: "a moved deadline is looked at anew", order: anOrder(unshipped), now: "4 11:00", want: "", next: "5 11:30", change: with(order.Deadlines{Ship: when("6 12:00")})},
		{name: "a scan by a carrier ends the missing of it", order: anOrder(labelled, parts(processing)...), parcels: scan, now: "4 12:30", want: "", next: "4 20:00"},
	})
}

func TestScanNotSeen(t *testing.T) {
	one, two := pack("N1", processing), pack("N2", processing)
	scanned := func(at string) []order.Parcel {
		return []order.Parcel{{Number: "N1", ScannedAt: when(at), Scan: "UPS, Reno"}}
	}
	runWarnings(t, []warningTest{
		{name: "the marketplace has half a day to see it", order: anOrder(labelled, one), parcels: scanned("3 10:00"), now: "3 21:59", want: "", next: "3 22:00"},
		{name: "then it is told", order: anOrder(labelled, one), parcels: scanned("3 10:00"), now: "3 22:00", want: "scan_not_seen:collect N1", next: "8 11:30"},
		{name: "or four hours before the deadline", order: anOrder(labelled, one), parcels: scanned("5 02:00"), now: "5 07:30", want: "scan_not_seen:collect N1"},
		{name: "and once more before the order is cancelled", order: anOrder(labelled, one), parcels: scanned("3 10:00"), now: "8 11:30", want: "scan_not_seen:collect N1, scan_not_seen:cancel_uncollected N1"},
		{name: "a scan after the deadline was late, and may still save the order", order: anOrder(labelled, one), parcels: scanned("5 13:00"), now: "6 01:00", want: "scan_not_seen:cancel_uncollected N1", next: "9 11:30"},
		{name: "a scan without deadlines", order: anOrder(labelled, one), parcels: scanned("3 10:00"), now: "3 22:00", want: "scan_not_seen N1", change: func(o *order.Order) { o.Deadlines = order.Deadlines{} }},
		{name: "is evidence for a week", order: anOrder(labelled, one), parcels: scanned("3 10:00"), now: "10 10:00", want: "", change: func(o *order.Order) { o.Deadlines = order.Deadlines{} }},
		{name: "the other package has no scan", order: anOrder(labelled, one, two), parcels: scanned("4 08:00"), now: "5 08:00", want: "no_scan/4h N2, scan_not_seen:collect N1"},
		{name: "the marketplace has seen the package", order: anOrder(labelled, pack("N1", fulfilling)), parcels: scanned("3 10:00"), now: "5 08:00", want: ""},
		{name: "the marketplace has seen the order", order: anOrder(moving, one), parcels: scanned("3 10:00"), now: "5 08:00", want: ""},
		{name: "by its time", order: anOrder(labelled, one), parcels: scanned("3 10:00"), now: "5 08:00", want: "", change: func(o *order.Order) { o.CollectedAt = when("4 10:00") }},
		{name: "a delivery is a scan", order: anOrder(labelled, one), parcels: []order.Parcel{{Number: "N1", DeliveredAt: when("4 10:00")}}, now: "5 08:00", want: "scan_not_seen:collect N1"},
		{name: "a scan of the first mile is a scan", order: anOrder(labelled, order.Held{TrackingNumber: "N1", FirstMile: "F1"}), parcels: []order.Parcel{{Number: "F1", ScannedAt: when("4 10:00")}}, now: "5 08:00", want: "scan_not_seen:collect N1"},
		{name: "a scan of a number that the order had before is none", order: anOrder(labelled, one), parcels: []order.Parcel{{Number: "N0", ScannedAt: when("4 10:00")}}, now: "5 08:00", want: "no_scan/4h N1"},
		{name: "a parcel without a number is nobody's", order: anOrder(labelled, one), parcels: []order.Parcel{{ScannedAt: when("4 10:00")}}, now: "5 08:00", want: "no_scan/4h N1"},
		{name: "a scan long before the order is of another parcel", order: anOrder(labelled, one), parcels: []order.Parcel{{Number: "N1", ScannedAt: when("1 12:00").AddDate(0, 0, -2)}}, now: "5 08:00", want: "no_scan/4h N1"},
		{name: "a scan hours before the order is of a clock", order: anOrder(labelled, one), parcels: scanned("1 02:00"), now: "5 08:00", want: "scan_not_seen:collect N1"},
		{name: "a scan of an order whose age is not known", order: anOrder(labelled, one), parcels: scanned("1 02:00"), now: "5 08:00", want: "scan_not_seen:collect N1", change: func(o *order.Order) { o.CreatedAt = time.Time{} }},
		{name: "the first of several scans counts", order: anOrder(labelled, one), parcels: append(scanned("4 10:00"), scanned("3 10:00")...), now: "3 22:00", want: "scan_not_seen:collect N1"},
		{name: "a scan of the future is a scan, at a time that cannot be", order: anOrder(labelled, one), parcels: scanned("28 10:00"), now: "4 20:00", want: "", next: "5 07:30"},
		{name: "and is told four hours before the deadline", order: anOrder(labelled, one), parcels: scanned("28 10:00"), now: "5 07:30", want: "scan_not_seen:collect N1"},
		{name: "a time that becomes possible is looked at anew", order: anOrder(labelled, one), parcels: scanned("5 13:00"), now: "5 07:30", want: "scan_not_seen:collect N1", next: "5 13:00"},
		{name: "before there is a label, that is what is missing", order: anOrder(unshipped, one), parcels: scanned("3 10:00"), now: "4 11:00", want: "ship_deadline/4h"},
		{name: "the shipped part of an order", order: anOrder(partly, one), parcels: scanned("3 10:00"), now: "4 11:00", want: "ship_deadline/4h, scan_not_seen:collect N1"},
	})
}

func TestNumbersAndWishes(t *testing.T) {
	wrong := []order.Parcel{{Number: "N1", Fault: "its check digit is wrong", UsedBy: "577000000000000102", Carrier: "USPS"}}
	with := func(p order.Parcel) []order.Parcel { return append(wrong[:1:1], p) }
	const everything = "number_invalid N1, number_of_another_carrier N1, number_used N1"
	one := pack("N1", processing)
	readdressed := func(o *order.Order) { o.Readdressed = when("2 10:00") }
	asked := func(o *order.Order) { o.CancelAsked = true }
	runWarnings(t, []warningTest{
		{name: "numbers", order: anOrder(labelled, one), parcels: wrong, now: "2 12:00", want: everything},
		{name: "before the order is shipped", order: anOrder(unshipped, one), parcels: wrong, now: "2 12:00", want: everything},
		{name: "in transit", order: anOrder(moving, pack("N1", fulfilling)), parcels: wrong, now: "2 12:00", want: everything},
		{name: "a number that was scanned is one", order: anOrder(moving, one), parcels: with(order.Parcel{Number: "N1", ScannedAt: when("2 10:00")}), now: "2 12:00", want: "number_of_another_carrier N1, number_used N1"},
		{name: "not of a parcel that arrived", order: anOrder(moving, one), parcels: with(order.Parcel{Number: "N1", DeliveredAt: when("2 10:00")}), now: "2 12:00", want: ""},
		{name: "not of a parcel that arrived by the marketplace's word", order: anOrder(moving, pack("N1", completed)), parcels: wrong, now: "2 12:00", want: ""},
		{name: "not of a closed order", order: anOrder("COMPLETED", one), parcels: wrong, now: "2 12:00", want: ""},
		{name: "not of the marketplace's own label", order: anOrder(labelled, one), parcels: wrong, now: "2 12:00", want: "", change: func(o *order.Order) { o.Shipping = "TIKTOK" }},
		{name: "not of a cancelled package", order: anOrder(labelled, pack("N1", "CANCELLED")), parcels: wrong, now: "2 12:00", want: ""},
		{name: "not of a number that the order had before", order: anOrder(labelled, pack("N2", processing)), parcels: wrong, now: "2 12:00", want: ""},
		{name: "the address changed", order: anOrder(labelled, one), change: readdressed, now: "2 12:00", want: "address_changed N1"},
		{name: "the address changes", order: anOrder(labelled, one), change: readdressed, now: "2 09:00", want: "", next: "2 10:00"},
		{name: "the address of what arrived", order: anOrder("DELIVERED", one), change: readdressed, now: "2 12:00", want: ""},
		{name: "do not ship", order: anOrder(unshipped), change: asked, now: "2 12:00", want: "cancel_asked:do_not_ship"},
		{name: "stop the parcel", order: anOrder(labelled, one), change: asked, now: "2 12:00", want: "cancel_asked:stop_parcel N1"},
		{name: "stop what was shipped", order: anOrder(partly, one), change: asked, now: "2 12:00", want: "cancel_asked:stop_parcel N1"},
		{name: "stop the parcel on its way", order: anOrder(moving, one), change: asked, now: "2 12:00", want: "cancel_asked:stop_parcel N1"},
		{name: "too late to stop", order: anOrder("DELIVERED", one), change: asked, now: "2 12:00", want: "", next: "never"},
		{name: "a wish of the buyer goes before a deadline", order: anOrder(unshipped), change: asked, now: "4 11:00", want: "cancel_asked:do_not_ship, ship_deadline/4h"},
	})
}

func TestTextOfAWarning(t *testing.T) {
	o := anOrder(labelled, pack("N1", processing))
	parcels := []order.Parcel{{Number: "N1", ScannedAt: when("3 10:00"), Scan: "UPS, Reno"}, {Number: "N1", ScannedAt: when("3 12:00"), Scan: "UPS, Elko"}}
	due, _ := order.Warnings(o, parcels, when("3 22:00"))
	want := []order.Warning{{
		Kind: order.ScanNotSeen, What: "collect", Deadline: when("5 12:00"),
		Number: "N1", Provider: "UPS", Scan: "UPS, Reno", Since: when("3 22:00"),
	}}
	if diff := cmp.Diff(want, due); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func TestUntold(t *testing.T) {
	// Each step is a look at the order; what was told is remembered.
	type look struct {
		now, status string
		move        time.Duration // of all deadlines
		number      string
		scan        string // its deadline; "": of the order of the tests
	}
	tests := []struct {
		name  string
		looks []look
		want  []string
	}{
		{"each is told once", []look{{now: "3 11:30"}, {now: "3 11:35"}, {now: "4 08:00"}, {now: "4 08:05"}}, []string{"ship_deadline/24h", "", "ship_deadline/4h", ""}},
		{"a breach of which was told is none", []look{{now: "3 11:30"}, {now: "4 13:00"}}, []string{"ship_deadline/24h", "ship_deadline:collect/24h"}},
		{"a breach of which nothing was told", []look{{now: "4 13:00"}, {now: "4 13:05"}}, []string{"ship_deadline:collect/24h, ship_deadline/missed", ""}},
		{"a moved deadline is another one", []look{{now: "3 11:30"}, {now: "3 11:35", move: time.Hour}, {now: "3 12:35", move: time.Hour}}, []string{"ship_deadline/24h", "", "ship_deadline/24h"}},
		{"a label right after a warning is no news", []look{{now: "4 12:10"}, {now: "4 12:20", status: labelled, number: "N1"}, {now: "5 08:00", status: labelled, number: "N1"}}, []string{"ship_deadline:collect/24h, ship_deadline/missed", "", "no_scan/4h N1"}},
		{"nor is it where label and scan have one deadline", []look{{now: "3 13:00", scan: "4 12:00"}, {now: "3 13:10", status: labelled, number: "N1", scan: "4 12:00"}}, []string{"cancel_unshipped/24h, ship_deadline/24h", ""}},
		{"but hours before the deadline it is", []look{{now: "5 08:00"}, {now: "5 08:10", status: labelled, number: "N1"}}, []string{"ship_deadline:collect/4h, ship_deadline/missed", "no_scan/4h N1"}},
		{"a missed scan of which was told without a label", []look{{now: "5 08:00"}, {now: "5 13:00", status: labelled, number: "N1"}}, []string{"ship_deadline:collect/4h, ship_deadline/missed", ""}},
		{"another number has its own scan", []look{{now: "5 08:00", status: labelled, number: "N1"}, {now: "5 08:05", status: labelled, number: "N2"}}, []string{"no_scan/4h N1", "no_scan/4h N2"}},
		{"a cancellation of which was told without a label", []look{{now: "8 13:00"}, {now: "8 13:10", status: labelled, number: "N1"}}, []string{"cancel_unshipped:cancel_uncollected/24h", ""}},
		{"deliveries are told of the order, not of a number", []look{{now: "10 11:00", status: moving, number: "N1"}, {now: "10 11:05", status: moving, number: "N2"}}, []string{"deliver_deadline/4h N1", ""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			told := map[string]bool{}
			for i, l := range tt.looks {
				o := anOrder(unshipped)
				if l.status != "" {
					o.Status, o.Packages = l.status, []order.Held{pack(l.number, processing)}
				}
				o.Deadlines.Ship = o.Deadlines.Ship.Add(l.move)
				if l.scan != "" {
					o.Deadlines.Collect, o.Deadlines.CancelUncollected = when(l.scan), when(l.scan)
					o.Deadlines.CancelUnshipped = when(l.scan)
				}
				due, _ := order.Warnings(o, nil, when(l.now))
				before := len(due)
				news := order.Untold(due, func(key string) bool { return told[key] })
				if len(due) != before || all(news) != tt.want[i] {
					t.Errorf("%s: told %q, want %q", l.now, all(news), tt.want[i])
				}
				for j := range news {
					told[news[j].Key()] = true
				}
			}
		})
	}
}

// TestReturnsAndWhatWasStopped are told of whatever else is to be said of an order.
func TestReturnsAndWhatWasStopped(t *testing.T) {
	returned := func(word string) *order.Order {
		o := anOrder("COMPLETED", pack("N1", "COMPLETED"))
		o.Return, o.ReturnAt = word, when("12 12:00")
		return o
	}
	stopped := func(change func(*order.Order)) *order.Order {
		o := anOrder("CANCELLED", pack("N1", "FULFILLING"), pack("N2", "COMPLETED"))
		o.CollectedAt, o.CancelledAt = when("3 12:00"), when("12 12:00")
		change(o)
		return o
	}
	lost := anOrder("IN_TRANSIT", pack("N1", "CANCELLED"), pack("N2", "FULFILLING"))
	lost.CollectedAt = when("3 12:00")
	lost.Packages[0].Said = []order.Said{{Word: "FULFILLING", At: when("3 12:00")}, {Word: "CANCELLED", At: when("12 12:00")}}
	voided := anOrder("IN_TRANSIT", pack("N1", "CANCELLED"), pack("N2", "FULFILLING"))
	voided.CollectedAt, voided.Packages[0].Said = when("3 12:00"), []order.Said{{Word: "CANCELLED", At: when("12 12:00")}}
	tests := []struct {
		name  string
		order *order.Order
		now   string
		want  string
	}{
		{"a return is asked for", returned("RETURN_OR_REFUND_REQUEST_PENDING"), "12 12:00", "return_asked:RETURN_OR_REFUND_REQUEST_PENDING"},
		{"a replacement is asked for", returned("REPLACEMENT_REQUEST_PENDING"), "13 12:00", "return_asked:REPLACEMENT_REQUEST_PENDING"},
		{"the goods come back", returned("BUYER_SHIPPED_ITEM"), "12 12:00", "return_shipped:BUYER_SHIPPED_ITEM"},
		{"a week later", returned("BUYER_SHIPPED_ITEM"), "19 12:00", ""},
		{"it is refunded", returned("RETURN_OR_REFUND_REQUEST_COMPLETE"), "12 12:00", ""},
		{"the order is cancelled under way", stopped(func(*order.Order) {}), "12 12:00", "stopped_under_way"},
		{"two days later", stopped(func(*order.Order) {}), "14 12:00", ""},
		{"it is cancelled before a carrier has it", stopped(func(o *order.Order) { o.CollectedAt = time.Time{} }), "12 12:00", ""},
		{"it was delivered", stopped(func(o *order.Order) { o.DeliveredAt = when("11 12:00") }), "12 12:00", ""},
		{"one of two packages is", lost, "12 12:00", "stopped_under_way N1"},
		{"a label is voided", voided, "12 12:00", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			due, _ := order.Warnings(tt.order, nil, when(tt.now))
			var got []string
			for i := range due {
				if k := due[i].Kind; k == order.ReturnAsked || k == order.ReturnShipped || k == order.StoppedUnderWay {
					got = append(got, said(&due[i]))
				}
			}
			if strings.Join(got, ", ") != tt.want {
				t.Errorf("told %q, want %q", got, tt.want)
			}
		})
	}
}
