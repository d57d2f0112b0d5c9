package sweep_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/metric"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/sweep"
)

// driver remembers the shards that it has driven.
type driver struct {
	mu     sync.Mutex
	shards []int
	fails  func(shard int) error
}

func (d *driver) RedriveShard(_ context.Context, shard int) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shards = append(d.shards, shard)
	if d.fails != nil {
		return d.fails(shard)
	}
	return nil
}

func (d *driver) sorted() []int {
	slices.Sort(d.shards)
	return d.shards
}

func TestEachShardIsDrivenOnceByEach(t *testing.T) {
	tests := []struct {
		name string
		r    sweep.Range
		want []int
	}{
		{"all", sweep.All(), []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}},
		{"some", sweep.Range{From: 3, To: 6}, []int{3, 4, 5}},
		{"the last", sweep.Range{From: 15, To: 16}, []int{15}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			one, other := &driver{}, &driver{}
			if err := (sweep.Sweeper{Drivers: []sweep.Driver{one, other}, Now: time.Now}).Sweep(t.Context(), tt.r); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(one.sorted(), tt.want) || !slices.Equal(other.sorted(), tt.want) {
				t.Errorf("driven %v and %v, want %v", one.shards, other.shards, tt.want)
			}
		})
	}
}

func TestWhatFailsStopsNobody(t *testing.T) {
	down := errors.New("down")
	one := &driver{fails: func(shard int) error {
		if shard%2 == 0 {
			return down
		}
		return nil
	}}
	other := &driver{}
	err := sweep.Sweeper{Drivers: []sweep.Driver{one, other}, Now: time.Now}.Sweep(t.Context(), sweep.All())
	if !errors.Is(err, down) || len(one.shards) != store.Shards || len(other.shards) != store.Shards {
		t.Errorf("%v after %d and %d shards, want all of them and what failed", err, len(one.shards), len(other.shards))
	}
}

func TestASweepEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	d := &driver{fails: func(int) error { cancel(); return nil }}
	err := sweep.Sweeper{Drivers: []sweep.Driver{d}, Now: time.Now}.Sweep(ctx, sweep.All())
	if !errors.Is(err, context.Canceled) || len(d.shards) == store.Shards {
		t.Errorf("%v after %d shards", err, len(d.shards))
	}
}

func TestShardsThatThereAreNot(t *testing.T) {
	for _, r := range []sweep.Range{{}, {From: -1, To: 3}, {From: 3, To: 3}, {From: 5, To: 2}, {From: 0, To: store.Shards + 1}} {
		d := &driver{}
		if err := (sweep.Sweeper{Drivers: []sweep.Driver{d}, Now: time.Now}).Sweep(t.Context(), r); err == nil || len(d.shards) > 0 {
			t.Errorf("%+v: %v, %v driven", r, err, d.shards)
		}
	}
}

// dueTable has one row that is due, in shard 3.
type dueTable struct {
	store.Table
	due time.Time
}

func (t dueTable) Query(_ context.Context, q store.Query) (store.Page, error) {
	if q.Shard != 3 || q.DueUntil.Before(t.due) {
		return store.Page{}, nil
	}
	return store.Page{Items: []store.Item{{Due: t.due}}}, nil
}

func TestTheLagIsThatOfTheOldest(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	s := sweep.Sweeper{
		Tables:  []store.Table{dueTable{due: now.Add(-time.Minute)}, dueTable{due: now.Add(-7 * time.Minute)}, dueTable{due: now.Add(time.Minute)}},
		Metrics: &metric.Recorder{Namespace: "n", Now: func() time.Time { return now }}, Now: func() time.Time { return now },
	}
	for _, tt := range []struct {
		shards sweep.Range
		want   string
	}{{sweep.All(), `"SweepLag":420`}, {sweep.Range{From: 4, To: 16}, `"SweepLag":0`}} {
		if err := s.Sweep(t.Context(), tt.shards); err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := s.Metrics.Flush(&b); err != nil || !strings.Contains(b.String(), tt.want) {
			t.Errorf("%v: counted %q, %v, want %s", tt.shards, b.String(), err, tt.want)
		}
	}
}
