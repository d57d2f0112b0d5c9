package snssender_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/sender"
	"github.com/shiptide/shiptide/shared/sender/sendertest"
	"github.com/shiptide/shiptide/shared/store/storetest"
)

func TestMail(t *testing.T) {
	s, f, _, _ := open(t)
	m := sendertest.Message
	m.Subject = "a\nb"
	if _, err := s.Send(t.Context(), mail, m); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"TopicArn": account + "test-mail-" + mail.ID, "Subject": "a b", "Message": m.Text}
	for _, call := range f.of("Publish") {
		if diff := cmp.Diff(want, given(call)); diff != "" {
			t.Errorf("call differs (-want +got):\n%s", diff)
		}
	}
}

// TestMailPace: of a hundred at once, nine go, whichever of two instances they
// are of.
func TestMailPace(t *testing.T) {
	s, f, c, _ := open(t)
	other := newSender(s.Client, s.Ledger, c.Now)
	for range 2 {
		var went atomic.Int32
		var wg sync.WaitGroup
		for i := range 100 {
			by := s
			if i%2 == 1 {
				by = other
			}
			wg.Go(func() {
				_, err := by.Send(t.Context(), mail, sendertest.Message)
				var pace *sender.PaceError
				next := c.Now().Truncate(time.Second).Add(time.Second)
				switch {
				case err == nil:
					went.Add(1)
				case !errors.As(err, &pace) || !pace.Until.Equal(next):
					t.Errorf("error %v, want none before %v", err, next)
				}
			})
		}
		wg.Wait()
		if n := len(f.of("Publish")); n != 9 || went.Load() != 9 {
			t.Errorf("%d were sent and %d said to be, want 9", n, went.Load())
		}
		c.Advance(500 * time.Millisecond) // It was half past.
	}
}

func TestMailByState(t *testing.T) {
	tests := []struct {
		name  string
		pages [][]string
		state contact.State
		want  string
	}{
		{"confirmed", [][]string{confirmed}, contact.Confirmed, "none"},
		{"pending", [][]string{pending}, contact.Pending, "paced"},
		{"deleted", [][]string{deleted}, contact.Ended, "never"},
		{"none", [][]string{none}, contact.Ended, "never"},
		{"none of mail", [][]string{{"sqs " + account + "x:1", "sms PendingConfirmation"}}, contact.Ended, "never"},
		{"deleted, and asked again", [][]string{{"email Deleted", "email PendingConfirmation"}}, contact.Pending, "paced"},
		{"pending, and confirmed on another page", [][]string{pending, none, confirmed}, contact.Confirmed, "none"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, f, c, _ := open(t)
			f.list(tt.pages...)
			if state, err := s.State(t.Context(), mail.ID); state != tt.state || err != nil {
				t.Errorf("State = %s, %v, want %s", state, err, tt.state)
			}
			for range 2 { // The second time it is known.
				_, err := s.Send(t.Context(), mail, sendertest.Message)
				if verdict(err) != tt.want {
					t.Errorf("Send: %v, want %s", err, tt.want)
				}
				var pace *sender.PaceError
				if errors.As(err, &pace) && !pace.Until.Equal(c.Now().Add(time.Hour)) {
					t.Errorf("until %v, want an hour on", pace.Until)
				}
			}
			if n := len(f.of("Publish")); n != map[string]int{"none": 2}[tt.want] {
				t.Errorf("%d were sent", n)
			}
		})
	}
}

func TestNoTopicIsNoSubscriber(t *testing.T) {
	s, f, _, _ := open(t)
	f.refuse("ListSubscriptionsByTopic", 404, "NotFound")
	if state, err := s.State(t.Context(), mail.ID); state != contact.Ended || err != nil {
		t.Errorf("State = %s, %v, want that it has ended", state, err)
	}
}

// TestStateIsReadAgain: after a day, and of who did not confirm yet, sooner.
func TestStateIsReadAgain(t *testing.T) {
	tests := []struct {
		name  string
		state []string
		fresh time.Duration
	}{
		{"confirmed", confirmed, 24 * time.Hour},
		{"gone", none, 24 * time.Hour},
		{"pending", pending, 10 * time.Minute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, f, c, _ := open(t)
			asked := func() int {
				_, _ = s.Send(t.Context(), mail, sendertest.Message)
				return len(f.of("ListSubscriptionsByTopic"))
			}
			f.list(tt.state)
			if n := asked(); n != 1 {
				t.Errorf("asked %d times at first, want once", n)
			}
			c.Advance(tt.fresh - time.Second)
			if n := asked(); n != 0 {
				t.Error("asked though it was known")
			}
			c.Advance(time.Second)
			if n := asked(); n != 1 {
				t.Error("not asked though it was long ago")
			}
			c.Advance(-time.Minute)
			if n := asked(); n != 1 {
				t.Error("not asked though it was read in the future")
			}
		})
	}
}

func TestUnknownStateSendsNothing(t *testing.T) {
	s, f, c, w := open(t)
	if _, err := s.Send(t.Context(), mail, sendertest.Message); err != nil {
		t.Fatal(err)
	}
	f.of("")
	f.refuse("ListSubscriptionsByTopic", 500, "InternalError")
	if _, err := s.Send(t.Context(), mail, sendertest.Message); err != nil {
		t.Errorf("SNS is down while the state is known: %v", err)
	}
	f.of("")
	c.Advance(24 * time.Hour)
	_, err := s.Send(t.Context(), mail, sendertest.Message)
	if verdict(err) != "again" || len(f.of("Publish")) > 0 {
		t.Errorf("SNS is down while the state is old: %v, want again and nothing sent", err)
	}
	silent(t, err)
	f.fail("ListSubscriptionsByTopic", nil)
	for fails := 1; fails <= 4; fails++ { // To read, read again, note, and pace.
		w.At(w.Calls()+fails, storetest.Fail)
		_, err := s.Send(t.Context(), mail, sendertest.Message)
		if verdict(err) != "again" || !errors.Is(err, storetest.ErrInjected) || len(f.of("Publish")) > 0 {
			t.Errorf("call %d of the ledger fails: %v, want again and nothing sent", fails, err)
		}
		c.Advance(24 * time.Hour)
	}
	w.At(w.Calls()+1, storetest.Fail)
	if _, err := s.Send(t.Context(), phone, sendertest.Message); !errors.Is(err, storetest.ErrInjected) || len(f.of("Publish")) > 0 {
		t.Errorf("the budget cannot be read: %v, want again and nothing sent", err)
	}
}
