package shipment

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

// Flag is something about a parcel that no scan says: time passed, or sources
// contradict each other. Flags are derived wherever they are read, never stored.
// The values are published.
type Flag string

// The flags.
const (
	NoScanLate         Flag = "NO_SCAN_LATE"         // announced, and not handed over
	Stalled            Flag = "STALLED"              // under way, and not scanned
	Late               Flag = "LATE"                 // the day first promised has passed
	EDDMoved           Flag = "EDD_MOVED"            // the promised day is later than the first one
	LikelyLate         Flag = "LIKELY_LATE"          // parcels of its lane are there by now
	LikelyLost         Flag = "LIKELY_LOST"          // not scanned for so long that nobody expects it
	PickupExpiring     Flag = "PICKUP_EXPIRING"      // waits at a pickup point, and will go back
	RepeatedFailure    Flag = "REPEATED_FAILURE"     // two attempts failed or more
	SourceSilent       Flag = "SOURCE_SILENT"        // its carrier says nothing, others do
	TikTokMismatch     Flag = "TIKTOK_MISMATCH"      // carrier and marketplace disagree whether it is delivered
	NumberReuseSuspect Flag = "NUMBER_REUSE_SUSPECT" // events of another parcel stand under the number
	CarrierConflict    Flag = "CARRIER_CONFLICT"     // so do events of another carrier
)

// Raised is a flag that is up.
type Raised struct {
	Flag Flag
	// Since is when its condition became true: of the facts, not of the check.
	Since time.Time
}

// Thresholds are the times after which flags go up.
type Thresholds struct {
	NoScan, Unknown              time.Duration // from the label; from the registration
	StalledDomestic, StalledFar  time.Duration // from the newest event
	LostDomestic, LostFar        time.Duration
	Pickup                       time.Duration // from the arrival at the point
	Silent                       time.Duration // between the carrier's newest event and others'
	Mismatch                     time.Duration // from what one of two says
	ReuseAfterFinal, BeforeOrder time.Duration
	// Lane is how long parcels of this lane take from the first scan; 0: nobody
	// knows.
	Lane time.Duration
}

const dayLong = 24 * time.Hour

// Defaults are the thresholds where nothing better is known of a lane.
func Defaults() Thresholds {
	return Thresholds{
		NoScan: 2 * dayLong, Unknown: 3 * dayLong,
		StalledDomestic: 3 * dayLong, StalledFar: 7 * dayLong,
		LostDomestic: 15 * dayLong, LostFar: 30 * dayLong,
		Pickup: 3 * dayLong, Silent: dayLong, Mismatch: dayLong,
		ReuseAfterFinal: 120 * dayLong, BeforeOrder: dayLong,
	}
}

// Evaluate returns the flags that are up at a time, in the order above, and the
// next time at which one would go up by itself (zero: never). It is pure.
func Evaluate(sh *Shipment, now time.Time, t Thresholds) (up []Raised, next time.Time) {
	e := evaluation{sh: sh, now: now, t: t}
	e.newest, e.first = e.ends()
	e.pending()
	e.moving()
	e.promised()
	e.waiting()
	e.contradictions()
	return e.up, e.next
}

// Flags returns the names of the flags that are up by the default thresholds.
func Flags(sh *Shipment, now time.Time) []Flag {
	up, _ := Evaluate(sh, now, Defaults())
	names := make([]Flag, len(up))
	for i := range up {
		names[i] = up[i].Flag
	}
	return names
}

type evaluation struct {
	sh            *Shipment
	now           time.Time
	t             Thresholds
	newest, first time.Time // events that count; zero: there are none
	up            []Raised
	next          time.Time
}

// raise puts a flag up if its time has come, else notes when it will.
func (e *evaluation) raise(f Flag, since time.Time) {
	switch {
	case !since.After(e.now):
		e.up = append(e.up, Raised{f, since})
	case e.next.IsZero() || since.Before(e.next):
		e.next = since
	}
}

func (e *evaluation) ends() (newest, first time.Time) {
	for i := range e.sh.Events {
		f := &e.sh.Events[i]
		if !counts(f) {
			continue
		}
		newest = f.SortTime()
		if first.IsZero() && f.Status != InfoReceived {
			first = newest
		}
	}
	return newest, first
}

func (e *evaluation) pending() {
	switch e.sh.Status {
	case InfoReceived:
		e.raise(NoScanLate, e.runSince().Add(e.t.NoScan))
	case Pending:
		if !e.sh.RegisteredAt.IsZero() {
			e.raise(NoScanLate, e.sh.FollowedAt.Add(e.t.Unknown))
		}
	default:
	}
}

// moving: a parcel that is held until a day is not stalled before it. A marketplace
// says that it is under way, and then nothing until it has arrived: where nobody
// else speaks that is no silence.
func (e *evaluation) moving() {
	domestic := e.domestic() && e.scanned()
	if e.sh.Status == InTransit && !e.newest.IsZero() {
		since := e.newest.Add(pick(domestic, e.t.StalledDomestic, e.t.StalledFar))
		if e.sh.SubStatus == Held && e.sh.Estimate.To != "" {
			since = later(since, passed(e.sh.Estimate.To))
		}
		e.raise(Stalled, since)
	}
	if e.t.Lane > 0 && !e.first.IsZero() && e.onItsWay() {
		e.raise(LikelyLate, e.first.Add(e.t.Lane))
	}
	if !e.newest.IsZero() && e.onItsWay() {
		e.raise(LikelyLost, e.newest.Add(pick(domestic, e.t.LostDomestic, e.t.LostFar)))
	}
}

// scanned tells whether anybody but a marketplace speaks of the parcel.
func (e *evaluation) scanned() bool {
	return slices.ContainsFunc(e.sh.Events, func(f Folded) bool { return counts(&f) && f.Kind > Marketplace })
}

// onItsWay tells whether a scan is to be expected.
func (e *evaluation) onItsWay() bool {
	switch e.sh.Status {
	case InTransit, OutForDelivery, FailedAttempt, Exception:
		return !e.sh.Final()
	case Expired:
		return !e.first.IsZero() // One that was never handed over is not lost.
	default:
		return e.sh.Code == Code{Return, Returning}
	}
}

func (e *evaluation) promised() {
	p := e.sh.Estimate
	if p.First == "" || e.sh.Final() || e.sh.Status == Return {
		return
	}
	if due := passed(p.First); !due.IsZero() {
		e.raise(Late, due)
	}
	if p.To > p.First {
		e.raise(EDDMoved, p.AsOf)
	}
}

func (e *evaluation) waiting() {
	if e.sh.Status == AvailableForPickup {
		e.raise(PickupExpiring, e.runSince().Add(e.t.Pickup))
	}
	if !e.sh.failedAgain.IsZero() && !e.sh.Final() {
		e.raise(RepeatedFailure, e.sh.failedAgain)
	}
}

// runSince is since when the parcel has been in its status without a break:
// some sources tell it anew each day.
func (e *evaluation) runSince() time.Time {
	since := e.sh.StatusAt
	for _, f := range slices.Backward(e.sh.Events) {
		switch f.Effect.Status {
		case "":
		case e.sh.Status:
			since = f.OccurredAt
		default:
			return since
		}
	}
	return since
}

func (e *evaluation) contradictions() {
	e.silent()
	e.mismatch()
	e.reused()
	if len(e.sh.Others) > 0 {
		e.raise(CarrierConflict, e.sh.Others[0].SortTime())
	}
}

// silent: the carrier has spoken, and says nothing of what an aggregator knows.
func (e *evaluation) silent() {
	var carrier, others time.Time
	for i := range e.sh.Events {
		switch f := &e.sh.Events[i]; {
		case !counts(f):
		case f.Kind == Carrier:
			carrier = f.SortTime()
		case f.Kind == Aggregator:
			others = f.SortTime()
		}
	}
	if !carrier.IsZero() && others.Sub(carrier) > e.t.Silent {
		e.raise(SourceSilent, carrier.Add(e.t.Silent))
	}
}

// mismatch: of carrier and marketplace one says delivered and the other does
// not.
func (e *evaluation) mismatch() {
	var there, here *Folded // the newest word of the marketplace, and of the others
	for i := range e.sh.Events {
		switch f := &e.sh.Events[i]; {
		case !counts(f):
		case f.Kind == Marketplace:
			there = f
		case f.Kind > Marketplace:
			here = f
		}
	}
	if there == nil || here == nil || (there.Status == Delivered) == !e.sh.DeliveredAt.IsZero() {
		return
	}
	says := e.sh.DeliveredAt
	if there.Status == Delivered {
		says = there.SortTime()
	}
	e.raise(TikTokMismatch, says.Add(e.t.Mismatch))
}

// reused: scans that cannot be of the parcel that was ordered.
func (e *evaluation) reused() {
	var final, first *Folded
	for i := range e.sh.Events {
		f := &e.sh.Events[i]
		if !counts(f) {
			continue
		}
		if first == nil {
			first = f
		}
		if e.sh.RegisteredAt.IsZero() && final != nil && f.SortTime().Sub(final.SortTime()) >= e.t.ReuseAfterFinal {
			e.raise(NumberReuseSuspect, f.SortTime())
			return
		}
		if f.Effect.Final() {
			final = f
		}
	}
	ordered := e.sh.OrderedAt
	switch {
	case first == nil || ordered.IsZero():
	case ordered.Sub(first.SortTime()) > e.t.BeforeOrder:
		e.raise(NumberReuseSuspect, ordered)
	case !e.sh.elsewhere.IsZero():
		e.raise(NumberReuseSuspect, e.sh.elsewhere)
	}
}

// domestic tells whether a parcel stays in one country, as far as is known.
func (e *evaluation) domestic() bool {
	var countries []string
	add := func(c string) {
		if c != "" && !slices.Contains(countries, c) {
			countries = append(countries, c)
		}
	}
	add(e.sh.Origin)
	add(e.sh.Destination)
	for i := range e.sh.Events {
		add(e.sh.Events[i].Location.Country)
	}
	return len(countries) == 1
}

// passed is when the last day of a promise is over at a destination whose clock
// nobody knows: at noon UTC of the next day it is over nearly everywhere.
func passed(date string) time.Time {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return time.Time{}
	}
	return t.AddDate(0, 0, 1).Add(12 * time.Hour)
}

func pick(domestic bool, near, far time.Duration) time.Duration {
	if domestic {
		return near
	}
	return far
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// elsewhere is since when carriers tell of another postal area than the order, of
// the same country: where the parcel goes, or where it was delivered. One word that
// may agree with the order is enough for silence. So is a parcel that was sent to
// another address or to a pickup point, which may lie anywhere. Zero: they do not, or
// there is no scan yet.
func (s *Set) elsewhere(sh *Shipment) (since time.Time) {
	ordered := s.areas(func(l *Link) bool { return l.SourceKind <= Marketplace }, time.Time{})
	if len(ordered) == 0 {
		return time.Time{}
	}
	first, delivered, diverted := sh.arrivals()
	told := append(s.areas(func(l *Link) bool { return l.SourceKind > Marketplace }, first), delivered...)
	if diverted {
		return time.Time{}
	}
	for _, a := range ordered {
		for _, b := range told {
			switch {
			case a.country != b.country:
			case a.mayBe(b.postal):
				return time.Time{}
			case since.IsZero() || b.since.Before(since):
				since = b.since
			}
		}
	}
	return since
}

// arrivals are the first scan, the areas in which carriers delivered the parcel, and
// whether it was to end elsewhere than at its address.
func (sh *Shipment) arrivals() (first time.Time, delivered []area, diverted bool) {
	for i := range sh.Events {
		f := &sh.Events[i]
		if !counts(f) {
			continue
		}
		if first.IsZero() {
			first = f.SortTime()
		}
		if f.Effect.Status == Delivered && f.Kind > Marketplace {
			delivered = appendArea(delivered, f.Location.Country, f.Location.PostalCode, f.SortTime())
		}
		diverted = diverted || f.Status == AvailableForPickup || f.SubStatus == Collected || f.SubStatus == Redirected || f.SubStatus == RecipientMoved
	}
	return first, delivered, diverted
}

// area is the beginning of a postal code, and since when it is told of.
type area struct {
	country, postal string
	since           time.Time
}

// areas are those to which the parcel goes by the links of some.
func (s *Set) areas(of func(*Link) bool, since time.Time) (out []area) {
	for i := range s.Links {
		l := &s.Links[i]
		if l.Kind == DestinationLink && !l.Withdrawn && of(l) {
			country, postal, _ := strings.Cut(l.Value, " ")
			out = appendArea(out, country, postal, since)
		}
	}
	return out
}

// appendArea adds an area that is known. Only letters and digits tell areas apart:
// one source writes 00-950, another 00950, a third masks what follows.
func appendArea(to []area, country, postal string, since time.Time) []area {
	postal = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, postal)
	if country == "" || postal == "" {
		return to
	}
	return append(to, area{strings.ToUpper(country), postal, since})
}

// mayBe tells whether an area may be the one that another source names: E1 is the
// beginning of E16 where the blank of a code was lost, and D-1 that of D-10115.
func (a *area) mayBe(postal string) bool {
	digits := func(s string) bool { return '0' <= s[0] && s[0] <= '9' }
	return strings.HasPrefix(a.postal, postal) || strings.HasPrefix(postal, a.postal) || digits(a.postal) != digits(postal)
}
