// Package outbox is the sender of a machine without SNS: it keeps what would
// have been sent, for the operator to look at.
//
// A row stands for a hand-over, not for a message: the same message handed over
// twice is two lines, so that a repetition can be seen.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/sender"
	"github.com/shiptide/shiptide/shared/store"
)

// life is how long lines are kept.
const life = 30 * 24 * time.Hour

// Outbox writes "OUT#<date>" / "<message id>#<line>" to the ledger.
type Outbox struct {
	Table store.Table
	Now   func() time.Time
}

var _ sender.Sender = Outbox{}

// Line is one hand-over.
type Line struct {
	ID        string    `json:"id"` // of the message
	Line      int       `json:"line"`
	At        time.Time `json:"at"`
	Number    string    `json:"trackingNumber"`
	Channel   string    `json:"channel"`
	Recipient string    `json:"recipient"` // the contact's ID
	Address   string    `json:"address"`   // masked
	Kind      string    `json:"kind"`
	Subject   string    `json:"subject"`
	Text      string    `json:"text"`
	SMS       string    `json:"sms"`
}

// Send keeps a message as one more line. The provider's ID is the line's.
func (o Outbox) Send(ctx context.Context, to contact.Contact, m sender.Message) (string, error) {
	now := o.Now().UTC()
	it := store.Item{Expires: now.Add(life).Truncate(time.Hour), Attrs: map[string]string{
		"at": now.Format(time.RFC3339Nano), "number": m.Event.TrackingNumber, "channel": string(to.Channel), "to": to.ID,
		"address": contact.Mask(to), "kind": m.Kind, "subject": m.Subject, "text": m.Text,
	}}
	if to.Channel == contact.SMS {
		it.Attrs["sms"] = m.SMS
	}
	for n := 1; ; n++ {
		it.Key = store.Key{Partition: partition(now), Sort: m.ID + "#" + strconv.Itoa(n)}
		err := o.Table.Put(ctx, it)
		var conflict *store.ConflictError
		if errors.As(err, &conflict) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("outbox: %w", err)
		}
		return it.Sort, nil
	}
}

// Day returns the lines of a day (UTC), by message.
func (o Outbox) Day(ctx context.Context, day time.Time) ([]Line, error) {
	var lines []Line
	for after := ""; ; {
		page, err := o.Table.Query(ctx, store.Query{Partition: partition(day.UTC()), After: after})
		if err != nil {
			return nil, fmt.Errorf("outbox: %w", err)
		}
		for _, it := range page.Items {
			lines = append(lines, line(it))
		}
		if after = page.Next; after == "" {
			return lines, nil
		}
	}
}

func partition(t time.Time) string { return "OUT#" + t.Format(time.DateOnly) }

func line(it store.Item) Line {
	id, n, _ := strings.Cut(it.Sort, "#")
	l := Line{
		ID: id, Number: it.Attrs["number"], Channel: it.Attrs["channel"], Recipient: it.Attrs["to"], Address: it.Attrs["address"],
		Kind: it.Attrs["kind"], Subject: it.Attrs["subject"], Text: it.Attrs["text"], SMS: it.Attrs["sms"],
	}
	l.Line, _ = strconv.Atoi(n)                            // What we did not write is line 0.
	l.At, _ = time.Parse(time.RFC3339Nano, it.Attrs["at"]) // Nor has it a time.
	return l
}
