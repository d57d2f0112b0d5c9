// Package sendertest is the suite that every sender passes.
package sendertest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/sender"
	"github.com/shiptide/shiptide/shared/shipment"
)

// Subject is a sender under test.
type Subject struct {
	sender.Sender
	// Taken counts what the provider has taken so far.
	Taken func() int
	// Break makes the provider fail from now on.
	Break func()
}

// To are contacts of every channel. Their addresses belong to nobody.
var To = []contact.Contact{
	{ID: "0102030405060708090a0b0c0d0e0f10", Channel: contact.Email, Address: "canary@example.com", State: contact.Confirmed},
	{ID: "1102030405060708090a0b0c0d0e0f10", Channel: contact.SMS, Address: "+12025550177", State: contact.Confirmed},
	{ID: "2102030405060708090a0b0c0d0e0f10", Channel: contact.Topic, Address: contact.SellerTopic, State: contact.Confirmed},
}

// Message is one to send.
var Message = sender.Message{
	ID: "00112233445566778899aabbccddeeff", Kind: "delivered", Subject: "Your parcel was delivered",
	Text: "The carrier reports that your parcel was delivered.\n", SMS: "Your parcel was delivered.",
	Attrs: map[string]string{"kind": "delivered", "carrier": "ups", "country": "US", "severity": "0"},
	Event: shipment.Public{TrackingNumber: "1ZE40F710345678121", Carrier: "ups", Status: shipment.Delivered, SubStatus: shipment.Generic},
}

// Run runs the suite; open gives a fresh sender.
func Run(t *testing.T, open func(t *testing.T) Subject) {
	for _, to := range To {
		t.Run("sends by "+string(to.Channel), func(t *testing.T) {
			s := open(t)
			id, err := s.Send(t.Context(), to, Message)
			if err != nil || id == "" || s.Taken() != 1 {
				t.Errorf("id %q, error %v, %d taken; want an id and one taken", id, err, s.Taken())
			}
		})
		t.Run("does not swallow a repetition by "+string(to.Channel), func(t *testing.T) {
			s := open(t)
			for range 2 {
				if _, err := s.Send(t.Context(), to, Message); err != nil {
					t.Fatal(err)
				}
			}
			if s.Taken() != 2 {
				t.Errorf("%d taken, want two: whoever repeats shall see it", s.Taken())
			}
		})
		t.Run("says again when the provider fails, without the address, by "+string(to.Channel), func(t *testing.T) {
			s := open(t)
			s.Break()
			checkAgain(t, s, t.Context(), to)
		})
		t.Run("ends with its context by "+string(to.Channel), func(t *testing.T) {
			s := open(t)
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			checkAgain(t, s, ctx, to)
			if s.Taken() != 0 {
				t.Errorf("%d taken after the end", s.Taken())
			}
		})
	}
}

// checkAgain sends what cannot go. The error must mean "again", and must not
// tell who the recipient is.
func checkAgain(t *testing.T, s Subject, ctx context.Context, to contact.Contact) { //nolint:revive // A test comes first.
	t.Helper()
	_, err := s.Send(ctx, to, Message)
	var pace *sender.PaceError
	switch {
	case err == nil:
		t.Error("no error")
	case errors.Is(err, sender.ErrRefused), errors.As(err, &pace):
		t.Errorf("error %v, want one that means again", err)
	case to.Channel != contact.Topic && strings.Contains(err.Error(), to.Address), strings.Contains(err.Error(), Message.Event.TrackingNumber):
		t.Errorf("error %q tells who it was for", err)
	}
}
