package shipment_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shiptide/shiptide/shared/shipment"
)

var allCodes = func() (codes []shipment.Code) {
	for _, row := range shipment.Vocabulary() {
		codes = append(codes, row.Code)
	}
	return append(codes, shipment.Code{}, code("DELIVERED.MAYBE"))
}()

func drawTime(t *rapid.T, label string) time.Time {
	// Few hours, so that times meet; a fraction, so that it must be cut.
	hour := rapid.IntRange(0, 24*45).Draw(t, label)
	return when("2 00:00").Add(time.Duration(hour)*time.Hour + time.Duration(hour%3)*time.Millisecond)
}

func drawEvent(t *rapid.T) shipment.Event {
	at := drawTime(t, "at")
	e := shipment.Event{
		Code: rapid.SampledFrom(allCodes).Draw(t, "code"), OccurredAt: at, LocalTime: at.Format(shipment.LocalLayout),
		RawCode:     rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "raw"),
		Zone:        rapid.SampledFrom([]shipment.Zone{shipment.Reported, shipment.Inferred, shipment.Assumed, ""}).Draw(t, "zone"),
		Precision:   rapid.SampledFrom([]shipment.Precision{shipment.Second, shipment.Second, shipment.Day}).Draw(t, "precision"),
		ScanID:      rapid.SampledFrom([]string{"", "", "1", "2"}).Draw(t, "scan"),
		Sequence:    rapid.Int64Range(0, 2).Draw(t, "sequence"),
		Description: rapid.SampledFrom([]string{"", "x", "y", "\xff"}).Draw(t, "text"),
		Carrier:     rapid.SampledFrom([]string{"", "", "usps"}).Draw(t, "carrier"),
	}
	e.Location.City = rapid.SampledFrom([]string{"", "Reno", "RENO"}).Draw(t, "city")
	e.Location.Country = rapid.SampledFrom([]string{"", "us", "DE"}).Draw(t, "country")
	return e
}

func drawWord(t *rapid.T) word {
	u := &shipment.Update{
		Number: number, Carrier: rapid.SampledFrom([]string{"", "ups", "dpd"}).Draw(t, "of"),
		Events: rapid.SliceOfN(rapid.Custom(drawEvent), 0, 6).Draw(t, "events"),
	}
	if rapid.Bool().Draw(t, "stamped") {
		u.AsOf = drawTime(t, "as of")
	}
	if rapid.IntRange(0, 3).Draw(t, "headline?") == 0 {
		u.Headline = rapid.SampledFrom(allCodes).Draw(t, "headline")
	}
	for range rapid.IntRange(0, 2).Draw(t, "estimates") {
		day := rapid.SampledFrom([]string{"2026-03-05", "2026-03-06", "2026-03-07"})
		u.Estimates = append(u.Estimates, shipment.Estimate{From: day.Draw(t, "from"), To: day.Draw(t, "to"), AsOf: drawTime(t, "promised")})
	}
	for range rapid.IntRange(0, 1).Draw(t, "answers") {
		c := rapid.SampledFrom([]string{"PENDING.NOT_FOUND", noUpdates, "EXPIRED.TRACKING_STOPPED", "UNKNOWN.SOURCE_ERROR"}).Draw(t, "answer")
		u.Answers = append(u.Answers, shipment.Answer{Code: code(c), AsOf: drawTime(t, "answered")})
	}
	for range rapid.IntRange(0, 1).Draw(t, "links") {
		u.Links = append(u.Links, shipment.Link{
			Kind:  rapid.SampledFrom([]shipment.LinkKind{shipment.OrderLink, shipment.CarrierLink, shipment.OriginLink, shipment.DestinationLink}).Draw(t, "link"),
			Value: rapid.SampledFrom([]string{"US", "de 101", "ups"}).Draw(t, "value"),
			Basis: shipment.Basis(rapid.IntRange(0, 4).Draw(t, "basis")), At: drawTime(t, "made"), AsOf: drawTime(t, "told"),
			Withdrawn: rapid.IntRange(0, 3).Draw(t, "withdrawn?") == 0,
		})
	}
	return word{rapid.SampledFrom([]shipment.Origin{ups, dhl, track, tiktok}).Draw(t, "source"), u}
}

var drawHistory = rapid.SliceOfN(rapid.Custom(drawWord), 0, 8)

// cut tells a word in pieces: the facts of one body as several bodies would.
func (w word) cut(t *rapid.T) []word {
	if w.said.Headline != (shipment.Code{}) || len(w.said.Events) < 2 {
		return []word{w} // A headline belongs to the events of its body.
	}
	at := rapid.IntRange(0, len(w.said.Events)).Draw(t, "cut")
	first, second := *w.said, *w.said
	first.Events, second.Events = w.said.Events[:at], w.said.Events[at:]
	second.Links = nil
	return []word{{w.from, &first}, {w.from, &second}}
}

// TestAnyOrderGivesTheSame: no permutation, repetition or batching of what
// sources say changes a byte of what is published, or a fact.
func TestAnyOrderGivesTheSame(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		history := drawHistory.Draw(rt, "history")
		want := set(history...)
		wantPublic := public(t, want)

		var words []word
		for _, w := range history {
			words = append(words, w.cut(rt)...)
		}
		words = rapid.Permutation(words).Draw(rt, "order")
		if len(words) > 0 {
			words = append(words, rapid.SliceOfN(rapid.SampledFrom(words), 0, 4).Draw(rt, "repeated")...)
		}
		got := &shipment.Set{Number: number}
		for _, w := range words {
			got.Add(w.from, w.said)
			switch rapid.IntRange(0, 3).Draw(rt, "between") {
			case 0: // Stored and read again.
				got = shipment.Restore(number, got.Versions, got.Estimates, got.Links, got.Answers)
			case 1: // Looked at.
				got.Fold()
			}
		}
		if diff := cmp.Diff(wantPublic, public(t, got)); diff != "" {
			rt.Fatalf("published state differs (-in order +mixed):\n%s", diff)
		}
		if diff := cmp.Diff(facts(want), facts(got)); diff != "" {
			rt.Fatalf("facts differ (-in order +mixed):\n%s", diff)
		}
		wantFold, gotFold := want.Fold(), got.Fold()
		if diff := cmp.Diff(derived(wantFold), derived(gotFold)); diff != "" {
			rt.Fatalf("fold differs (-in order +mixed):\n%s", diff)
		}
	})
}

// TestRepeatedBodyIsNoNews: nothing is new in what was said before.
func TestRepeatedBodyIsNoNews(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		history := drawHistory.Draw(rt, "history")
		s := set(history...)
		s = shipment.Restore(number, s.Versions, s.Estimates, s.Links, s.Answers)
		for _, w := range history {
			before := facts(s)
			if n := s.Add(w.from, w.said); n != 0 || !cmp.Equal(before, facts(s)) {
				rt.Fatalf("a repeated body is %d new facts:\n%s", n, cmp.Diff(before, facts(s)))
			}
		}
	})
}

type fact struct {
	Event shipment.Event
	AsOf  time.Time
	ID    string
}

// facts are the exported facts of a set.
func facts(s *shipment.Set) any {
	var events []fact
	for i := range s.Versions {
		v := &s.Versions[i]
		events = append(events, fact{v.Event, v.AsOf, v.ID().String()})
	}
	return []any{events, slices.Clone(s.Estimates), slices.Clone(s.Links), slices.Clone(s.Answers)}
}

// derived is what a fold gives beside its events.
func derived(sh shipment.Shipment) any {
	effects := make([]string, 0, len(sh.Events))
	for i := range sh.Events {
		effects = append(effects, sh.Events[i].Effect.String())
	}
	return []any{sh.Code, sh.StatusAt, sh.DecidedBy.String(), sh.DeliveredAt, sh.Estimate, sh.Attempts, sh.Origin, sh.Destination, sh.RegisteredAt, effects}
}
