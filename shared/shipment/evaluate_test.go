package shipment_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shiptide/shiptide/shared/shipment"
)

// TestNextChange: until the next time nothing changes, and then a flag goes up.
// None goes down by itself.
func TestNextChange(t *testing.T) {
	changes := 0
	rapid.Check(t, func(rt *rapid.T) {
		s := set(drawHistory.Draw(rt, "history")...)
		thresholds := shipment.Defaults()
		if rapid.Bool().Draw(rt, "known lane") {
			thresholds.Lane = time.Duration(rapid.IntRange(1, 40).Draw(rt, "days")) * 24 * time.Hour
		}
		sh := s.Fold()
		now := drawTime(rt, "now").Truncate(time.Second)
		for range 20 {
			up, next := shipment.Evaluate(&sh, now, thresholds)
			for i := range up {
				if up[i].Since.After(now) || i > 0 && up[i].Flag == up[i-1].Flag {
					rt.Fatalf("at %v these are up: %v", now, up)
				}
			}
			if next.IsZero() {
				far, never := shipment.Evaluate(&sh, now.AddDate(50, 0, 0), thresholds)
				if !cmp.Equal(up, far) || !never.IsZero() {
					rt.Fatalf("nothing should change after %v, and then %v becomes %v, next %v", now, up, far, never)
				}
				return
			}
			if !next.After(now) {
				rt.Fatalf("at %v the next change is at %v", now, next)
			}
			if before, again := shipment.Evaluate(&sh, next.Add(-time.Second), thresholds); !cmp.Equal(up, before) || !again.Equal(next) {
				rt.Fatalf("a second before %v the flags are %v, next %v; want %v", next, before, again, up)
			}
			then, _ := shipment.Evaluate(&sh, next, thresholds)
			if len(then) <= len(up) {
				rt.Fatalf("at %v no flag goes up: %v, before %v", next, then, up)
			}
			changes++
			now = next
		}
		rt.Fatal("the flags change for ever")
	})
	if changes == 0 {
		t.Error("no flag ever changed")
	}
}
