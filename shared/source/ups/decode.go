package ups

import (
	"fmt"

	"github.com/shiptide/shiptide/shared/payload"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/webhook"
)

// push is a Track Alert: one event of one parcel.
type push struct {
	number, other      string
	clock              clock
	status             status
	location           shipment.Location
	scheduled          string
	startTime, endTime string
	delivered          string
}

// Decode reads a push of either version.
func (r *Receiver) Decode(body []byte) (source.Report, error) {
	var p push
	if err := payload.Object(body, func(r *payload.Reader) { p = push{}; p.read(r) }); err != nil {
		return source.Report{}, malformed("push", err)
	}
	u := shipment.Update{Number: shipment.CleanNumber(p.number), Carrier: name}
	if u.Number == "" {
		return source.Report{}, malformed("push", fault{"trackingNumber", missingOr(p.number, "no number")})
	}
	e := shipment.Event{Location: p.location, Description: shipment.CleanText(p.status.description)}
	e.Code, e.RawCode = p.status.resolve(parcel)
	var bad []source.Malformed
	timed := p.clock.set(&e, false)
	switch {
	case !timed:
		bad = append(bad, p.clock.malformed("localActivityDate", "localActivityTime"))
	case p.status.empty():
		bad = append(bad, source.Malformed{Path: "activityStatus", Reason: "missing"})
	default:
		u.Events = []shipment.Event{e}
	}
	u.AsOf = e.OccurredAt
	// The date of a delivery event is stale: UPS's own example is years old.
	if normal(p.status.kind) != "D" && e.Status != shipment.Delivered && isMissing(p.delivered) && !isMissing(p.scheduled) {
		if promise, ok := estimate(p.scheduled, p.startTime, p.endTime, u.AsOf); ok {
			u.Estimates = []shipment.Estimate{promise}
		} else {
			bad = append(bad, source.Malformed{Path: "scheduledDeliveryDate", Reason: "not a date"})
		}
	}
	u.Links = appendAlias(nil, u.Number, p.other)
	if len(bad) > 0 && len(u.Events)+len(u.Estimates)+len(u.Links) == 0 {
		return source.Report{}, malformed("push", fault{bad[0].Path, bad[0].Reason})
	}
	return source.Report{Shipments: []shipment.Update{u}, Malformed: bad}, nil
}

func (p *push) read(r *payload.Reader) {
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "trackingNumber":
			p.number = r.Text()
		case "alternateTrackingNumber":
			p.other = r.Text()
		case "localActivityDate":
			p.clock.date = r.Text()
		case "localActivityTime":
			p.clock.time = r.Text()
		case "gmtActivityDate":
			p.clock.gmtDate = r.Text()
		case "gmtActivityTime":
			p.clock.gmtTime = r.Text()
		case "gmtOffset":
			p.clock.offset = r.Text()
		case "activityLocation":
			readPlace(r, &p.location)
		case "activityStatus":
			readStatus(r, &p.status)
		case "scheduledDeliveryDate":
			p.scheduled = r.Text()
		case "deliveryStartTime":
			p.startTime = r.Text()
		case "deliveryEndTime":
			p.endTime = r.Text()
		case "actualDeliveryDate":
			p.delivered = r.Text()
		default:
			r.Skip()
		}
	}
}

// readStatus reads a status object of a push or an answer; they call the
// three-digit code differently.
func readStatus(r *payload.Reader, s *status) {
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "type":
			s.kind = r.Text()
		case "code":
			s.code = r.Text()
		case "descriptionCode", "statusCode":
			s.number = r.Text()
		case "description":
			s.description = r.Text()
		default:
			r.Skip()
		}
	}
}

// readPlace reads an address as far as a shipment may know it.
func readPlace(r *payload.Reader, l *shipment.Location) {
	country := ""
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "city":
			l.City = shipment.CleanCity(r.Text())
		case "stateProvince":
			l.Region = shipment.CleanCity(r.Text())
		case "postalCode":
			l.PostalCode = shipment.CleanPostalCode(r.Text())
		case "countryCode":
			l.Country = countryCode(r.Text())
		case "country":
			country = countryCode(r.Text())
		default:
			r.Skip()
		}
	}
	if l.Country == "" {
		l.Country = country
	}
}

// countryCode returns "" for what is not a code: some answers name the country.
func countryCode(s string) string {
	s = normal(s)
	if len(s) != 2 || s[0] < 'A' || s[0] > 'Z' || s[1] < 'A' || s[1] > 'Z' {
		return ""
	}
	return s
}

// appendAlias adds another number of the same parcel. Like all links of ours it
// has no time: saying it again is no news.
func appendAlias(links []shipment.Link, number, other string) []shipment.Link {
	other = shipment.CleanNumber(other)
	if other == "" || other == number {
		return links
	}
	return append(links, shipment.Link{Kind: shipment.AliasLink, Value: other})
}

// malformed says which part of a local time is at fault, whose members are date
// and hour.
func (c *clock) malformed(date, hour string) source.Malformed {
	switch {
	case isMissing(c.date):
		return source.Malformed{Path: date, Reason: "missing"}
	case !parseDay(c.date).ok:
		return source.Malformed{Path: date, Reason: "not a date"}
	}
	return source.Malformed{Path: hour, Reason: "not a time"}
}

// fault names a member and what is wrong with it, and never its value.
type fault struct{ path, reason string }

func (f fault) Error() string { return f.path + ": " + f.reason }

func malformed(what string, err error) error {
	return fmt.Errorf("ups: decode %s: %w: %w", what, webhook.ErrMalformed, err)
}

func missingOr(value, reason string) string {
	if isMissing(value) {
		return "missing"
	}
	return reason
}
