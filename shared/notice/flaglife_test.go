package notice_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/shipment"
)

// moment is what is heard at a time of March 2026 in Berlin, and what must be
// said to whom then.
type moment struct {
	local            string
	hear             func(*player, moment)
	customer, seller notice.Kind
}

// is is an event of the carrier that happens and is heard of at that moment.
func is(c string) func(*player, moment) {
	return func(p *player, m moment) {
		p.add(&shipment.Update{AsOf: m.now(), Events: []shipment.Event{scan{local: m.local, ahead: berlin, code: c}.event()}})
	}
}

// promises is a new date of delivery.
func promises(day string) func(*player, moment) {
	return func(p *player, m moment) {
		p.add(&shipment.Update{AsOf: m.now(), Estimates: []shipment.Estimate{{From: "2026-03-" + day, To: "2026-03-" + day}}})
	}
}

// lists is a whole history: of what it does not list and has listed before, a
// final event is taken back.
func lists(events ...scan) func(*player, moment) {
	return func(p *player, m moment) {
		u := &shipment.Update{AsOf: m.now(), Complete: true}
		for _, e := range events {
			u.Events = append(u.Events, e.event())
		}
		p.add(u)
	}
}

// time passes, and nothing is heard.
func nothing(*player, moment) {}

func (m moment) now() time.Time { return when(m.local).Add(-berlin * time.Hour) }

func (p *player) add(u *shipment.Update) {
	p.set.Add(shipment.Origin{Source: "17track", Kind: shipment.Aggregator}, u)
}

var (
	accepted  = scan{local: "2 18:00", ahead: berlin, code: "IN_TRANSIT.ACCEPTED"}
	onVehicle = scan{local: "8 08:10", ahead: berlin, code: "OUT_FOR_DELIVERY.ON_VEHICLE"}
)

// flagLife is a life, and how much it tells to whom.
type flagLife struct {
	name             string
	moments          []moment
	customer, seller int
}

// flagLives are lives in which time itself, or a difference between two states,
// says something.
var flagLives = []flagLife{
	{"attempt, pickup point, reminder, collected", []moment{
		{"2 18:00", is("IN_TRANSIT.ACCEPTED"), "on_its_way", ""},
		{"6 09:00", is("IN_TRANSIT.ARRIVED_DESTINATION_COUNTRY"), "arrived_in_country", ""},
		{"8 08:10", is("OUT_FOR_DELIVERY.ON_VEHICLE"), "out_for_delivery", ""},
		{"8 12:30", is("FAILED_ATTEMPT.NOTICE_LEFT"), "attempt_failed", ""},
		{"8 17:00", is("AVAILABLE_FOR_PICKUP.AT_POINT"), "ready_for_pickup", ""},
		{"11 16:50", nothing, "", ""},
		{"11 17:01", nothing, "ready_for_pickup", ""},
		{"12 11:00", is("DELIVERED.COLLECTED"), "delivered", ""},
	}, 7, 0},
	{"customs delay with a new date, then late by that date", []moment{
		{"2 18:00", is("IN_TRANSIT.ACCEPTED"), "on_its_way", ""},
		{"2 18:01", promises("08"), "", ""},
		{"6 09:00", is("IN_TRANSIT.ARRIVED_DESTINATION_COUNTRY"), "arrived_in_country", ""},
		{"7 09:00", promises("10"), "delayed", ""},
		{"7 09:01", is("EXCEPTION.DELAY_CUSTOMS"), "", ""},
		{"8 10:00", is("IN_TRANSIT.CUSTOMS_RELEASED"), "", ""},
		{"9 13:01", nothing, "", "delayed"}, // Noon UTC after the day first promised.
		{"11 13:01", nothing, "", ""},
		{"12 08:10", is("OUT_FOR_DELIVERY.ON_VEHICLE"), "out_for_delivery", ""},
		{"12 10:00", is("DELIVERED.GENERIC"), "delivered", ""},
	}, 5, 1},
	{"silent, late, searched, lost", []moment{
		{"2 18:00", is("IN_TRANSIT.ACCEPTED"), "on_its_way", ""},
		{"2 18:01", promises("10"), "", ""},
		{"9 18:01", nothing, "", "stalled"},
		{"11 13:01", nothing, "delayed", "delayed"},
		{"14 09:00", is("EXCEPTION.INVESTIGATION"), "problem", "likely_lost"},
		{"20 09:00", is("EXCEPTION.LOST"), "problem", "lost"},
	}, 4, 4},
	{"out for delivery without a further scan, late, delivered next day", []moment{
		{"2 18:00", is("IN_TRANSIT.ACCEPTED"), "on_its_way", ""},
		{"2 18:01", promises("08"), "", ""},
		{"6 09:00", is("IN_TRANSIT.ARRIVED_DESTINATION_COUNTRY"), "arrived_in_country", ""},
		{"8 08:10", is("OUT_FOR_DELIVERY.ON_VEHICLE"), "out_for_delivery", ""},
		{"8 23:00", nothing, "", ""},
		{"9 13:01", nothing, "delayed", "delayed"},
		{"10 08:05", is("OUT_FOR_DELIVERY.ON_VEHICLE"), "out_for_delivery", ""},
		{"10 11:00", is("DELIVERED.GENERIC"), "delivered", ""},
	}, 6, 1},
	{"delivered, taken back, delivered later", []moment{
		{"2 18:00", is("IN_TRANSIT.ACCEPTED"), "on_its_way", ""},
		{"6 09:00", is("IN_TRANSIT.ARRIVED_DESTINATION_COUNTRY"), "arrived_in_country", ""},
		{"8 08:10", is("OUT_FOR_DELIVERY.ON_VEHICLE"), "out_for_delivery", ""},
		{"8 12:00", is("DELIVERED.GENERIC"), "delivered", ""},
		{"9 09:00", lists(accepted, onVehicle), "correction", "mismatch"},
		{"10 08:05", is("OUT_FOR_DELIVERY.ON_VEHICLE"), "out_for_delivery", ""},
		{"10 11:00", is("DELIVERED.GENERIC"), "delivered", ""},
	}, 7, 1},
	{"lost, found, lost again", []moment{
		{"2 18:00", is("IN_TRANSIT.ACCEPTED"), "on_its_way", ""},
		{"6 09:00", is("EXCEPTION.LOST"), "problem", "lost"},
		{"8 09:00", is("IN_TRANSIT.ARRIVED"), "found_again", ""},
		{"12 09:00", is("EXCEPTION.LOST"), "problem", "lost"},
	}, 4, 2},
}

// TestFlagLives plays each life in the order of time.
func TestFlagLives(t *testing.T) {
	for _, life := range flagLives {
		for _, audience := range []notice.Audience{notice.Customer, notice.Seller} {
			t.Run(life.name+" to the "+string(audience), func(t *testing.T) {
				p := newPlayer(audience, "1 09:00")
				want := life.customer
				if audience == notice.Seller {
					want = life.seller
				}
				for _, m := range life.moments {
					m.hear(p, m)
					said := scan{customer: m.customer, seller: m.seller}.want(audience)
					if diff := cmp.Diff(said, p.speak(m.now().Add(time.Minute))); diff != "" {
						t.Errorf("at %s (-want +told):\n%s", m.local, diff)
					}
				}
				if len(p.told) != want {
					t.Errorf("%d notices %v, want %d", len(p.told), p.told, want)
				}
			})
		}
	}
}
