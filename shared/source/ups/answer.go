package ups

import (
	"fmt"
	"strings"

	"github.com/shiptide/shiptide/shared/payload"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
)

// answer reads what the Track API says of one number: its shipments, or why
// there are none.
func answer(httpStatus int, body []byte) (source.Report, error) {
	var a trackAnswer
	err := payload.Object(body, func(r *payload.Reader) { a = trackAnswer{}; a.read(r) })
	switch {
	case httpStatus >= 400, err == nil && len(a.errors) > 0:
		// An answer of another form comes from something before the API.
		return source.Report{}, refusal(httpStatus, a.errors)
	case err != nil:
		return source.Report{}, &source.Error{Code: source.Undecodable, Message: err.Error()}
	case !a.tracks:
		return source.Report{}, &source.Error{Code: source.Undecodable, Message: "no trackResponse"}
	case a.packages == 0:
		return source.Report{}, nothingFound(a.warnings)
	}
	return a.report, nil
}

// trackAnswer collects an answer while it is read.
type trackAnswer struct {
	report   source.Report
	errors   []string // codes
	warnings []string // codes of shipments without a package
	packages int
	tracks   bool // there is a trackResponse
}

func (a *trackAnswer) read(r *payload.Reader) {
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "trackResponse":
			a.tracks = r.Kind() == '{'
			a.response(r)
		case "response":
			for ok := r.Enter('{'); ok && r.More(); {
				if string(r.Name()) == "errors" {
					a.errors = codes(r, a.errors)
				} else {
					r.Skip()
				}
			}
		case "errors":
			a.errors = codes(r, a.errors)
		default:
			r.Skip()
		}
	}
}

func (a *trackAnswer) response(r *payload.Reader) {
	for ok := r.Enter('{'); ok && r.More(); {
		if string(r.Name()) != "shipment" {
			r.Skip()
			continue
		}
		r.Each(func(i int) { a.shipment(r, i) })
	}
}

// codes appends the codes of a list of errors or warnings.
func codes(r *payload.Reader, list []string) []string {
	r.Each(func(int) {
		for ok := r.Enter('{'); ok && r.More(); {
			if string(r.Name()) == "code" {
				list = append(list, normal(r.Text()))
			} else {
				r.Skip()
			}
		}
	})
	return list
}

func (a *trackAnswer) shipment(r *payload.Reader, index int) {
	var inquiry string
	var warnings []string
	var packages []parcelAnswer
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "inquiryNumber":
			inquiry = r.Text()
		case "warnings":
			warnings = codes(r, nil)
		case "package":
			r.Each(func(i int) {
				packages = append(packages, parcelAnswer{shipment: index, index: i})
				packages[len(packages)-1].read(r)
			})
		default:
			r.Skip()
		}
	}
	a.packages += len(packages)
	if len(packages) == 0 {
		a.warnings = append(a.warnings, warnings...)
	}
	for i := range packages {
		p := &packages[i]
		if len(packages) == 1 {
			p.inquiry = inquiry
		}
		u := p.update()
		a.report.Malformed = append(a.report.Malformed, p.bad...)
		if u.Number != "" {
			a.report.Shipments = append(a.report.Shipments, u)
		}
	}
}

// parcelAnswer is a package of an answer, with its whole history.
type parcelAnswer struct {
	shipment, index int // its place in the answer

	number, inquiry string
	aliases         []string
	service         string
	events          []shipment.Event
	statuses        []status // of events: what they mean depends on the service
	bad             []source.Malformed
	original        string // day first promised
	rescheduled     string
	delivered       string
	window          window
	origin, target  shipment.Location
}

// fault notes what is wrong with a part of the package.
func (p *parcelAnswer) fault(member, reason string) {
	path := fmt.Sprintf("trackResponse.shipment[%d].package[%d].%s", p.shipment, p.index, member)
	p.bad = append(p.bad, source.Malformed{Path: path, Reason: reason})
}

// window is the hours of the day that is promised now.
type window struct{ kind, start, end string }

func (p *parcelAnswer) read(r *payload.Reader) {
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "trackingNumber":
			p.number = r.Text()
		case "activity":
			p.events, p.statuses = make([]shipment.Event, 0, 16), make([]status, 0, 16)
			r.Each(func(i int) { p.readActivity(r, i) })
		case "deliveryDate":
			r.Each(func(int) { p.readDate(r) })
		case "deliveryTime":
			r.Each(func(int) { p.readWindow(r) })
		case "packageAddress":
			r.Each(func(int) { p.readAddress(r) })
		case "alternateTrackingNumber":
			r.Each(func(int) { p.readAlias(r) })
		case "service":
			for ok := r.Enter('{'); ok && r.More(); {
				if string(r.Name()) == "description" {
					p.service = r.Text()
				} else {
					r.Skip()
				}
			}
		default:
			r.Skip()
		}
	}
}

func (p *parcelAnswer) readActivity(r *payload.Reader, index int) {
	var c clock
	var s status
	n := len(p.events)
	p.events = append(p.events, shipment.Event{})
	e := &p.events[n]
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "date":
			c.date = r.Text()
		case "time":
			c.time = r.Text()
		case "gmtDate":
			c.gmtDate = r.Text()
		case "gmtTime":
			c.gmtTime = r.Text()
		case "gmtOffset":
			c.offset = r.Text()
		case "status":
			readStatus(r, &s)
		case "location":
			readLocation(r, &e.Location)
		default:
			r.Skip()
		}
	}
	switch {
	case !c.set(e, true):
		bad := c.malformed("date", "time")
		p.fault(fmt.Sprintf("activity[%d].%s", index, bad.Path), bad.Reason)
	case s.empty():
		p.fault(fmt.Sprintf("activity[%d].status", index), "missing")
	default:
		e.Description = shipment.CleanText(s.description)
		p.statuses = append(p.statuses, s)
		return
	}
	p.events = p.events[:n]
}

func readLocation(r *payload.Reader, l *shipment.Location) {
	for ok := r.Enter('{'); ok && r.More(); {
		if string(r.Name()) == "address" {
			readPlace(r, l)
		} else {
			r.Skip()
		}
	}
}

func (p *parcelAnswer) readDate(r *payload.Reader) {
	var kind, date string
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "type":
			kind = normal(r.Text())
		case "date":
			date = r.Text()
		default:
			r.Skip()
		}
	}
	switch kind {
	case "SDD":
		p.original = date
	case "RDD":
		p.rescheduled = date
	case "DEL":
		p.delivered = date
	}
}

func (p *parcelAnswer) readWindow(r *payload.Reader) {
	var w window
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "type":
			w.kind = normal(r.Text())
		case "startTime":
			w.start = r.Text()
		case "endTime":
			w.end = r.Text()
		default:
			r.Skip()
		}
	}
	if w.kind != "DEL" { // The hour at which it was delivered.
		p.window = w
	}
}

func (p *parcelAnswer) readAddress(r *payload.Reader) {
	var kind string
	var l shipment.Location
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "type":
			kind = normal(r.Text())
		case "address":
			readPlace(r, &l)
		default:
			r.Skip()
		}
	}
	switch kind {
	case "ORIGIN":
		p.origin = l
	case "DESTINATION":
		p.target = l
	}
}

func (p *parcelAnswer) readAlias(r *payload.Reader) {
	if r.Kind() != '{' {
		p.aliases = append(p.aliases, r.Text())
		return
	}
	for ok := r.Enter('{'); ok && r.More(); {
		if string(r.Name()) == "number" {
			p.aliases = append(p.aliases, r.Text())
		} else {
			r.Skip()
		}
	}
}

// update makes facts of a package; its number is empty if there is none.
func (p *parcelAnswer) update() shipment.Update {
	number := p.number
	if isMissing(number) {
		number = p.inquiry
	}
	u := shipment.Update{Number: shipment.CleanNumber(number), Carrier: name, Events: p.events}
	if u.Number == "" {
		p.fault("trackingNumber", missingOr(number, "no number"))
		return u
	}
	u.Complete = len(u.Events) > 0 && len(p.bad) == 0
	of := p.codeSpace(u.Number)
	for i := range u.Events {
		e := &u.Events[i]
		e.Code, e.RawCode = p.statuses[i].resolve(of)
		if e.OccurredAt.After(u.AsOf) {
			u.AsOf = e.OccurredAt
		}
	}
	p.estimates(&u)
	u.Links = p.links(u.Number)
	return u
}

// codeSpace tells whose codes the activities have: by the service, else, since
// that may be missing, by the form of the number.
func (p *parcelAnswer) codeSpace(number string) service {
	switch described := strings.ToLower(p.service); {
	case strings.Contains(described, "mail innovations"):
		return mailInnovations
	case strings.Contains(described, "freight"):
		return freight
	case described != "":
		return parcel
	}
	// A label of the US postal service, or UPS's own form.
	digits, own := strings.CutPrefix(number, "MI")
	_, numeric := parseDigits(digits)
	postal := len(digits) >= 22 && len(digits) <= 34 && (digits[:2] == "92" || digits[:2] == "93" || digits[:2] == "94")
	if numeric && (own || postal) {
		return mailInnovations
	}
	return parcel
}

// estimates adds the day promised now and, where it has moved, the first one as
// of the oldest event. A delivered parcel has no promise any more.
func (p *parcelAnswer) estimates(u *shipment.Update) {
	if !isMissing(p.delivered) {
		return
	}
	first, now := p.original, p.rescheduled
	if isMissing(now) {
		first, now = "", p.original
	}
	if e, ok := estimate(now, p.window.start, p.window.end, u.AsOf); ok {
		u.Estimates = append(u.Estimates, e)
	} else if !isMissing(now) {
		p.fault("deliveryDate", "not a date")
	}
	oldest := u.AsOf
	for i := range u.Events {
		if at := u.Events[i].OccurredAt; at.Before(oldest) {
			oldest = at
		}
	}
	if e, ok := estimate(first, "", "", oldest); ok && oldest.Before(u.AsOf) {
		u.Estimates = append(u.Estimates, e)
	}
}

func (p *parcelAnswer) links(number string) (links []shipment.Link) {
	if p.origin.Country != "" {
		links = append(links, shipment.Link{Kind: shipment.OriginLink, Value: p.origin.Country})
	}
	if p.target.Country != "" {
		links = append(links, shipment.Link{
			Kind:  shipment.DestinationLink,
			Value: strings.TrimSpace(p.target.Country + " " + p.target.PostalCode),
		})
	}
	for _, other := range p.aliases {
		links = appendAlias(links, number, other)
	}
	return appendAlias(links, number, p.inquiry)
}
