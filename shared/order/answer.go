package order

import (
	"cmp"
	"slices"
	"time"
)

// Answer takes over an answer about the order, which came now. It reports false
// for one that is older than what is known: then nothing changes.
//
// Numbers that are not there any more are in Gone afterwards. Where an order that is
// under way, or over, lists no package, those that it had stay: a parcel does not
// turn back because its order lists it no more.
func (o *Order) Answer(c *Change, now time.Time) bool {
	updated := sane(c.UpdatedAt, now)
	if c.Details == nil || !updated.IsZero() && updated.Before(o.UpdatedAt) {
		return false
	}
	if o.Followed.IsZero() {
		o.Followed = now
	}
	before := o.Packages
	o.readdress(c.Details, now)
	d := *c.Details
	if d.CancelAsked && !o.CancelAsked {
		o.CancelAskedAt = now
	}
	if d.PostalCode == "" && (d.Country == "" || d.Country == o.Country) { // They are masked by and by.
		d.Country, d.PostalCode = o.Country, o.PostalCode
	}
	o.Status, o.UpdatedAt, o.Details, o.Fetched = c.Status, later(o.UpdatedAt, updated), d, now
	if len(c.Packages) == 0 && o.leftAlready() {
		return true
	}
	o.Packages = nil
	for _, p := range c.Packages {
		o.hold(before, p)
	}
	o.leave(before, now)
	return true
}

// leftAlready tells whether parcels may be under way, whatever is listed.
func (o *Order) leftAlready() bool {
	switch o.Status {
	case "IN_TRANSIT", "DELIVERED", "COMPLETED", "CANCELLED":
		return true
	}
	return !o.CancelledAt.IsZero() || !o.CollectedAt.IsZero()
}

// readdress notes that the address is another than the one before, unless a push
// has said so.
func (o *Order) readdress(d *Details, now time.Time) {
	changed := d.AddressChanged && !o.AddressChanged ||
		d.PostalCode != "" && o.PostalCode != "" && (d.PostalCode != o.PostalCode || d.Country != o.Country)
	if changed && !o.Fetched.IsZero() && !o.Readdressed.After(o.Fetched.Add(-time.Hour)) {
		o.Readdressed = now
	}
}

// hold adds a package of an answer, with what was known of it.
func (o *Order) hold(before []Held, p Package) {
	h := Held{PackageID: p.PackageID}
	if at := slices.IndexFunc(before, func(b Held) bool { return b.is(p) }); at >= 0 {
		h = before[at]
		h.Said = slices.Clone(h.Said)
	}
	h.take(p)
	o.Packages = append(o.Packages, h)
}

// is tells whether an answer's package is this one: those without an id go by
// their number.
func (h *Held) is(p Package) bool {
	if h.PackageID != "" && p.PackageID != "" {
		return h.PackageID == p.PackageID
	}
	return p.TrackingNumber != "" && (h.TrackingNumber == p.TrackingNumber || h.FirstMile == p.TrackingNumber)
}

// take takes over what an answer says of a package. An answer about the order
// knows only the first number of two.
func (h *Held) take(p Package) {
	if p.FirstMile != "" || p.TrackingNumber == "" || p.TrackingNumber != h.FirstMile {
		h.TrackingNumber, h.FirstMile = p.TrackingNumber, p.FirstMile
	}
	h.PackageID = cmp.Or(h.PackageID, p.PackageID)
	h.Provider, h.ProviderID, h.Status = p.Provider, p.ProviderID, p.Status
}

// Package takes over an answer about one of the order's packages; false: it is
// not in the order.
func (o *Order) Package(p Package, now time.Time) bool {
	at := slices.IndexFunc(o.Packages, func(h Held) bool { return p.PackageID != "" && h.PackageID == p.PackageID })
	if at < 0 {
		return false
	}
	before := slices.Clone(o.Packages)
	o.Packages[at].take(p)
	o.leave(before, now)
	return true
}

// leave notes which numbers are not there any more, and by which of the same
// package they were replaced.
func (o *Order) leave(before []Held, now time.Time) {
	has := func(number string) bool {
		return slices.ContainsFunc(o.Packages, func(h Held) bool { return h.TrackingNumber == number || h.FirstMile == number })
	}
	o.Gone = slices.DeleteFunc(slices.Clone(o.Gone), func(g Gone) bool { return has(g.Number) })
	for i := range before {
		b := &before[i]
		for _, number := range []string{b.TrackingNumber, b.FirstMile} {
			if number == "" || has(number) {
				continue
			}
			g := Gone{Number: number, PackageID: b.PackageID, At: now, Heirs: o.heirs(before, b)}
			o.Gone = append(slices.DeleteFunc(o.Gone, func(g Gone) bool { return g.Number == number }), g)
		}
	}
	o.Gone = o.Gone[max(0, len(o.Gone)-maxGone):]
}

// maxGone is how many numbers are remembered that an order has no more.
const maxGone = 100

// heirs are the packages that are there in place of one: itself, else those that are
// new, else the only one that is left.
func (o *Order) heirs(before []Held, b *Held) (ids []string) {
	for i := range o.Packages {
		h := &o.Packages[i]
		if b.PackageID != "" && h.PackageID == b.PackageID {
			return []string{h.PackageID}
		}
		if h.PackageID != "" && !slices.ContainsFunc(before, func(b Held) bool { return b.PackageID == h.PackageID }) {
			ids = append(ids, h.PackageID)
		}
	}
	if len(ids) == 0 && len(o.Packages) == 1 {
		ids = append(ids, o.Packages[0].PackageID)
	}
	return ids
}

// Instead are the numbers that the heirs of one that is gone have now: none, while a
// label is taken back and not made again.
func (o *Order) Instead(g *Gone) (numbers []string) {
	for i := range o.Packages {
		h := &o.Packages[i]
		if h.TrackingNumber != "" && slices.Contains(g.Heirs, h.PackageID) {
			numbers = append(numbers, h.TrackingNumber)
		}
	}
	return numbers
}

// Since returns from when on a word is true of a package: since it was first
// said. Answers give some words another time whenever they are asked.
func (h *Held) Since(word string, at time.Time) time.Time {
	for _, s := range h.Said {
		if s.Word == word {
			return s.At
		}
	}
	h.Said = append(h.Said, Said{word, at})
	return at
}

// Undated returns the packages of which the answer about the order says a word that
// is new, and not since when it is true: of several packages its own times are
// those of the last.
func (o *Order) Undated() []string {
	var out []string
	for i := range o.Packages {
		h := &o.Packages[i]
		at, dated := o.When(h.Status)
		said := slices.ContainsFunc(h.Said, func(s Said) bool { return s.Word == h.Status })
		if h.PackageID != "" && h.TrackingNumber != "" && dated && (at.IsZero() || len(o.Packages) > 1) && !said {
			out = append(out, h.PackageID)
		}
	}
	return out
}

// When is when a word on packages was true of the last of them, zero if it is not so
// far; known is false for words of which the order never says it.
func (o *Order) When(word string) (at time.Time, known bool) {
	switch word {
	case "PROCESSING", "AWAITING_COLLECTION":
		return o.ShippedAt, true
	case "FULFILLING", "IN_TRANSIT":
		return o.CollectedAt, true
	case "COMPLETED", "DELIVERED":
		return o.DeliveredAt, true
	case "CANCELLED":
		return o.CancelledAt, true
	}
	return time.Time{}, false
}

// Settled notes that nothing is asked for any more.
func (o *Order) Settled() { o.Stale, o.Wanted = time.Time{}, nil }

// Differs tells whether an entry of a list says something that the order does not
// know: then it must be asked for.
func (o *Order) Differs(c *Change) bool {
	if o.Fetched.IsZero() || !o.Stale.IsZero() {
		return true
	}
	if c.Details != nil && (c.UpdatedAt.After(o.UpdatedAt) || c.UpdatedAt.Equal(o.UpdatedAt) && c.Status != o.Status) {
		return true
	}
	return slices.ContainsFunc(c.Packages, func(p Package) bool {
		at := slices.IndexFunc(o.Packages, func(h Held) bool { return h.is(p) })
		return at < 0 || o.Packages[at].Status != p.Status || c.Details == nil && o.Packages[at].TrackingNumber != p.TrackingNumber
	})
}

// Over tells whether nothing is to be expected of the order any more: it is
// complete, or cancelled before a parcel left.
func (o *Order) Over() bool {
	return o.Status == "COMPLETED" || o.Status == "CANCELLED"
}
