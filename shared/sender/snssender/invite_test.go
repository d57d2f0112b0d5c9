package snssender_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/sender/sendertest"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/storetest"
)

func TestInvite(t *testing.T) {
	s, f, _, _ := open(t)
	f.list(none)
	if err := s.Invite(t.Context(), mail); err != nil {
		t.Fatal(err)
	}
	f.mu.Lock()
	var got []map[string]string
	for _, call := range f.calls {
		params := given(call)
		params["Action"] = call.Get("Action")
		got = append(got, params)
	}
	f.mu.Unlock()
	topic := account + "test-mail-" + mail.ID
	want := []map[string]string{
		{"Action": "CreateTopic", "Name": "test-mail-" + mail.ID},
		{"Action": "ListSubscriptionsByTopic", "TopicArn": topic},
		{"Action": "SetTopicAttributes", "TopicArn": topic, "AttributeName": "DisplayName", "AttributeValue": "Shop"},
		{"Action": "Subscribe", "TopicArn": topic, "Protocol": "email", "Endpoint": mail.Address, "ReturnSubscriptionArn": "true"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("calls differ (-want +got):\n%s", diff)
	}
	it, err := s.Ledger.Get(t.Context(), store.Key{Partition: "MAIL#" + mail.ID, Sort: "-"})
	if err != nil || it.Attrs["state"] != string(contact.Pending) || it.Attrs["since"] != "2026-03-02T12:00:00.5Z" {
		t.Errorf("noted %v, %v, want pending since noon", it.Attrs, err)
	}
}

func TestInviteWithoutAName(t *testing.T) {
	s, f, _, _ := open(t)
	f.list(none)
	s.MailName = ""
	if err := s.Invite(t.Context(), mail); err != nil || len(f.of("SetTopicAttributes")) > 0 {
		t.Errorf("%v, want no name given", err)
	}
}

// TestLifeOfASubscription: asked, not listed yet, pending, confirmed, gone, and
// asked again.
func TestLifeOfASubscription(t *testing.T) {
	s, f, c, _ := open(t)
	steps := []struct {
		name   string
		listed []string
		after  time.Duration
		want   string
	}{
		{"not listed yet", none, time.Second, "paced"},
		{"listed", pending, 10 * time.Minute, "paced"},
		{"confirmed", confirmed, time.Hour, "none"},
		{"gone, which is not known yet", deleted, time.Hour, "none"},
		{"gone", deleted, 24 * time.Hour, "never"},
	}
	for range 2 {
		f.list(none)
		if err := s.Invite(t.Context(), mail); err != nil {
			t.Fatal(err)
		}
		for _, step := range steps {
			c.Advance(step.after)
			f.list(step.listed)
			if _, err := s.Send(t.Context(), mail, sendertest.Message); verdict(err) != step.want {
				t.Errorf("%s: %v, want %s", step.name, err, step.want)
			}
		}
	}
	f.list(none)
	if err := s.Invite(t.Context(), mail); err != nil {
		t.Fatal(err)
	}
	c.Advance(15 * time.Minute)
	if _, err := s.Send(t.Context(), mail, sendertest.Message); verdict(err) != "never" {
		t.Errorf("not listed for long: %v, want never", err)
	}
}

func TestInviteAgain(t *testing.T) {
	tests := []struct {
		name   string
		listed []string
		asked  int
		places int64
	}{
		{"who confirmed is not asked", confirmed, 0, 0},
		{"who did not is asked again, and has a place already", pending, 1, 0},
		{"who went is asked again", deleted, 1, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, f, _, _ := open(t)
			f.list(tt.listed)
			if err := s.Invite(t.Context(), mail); err != nil || len(f.of("Subscribe")) != tt.asked {
				t.Errorf("%v, want %d asked", err, tt.asked)
			}
			if n := waiting(t, s, "2026-03-02"); n != tt.places {
				t.Errorf("%d places taken, want %d", n, tt.places)
			}
		})
	}
}

func TestInviteFails(t *testing.T) {
	for _, action := range []string{"CreateTopic", "ListSubscriptionsByTopic", "SetTopicAttributes"} {
		s, f, _, _ := open(t)
		f.list(none)
		f.refuse(action, 500, "InternalError")
		err := s.Invite(t.Context(), mail)
		if verdict(err) != "again" || len(f.of("Subscribe")) > 0 {
			t.Errorf("%s: %v, want again and nobody asked", action, err)
		}
		silent(t, err)
		f.fail(action, func(http.ResponseWriter) { panic(http.ErrAbortHandler) })
		silent(t, s.Invite(t.Context(), mail))
	}
	s, f, _, w := open(t)
	f.list(none)
	for n := 1; n <= 6; n++ { // Read, note, two days before, take a place, note.
		before := w.Calls()
		w.At(before+n, storetest.Fail)
		if err := s.Invite(t.Context(), contact.Contact{ID: string(rune('a' + n)), Address: mail.Address}); !errors.Is(err, storetest.ErrInjected) {
			t.Errorf("call %d of the ledger fails: %v", n, err)
		}
	}
}

// TestInvitationsAreNotedOverStates: somebody reads the state meanwhile.
func TestInvitationsAreNotedOverStates(t *testing.T) {
	s, f, c, _ := open(t)
	f.list(none)
	other := newSender(s.Client, s.Ledger, c.Now)
	f.fail("Subscribe", func(w http.ResponseWriter) {
		f.mu.Unlock() // The fake holds it while it answers.
		defer f.mu.Lock()
		if _, err := other.State(t.Context(), mail.ID); err != nil {
			t.Error(err)
		}
		_, _ = w.Write([]byte("<SubscribeResponse><SubscribeResult><SubscriptionArn>arn:x</SubscriptionArn></SubscribeResult></SubscribeResponse>"))
	})
	if err := s.Invite(t.Context(), mail); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Send(t.Context(), mail, sendertest.Message); verdict(err) != "paced" {
		t.Errorf("Send: %v, want that it awaits confirmation", err)
	}
}
