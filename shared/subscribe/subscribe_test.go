package subscribe_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/boltstore"
	"github.com/shiptide/shiptide/shared/subscribe"
)

const number = "1ZE40F710345678121"

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func newSubscriber(t *testing.T, now func() time.Time) *subscribe.Subscriber {
	t.Helper()
	db, err := boltstore.Open(filepath.Join(t.TempDir(), "test.db"), now, boltstore.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	shipments, err := db.Table("shipments", nil)
	if err != nil {
		t.Fatal(err)
	}
	ledger, err := db.Table("ledger", nil)
	if err != nil {
		t.Fatal(err)
	}
	vault, err := contact.NewVault(bytes.Repeat([]byte("p"), 32), bytes.Repeat([]byte("d"), 32))
	if err != nil {
		t.Fatal(err)
	}
	return &subscribe.Subscriber{
		Shipments: store.Shipments{Table: shipments, Now: now}, Threads: store.Threads{Table: ledger},
		Contacts: store.Contacts{Table: ledger, Vault: vault}, Vault: vault, Now: now,
	}
}

func TestByOperator(t *testing.T) {
	now := noon
	s := newSubscriber(t, func() time.Time { return now })
	for range 2 { // The second time changes nothing.
		if _, err := s.ByOperator(t.Context(), " 1z e40f71 0345678121", contact.Email, "One@Example.com"); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Hour)
	}
	rec, err := s.Shipments.Get(t.Context(), number)
	if err != nil || !rec.RegisteredAt.Equal(noon) || len(rec.Set.Links) != 1 {
		t.Errorf("registered %s by %d links (%v), want once at noon", rec.RegisteredAt, len(rec.Set.Links), err)
	}
	threads, err := s.Threads.Of(t.Context(), number)
	if err != nil || len(threads) != 1 || !threads[0].Since.Equal(noon) {
		t.Fatalf("threads %+v (%v), want one since noon", threads, err)
	}
	to, err := s.Contacts.Get(t.Context(), threads[0].Recipient)
	if err != nil || to.Address != "One@example.com" || to.State != contact.Confirmed || to.ConsentHow != "operator" || !to.ConsentAt.Equal(noon) {
		t.Errorf("contact %+v (%v)", to, err)
	}
	for days, want := range map[string]int{"2026-03-02": 1, "2026-03-03": 0} {
		numbers, _, err := s.Shipments.Day(t.Context(), days, "", 10)
		if err != nil || len(numbers) != want {
			t.Errorf("%s lists %v (%v), want %d", days, numbers, err, want)
		}
	}
}

func TestWhoOptedOutStaysOut(t *testing.T) {
	s := newSubscriber(t, func() time.Time { return noon })
	to, err := s.ByOperator(t.Context(), number, contact.SMS, "+12025550123")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Contacts.SetState(t.Context(), to.ID, contact.Ended); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ByOperator(t.Context(), "1ZE40F710345678130", contact.SMS, "+1 202 555 0123"); !errors.Is(err, subscribe.ErrOptedOut) {
		t.Errorf("error %v, want %v", err, subscribe.ErrOptedOut)
	}
	if threads, err := s.Threads.Of(t.Context(), "1ZE40F710345678130"); err != nil || len(threads) > 0 {
		t.Errorf("%d threads (%v), want none", len(threads), err)
	}
}

func TestBadInput(t *testing.T) {
	tests := []struct {
		name, number string
		channel      contact.Channel
		address      string
		want         error
	}{
		{"no address", number, contact.Email, "", subscribe.ErrBadAddress},
		{"a phone for a mail address", number, contact.Email, "+12025550123", subscribe.ErrBadAddress},
		{"a mail with a second line", number, contact.Email, "one@example.com\r\nBcc: canary@example.com", subscribe.ErrBadAddress},
		{"a national phone number", number, contact.SMS, "0202555canary", subscribe.ErrBadAddress},
		{"a channel of nobody", number, contact.Topic, "canary", subscribe.ErrBadAddress},
		{"no number", "", contact.Email, "one@example.com", subscribe.ErrBadNumber},
		{"a number that cannot be one", "../..", contact.Email, "one@example.com", subscribe.ErrBadNumber},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSubscriber(t, func() time.Time { return noon })
			_, err := s.ByOperator(t.Context(), tt.number, tt.channel, tt.address)
			if !errors.Is(err, tt.want) {
				t.Errorf("error %v, want %v", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "canary") {
				t.Errorf("error %q repeats the input", err)
			}
		})
	}
}

// TestWhoMustBeAskedIsAskedFirst: only mail is, before there is anything to tell.
// What cannot be asked leaves nothing behind that a second call would not mend.
func TestWhoMustBeAskedIsAskedFirst(t *testing.T) {
	s := newSubscriber(t, func() time.Time { return noon })
	var asked []contact.Contact
	down := errors.New("down")
	s.Invite = func(ctx context.Context, to contact.Contact) error {
		threads, err := s.Threads.Of(ctx, number)
		if err != nil || len(threads) > 0 {
			t.Errorf("%d threads (%v) before it is asked, want none", len(threads), err)
		}
		if _, err := s.Shipments.Get(ctx, number); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the number is registered (%v) before it is asked", err)
		}
		asked = append(asked, to)
		return down
	}
	for n := range 2 { // It fails, and fails again.
		if _, err := s.ByOperator(t.Context(), number, contact.Email, "One@Example.com"); !errors.Is(err, down) || len(asked) != n+1 {
			t.Errorf("error %v after %d were asked, want %v after %d", err, len(asked), down, n+1)
		}
		if threads, err := s.Threads.Of(t.Context(), number); err != nil || len(threads) > 0 {
			t.Errorf("%d threads (%v), want none", len(threads), err)
		}
	}
	if to := asked[0]; to.Address != "One@example.com" || to.ID != s.Vault.ID(contact.Email, to.Address) || to.Channel != contact.Email {
		t.Errorf("asked %+v", to)
	}
	down, s.Invite = nil, func(_ context.Context, to contact.Contact) error { asked = append(asked, to); return nil }
	for n := range 2 { // It works, and twice is as once.
		to, err := s.ByOperator(t.Context(), number, contact.Email, "One@Example.com")
		if err != nil || len(asked) != n+3 || to != asked[n+2] {
			t.Errorf("ByOperator = %+v, %v after %d were asked", to, err, len(asked))
		}
		if threads, err := s.Threads.Of(t.Context(), number); err != nil || len(threads) != 1 || threads[0].Recipient != to.ID {
			t.Errorf("threads %+v (%v), want one", threads, err)
		}
	}
	if _, err := s.ByOperator(t.Context(), number, contact.SMS, "+12025550123"); err != nil || len(asked) != 4 {
		t.Errorf("a phone: error %v, and %d were asked, want it not to be", err, len(asked))
	}
	if err := s.Contacts.SetState(t.Context(), asked[0].ID, contact.Ended); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ByOperator(t.Context(), number, contact.Email, "One@Example.com"); !errors.Is(err, subscribe.ErrOptedOut) || len(asked) != 4 {
		t.Errorf("who opted out: error %v, and %d were asked, want it not to be", err, len(asked))
	}
}

// TestAskedAgain: who could not be reached, as an address that did not confirm in
// time, may be subscribed again.
func TestAskedAgain(t *testing.T) {
	now := noon
	s := newSubscriber(t, func() time.Time { return now })
	to, err := s.ByOperator(t.Context(), number, contact.Email, "one@example.com")
	if err != nil {
		t.Fatal(err)
	}
	row, err := s.Threads.Get(t.Context(), number, to.ID)
	if err != nil {
		t.Fatal(err)
	}
	row.Ended, row.Due = string(contact.Undeliverable), time.Time{}
	if err := s.Threads.Save(t.Context(), &row); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Hour)
	if _, err := s.ByOperator(t.Context(), number, contact.Email, "one@example.com"); err != nil {
		t.Fatal(err)
	}
	if row, err = s.Threads.Get(t.Context(), number, to.ID); err != nil || row.Ended != "" || !row.Due.Equal(now) || !row.Since.Equal(noon) {
		t.Errorf("the thread is ended %q, due %s, since %s, %v", row.Ended, row.Due, row.Since, err)
	}
}
