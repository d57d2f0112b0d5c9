package shipment

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
	"unicode/utf8"
)

// SourceKind is what sort of party a source is. It gives the source its rank:
// of two that speak of one moment the greater kind is believed.
type SourceKind int

// The kinds. Marketplace is tier 2: its events decide only while no event of a
// carrier or an aggregator counts.
const (
	Operator SourceKind = iota + 1
	Marketplace
	Aggregator
	Carrier
)

// Zone says how the instant of an event is known.
type Zone string

// The zones of a time. Assumed means that nothing says where the clock stood:
// the local time is then read as UTC for sorting, and never shown as UTC.
const (
	Reported Zone = "reported"
	Inferred Zone = "inferred"
	Assumed  Zone = "assumed"
)

// Precision says what part of a time was reported.
type Precision string

// The precisions. A date stays a date; its midnight is not a time.
const (
	Second Precision = "second"
	Day    Precision = "day"
)

// LocalLayout is the form of Event.LocalTime: no zone, on purpose.
const LocalLayout = "2006-01-02T15:04:05"

// Location is a place as far as a shipment may know it: never a street.
type Location struct {
	City       string `json:"city"`
	Region     string `json:"region"`
	PostalCode string `json:"postalCode"` // at most 3 characters
	Country    string `json:"country"`    // ISO 3166-1 alpha-2 where the source gives it
}

// Event is one scan or notice that a source reported about a parcel.
//
// Sources resend, reorder and correct events. An Event is therefore never
// edited: copies that differ in anything but their texts are versions of it,
// and the fold decides which one counts. Its [ID] makes a second copy harmless.
type Event struct {
	Code
	RawCode     string    `json:"rawCode,omitzero"` // as the source sent it: "X/DJ"
	OccurredAt  time.Time `json:"occurredAt"`       // UTC, whole seconds; for a date its first second
	LocalTime   string    `json:"localTime"`        // as reported, in LocalLayout
	Zone        Zone      `json:"zone"`
	Precision   Precision `json:"precision"`
	Location    Location  `json:"location"`
	Description string    `json:"description,omitzero"` // cleaned by CleanText

	ScanID   string `json:"scanId,omitzero"`   // the source's own id of this scan
	Sequence int64  `json:"sequence,omitzero"` // the source's own counter
	Headline bool   `json:"headline,omitzero"` // a status of the whole parcel, not a scan
	Carrier  string `json:"carrier,omitzero"`  // whose network; empty: the carrier of the update

	Source string     `json:"source,omitzero"` // stamped when the event becomes a fact
	Kind   SourceKind `json:"-"`
}

// ID names an event: 128 bits of a hash over what the source says of it.
type ID [16]byte

// String returns the ID in hex.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// eventID hashes the source's own scan id where there is one, else the source,
// the number, the code, the local time and the place; the description takes
// part only where there is no code, since sources reword it. Each field has its
// length in front, so that ("ab", "c") is not ("a", "bc").
func eventID(number string, e *Event) ID {
	var buf [256]byte
	b := appendField(buf[:0], e.Source)
	if e.ScanID != "" {
		b = appendField(b, "scan")
		b = appendField(b, e.ScanID)
	} else {
		b = appendField(b, number)
		b = appendField(b, e.RawCode)
		b = appendField(b, e.LocalTime)
		b = appendUpper(b, e.Location.City)
		b = appendField(b, e.Location.Country)
		if e.RawCode == "" {
			b = appendField(b, e.Description)
		}
	}
	if e.Headline {
		b = append(b, 'h')
	}
	sum := sha256.Sum256(b)
	return ID(sum[:16])
}

func appendField(b []byte, s string) []byte {
	b = append(b, byte(len(s)>>8), byte(len(s)))
	return append(b, s...)
}

// appendUpper appends a field in upper case, mostly without a copy.
func appendUpper(b []byte, s string) []byte {
	start := len(b)
	b = appendField(b, s)
	for i := start + 2; i < len(b); i++ {
		switch c := b[i]; {
		case c >= utf8.RuneSelf:
			return appendField(b[:start], strings.ToUpper(s))
		case 'a' <= c && c <= 'z':
			b[i] = c - 'a' + 'A'
		}
	}
	return b
}

// Version is one version of an event as a fact: what the source said, and the
// time of the newest body that said it.
type Version struct {
	Event
	AsOf time.Time

	id     ID
	sortAt int64 // seconds; see sortTime
	row    *Row
}

// ID names the event of which v is a version.
func (v *Version) ID() ID { return v.id }

func newVersion(number string, e Event, asOf time.Time) Version {
	v := Version{Event: e, AsOf: asOf, id: eventID(number, &e), row: e.row()}
	v.sortAt = sortTime(&v)
	return v
}

// sortTime is the instant by which an event is sorted. A date without a time
// comes before the day's scans while the parcel is on its way, and after them
// from the delivery on.
func sortTime(v *Version) int64 {
	t := v.OccurredAt.Unix()
	if v.Precision == Day && v.row.rank >= 30 {
		t += 24*60*60 - 1
	}
	return t
}

// compareOrder is the order of the fold (total: equal only for one version).
func compareOrder(a, b *Version) int {
	if c := cmp.Compare(a.sortAt, b.sortAt); c != 0 {
		return c
	}
	if c := cmp.Compare(a.Kind, b.Kind); c != 0 {
		return c
	}
	if c := cmp.Compare(a.Sequence, b.Sequence); c != 0 {
		return c
	}
	if c := cmp.Compare(a.row.rank, b.row.rank); c != 0 {
		return c
	}
	if a.Headline != b.Headline {
		if a.Headline {
			return 1
		}
		return -1
	}
	return compareVersion(a, b)
}

// compareVersion compares all that makes a version, its texts apart: the city
// counts only as the ID has it, in upper case.
func compareVersion(a, b *Version) int {
	if c := cmp.Compare(string(a.id[:]), string(b.id[:])); c != 0 {
		return c
	}
	return cmp.Or(
		cmp.Compare(a.Status, b.Status),
		cmp.Compare(a.SubStatus, b.SubStatus),
		a.OccurredAt.Compare(b.OccurredAt),
		cmp.Compare(a.LocalTime, b.LocalTime),
		cmp.Compare(a.Zone, b.Zone),
		cmp.Compare(a.Precision, b.Precision),
		cmp.Compare(a.Location.Country, b.Location.Country),
		cmp.Compare(a.Location.Region, b.Location.Region),
		cmp.Compare(a.Location.PostalCode, b.Location.PostalCode),
		cmp.Compare(a.Carrier, b.Carrier),
		cmp.Compare(a.RawCode, b.RawCode),
		cmp.Compare(a.Sequence, b.Sequence),
		cmp.Compare(a.Kind, b.Kind),
	)
}

// newerText reports whether the texts of a stand before those of b: those of
// the newer body, and of one body the greater ones.
func newerText(a, b *Version) bool {
	return cmp.Or(
		a.AsOf.Compare(b.AsOf),
		cmp.Compare(a.Description, b.Description),
		cmp.Compare(a.Location.City, b.Location.City),
	) > 0
}

// better reports whether version a of an event is believed rather than b.
func better(a, b *Version) bool {
	if c := a.AsOf.Compare(b.AsOf); c != 0 {
		return c > 0
	}
	if a.specific() != b.specific() {
		return a.specific()
	}
	return compareVersion(a, b) > 0
}
