package notice_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/shipment"
)

// TestRandomLives: whatever happens to a parcel, in the order of time, no step
// goes back, nobody is told of one kind of thing more than twice a day, and how
// it ended is told.
func TestRandomLives(t *testing.T) {
	var codes []string
	for _, row := range shipment.Vocabulary() {
		codes = append(codes, row.Code.String())
	}
	codes = append(codes, "OUT_FOR_DELIVERY.ON_VEHICLE", "FAILED_ATTEMPT.GENERIC", "EXCEPTION.PAYMENT_REQUIRED", "IN_TRANSIT.MOVING")
	rapid.Check(t, func(t *rapid.T) {
		audience := rapid.SampledFrom([]notice.Audience{notice.Customer, notice.Seller, notice.Machine}).Draw(t, "audience")
		p := newPlayer(audience, "1 09:00")
		at := when("1 10:00")
		again := map[string]int{} // repeated kinds by day
		known := map[notice.Kind]bool{}
		highest, past := 0, 0 // step told, step that happened
		for range rapid.IntRange(1, 25).Draw(t, "scans") {
			at = at.Add(time.Duration(rapid.IntRange(1, 1800).Draw(t, "minutes")) * time.Minute)
			e := shipment.Event{
				Code: code(rapid.SampledFrom(codes).Draw(t, "code")), RawCode: "x", OccurredAt: at.Add(-berlin * time.Hour),
				LocalTime: at.Format(shipment.LocalLayout), Zone: shipment.Reported, Precision: shipment.Second,
			}
			now := e.OccurredAt.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "later")) * time.Minute)
			for _, kind := range p.hear(now, e) {
				if step := steps[kind]; step > 0 && step < highest {
					t.Fatalf("%s told after a later step: %v", kind, p.told)
				}
				highest = max(highest, steps[kind])
				if final := p.thread.Told[len(p.thread.Told)-1].Final; known[kind] && !final {
					day := now.Add(berlin * time.Hour).Format(time.DateOnly)
					if again[day]++; again[day] > 2 {
						t.Fatalf("told again %d times on %s: %v", again[day], day, p.told)
					}
				}
				known[kind] = true
			}
			sh := p.set.Fold()
			for i := range sh.Events {
				if r := notice.Rules()[sh.Events[i].Effect]; r != nil {
					past = max(past, steps[r.CustomerKind])
				}
			}
			if end := notice.Rules()[sh.Code]; sh.Final() && audience == notice.Customer && steps[end.CustomerKind] >= past {
				if !known[end.CustomerKind] {
					t.Fatalf("the parcel is %s, which nobody was told: %v", sh.Code, p.told)
				}
			}
		}
	})
}
