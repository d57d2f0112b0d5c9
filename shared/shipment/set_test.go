package shipment_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/shipment"
)

func TestAddCountsWhatIsNew(t *testing.T) {
	u := body("2 10:00", scan("2 09:00", moving), scan("2 08:00", accepted))
	u.Carrier = "ups"
	u.Estimates = []shipment.Estimate{{From: "2026-03-05", To: "2026-03-05"}}
	u.Links = []shipment.Link{{Kind: shipment.OriginLink, Value: "US"}}
	u.Answers = []shipment.Answer{{Code: code("PENDING.NOT_FOUND")}}
	s := &shipment.Set{Number: number}
	if n := s.Add(ups, u); n != 6 {
		t.Errorf("Add = %d, want 6: two scans, an estimate, a link, the carrier, an answer", n)
	}
	if n := s.Add(ups, u); n != 0 {
		t.Errorf("the same again: Add = %d, want 0", n)
	}
	again := body("2 09:30", u.Events[0])
	again.Carrier = "ups"
	if n := s.Add(ups, again); n != 0 {
		t.Errorf("an older body with a scan that is known: Add = %d, want 0", n)
	}
	again.AsOf = when("2 10:30")
	if n := s.Add(ups, again); n != 1 {
		t.Errorf("a newer body with a scan that is known: Add = %d, want 1", n)
	}
}

func TestAddLeavesItsArgumentAlone(t *testing.T) {
	u := body("2 10:00", scan("2 09:00", moving))
	u.Events[0].Location.Country = "de"
	u.Estimates = []shipment.Estimate{{From: "2026-03-05"}}
	s := &shipment.Set{Number: number}
	s.Add(ups, u)
	if e := u.Events[0]; e.Location.Country != "de" || e.Source != "" || u.Estimates[0].To != "" {
		t.Errorf("Add changed what it was given: %+v %+v", e, u.Estimates[0])
	}
}

func TestSourceIsStamped(t *testing.T) {
	e := scan("2 09:00", moving)
	e.Source, e.Kind = "dhl-express", shipment.Carrier
	s := set(word{tiktok, body("2 10:00", e)})
	if v := s.Versions[0]; v.Source != "tiktokshop" || v.Kind != shipment.Marketplace {
		t.Errorf("a body of TikTok spoke as %s, kind %d", v.Source, v.Kind)
	}
}

func TestCarrierOfAnEvent(t *testing.T) {
	own := scan("2 09:00", moving)
	own.Carrier = "usps"
	u := body("2 10:00", own, scan("2 10:00", moving))
	u.Carrier = "dhl-ecommerce-us"
	s := set(word{track, u})
	if got := []string{s.Versions[0].Carrier, s.Versions[1].Carrier}; !slices.Equal(got, []string{"usps", "dhl-ecommerce-us"}) {
		t.Errorf("carriers %q, want its own, else that of the update", got)
	}
}

// TestHeadline: what a source says of the whole parcel beside its events.
func TestHeadline(t *testing.T) {
	headline := func(c string, events ...shipment.Event) *shipment.Update {
		u := body("3 00:00", events...)
		u.Headline = code(c)
		return u
	}
	tests := []struct {
		name       string
		body       *shipment.Update
		want       string
		at         string
		wantEvents int
	}{
		{"it repeats the newest event", headline(arrived, scan("2 09:00", arrived)), arrived, "2 09:00", 1},
		{"it says less than the newest event", headline(moving, scan("2 09:00", arrived)), arrived, "2 09:00", 1},
		{"it says more than the newest event, at its time", headline("EXCEPTION.DELAY_CUSTOMS", scan("2 09:00", moving)), "EXCEPTION.DELAY_CUSTOMS", "2 09:00", 2},
		{"the newest event has no code of ours", headline(delivered, scan("2 08:00", moving), scan("2 09:00", unmapped)), delivered, "2 09:00", 3},
		{"the newest event has no status", headline(delivered, scan("2 09:00", "")), delivered, "2 09:00", 2},
		{"the newest is the one of the latest time, not the first", headline(onVehicle, scan("2 09:00", moving), scan("2 08:00", arrived)), onVehicle, "2 09:00", 3},
		{"without an event it is one at the body's time", headline(delivered), delivered, "3 00:00", 1},
		{"nothing found is an answer", headline("PENDING.NOT_FOUND"), "PENDING.NOT_FOUND", "3 00:00", 0},
		{"expired is an answer", headline(noUpdates, scan("2 09:00", moving)), noUpdates, "3 00:00", 1},
		{"stopped is an answer and moves no parcel that was scanned", headline("EXPIRED.TRACKING_STOPPED", scan("2 09:00", moving)), moving, "2 09:00", 1},
		{"an unmapped one says nothing", headline(unmapped, scan("2 09:00", moving)), moving, "2 09:00", 1},
		{"one outside the vocabulary says nothing", headline("DELIVERED.MAYBE"), "PENDING.AWAITING_DATA", "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := set(word{track, tt.body})
			sh := s.Fold()
			if sh.Code.String() != tt.want || len(sh.Events) != tt.wantEvents {
				t.Errorf("%s from %d events, want %s from %d", sh.Code, len(sh.Events), tt.want, tt.wantEvents)
			}
			if tt.at != "" && !sh.StatusAt.Equal(when(tt.at)) {
				t.Errorf("since %v, want %s March", sh.StatusAt, tt.at)
			}
			if n := s.Add(track, tt.body); n != 0 {
				t.Errorf("the same body again: %d new facts", n)
			}
		})
	}
}

func TestHeadlineStandsWithItsScan(t *testing.T) {
	e := scan("2 09:00", moving)
	e.Location = shipment.Location{City: "Reno", Country: "US"}
	u := body("3 00:00", e)
	u.Headline = code("EXCEPTION.DELAY_CUSTOMS")
	sh := set(word{track, u}).Fold()
	last := sh.Events[len(sh.Events)-1]
	if !last.Headline || last.Location != e.Location || last.LocalTime != e.LocalTime || last.ID == sh.Events[0].ID {
		t.Errorf("headline is %+v, want another event with the time and place of the scan", last)
	}
}

// TestRestore: facts that were stored in any order make the same set.
func TestRestore(t *testing.T) {
	s := set(word{ups, body("2 10:00", scan("2 09:00", moving), scan("2 08:00", accepted), scan("1 08:00", "INFO_RECEIVED.LABEL_CREATED"))},
		word{track, body("2 10:00", scan("2 09:00", moving))}, word{ups, answer("1 00:00", noUpdates)}, word{track, answer("1 00:00", noUpdates)},
		word{tiktok, links(shipment.Link{Kind: shipment.OrderLink, Value: "b"}, shipment.Link{Kind: shipment.OrderLink, Value: "a"})})
	want := public(t, s)
	versions, linked, answers := slices.Clone(s.Versions), slices.Clone(s.Links), slices.Clone(s.Answers)
	slices.Reverse(versions)
	slices.Reverse(linked)
	slices.Reverse(answers)
	back := shipment.Restore(&shipment.Set{Number: number, Versions: versions, Links: linked, Answers: answers})
	if diff := cmp.Diff(want, public(t, back)); diff != "" {
		t.Errorf("restored set differs (-want +got):\n%s", diff)
	}
	if n := back.Add(ups, body("2 10:00", scan("2 09:00", moving))); n != 0 {
		t.Errorf("a known scan is new to the restored set")
	}
}

func TestEmpty(t *testing.T) {
	s := &shipment.Set{Number: number}
	if !s.Empty() || s.Registered() {
		t.Error("a new set is not empty, or registered")
	}
	s.Add(tiktok, links(shipment.Link{Kind: shipment.OrderLink, Value: "1"}))
	if s.Empty() || !s.Registered() {
		t.Error("a set with an order is empty, or not registered")
	}
}
