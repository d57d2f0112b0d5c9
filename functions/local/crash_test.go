package main

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/storetest"
)

// scene is one thing that somebody does. Who gets an error does it again.
type scene struct {
	name string
	at   time.Duration
	do   func(*stage) error
}

// script is a short history that needs every use case: subscribe, receive,
// ingest, park, notify, redrive and replay.
func script(t *testing.T) []scene {
	bodies := map[string][]byte{}
	for _, s := range demoLife {
		body, err := s.body(demoNumber, firstDay)
		if err != nil {
			t.Fatal(err)
		}
		bodies[s.name] = body
	}
	push := func(name string, at time.Duration, body []byte) scene {
		return scene{name, at, func(s *stage) error {
			if status := s.post(body); status != http.StatusOK {
				return fmt.Errorf("answered %d", status)
			}
			return s.rest()
		}}
	}
	return []scene{
		{"subscribe", 0, func(s *stage) error {
			if err := s.subscribe(demoNumber); err != nil {
				return err
			}
			return s.rest()
		}},
		push("origin scan", at(0, 10, 35), bodies["origin scan"]),
		push("malformed", at(0, 10, 36), []byte(`{"trackingNumber":`)),
		push("weather delay", at(2, 18, 5), bodies["weather delay"]),
		push("out for delivery", at(4, 13, 2), bodies["out for delivery"]),
		push("out for delivery, again", at(4, 13, 3), bodies["out for delivery"]),
		push("delivered", at(5, 17, 50), bodies["delivered"]),
		{"sweep", at(5, 19, 0), func(s *stage) error {
			s.sweep(s.t.Context())
			return s.rest()
		}},
		{"replay", at(5, 20, 0), func(s *stage) error {
			_, err := s.replay(s.t.Context(), time.Time{})
			return errors.Join(err, s.rest())
		}},
	}
}

// TestCrash lets the process die before and after each store call of the script
// in turn. Started again, it ends in the same state.
func TestCrash(t *testing.T) {
	t.Parallel()
	calls, want := playScript(t, inTestFile, 0, 0)
	if calls < 50 {
		t.Fatalf("the script makes %d calls: too few to be all use cases", calls)
	}
	t.Logf("%d store calls, each crashed before and after", calls)
	for _, fault := range []storetest.Fault{storetest.CrashBefore, storetest.CrashAfter} {
		for n := 1; n <= calls; n += sampled {
			if _, got := playScript(t, inTestFile, n, fault); got != want {
				t.Fatalf("crashed at call %d (fault %d):\n%s\nwant\n%s", n, fault, got, want)
			}
		}
	}
}

// TestFaults lets calls fail, and lets answers get lost, at random.
func TestFaults(t *testing.T) {
	t.Parallel()
	_, want := playScript(t, inTestFile, 0, 0)
	for seed := range uint64(100) {
		playFaults(t, inTestFile, seed, want, func(w *storetest.World) { w.Random(seed, 0.05, 0.05) })
	}
}

// playFaults plays the script with faults in every scene.
func playFaults(t *testing.T, open open, seed uint64, want string, faults func(*storetest.World)) {
	t.Helper()
	s := newStageOn(t, open)
	defer s.ground.leave()
	for _, sc := range script(t) {
		s.clock = firstDay.Add(sc.at)
		s.restart(storetest.NewWorld())
		faults(s.world)
		s.untilDone(sc)
		s.restart(storetest.NewWorld())
		for s.waiting() { // For a message that was not taken.
			s.clock = s.clock.Add(10 * time.Minute)
			s.untilDone(scene{"sweep after " + sc.name, 0, func(s *stage) error {
				return errors.Join(s.redrive(t.Context()), s.rest())
			}})
		}
	}
	s.onlyLook()
	// A hand-over whose answer was lost is made again: each may stand twice.
	if got := s.outcome(100); got != want {
		t.Fatalf("seed %d:\n%s\nwant\n%s", seed, got, want)
	}
}

// waiting tells whether something could not go to somebody.
func (s *stage) waiting() bool {
	s.t.Helper()
	threads := store.Threads{Table: s.ground.sound.ledger}
	for shard := range store.Shards {
		numbers, _, err := threads.Due(s.t.Context(), shard, s.clock.AddDate(1, 0, 0), "")
		if err != nil {
			s.t.Fatal(err)
		}
		if len(numbers) > 0 {
			return true
		}
	}
	return false
}

// playScript plays the script; the n-th store call meets a fault. It returns how
// many calls there were, and how it ended.
func playScript(t *testing.T, open open, n int, fault storetest.Fault) (calls int, outcome string) {
	t.Helper()
	s := newStageOn(t, open)
	defer s.ground.leave()
	if n > 0 {
		s.world.At(n, fault)
	}
	for _, sc := range script(t) {
		s.clock = firstDay.Add(sc.at)
		s.untilDone(sc)
	}
	calls = s.world.Calls()
	s.onlyLook()
	return calls, s.outcome(1)
}

// untilDone does a scene until it is done; a process that died is started again
// when its leases have ended.
func (s *stage) untilDone(sc scene) {
	s.t.Helper()
	for range 50 {
		err := sc.do(s)
		if s.world.Crashed() {
			s.clock = s.clock.Add(time.Minute)
			s.restart(storetest.NewWorld())
			continue
		}
		if err == nil {
			return
		}
		s.clock = s.clock.Add(time.Minute)
	}
	s.t.Fatalf("%s is never done", sc.name)
}

// outcome is all that the outside can see in the end. A message that was in
// flight in a crash may stand twice: at most repeats do.
func (s *stage) outcome(repeats int) string {
	s.t.Helper()
	var b strings.Builder
	rec, err := s.shipments.Get(s.t.Context(), demoNumber)
	if err != nil {
		s.t.Fatal(err)
	}
	raw, err := json.Marshal(rec.Public())
	if err != nil {
		s.t.Fatal(err)
	}
	fmt.Fprintf(&b, "%s\n", raw)
	told := s.told(demoNumber)
	for _, who := range slices.Sorted(maps.Keys(told)) {
		fmt.Fprintf(&b, "told %s: %s\n", who, kinds(told[who]))
	}
	twice := 0
	lines := s.lines()
	for _, who := range slices.Sorted(maps.Keys(lines)) {
		fmt.Fprintf(&b, "sent %s:", who)
		for _, l := range lines[who] {
			if l.Line > 1 {
				twice++
				continue
			}
			fmt.Fprintf(&b, " %s", l.Kind)
		}
		b.WriteByte('\n')
	}
	if twice > repeats {
		s.t.Errorf("%d messages were handed over twice, want at most the %d in flight", twice, repeats)
	}
	parked, err := s.inbox.ParkedPushes(s.t.Context(), 100)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, p := range parked {
		fmt.Fprintf(&b, "parked %s malformed=%v numbers=%v\n", p.Hash, p.Parked.Malformed, p.Parked.Numbers)
	}
	fmt.Fprintf(&b, "%d pushes\n", rows(s.t, s.ground.sound.inbox))
	numbers, _, err := s.shipments.Day(s.t.Context(), firstDay.Format(time.DateOnly), "", 10)
	if err != nil {
		s.t.Fatal(err)
	}
	fmt.Fprintf(&b, "day: %v\n", numbers)
	return b.String()
}
