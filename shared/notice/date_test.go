package notice_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/shipment"
)

// promised adds estimates to a parcel: one day of March each, in order of time.
func promised(sh *shipment.Shipment, days ...string) *shipment.Shipment {
	s := shipment.Set{Number: sh.Number}
	for i, day := range days {
		s.Add(shipment.Origin{Source: "ups", Kind: shipment.Carrier}, &shipment.Update{Estimates: []shipment.Estimate{
			{From: "2026-03-01", To: "2026-03-" + day, AsOf: when("1 00:00").Add(time.Duration(i) * time.Hour)},
		}})
	}
	sh.Estimate = s.Fold().Estimate
	return sh
}

// TestNewDates: a delay is told with its new date; the parcel is delayed by the
// weather on 4 March, 09:00.
func TestNewDates(t *testing.T) {
	const weather, rescheduled = "4 09:00 EXCEPTION.DELAY_WEATHER", "4 09:00 IN_TRANSIT.DELIVERY_RESCHEDULED"
	tests := []struct {
		name     string
		scan     string
		promised []string
		told     []notice.Told
		now      string
		want     string
	}{
		{"without any promise it is told without a date", weather, nil, nil, "4 10:00", "delayed"},
		{"once", weather, nil, []notice.Told{told("4 09:10", "delayed")}, "4 10:00", ""},
		{"and again when a date comes", weather, []string{"05", "08"}, []notice.Told{told("4 09:10", "delayed")}, "4 10:00", "delayed 2026-03-08"},
		{"with the new date", weather, []string{"05", "08"}, nil, "4 10:00", "delayed 2026-03-08"},
		{"no later date: told without one", weather, []string{"05", "05"}, nil, "4 10:00", "delayed"},
		{"an earlier date is not told as a delay's", weather, []string{"05", "04"}, nil, "4 10:00", "delayed"},
		{"the same date again", weather, []string{"05", "08"}, []notice.Told{told("4 09:10", "delayed 2026-03-08")}, "4 10:00", ""},
		{"earlier than the one told", weather, []string{"05", "08", "07"}, []notice.Told{told("4 09:10", "delayed 2026-03-08")}, "4 10:00", ""},
		{"a date that creeps by a day", weather, []string{"05", "08", "09"}, []notice.Told{told("4 09:10", "delayed 2026-03-08")}, "8 23:59", ""},
		{"once the date told has passed it is news", weather, []string{"05", "08", "09"}, []notice.Told{told("4 09:10", "delayed 2026-03-08")}, "9 00:00", "delayed 2026-03-09"},
		{"two days later is news at once", weather, []string{"05", "08", "10"}, []notice.Told{told("4 09:10", "delayed 2026-03-08")}, "4 10:00", "delayed 2026-03-10"},
		{"over the end of a month", weather, []string{"05", "30", "31"}, []notice.Told{told("4 09:10", "delayed 2026-03-30")}, "4 10:00", ""},

		{"a new slot that is later is a delay", rescheduled, []string{"05", "06"}, nil, "4 10:00", "delayed 2026-03-06"},
		{"a new slot that is not later is none", rescheduled, []string{"05", "05"}, nil, "4 10:00", ""},
		{"a new slot without any promise is", rescheduled, nil, nil, "4 10:00", "delayed"},
		{"after 72 hours the slot is no news, but the moved date is", rescheduled, []string{"05", "06"}, nil, "7 09:00", "delayed 2026-03-06"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			thread := notice.Thread{Audience: notice.Customer, Since: when("1 09:00"), Told: tt.told}
			candidates := notice.Decide(promised(parcel(tt.scan), tt.promised...), notice.Context{Thread: &thread, Now: when(tt.now)})
			if diff := cmp.Diff(tt.want, due(t, candidates)); diff != "" {
				t.Errorf("due differs (-want +got):\n%s\ncandidates: %q", diff, verdicts(candidates))
			}
		})
	}
}

// TestActingGoesBeforeADate: beside a new date, which can wait, something that
// the recipient must act on is told first.
func TestActingGoesBeforeADate(t *testing.T) {
	const absent, generic = "4 08:00 FAILED_ATTEMPT.RECIPIENT_ABSENT", "4 08:00 FAILED_ATTEMPT.GENERIC"
	const later = "4 09:00 IN_TRANSIT.DELIVERY_RESCHEDULED"
	attempt := told("4 08:10", "attempt_failed 2026-03-04")
	tests := []struct {
		name     string
		scans    []string
		promised []string
		told     []notice.Told
		want     string
	}{
		{"the attempt that asks for a choice", []string{absent, later}, []string{"04", "06"}, nil, "attempt_failed 2026-03-04"},
		{"then the date", []string{absent, later}, []string{"04", "06"}, []notice.Told{attempt}, "delayed 2026-03-06"},
		{"then nothing", []string{absent, later}, []string{"04", "06"}, []notice.Told{attempt, told("4 09:10", "delayed 2026-03-06")}, ""},
		{"the attempt also if the date is known", []string{absent, later}, []string{"04", "06"}, []notice.Told{told("3 09:10", "delayed 2026-03-06")}, "attempt_failed 2026-03-04"},
		{"an attempt that asks for nothing goes behind the date", []string{generic, later}, []string{"04", "06"}, nil, "delayed 2026-03-06"},
		{"a slot that is no news does not hide the attempt", []string{generic, later}, []string{"04", "04"}, nil, "attempt_failed 2026-03-04"},
		{"what must be acted on and is newer is simply first", []string{"4 07:00 EXCEPTION.DELAY_WEATHER", absent}, []string{"04", "06"}, nil, "attempt_failed 2026-03-04"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			thread := notice.Thread{Audience: notice.Customer, Since: when("1 09:00"), Told: tt.told}
			candidates := notice.Decide(promised(parcel(tt.scans...), tt.promised...), notice.Context{Thread: &thread, Now: when("4 10:00")})
			if diff := cmp.Diff(tt.want, due(t, candidates)); diff != "" {
				t.Errorf("due differs (-want +got):\n%s\ncandidates: %q", diff, verdicts(candidates))
			}
		})
	}
}

// TestSuppressed: what would be due and may not go.
func TestSuppressed(t *testing.T) {
	cancelled := "2 09:00 CANCELLED.GENERIC"
	unregistered := parcel("2 09:00 IN_TRANSIT.MOVING")
	unregistered.RegisteredAt = time.Time{}
	tests := []struct {
		name string
		sh   *shipment.Shipment
		c    notice.Context
		want notice.Verdict
	}{
		{"a cancelled parcel is told", parcel(cancelled), notice.Context{}, notice.Due},
		{"not while the order has another", parcel(cancelled), notice.Context{OtherLive: true}, notice.Suppressed},
		{"a delivery is, beside another parcel", parcel("2 09:00 DELIVERED.GENERIC"), notice.Context{OtherLive: true}, notice.Due},
		{"nothing of a number that nobody registered", unregistered, notice.Context{}, notice.Suppressed},
		{"nothing to who has left", parcel(cancelled), notice.Context{Thread: &notice.Thread{Audience: notice.Customer, Ended: "unsubscribed"}}, notice.Suppressed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.c.Thread == nil {
				tt.c.Thread = &notice.Thread{Audience: notice.Customer, Since: when("1 09:00")}
			}
			tt.c.Now = when("2 10:00")
			got := notice.Decide(tt.sh, tt.c)
			if len(got) != 1 || got[0].Verdict != tt.want {
				t.Errorf("verdicts %q, want %s", verdicts(got), tt.want)
			}
		})
	}
}

// TestAnswersSpeakOnlyWithoutScans: an answer is told to the seller while no
// scan is known.
func TestAnswersSpeakOnlyWithoutScans(t *testing.T) {
	tests := []struct {
		name, answer string
		scans        []scan
		want         string
	}{
		{"a number that cannot be followed", "PENDING.INVALID_NUMBER", nil, "invalid_number/INVALID_NUMBER"},
		{"a number not found yet", "PENDING.NOT_FOUND", nil, ""},
		{"no scan at all for long", "EXPIRED.NO_UPDATES", nil, "no_first_scan"},
		{"silence after a scan", "EXPIRED.NO_UPDATES", []scan{{local: "2 09:00", code: "IN_TRANSIT.MOVING"}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlayer(notice.Seller, "1 09:00")
			for _, s := range tt.scans {
				p.hear(when("2 10:00"), s.event())
			}
			p.set.Add(shipment.Origin{Source: "17track", Kind: shipment.Aggregator}, &shipment.Update{Answers: []shipment.Answer{{Code: code(tt.answer), AsOf: when("3 09:00")}}})
			sh := p.set.Fold()
			for i, want := range []string{tt.want, ""} { // Told once.
				c := notice.Context{Thread: &p.thread, Now: when("3 10:00")}
				if got := due(t, notice.Decide(&sh, c)); got != want {
					t.Errorf("look %d: due %q, want %q", i, got, want)
				}
				if next := notice.Next(&sh, c); next != nil {
					p.thread.Tell(next, "id", "", c.Now)
				}
			}
		})
	}
}

// TestAssumedZoneOpensNoNewDate: where the clock stood is a guess.
func TestAssumedZoneOpensNoNewDate(t *testing.T) {
	tests := []struct {
		name  string
		local string // of the second time on the vehicle
		zone  shipment.Zone
		want  string
	}{
		{"a day and less", "3 08:59", shipment.Assumed, ""},
		{"a day", "3 09:00", shipment.Assumed, "out_for_delivery 2026-03-03"},
		{"a known zone", "3 08:00", shipment.Reported, "out_for_delivery 2026-03-03"},
		{"a zone inferred from the place", "3 08:00", shipment.Inferred, "out_for_delivery 2026-03-03"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlayer(notice.Customer, "1 09:00")
			first, second := scan{local: "2 09:00", code: "OUT_FOR_DELIVERY.ON_VEHICLE"}.event(), scan{local: tt.local, code: "OUT_FOR_DELIVERY.ON_VEHICLE"}.event()
			first.Zone, second.Zone = tt.zone, tt.zone
			p.hear(when("2 10:00"), first)
			p.set.Add(shipment.Origin{Source: "17track", Kind: shipment.Aggregator}, &shipment.Update{AsOf: when("20 00:00"), Events: []shipment.Event{second}})
			sh := p.set.Fold()
			if got := due(t, notice.Decide(&sh, notice.Context{Thread: &p.thread, Now: when("3 10:00")})); got != tt.want {
				t.Errorf("due %q, want %q", got, tt.want)
			}
		})
	}
}

// TestDayIsOfThePlace: "today" ends at midnight where the parcel is.
func TestDayIsOfThePlace(t *testing.T) {
	tests := []struct {
		name, now, want string
	}{
		{"early in the morning there", "1 20:00", "out_for_delivery 2026-03-02"},
		{"the last minute there", "2 15:59", "out_for_delivery 2026-03-02"},
		{"the next day there", "2 16:00", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlayer(notice.Customer, "1 09:00")
			p.set.Add(shipment.Origin{Source: "17track", Kind: shipment.Aggregator}, &shipment.Update{
				AsOf: when("20 00:00"), Events: []shipment.Event{scan{local: "2 03:00", ahead: shenzhen, code: "OUT_FOR_DELIVERY.ON_VEHICLE"}.event()},
			})
			sh := p.set.Fold()
			if got := due(t, notice.Decide(&sh, notice.Context{Thread: &p.thread, Now: when(tt.now)})); got != tt.want {
				t.Errorf("due %q, want %q", got, tt.want)
			}
		})
	}
}

func TestTellRemembersSixty(t *testing.T) {
	var thread notice.Thread
	for i := range 70 {
		thread.Tell(&notice.Candidate{Kind: notice.OutForDelivery, Date: when("1 00:00").AddDate(0, 0, i).Format(time.DateOnly)}, "id", "provider", when("2 09:00").Add(time.Millisecond))
	}
	if n := len(thread.Told); n != 60 || thread.Told[59].Date != "2026-05-09" {
		t.Errorf("%d told, the last %q, want the newest 60", n, thread.Told[n-1].Date)
	}
	if last := thread.Told[59]; last.MessageID != "id" || last.ProviderID != "provider" || !last.At.Equal(when("2 09:00")) {
		t.Errorf("noted %+v", last)
	}
}

func BenchmarkDecide(b *testing.B) {
	p := newPlayer(notice.Customer, "1 09:00")
	for _, s := range lives[0].scans {
		e := s.event()
		p.hear(e.OccurredAt.Add(10*time.Minute), e)
	}
	sh := p.set.Fold()
	b.ReportAllocs()
	for b.Loop() {
		notice.Decide(&sh, notice.Context{Thread: &p.thread, Now: p.now})
	}
}
