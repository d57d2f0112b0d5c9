package notice_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/shipment"
)

// play hears of moments without a look in between, and then looks once.
func play(a notice.Audience, told []notice.Told, now string, moments ...moment) (*player, []notice.Candidate) {
	p := newPlayer(a, "1 09:00")
	p.thread.Told = told
	for _, m := range moments {
		m.hear(p, m)
	}
	sh := p.set.Fold()
	return p, notice.Decide(&sh, notice.Context{Thread: &p.thread, Now: when(now)})
}

// happens is a moment of Berlin that nobody is asked about.
func happens(text string) moment {
	at := strings.LastIndexByte(text, ' ')
	return moment{local: text[:at], hear: is(text[at+1:])}
}

// TestChanges: what was told and turned out to be other is taken back, to who
// was told, once. The moments are of Berlin, an hour ahead of what was told and
// of now.
func TestChanges(t *testing.T) {
	const lost, searched, moving = "EXCEPTION.LOST", "EXCEPTION.INVESTIGATION", "IN_TRANSIT.MOVING"
	first, there := happens("2 18:00 IN_TRANSIT.ACCEPTED"), happens("8 12:00 DELIVERED.GENERIC")
	unlisted := func(local string, also ...scan) moment {
		return moment{local: local, hear: lists(append([]scan{accepted}, also...)...)}
	}
	onTheWay, delivered := told("2 17:10", "on_its_way"), told("8 11:00", "delivered")
	gone, found := told("6 08:00", "problem/LOST"), told("8 08:00", "found_again 2026-03-08")
	corrected := told("8 18:00", "correction 2026-03-08")
	customer, seller := notice.Customer, notice.Seller
	tests := []struct {
		name     string
		audience notice.Audience
		told     []notice.Told
		moments  []moment
		now      string
		want     string
	}{
		{"a delivery that was told and taken back", customer, []notice.Told{onTheWay, delivered}, []moment{first, there, unlisted("9 09:00")}, "9 08:10", "correction 2026-03-08"},
		{"once", customer, []notice.Told{onTheWay, delivered, corrected}, []moment{first, there, unlisted("9 09:00"), unlisted("10 09:00")}, "10 08:10", ""},
		{"not to who was never told of it", customer, []notice.Told{onTheWay}, []moment{first, there, unlisted("9 09:00")}, "9 08:10", ""},
		{"to the seller in any case", seller, nil, []moment{first, there, unlisted("9 09:00")}, "9 08:10", "mismatch 2026-03-08"},
		{"once too", seller, []notice.Told{told("8 18:00", "mismatch 2026-03-08")}, []moment{first, there, unlisted("9 09:00")}, "9 08:10", ""},
		{"though the source was silent for long", customer, []notice.Told{delivered}, []moment{first, there, unlisted("20 09:00")}, "20 08:10", "correction 2026-03-08"},
		{"but not for ever", customer, []notice.Told{delivered}, []moment{first, there, unlisted("20 09:00")}, "23 08:10", ""},
		{"before what is true now", customer, []notice.Told{delivered}, []moment{first, there, unlisted("10 09:00", scan{local: "10 08:05", ahead: berlin, code: "OUT_FOR_DELIVERY.ON_VEHICLE"})}, "10 08:10", "correction 2026-03-08"},
		{"then that", customer, []notice.Told{delivered, corrected}, []moment{first, there, unlisted("10 09:00", scan{local: "9 08:05", ahead: berlin, code: "OUT_FOR_DELIVERY.ON_VEHICLE"})}, "9 08:10", "out_for_delivery 2026-03-09"},
		{"delivered is told once more", customer, []notice.Told{delivered, corrected}, []moment{first, there, unlisted("9 09:00"), happens("10 11:00 DELIVERED.SIGNED")}, "10 10:10", "delivered 2026-03-08"},
		{"and not a third time", customer, []notice.Told{delivered, corrected, told("10 10:10", "delivered 2026-03-08")}, []moment{first, there, unlisted("9 09:00"), happens("10 11:00 DELIVERED.SIGNED"), happens("10 11:05 DELIVERED.GENERIC")}, "10 10:20", ""},
		{"another event of that delivery stands", customer, []notice.Told{delivered}, []moment{first, there, unlisted("9 09:00", scan{local: "8 12:01", ahead: berlin, code: "DELIVERED.SIGNED"})}, "9 08:10", ""},
		{"a delivery of two events is taken back once", customer, []notice.Told{delivered, told("9 06:00", "correction 2026-03-09"), told("10 07:10", "out_for_delivery 2026-03-10")}, []moment{first, there, happens("8 13:00 DELIVERED.SIGNED"), {"9 03:00", lists(accepted, scan{local: "8 13:00", ahead: berlin, code: "DELIVERED.SIGNED"}), "", ""}, unlisted("9 20:00"), happens("10 08:05 OUT_FOR_DELIVERY.ON_VEHICLE")}, "10 07:20", ""},
		{"lost that is not listed any more is no delivery", customer, []notice.Told{gone}, []moment{first, happens("6 09:00 " + lost), unlisted("7 09:00")}, "7 08:10", ""},

		{"a scan after the loss", customer, []notice.Told{gone}, []moment{first, happens("6 09:00 " + lost), happens("8 09:00 " + moving)}, "8 08:10", "found_again 2026-03-08"},
		{"once a find", customer, []notice.Told{onTheWay, gone, found}, []moment{first, happens("6 09:00 " + lost), happens("8 09:00 " + moving), happens("9 09:00 " + moving)}, "9 08:10", ""},
		{"not to who did not know of the loss", customer, []notice.Told{onTheWay}, []moment{first, happens("6 09:00 " + lost), happens("8 09:00 " + moving)}, "8 08:10", ""},
		{"for three days", customer, []notice.Told{onTheWay, gone}, []moment{first, happens("6 09:00 " + lost), happens("8 09:00 " + moving)}, "11 08:00", ""},
		{"lost once more", customer, []notice.Told{gone, found}, []moment{first, happens("6 09:00 " + lost), happens("8 09:00 " + moving), happens("12 09:00 " + lost)}, "12 08:10", "problem/LOST 2026-03-08"},
		{"to the seller too", seller, []notice.Told{told("6 08:00", "lost")}, []moment{first, happens("6 09:00 " + lost), happens("8 09:00 " + moving), happens("12 09:00 " + lost)}, "12 08:10", "lost 2026-03-08"},
		{"lost a second day is no other loss", customer, []notice.Told{gone}, []moment{first, happens("6 09:00 " + lost), happens("8 09:00 " + lost)}, "8 08:10", ""},
		{"a scan after a search", customer, []notice.Told{told("6 08:00", "problem/INVESTIGATION")}, []moment{first, happens("6 09:00 " + searched), happens("8 09:00 " + moving)}, "8 08:10", "found_again 2026-03-08"},
		{"paper does not find a parcel", customer, []notice.Told{told("6 08:00", "problem/INVESTIGATION")}, []moment{first, happens("6 09:00 " + searched), happens("8 09:00 EXCEPTION.DISPOSED")}, "8 08:10", "problem/DISPOSED"},
		{"searched and then lost is not found", customer, []notice.Told{told("6 08:00", "problem/INVESTIGATION")}, []moment{first, happens("6 09:00 " + searched), happens("8 09:00 " + lost)}, "8 08:10", "problem/LOST"},
		{"found at the door: that is told", customer, []notice.Told{gone}, []moment{first, happens("6 09:00 " + lost), happens("8 09:00 DELIVERED.GENERIC")}, "8 08:10", "delivered"},
		{"and nothing after it", customer, []notice.Told{gone, told("8 08:00", "delivered")}, []moment{first, happens("6 09:00 " + lost), happens("8 09:00 DELIVERED.GENERIC")}, "8 08:20", ""},
		{"found at a pickup point", customer, []notice.Told{gone}, []moment{first, happens("6 09:00 " + lost), happens("8 09:00 AVAILABLE_FOR_PICKUP.AT_POINT")}, "8 08:10", "ready_for_pickup 2026-03-08"},
		{"found and on the vehicle since", customer, []notice.Told{gone}, []moment{first, happens("6 09:00 " + lost), happens("8 06:00 " + moving), happens("8 09:00 OUT_FOR_DELIVERY.ON_VEHICLE")}, "8 08:10", "out_for_delivery 2026-03-08"},
		{"lost on the vehicle, and on it again", customer, []notice.Told{told("6 06:00", "out_for_delivery 2026-03-06"), told("6 08:00", "problem/LOST")}, []moment{first, happens("6 07:00 OUT_FOR_DELIVERY.ON_VEHICLE"), happens("6 09:00 " + lost), happens("6 19:00 " + moving)}, "6 18:10", "found_again 2026-03-06"},
		{"delivered was told before the loss: it is found", customer, []notice.Told{told("3 09:00", "delivered"), gone}, []moment{first, happens("3 10:00 DELIVERED.GENERIC"), happens("6 09:00 " + lost), happens("8 09:00 DELIVERED.GENERIC")}, "8 08:10", "found_again 2026-03-08"},
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

// TestFoundWhere: the text names the place and the local day of the scan that
// found the parcel.
func TestFoundWhere(t *testing.T) {
	_, candidates := play(notice.Customer, []notice.Told{told("6 08:00", "problem/LOST")}, "7 23:40",
		happens("6 09:00 EXCEPTION.LOST"), happens("8 00:30 IN_TRANSIT.ARRIVED"))
	if got := due(t, candidates); got != "found_again 2026-03-08" || candidates[0].Event == nil || candidates[0].Event.LocalDate() != "2026-03-08" {
		t.Errorf("due %q by %+v, want found_again by the scan of 8 March", got, candidates[0].Event)
	}
}

// TestLikelyLostTwice: a parcel that was given up, moved again, and fell silent
// again is given up once more.
func TestLikelyLostTwice(t *testing.T) {
	p := newPlayer(notice.Seller, "1 09:00")
	at := func(day int, text string) []notice.Kind {
		now := when("1 09:00").AddDate(0, 0, day)
		if text != "" {
			e := scan{local: "1 09:00", code: text}.event()
			e.OccurredAt, e.LocalTime = now, now.Format(shipment.LocalLayout)
			p.add(&shipment.Update{AsOf: now, Events: []shipment.Event{e}})
		}
		return p.speak(now)
	}
	for _, step := range []struct {
		day  int
		scan string
		want string
	}{
		{1, "IN_TRANSIT.ACCEPTED", ""},
		{8, "", "stalled"},
		{31, "", "likely_lost"},
		{40, "", ""},
		{41, "IN_TRANSIT.ARRIVED", ""},
		{48, "", "stalled"},
		{71, "", "likely_lost"},
		{99, "", ""},
	} {
		var got string
		for _, k := range at(step.day, step.scan) {
			got += string(k)
		}
		if got != step.want {
			t.Errorf("day %d: %q, want %q", step.day, got, step.want)
		}
	}
}

// TestBackOnTime: only who was told of a delay hears that there is none.
func TestBackOnTime(t *testing.T) {
	delayed, back := told("4 09:10", "delayed 2026-03-08"), told("4 10:10", "back_on_time 2026-03-05")
	tests := []struct {
		name     string
		scans    []string
		promised []string
		told     []notice.Told
		now      string
		want     string
	}{
		{"the first day holds after all", nil, []string{"05", "08", "05"}, []notice.Told{delayed}, "1 03:00", "back_on_time 2026-03-05"},
		{"an earlier one", nil, []string{"05", "08", "04"}, []notice.Told{delayed}, "1 03:00", "back_on_time 2026-03-04"},
		{"a later one than the first does not", nil, []string{"05", "08", "06"}, []notice.Told{delayed}, "1 03:00", ""},
		{"no delay was told", nil, []string{"05", "08", "05"}, nil, "1 03:00", ""},
		{"a delay without a date was told", nil, []string{"05", "05"}, []notice.Told{told("1 01:00", "delayed")}, "1 03:00", ""},
		{"once", nil, []string{"05", "08", "05"}, []notice.Told{delayed, back}, "1 03:00", ""},
		{"a still earlier day is no other news", nil, []string{"05", "08", "04"}, []notice.Told{delayed, back}, "1 03:00", ""},
		{"late again: told again", nil, []string{"05", "08", "05", "08"}, []notice.Told{delayed, back}, "1 04:00", "delayed 2026-03-08"},
		{"late again by a day: not while the day has not passed", nil, []string{"05", "08", "05", "06"}, []notice.Told{delayed, back}, "5 04:00", ""},
		{"and on time again", nil, []string{"05", "08", "05", "08", "05"}, []notice.Told{delayed, back, told("4 11:10", "delayed 2026-03-08")}, "1 05:00", "back_on_time 2026-03-05"},
		{"not when that day has passed", nil, []string{"01", "08", "01"}, []notice.Told{delayed}, "2 01:00", ""},
		{"not after three days", nil, []string{"05", "08", "05"}, []notice.Told{delayed}, "4 02:00", ""},
		{"not after the delivery", []string{"1 01:30 DELIVERED.GENERIC"}, []string{"05", "08", "05"}, []notice.Told{delayed, told("1 01:30", "delivered")}, "1 03:00", ""},
		{"not after an attempt", []string{"1 01:30 FAILED_ATTEMPT.GENERIC"}, []string{"05", "08", "05"}, []notice.Told{delayed, told("1 01:30", "attempt_failed 2026-03-01")}, "1 03:00", ""},
		{"not on the way back", []string{"1 01:30 RETURN.RETURNING"}, []string{"05", "08", "05"}, []notice.Told{delayed, told("1 01:30", "returning")}, "1 03:00", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			thread := notice.Thread{Audience: notice.Customer, Since: when("1 00:00"), Told: tt.told}
			candidates := notice.Decide(promised(parcel(tt.scans...), tt.promised...), notice.Context{Thread: &thread, Now: when(tt.now)})
			if diff := cmp.Diff(tt.want, due(t, candidates)); diff != "" {
				t.Errorf("due differs (-want +got):\n%s\ncandidates: %q", diff, verdicts(candidates))
			}
		})
	}
}

// TestPromiseHidesNothing: a source says its promise with every push. What is
// known of it is no news that would stand before an older event.
func TestPromiseHidesNothing(t *testing.T) {
	tests := []struct {
		name string
		days []string
		told []notice.Told
		want string
	}{
		{"a new date that was told", []string{"05", "08"}, []notice.Told{told("1 02:00", "delayed 2026-03-08")}, "arrived_in_country"},
		{"a date that creeps", []string{"05", "08", "09"}, []notice.Told{told("1 02:00", "delayed 2026-03-08")}, "arrived_in_country"},
		{"a day that holds again, and was told", []string{"05", "08", "05"}, []notice.Told{told("1 02:00", "delayed 2026-03-08"), told("1 02:10", "back_on_time 2026-03-05")}, "arrived_in_country"},
		{"one that was not told goes first", []string{"05", "08"}, nil, "delayed 2026-03-08"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sh := promised(parcel("1 00:30 IN_TRANSIT.ARRIVED_DESTINATION_COUNTRY"), tt.days...)
			thread := notice.Thread{Audience: notice.Customer, Since: when("1 00:00"), Told: tt.told}
			candidates := notice.Decide(sh, notice.Context{Thread: &thread, Now: when("1 03:00").Add(time.Hour)})
			if diff := cmp.Diff(tt.want, due(t, candidates)); diff != "" {
				t.Errorf("due differs (-want +got):\n%s\ncandidates: %q", diff, verdicts(candidates))
			}
		})
	}
}
