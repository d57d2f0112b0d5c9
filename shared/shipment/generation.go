package shipment

import (
	"slices"
	"time"
)

const (
	// OneParcel is how far apart registrations of one parcel may be, each from
	// the next: carriers use a number again after months at the earliest.
	OneParcel = 90 * 24 * time.Hour
	// beforeOrder and beforeAdded are how long before an order, or before a
	// number was added by hand, its parcel may have been scanned.
	beforeOrder = 2 * 24 * time.Hour
	beforeAdded = 60 * 24 * time.Hour
)

// Generation is the time in which a number belongs to one parcel: from Begin up
// to but not including End (zero: for ever). Carriers use numbers again, so one
// number may have several. The zero Generation holds all of time.
type Generation struct {
	Begin, End time.Time
	// RegisteredAt is the earliest order or registration; zero: nobody asked to
	// follow this number.
	RegisteredAt time.Time
	// OrderedAt is the earliest order; zero: there is none.
	OrderedAt time.Time
	// FollowedAt is when the first of them was told: an order may be told long
	// after it was placed, and what was not heard before is no silence.
	FollowedAt time.Time
}

// Holds tells whether a time belongs to the generation.
func (g *Generation) Holds(t time.Time) bool {
	return !t.Before(g.Begin) && (g.End.IsZero() || t.Before(g.End))
}

// Generations returns the parcels that the number has stood for, oldest first.
// Registrations make them, whenever they come in. Without any there is one.
func (s *Set) Generations() []Generation {
	var all []Link
	for _, l := range s.Links {
		if l.Registers() {
			if l.At.IsZero() {
				l.At = l.AsOf // It was made at the latest when it was told.
			}
			all = append(all, l)
		}
	}
	if len(all) == 0 {
		return []Generation{{}}
	}
	slices.SortFunc(all, func(a, b Link) int { return a.At.Compare(b.At) })
	var out []Generation
	for i, l := range all {
		if i == 0 || l.At.Sub(all[i-1].At) >= OneParcel {
			out = append(out, Generation{RegisteredAt: l.At})
		}
		g := &out[len(out)-1]
		told := l.AsOf
		if told.IsZero() {
			told = l.At
		}
		if g.FollowedAt.IsZero() || told.Before(g.FollowedAt) {
			g.FollowedAt = told
		}
		if l.Kind == OrderLink && g.OrderedAt.IsZero() {
			g.OrderedAt = l.At
		}
	}
	for i := range out {
		g := &out[i]
		if g.OrderedAt.IsZero() {
			g.Begin = g.RegisteredAt.Add(-beforeAdded)
		} else {
			g.Begin = g.OrderedAt.Add(-beforeOrder)
		}
		if g.RegisteredAt.Before(g.Begin) {
			g.Begin = g.RegisteredAt // Who asked then asked for this parcel.
		}
		if i > 0 {
			out[i-1].End = g.Begin
		}
	}
	return out
}

// owner returns the generation that a time belongs to: the last one that has
// begun by then, else the first.
func owner(all []Generation, t time.Time) Generation {
	for _, g := range slices.Backward(all) {
		if !t.Before(g.Begin) {
			return g
		}
	}
	return all[0]
}
