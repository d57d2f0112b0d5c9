package order

import "time"

// Rate is how a shop does by the two rates that a marketplace judges it by, from
// what is known here. The marketplace counts for itself, and may count otherwise.
type Rate struct {
	Late, Dispatched int // orders: dispatched late or not at all; judged
	Valid, Shipped   int // packages: with a number that can be followed; judged
	Window           time.Duration
	// LateBar is the share of late orders up to which the policy has nothing to say,
	// ValidBar the share of valid packages from which; 0: none is known.
	LateBar, ValidBar float64
}

// Seen is what is known of a number from others than the marketplace.
type Seen struct {
	Scans        int  // by carriers or aggregators; making the label is none
	Fault        bool // it cannot be a number
	OtherCarrier bool // it is surely not the provider's
}

// Clocks by which an order is dispatched.
type clock int

const (
	byEither clock = iota // late if one of the two is late
	byLabel
	byScan
)

// policy is how a market counts.
type policy struct {
	window            time.Duration
	clock             clock
	lateBar, validBar float64
}

const day = 24 * time.Hour

// policies are those of the markets (country codes of the shops' regions). Where
// pages leave it open, it is the stricter: in a shorter window a bad week weighs
// more, and both clocks catch what one of them would.
//
//   - US: late at most 4 %, valid at least 95 % (Seller University US: late dispatch
//     rate, valid tracking rate of 2025-10-31). Since 2026-01-26 dispatched means In
//     Transit (best practices of 2026-01-17); older pages say the label. The window
//     is 14 to 21 days by third parties.
//   - GB: since 2024-11-04 the label counts, and there is a valid tracking rate, of
//     which no bar was seen (third parties). The window is that of the on-time
//     delivery rate, 7 days (yeklql2a), as it is for the EU.
//   - TH, and others in South East Asia: ready within 2 and collected within 3
//     working days (Seller University TH); the second only cancels there, but
//     tts_sla_time is documented as late dispatch everywhere. So both count.
var policies = map[string]policy{
	"US": {14 * day, byScan, 0.04, 0.95},
	"GB": {7 * day, byLabel, 0, 0},
}

// elsewhere is the policy of a market of which none was seen.
var elsewhere = policy{7 * day, byEither, 0, 0}

const (
	scansNeeded = 2              // for a valid number (third parties; partly in the guide)
	scanGrace   = 72 * time.Hour // in which a package may still get them
)

// Rates returns the rates of a shop of the region (ISO 3166-1 alpha-2, UK is
// GB), given its orders of the window and what is known of their numbers.
//
// An order is judged when it is dispatched or its deadline is over, whichever is
// first; a package when it was shipped, or if nothing can be said of it yet 72
// hours later. Orders packed by the marketplace are not the shop's.
func Rates(orders []Order, seen func(number string) Seen, region string, now time.Time) Rate {
	p := policyOf(region)
	r := Rate{Window: p.window, LateBar: p.lateBar, ValidBar: p.validBar}
	in := func(at time.Time) bool { return !at.After(now) && at.After(now.Add(-p.window)) }
	counted := map[string]bool{}
	for i := range orders {
		o := &orders[i]
		if o.packedElsewhere() {
			continue
		}
		if late, at := o.late(p.clock); in(at) {
			r.Dispatched++
			if late {
				r.Late++
			}
		}
		if !in(o.ShippedAt) || o.cancelled() && o.CollectedAt.IsZero() {
			continue // The goods did not leave.
		}
		for j := range o.Packages {
			h := &o.Packages[j]
			if counted[h.identity()] {
				continue // In a package may be several orders.
			}
			counted[h.identity()] = h.identity() != ""
			judged, valid := o.Shipping == "TIKTOK", true
			if !judged {
				judged, valid = h.judge(seen, now.Sub(o.ShippedAt))
			}
			if judged {
				r.Shipped++
			}
			if judged && valid {
				r.Valid++
			}
		}
	}
	return r
}

func policyOf(region string) policy {
	if region == "UK" {
		region = "GB"
	}
	if p, ok := policies[region]; ok {
		return p
	}
	return elsewhere
}

func (o *Order) cancelled() bool {
	return o.Status == "CANCEL" || o.Status == "CANCELLED" || !o.CancelledAt.IsZero()
}

// late tells whether the order was dispatched late, and since when that is
// certain, which may be yet to come; zero: it never will be.
func (o *Order) late(c clock) (late bool, at time.Time) {
	label := func() (bool, time.Time) { return o.kept(o.Deadlines.Ship, o.ShippedAt, shipped) }
	scan := func() (bool, time.Time) { return o.kept(o.Deadlines.Collect, o.CollectedAt, inTransit) }
	switch {
	case c == byLabel || c == byEither && o.Deadlines.Collect.IsZero():
		return label()
	case c == byScan && !o.Deadlines.Collect.IsZero() || o.Deadlines.Ship.IsZero():
		return scan()
	case c == byScan:
		return label() // The only clock that the marketplace names.
	}
	if late, at := label(); late {
		return late, at
	}
	return scan()
}

// kept tells whether a deadline was missed by what happened at done, and since
// when that is certain, which may be yet to come; zero: it never will be.
func (o *Order) kept(deadline, done time.Time, by progress) (late bool, at time.Time) {
	switch {
	case deadline.IsZero():
		return false, time.Time{}
	case !done.IsZero() && !done.After(deadline):
		return false, done
	case !done.IsZero():
		return true, deadline
	case o.cancelled():
		// Without a time nobody knows which was first.
		if o.CancelledAt.After(deadline) {
			return true, deadline
		}
		return false, time.Time{}
	}
	if is := o.progress(); is == closed || is >= by {
		return false, time.Time{} // It happened, or need not; when is not known.
	}
	return true, deadline
}

// identity is what a package is counted by.
func (h *Held) identity() string {
	if h.PackageID != "" {
		return "package " + h.PackageID
	}
	if h.TrackingNumber != "" {
		return "number " + h.TrackingNumber
	}
	return ""
}

// judge tells whether the package, shipped so long ago, can be judged, and
// whether its number is valid.
func (h *Held) judge(seen func(number string) Seen, age time.Duration) (judged, valid bool) {
	var s Seen
	if h.TrackingNumber != "" {
		s = seen(h.TrackingNumber)
	}
	switch {
	case s.Fault || s.OtherCarrier:
		return true, false
	case s.Scans >= scansNeeded:
		return true, true
	}
	return age >= scanGrace, false
}
