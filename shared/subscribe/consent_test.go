package subscribe_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/subscribe"
)

// TestConsent: what a contact says of itself, in any order and more than once. It
// waited, agreed or ended it at noon, and speaks an hour later, and each hour.
func TestConsent(t *testing.T) {
	const confirm, end = "confirm", "end"
	tests := []struct {
		name   string
		state  contact.State // at noon
		says   []string
		want   contact.State
		agreed time.Duration // after noon, and how; "": as at noon
		how    string
	}{
		{"it looks", contact.Pending, nil, contact.Pending, 0, ""},
		{"it confirms", contact.Pending, []string{confirm}, contact.Confirmed, time.Hour, "link"},
		{"it confirms twice, and the first time counts", contact.Pending, []string{confirm, confirm}, contact.Confirmed, time.Hour, "link"},
		{"it ends what it never began", contact.Pending, []string{end}, contact.Ended, 0, ""},
		{"it confirms and ends", contact.Pending, []string{confirm, end}, contact.Ended, time.Hour, "link"},
		{"an old link confirms what it ended", contact.Pending, []string{end, confirm}, contact.Ended, 0, ""},
		{"it ends twice", contact.Confirmed, []string{end, end}, contact.Ended, 0, "operator"},
		{"whom the operator put in confirms", contact.Confirmed, []string{confirm}, contact.Confirmed, 0, "operator"},
		{"whom the operator put in ends, and confirms", contact.Confirmed, []string{end, confirm, confirm}, contact.Ended, 0, "operator"},
		{"where nothing arrives, confirming mends nothing", contact.Undeliverable, []string{confirm}, contact.Undeliverable, 0, ""},
		{"it ends that too", contact.Undeliverable, []string{end}, contact.Ended, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			now := noon
			s := newSubscriber(t, func() time.Time { return now })
			c := subscribe.Consent{Contacts: s.Contacts, Now: s.Now}
			to := contact.Contact{ID: s.Vault.ID(contact.Email, "one@example.com"), Channel: contact.Email, Address: "one@example.com", State: tt.state}
			if tt.state == contact.Confirmed {
				to.ConsentAt, to.ConsentHow = noon, "operator"
			}
			if _, err := s.Contacts.Put(t.Context(), to); err != nil {
				t.Fatal(err)
			}
			for _, word := range tt.says {
				now = now.Add(time.Hour)
				do := map[string]func() (contact.Contact, error){
					confirm: func() (contact.Contact, error) { return c.Confirm(t.Context(), to.ID) },
					end:     func() (contact.Contact, error) { return c.End(t.Context(), to.ID) },
				}[word]
				told, err := do()
				if stored, getErr := c.Get(t.Context(), to.ID); err != nil || getErr != nil || told != stored {
					t.Errorf("%s returns %+v, %v, and stored is %+v, %v", word, told, err, stored, getErr)
				}
			}
			got, err := c.Get(t.Context(), to.ID)
			if err != nil || got.State != tt.want || got.ConsentHow != tt.how || got.Address != "one@example.com" {
				t.Errorf("it is %+v, %v, want %s by %q", got, err, tt.want, tt.how)
			}
			if tt.how != "" && !got.ConsentAt.Equal(noon.Add(tt.agreed)) {
				t.Errorf("it agreed at %s, want %s after noon", got.ConsentAt, tt.agreed)
			}
		})
	}
}

func TestConsentOfNobody(t *testing.T) {
	s := newSubscriber(t, func() time.Time { return noon })
	c := subscribe.Consent{Contacts: s.Contacts, Now: s.Now}
	unknown := s.Vault.ID(contact.Email, "nobody@example.com")
	for _, id := range []string{unknown, "x"} {
		for range 2 { // Asking makes no row.
			_, looked := c.Get(t.Context(), id)
			_, confirmed := c.Confirm(t.Context(), id)
			_, ended := c.End(t.Context(), id)
			for what, err := range map[string]error{"Get": looked, "Confirm": confirmed, "End": ended} {
				if !errors.Is(err, store.ErrNotFound) {
					t.Errorf("%s of a contact that there is not = %v, want %v", what, err, store.ErrNotFound)
				}
			}
		}
	}
}

// TestWhoEndedHearsNoMore: not of what it was asked before, nor of what the
// operator adds afterwards.
func TestWhoEndedHearsNoMore(t *testing.T) {
	s := newSubscriber(t, func() time.Time { return noon })
	to, err := s.ByOperator(t.Context(), number, contact.Email, "one@example.com")
	if err != nil {
		t.Fatal(err)
	}
	c := subscribe.Consent{Contacts: s.Contacts, Now: s.Now}
	if to, err := c.End(t.Context(), to.ID); err != nil || to.State != contact.Ended {
		t.Fatalf("End = %+v, %v", to, err)
	}
	if _, err := s.ByOperator(t.Context(), "1ZE40F710345678130", contact.Email, "one@example.com"); !errors.Is(err, subscribe.ErrOptedOut) {
		t.Errorf("ByOperator = %v, want %v", err, subscribe.ErrOptedOut)
	}
}

// racing is a table before whose next write something else is done.
type racing struct {
	store.Table
	before func()
}

func (r *racing) Put(ctx context.Context, it store.Item) error {
	if do := r.before; do != nil {
		r.before = nil
		do()
	}
	return r.Table.Put(ctx, it)
}

// TestTheEndWins: who ends it while an older click confirms has ended it.
func TestTheEndWins(t *testing.T) {
	s := newSubscriber(t, func() time.Time { return noon })
	to := contact.Contact{ID: s.Vault.ID(contact.Email, "one@example.com"), Channel: contact.Email, Address: "one@example.com", State: contact.Pending}
	if _, err := s.Contacts.Put(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	other := subscribe.Consent{Contacts: s.Contacts, Now: s.Now}
	slow := other
	slow.Contacts.Table = &racing{s.Contacts.Table, func() {
		if _, err := other.End(t.Context(), to.ID); err != nil {
			t.Error(err)
		}
	}}
	if to, err := slow.Confirm(t.Context(), to.ID); err != nil || to.State != contact.Ended {
		t.Errorf("Confirm = %s, %v, want that it has ended", to.State, err)
	}
	if to, err := other.Get(t.Context(), to.ID); err != nil || to.State != contact.Ended {
		t.Errorf("it is %s, %v, want that it has ended", to.State, err)
	}
}
