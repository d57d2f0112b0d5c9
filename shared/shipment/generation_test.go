package shipment_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/shipment"
)

// day is a time of 2026 in UTC, counted from 1 January.
func day(n float64) time.Time {
	return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n * float64(24*time.Hour)))
}

// onDay moves an event there.
func onDay(n float64, e shipment.Event) shipment.Event {
	e.OccurredAt = day(n)
	e.LocalTime = day(n).Format(shipment.LocalLayout)
	return e
}

func ordered(n float64) shipment.Link {
	return shipment.Link{Kind: shipment.OrderLink, Value: "shop/" + day(n).Format(time.DateTime), At: day(n), AsOf: day(n)}
}

func added(n float64) shipment.Link {
	return shipment.Link{Kind: shipment.RegistrationLink, Value: "operator", At: day(n), AsOf: day(n)}
}

func gone(l shipment.Link) shipment.Link {
	l.Withdrawn, l.AsOf = true, l.AsOf.Add(time.Hour)
	return l
}

// days are the ends of the generations in days of 2026; -1 for none.
func days(all []shipment.Generation) (out [][2]float64) {
	in := func(t time.Time) float64 {
		if t.IsZero() {
			return -1
		}
		return t.Sub(day(0)).Hours() / 24
	}
	for _, g := range all {
		out = append(out, [2]float64{in(g.Begin), in(g.End)})
	}
	return out
}

func TestGenerations(t *testing.T) {
	const second = 1. / (24 * 60 * 60)
	tests := []struct {
		name  string
		links []shipment.Link
		want  [][2]float64
	}{
		{"without a registration all time is one", nil, [][2]float64{{-1, -1}}},
		{"an order begins two days before it", []shipment.Link{ordered(100)}, [][2]float64{{98, -1}}},
		{"an added number sixty days before that", []shipment.Link{added(100)}, [][2]float64{{40, -1}}},
		{"an order counts before an added number", []shipment.Link{ordered(100), added(101)}, [][2]float64{{98, -1}}},
		{"the earliest order counts", []shipment.Link{ordered(100), ordered(99), added(99.5)}, [][2]float64{{97, -1}}},
		{"who added the number before the order asked for this parcel", []shipment.Link{added(90), ordered(100)}, [][2]float64{{90, -1}}},
		{"less than ninety days apart is one", []shipment.Link{ordered(100), ordered(190 - second)}, [][2]float64{{98, -1}}},
		{"ninety days apart are two", []shipment.Link{ordered(100), ordered(190)}, [][2]float64{{98, 188}, {188, -1}}},
		{"each to the next: a chain is one", []shipment.Link{ordered(100), added(180), ordered(260)}, [][2]float64{{98, -1}}},
		{"an added number ends the parcel before it sixty days earlier", []shipment.Link{ordered(100), added(200)}, [][2]float64{{98, 140}, {140, -1}}},
		{"three", []shipment.Link{ordered(300), added(100), ordered(200)}, [][2]float64{{40, 198}, {198, 298}, {298, -1}}},
		{"one that comes late joins two", []shipment.Link{ordered(100), ordered(220), ordered(160)}, [][2]float64{{98, -1}}},
		{"the same order from two sources is one", []shipment.Link{ordered(100), ordered(100)}, [][2]float64{{98, -1}}},
		{"a withdrawn order is none", []shipment.Link{ordered(100), ordered(200), gone(ordered(200))}, [][2]float64{{98, -1}}},
		{"a withdrawn order parts what it joined", []shipment.Link{ordered(100), ordered(160), ordered(240), gone(ordered(160))}, [][2]float64{{98, 238}, {238, -1}}},
		{"all withdrawn is as none", []shipment.Link{ordered(100), gone(ordered(100))}, [][2]float64{{-1, -1}}},
		{"other links make none", []shipment.Link{{Kind: shipment.AliasLink, Value: "X", At: day(9)}, {Kind: shipment.PartnerLink, Value: "usps", At: day(99)}}, [][2]float64{{-1, -1}}},
		{"one without a time of its own counts from when it was told", []shipment.Link{{Kind: shipment.OrderLink, Value: "shop/1", AsOf: day(100)}}, [][2]float64{{98, -1}}},
		{"a number is added again and again by one person", []shipment.Link{added(100), added(200)}, [][2]float64{{40, 140}, {140, -1}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for range 2 {
				s := &shipment.Set{Number: number}
				for _, l := range tt.links { // One by one, as they come.
					s.Add(tiktok, links(l))
				}
				got := s.Generations()
				if diff := cmp.Diff(tt.want, days(got)); diff != "" {
					t.Errorf("generations differ (-want +got):\n%s", diff)
				}
				for _, g := range got {
					if !g.RegisteredAt.IsZero() && !g.Holds(g.RegisteredAt) {
						t.Errorf("the parcel of %v does not hold its own registration", g.RegisteredAt)
					}
				}
				slices.Reverse(tt.links)
			}
		})
	}
}

// twoParcels are two of one number: ordered on day 100 and 300.
func twoParcels(more ...word) *shipment.Set {
	return set(append([]word{
		{tiktok, links(ordered(100), ordered(300))},
		{ups, &shipment.Update{AsOf: day(110), Events: []shipment.Event{onDay(101, scan("2 09:00", accepted)), onDay(105, scan("2 09:00", delivered))}}},
		{ups, &shipment.Update{AsOf: day(302), Events: []shipment.Event{onDay(301, scan("2 09:00", moving))}}},
	}, more...)...)
}

func TestFoldAt(t *testing.T) {
	s := twoParcels(word{ups, &shipment.Update{Events: []shipment.Event{onDay(20, scan("2 09:00", returned))}}})
	tests := []struct {
		name   string
		at     time.Time
		want   string
		events int
	}{
		{"a time of the first", day(120), delivered, 2},
		{"the last second of the first", day(298).Add(-time.Second), delivered, 2},
		{"the first second of the second", day(298), moving, 1},
		{"long after", day(999), moving, 1},
		{"before all: the first", day(1), delivered, 2},
		{"no time: the first", time.Time{}, delivered, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if sh := s.FoldAt(tt.at); sh.Code.String() != tt.want || len(sh.Events) != tt.events {
				t.Errorf("%s of %d events, want %s of %d", sh.Code, len(sh.Events), tt.want, tt.events)
			}
		})
	}
	if now := s.Fold(); now.Code.String() != moving || !now.DeliveredAt.IsZero() || !now.OrderedAt.Equal(day(300)) {
		t.Errorf("now it is %s, delivered %v, ordered %v; want the second parcel", now.Code, now.DeliveredAt, now.OrderedAt)
	}
}

// TestOwnWords: estimates and answers are of the parcel of their time.
func TestOwnWords(t *testing.T) {
	estimate := func(n float64, to string) word {
		return word{ups, &shipment.Update{AsOf: day(n), Estimates: []shipment.Estimate{{To: to}}}}
	}
	said := func(from shipment.Origin, n float64, c string) word {
		return word{from, &shipment.Update{Answers: []shipment.Answer{{Code: code(c), AsOf: day(n)}}}}
	}
	s := twoParcels(estimate(101, "2026-04-20"), estimate(103, "2026-04-22"), estimate(301, "2026-11-01"), said(ups, 120, noUpdates))
	for _, tt := range []struct{ at, first, to, code string }{
		{"the first", "2026-04-20", "2026-04-22", delivered},
		{"the second", "2026-11-01", "2026-11-01", moving},
	} {
		sh := s.FoldAt(day(120))
		if tt.at == "the second" {
			sh = s.Fold()
		}
		if e := sh.Estimate; e.First != tt.first || e.To != tt.to || e.Worst != tt.to || sh.Code.String() != tt.code {
			t.Errorf("%s: %s, first %s, now %s, worst %s; want %s, %s, %s", tt.at, sh.Code, e.First, e.To, e.Worst, tt.code, tt.first, tt.to)
		}
	}
	expired := twoParcels(said(ups, 320, noUpdates))
	if got := [...]string{expired.FoldAt(day(120)).Code.String(), expired.Fold().Code.String()}; got != [...]string{delivered, noUpdates} {
		t.Errorf("after silence of the second they are %v, want the first as it was", got)
	}
	// What a carrier did not know of the first silences nobody on the second.
	quiet := set(word{tiktok, links(ordered(100), ordered(300))}, said(ups, 120, "PENDING.NOT_FOUND"), said(tiktok, 320, noUpdates))
	if got := quiet.Fold().Code.String(); got != noUpdates {
		t.Errorf("the second is %s, want %s", got, noUpdates)
	}
}

// TestLateRegistration: scans come first, and the order that parts them weeks
// later.
func TestLateRegistration(t *testing.T) {
	s := set(word{ups, &shipment.Update{AsOf: day(302), Events: []shipment.Event{onDay(101, scan("2 09:00", delivered)), onDay(301, scan("2 09:00", moving))}}})
	if sh := s.Fold(); sh.Code.String() != delivered || len(sh.Events) != 2 {
		t.Errorf("before the order: %s of %d events, want one parcel", sh.Code, len(sh.Events))
	}
	s.Add(tiktok, links(ordered(300)))
	if sh := s.Fold(); sh.Code.String() != moving || len(sh.Events) != 1 || !sh.DeliveredAt.IsZero() {
		t.Errorf("after it: %s of %d events, want the new parcel", sh.Code, len(sh.Events))
	}
}
