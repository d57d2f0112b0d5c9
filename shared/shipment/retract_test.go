package shipment_test

import (
	"slices"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/shipment"
)

// history is a body that holds all that its source knows.
func history(asOf string, events ...shipment.Event) *shipment.Update {
	u := body(asOf, events...)
	u.Complete = true
	return u
}

// TestRetractions: a final event that its source does not list any more does
// not count. The parcel is delivered on 2 March, 12:00, and heard of then.
func TestRetractions(t *testing.T) {
	first, end := scan("2 09:00", accepted), scan("2 12:00", delivered)
	whole := history("2 12:00", first, end)
	in := func(carrier string, u *shipment.Update) *shipment.Update {
		c := *u
		c.Carrier = carrier
		return &c
	}
	both := links(shipment.Link{Kind: shipment.CarrierLink, Value: "ups", Basis: shipment.Provider}, shipment.Link{Kind: shipment.PartnerLink, Value: "usps"})
	headline := func(u *shipment.Update, c string) *shipment.Update { u.Headline = code(c); return u }
	unclear := scan("2 11:00", "")
	timeless := scan("2 12:00", delivered)
	timeless.OccurredAt = time.Time{}
	labelled := func(c string) shipment.Event { e := scan("2 12:00", c); e.ScanID = "7"; return e }
	old := scan("2 09:00", accepted)
	old.OccurredAt = old.OccurredAt.AddDate(0, -1, 0)
	april := scan("1 09:00", moving)
	april.OccurredAt = april.OccurredAt.AddDate(0, 1, 0)
	late := func(u *shipment.Update) *shipment.Update { u.AsOf = u.AsOf.AddDate(0, 1, 0); return u }
	tests := []struct {
		name  string
		words []word
		want  string
	}{
		{"a younger history does not list it", []word{{track, whole}, {track, history("3 12:00", first)}}, accepted},
		{"as little does the one after", []word{{track, whole}, {track, history("3 12:00", first)}, {track, history("4 12:00", first)}}, accepted},
		{"a history of six hours later says nothing yet", []word{{track, whole}, {track, history("2 18:00", first)}}, delivered},
		{"times are cut to six hours: eleven hours and a minute", []word{{track, history("2 12:59", first, end)}, {track, history("3 00:00", first)}}, accepted},
		{"eleven hours and a minute within the next six", []word{{track, history("2 12:00", first, end)}, {track, history("2 23:59", first)}}, delivered},
		{"an older history", []word{{track, whole}, {track, history("1 12:00", first)}}, delivered},
		{"a push that holds only news takes nothing back", []word{{track, whole}, {track, body("4 12:00", scan("3 09:00", moving))}}, delivered},
		{"nor does an empty history", []word{{track, whole}, {track, history("4 12:00")}}, delivered},
		{"nor one with an event that cannot be read", []word{{track, whole}, {track, history("4 12:00", first, timeless)}}, delivered},
		{"nor one without a time of its own", []word{{track, whole}, {track, &shipment.Update{Complete: true, Events: []shipment.Event{first}}}}, delivered},
		{"nor that of another source", []word{{track, whole}, {ups, history("4 12:00", first)}}, delivered},
		{"nor one of another carrier's network", []word{{track, in("ups", whole)}, {track, in("usps", history("4 12:00", first))}, {tiktok, both}}, delivered},
		{"nor one that begins a month later", []word{{track, whole}, {track, late(history("4 12:00", april))}}, delivered},
		{"one that began a month before does", []word{{track, whole}, {track, history("4 12:00", old)}}, accepted},
		{"so does one of months later that goes back so far", []word{{track, whole}, {track, late(history("4 12:00", first, april))}}, moving},

		{"listed again it counts again", []word{{track, whole}, {track, history("3 12:00", first)}, {track, history("4 12:00", first, end)}}, delivered},
		{"also by a push that is no history", []word{{track, whole}, {track, history("3 12:00", first)}, {track, body("4 12:00", end)}}, delivered},
		{"and is taken back again", []word{{track, whole}, {track, history("4 12:00", first, end)}, {track, history("5 12:00", first)}}, accepted},
		{"what another source says stands", []word{{track, whole}, {ups, body("2 13:00", scan("2 12:01", signed))}, {track, history("3 12:00", first)}}, signed},

		{"only ends are taken back", []word{{track, history("2 12:00", first, scan("2 12:00", onVehicle))}, {track, history("4 12:00", first)}}, onVehicle},
		{"silence is no end that could be taken back", []word{{track, history("2 12:00", first, scan("2 12:00", "EXCEPTION.DAMAGED"))}, {track, history("4 12:00", first)}}, damaged},
		{"lost is an end", []word{{track, history("2 12:00", first, scan("2 12:00", lost))}, {track, history("4 12:00", first)}}, accepted},
		{"returned is an end", []word{{track, history("2 12:00", first, scan("2 12:00", returned))}, {track, history("4 12:00", first)}}, accepted},
		{"cancelled is an end", []word{{track, history("2 12:00", first, scan("2 12:00", cancelled))}, {track, history("4 12:00", first)}}, accepted},
		{"a headline that is an end", []word{{track, headline(history("2 12:00", first, unclear), delivered)}, {track, history("4 12:00", first, unclear)}}, accepted},
		{"of nothing but that no guess is made", []word{{track, headline(history("2 12:00", unclear), delivered)}, {track, history("4 12:00", unclear)}}, "PENDING.AWAITING_DATA"},
		{"an end that was given another meaning is none", []word{{track, history("2 12:00", first, labelled(delivered))}, {track, history("2 18:00", first, labelled(onVehicle))}, {track, history("4 12:00", first)}}, onVehicle},
		{"a date is an end too", []word{{track, history("2 12:00", first, date("2", delivered))}, {track, history("4 12:00", first)}}, accepted},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			words := slices.Clone(tt.words)
			want := public(t, set(words...))
			for range 2 { // As they come, then the other way round.
				s := set(words...)
				if got := s.Fold().Code.String(); got != tt.want {
					t.Errorf("status = %s, want %s", got, tt.want)
				}
				if got := public(t, s); got != want {
					t.Errorf("another order gives other bytes:\n%s\n%s", want, got)
				}
				slices.Reverse(words)
			}
		})
	}
}

// TestWithdrawnAt: since when an event is not listed does not move when the
// bodies after it do not list it either.
func TestWithdrawnAt(t *testing.T) {
	first, end := scan("2 09:00", accepted), scan("2 13:00", delivered)
	s := set(word{track, history("2 13:00", first, end)})
	find := func() shipment.Folded {
		sh := s.Fold()
		return sh.Events[slices.IndexFunc(sh.Events, func(f shipment.Folded) bool { return f.Code == end.Code })]
	}
	if f := find(); !f.WithdrawnAt.IsZero() || !f.UnlistedAt.IsZero() || f.Effect != end.Code {
		t.Errorf("listed it is withdrawn at %v, means %s", f.WithdrawnAt, f.Effect)
	}
	for _, day := range []string{"3", "4", "9"} {
		s.Add(track, history(day+" 08:00", first))
		f := find()
		if !f.WithdrawnAt.Equal(when("3 00:00")) || !f.UnlistedAt.Equal(when(day+" 06:00")) || f.Effect != (shipment.Code{}) {
			t.Errorf("on %s March withdrawn at %v, unlisted at %v, means %q; want 3 March 00:00, the day 06:00, nothing", day, f.WithdrawnAt, f.UnlistedAt, f.Effect)
		}
	}
	if sh := s.Fold(); !sh.DeliveredAt.IsZero() || len(sh.Events) != 2 {
		t.Errorf("delivered at %v, %d events; want never, and both shown", sh.DeliveredAt, len(sh.Events))
	}
}

// TestCoverageIsSmall: a source that is read every hour changes the facts every
// six hours, and ordinary pushes write nothing.
func TestCoverageIsSmall(t *testing.T) {
	s := &shipment.Set{Number: number}
	s.Add(track, body("2 09:00", scan("2 09:00", accepted)))
	if len(s.Coverages) != 0 {
		t.Errorf("a push of news covers %v", s.Coverages)
	}
	changed := 0
	for hour := range 24 {
		u := history("2 12:00", scan("2 09:00", accepted))
		u.AsOf = when("3 00:00").Add(time.Duration(hour) * time.Hour)
		before := slices.Clone(s.Coverages)
		if s.Add(track, u); !slices.Equal(before, s.Coverages) {
			changed++
		}
	}
	if changed != 4 || len(s.Coverages) != 1 {
		t.Errorf("%d changes in a day, %d months; want 4 and 1", changed, len(s.Coverages))
	}
	ancient := scan("2 09:00", accepted)
	ancient.OccurredAt = ancient.OccurredAt.AddDate(-30, 0, 0)
	s.Add(track, history("4 12:00", ancient))
	if len(s.Coverages) > 37 {
		t.Errorf("a scan of thirty years ago covers %d months", len(s.Coverages))
	}
}

// TestCoverageBelongsToACarrier: a history of two networks covers each from its
// own oldest event.
func TestCoverageBelongsToACarrier(t *testing.T) {
	post := scan("2 09:00", moving)
	post.Carrier, post.OccurredAt = "usps", post.OccurredAt.AddDate(0, 1, 0)
	u := history("4 12:00", scan("2 09:00", accepted), post)
	u.Carrier, u.AsOf = "ups", u.AsOf.AddDate(0, 2, 0)
	s := set(word{track, u})
	got := map[string]int{}
	for _, c := range s.Coverages {
		got[c.Carrier]++
		if c.Source != "17track" || !c.AsOf.Equal(u.AsOf) {
			t.Errorf("coverage %+v, want one of 17track at %v", c, u.AsOf)
		}
	}
	if got["ups"] != 3 || got["usps"] != 2 || len(got) != 2 {
		t.Errorf("months covered %v, want 3 of ups and 2 of usps", got)
	}
}

// TestTakenBackStandsAlone: what was taken back is shown on a line of its own,
// beside the same scan of a source that stands by it.
func TestTakenBackStandsAlone(t *testing.T) {
	first, end := scan("2 09:00", accepted), scan("2 12:00", delivered)
	later := end
	later.OccurredAt = later.OccurredAt.Add(20 * time.Second)
	later.LocalTime = later.OccurredAt.Format(shipment.LocalLayout)
	sh := set(word{track, history("2 12:00", first, end)}, word{track, history("4 12:00", first)}, word{ups, body("2 13:00", later)},
		word{dhl, body("2 13:00", later)}).Fold()
	var got []string
	for _, l := range sh.Lines() {
		if l.Code == end.Code {
			got = append(got, l.Source)
			if taken := l.Source == "17track"; taken != !l.WithdrawnAt.IsZero() || taken != (len(l.Sources) == 1) {
				t.Errorf("the line of %v was taken back at %v", l.Sources, l.WithdrawnAt)
			}
		}
	}
	if len(got) != 2 {
		t.Errorf("deliveries on lines of %v, want one of 17track and one of the carriers", got)
	}
}

// TestWhoCallsItDoneTakesNothingBack repeats a final headline behind other
// events: the first one, of which the second body says nothing, stays.
func TestWhoCallsItDoneTakesNothingBack(t *testing.T) {
	first := body("3 09:00", scan("2 09:00", moving))
	second := body("5 09:00", scan("2 09:00", moving), scan("4 09:00", arrived))
	for _, u := range []*shipment.Update{first, second} {
		u.Complete, u.Headline = true, code("RETURN.RETURNED")
	}
	sh := set(word{track, first}, word{track, second}).Fold()
	if sh.Code != code("RETURN.RETURNED") {
		t.Errorf("the state is %s, want it returned", sh.Code)
	}
}
