package notice_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/shipment"
)

// TestFlagsTold looks at what is due where time itself says something. The
// moments are of Berlin, an hour ahead of what was told and of now.
func TestFlagsTold(t *testing.T) {
	const onVehicle, arrived, atPoint = "OUT_FOR_DELIVERY.ON_VEHICLE", "IN_TRANSIT.ARRIVED", "AVAILABLE_FOR_PICKUP.AT_POINT"
	customer, seller := notice.Customer, notice.Seller
	promised := dated("2 18:01", "08")
	first := happens("2 18:00 IN_TRANSIT.ACCEPTED")
	onTheWay, out := told("2 17:10", "on_its_way"), told("9 07:10", "out_for_delivery 2026-03-09")
	tests := []struct {
		name     string
		audience notice.Audience
		told     []notice.Told
		moments  []moment
		now      string
		want     string
	}{
		{"late", customer, []notice.Told{onTheWay}, []moment{first, promised}, "9 12:00", "delayed"},
		{"a minute before nothing is late", customer, []notice.Told{onTheWay}, []moment{first, promised}, "9 11:59", ""},
		{"late is told once", customer, []notice.Told{onTheWay, told("9 12:00", "delayed")}, []moment{first, promised}, "12 12:00", ""},
		{"late with a later date that was not told", customer, []notice.Told{onTheWay}, []moment{first, promised, dated("2 20:00", "20")}, "9 12:00", "delayed 2026-03-20"},
		{"late, and that date was told: the customer knows", customer, []notice.Told{onTheWay, told("2 19:10", "delayed 2026-03-20")}, []moment{first, promised, dated("2 20:00", "20")}, "9 12:00", ""},
		{"the seller does not", seller, nil, []moment{first, promised, dated("2 20:00", "20"), happens("8 09:00 " + arrived)}, "9 12:00", "delayed 2026-03-20"},
		{"a moved date is none of the seller's before it is late", seller, nil, []moment{first, promised, dated("2 20:00", "20")}, "9 11:59", ""},
		{"not on the day on which it is on the vehicle", customer, []notice.Told{onTheWay, out}, []moment{first, promised, happens("9 08:10 " + onVehicle)}, "9 12:00", ""},
		{"nor to the seller", seller, nil, []moment{first, promised, happens("9 08:10 " + onVehicle)}, "9 12:00", ""},
		{"to the last minute of the place", customer, []notice.Told{onTheWay, out}, []moment{first, promised, happens("9 08:10 " + onVehicle)}, "9 22:59", ""},
		{"the day after it is", customer, []notice.Told{onTheWay, out}, []moment{first, promised, happens("9 08:10 " + onVehicle)}, "9 23:00", "delayed"},
		{"a moved date is not told on that day either", customer, []notice.Told{onTheWay}, []moment{first, promised, happens("6 08:10 " + onVehicle), dated("6 08:20", "20")}, "6 07:30", "out_for_delivery 2026-03-06"},
		{"not after an attempt", customer, []notice.Told{onTheWay, told("8 11:00", "attempt_failed 2026-03-08")}, []moment{first, promised, happens("8 12:00 FAILED_ATTEMPT.GENERIC")}, "9 12:00", ""},
		{"not at a pickup point", customer, []notice.Told{onTheWay, told("8 11:00", "ready_for_pickup 2026-03-08")}, []moment{first, promised, happens("8 12:00 " + atPoint)}, "9 12:00", ""},
		{"nor to the seller then", seller, nil, []moment{first, promised, happens("8 12:00 " + atPoint), happens("8 20:00 IN_TRANSIT.HELD")}, "9 12:00", ""},
		{"not after the delivery, though the source moves its date", customer, []notice.Told{onTheWay, told("8 11:00", "delivered")}, []moment{first, promised, happens("8 12:00 DELIVERED.GENERIC"), dated("8 13:00", "20")}, "9 12:00", ""},
		{"a delivery that was taken back is none", customer, []notice.Told{onTheWay, told("8 11:00", "delivered"), told("8 18:00", "correction 2026-03-08")}, []moment{first, promised, happens("8 12:00 DELIVERED.GENERIC"), {"9 09:00", lists(accepted), "", ""}}, "9 12:00", "delayed"},

		{"stalled", seller, nil, []moment{first}, "9 17:00", "stalled 2026-03-09"},
		{"stalled is told once", seller, []notice.Told{told("9 17:00", "stalled 2026-03-09")}, []moment{first}, "12 17:00", ""},
		{"stalled again is another date", seller, []notice.Told{told("9 17:00", "stalled 2026-03-09")}, []moment{first, happens("10 09:00 " + arrived)}, "17 08:00", "stalled 2026-03-17"},
		{"stalled is no matter of the customer", customer, []notice.Told{onTheWay}, []moment{first}, "9 17:00", ""},
		{"what moves again is not stalled", seller, nil, []moment{first, happens("9 18:30 " + arrived)}, "9 17:31", ""},

		{"a reminder on the third day", customer, []notice.Told{told("8 16:00", "ready_for_pickup 2026-03-08")}, []moment{happens("8 17:00 " + atPoint)}, "11 16:00", "ready_for_pickup 2026-03-11"},
		{"one reminder", customer, []notice.Told{told("8 16:00", "ready_for_pickup 2026-03-08"), told("11 16:00", "ready_for_pickup 2026-03-11")}, []moment{happens("8 17:00 " + atPoint)}, "20 16:00", ""},
		{"none that it is there", customer, []notice.Told{told("8 16:00", "ready_for_pickup 2026-03-08")}, []moment{happens("8 17:00 " + atPoint), happens("11 16:00 DELIVERED.COLLECTED")}, "11 16:00", "delivered"},
		{"a source that says each day that it waits", customer, []notice.Told{told("8 16:00", "ready_for_pickup 2026-03-08")}, []moment{happens("8 17:00 " + atPoint), happens("9 17:00 " + atPoint), happens("10 17:00 " + atPoint)}, "11 16:00", "ready_for_pickup 2026-03-11"},

		{"two attempts are told to the seller", seller, nil, []moment{happens("8 12:00 FAILED_ATTEMPT.GENERIC"), happens("9 12:00 FAILED_ATTEMPT.GENERIC")}, "9 11:10", "attempts_exhausted"},
		{"a third is not", seller, []notice.Told{told("9 11:10", "attempts_exhausted")}, []moment{happens("8 12:00 FAILED_ATTEMPT.GENERIC"), happens("9 12:00 FAILED_ATTEMPT.GENERIC"), happens("10 12:00 FAILED_ATTEMPT.GENERIC")}, "10 11:10", ""},
		{"one attempt is not", seller, nil, []moment{happens("8 12:00 FAILED_ATTEMPT.GENERIC"), happens("8 18:00 FAILED_ATTEMPT.GENERIC")}, "9 11:10", ""},
		{"the customer was told of each", customer, []notice.Told{told("8 11:10", "attempt_failed 2026-03-08"), told("9 11:10", "attempt_failed 2026-03-09")}, []moment{happens("8 12:00 FAILED_ATTEMPT.GENERIC"), happens("9 12:00 FAILED_ATTEMPT.GENERIC")}, "9 11:20", ""},

		{"nothing was handed over", seller, nil, []moment{happens("2 09:00 INFO_RECEIVED.LABEL_CREATED")}, "4 08:00", "no_first_scan"},
		{"once, though the source gives up too", seller, []notice.Told{told("4 08:00", "no_first_scan")}, []moment{{"9 09:00", func(p *player, m moment) {
			p.add(&shipment.Update{Answers: []shipment.Answer{{Code: code("EXPIRED.NO_UPDATES"), AsOf: m.now()}}})
		}, "", ""}}, "9 08:10", ""},
		{"number reuse with an order", seller, nil, []moment{{"1 00:00", early, "", ""}}, "1 09:00", "number_reuse"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, candidates := play(tt.audience, tt.told, tt.now, tt.moments...)
			if diff := cmp.Diff(tt.want, due(t, candidates)); diff != "" {
				sh := p.set.Fold()
				t.Errorf("due differs (-want +got):\n%s\n%s: %q", diff, sh.Code, verdicts(candidates))
			}
		})
	}
}

// TestReuseWithoutAnOrder: whose parcel it is, nobody knows, so nobody is told.
func TestReuseWithoutAnOrder(t *testing.T) {
	s := shipment.Set{Number: "RR123456785CN"}
	for _, text := range []string{"DELIVERED.GENERIC", "IN_TRANSIT.MOVING"} {
		e := scan{local: "1 09:00", code: text}.event()
		if text != "DELIVERED.GENERIC" {
			e.OccurredAt = e.OccurredAt.AddDate(0, 5, 0)
		}
		s.Add(carrierSays, &shipment.Update{AsOf: e.OccurredAt, Events: []shipment.Event{e}})
	}
	sh, now := s.Fold(), when("1 10:00").AddDate(0, 5, 0)
	if flags := shipment.Flags(&sh, now); len(flags) == 0 || flags[len(flags)-1] != shipment.NumberReuseSuspect {
		t.Fatalf("flags %v, want the suspicion", flags)
	}
	for _, c := range notice.Decide(&sh, notice.Context{Thread: &notice.Thread{Audience: notice.Seller, Since: now.Add(-time.Hour)}, Now: now}) {
		if c.Kind == "number_reuse" {
			t.Errorf("%s: %s", c.Kind, c.Verdict)
		}
	}
}

// TestHeldBackForADay: what is not told today says when to look again.
func TestHeldBackForADay(t *testing.T) {
	first, promised := happens("2 18:00 IN_TRANSIT.ACCEPTED"), dated("2 18:01", "08")
	moved := []moment{first, promised, dated("2 19:01", "20"), dated("2 20:01", "21")}
	address := []moment{happens("2 09:00 EXCEPTION.ADDRESS_ISSUE"), happens("2 10:00 IN_TRANSIT.MOVING"), happens("2 11:00 EXCEPTION.CONTACT_CARRIER")}
	tests := []struct {
		name    string
		told    []notice.Told
		moments []moment
		now     string
		again   string // "": never
	}{
		{"on the vehicle", nil, []moment{first, promised, happens("9 08:10 OUT_FOR_DELIVERY.ON_VEHICLE")}, "9 12:00", "9 23:00"},
		{"told twice today", []notice.Told{told("2 07:00", "problem/RECIPIENT_MOVED 2026-03-02"), told("2 08:10", "problem/ADDRESS_ISSUE 2026-03-02")}, address, "2 10:10", "2 23:00"},
		{"a date that creeps", []notice.Told{told("2 18:10", "delayed 2026-03-20")}, moved, "3 10:00", "20 23:00"},
		{"nothing", []notice.Told{told("2 17:10", "on_its_way")}, []moment{first, promised}, "3 10:00", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, candidates := play(notice.Customer, tt.told, tt.now, tt.moments...)
			before := due(t, candidates)
			var again time.Time
			for _, c := range candidates {
				if !c.Again.IsZero() {
					again = c.Again
				}
			}
			if tt.again == "" {
				if !again.IsZero() {
					t.Errorf("look again at %v, want never", again)
				}
				return
			}
			if !again.Equal(when(tt.again)) {
				t.Fatalf("look again at %v, want %s March", again, tt.again)
			}
			sh := p.set.Fold()
			if got := due(t, notice.Decide(&sh, notice.Context{Thread: &p.thread, Now: again})); got == "" || got == before {
				t.Errorf("due then: %q, before %q", got, before)
			}
		})
	}
}
