package seventeentrack

import (
	"strings"

	"github.com/shiptide/shiptide/shared/shipment"
)

// event is an event while it is read.
type event struct {
	clock       clock
	sub, stage  string
	description string
	translation string // of the description, where one was ordered
	location    string // as the carrier wrote it
	address     shipment.Location
}

func (e *event) read(r reader) {
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "time_iso":
			e.clock.readISO(r.Text())
		case "time_utc":
			e.clock.readUTC(r)
		case "time_raw":
			e.clock.readRaw(r)
		case "description":
			e.description = r.Text()
		case "description_translation":
			for ok := r.Enter('{'); ok && r.More(); {
				if string(r.Name()) == "description" {
					e.translation = r.Text()
				} else {
					r.Skip()
				}
			}
		case "location":
			e.location = r.Text()
		case "stage":
			e.stage = strings.TrimSpace(r.Text())
		case "sub_status":
			e.sub = strings.TrimSpace(r.Text())
		case "address":
			readAddress(r, &e.address)
		default:
			r.Skip()
		}
	}
}

// readAddress reads an address as far as a shipment may know it.
func readAddress(r reader, l *shipment.Location) {
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "city":
			l.City = shipment.CleanCity(r.Text())
		case "state":
			l.Region = shipment.CleanCity(r.Text())
		case "postal_code":
			l.PostalCode = shipment.CleanPostalCode(r.Text())
		case "country":
			l.Country = countryCode(r.Text())
		default:
			r.Skip()
		}
	}
}

// countryCode returns "" for what is not a code.
func countryCode(s string) string {
	s = strings.ToUpper(strings.TrimSpace(s))
	if len(s) != 2 || s[0] < 'A' || s[0] > 'Z' || s[1] < 'A' || s[1] > 'Z' {
		return ""
	}
	return s
}

// set makes a scan of the event. It returns false if it has no time.
func (e *event) set(out *shipment.Event) bool {
	out.Location = e.address
	if out.Location.City == "" && e.location != "" {
		out.Location.City = shipment.CleanCity(shipment.CleanText(e.location))
	}
	if !e.clock.set(out) {
		return false
	}
	text := e.translation
	if text == "" {
		text = e.description
	}
	out.Description = shipment.CleanText(text)
	return true
}
