package shipment_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shiptide/shiptide/shared/shipment"
)

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
				got = shipment.Restore(got)
			case 1: // Looked at.
				got.Fold()
			}
		}
		if diff := cmp.Diff(wantPublic, public(t, got)); diff != "" {
			rt.Fatalf("published state differs (-in order +mixed):\n%s", diff)
		}
		if diff := differ(facts(want), facts(got)); diff != "" {
			rt.Fatalf("facts differ (-in order +mixed):\n%s", diff)
		}
		now := drawTime(rt, "now")
		if diff := differ(parcels(t, want, now), parcels(t, got, now)); diff != "" {
			rt.Fatalf("the fold differs (-in order +mixed):\n%s", diff)
		}
	})
}

// TestHistoriesHoldWhatMatters: a property over histories in which nothing
// happens says nothing.
func TestHistoriesHoldWhatMatters(t *testing.T) {
	crowd := rapid.Custom(func(t *rapid.T) []word { return drawCrowd(t, "crowd") })
	seen, crowds := map[string]int{}, map[string]int{}
	for seed := range 1000 {
		note(seen, set(drawHistory.Example(seed)...))
		note(crowds, set(crowd.Example(seed)...))
	}
	for _, what := range []string{"taken back", "others", "parcels", "conflict", "reuse"} {
		if seen[what] < 20 || what == "taken back" && crowds[what] < 20 {
			t.Errorf("%d of 1000 histories, %d of as many crowds have %s", seen[what], crowds[what], what)
		}
	}
}

// note counts what must not be missing among the histories.
func note(seen map[string]int, s *shipment.Set) {
	all := s.Generations()
	if len(all) > 1 {
		seen["parcels"]++
	}
	taken := func(f shipment.Folded) bool { return !f.WithdrawnAt.IsZero() }
	for _, g := range all {
		if sh := s.FoldAt(g.Begin); slices.ContainsFunc(sh.Events, taken) || slices.ContainsFunc(sh.Others, taken) {
			seen["taken back"]++
			break
		}
	}
	sh := s.Fold()
	if len(sh.Others) > 0 {
		seen["others"]++
	}
	flags := shipment.Flags(&sh, day(900))
	if slices.Contains(flags, shipment.CarrierConflict) {
		seen["conflict"]++
	}
	if slices.Contains(flags, shipment.NumberReuseSuspect) {
		seen["reuse"]++
	}
}

// TestRepeatedBodyIsNoNews: nothing is new in what was said before.
func TestRepeatedBodyIsNoNews(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		history := drawHistory.Draw(rt, "history")
		s := set(history...)
		s = shipment.Restore(s)
		for _, w := range history {
			before := facts(s)
			if n := s.Add(w.from, w.said); n != 0 || differ(before, facts(s)) != "" {
				rt.Fatalf("a repeated body is %d new facts:\n%s", n, cmp.Diff(before, facts(s)))
			}
		}
	})
}

// differ is cmp.Diff, quick where there is nothing to tell.
func differ(want, got any) string {
	if reflect.DeepEqual(want, got) {
		return ""
	}
	return cmp.Diff(want, got)
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
	return []any{events, slices.Clone(s.Estimates), slices.Clone(s.Links), slices.Clone(s.Answers), slices.Clone(s.Coverages)}
}

// parcels are all that is derived of a set at a time: of each generation the
// published bytes with the flags, what they say since when and when they change,
// and what each event meant.
func parcels(t testing.TB, s *shipment.Set, now time.Time) (out []any) {
	t.Helper()
	for _, g := range s.Generations() {
		sh := s.FoldAt(g.Begin)
		if sh.Generation != g {
			t.Fatalf("the parcel that begins at %v is %+v", g.Begin, sh.Generation)
		}
		up, next := shipment.Evaluate(&sh, now, shipment.Defaults())
		b, err := json.Marshal(sh.Public(shipment.Flags(&sh, now)...))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, g, string(b), up, next, derived(sh))
	}
	return append(out, derived(s.Fold()))
}

// derived is what a fold gives beside its published form.
func derived(sh shipment.Shipment) any {
	var meant []string
	for _, list := range [][]shipment.Folded{sh.Events, sh.Others} {
		for i := range list {
			f := &list[i]
			meant = append(meant, f.ID.String()+" "+f.Effect.String()+" "+f.WithdrawnAt.String()+" "+f.UnlistedAt.String())
		}
	}
	return []any{sh.Code, sh.StatusAt, sh.DecidedBy.String(), sh.DeliveredAt, sh.Estimate, sh.Attempts, sh.Origin, sh.Destination, sh.Carrier, sh.Generation, len(sh.Others), meant}
}
