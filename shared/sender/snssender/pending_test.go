package snssender_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/sender"
	"github.com/shiptide/shiptide/shared/sender/snssender"
	"github.com/shiptide/shiptide/shared/store"
)

// waiting is how many wait for confirmation, of those asked on that day.
func waiting(t *testing.T, s *snssender.Sender, day string) int64 {
	t.Helper()
	it, err := s.Ledger.Get(t.Context(), store.Key{Partition: "COUNT#mail-pending#" + day, Sort: "-"})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		t.Fatal(err)
	}
	return it.Count
}

func TestPendingIsBounded(t *testing.T) {
	s, f, c, _ := open(t)
	fill := func(n int64) {
		key := store.Key{Partition: "COUNT#mail-pending#" + c.Now().Format(time.DateOnly), Sort: "-"}
		if _, err := s.Ledger.Add(t.Context(), key, n, 10_000, c.Now().AddDate(0, 0, 30)); err != nil {
			t.Fatal(err)
		}
	}
	invite := func(id string, full bool) {
		t.Helper()
		f.list(none)
		to := mail
		to.ID = id
		err := s.Invite(t.Context(), to)
		if errors.Is(err, snssender.ErrTooManyPending) != full || (err == nil) == full || errors.Is(err, sender.ErrRefused) {
			t.Errorf("%s: %v, want full %t", id, err, full)
		}
		if n := len(f.of("Subscribe")); (n == 0) != full {
			t.Errorf("%s: asked %d times", id, n)
		}
		silent(t, err)
	}
	fill(2000)
	c.Advance(24 * time.Hour)
	fill(2000)
	c.Advance(24 * time.Hour)
	fill(498)
	invite("a", false)
	invite("b", false) // 4,500
	invite("c", true)
	f.list(pending)
	if _, err := s.State(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	invite("c", true)
	f.list(confirmed)
	for range 2 { // It makes room once.
		if _, err := s.State(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
	}
	invite("c", false)
	invite("d", true)
	c.Advance(24 * time.Hour) // The first 2,000 are forgotten, by SNS too.
	invite("d", false)
	f.list(confirmed)
	c.Advance(72 * time.Hour)
	if _, err := s.State(t.Context(), "b"); err != nil { // Its place is not counted any more.
		t.Fatal(err)
	}
	if n := waiting(t, s, "2026-03-04"); n != 500 {
		t.Errorf("%d places of a day long gone, want its 500 left alone", n)
	}
}

// TestAPlaceIsFreedOnce: two see at the same time that somebody confirmed.
func TestAPlaceIsFreedOnce(t *testing.T) {
	s, f, c, _ := open(t)
	f.list(none)
	for _, id := range []string{"a", "b"} {
		if err := s.Invite(t.Context(), contact.Contact{ID: id, Address: mail.Address}); err != nil {
			t.Fatal(err)
		}
	}
	f.list(confirmed)
	other := newSender(s.Client, s.Ledger, c.Now)
	f.fail("ListSubscriptionsByTopic", func(w http.ResponseWriter) {
		delete(f.fails, "ListSubscriptionsByTopic")
		f.mu.Unlock() // The fake holds it while it answers.
		defer f.mu.Lock()
		if _, err := other.State(t.Context(), "a"); err != nil {
			t.Error(err)
		}
		_, _ = w.Write([]byte("<ListSubscriptionsByTopicResponse><ListSubscriptionsByTopicResult><Subscriptions><member><Protocol>email</Protocol>" +
			"<SubscriptionArn>arn:x</SubscriptionArn></member></Subscriptions></ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>"))
	})
	if state, err := s.State(t.Context(), "a"); err != nil || state != contact.Confirmed {
		t.Errorf("State = %s, %v, want that it is confirmed", state, err)
	}
	if n := waiting(t, s, "2026-03-02"); n != 1 {
		t.Errorf("%d places taken, want that of the other contact", n)
	}
}

// TestWhoWasNotAskedByUsFreesNoPlace: somebody subscribed them by hand.
func TestWhoWasNotAskedByUsFreesNoPlace(t *testing.T) {
	s, f, _, w := open(t)
	for _, listed := range [][]string{pending, confirmed} {
		f.list(listed)
		before := w.Calls()
		if _, err := s.State(t.Context(), mail.ID); err != nil || w.Calls()-before != 2 {
			t.Errorf("%v after %d calls of the ledger, want one to read and one to note", err, w.Calls()-before)
		}
	}
}

// TestPlacesOfThoseWhoWereNotAsked are free, if that is certain.
func TestPlacesOfThoseWhoWereNotAsked(t *testing.T) {
	tests := []struct {
		code    string
		status  int
		want    string
		waiting int64
	}{
		{"InvalidParameter", 400, "never", 0},
		{"SubscriptionLimitExceeded", 403, "again", 0},
		{"AuthorizationError", 403, "again", 0},
		{"Throttled", 429, "paced", 0},
		{"InternalError", 500, "again", 1},
	}
	for _, tt := range tests {
		t.Run(tt.code, func(t *testing.T) {
			s, f, _, _ := open(t)
			f.list(none)
			f.refuse("Subscribe", tt.status, tt.code)
			err := s.Invite(t.Context(), mail)
			if verdict(err) != tt.want {
				t.Errorf("Invite: %v, want %s", err, tt.want)
			}
			silent(t, err)
			if n := waiting(t, s, "2026-03-02"); n != tt.waiting {
				t.Errorf("%d places taken, want %d", n, tt.waiting)
			}
			if _, err := s.State(t.Context(), mail.ID); err != nil {
				t.Error(err)
			}
		})
	}
}
