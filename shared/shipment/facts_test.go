package shipment_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/shipment"
)

func TestAnswers(t *testing.T) {
	stopped, notFound := "EXPIRED.TRACKING_STOPPED", "PENDING.NOT_FOUND"
	tests := []struct {
		name  string
		words []word
		want  string
		at    string
	}{
		{"not found while there is no scan", []word{{ups, answer("2 09:00", notFound)}}, notFound, "2 09:00"},
		{"the newest answer", []word{{ups, answer("2 10:00", notFound)}, {ups, answer("2 09:00", "PENDING.NEEDS_INPUT")}}, notFound, "2 10:00"},
		{"an error of the source while there is no scan", []word{{ups, answer("2 09:00", "UNKNOWN.SOURCE_ERROR")}}, "UNKNOWN.SOURCE_ERROR", "2 09:00"},
		{"a scan before the answer outweighs it", []word{{ups, body("2 09:00", scan("2 08:00", moving))}, {ups, answer("2 09:00", notFound)}}, moving, "2 08:00"},
		{"an event without a status is no scan", []word{{ups, body("2 09:00", scan("2 08:00", ""))}, {ups, answer("2 09:00", notFound)}}, notFound, "2 09:00"},
		{"an unmapped event is none either", []word{{ups, body("2 09:00", scan("2 08:00", unmapped))}, {ups, answer("2 07:00", notFound)}}, notFound, "2 07:00"},
		{"no updates after the newest scan", []word{{ups, body("2 09:00", scan("2 08:00", moving))}, {ups, answer("9 09:00", noUpdates)}}, noUpdates, "9 09:00"},
		{"no updates before the newest scan", []word{{ups, body("9 09:00", scan("9 08:00", moving))}, {ups, answer("8 09:00", noUpdates)}}, moving, "9 08:00"},
		{"no updates at the very time of the newest scan", []word{{ups, body("9 09:00", scan("9 08:00", moving))}, {ups, answer("9 08:00", noUpdates)}}, moving, "9 08:00"},
		{"no updates after the delivery", []word{{ups, body("2 09:00", scan("2 08:00", delivered))}, {ups, answer("9 09:00", noUpdates)}}, delivered, "2 08:00"},
		{"no updates after the loss", []word{{ups, body("2 09:00", scan("2 08:00", lost))}, {ups, answer("9 09:00", noUpdates)}}, lost, "2 08:00"},
		{"tracking stopped while there is no scan", []word{{ups, answer("2 09:00", stopped)}}, stopped, "2 09:00"},
		{"tracking stopped after a scan", []word{{ups, body("2 09:00", scan("2 08:00", moving))}, {ups, answer("9 09:00", stopped)}}, moving, "2 08:00"},
		{"stopped does not hide no updates", []word{{ups, body("2 09:00", scan("2 08:00", moving))}, {ups, answer("9 09:00", stopped)}, {ups, answer("8 09:00", noUpdates)}}, noUpdates, "8 09:00"},
		{"a marketplace decides while nobody of tier 1 speaks", []word{{tiktok, answer("2 09:00", noUpdates)}}, noUpdates, "2 09:00"},
		{"a marketplace cannot end what a carrier moves", []word{{ups, body("2 09:00", scan("2 08:00", moving))}, {tiktok, answer("9 09:00", noUpdates)}}, moving, "2 08:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sh := set(tt.words...).Fold()
			if sh.Code.String() != tt.want || !sh.StatusAt.Equal(when(tt.at)) {
				t.Errorf("status = %s at %v, want %s at %s March", sh.Code, sh.StatusAt, tt.want, tt.at)
			}
			if answered := sh.Code == code(noUpdates) || sh.Status == shipment.Pending; answered && sh.DecidedBy != (shipment.ID{}) {
				t.Error("an answer is said to come from an event")
			}
		})
	}
}

func TestTiers(t *testing.T) {
	tests := []struct {
		name  string
		words []word
		want  string
	}{
		{"a marketplace alone decides", []word{{tiktok, body("3 09:00", scan("2 09:00", delivered))}}, delivered},
		{"beside a carrier it does not", []word{{tiktok, body("3 09:00", scan("2 09:00", delivered))}, {ups, body("2 09:00", scan("1 09:00", moving))}}, moving},
		{"beside an aggregator it does not", []word{{tiktok, body("3 09:00", scan("2 09:00", delivered))}, {track, body("2 09:00", scan("1 09:00", moving))}}, moving},
		{"a carrier's event that means nothing does not silence it", []word{{tiktok, body("3 09:00", scan("2 09:00", delivered))}, {ups, body("2 09:00", scan("1 09:00", unmapped), scan("1 10:00", ""))}}, delivered},
		{"nor does a carrier that found nothing", []word{{tiktok, body("3 09:00", scan("2 09:00", delivered))}, {ups, answer("2 09:00", "PENDING.NOT_FOUND")}}, delivered},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := set(tt.words...).Fold().Code.String(); got != tt.want {
				t.Errorf("status = %s, want %s", got, tt.want)
			}
		})
	}
}

func TestAttempts(t *testing.T) {
	lateInTokyo := scan("3 00:30", absent)
	lateInTokyo.OccurredAt = lateInTokyo.OccurredAt.Add(-9 * time.Hour)
	tests := []struct {
		name  string
		words []word
		want  int
	}{
		{"none", []word{{ups, body("9 00:00", scan("2 09:00", moving))}}, 0},
		{"twice a day is one visit", []word{{ups, body("9 00:00", scan("2 09:00", absent), scan("2 17:00", "FAILED_ATTEMPT.NOTICE_LEFT"))}}, 1},
		{"each day counts", []word{{ups, body("9 00:00", scan("2 09:00", absent), scan("3 09:00", absent), scan("5 09:00", absent))}}, 3},
		{"told by two sources it is one", []word{{ups, body("9 00:00", scan("2 09:00", absent))}, {track, body("9 00:00", scan("2 09:05", absent))}}, 1},
		{"the date is that of the place", []word{{ups, body("9 00:00", scan("2 16:00", absent), lateInTokyo)}}, 2},
		{"a marketplace does not count beside a carrier", []word{{ups, body("9 00:00", scan("2 09:00", moving))}, {tiktok, body("9 00:00", scan("3 09:00", absent))}}, 0},
		{"the parcel has been delivered since", []word{{ups, body("9 00:00", scan("2 09:00", absent), scan("3 09:00", delivered))}}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := set(tt.words...).Fold().Attempts; got != tt.want {
				t.Errorf("Attempts = %d, want %d", got, tt.want)
			}
		})
	}
}

func TestEstimates(t *testing.T) {
	est := func(at, day string) *shipment.Update {
		return &shipment.Update{Number: number, AsOf: when(at), Estimates: []shipment.Estimate{{From: "2026-03-" + day, To: "2026-03-" + day}}}
	}
	promise := func(day, first, worst string) [3]string {
		return [3]string{"2026-03-" + day, "2026-03-" + first, "2026-03-" + worst}
	}
	tests := []struct {
		name  string
		words []word
		want  [3]string // now, first, worst
	}{
		{"none", nil, [3]string{}},
		{"one", []word{{ups, est("1 09:00", "05")}}, promise("05", "05", "05")},
		{"the first, the newest and the worst", []word{{ups, est("1 09:00", "05")}, {ups, est("2 09:00", "09")}, {ups, est("3 09:00", "06")}, {ups, est("4 09:00", "07")}}, promise("07", "05", "09")},
		{"in any order of arrival", []word{{ups, est("4 09:00", "07")}, {ups, est("2 09:00", "09")}, {ups, est("1 09:00", "05")}, {ups, est("3 09:00", "06")}}, promise("07", "05", "09")},
		{"the carrier's before the aggregator's, though older", []word{{track, est("3 09:00", "09")}, {ups, est("1 09:00", "05")}}, promise("05", "05", "05")},
		{"also where its name comes first", []word{{dhl, est("1 09:00", "05")}, {tiktok, est("3 09:00", "09")}}, promise("05", "05", "05")},
		{"two sources do not mix", []word{{track, est("1 09:00", "04")}, {ups, est("2 09:00", "05")}, {track, est("3 09:00", "20")}}, promise("05", "05", "05")},
		{"a marketplace's where nobody else has one", []word{{tiktok, est("3 09:00", "09")}}, promise("09", "09", "09")},
		{"one day may be named once", []word{{ups, &shipment.Update{AsOf: when("1 09:00"), Estimates: []shipment.Estimate{{From: "2026-03-05"}}}}}, promise("05", "05", "05")},
		{"an empty one is none", []word{{ups, &shipment.Update{AsOf: when("1 09:00"), Estimates: []shipment.Estimate{{}}}}}, [3]string{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := set(tt.words...)
			p := s.Fold().Estimate
			if diff := cmp.Diff(tt.want, [3]string{p.To, p.First, p.Worst}); diff != "" {
				t.Errorf("promise differs (-want +got):\n%s", diff)
			}
			if len(s.Estimates) > 4 {
				t.Errorf("%d estimates kept", len(s.Estimates))
			}
		})
	}
}

func TestLinks(t *testing.T) {
	carrier := func(value string, basis shipment.Basis, at string, gone bool) *shipment.Update {
		return links(shipment.Link{Kind: shipment.CarrierLink, Value: value, Basis: basis, AsOf: when(at), Withdrawn: gone})
	}
	said := func(from shipment.Origin, carrier string) word {
		return word{from, &shipment.Update{Number: number, Carrier: carrier}}
	}
	tests := []struct {
		name  string
		words []word
		want  string
	}{
		{"nobody names one", nil, ""},
		{"the carrier itself", []word{said(ups, "ups")}, "ups"},
		{"an aggregator", []word{said(track, "dpd")}, "dpd"},
		{"the carrier before the aggregator", []word{said(ups, "ups"), said(track, "dpd")}, "ups"},
		{"the order's provider before the carrier", []word{said(ups, "ups"), {tiktok, carrier("usps", shipment.Provider, "1 09:00", false)}}, "usps"},
		{"a marketplace's body is no word on the carrier", []word{said(tiktok, "dpd")}, ""},
		{"what was only detected is the last", []word{{tiktok, carrier("gls", shipment.Detected, "9 09:00", false)}, said(track, "dpd")}, "dpd"},
		{"of two providers the newer", []word{{tiktok, carrier("usps", shipment.Provider, "2 09:00", false)}, {tiktok, carrier("fedex", shipment.Provider, "1 09:00", false)}}, "usps"},
		{"a withdrawn one is gone", []word{{tiktok, carrier("usps", shipment.Provider, "1 09:00", false)}, {tiktok, carrier("usps", shipment.Provider, "2 09:00", true)}, said(ups, "ups")}, "ups"},
		{"an old withdrawal that comes late is void", []word{{tiktok, carrier("usps", shipment.Provider, "2 09:00", false)}, {tiktok, carrier("usps", shipment.Provider, "1 09:00", true)}}, "usps"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := set(tt.words...).Fold().Carrier; got != tt.want {
				t.Errorf("Carrier = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestRegistration(t *testing.T) {
	order := func(at string) shipment.Link {
		return shipment.Link{Kind: shipment.OrderLink, Value: "shop/" + at, At: when(at), AsOf: when("9 00:00")}
	}
	gone := order("1 09:00")
	gone.Withdrawn, gone.AsOf = true, when("10 00:00")
	undated := shipment.Link{Kind: shipment.RegistrationLink, Value: "operator", AsOf: when("3 09:00")}
	tests := []struct {
		name  string
		links []shipment.Link
		want  string
	}{
		{"nobody asked", []shipment.Link{{Kind: shipment.AliasLink, Value: "X1"}}, ""},
		{"an order", []shipment.Link{order("2 09:00")}, "2 09:00"},
		{"the earliest of two", []shipment.Link{order("2 09:00"), order("1 09:00")}, "1 09:00"},
		{"a withdrawn one does not count", []shipment.Link{order("2 09:00"), order("1 09:00"), gone}, "2 09:00"},
		{"one without a date of its own counts from when it was told", []shipment.Link{undated}, "3 09:00"},
		{"and beside one with a date", []shipment.Link{undated, order("2 09:00")}, "2 09:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := set(word{tiktok, links(tt.links...)})
			got := s.Fold().RegisteredAt
			if s.Registered() != (tt.want != "") || got.IsZero() != (tt.want == "") || tt.want != "" && !got.Equal(when(tt.want)) {
				t.Errorf("registered: %t, at %v, want %q", s.Registered(), got, tt.want)
			}
		})
	}
}
