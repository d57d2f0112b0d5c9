package shipment

import (
	"cmp"
	"strings"
	"time"
)

// Update is what one body of a source says of one parcel. A decoder makes it;
// [Set.Add] turns it into facts.
type Update struct {
	Number  string `json:"number"`
	Carrier string `json:"carrier,omitzero"` // whose network the events speak of
	// AsOf is the sender's own stamp of the body, else the time of its newest
	// event, else zero, which loses to every other.
	AsOf      time.Time  `json:"asOf,omitzero"`
	Complete  bool       `json:"complete,omitzero"` // the body holds the whole history
	Headline  Code       `json:"headline,omitzero"` // the source's status of the whole parcel
	Events    []Event    `json:"events"`
	Estimates []Estimate `json:"estimates"`
	Links     []Link     `json:"links"`
	Answers   []Answer   `json:"answers"`
}

// Estimate is an expected delivery as a source promised it: local dates at the
// destination, never an instant. It has passed at the end of its last day.
type Estimate struct {
	From     string    `json:"from"` // 2006-01-02
	To       string    `json:"to"`   // the last day; equal to From where one day is named
	FromTime string    `json:"fromTime,omitzero"`
	ToTime   string    `json:"toTime,omitzero"` // 15:04, local
	AsOf     time.Time `json:"asOf,omitzero"`
	Carrier  string    `json:"carrier,omitzero"` // whose parcel; empty: the carrier of the update

	Source string     `json:"source,omitzero"`
	Kind   SourceKind `json:"-"`
}

func compareEstimate(a, b *Estimate) int {
	return cmp.Or(
		a.AsOf.Compare(b.AsOf),
		cmp.Compare(a.To, b.To),
		cmp.Compare(a.From, b.From),
		cmp.Compare(a.ToTime, b.ToTime),
		cmp.Compare(a.FromTime, b.FromTime),
	)
}

// LinkKind says what a Link ties to a number.
type LinkKind string

// The kinds of links.
const (
	OrderLink        LinkKind = "order"        // Value: shop/order; At: when the order was placed
	RegistrationLink LinkKind = "registration" // Value: who added the number; At: when
	AliasLink        LinkKind = "alias"        // Value: another number of the same parcel
	CarrierLink      LinkKind = "carrier"      // Value: a carrier; Basis: how it is known
	OriginLink       LinkKind = "origin"       // Value: a country
	PartnerLink      LinkKind = "partner"      // Value: a carrier that carries a part of the way; "a b": b for a
	DestinationLink  LinkKind = "destination"  // Value: a country, a blank and 3 characters of the postal code
)

// Basis orders what is known of a parcel's carrier; the greatest counts.
type Basis int

// The bases of a carrier.
const (
	Detected Basis = iota + 1
	Explicit       // an aggregator was told, or says, which
	Direct         // the carrier itself speaks
	Provider       // the order names it
)

// Link ties a number to something outside its scans. For each source, kind and
// value (and time of a registration) the link with the greatest AsOf counts, so
// it may be withdrawn and made again.
type Link struct {
	Kind      LinkKind  `json:"kind"`
	Value     string    `json:"value"`
	At        time.Time `json:"at,omitzero"`
	Basis     Basis     `json:"basis,omitzero"`
	Withdrawn bool      `json:"withdrawn,omitzero"`
	AsOf      time.Time `json:"asOf,omitzero"`

	Source     string     `json:"source,omitzero"`
	SourceKind SourceKind `json:"-"`
}

// Registers tells whether the link says that somebody asked to follow the
// number.
func (l *Link) Registers() bool {
	return (l.Kind == OrderLink || l.Kind == RegistrationLink) && !l.Withdrawn
}

// MarketOrder returns the shop and the order of a link that a marketplace made and
// has not withdrawn; ok is false for every other link, an import's among them.
func (l *Link) MarketOrder() (shop, id string, ok bool) {
	if l.Kind != OrderLink || l.Withdrawn || l.SourceKind != Marketplace {
		return "", "", false
	}
	shop, id, _ = strings.Cut(l.Value, "/")
	return shop, id, id != ""
}

// compareLinkKey keeps the links of one source, kind and value apart only where
// each stands for another parcel: a number is registered again after months.
func compareLinkKey(a, b *Link) int {
	if c := cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Value, b.Value), cmp.Compare(a.Source, b.Source)); c != 0 || a.Kind != RegistrationLink {
		return c
	}
	return a.At.Compare(b.At)
}

func compareLinkAge(a, b *Link) int {
	return cmp.Or(
		a.AsOf.Compare(b.AsOf),
		compareBool(a.Withdrawn, b.Withdrawn),
		cmp.Compare(a.Basis, b.Basis),
		a.At.Compare(b.At),
	)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// Answer is what a source says of a parcel where it has no scan to tell: one of
// PENDING.*, EXPIRED.* and UNKNOWN.SOURCE_ERROR.
type Answer struct {
	Code
	AsOf time.Time `json:"asOf,omitzero"`

	Source string     `json:"source,omitzero"`
	Kind   SourceKind `json:"-"`
}

func compareAnswer(a, b *Answer) int {
	return cmp.Or(
		a.AsOf.Compare(b.AsOf),
		cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Status, b.Status),
		cmp.Compare(a.SubStatus, b.SubStatus),
		cmp.Compare(a.Source, b.Source),
	)
}

// compareAnswerKey keeps one answer per source, code and month.
func compareAnswerKey(a, b *Answer) int {
	return cmp.Or(
		cmp.Compare(month(a.AsOf.Unix()), month(b.AsOf.Unix())),
		cmp.Compare(a.Status, b.Status),
		cmp.Compare(a.SubStatus, b.SubStatus),
		cmp.Compare(a.Source, b.Source),
	)
}

// month numbers the months since year 0, in UTC.
func month(unix int64) int {
	t := time.Unix(unix, 0).UTC()
	return t.Year()*12 + int(t.Month())
}
