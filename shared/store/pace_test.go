package store_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shiptide/shiptide/shared/store"
)

// counting is the counters of a table.
type counting struct {
	store.Table
	mu     sync.Mutex
	counts map[store.Key]int64
	fault  func() error
}

func (c *counting) Add(_ context.Context, k store.Key, n, limit int64, _ time.Time) (int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fault != nil {
		if err := c.fault(); err != nil {
			return 0, err
		}
	}
	if c.counts[k]+n > limit {
		return 0, store.ErrLimit
	}
	c.counts[k] += n
	return c.counts[k], nil
}

// TestPace: three processes, each with callers side by side, make no more calls in
// any second than one may, and hardly fewer.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		table := &counting{counts: map[store.Key]int64{}}
		var mu sync.Mutex
		var made []time.Time
		var wg sync.WaitGroup
		began := time.Now()
		for range 3 {
			pace := &store.Pace{Table: table, Now: time.Now, PerSecond: 10}
			for range 5 {
				wg.Go(func() {
					for range 20 {
						at, err := pace.Reserve(t.Context(), "shop")
						if err != nil {
							t.Error(err)
							return
						}
						time.Sleep(time.Until(at))
						mu.Lock()
						made = append(made, time.Now())
						mu.Unlock()
					}
				})
			}
		}
		wg.Wait()
		slices.SortFunc(made, time.Time.Compare)
		for i := range made {
			if i >= 10 && made[i].Sub(made[i-10]) < time.Second {
				t.Fatalf("calls %d to %d within %s", i-10, i, made[i].Sub(made[i-10]))
			}
		}
		if took := time.Since(began); len(made) != 300 || took > 36*time.Second {
			t.Errorf("%d calls in %s, want 300 in 36 s at most", len(made), took)
		}
	})
}

// TestPaceFails: what cannot be counted is not called, and too many do not wait.
func TestPaceFails(t *testing.T) {
	down := errors.New("down")
	table := &counting{counts: map[store.Key]int64{}, fault: func() error { return down }}
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	pace := &store.Pace{Table: table, Now: func() time.Time { return now }, PerSecond: 10}
	if _, err := pace.Reserve(t.Context(), "shop"); !errors.Is(err, down) {
		t.Errorf("error %v, want %v", err, down)
	}
	table.fault = nil
	var last time.Time
	for {
		at, err := pace.Reserve(t.Context(), "shop")
		if errors.Is(err, store.ErrLimit) {
			break
		}
		if err != nil || !at.After(last) {
			t.Fatalf("reserved %s after %s, %v", at, last, err)
		}
		last = at
	}
	if wait := last.Sub(now); wait < 20*time.Second || wait > time.Minute {
		t.Errorf("calls wait up to %s", wait)
	}
	if at, err := pace.Reserve(t.Context(), "another shop"); err != nil || at.Sub(now) > time.Second {
		t.Errorf("another shop waits until %s, %v", at, err)
	}
}
