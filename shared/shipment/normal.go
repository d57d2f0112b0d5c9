package shipment

import (
	"cmp"
	"strings"
	"time"
	"unicode/utf8"
)

// normalise gives an event the one form that is compared and stored, so that a
// copy that comes again after the first was stored is the same: whole seconds,
// a zone and a precision of ours, valid UTF-8, countries in upper case.
func (e *Event) normalise() {
	e.OccurredAt = seconds(e.OccurredAt)
	if e.Zone != Reported && e.Zone != Inferred {
		e.Zone = Assumed
	}
	if e.Precision != Day {
		e.Precision = Second
	}
	validTexts(&e.RawCode, &e.LocalTime, &e.Description, &e.ScanID, &e.Carrier,
		&e.Location.City, &e.Location.Region, &e.Location.PostalCode, &e.Location.Country)
	e.Location.Country = strings.ToUpper(e.Location.Country)
}

// normalise gives an estimate the one form that is stored: one named day is
// both the first and the last.
func (e *Estimate) normalise() {
	e.From, e.To = cmp.Or(e.From, e.To), cmp.Or(e.To, e.From)
	e.AsOf = seconds(e.AsOf)
	validTexts(&e.From, &e.To, &e.FromTime, &e.ToTime, &e.Carrier)
}

func (l *Link) normalise() {
	l.At, l.AsOf = seconds(l.At), seconds(l.AsOf)
	validTexts(&l.Value)
}

// Times of parcels: from 1970 to 2199. A decoder that takes milliseconds for
// seconds gives others, which no date format of ours could show.
const endOfTime = 7_258_118_400

// seconds cuts a time to what is stored of it; one that no parcel has is zero.
func seconds(t time.Time) time.Time {
	if s := t.Unix(); s < 0 || s >= endOfTime {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Second)
}

func validTexts(texts ...*string) {
	for _, s := range texts {
		if !utf8.ValidString(*s) {
			*s = strings.ToValidUTF8(*s, "\uFFFD")
		}
	}
}
