package store_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/storetest"
)

func contacts(t testing.TB) (store.Contacts, *storetest.World, store.Table) {
	t.Helper()
	table, w, sound, _ := open(t)
	v, err := contact.NewVault([]byte(strings.Repeat("p", 16)), []byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	return store.Contacts{Table: table, Vault: v}, w, sound
}

func anna(c store.Contacts, state contact.State) contact.Contact {
	return contact.Contact{
		ID: c.Vault.ID(contact.Email, "anna@example.org"), Channel: contact.Email, Address: "anna@example.org",
		Language: "de", State: state, ConsentAt: start, ConsentHow: "page",
	}
}

func TestContactsKeepAnAddressSealed(t *testing.T) {
	c, _, table := contacts(t)
	want := anna(c, contact.Pending)
	got, err := c.Put(t.Context(), want)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("put differs (-want +got):\n%s", diff)
	}
	got, err = c.Get(t.Context(), want.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read differs (-want +got):\n%s", diff)
	}
	it, err := table.Get(t.Context(), store.Key{Partition: "R#" + want.ID, Sort: "-"})
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range it.Attrs {
		if strings.Contains(value, "anna") {
			t.Errorf("attribute %s holds the address", name)
		}
	}
	if bytes.Contains(it.Body, []byte("anna")) {
		t.Error("the body holds the address")
	}
	if _, err := c.Get(t.Context(), "nobody"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Get of nobody: %v, want ErrNotFound", err)
	}
}

// TestContactsPutAgain: who signs up again, and who was there before.
func TestContactsPutAgain(t *testing.T) {
	tests := []struct {
		name         string
		stored, next contact.State
		want         contact.State
		newConsent   bool
	}{
		{"one who has not confirmed asks again", contact.Pending, contact.Pending, contact.Pending, false},
		{"the operator holds the consent of one who has not", contact.Pending, contact.Confirmed, contact.Confirmed, true},
		{"one who agreed asks again: no need to confirm", contact.Confirmed, contact.Pending, contact.Confirmed, false},
		{"one who agreed is added by the operator: the first consent stays", contact.Confirmed, contact.Confirmed, contact.Confirmed, false},
		{"one who ended it asks again and stays out", contact.Ended, contact.Pending, contact.Ended, false},
		{"one who ended it stays out whoever says they agreed", contact.Ended, contact.Confirmed, contact.Ended, false},
		{"one who cannot be reached asks again", contact.Undeliverable, contact.Pending, contact.Undeliverable, false},
		{"one who cannot be reached is tried again by the operator", contact.Undeliverable, contact.Confirmed, contact.Confirmed, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, _, _ := contacts(t)
			if _, err := c.Put(t.Context(), anna(c, tt.stored)); err != nil {
				t.Fatal(err)
			}
			next := anna(c, tt.next)
			next.ConsentAt, next.ConsentHow, next.Language = start.Add(time.Hour), "operator", ""
			want := anna(c, tt.want)
			if tt.newConsent {
				want.ConsentAt, want.ConsentHow = next.ConsentAt, next.ConsentHow
			}
			got, err := c.Put(t.Context(), next)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("put differs (-want +got):\n%s", diff)
			}
			stored, err := c.Get(t.Context(), next.ID)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, stored); diff != "" {
				t.Errorf("stored differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestContactsSetState(t *testing.T) {
	c, w, _ := contacts(t)
	a := anna(c, contact.Pending)
	if err := c.SetState(t.Context(), a.ID, contact.Ended); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("SetState of nobody: %v, want ErrNotFound", err)
	}
	if _, err := c.Put(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	w.Yield = func() { // Another moves it between our read and our write.
		w.Yield = func() {}
		if err := c.SetState(t.Context(), a.ID, contact.Confirmed); err != nil {
			t.Error(err)
		}
	}
	w.At(w.Calls()+2, storetest.Delay)
	if err := c.SetState(t.Context(), a.ID, contact.Ended); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Get(t.Context(), a.ID); err != nil || got.State != contact.Ended || got.Address != a.Address {
		t.Errorf("contact %+v, %v, want it ended", got, err)
	}
}

func TestContactsOfAnotherKey(t *testing.T) {
	c, _, _ := contacts(t)
	a := anna(c, contact.Confirmed)
	if _, err := c.Put(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	v, err := contact.NewVault([]byte(strings.Repeat("p", 16)), []byte(strings.Repeat("x", 32)))
	if err != nil {
		t.Fatal(err)
	}
	c.Vault = v
	if got, err := c.Get(t.Context(), a.ID); err == nil || got.Address != "" {
		t.Errorf("read %+v, %v, want an error", got, err)
	}
}

// TestAStoreHasTheKeysOfItsFirstUse: others would list each recipient a second
// time and read none of the first.
func TestAStoreHasTheKeysOfItsFirstUse(t *testing.T) {
	c, w, table := contacts(t)
	other, err := contact.NewVault([]byte(strings.Repeat("p", 16)), []byte(strings.Repeat("x", 32)))
	if err != nil {
		t.Fatal(err)
	}
	if filled, err := c.Filled(t.Context()); filled || err != nil {
		t.Errorf("Filled = %t, %v of an empty store", filled, err)
	}
	for range 2 {
		if err := c.UseKeys(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if filled, err := c.Filled(t.Context()); !filled || err != nil {
		t.Errorf("Filled = %t, %v of one in use", filled, err)
	}
	others := store.Contacts{Table: table, Vault: other}
	if err := others.UseKeys(t.Context()); !errors.Is(err, store.ErrOtherKeys) {
		t.Errorf("UseKeys of others = %v, want ErrOtherKeys", err)
	}
	w.At(w.Calls()+1, storetest.Fail)
	if err := c.UseKeys(t.Context()); !errors.Is(err, storetest.ErrInjected) {
		t.Errorf("UseKeys of a store that fails = %v", err)
	}
	if _, err := c.Put(t.Context(), anna(c, contact.Confirmed)); err != nil {
		t.Fatal(err)
	}
	page, err := table.(store.Scanner).Scan(t.Context(), "")
	if err != nil || len(page.Items) != 2 {
		t.Fatalf("%d rows, %v, want the contact and the mark", len(page.Items), err)
	}
	for _, it := range page.Items {
		if err := c.Fits(&it); err != nil {
			t.Errorf("%s does not fit: %v", it.Partition, err)
		}
		if err := others.Fits(&it); !errors.Is(err, store.ErrOtherKeys) {
			t.Errorf("%s fits other keys: %v", it.Partition, err)
		}
	}
	if err := others.Fits(&store.Item{Key: store.Key{Partition: "S#1", Sort: "T#1"}}); err != nil {
		t.Errorf("a row without keys does not fit: %v", err)
	}
}
