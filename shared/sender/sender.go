// Package sender is the contract of whatever carries a notice to a recipient.
package sender

import (
	"context"
	"errors"
	"time"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/shipment"
)

// ErrRefused says that this contact can never be reached this way. Any error
// but this and *PaceError means "again".
var ErrRefused = errors.New("recipient refused")

// PaceError says that a message may go, but not yet.
type PaceError struct{ Until time.Time }

func (e *PaceError) Error() string { return "not before " + e.Until.UTC().Format(time.RFC3339) }

// Sender carries messages.
type Sender interface {
	// Send hands a message over and returns the ID that the provider gave it.
	// Being taken is not being delivered. The same message may be sent again
	// after a crash; its ID is then the same.
	Send(ctx context.Context, to contact.Contact, m Message) (providerID string, err error)
}

// Message is a rendered notice.
type Message struct {
	ID      string // the same for the same news to the same recipient
	Kind    string
	Subject string
	Text    string
	SMS     string
	// Attrs are for machines that filter: kind, carrier, country, severity.
	Attrs map[string]string
	Event shipment.Public // the state that the message speaks of
}
