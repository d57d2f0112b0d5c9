package snssender_test

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/sender"
	"github.com/shiptide/shiptide/shared/sender/sendertest"
	"github.com/shiptide/shiptide/shared/sender/snssender"
)

// given are the parameters of a call, but for those of every call, with message
// attributes by name as "<type> <value>".
func given(call url.Values) map[string]string {
	out := map[string]string{}
	for name := range call {
		if name != "Action" && name != "Version" && !strings.HasPrefix(name, "MessageAttributes.") {
			out[name] = call.Get(name)
		}
	}
	for i := range 9 {
		entry := fmt.Sprintf("MessageAttributes.entry.%d.", i+1)
		if name := call.Get(entry + "Name"); name != "" {
			out["@"+name] = call.Get(entry+"Value.DataType") + " " + call.Get(entry+"Value.StringValue")
		}
	}
	return out
}

func TestSMS(t *testing.T) {
	full := map[string]string{
		"PhoneNumber": phone.Address, "Message": "It's here.", "@AWS.SNS.SMS.SMSType": "String Transactional",
		"@AWS.SNS.SMS.MaxPrice": "Number 0.05", "@AWS.SNS.SMS.SenderID": "String SHOP",
	}
	s, f, _, _ := open(t)
	m := sendertest.Message
	m.SMS = "It’s here."
	check := func(want map[string]string) {
		t.Helper()
		id, err := s.Send(t.Context(), phone, m)
		if err != nil || id == "" {
			t.Fatalf("id %q, %v", id, err)
		}
		for _, call := range f.of("Publish") {
			if diff := cmp.Diff(want, given(call)); diff != "" {
				t.Errorf("call differs (-want +got):\n%s", diff)
			}
		}
	}
	check(full)
	s.SMS.MaxPrice, s.SMS.SenderID = "", ""
	bare := maps.Clone(full)
	delete(bare, "@AWS.SNS.SMS.MaxPrice")
	delete(bare, "@AWS.SNS.SMS.SenderID")
	check(bare)
	m.SMS = ""
	bare["Message"] = "Your parcel was delivered"
	check(bare)
	m.Subject = ""
	bare["Message"] = "Shipment update"
	check(bare)
}

func TestBudget(t *testing.T) {
	s, f, c, _ := open(t)
	other := newSender(s.Client, s.Ledger, c.Now) // Another instance.
	s.SMS.MonthlyLimit, other.SMS.MonthlyLimit = 3, 3
	april := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	long, short := sendertest.Message, sendertest.Message
	long.SMS = strings.Repeat("x", 200)
	short.Attrs = map[string]string{"shop": "a"}
	spent := func(s *snssender.Sender, m sender.Message, what string) {
		t.Helper()
		_, err := s.Send(t.Context(), phone, m)
		var pace *sender.PaceError
		if !errors.As(err, &pace) || !pace.Until.Equal(april) || len(f.of("Publish")) > 0 {
			t.Errorf("%s: %v, want none before %v", what, err, april)
		}
	}
	goes := func(s *snssender.Sender, m sender.Message, what string) {
		t.Helper()
		if _, err := s.Send(t.Context(), phone, m); err != nil || len(f.of("Publish")) != 1 {
			t.Errorf("%s: %v, want it to go", what, err)
		}
	}
	goes(s, long, "two parts of three")
	spent(other, long, "two more")
	goes(other, sendertest.Message, "the third")
	spent(s, sendertest.Message, "a fourth")
	goes(s, short, "that of another shop")
	c.Advance(april.Sub(c.Now()) - time.Second)
	spent(s, sendertest.Message, "a second before the month ends")
	c.Advance(time.Second)
	goes(s, long, "the next month")

	s.SMS.MonthlyLimit = 0
	april = april.AddDate(0, 1, 0)
	spent(s, short, "where none may go")
}

func TestDecemberEndsWithTheYear(t *testing.T) {
	s, _, c, _ := open(t)
	c.Advance(time.Date(2026, 12, 31, 23, 0, 0, 0, time.UTC).Sub(c.Now()))
	s.SMS.MonthlyLimit = 0
	_, err := s.Send(t.Context(), phone, sendertest.Message)
	var pace *sender.PaceError
	if want := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC); !errors.As(err, &pace) || !pace.Until.Equal(want) {
		t.Errorf("%v, want until %v", err, want)
	}
}

// TestWhatWasNotTakenIsNotSpent: only an unknown end costs.
func TestWhatWasNotTakenIsNotSpent(t *testing.T) {
	tests := []struct {
		name   string
		code   string
		status int
		left   bool
	}{
		{"refused", "OptedOut", 400, true},
		{"throttled", "Throttled", 429, true},
		{"a fault of SNS", "InternalError", 500, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, f, _, _ := open(t)
			s.SMS.MonthlyLimit = 1
			f.refuse("Publish", tt.status, tt.code)
			_, _ = s.Send(t.Context(), phone, sendertest.Message)
			f.fail("Publish", nil)
			if _, err := s.Send(t.Context(), phone, sendertest.Message); (err == nil) != tt.left {
				t.Errorf("afterwards: %v, want room %t", err, tt.left)
			}
		})
	}
}

func TestSettings(t *testing.T) {
	tests := []struct {
		name     string
		settings snssender.Settings
		good     bool
	}{
		{"nothing", snssender.Settings{}, true},
		{"all", snssender.Settings{MaxPrice: "0.05", SenderID: "Shop1"}, true},
		{"a whole price", snssender.Settings{MaxPrice: "1"}, true},
		{"eleven letters", snssender.Settings{SenderID: "ABCDEFGHIJK"}, true},
		{"a price in words", snssender.Settings{MaxPrice: "5 cents"}, false},
		{"a price below nothing", snssender.Settings{MaxPrice: "-1"}, false},
		{"a comma", snssender.Settings{MaxPrice: "0,05"}, false},
		{"twelve letters", snssender.Settings{SenderID: "ABCDEFGHIJKL"}, false},
		{"two letters", snssender.Settings{SenderID: "AB"}, false},
		{"digits only", snssender.Settings{SenderID: "12345"}, false},
		{"a space", snssender.Settings{SenderID: "My shop"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.settings.Check(); (err == nil) != tt.good {
				t.Errorf("Check = %v, want good %t", err, tt.good)
			}
			s, f, _, _ := open(t)
			tt.settings.MonthlyLimit = 1
			s.SMS = tt.settings
			_, err := s.Send(t.Context(), phone, sendertest.Message)
			want := map[bool]string{true: "none", false: "again"}[tt.good]
			if got := verdict(err); got != want || (len(f.of("Publish")) == 1) != tt.good {
				t.Errorf("Send: %v, want %s", err, want)
			}
		})
	}
}
