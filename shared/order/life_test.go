package order_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shiptide/shiptide/shared/order"
)

const tick = 5 * time.Minute

// teller tells what was not told, and notes when.
type teller map[string]time.Time

func (m teller) hear(t *rapid.T, due []order.Warning, now time.Time) (news []order.Warning) {
	keys := map[string]bool{}
	for i := range due {
		if k := due[i].Key(); keys[k] {
			t.Fatalf("two warnings %s at %s", k, now)
		} else {
			keys[k] = true
		}
	}
	news = order.Untold(due, func(key string) bool { _, ok := m[key]; return ok })
	for i := range news {
		m[news[i].Key()] = now
	}
	return news
}

// draw draws moments: none, or up to so many hours after the order.
type draw struct{ *rapid.T }

func (d draw) at(name string, hours int) time.Time {
	if rapid.IntRange(0, 5).Draw(d.T, name+" is none") == 0 {
		return time.Time{}
	}
	return d.sure(name, hours)
}

func (d draw) sure(name string, hours int) time.Time {
	return when("1 12:00").Add(time.Duration(rapid.IntRange(0, hours*12).Draw(d.T, name)) * tick)
}

func (d draw) deadlines() order.Deadlines {
	return order.Deadlines{
		Ship: d.at("ship until", 60), Collect: d.at("collect until", 80), Deliver: d.at("deliver until", 120),
		CancelUnshipped: d.at("cancel unshipped", 80), CancelUncollected: d.at("cancel uncollected", 100), CancelUndelivered: d.at("cancel undelivered", 140),
	}
}

// TestNextIsNeverLate: whatever an order is like, who looks only when told to
// tells the same as who looks all the time.
func TestNextIsNeverLate(t *testing.T) {
	statuses := []string{unshipped, partly, labelled, labelled, moving, "DELIVERED", "ON_HOLD", "NEW_WORD"}
	packages := []string{"", processing, processing, fulfilling, completed, "CANCELLED", "TO_FULFILL"}
	rapid.Check(t, func(t *rapid.T) {
		d := draw{t}
		o := anOrder(rapid.SampledFrom(statuses).Draw(t, "status"))
		o.Deadlines, o.Readdressed = d.deadlines(), d.at("readdressed", 100)
		o.CancelAsked = rapid.Bool().Draw(t, "cancel asked")
		var parcels []order.Parcel
		for i := range rapid.IntRange(0, 3).Draw(t, "packages") {
			number := rapid.SampledFrom([]string{"", "N1", "N2", "N3"}).Draw(t, fmt.Sprintf("number %d", i))
			o.Packages = append(o.Packages, pack(number, rapid.SampledFrom(packages).Draw(t, fmt.Sprintf("package %d", i))))
			parcels = append(parcels, order.Parcel{
				Number: number, ScannedAt: d.at(fmt.Sprintf("scan %d", i), 200), DeliveredAt: d.at(fmt.Sprintf("delivery %d", i), 220),
				Fault: rapid.SampledFrom([]string{"", "odd"}).Draw(t, fmt.Sprintf("fault %d", i)),
			})
		}
		start := d.sure("first look", 160)
		always, asked := teller{}, teller{}
		next := start
		for now := start; now.Before(start.Add(72 * time.Hour)); now = now.Add(tick) {
			due, promised := order.Warnings(o, parcels, now)
			always.hear(t, due, now)
			if !promised.IsZero() && !promised.After(now) {
				t.Fatalf("at %s, next is %s", now, promised)
			}
			if now.Equal(next) {
				asked.hear(t, due, now)
				next = promised
			}
		}
		for key, at := range always {
			if !asked[key].Equal(at) {
				t.Fatalf("%s: told at %s by who looks always, at %s by who looks when told to", key, at, asked[key])
			}
		}
		if len(asked) != len(always) {
			t.Fatalf("told %d by who looks when told to, %d by who looks always", len(asked), len(always))
		}
	})
}

// life is what happens to an order of one parcel, and when it is first looked at.
type life struct {
	order.Deadlines
	seen, shipped, scanned, collected, arrived, delivered time.Time
}

func drawLife(t *rapid.T) life {
	d := draw{t}
	l := life{Deadlines: d.deadlines(), seen: d.sure("first look", 60), shipped: d.sure("shipped", 80)}
	after := func(at time.Time, name string, hours int) time.Time {
		return at.Add(time.Duration(rapid.IntRange(0, hours*12).Draw(t, name)) * tick)
	}
	l.scanned = after(l.shipped, "scanned", 48)
	l.collected = after(l.scanned, "collected", 72)
	l.arrived = after(l.scanned, "arrived", 72)
	l.delivered = after(later(l.arrived, l.collected), "delivered", 24)
	return l
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// at returns what is known at a moment.
func (l *life) at(now time.Time) (*order.Order, []order.Parcel) {
	o := anOrder(unshipped)
	o.Deadlines = l.Deadlines
	past := func(at time.Time) bool { return !at.After(now) }
	p := order.Parcel{Number: "N1"}
	if past(l.shipped) {
		o.Status, o.ShippedAt, o.Packages = labelled, l.shipped, []order.Held{pack("N1", processing)}
	}
	if past(l.scanned) {
		p.ScannedAt = l.scanned
	}
	if past(l.arrived) {
		p.DeliveredAt = l.arrived
	}
	if past(l.collected) {
		o.Status, o.CollectedAt, o.Packages[0].Status = moving, l.collected, fulfilling
	}
	if past(l.delivered) {
		o.Status = "DELIVERED"
	}
	return o, []order.Parcel{p}
}

// telling is a warning and when it was told.
type telling struct {
	order.Warning
	at time.Time
}

// TestLives: whatever happens to an order and when, each deadline that applies is
// warned of a day and four hours before, by who looks every five minutes, and
// nothing is told for nothing.
func TestLives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, told := drawLife(t), teller{}
		var log []telling
		for now := l.seen; now.Before(when("7 12:00")); now = now.Add(tick) {
			o, parcels := l.at(now)
			due, _ := order.Warnings(o, parcels, now)
			for _, w := range told.hear(t, due, now) {
				log = append(log, telling{w, now})
			}
		}
		l.checkEnough(t, log)
		for i := range log {
			l.checkNeeded(t, &log[i])
		}
	})
}

// checkEnough checks that of each deadline was told in time, as long as it
// applied.
func (l *life) checkEnough(t *rapid.T, log []telling) {
	const day, hours = 24 * time.Hour, 4 * time.Hour
	tests := []struct {
		name         string
		at           time.Time
		since, until time.Time // it applies
		before       []time.Duration
		kinds        []order.Kind
		any          bool // what is told of an earlier deadline will do
	}{
		{"label", l.Ship, l.seen, l.shipped, []time.Duration{day, hours}, []order.Kind{order.ShipDeadline}, false},
		{"label or cancellation", l.CancelUnshipped, l.seen, l.shipped, []time.Duration{day, hours}, []order.Kind{order.CancelUnshipped}, false},
		{"scan without a label", l.Collect, l.seen, l.shipped, []time.Duration{day, hours}, []order.Kind{order.ShipDeadline}, true},
		{"scan without a label or cancellation", l.CancelUncollected, l.seen, l.shipped, []time.Duration{day, hours}, []order.Kind{order.CancelUnshipped}, true},
		{"scan", l.Collect, later(l.seen, l.shipped), l.scanned, []time.Duration{day, hours}, []order.Kind{order.NoScan, order.ShipDeadline}, false},
		{"scan or cancellation", l.CancelUncollected, later(l.seen, l.shipped), l.scanned, []time.Duration{day, hours}, []order.Kind{order.CancelUncollected, order.CancelUnshipped}, false},
		{"delivery", l.Deliver, l.seen, l.arrived, []time.Duration{day, hours}, []order.Kind{order.DeliverDeadline}, false},
		{"delivery or cancellation", l.CancelUndelivered, l.seen, l.arrived, []time.Duration{day, hours}, []order.Kind{order.CancelUndelivered}, false},
		{"scan that is not seen", l.Collect, later(l.seen, l.scanned), l.collected, []time.Duration{hours}, []order.Kind{order.ScanNotSeen}, false},
		{"scan that is not seen, or cancellation", l.CancelUncollected, later(l.seen, l.scanned), l.collected, []time.Duration{hours}, []order.Kind{order.ScanNotSeen}, false},
	}
	for _, tt := range tests {
		for _, before := range tt.before {
			end := tt.at.Add(-before)
			if tt.at.IsZero() || !tt.since.Before(end) || !tt.until.After(end) {
				continue // It does not apply then.
			}
			found := slices.ContainsFunc(log, func(w telling) bool {
				return slices.Contains(tt.kinds, w.Kind) && (tt.any || w.Deadline.Equal(tt.at)) &&
					(before == day || w.Stage != order.Stage24h) && !w.at.After(end)
			})
			if !found {
				t.Fatalf("%s until %s: nothing told %s before\ntold: %v\nlife: %+v", tt.name, tt.at, before, log, l)
			}
		}
	}
}

// checkNeeded checks that a warning was true when it was told.
func (l *life) checkNeeded(t *rapid.T, w *telling) {
	over := map[order.Kind]time.Time{
		order.ShipDeadline: l.shipped, order.CancelUnshipped: l.shipped,
		order.NoScan: l.scanned, order.CancelUncollected: l.scanned, order.ScanNotSeen: l.collected,
		order.DeliverDeadline: l.arrived, order.CancelUndelivered: l.arrived,
	}
	if end := over[w.Kind]; !w.at.Before(end) {
		t.Fatalf("%s told at %s, over at %s", w.Key(), w.at, end)
	}
	if w.Kind == order.ScanNotSeen {
		return // It is evidence after the deadline too.
	}
	missed := w.Stage == order.StageMissed
	if missed == w.at.Before(w.Deadline) || !w.at.Before(w.Deadline.Add(24*time.Hour)) {
		t.Fatalf("%s told at %s", w.Key(), w.at)
	}
	if missed && w.Kind != order.ShipDeadline && w.Kind != order.NoScan {
		t.Fatalf("%s told, which is of no breach", w.Key())
	}
}
