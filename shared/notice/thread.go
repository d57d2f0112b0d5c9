package notice

import (
	"slices"
	"time"

	"github.com/shiptide/shiptide/shared/shipment"
)

// Thread is one recipient's interest in one number, and what was told so far.
//
// It is written under a lease: whoever has it decides, sends and notes, so that
// two instances cannot tell the same thing, nor an older thing after a newer.
type Thread struct {
	Recipient string // contact ID
	Number    string
	Audience  Audience
	// Since is when the interest began. History older than a day before it is
	// never told.
	Since time.Time
	Told  []Told
	// Instead is the number that the order had before this one, if the recipient
	// heard of that, and MovedAt since when it is this one; it is told of the change.
	Instead string
	MovedAt time.Time
	// Ended says why nothing more is told: "undeliverable", "unsubscribed".
	Ended string
	Lease Lease
	// Due is when to come back for something that could not go; zero: nothing
	// waits.
	Due time.Time
}

// Moved is how a thread ended whose recipient hears of another number instead.
const Moved = "moved"

// Renew makes the thread one about the next parcel of its number.
func (t *Thread) Renew(since time.Time) {
	t.Since, t.Told, t.Instead, t.MovedAt, t.Ended = since, nil, "", time.Time{}, ""
}

// Lease is the right to speak on a thread until a time.
type Lease struct {
	Owner string
	Until time.Time
}

// Told is a notice that was taken by its channel: accepted, not delivered.
type Told struct {
	Kind       Kind               `json:"kind"`
	SubStatus  shipment.SubStatus `json:"subStatus,omitzero"`
	Date       string             `json:"date,omitzero"` // what makes it this occurrence
	Keys       []string           `json:"keys,omitzero"` // of the warnings on an order or a shop that it held
	EventAt    time.Time          `json:"eventAt,omitzero"`
	Final      bool               `json:"final,omitzero"`
	MessageID  string             `json:"messageId"`
	ProviderID string             `json:"providerId,omitzero"`
	At         time.Time          `json:"at"`
}

// Has tells whether a warning on an order or a shop was told.
func (t *Thread) Has(key string) bool {
	return slices.ContainsFunc(t.Told, func(t Told) bool { return slices.Contains(t.Keys, key) })
}

// Warn notes that warnings were told in one message. None is ever forgotten: of
// those that stay true it would be told again.
func (t *Thread) Warn(kind Kind, keys []string, messageID, providerID string, at time.Time) {
	t.Told = append(t.Told, Told{Kind: kind, Keys: keys, MessageID: messageID, ProviderID: providerID, At: at.UTC().Truncate(time.Second)})
}

// maxTold bounds a thread's memory; a parcel's life has fewer than 30.
const maxTold = 60

// Tell notes that a candidate was told. Noting the same message twice is noting
// it once.
func (t *Thread) Tell(c *Candidate, messageID, providerID string, at time.Time) {
	if n := len(t.Told); n > 0 && t.Told[n-1].is(c, messageID) {
		t.Told = t.Told[:n-1]
	}
	t.Told = append(t.Told, Told{
		Kind: c.Kind, SubStatus: c.SubStatus, Date: c.Date, EventAt: c.At, Final: c.Code.Final(),
		MessageID: messageID, ProviderID: providerID, At: at.UTC().Truncate(time.Second),
	})
	t.Told = t.Told[max(0, len(t.Told)-maxTold):]
}

func (t *Told) is(c *Candidate, messageID string) bool {
	return t.MessageID == messageID && t.Kind == c.Kind && t.SubStatus == c.SubStatus && t.Date == c.Date
}
