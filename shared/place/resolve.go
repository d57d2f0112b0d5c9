package place

import (
	"strings"
	"time"

	"github.com/shiptide/shiptide/shared/shipment"
)

// Time is a time of an event, and how it is known.
type Time struct {
	OccurredAt time.Time // UTC, whole seconds; of a date its first second
	LocalTime  string    // as reported, in shipment.LocalLayout
	Zone       shipment.Zone
	Precision  shipment.Precision

	Clock string // the IANA zone that was used; "" for an offset or an abbreviation, and where Zone is assumed
	Trust Trust  // of OccurredAt; None where Zone is assumed
}

// Stamp gives the event its time.
func (t Time) Stamp(e *shipment.Event) {
	e.OccurredAt, e.LocalTime, e.Zone, e.Precision = t.OccurredAt, t.LocalTime, t.Zone, t.Precision
}

// Resolve finds the instant of a reading that was made at a place, by the first
// of these that says something:
//
//  1. an offset, GMT or UTC beside the time, or an IANA name: reported;
//  2. an abbreviation that the clocks of the place have: reported; inferred if
//     they have it at another time of the year only;
//  3. the clock of the place: inferred. It is less sure if the source named a
//     zone that is none of this place;
//  4. nothing: assumed. The instant is then the local time read as UTC, good for
//     sorting and never to be shown.
//
// Zones that cannot be read count as none. How faces are read that come twice or
// are skipped when the clock is changed stands in the package comment. A date is
// the first second of that day at the place, and stays a date.
func Resolve(r Reading, at shipment.Location) Time {
	_, ahead := r.Face.Zone()
	face := r.Face.Unix() + int64(ahead)
	t := Time{Precision: shipment.Second}
	if r.Date {
		t.Precision, face = shipment.Day, face-mod(face, 24*60*60)
	}
	t.LocalTime = time.Unix(face, 0).UTC().Format(shipment.LocalLayout)
	unix := t.place(face, strings.TrimSpace(r.Zone), at)
	t.OccurredAt = time.Unix(unix, 0).UTC()
	return t
}

// place fills in how the instant of face is known, and returns it.
func (t *Time) place(face int64, zone string, at shipment.Location) int64 {
	if ahead, ok := parseOffset(zone); ok {
		t.Zone, t.Trust = shipment.Reported, Sure
		return face - ahead
	}
	a := world()
	if z := a.named(zone); z != nil {
		t.Zone = shipment.Reported
		return t.read(newClock(z, Sure), face)
	}
	c := Lookup(at)
	if zone != "" {
		unix, how, trust := a.byAbbreviation(zone, country(at.Country), c, face)
		if how != shipment.Assumed {
			t.Zone, t.Trust = how, trust
			return unix
		}
		c.Trust = min(c.Trust, Split)
	}
	if c.Location() == nil {
		t.Zone = shipment.Assumed
		return face
	}
	t.Zone = shipment.Inferred
	return t.read(c, face)
}

// read reads face by a clock. The first second of a day is certain though the
// clock is changed at midnight.
func (t *Time) read(c Clock, face int64) int64 {
	var buf [4]moment
	all := moments(buf[:0], c.Location(), face)
	t.Clock, t.Trust = c.Zone, c.Trust
	if len(all) > 1 && t.Precision != shipment.Day {
		t.Trust = Split
	}
	return all[0].at
}

// named finds a zone by its IANA name, in any case. Names without a slash are
// abbreviations to a reader, whatever tzdata makes of them.
func (a *atlas) named(name string) *zone {
	if !strings.Contains(name, "/") {
		return nil
	}
	if z := a.names[strings.ToLower(name)]; z != nil && z.rules() != nil {
		return z
	}
	return nil
}

func mod(a, b int64) int64 { return (a%b + b) % b }
