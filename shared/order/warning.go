package order

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Parcel is what is known of a package's number from others than the
// marketplace.
type Parcel struct {
	Number string
	// ScannedAt is the first physical scan and DeliveredAt the delivery, by a
	// carrier or an aggregator; zero: there is none.
	ScannedAt, DeliveredAt time.Time
	Scan                   string // that scan in words, as evidence: "UPS, Reno, NV, 2026-03-02 10:15"; may be ""
	Fault                  string // why the number cannot be one, in words; ""
	UsedBy                 string // another order of which the number is too, not in the same package; ""
	Carrier                string // whose number it is by its form, if that is surely not the provider's; ""
}

// The stages of a warning of a deadline.
const (
	Stage24h    = "24h"    // at least 24 hours before
	Stage4h     = "4h"     // at least 4 hours before
	StageMissed = "missed" // after it, if nothing was told before
)

// Warning is something that the seller should know of an order while there is
// time to act.
//
// It is computed from what is known now, and no record of it is kept but its
// key: who tells asks again later, and what is not true any more is not told.
type Warning struct {
	Kind Kind
	// What makes two warnings of a kind different: a deadline ("ship", "collect",
	// "deliver", "cancel_unshipped", "cancel_uncollected", "cancel_undelivered"), a
	// number, or what to do of a cancellation ("do_not_ship", "stop_parcel").
	What     string
	Stage    string    // of a deadline; else ""
	Occasion string    // makes what happens again another warning; may be ""
	Deadline time.Time // zero: it has none

	Number, Provider, Scan, Reason string // for the text; may be ""

	// Since is from when it is to be told; zero: at once.
	Since time.Time
}

// Warnings returns what is to be told of an order now, the most urgent first,
// and the next time at which there is more (zero: never) if nothing changes
// until then. It does not know what was told: see [Untold].
//
// Each deadline is warned of twice, one warning replacing the other, and a moved
// deadline is another one. Nothing is told of an order that is not paid, on hold,
// delivered, closed, or packed by the marketplace. An order is taken as it is
// kept: if it is [Order.Stale], ask for it first.
func Warnings(o *Order, parcels []Parcel, now time.Time) (due []Warning, next time.Time) {
	p := planOf(o, parcels, now)
	for i := range p.spans {
		switch s := &p.spans[i]; {
		case s.Since.After(now):
			p.lookAgain(s.Since)
		case s.until.IsZero() || now.Before(s.until):
			due = append(due, s.Warning)
		}
	}
	slices.SortStableFunc(due, func(a, b Warning) int { return a.compare(&b) })
	return due, p.next
}

// compare orders warnings by urgency: by the time that is left, roughly, then by
// what it would cost, then by the time that is left, exactly: what has no deadline
// is for now.
func (w *Warning) compare(v *Warning) int {
	if c := cmp.Compare(w.rank(), v.rank()); c != 0 {
		return c
	}
	if c := cmp.Compare(v.Kind.severity(), w.Kind.severity()); c != 0 {
		return c
	}
	return cmp.Or(w.Deadline.Compare(v.Deadline), strings.Compare(w.Key(), v.Key()))
}

func (w *Warning) rank() int {
	switch {
	case w.Stage == Stage4h, w.Stage == "" && w.Kind.severity() == 3:
		return 0
	case w.Stage == StageMissed:
		return 2
	}
	return 1
}

// Key names a warning among those that were told of the order.
func (w *Warning) Key() string { return w.key(w.Kind, w.What, w.Number, w.Stage) }

func (w *Warning) key(k Kind, what, number, stage string) string {
	deadline := ""
	if !w.Deadline.IsZero() {
		deadline = strconv.FormatInt(w.Deadline.Unix(), 10)
	}
	if !k.perNumber() {
		number = "" // It is only for the text.
	}
	key := strings.Join([]string{string(k), what, number, stage, deadline}, "|")
	if w.Occasion != "" {
		key += "|" + w.Occasion
	}
	return key
}

// perNumber tells whether there is a warning for each number of an order.
func (k Kind) perNumber() bool { return k == NoScan || k == CancelUncollected || k == ScanNotSeen }

// Untold returns those of due that are to be told, given the keys of those that
// were: each once, that a deadline was missed only if nothing was told of it,
// and that a new label has no scan not right after the same deadline was warned
// of without one.
func Untold(due []Warning, told func(key string) bool) []Warning {
	return slices.DeleteFunc(slices.Clone(due), func(w Warning) bool {
		return told(w.Key()) || slices.ContainsFunc(w.covered(), told)
	})
}

// covered returns the keys of warnings that make w needless.
func (w *Warning) covered() []string {
	var keys []string
	add := func(k Kind, what string, stages ...string) {
		for _, stage := range stages {
			keys = append(keys, w.key(k, what, w.Number, stage))
		}
	}
	stages := []string{Stage24h}
	if w.Stage == StageMissed {
		stages = []string{Stage24h, Stage4h, StageMissed}
		add(w.Kind, w.What, Stage24h, Stage4h)
	}
	switch {
	case w.Stage == "" || w.Stage == Stage4h:
	case w.Kind == NoScan:
		add(ShipDeadline, ship, stages...)
		add(ShipDeadline, collect, stages...)
	case w.Kind == CancelUncollected:
		add(CancelUnshipped, cancelUnshipped, stages...)
		add(CancelUnshipped, cancelUncollected, stages...)
	}
	return keys
}
