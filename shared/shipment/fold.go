package shipment

import (
	"slices"
	"strings"
	"time"
)

// Shipment is the state of a parcel: the fold of all facts of its number.
type Shipment struct {
	Number  string
	Carrier string // "": nobody has named one
	Code
	StatusAt    time.Time // of the event or answer that gives the status
	DecidedBy   ID        // that event; zero where an answer or nothing gives it
	DeliveredAt time.Time // of the delivery, kept through a return
	Estimate    Promise
	Attempts    int // local dates with a failed attempt
	Origin      string
	Destination string // country
	// Generation is the time of this parcel under its number.
	Generation
	Events []Folded // oldest first
	// Others are events under this number that speak of another carrier's
	// network: another parcel, perhaps. They move nothing.
	Others []Folded

	elsewhere   time.Time // since when carriers tell of another postal area than the order; zero: none does
	failedAgain time.Time // the second attempt; zero: there is none
}

// Promise is the expected delivery as the best source gives it. The zero
// Promise says that none does.
type Promise struct {
	Estimate        // the newest word
	First    string // last day of the first promise of that source
	Worst    string // the latest day it ever named
}

// Folded is an event in its place in the life of its parcel.
type Folded struct {
	Event
	ID ID
	// Effect is what the event meant there, which may differ from its Code: the
	// parcel "delivered" on its way back is RETURNED. The zero Code: it moved
	// nothing.
	Effect Code
	// WithdrawnAt is since when its source does not list it any more, so that it
	// moves nothing; zero: it does. UnlistedAt is the newest body without it.
	WithdrawnAt, UnlistedAt time.Time

	sortAt int64
	row    *Row
}

// SortTime is the instant by which the event stands in the order.
func (f *Folded) SortTime() time.Time { return time.Unix(f.sortAt, 0).UTC() }

// LocalDate is the date as the carrier prints it.
func (f *Folded) LocalDate() string { return f.LocalTime[:min(len(f.LocalTime), len(time.DateOnly))] }

// Offset is what the clock at the place of the event is ahead of UTC.
func (f *Folded) Offset() time.Duration {
	local, err := time.Parse(LocalLayout, f.LocalTime)
	if err != nil || f.Zone == Assumed {
		return 0
	}
	return local.Sub(f.OccurredAt)
}

// Fold computes the state of the parcel that the number stands for now: of its
// newest generation. It reads no clock.
func (s *Set) Fold() Shipment {
	all := s.Generations()
	return s.fold(all[len(all)-1])
}

// FoldAt computes the state of the parcel that the number stood for at a time.
func (s *Set) FoldAt(t time.Time) Shipment { return s.fold(owner(s.Generations(), t)) }

func (s *Set) fold(g Generation) Shipment {
	sh := Shipment{
		Number: s.Number, Generation: g, Carrier: s.carrier(),
		Origin: s.country(OriginLink), Destination: s.country(DestinationLink),
	}
	sh.Estimate = s.promise(&sh)
	s.events(&sh)
	newest, tier1 := s.run(&sh)
	sh.elsewhere = s.elsewhere(&sh)
	s.answer(&sh, newest, tier1)
	return sh
}

// events puts the version that counts of each event of the generation in its
// place, in the order of the fold.
func (s *Set) events(sh *Shipment) {
	dead, taken := s.superseded(), s.retractions()
	sh.Events = make([]Folded, 0, len(s.Versions))
	for i := range s.Versions {
		v := &s.Versions[i]
		if dead != nil && dead[i] || !sh.Holds(time.Unix(v.sortAt, 0)) {
			continue
		}
		f := Folded{Event: v.Event, ID: v.id, sortAt: v.sortAt, row: v.row}
		f.WithdrawnAt, f.UnlistedAt = taken.of(v)
		if s.foreign(sh.Carrier, v.Carrier) {
			sh.Others = append(sh.Others, f)
			continue
		}
		sh.Events = append(sh.Events, f)
	}
}

// superseded marks the versions that lose against another of the same event;
// nil where no event has two.
func (s *Set) superseded() []bool {
	best := make(map[ID]int, len(s.Versions))
	var dead []bool
	for i := range s.Versions {
		v := &s.Versions[i]
		old, twice := best[v.id]
		if !twice {
			best[v.id] = i
			continue
		}
		if dead == nil {
			dead = make([]bool, len(s.Versions))
		}
		if better(v, &s.Versions[old]) {
			dead[old], best[v.id] = true, i
		} else {
			dead[i] = true
		}
	}
	return dead
}

// run plays the events through the state machine and returns the time of the
// newest one that counts, and whether one of tier 1 does.
func (s *Set) run(sh *Shipment) (newest time.Time, tier1 bool) {
	for i := range sh.Events {
		tier1 = tier1 || counts(&sh.Events[i]) && sh.Events[i].Kind != Marketplace
	}
	m := machine{origin: sh.Origin, destination: sh.Destination}
	var attempts []string
	for i := range sh.Events {
		f := &sh.Events[i]
		if !counts(f) || f.Kind == Marketplace && tier1 {
			continue
		}
		newest = f.SortTime()
		if f.Status == FailedAttempt && !slices.Contains(attempts, f.LocalDate()) {
			if attempts = append(attempts, f.LocalDate()); len(attempts) == 2 {
				sh.failedAgain = newest
			}
		}
		if m.step(f) {
			sh.DecidedBy, sh.StatusAt = f.ID, f.OccurredAt
		}
	}
	sh.Code, sh.Attempts = m.code, len(attempts)
	if m.delivered != nil {
		sh.DeliveredAt = m.delivered.OccurredAt
	}
	return newest, tier1
}

// counts tells whether an event can move the state: it has a status and we know
// what it means, and its source has not taken it back.
func counts(f *Folded) bool {
	return f.row != &unknownRow && f.Status != Unknown && f.WithdrawnAt.IsZero()
}

// machine is the state of a parcel between two events.
type machine struct {
	origin, destination string

	code      Code
	returning bool    // turned back, and not released since
	delivered *Folded // the delivery that counts
}

// step lets an event act and reports whether it gave the state. It notes in the
// event what it meant.
func (m *machine) step(f *Folded) bool {
	effect := m.effect(f)
	if effect == (Code{}) {
		return false
	}
	switch {
	case effect == (Code{Return, Returning}):
		m.returning = true
	case f.SubStatus == Redirected, f.SubStatus == ProblemResolved, effect.Status == Delivered:
		m.returning = false
	}
	if effect.Status == Delivered && (m.code.Status != Delivered || m.delivered == nil) {
		m.delivered = f
	}
	m.code, f.Effect = effect, effect
	return true
}

// effect returns what the event means in the present state; the zero Code if it
// changes nothing.
func (m *machine) effect(f *Folded) Code {
	switch m.code {
	case Code{Return, Returned}, Code{Exception, Disposed}:
		return Code{}
	case Code{Exception, Lost}, Code{Cancelled, Generic}:
		if !f.Physical() {
			return Code{}
		}
		if m.returning && f.Status != Delivered {
			return Code{Return, Returning} // Found again, still on its way back.
		}
	}
	switch {
	case m.code.Status == Delivered:
		return m.afterDelivery(f)
	case m.returning:
		return m.onTheWayBack(f)
	}
	return f.Code
}

// afterDelivery: late uploads of plain scans are common and change nothing. A
// new start at least a day later is the parcel going back under its number.
func (m *machine) afterDelivery(f *Folded) Code {
	switch {
	case f.Status == Delivered, f.Status == Return, f.Code == Code{Exception, Damaged}, f.Code == Code{Exception, Lost}:
		return f.Code
	case f.Code == Code{InTransit, Accepted}, f.Status == OutForDelivery:
		if m.delivered != nil && f.sortAt-m.delivered.sortAt >= 24*60*60 && f.LocalDate() > m.delivered.LocalDate() {
			return Code{Return, Returning}
		}
	}
	return Code{}
}

// onTheWayBack: what arrives there arrives at the sender, whatever the source
// calls it, unless it is in the country of the buyer and not in the sender's.
func (m *machine) onTheWayBack(f *Folded) Code {
	switch f.SubStatus {
	case Returned, Returning, Lost, Disposed, Damaged, Redirected, ProblemResolved:
		return f.Code
	}
	if f.Status != Delivered {
		return Code{}
	}
	if m.destination != "" && m.origin != "" && m.destination != m.origin && f.Location.Country == m.destination {
		return f.Code
	}
	return Code{Return, Returned}
}

// Physical tells whether c proves that somebody has the parcel in hand.
func (c Code) Physical() bool {
	switch c.Status {
	case InTransit:
		switch c.SubStatus {
		case Moving, Accepted, Departed, Arrived, Processing, LeftOriginCountry, ArrivedDestinationCountry,
			CustomsStarted, CustomsReleased, AtDeliveryDepot, HandedToPartner:
			return true
		}
	case OutForDelivery:
		return c.SubStatus == OnVehicle
	case AvailableForPickup, FailedAttempt, Delivered:
		return true
	case Pending, InfoReceived, Exception, Return, Cancelled, Expired, Unknown:
	}
	return false
}

// answer lets what sources say without a scan give the status where no scan
// does, or after the last one.
func (s *Set) answer(sh *Shipment, newest time.Time, tier1 bool) {
	silent := sh.Code == (Code{}) // The first event that counts gives a state.
	// Without a time it is taken for one on this parcel.
	own := func(a Answer) bool { return a.AsOf.IsZero() || sh.Holds(a.AsOf) }
	tier1 = tier1 || slices.ContainsFunc(s.Answers, func(a Answer) bool { return a.Kind != Marketplace && own(a) })
	var best *Answer
	for i := range s.Answers {
		a := &s.Answers[i]
		if a.Kind == Marketplace && tier1 || !own(*a) {
			continue
		}
		gave := a.Code == Code{Expired, NoUpdates} && a.AsOf.After(newest) && !sh.Final()
		if (silent || gave) && (best == nil || compareAnswer(a, best) > 0) {
			best = a
		}
	}
	switch {
	case best != nil:
		sh.Code, sh.StatusAt, sh.DecidedBy = best.Code, best.AsOf, ID{}
	case silent:
		sh.Code = Code{Pending, AwaitingData}
		for _, f := range slices.Backward(sh.Events) {
			if f.Code != (Code{}) && f.WithdrawnAt.IsZero() { // We do not know what it means.
				sh.Code, sh.StatusAt, sh.DecidedBy = Code{Unknown, Unmapped}, f.OccurredAt, f.ID
				break
			}
		}
	}
}

// country is the newest word of the best source on one end of the way.
func (s *Set) country(kind LinkKind) string {
	var best *Link
	for i := range s.Links {
		l := &s.Links[i]
		if l.Kind != kind || l.Withdrawn {
			continue
		}
		if best == nil || l.SourceKind > best.SourceKind || l.SourceKind == best.SourceKind && (compareLinkAge(l, best) > 0 || compareLinkAge(l, best) == 0 && compareLinkKey(l, best) > 0) {
			best = l
		}
	}
	if best == nil {
		return ""
	}
	country, _, _ := strings.Cut(best.Value, " ")
	return strings.ToUpper(country)
}

// promise picks the estimates of the best-ranked source that gave any for this
// parcel, of whichever of its carriers. One without a time is taken for its own.
func (s *Set) promise(sh *Shipment) Promise {
	var p Promise
	var first *Estimate
	for i := range s.Estimates { // Sorted by source.
		e := &s.Estimates[i]
		if e.Kind < p.Kind || e.Source != p.Source && e.Kind == p.Kind || !e.AsOf.IsZero() && !sh.Holds(e.AsOf) || s.foreign(sh.Carrier, e.Carrier) {
			continue
		}
		if first == nil || e.Source != p.Source {
			p, first = Promise{Estimate: *e}, e
		}
		if compareEstimate(e, first) < 0 {
			first = e
		}
		if compareEstimate(e, &p.Estimate) > 0 {
			p.Estimate = *e
		}
		p.First, p.Worst = first.To, max(p.Worst, e.To)
	}
	return p
}
