package notice_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shiptide/shiptide/shared/notice"
)

// checkFlagTold compares what was told with what would have been told in order:
// no kind more often, no lower step after a higher one unless a correction came
// between, and the same end. A delay that was heard of before its new date is
// told again with the date, as it would be in order.
func checkFlagTold(t *rapid.T, p *player, inOrder []notice.Kind) {
	t.Helper()
	highest := 0
	for i, k := range p.told {
		got, most := times(p.told, k), times(inOrder, k)
		if undated := p.thread.Told[0:i]; k == notice.Delayed && slices.ContainsFunc(undated, func(o notice.Told) bool { return o.Kind == k && o.Date == "" }) && p.thread.Told[i].Date != "" {
			most++
		}
		if first := slices.Index(p.told, k); got > most && i > first {
			t.Fatalf("%s told %d times, in order %d: %v", k, got, most, p.told)
		}
		if k == notice.Correction {
			highest = 0
		}
		if steps[k] > 0 && steps[k] < highest {
			t.Fatalf("%s told after a later step: %v", k, p.told)
		}
		highest = max(highest, steps[k])
	}
	// What was true for a time may have passed unheard. How it ended may not.
	ends := []notice.Kind{notice.Delivered, notice.Problem, notice.Lost}
	if n := len(inOrder); n > 0 && slices.Contains(ends, inOrder[n-1]) && (len(p.told) == 0 || p.told[len(p.told)-1] != inOrder[n-1]) {
		t.Fatalf("told %v, in order %v: another last message", p.told, inOrder)
	}
}

func times(list []notice.Kind, k notice.Kind) (n int) {
	for _, other := range list {
		if other == k {
			n++
		}
	}
	return n
}

// inOrder is what a life tells an audience when all is heard in time.
func inOrder(moments []moment, a notice.Audience) (kinds []notice.Kind) {
	for _, m := range moments {
		kinds = append(kinds, scan{customer: m.customer, seller: m.seller}.want(a)...)
	}
	return kinds
}

// drawFlagLife draws one of the lives; if oneWay, none in which a delivery is
// taken back: who does not know that yet takes the next tour for the way back.
func drawFlagLife(t *rapid.T, oneWay bool) ([]moment, notice.Audience) {
	list := slices.Clone(flagLives)
	if oneWay {
		list = slices.DeleteFunc(list, func(l flagLife) bool { return l.name == "delivered, taken back, delivered later" })
	}
	life := rapid.SampledFrom(list).Draw(t, "life")
	t.Log(life.name)
	return life.moments, rapid.SampledFrom([]notice.Audience{notice.Customer, notice.Seller}).Draw(t, "audience")
}

// TestFlagLivesCutIntoPushes: however what is heard comes together, and however
// often it is looked at.
func TestFlagLivesCutIntoPushes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		moments, audience := drawFlagLife(t, false)
		p := newPlayer(audience, "1 09:00")
		for first := 0; first < len(moments); {
			n := rapid.IntRange(1, len(moments)-first).Draw(t, "moments")
			for _, m := range moments[rapid.SampledFrom([]int{0, first}).Draw(t, "from") : first+n] {
				m.hear(p, m)
			}
			first += n
			now := moments[first-1].now().Add(time.Minute)
			for range rapid.IntRange(1, 3).Draw(t, "looks") {
				p.speak(now)
				now = now.Add(time.Minute)
			}
		}
		checkFlagTold(t, p, inOrder(moments, audience))
	})
}

// TestFlagLivesInAnyOrder: what is heard comes one by one in any order, each at
// the earliest when it happened.
func TestFlagLivesInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		moments, audience := drawFlagLife(t, true)
		p := newPlayer(audience, "1 09:00")
		now := when("1 09:00")
		for _, m := range rapid.Permutation(slices.Clone(moments)).Draw(t, "order") {
			if at := m.now().Add(time.Minute); at.After(now) {
				now = at
			}
			now = now.Add(time.Duration(rapid.IntRange(0, 120).Draw(t, "minutes")) * time.Minute)
			m.hear(p, m)
			p.speak(now)
		}
		checkFlagTold(t, p, inOrder(moments, audience))
	})
}
