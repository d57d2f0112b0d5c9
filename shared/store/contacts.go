package store

import (
	"context"
	"errors"
	"time"

	"github.com/shiptide/shiptide/shared/contact"
)

// Contacts keeps recipients in the ledger, one row each: "R#<id>" / "-". The
// address is sealed.
type Contacts struct {
	Table Table
	Vault *contact.Vault
}

func contactKey(id string) Key { return Key{"R#" + id, "-"} }

// Put keeps a contact whose ID is that of the vault, or brings the one there is
// up to date. One who ended it stays out: that is no error, and the stored
// contact is returned.
func (c Contacts) Put(ctx context.Context, to contact.Contact) (contact.Contact, error) {
	it := Item{Key: contactKey(to.ID), Body: c.Vault.Seal(to.ID, to.Address), Attrs: map[string]string{
		"channel": string(to.Channel), "state": string(to.State), "language": to.Language,
		"consent": to.ConsentHow, "consented": to.ConsentAt.UTC().Format(time.RFC3339),
	}}
	err := c.Table.Put(ctx, it)
	var conflict *ConflictError
	if !errors.As(err, &conflict) || conflict.Stored == nil {
		return to, err
	}
	return c.read(to.ID, *conflict.Stored)
}

// Get reads a contact; ErrNotFound if there is none of that ID.
func (c Contacts) Get(ctx context.Context, id string) (contact.Contact, error) {
	it, err := c.Table.Get(ctx, contactKey(id))
	if err != nil {
		return contact.Contact{}, err
	}
	return c.read(id, it)
}

// SetState moves a contact to another state.
func (c Contacts) SetState(ctx context.Context, id string, state contact.State) error {
	for {
		it, err := c.Table.Get(ctx, contactKey(id))
		if err != nil {
			return err
		}
		it.Attrs["state"] = string(state)
		err = c.Table.Put(ctx, it)
		var conflict *ConflictError
		if !errors.As(err, &conflict) {
			return err
		}
	}
}

func (c Contacts) read(id string, it Item) (contact.Contact, error) {
	address, err := c.Vault.Open(id, it.Body)
	if err != nil {
		return contact.Contact{}, err
	}
	return contact.Contact{
		ID: id, Channel: contact.Channel(it.Attrs["channel"]), Address: address,
		Language: it.Attrs["language"], State: contact.State(it.Attrs["state"]),
		ConsentAt: parseTime(it.Attrs["consented"]), ConsentHow: it.Attrs["consent"],
	}, nil
}
