package notice_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/shipment"
)

// parcel is the state that scans of "2 09:00 CODE" in UTC make.
func parcel(scans ...string) *shipment.Shipment {
	p := newPlayer(notice.Customer, "1 09:00")
	for _, s := range scans {
		at := strings.LastIndexByte(s, ' ')
		p.set.Add(shipment.Origin{Source: "ups", Kind: shipment.Carrier}, &shipment.Update{
			AsOf: when("20 00:00"), Events: []shipment.Event{scan{local: s[:at], code: s[at+1:]}.event()},
		})
	}
	sh := p.set.Fold()
	return &sh
}

// told is what "kind date" was told at a time.
func told(at, kind string) notice.Told {
	k, date, _ := strings.Cut(kind, " ")
	k, sub, _ := strings.Cut(k, "/")
	return notice.Told{Kind: notice.Kind(k), SubStatus: shipment.SubStatus(sub), Date: date, At: when(at), EventAt: when(at)}
}

// TestDecide looks at what is due to a customer, "" for nothing.
func TestDecide(t *testing.T) {
	const (
		moving, onVehicle, delivered = "IN_TRANSIT.MOVING", "OUT_FOR_DELIVERY.ON_VEHICLE", "DELIVERED.GENERIC"
		lost, address, absent        = "EXCEPTION.LOST", "EXCEPTION.ADDRESS_ISSUE", "FAILED_ATTEMPT.RECIPIENT_ABSENT"
	)
	type history = []notice.Told
	tests := []struct {
		name     string
		scans    []string
		told     history
		now      string
		since    string // "": when the order was placed
		audience notice.Audience
		want     string
	}{
		{"nothing has happened", nil, nil, "2 10:00", "", "", ""},
		{"a first scan", []string{"2 09:00 " + moving}, nil, "2 10:00", "", "", "on_its_way"},
		{"which was told", []string{"2 09:00 " + moving}, history{told("2 09:10", "on_its_way")}, "2 10:00", "", "", ""},
		{"once is once, whichever scan it is", []string{"2 09:00 " + moving, "3 09:00 IN_TRANSIT.DEPARTED"}, history{told("2 09:10", "on_its_way")}, "3 10:00", "", "", ""},
		{"paper is no movement", []string{"2 09:00 INFO_RECEIVED.LABEL_CREATED"}, nil, "2 10:00", "", "", ""},

		{"news of 72 hours is worth telling to the last minute", []string{"2 09:00 " + moving}, nil, "5 08:59", "", "", "on_its_way"},
		{"and not after", []string{"2 09:00 " + moving}, nil, "5 09:00", "", "", ""},
		{"out for delivery until midnight", []string{"2 09:00 " + onVehicle}, nil, "2 23:59", "", "", "out_for_delivery 2026-03-02"},
		{"and not the day after", []string{"2 09:00 " + onVehicle}, nil, "3 00:00", "", "", ""},
		{"a state is told while it is", []string{"2 09:00 EXCEPTION.PAYMENT_REQUIRED"}, nil, "12 09:00", "", "", "payment_due 2026-03-02"},
		{"and not when it has passed", []string{"2 09:00 EXCEPTION.PAYMENT_REQUIRED", "3 09:00 IN_TRANSIT.CUSTOMS_RELEASED"}, nil, "3 10:00", "", "", ""},
		{"damage is told though the parcel goes on", []string{"2 09:00 EXCEPTION.DAMAGED", "3 09:00 IN_TRANSIT.CUSTOMS_RELEASED"}, nil, "9 08:59", "", "", "problem/DAMAGED"},
		{"for a week", []string{"2 09:00 EXCEPTION.DAMAGED", "3 09:00 IN_TRANSIT.CUSTOMS_RELEASED"}, nil, "9 09:00", "", "", ""},
		{"an older notice does not step in for one that was told", []string{"2 09:00 " + moving, "2 12:00 EXCEPTION.PAYMENT_REQUIRED"}, history{told("2 12:10", "payment_due 2026-03-02")}, "2 13:00", "", "", ""},

		{"history from before the interest is not told", []string{"2 09:00 IN_TRANSIT.ARRIVED_DESTINATION_COUNTRY"}, nil, "4 00:00", "3 09:01", "", ""},
		{"the day before it is", []string{"2 09:00 IN_TRANSIT.ARRIVED_DESTINATION_COUNTRY"}, nil, "4 00:00", "3 09:00", "", "arrived_in_country"},
		{"nor an old end, to who was told nothing", []string{"2 09:00 " + delivered}, nil, "9 00:00", "8 00:00", "", ""},
		{"an old end to who was told something", []string{"2 09:00 " + delivered}, history{told("8 01:00", "on_its_way")}, "9 00:00", "8 00:00", "", "delivered"},
		{"an old problem is not the end", []string{"2 09:00 " + address}, history{told("8 01:00", "on_its_way")}, "9 00:00", "8 00:00", "", ""},

		{"one step later the earlier ones are dead", []string{"2 09:00 " + moving, "2 12:00 " + onVehicle}, nil, "3 00:00", "", "", ""},
		{"also when the parcel goes to the depot after that", []string{"2 09:00 " + onVehicle, "2 12:00 " + moving}, nil, "3 00:00", "", "", ""},
		{"a scan after the arrival does not hide it", []string{"2 09:00 IN_TRANSIT.ARRIVED_DESTINATION_COUNTRY", "2 12:00 " + moving}, nil, "2 13:00", "", "", "arrived_in_country"},
		{"a reported delay is dead once the parcel came to the door", []string{"2 09:00 EXCEPTION.DELAY_WEATHER", "2 12:00 " + absent, "2 12:00 EXCEPTION.DELAY_WEATHER"}, history{told("2 12:10", "attempt_failed 2026-03-02")}, "2 13:00", "", "", ""},
		{"nor does it come back the day after", []string{"2 09:00 IN_TRANSIT.DELIVERY_RESCHEDULED", "2 12:00 " + onVehicle}, history{told("2 12:10", "out_for_delivery 2026-03-02")}, "3 10:00", "", "", ""},
		{"a delay reported after that is news", []string{"2 09:00 " + absent, "3 12:00 EXCEPTION.DELAY_WEATHER"}, history{told("2 12:10", "attempt_failed 2026-03-02")}, "3 13:00", "", "", "delayed"},

		{"each day on the vehicle is news", []string{"2 09:00 " + onVehicle, "3 08:00 " + onVehicle}, history{told("2 09:10", "out_for_delivery 2026-03-02")}, "3 08:10", "", "", "out_for_delivery 2026-03-03"},
		{"twice a day is not", []string{"2 09:00 " + onVehicle, "2 14:00 " + onVehicle}, history{told("2 09:10", "out_for_delivery 2026-03-02")}, "2 14:10", "", "", ""},
		{"another problem is another notice", []string{"2 09:00 " + address, "4 09:00 " + lost}, history{told("2 09:10", "problem/ADDRESS_ISSUE 2026-03-02")}, "4 10:00", "", "", "problem/LOST"},
		{"the same problem scanned daily is one", []string{"2 09:00 " + address, "3 09:00 " + address}, history{told("2 09:10", "problem/ADDRESS_ISSUE 2026-03-02")}, "3 10:00", "", "", ""},
		{"also when only a later scan of it was told", []string{"2 09:00 " + address, "3 09:00 " + address, "4 09:00 " + address}, history{told("3 09:10", "problem/ADDRESS_ISSUE 2026-03-03")}, "4 10:00", "", "", ""},
		{"again after the parcel had moved is another", []string{"2 09:00 " + address, "3 09:00 " + moving, "4 09:00 " + address}, history{told("2 09:10", "problem/ADDRESS_ISSUE 2026-03-02")}, "4 10:00", "", "", "problem/ADDRESS_ISSUE 2026-03-04"},
		{"six kinds of delivered are one message", []string{"2 09:00 " + delivered, "3 10:00 DELIVERED.SAFE_PLACE"}, history{told("2 09:10", "delivered")}, "3 11:00", "", "", ""},

		{
			"a third time in a day is not told",
			[]string{"2 09:00 " + address, "2 10:00 " + moving, "2 11:00 EXCEPTION.CONTACT_CARRIER"},
			history{told("2 08:00", "problem/RECIPIENT_MOVED 2026-03-02"), told("2 09:10", "problem/ADDRESS_ISSUE 2026-03-02")},
			"2 11:10", "", "", "",
		},
		{
			"it is the day after",
			[]string{"2 09:00 " + address, "2 10:00 " + moving, "2 11:00 EXCEPTION.CONTACT_CARRIER"},
			history{told("2 08:00", "problem/RECIPIENT_MOVED 2026-03-02"), told("2 09:10", "problem/ADDRESS_ISSUE 2026-03-02")},
			"3 00:00", "", "", "problem/CONTACT_CARRIER 2026-03-02",
		},
		{"a kind that is new goes", []string{"2 11:00 " + onVehicle}, history{told("2 08:00", "on_its_way"), told("2 09:10", "arrived_in_country")}, "2 11:10", "", "", "out_for_delivery 2026-03-02"},
		{"how it ends goes", []string{"2 11:00 " + lost}, history{told("2 08:00", "problem/ADDRESS_ISSUE 2026-03-02"), told("2 09:10", "problem/RECIPIENT_MOVED 2026-03-02")}, "2 11:10", "", "", "problem/LOST"},

		{"the seller hears of a refusal", []string{"2 09:00 EXCEPTION.REFUSED"}, nil, "2 10:00", "", notice.Seller, "refused"},
		{"the customer knows", []string{"2 09:00 EXCEPTION.REFUSED"}, nil, "2 10:00", "", notice.Customer, ""},
		{"machines hear what the customer hears", []string{"2 09:00 " + lost}, nil, "2 10:00", "", notice.Machine, "problem/LOST"},
		{"else what the seller hears", []string{"2 09:00 EXCEPTION.REFUSED"}, nil, "2 10:00", "", notice.Machine, "refused"},
		{"a seller's notice is not hidden by a step of the customer", []string{"2 09:00 " + onVehicle, "2 10:00 EXCEPTION.REFUSED"}, nil, "2 11:00", "", notice.Seller, "refused"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			thread := notice.Thread{Audience: notice.Customer, Since: when("1 09:00"), Told: tt.told}
			if tt.since != "" {
				thread.Since = when(tt.since)
			}
			if tt.audience != "" {
				thread.Audience = tt.audience
			}
			candidates := notice.Decide(parcel(tt.scans...), notice.Context{Thread: &thread, Now: when(tt.now)})
			if diff := cmp.Diff(tt.want, due(t, candidates)); diff != "" {
				t.Errorf("due differs (-want +got):\n%s\ncandidates: %q", diff, verdicts(candidates))
			}
		})
	}
}

// due is what is due, and checks that the rest says why not, newest first.
func due(t *testing.T, candidates []notice.Candidate) (what string) {
	t.Helper()
	last := time.Time{}
	for _, c := range candidates {
		if c.Verdict == "" || c.Verdict != notice.Due && c.Verdict != notice.AlreadyTold && c.Reason == "" {
			t.Errorf("%s at %v: no verdict or no reason: %q %q", c.Kind, c.At, c.Verdict, c.Reason)
		}
		if !last.IsZero() && c.At.After(last) {
			t.Errorf("%s at %v stands behind something older", c.Kind, c.At)
		}
		last = c.At
		if c.Verdict != notice.Due {
			continue
		}
		if what != "" {
			t.Errorf("two are due: %s and %s", what, c.Kind)
		}
		what = string(c.Kind)
		if c.SubStatus != "" {
			what += "/" + string(c.SubStatus)
		}
		if c.Date != "" {
			what += " " + c.Date
		}
	}
	return what
}
