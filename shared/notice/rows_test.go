package notice_test

import (
	"slices"
	"testing"

	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/shipment"
)

// situation is one in which a row of the table is told: what is heard of a
// parcel, what each was told before, and when it is looked at.
type situation struct {
	moments []moment
	told    []notice.Told
	now     string
}

var (
	carrierSays = shipment.Origin{Source: "ups", Kind: shipment.Carrier}
	shopSays    = shipment.Origin{Source: "tiktokshop", Kind: shipment.Marketplace}
)

// from is an event of a source that is heard of at once.
func from(o shipment.Origin, text string) moment {
	m := happens(text)
	c := text[len(m.local)+1:]
	m.hear = func(p *player, m moment) {
		p.set.Add(o, &shipment.Update{AsOf: m.now(), Events: []shipment.Event{scan{local: m.local, ahead: berlin, code: c}.event()}})
	}
	return m
}

func dated(local, day string) moment { return moment{local: local, hear: promises(day)} }

// situations are those of the rows that no event or answer tells.
var situations = map[string]situation{
	"FLAG.NO_SCAN_LATE":         {[]moment{happens("2 09:00 INFO_RECEIVED.LABEL_CREATED")}, nil, "4 08:00"},
	"FLAG.STALLED":              {[]moment{happens("2 09:00 IN_TRANSIT.ARRIVED")}, nil, "9 08:00"},
	"FLAG.LATE":                 {[]moment{happens("2 09:00 IN_TRANSIT.ARRIVED"), dated("2 09:10", "05")}, nil, "6 12:00"},
	"FLAG.EDD_MOVED":            {[]moment{happens("2 09:00 IN_TRANSIT.ARRIVED"), dated("2 09:10", "05"), dated("2 10:10", "07")}, nil, "2 09:20"},
	"FLAG.LIKELY_LOST":          {[]moment{happens("1 09:00 EXCEPTION.MISROUTED")}, nil, "31 08:00"},
	"FLAG.PICKUP_EXPIRING":      {[]moment{happens("2 09:00 AVAILABLE_FOR_PICKUP.AT_POINT")}, []notice.Told{told("2 08:10", "ready_for_pickup 2026-03-02")}, "5 08:00"},
	"FLAG.REPEATED_FAILURE":     {[]moment{happens("2 09:00 FAILED_ATTEMPT.GENERIC"), happens("3 09:00 FAILED_ATTEMPT.GENERIC")}, nil, "3 08:10"},
	"FLAG.TIKTOK_MISMATCH":      {[]moment{from(carrierSays, "2 09:00 IN_TRANSIT.ARRIVED"), from(shopSays, "3 09:00 DELIVERED.GENERIC")}, nil, "4 08:00"},
	"FLAG.NUMBER_REUSE_SUSPECT": {[]moment{{"1 00:00", early, "", ""}}, nil, "1 09:00"},
	"FLAG.LIKELY_LATE":          {nil, nil, "9 09:00"}, // Tells nobody, as SOURCE_SILENT.
	"FLAG.SOURCE_SILENT":        {[]moment{from(carrierSays, "2 09:00 IN_TRANSIT.CUSTOMS_STARTED"), happens("3 10:00 IN_TRANSIT.CUSTOMS_RELEASED")}, nil, "3 09:10"},
	"CHANGE.FOUND_AGAIN":        {[]moment{happens("2 09:00 EXCEPTION.LOST"), happens("3 09:00 IN_TRANSIT.ARRIVED")}, []notice.Told{told("2 08:10", "problem/LOST")}, "3 08:10"},
	"CHANGE.NUMBER_CHANGED":     {[]moment{{"1 00:00", renumbered, "", ""}}, nil, "1 09:00"},
	"CHANGE.BACK_ON_TIME":       {[]moment{dated("2 09:10", "05"), dated("2 10:10", "07"), dated("2 11:10", "05")}, []notice.Told{told("2 09:10", "delayed 2026-03-07")}, "2 10:20"},
	"CHANGE.DELIVERY_WITHDRAWN": {[]moment{happens("8 12:00 DELIVERED.GENERIC"), {"9 09:00", lists(accepted), "", ""}}, []notice.Told{told("8 11:10", "delivered")}, "9 08:10"},
}

// renumbered has the recipient come from another number of the order.
func renumbered(p *player, _ moment) { p.thread.Instead, p.thread.MovedAt = "1Z0", p.thread.Since }

// early is a scan of two days before the order.
func early(p *player, _ moment) {
	e := scan{local: "1 09:00", code: "IN_TRANSIT.ARRIVED"}.event()
	e.OccurredAt = e.OccurredAt.AddDate(0, 0, -2)
	e.LocalTime = e.OccurredAt.Format(shipment.LocalLayout)
	p.add(&shipment.Update{AsOf: e.OccurredAt, Events: []shipment.Event{e}})
}

func (s situation) look(a notice.Audience) []notice.Candidate {
	p := newPlayer(a, "1 09:00")
	p.thread.Told = slices.Clone(s.told)
	for _, m := range s.moments {
		m.hear(p, m)
	}
	sh := p.set.Fold()
	return notice.Decide(&sh, notice.Context{Thread: &p.thread, Now: when(s.now)})
}

// TestEveryRowIsTold: each row of the table has a situation in which it is told
// to those whom it names, and to nobody else.
func TestEveryRowIsTold(t *testing.T) {
	told := map[notice.Audience]int{}
	for c, rule := range notice.Rules() {
		if c.Status == "SHOP" {
			continue // It has no parcel.
		}
		s, derived := situations[c.String()]
		if !derived {
			s = situation{[]moment{happens("2 09:00 " + c.String())}, nil, "2 08:10"}
			if c.Status == shipment.Pending || c.Status == shipment.Expired || c.Status == shipment.Unknown { // No event says it.
				s.moments[0].hear = func(p *player, m moment) {
					p.add(&shipment.Update{Answers: []shipment.Answer{{Code: c, AsOf: m.now()}}})
				}
			}
		}
		for audience, kind := range map[notice.Audience]notice.Kind{notice.Customer: rule.CustomerKind, notice.Seller: rule.SellerKind, notice.Machine: rule.Kind(notice.Machine)} {
			t.Run(c.String()+" to the "+string(audience), func(t *testing.T) {
				candidates := s.look(audience)
				i := slices.IndexFunc(candidates, func(cand notice.Candidate) bool { return cand.Code == c })
				switch {
				case kind == notice.None && i >= 0:
					t.Errorf("told %s, want nothing", candidates[i].Kind)
				case kind == notice.None:
				case i < 0 || candidates[i].Verdict != notice.Due || candidates[i].Kind != kind:
					t.Errorf("%s is not due: %q", kind, verdicts(candidates))
				default:
					told[audience]++
				}
			})
		}
	}
	if told[notice.Customer] != 51 || told[notice.Seller] != 32 {
		t.Errorf("told: customers %d rows, sellers %d; want 51 and 32", told[notice.Customer], told[notice.Seller])
	}
}
