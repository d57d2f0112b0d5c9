package seventeentrack

import (
	"slices"
	"strings"
	"time"

	"github.com/shiptide/shiptide/shared/shipment"
)

// update makes facts of what was read; its number is empty if there is none.
func (p *parcel) update() shipment.Update {
	u := shipment.Update{Number: shipment.CleanNumber(p.number), AsOf: p.asOf}
	if u.Number == "" {
		f := fault{"number", "no number"}
		if isMissing(p.number) {
			f.reason = "missing"
		}
		p.fault(f)
		return u
	}
	whole := len(p.events) > 0
	if !whole {
		p.fallBack()
	}
	u.Complete = whole && len(p.bad) == 0 && !p.unsynced
	u.Carrier = carrierOf(p.carrier, "")
	u.Events = p.events
	newest := -1
	for i := range u.Events {
		e, w := &u.Events[i], p.words[i]
		e.Code, e.RawCode = ofEvent(w.sub, w.stage)
		e.Code = refine(e.Code, w.sub, e.Location.Country, p.origin.Country, p.target.Country)
		if isAnswer(e.Code) {
			e.Code = shipment.Code{} // No scan: it stays a line of the history.
		}
		if u.Carrier == "" {
			u.Carrier = e.Carrier
		}
		if newest < 0 || e.OccurredAt.After(u.Events[newest].OccurredAt) {
			newest = i
		}
	}
	if u.AsOf.IsZero() && newest >= 0 {
		u.AsOf = u.Events[newest].OccurredAt
	}
	p.headline(&u, newest)
	p.estimate(&u)
	u.Links = p.links(&u)
	return u
}

// fallBack reads the latest event and the stages, which are copies of events,
// where the events themselves are missing.
func (p *parcel) fallBack() {
	if p.latest != nil {
		if f, ok := p.add(p.latest); !ok {
			p.fault(fault{"track_info.latest_event." + f.path, f.reason})
		}
	}
	for i := range p.milestones {
		m := &p.milestones[i]
		if p.latest != nil && m.clock == p.latest.clock {
			continue
		}
		_, _ = p.add(m) // Without a time it is yet to come.
	}
}

// headline adds the status of the whole parcel.
func (p *parcel) headline(u *shipment.Update, newest int) {
	c := ofParcel(p.sub, p.main)
	switch {
	case isAnswer(c):
		u.Answers = append(u.Answers, shipment.Answer{Code: c})
	case newest >= 0 && p.words[newest].sub == p.sub && p.sub != "":
		u.Headline = u.Events[newest].Code // With what its place adds.
	default:
		u.Headline = c
	}
}

// estimate adds the promised days. A parcel that has arrived has none: then the
// day is that of its delivery.
func (p *parcel) estimate(u *shipment.Update) {
	if isMissing(p.from) && isMissing(p.to) || u.Headline.Final() {
		return
	}
	for i := range u.Events {
		if u.Events[i].Status == shipment.Delivered {
			return
		}
	}
	from, to := parseStamp(p.from), parseStamp(p.to)
	if isMissing(p.from) {
		from = to
	}
	if isMissing(p.to) {
		to = from
	}
	e := shipment.Estimate{AsOf: u.AsOf}
	if !from.ok || !to.ok {
		p.fault(fault{"track_info.time_metrics.estimated_delivery_date", "not a date"})
		return
	}
	e.From, e.FromTime = promise(&from)
	e.To, e.ToTime = promise(&to)
	if e.From > e.To {
		p.fault(fault{"track_info.time_metrics.estimated_delivery_date", "ends before it begins"})
		return
	}
	u.Estimates = []shipment.Estimate{e}
}

// promise returns a promised day, and its hour where it is one: midnight, and
// the last minute before it, only stand for the day.
func promise(t *stamp) (date, clock string) {
	text := t.text()
	date, clock = text[:len(time.DateOnly)], text[len("2006-01-02T"):len("2006-01-02T15:04")]
	if !t.timed || t.hour == (hour{}) || clock == "23:59" {
		clock = ""
	}
	return date, clock
}

// links tells where the parcel comes from and goes to, its other number, and who
// else carries it. Like all links of ours they have no time: saying it again is
// no news.
func (p *parcel) links(u *shipment.Update) []shipment.Link {
	links := make([]shipment.Link, 0, 4)
	if p.origin.Country != "" {
		links = append(links, shipment.Link{Kind: shipment.OriginLink, Value: p.origin.Country})
	}
	if p.target.Country != "" {
		links = append(links, shipment.Link{
			Kind:  shipment.DestinationLink,
			Value: strings.TrimSpace(p.target.Country + " " + p.target.PostalCode),
		})
	}
	if other := shipment.CleanNumber(p.localNumber); other != "" && other != u.Number {
		links = append(links, shipment.Link{Kind: shipment.AliasLink, Value: other})
	}
	// The carriers of one answer are partners of each other, and of nobody else:
	// the answer may be about another parcel.
	var carriers []string
	for i := range u.Events {
		if c := u.Events[i].Carrier; c != "" && !slices.Contains(carriers, c) {
			carriers = append(carriers, c)
		}
	}
	for _, a := range carriers {
		for _, b := range carriers {
			if a != b {
				links = append(links, shipment.Link{Kind: shipment.PartnerLink, Value: a + " " + b})
			}
		}
	}
	return links
}
