package store

import (
	"cmp"
	"context"
	"errors"
	"strings"
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

// ErrOtherKeys says that a store was filled with other keys than those at hand:
// its recipients could not be read, and each would be listed a second time.
var ErrOtherKeys = errors.New("other keys than those that the store was filled with")

// keysMark is the row that tells which keys a store is filled with.
var keysMark = Key{"MARK#keys", "-"}

// Filled tells whether a store has been used with keys.
func (c Contacts) Filled(ctx context.Context) (bool, error) {
	_, err := c.Table.Get(ctx, keysMark)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// UseKeys notes with the first use of a store which keys it is filled with, and
// is ErrOtherKeys for others ever after.
func (c Contacts) UseKeys(ctx context.Context) error {
	it, err := c.Table.Get(ctx, keysMark)
	if errors.Is(err, ErrNotFound) {
		it = Item{Key: keysMark, Attrs: map[string]string{"fingerprint": c.Vault.Fingerprint()}}
		err = c.Table.Put(ctx, it)
	}
	var conflict *ConflictError
	if errors.As(err, &conflict) && conflict.Stored != nil { // Another was first just now.
		it, err = *conflict.Stored, nil
	}
	if err != nil {
		return err
	}
	return c.Fits(&it)
}

// Fits tells whether a row of the ledger is one of the keys at hand; those that
// hold nothing of them are.
func (c Contacts) Fits(it *Item) error {
	id, recipient := strings.CutPrefix(it.Partition, "R#")
	switch {
	case it.Key == keysMark && it.Attrs["fingerprint"] != c.Vault.Fingerprint():
		return ErrOtherKeys
	case recipient:
		if _, err := c.Vault.Open(id, it.Body); err != nil {
			return ErrOtherKeys
		}
	}
	return nil
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
