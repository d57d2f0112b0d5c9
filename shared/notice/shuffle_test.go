package notice_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/shipment"
)

// steps are the customer's kinds that follow each other.
var steps = map[notice.Kind]int{
	"on_its_way": 1, "arrived_in_country": 2, "out_for_delivery": 3, "attempt_failed": 3, "ready_for_pickup": 3,
	"delivered": 4, "returning": 5, "returned": 6,
}

// checkTold compares what was told out of order with what would have been told
// in order.
func checkTold(t *rapid.T, told, inOrder []notice.Kind) {
	count := func(list []notice.Kind, k notice.Kind) (n int) {
		for _, other := range list {
			if other == k {
				n++
			}
		}
		return n
	}
	highest := 0
	for _, k := range told {
		if got, most := count(told, k), count(inOrder, k); got > most {
			t.Fatalf("%s told %d times, in order %d: %v", k, got, most, told)
		}
		if steps[k] > 0 && steps[k] < highest {
			t.Fatalf("%s told after a later step: %v", k, told)
		}
		highest = max(highest, steps[k])
	}
	if len(inOrder) == 0 {
		return
	}
	// What was true for a time may have passed unheard. How it ended may not.
	if end := inOrder[len(inOrder)-1]; steps[end] >= 4 && (len(told) == 0 || told[len(told)-1] != end) {
		t.Fatalf("told %v, in order %v: another last message", told, inOrder)
	}
}

// drawLife draws one of the lives: of those that go one way only, if oneWay. A
// parcel that turns back cannot be told well to who does not know that it has.
func drawLife(t *rapid.T, oneWay bool) (scans []scan, audience notice.Audience) {
	n := len(lives)
	if oneWay {
		n-- // The last one.
	}
	life := lives[rapid.IntRange(0, n-1).Draw(t, "life")]
	t.Log(life.name)
	return life.scans, rapid.SampledFrom([]notice.Audience{notice.Customer, notice.Seller}).Draw(t, "audience")
}

// TestLivesCutIntoPushes: however the scans come together in pushes, and
// however often each is looked at, nothing more is told and the last message
// is the same.
func TestLivesCutIntoPushes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scans, audience := drawLife(t, false)
		p := newPlayer(audience, "1 09:00")
		for first := 0; first < len(scans); {
			n := rapid.IntRange(1, len(scans)-first).Draw(t, "scans")
			var events []shipment.Event
			// A body often lists what was known before.
			for _, s := range scans[rapid.SampledFrom([]int{0, first}).Draw(t, "from") : first+n] {
				events = append(events, s.event())
			}
			first += n
			now := events[len(events)-1].OccurredAt.Add(10 * time.Minute)
			p.hear(now, events...)
			if rapid.Bool().Draw(t, "again") {
				p.hear(now.Add(time.Minute), events...)
			}
		}
		checkTold(t, p.told, wantAll(scans, audience))
	})
}

// TestLivesInAnyOrder: the scans arrive one by one in any order, each at the
// earliest when it happened.
func TestLivesInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scans, audience := drawLife(t, true)
		p := newPlayer(audience, "1 09:00")
		order := rapid.Permutation(slices.Clone(scans)).Draw(t, "order")
		now := when("1 09:00")
		for _, s := range order {
			e := s.event()
			if at := e.OccurredAt.Add(10 * time.Minute); at.After(now) {
				now = at
			}
			now = now.Add(time.Duration(rapid.IntRange(0, 120).Draw(t, "minutes")) * time.Minute)
			p.hear(now, e)
		}
		checkTold(t, p.told, wantAll(scans, audience))
	})
}

// TestSlightlyLateScans: neighbours change places, and a push comes late by
// hours: the usual disorder.
func TestSlightlyLateScans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scans, audience := drawLife(t, true)
		order := slices.Clone(scans)
		for i := 1; i < len(order); i++ {
			if rapid.Bool().Draw(t, "swap") {
				order[i-1], order[i] = order[i], order[i-1]
			}
		}
		p := newPlayer(audience, "1 09:00")
		now := when("1 09:00")
		for _, s := range order {
			e := s.event()
			if at := e.OccurredAt.Add(10 * time.Minute); at.After(now) {
				now = at
			}
			p.hear(now, e)
		}
		checkTold(t, p.told, wantAll(scans, audience))
	})
}

// TestTwoSpeakersAgree: a decision is a pure function of what it is given.
func TestTwoSpeakersAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scans, audience := drawLife(t, false)
		p := newPlayer(audience, "1 09:00")
		for _, s := range scans[:rapid.IntRange(1, len(scans)).Draw(t, "scans")] {
			e := s.event()
			p.hear(e.OccurredAt.Add(10*time.Minute), e)
		}
		sh := p.set.Fold()
		c := notice.Context{Thread: &p.thread, Now: p.now}
		first := verdicts(notice.Decide(&sh, c))
		if diff := cmp.Diff(first, verdicts(notice.Decide(&sh, c))); diff != "" {
			t.Fatalf("a second look differs (-first +second):\n%s", diff)
		}
	})
}

// verdicts are candidates as text, newest first.
func verdicts(candidates []notice.Candidate) (out []string) {
	for _, c := range candidates {
		out = append(out, string(c.Kind)+": "+string(c.Verdict))
	}
	return out
}
