package store

import (
	"cmp"
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
// up to date, and returns what is stored now. One who ended it stays out: that
// is no error. One who agreed before need not do so again: the first consent
// stays, and a contact that is Pending does not undo it.
func (c Contacts) Put(ctx context.Context, to contact.Contact) (contact.Contact, error) {
	version := int64(0)
	for {
		err := c.Table.Put(ctx, c.item(to, version))
		var conflict *ConflictError
		if !errors.As(err, &conflict) {
			return to, err
		}
		if version = 0; conflict.Stored == nil {
			continue // Gone meanwhile.
		}
		stored, err := c.read(to.ID, *conflict.Stored)
		if err != nil || stored.State == contact.Ended {
			return stored, err
		}
		version = conflict.Stored.Version
		if to.State == contact.Pending || to.State == stored.State {
			to.State, to.ConsentAt, to.ConsentHow = stored.State, stored.ConsentAt, stored.ConsentHow
		}
		to.Language = cmp.Or(to.Language, stored.Language)
		if to == stored {
			return stored, nil
		}
	}
}

func (c Contacts) item(to contact.Contact, version int64) Item {
	return Item{Key: contactKey(to.ID), Version: version, Body: c.Vault.Seal(to.ID, to.Address), Attrs: map[string]string{
		"channel": string(to.Channel), "state": string(to.State), "language": to.Language,
		"consent": to.ConsentHow, "consented": to.ConsentAt.UTC().Format(time.RFC3339),
	}}
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
