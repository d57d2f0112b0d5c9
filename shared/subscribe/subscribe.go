// Package subscribe lets people ask to be told of a parcel.
package subscribe

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
)

// ErrOptedOut says that a contact does not want to be written to any more.
var ErrOptedOut = errors.New("contact has opted out")

// ErrBadAddress and ErrBadNumber say that an address or a tracking number is
// none. The errors that wrap them do not repeat it.
var (
	ErrBadAddress = errors.New("bad address")
	ErrBadNumber  = errors.New("not a tracking number")
)

// operator is the source of what an operator says by hand.
const operator = "operator"

// Subscriber is the use case. All fields but Invite are needed.
type Subscriber struct {
	Shipments store.Shipments
	Threads   store.Threads
	Contacts  store.Contacts
	Vault     *contact.Vault
	Now       func() time.Time
	// Invite has whoever carries a channel ask a contact to confirm, where only
	// that opens the way to it (mail by SNS). nil: nobody need be asked.
	Invite func(context.Context, contact.Contact) error
}

// ByOperator lets a recipient hear of a number. The operator holds the consent,
// so nothing is asked, but by a channel that asks itself. A number that nobody registered is registered by it.
// Doing it twice changes nothing.
func (s *Subscriber) ByOperator(ctx context.Context, number string, channel contact.Channel, address string) (contact.Contact, error) {
	address, err := clean(channel, address)
	if err != nil {
		return contact.Contact{}, err
	}
	if number = shipment.CleanNumber(number); number == "" {
		return contact.Contact{}, ErrBadNumber
	}
	now := s.Now()
	to, err := s.Contacts.Put(ctx, contact.Contact{
		ID: s.Vault.ID(channel, address), Channel: channel, Address: address,
		State: contact.Confirmed, ConsentAt: now, ConsentHow: operator,
	})
	if err != nil {
		return contact.Contact{}, fmt.Errorf("subscribe: %w", err)
	}
	if to.State != contact.Confirmed {
		return contact.Contact{}, ErrOptedOut
	}
	if s.Invite != nil && channel == contact.Email { // Before there is something to tell, which would be refused.
		if err := s.Invite(ctx, to); err != nil {
			return contact.Contact{}, fmt.Errorf("subscribe: %w", err)
		}
	}
	rec, err := s.register(ctx, Watch{Number: number}, now)
	if err != nil {
		return contact.Contact{}, fmt.Errorf("subscribe: %w", err)
	}
	if err := s.open(ctx, &rec, to.ID, now); err != nil {
		return contact.Contact{}, fmt.Errorf("subscribe: %w", err)
	}
	return to, nil
}

// open lets a recipient hear of the parcel that a number stands for now. It is
// due at once: there may be something to tell already.
func (s *Subscriber) open(ctx context.Context, rec *store.Record, recipient string, now time.Time) error {
	err := s.Threads.Open(ctx, notice.Thread{
		Recipient: recipient, Number: rec.Number, Audience: notice.Customer, Since: now, Due: now,
	})
	if err != nil {
		return err
	}
	for {
		t, err := s.Threads.Get(ctx, rec.Number, recipient)
		if err != nil {
			return err
		}
		switch {
		case t.Since.Before(rec.Begin):
			t.Renew(now) // It was about another parcel with this number.
		case t.Ended != "":
			t.Ended = "" // It could not be reached, and is asked again. Who wants nothing any more is out before.
		default:
			return nil
		}
		t.Due = now
		if err = s.Threads.Save(ctx, &t); !errors.Is(err, store.ErrTaken) {
			return err
		}
	}
}

func clean(channel contact.Channel, address string) (string, error) {
	var err error
	switch channel {
	case contact.Email:
		address, err = contact.CleanEmail(address)
	case contact.SMS:
		address, err = contact.CleanPhone(address)
	default:
		return "", fmt.Errorf("%w: no such channel", ErrBadAddress)
	}
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrBadAddress, err)
	}
	return address, nil
}
