package snssender_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/sender/sendertest"
)

func TestStrangeContacts(t *testing.T) {
	s, _, _, _ := open(t)
	for _, to := range []contact.Contact{{Channel: "fax", Address: phone.Address}, {Channel: contact.Topic, Address: "other"}, {}} {
		_, err := s.Send(t.Context(), to, sendertest.Message)
		if verdict(err) != "again" {
			t.Errorf("%+v: %v, want again: it is no refusal", to, err)
		}
		silent(t, err)
	}
}

func TestMessagesThatSNSNeverTakes(t *testing.T) {
	s, f, _, _ := open(t)
	m := sendertest.Message
	for text, want := range map[string]string{strings.Repeat("x", 262_144): "none", strings.Repeat("x", 262_145): "never"} {
		m.Text = text
		_, err := s.Send(t.Context(), mail, m)
		if verdict(err) != want || len(f.of("Publish")) != map[string]int{"none": 1, "never": 0}[want] {
			t.Errorf("%d bytes: %v, want %s", len(text), err, want)
		}
	}
	m.Text = strings.Repeat("x", 262_144) // Attributes count too.
	if _, err := s.Send(t.Context(), seller, m); verdict(err) != "never" {
		t.Errorf("with attributes: %v, want never", err)
	}
}

func TestSenderTellsNobody(t *testing.T) {
	s, _, _, _ := open(t)
	for _, to := range []contact.Contact{phone, mail, seller, events} {
		if _, err := s.Send(t.Context(), to, sendertest.Message); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Invite(t.Context(), mail); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("%+v %+v", s, *s)
	for _, canary := range canaries {
		if strings.Contains(text, canary) {
			t.Errorf("the sender tells %q", canary)
		}
	}
}
