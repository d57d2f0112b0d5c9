package shipment_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shiptide/shiptide/shared/shipment"
)

// drawCrowd draws bodies of so many scans that they must be bounded.
func drawCrowd(t *rapid.T, label string) []word {
	var words []word
	for b := range rapid.IntRange(0, 3).Draw(t, label) {
		u := &shipment.Update{
			Number: number, AsOf: when("9 00:00").Add(time.Duration(rapid.IntRange(0, 5).Draw(t, "as of")) * 11 * 24 * time.Hour),
			Carrier:  rapid.SampledFrom([]string{"ups", "ups", "usps"}).Draw(t, "carrier"),
			Complete: rapid.Bool().Draw(t, "complete"), Links: []shipment.Link{drawLink(t)},
			Estimates: []shipment.Estimate{{To: rapid.SampledFrom([]string{"2026-03-05", "2026-03-06", "2026-04-07"}).Draw(t, "to")}},
		}
		for i := range rapid.IntRange(0, 90).Draw(t, "scans") {
			n := rapid.IntRange(0, 1<<20).Draw(t, "scan")
			e := scan("1 00:00", allCodes[n%len(allCodes)].String())
			if n&(3<<10) != 0 { // Most are plain scans.
				e = scan("1 00:00", moving)
			}
			e.OccurredAt = e.OccurredAt.Add(time.Duration(n%1100) * time.Hour) // Two months.
			e.LocalTime = e.OccurredAt.Format(shipment.LocalLayout)
			e.ScanID = fmt.Sprint(b, i%60) // Some are versions of others.
			e.Description = fmt.Sprint("text ", n%2)
			u.Events = append(u.Events, e)
		}
		words = append(words, word{rapid.SampledFrom([]shipment.Origin{ups, ups, track}).Draw(t, "source"), u})
	}
	return words
}

// TestBoundLaw: keep(keep(A) ∪ B) = keep(A ∪ B), to the byte and to the fold,
// and keeping twice is keeping once.
func TestBoundLaw(t *testing.T) {
	bounded := 0
	rapid.Check(t, func(rt *rapid.T) {
		a, b := drawCrowd(rt, "a"), drawCrowd(rt, "b")
		late := set(append(append([]word(nil), a...), b...)...)
		all := len(late.Versions)
		late.Bound()
		if len(late.Versions) < all {
			bounded++
		}
		early := set(a...)
		early.Bound()
		for _, w := range b {
			early.Add(w.from, w.said)
		}
		early.Bound()
		if diff := differ(facts(late), facts(early)); diff != "" {
			rt.Fatalf("what is kept differs (-bounded late +early):\n%s", diff)
		}
		now := drawTime(rt, "now")
		if diff := differ(parcels(t, late, now), parcels(t, early, now)); diff != "" {
			rt.Fatalf("the fold differs (-bounded late +early):\n%s", diff)
		}
		n := len(early.Versions)
		if early.Bound(); len(early.Versions) != n {
			rt.Fatalf("bounding again dropped %d scans", n-len(early.Versions))
		}
	})
	if bounded == 0 {
		t.Error("no history was long enough to be bounded")
	}
}
