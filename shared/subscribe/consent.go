package subscribe

import (
	"context"
	"fmt"
	"time"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/store"
)

// Consent is a contact's own word on whether it wants messages.
type Consent struct {
	Contacts store.Contacts
	Now      func() time.Time
}

// Get returns the contact of an ID; store.ErrNotFound if there is none.
func (c Consent) Get(ctx context.Context, id string) (contact.Contact, error) {
	to, err := c.Contacts.Get(ctx, id)
	if err != nil {
		return contact.Contact{}, fmt.Errorf("subscribe: %w", err)
	}
	return to, nil
}

// Confirm lets messages go to a contact that has been waiting for its word. One
// who ended it stays out: the link may be an old one.
func (c Consent) Confirm(ctx context.Context, id string) (contact.Contact, error) {
	to, err := c.Get(ctx, id)
	if err != nil || to.State != contact.Pending {
		return to, err
	}
	to.State, to.ConsentAt, to.ConsentHow = contact.Confirmed, c.Now(), ownWord
	to, err = c.Contacts.Put(ctx, to)
	if err != nil {
		return contact.Contact{}, fmt.Errorf("subscribe: %w", err)
	}
	return to, nil
}

// End lets no message go to a contact any more, whatever it is asked to hear
// of. The row stays: it is what remembers that.
func (c Consent) End(ctx context.Context, id string) (contact.Contact, error) {
	if err := c.Contacts.SetState(ctx, id, contact.Ended); err != nil {
		return contact.Contact{}, fmt.Errorf("subscribe: %w", err)
	}
	return c.Get(ctx, id)
}

// ownWord is how a contact consented that confirmed by its link.
const ownWord = "link"
