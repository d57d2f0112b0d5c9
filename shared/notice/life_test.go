package notice_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/shipment"
)

// code reads "IN_TRANSIT.MOVING".
func code(text string) shipment.Code {
	status, sub, _ := strings.Cut(text, ".")
	return shipment.Code{Status: shipment.Status(status), SubStatus: shipment.SubStatus(sub)}
}

// when reads "2 14:30" as a time of March 2026, UTC.
func when(text string) time.Time {
	t, err := time.Parse("2006-01 2 15:04", "2026-03 "+text)
	if err != nil {
		panic(err)
	}
	return t
}

// scan is what happens at a local time of March 2026, and what must be said to
// whom when it is heard of in time.
type scan struct {
	local            string
	ahead            int // hours that the place is ahead of UTC
	code             string
	customer, seller notice.Kind // "": nothing
}

func (s scan) event() shipment.Event {
	local := when(s.local)
	return shipment.Event{
		Code: code(s.code), RawCode: s.code, OccurredAt: local.Add(-time.Duration(s.ahead) * time.Hour),
		LocalTime: local.Format(shipment.LocalLayout), Zone: shipment.Reported, Precision: shipment.Second,
	}
}

// The places of an international parcel.
const (
	shenzhen = 8
	berlin   = 1
)

// lives are lives of parcels. None of them needs a flag or a comparison of two
// states.
var lives = []struct {
	name  string
	scans []scan
}{
	{"international, undisturbed", []scan{
		{"1 10:00", shenzhen, "INFO_RECEIVED.LABEL_CREATED", "", ""},
		{"2 18:00", shenzhen, "IN_TRANSIT.ACCEPTED", "on_its_way", ""},
		{"2 23:00", shenzhen, "IN_TRANSIT.DEPARTED", "", ""},
		{"3 05:00", shenzhen, "IN_TRANSIT.LEFT_ORIGIN_COUNTRY", "", ""},
		{"6 09:00", berlin, "IN_TRANSIT.ARRIVED_DESTINATION_COUNTRY", "arrived_in_country", ""},
		{"6 12:00", berlin, "IN_TRANSIT.CUSTOMS_STARTED", "", ""},
		{"7 09:00", berlin, "IN_TRANSIT.CUSTOMS_RELEASED", "", ""},
		{"7 22:00", berlin, "IN_TRANSIT.ARRIVED", "", ""},
		{"8 05:30", berlin, "IN_TRANSIT.AT_DELIVERY_DEPOT", "", ""},
		{"8 08:10", berlin, "OUT_FOR_DELIVERY.ON_VEHICLE", "out_for_delivery", ""},
		{"8 14:20", berlin, "DELIVERED.GENERIC", "delivered", ""},
	}},
	{"international, without an acceptance scan", []scan{
		{"1 10:00", shenzhen, "INFO_RECEIVED.LABEL_CREATED", "", ""},
		{"2 23:00", shenzhen, "IN_TRANSIT.PROCESSING", "on_its_way", ""},
		{"3 05:00", shenzhen, "IN_TRANSIT.LEFT_ORIGIN_COUNTRY", "", ""},
		{"6 09:00", berlin, "IN_TRANSIT.ARRIVED_DESTINATION_COUNTRY", "arrived_in_country", ""},
		{"6 12:00", berlin, "IN_TRANSIT.CUSTOMS_STARTED", "", ""},
		{"7 09:00", berlin, "IN_TRANSIT.CUSTOMS_RELEASED", "", ""},
		{"8 08:10", berlin, "OUT_FOR_DELIVERY.ON_VEHICLE", "out_for_delivery", ""},
		{"8 14:20", berlin, "DELIVERED.SIGNED", "delivered", ""},
		{"8 14:21", berlin, "DELIVERED.GENERIC", "", ""},
	}},
	{"domestic, undisturbed", []scan{
		{"1 10:00", berlin, "INFO_RECEIVED.LABEL_CREATED", "", ""},
		{"1 18:00", berlin, "IN_TRANSIT.ACCEPTED", "on_its_way", ""},
		{"1 23:30", berlin, "IN_TRANSIT.ARRIVED", "", ""},
		{"2 02:00", berlin, "IN_TRANSIT.DEPARTED", "", ""},
		{"2 08:10", berlin, "OUT_FOR_DELIVERY.ON_VEHICLE", "out_for_delivery", ""},
		{"2 11:00", berlin, "DELIVERED.GENERIC", "delivered", ""},
	}},
	{"one failed attempt", []scan{
		{"2 18:00", shenzhen, "IN_TRANSIT.ACCEPTED", "on_its_way", ""},
		{"6 09:00", berlin, "IN_TRANSIT.ARRIVED_DESTINATION_COUNTRY", "arrived_in_country", ""},
		{"8 08:10", berlin, "OUT_FOR_DELIVERY.ON_VEHICLE", "out_for_delivery", ""},
		{"8 12:30", berlin, "FAILED_ATTEMPT.RECIPIENT_ABSENT", "attempt_failed", ""},
		{"8 18:00", berlin, "IN_TRANSIT.AT_DELIVERY_DEPOT", "", ""},
		{"9 07:50", berlin, "OUT_FOR_DELIVERY.ON_VEHICLE", "out_for_delivery", ""},
		{"9 10:00", berlin, "DELIVERED.GENERIC", "delivered", ""},
	}},
	{"duty to pay, scanned on three days", []scan{
		{"2 18:00", shenzhen, "IN_TRANSIT.ACCEPTED", "on_its_way", ""},
		{"6 09:00", berlin, "IN_TRANSIT.ARRIVED_DESTINATION_COUNTRY", "arrived_in_country", ""},
		{"6 12:00", berlin, "IN_TRANSIT.CUSTOMS_STARTED", "", ""},
		{"7 09:00", berlin, "EXCEPTION.PAYMENT_REQUIRED", "payment_due", ""},
		{"8 09:00", berlin, "EXCEPTION.PAYMENT_REQUIRED", "", ""},
		{"9 09:00", berlin, "EXCEPTION.PAYMENT_REQUIRED", "", ""},
		{"10 16:00", berlin, "IN_TRANSIT.CUSTOMS_RELEASED", "", ""},
		{"11 08:10", berlin, "OUT_FOR_DELIVERY.ON_VEHICLE", "out_for_delivery", ""},
		{"11 10:00", berlin, "DELIVERED.GENERIC", "delivered", ""},
	}},
	{"papers asked for, moved on, asked again", []scan{
		{"2 18:00", shenzhen, "IN_TRANSIT.ACCEPTED", "on_its_way", ""},
		{"6 09:00", berlin, "IN_TRANSIT.ARRIVED_DESTINATION_COUNTRY", "arrived_in_country", ""},
		{"6 12:00", berlin, "EXCEPTION.CUSTOMS_ACTION_REQUIRED", "customs_action", "customs_papers"},
		{"7 12:00", berlin, "IN_TRANSIT.CUSTOMS_STARTED", "", ""},
		{"8 12:00", berlin, "EXCEPTION.CUSTOMS_ACTION_REQUIRED", "customs_action", "customs_papers"},
		{"9 12:00", berlin, "IN_TRANSIT.CUSTOMS_RELEASED", "", ""},
		{"10 08:10", berlin, "OUT_FOR_DELIVERY.ON_VEHICLE", "out_for_delivery", ""},
		{"10 10:00", berlin, "DELIVERED.GENERIC", "delivered", ""},
	}},
	{"refused at the door, returned", []scan{
		{"2 18:00", shenzhen, "IN_TRANSIT.ACCEPTED", "on_its_way", ""},
		{"6 09:00", berlin, "IN_TRANSIT.ARRIVED_DESTINATION_COUNTRY", "arrived_in_country", ""},
		{"8 08:10", berlin, "OUT_FOR_DELIVERY.ON_VEHICLE", "out_for_delivery", ""},
		{"8 12:30", berlin, "EXCEPTION.REFUSED", "", "refused"},
		{"9 09:00", berlin, "RETURN.RETURNING", "returning", "returning"},
		{"10 09:00", berlin, "IN_TRANSIT.DEPARTED", "", ""},
		{"13 09:00", shenzhen, "OUT_FOR_DELIVERY.ON_VEHICLE", "", ""},
		{"13 12:00", shenzhen, "DELIVERED.GENERIC", "returned", "returned"},
	}},
}

// player plays what happens to a parcel to one recipient.
type player struct {
	set    shipment.Set
	thread notice.Thread
	now    time.Time
	told   []notice.Kind
}

func newPlayer(audience notice.Audience, since string) *player {
	p := &player{set: shipment.Set{Number: "RR123456785CN"}, thread: notice.Thread{Audience: audience, Since: when(since)}}
	p.set.Add(shipment.Origin{Source: "tiktokshop", Kind: shipment.Marketplace}, &shipment.Update{Links: []shipment.Link{
		{Kind: shipment.OrderLink, Value: "shop/order", At: when("1 09:00")},
	}})
	return p
}

// hear adds events and returns what is told then, until nothing is due.
func (p *player) hear(now time.Time, events ...shipment.Event) []notice.Kind {
	p.now = now
	p.set.Add(shipment.Origin{Source: "17track", Kind: shipment.Aggregator}, &shipment.Update{AsOf: when("20 00:00"), Events: events})
	return p.speak(now)
}

func (p *player) speak(now time.Time) (kinds []notice.Kind) {
	sh := p.set.Fold()
	for range 9 {
		c := notice.Next(&sh, notice.Context{Thread: &p.thread, Now: now})
		if c == nil {
			break
		}
		p.thread.Tell(c, "id", "", now)
		kinds = append(kinds, c.Kind)
	}
	p.told = append(p.told, kinds...)
	return kinds
}

// want is what a scan must tell an audience.
func (s scan) want(a notice.Audience) (kinds []notice.Kind) {
	k := s.customer
	if a == notice.Seller {
		k = s.seller
	}
	if k != "" {
		kinds = append(kinds, k)
	}
	return kinds
}

// wantAll is all that a life tells an audience when every scan comes in time.
func wantAll(scans []scan, a notice.Audience) (kinds []notice.Kind) {
	for _, s := range scans {
		kinds = append(kinds, s.want(a)...)
	}
	return kinds
}

// TestLives plays each life in the order of time, each scan heard of ten
// minutes after it happened.
func TestLives(t *testing.T) {
	totals := map[string][2]int{
		"international, undisturbed": {4, 0}, "international, without an acceptance scan": {4, 0}, "domestic, undisturbed": {3, 0},
		"one failed attempt": {6, 0}, "duty to pay, scanned on three days": {5, 0},
		"papers asked for, moved on, asked again": {6, 2}, "refused at the door, returned": {5, 3},
	}
	for _, life := range lives {
		for i, audience := range []notice.Audience{notice.Customer, notice.Seller} {
			t.Run(life.name+" to the "+string(audience), func(t *testing.T) {
				p := newPlayer(audience, "1 09:00")
				for _, s := range life.scans {
					e := s.event()
					if diff := cmp.Diff(s.want(audience), p.hear(e.OccurredAt.Add(10*time.Minute), e)); diff != "" {
						t.Errorf("after %s at %s (-want +told):\n%s", s.code, s.local, diff)
					}
				}
				if got := p.speak(p.now.AddDate(0, 0, 30)); got != nil {
					t.Errorf("a month later: %v, want nothing", got)
				}
				if len(p.told) != totals[life.name][i] {
					t.Errorf("%d notices %v, want %d", len(p.told), p.told, totals[life.name][i])
				}
			})
		}
	}
}
