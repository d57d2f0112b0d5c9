package main

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/storetest"
)

// pumpFor lets the pump of a process run for a while on its own.
func (s *stage) pumpFor(d time.Duration) {
	ctx, stop := context.WithCancel(s.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.pump(ctx)
	}()
	time.Sleep(d) // Of the bubble's clock.
	stop()
	<-done
}

// TestPumpStartsWithWhatWasLeft kills a process that had answered and done
// nothing yet. The next one does it though nobody posts.
func TestPumpStartsWithWhatWasLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		if err := s.subscribe(demoNumber); err != nil {
			t.Fatal(err)
		}
		s.clock = firstDay.Add(at(1, 0, 10))
		s.mustPost(life(t)[1])
		s.restart(storetest.NewWorld())
		s.pumpFor(5 * time.Second)
		if told := s.told(demoNumber); kinds(told["o…@example.com"]) != "on_its_way" {
			t.Errorf("told %v, want on_its_way", told)
		}
	})
}

// TestPumpSweeps parks a push and waits for its next try, and lets rows expire.
func TestPumpSweeps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		s.mustPost([]byte("{"))
		s.mustRest()
		tries := func() int {
			parked, err := s.inbox.ParkedPushes(t.Context(), 10)
			if err != nil || len(parked) != 1 {
				t.Fatalf("%d parked, %v", len(parked), err)
			}
			return parked[0].Parked.Tries
		}
		s.clock = s.clock.Add(2 * time.Minute)
		s.pumpFor(2 * sweepEvery)
		if n := tries(); n != 2 {
			t.Errorf("tried %d times, want a second time", n)
		}
		s.clock = s.clock.Add(store.RawLife)
		s.pumpFor(purgeEvery + time.Second)
		s.clock = firstDay // Back to when it had not expired: it must be gone all the same.
		if n := rows(t, s.ground.sound.inbox); n != 0 {
			t.Errorf("%d rows, want the expired one removed", n)
		}
	})
}

// TestPumpTriesAgain lets the store fail once: the push waits in the pump, and
// nobody has to post another.
func TestPumpTriesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		s.mustPost(life(t)[0])
		w := storetest.NewWorld()
		w.At(1, storetest.Fail) // The read of the push.
		s.restart(w)
		s.pumpFor(3 * retryEvery)
		if _, err := s.shipments.Get(t.Context(), demoNumber); err != nil {
			t.Errorf("the push was not done: %v", err)
		}
	})
}
