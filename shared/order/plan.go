package order

import "time"

// When deadlines are spoken of: at least a day and at least four hours before,
// and as looks and messages take their time, half an hour earlier.
const (
	lead       = 30 * time.Minute
	dayBefore  = 24*time.Hour + lead
	hoursLeft  = 4*time.Hour + lead
	missedFor  = 24 * time.Hour     // a breach is news for so long
	Patience   = 12 * time.Hour     // the marketplace may see a scan so much later
	scanUseful = 7 * 24 * time.Hour // as evidence, after scan and deadline; by then the order is cancelled
)

// The deadlines, as What has them.
const (
	ship              = "ship"
	collect           = "collect"
	deliver           = "deliver"
	cancelUnshipped   = "cancel_unshipped"
	cancelUncollected = "cancel_uncollected"
	cancelUndelivered = "cancel_undelivered"
)

// plan is all that would be told of an order if it stayed as it is, each from
// and until when. What is due and what is next are read from it, so that nothing
// can fall between two looks.
type plan struct {
	o        *Order
	now      time.Time
	at       progress
	transits []*transit
	spans    []span
	next     time.Time
}

// span is a warning and when it is over; zero: never.
type span struct {
	Warning
	until time.Time
}

func planOf(o *Order, parcels []Parcel, now time.Time) *plan {
	p := &plan{o: o, now: now, at: o.progress()}
	p.returns()
	p.stopped()
	if p.at == closed {
		return p
	}
	p.transits = o.transits(parcels, p.at)
	d := &o.Deadlines
	p.dispatch(
		limit{ShipDeadline, ship, d.Ship, true},
		limit{NoScan, collect, d.Collect, true})
	p.dispatch(
		limit{CancelUnshipped, cancelUnshipped, d.CancelUnshipped, false},
		limit{CancelUncollected, cancelUncollected, d.CancelUncollected, false})
	if !p.seen() {
		for _, t := range p.transits {
			if t.labelled && !t.collected && t.scanned() {
				p.scanNotSeen(t)
			}
		}
	}
	p.delivery()
	p.numbers()
	p.changes()
	return p
}

// lookAgain notes a time at which there is more.
func (p *plan) lookAgain(at time.Time) {
	if at.After(p.now) {
		p.next = earlier(p.next, at)
	}
}

func (p *plan) add(w Warning, since, until time.Time) {
	if until.IsZero() || since.Before(until) {
		w.Since = since
		p.spans = append(p.spans, span{w, until})
	}
}

// limit is a deadline, and what warns of it.
type limit struct {
	kind   Kind
	what   string
	at     time.Time
	breach bool // it is told that it was missed
}

// warn adds the warnings of a deadline, none of them before from.
func (p *plan) warn(w Warning, d *limit, from time.Time) {
	if d.at.IsZero() {
		return
	}
	w.What, w.Deadline = d.what, d.at
	day, hours := d.at.Add(-dayBefore), d.at.Add(-hoursLeft)
	w.Stage = Stage24h
	p.add(w, later(day, from), hours)
	w.Stage = Stage4h
	p.add(w, later(hours, from), d.at)
	if d.breach {
		w.Stage = StageMissed
		p.add(w, later(d.at, from), d.at.Add(missedFor))
	}
}

// dispatch warns of two deadlines that have one consequence: that of the label
// and that of the first scan. Without a label a scan is far, so then the second
// is only spoken of where the first does not do that already.
func (p *plan) dispatch(label, scan limit) {
	if p.at < shipped {
		p.warn(Warning{Kind: label.kind}, &label, time.Time{})
		if p.o.CollectedAt.IsZero() && !scan.at.Equal(label.at) {
			from := time.Time{}
			if label.at.Before(scan.at) {
				from = label.at
			}
			p.warn(Warning{Kind: label.kind}, &scan, from)
		}
	}
	if p.seen() {
		return
	}
	for _, t := range p.transits {
		if t.labelled && !t.collected && !t.scanned() {
			p.warn(Warning{Kind: scan.kind, Number: t.Number, Provider: t.provider}, &scan, time.Time{})
		}
	}
}

// seen tells whether the marketplace has seen the first scan of all packages.
func (p *plan) seen() bool { return p.at >= inTransit || !p.o.CollectedAt.IsZero() }

// scanNotSeen says that a carrier has a parcel of which the marketplace knows
// nothing: once in view of each deadline that the scan has kept.
func (p *plan) scanNotSeen(t *transit) {
	w := Warning{Kind: ScanNotSeen, Number: t.Number, Provider: t.provider, Scan: t.Scan}
	scan := t.ScannedAt
	wrong := scan.After(p.now) // A scan it is all the same.
	p.lookAgain(scan)
	all, first := &p.o.Deadlines, true
	for _, d := range []limit{{what: collect, at: all.Collect}, {what: cancelUncollected, at: all.CancelUncollected}} {
		if d.at.IsZero() || scan.After(d.at) && !wrong {
			continue
		}
		w.What, w.Deadline = d.what, d.at
		since := scan.Add(Patience)
		if !first {
			since = later(since, d.at.Add(-dayBefore))
		}
		p.add(w, earlier(since, d.at.Add(-hoursLeft)), later(scan, d.at).Add(scanUseful))
		first = false
	}
	if first {
		w.What, w.Deadline = "", time.Time{}
		p.add(w, scan.Add(Patience), scan.Add(scanUseful))
	}
}

// delivery warns of the deadlines of the delivery.
func (p *plan) delivery() {
	var left []*transit
	for _, t := range p.transits {
		if !t.arrived() {
			left = append(left, t)
		}
	}
	if !p.o.DeliveredAt.IsZero() || len(left) == 0 && p.at >= shipped {
		return
	}
	w := Warning{Kind: DeliverDeadline}
	if len(left) == 1 {
		w.Number, w.Provider = left[0].Number, left[0].provider
	}
	d := &p.o.Deadlines
	p.warn(w, &limit{what: deliver, at: d.Deliver}, time.Time{})
	w.Kind = CancelUndelivered
	p.warn(w, &limit{what: cancelUndelivered, at: d.CancelUndelivered}, time.Time{})
}

// numbers says what is wrong with the numbers that the seller gave. A number
// that was scanned is one, whatever it looks like.
func (p *plan) numbers() {
	if p.o.Shipping == "TIKTOK" {
		return // Its label, its number.
	}
	for _, t := range p.transits {
		if t.Number == "" || t.arrived() {
			continue
		}
		say := func(k Kind, reason string) {
			if reason != "" {
				p.add(Warning{Kind: k, What: t.Number, Number: t.Number, Provider: t.provider, Reason: reason}, time.Time{}, time.Time{})
			}
		}
		if !t.scanned() {
			say(NumberInvalid, t.Fault)
		}
		say(NumberUsed, t.UsedBy)
		say(NumberOfAnotherCarrier, t.Carrier)
	}
}

// changes says what the buyer wants otherwise.
func (p *plan) changes() {
	w := Warning{}
	if len(p.transits) == 1 {
		w.Number, w.Provider = p.transits[0].Number, p.transits[0].provider
	}
	if at := p.o.Readdressed; p.at >= partlyShipped && at.After(p.o.ShippedAt) {
		w.Kind, w.Occasion = AddressChanged, occasion(at)
		p.add(w, at, time.Time{})
	}
	if p.o.CancelAsked {
		w.Kind, w.What, w.Occasion = CancelAsked, "stop_parcel", occasion(p.o.CancelAskedAt)
		if p.at == unshipped {
			w.What = "do_not_ship"
		}
		p.add(w, time.Time{}, time.Time{})
	}
}

// How long what ended or goes back is news: the answer to a request is wanted within
// days.
const (
	returnNews  = 7 * 24 * time.Hour
	stoppedNews = 48 * time.Hour
)

// returns says what the newest word on a return asks of the seller. Nobody says
// here when the answer is due: that stands in Seller Center.
func (p *plan) returns() {
	w := Warning{What: p.o.Return, Occasion: p.o.ReturnID}
	switch p.o.Return {
	case "RETURN_OR_REFUND_REQUEST_PENDING", "REPLACEMENT_REQUEST_PENDING":
		w.Kind = ReturnAsked
	case "BUYER_SHIPPED_ITEM":
		w.Kind = ReturnShipped
	default:
		return
	}
	p.add(w, p.o.ReturnAt, p.o.ReturnAt.Add(returnNews))
}

// stopped says that the marketplace gave up what a carrier had already: an order, or
// one of its packages.
func (p *plan) stopped() {
	if !p.o.CancelledAt.IsZero() {
		if !p.o.CollectedAt.IsZero() && p.o.DeliveredAt.IsZero() && p.news(p.o.CancelledAt) {
			p.add(Warning{Kind: StoppedUnderWay}, p.o.CancelledAt, p.o.CancelledAt.Add(stoppedNews))
		}
		return
	}
	for i := range p.o.Packages {
		h := &p.o.Packages[i]
		at := h.said("CANCELLED")
		if h.Status == "CANCELLED" && p.news(at) && h.Left() {
			p.add(Warning{Kind: StoppedUnderWay, What: h.TrackingNumber, Number: h.TrackingNumber, Provider: h.Provider}, at, at.Add(stoppedNews))
		}
	}
}

// Left tells whether the marketplace ever said that a carrier has the package.
func (h *Held) Left() bool {
	return !h.said("FULFILLING").IsZero() || !h.said("IN_TRANSIT").IsZero()
}

// news tells whether something happened when the order was followed already.
func (p *plan) news(at time.Time) bool {
	return !at.IsZero() && at.After(p.o.Followed.Add(-time.Hour))
}

// occasion tells a thing that happens again from the one before.
func occasion(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

// said is when a word was first said to be true of the package; zero: never.
func (h *Held) said(word string) time.Time {
	for _, s := range h.Said {
		if s.Word == word {
			return s.At
		}
	}
	return time.Time{}
}
