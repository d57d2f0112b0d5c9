// Package sweep comes back, every few minutes, to what is due: parked pushes,
// messages that could not go, shipments on which a flag may go up, and whatever a
// stream has lost. Two sweeps at once do no harm.
package sweep

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/shiptide/shiptide/shared/metric"
	"github.com/shiptide/shiptide/shared/store"
)

// parallel is how many shards are driven side by side.
const parallel = 8

// Driver drives again what is due in one shard of a due index. An error says that
// some of it stays due; it must not keep the rest waiting.
type Driver interface {
	RedriveShard(ctx context.Context, shard int) error
}

// Sweeper drives shards.
type Sweeper struct {
	// Drivers have their turn one after the other in each shard.
	Drivers []Driver
	// Tables are those whose due rows the drivers look after. How long the oldest
	// was due is counted before they begin.
	Tables  []store.Table
	Metrics *metric.Recorder // nil: nothing is counted
	Now     func() time.Time
}

// Range names shards, From up to but not including To.
type Range struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// All is every shard.
func All() Range { return Range{0, store.Shards} }

// Sweep drives the shards of a range, beginning with another one each minute: if
// time never suffices for all, each has its turn. What fails in one of them stays
// due, and stops neither the others nor the drivers that come after. When the
// context ends no further shard is begun.
func (s Sweeper) Sweep(ctx context.Context, r Range) error {
	if r.From < 0 || r.From >= r.To || r.To > store.Shards {
		return fmt.Errorf("sweep: shards %d to %d of %d", r.From, r.To, store.Shards)
	}
	shards := make(chan int)
	var mu sync.Mutex
	var errs []error
	var wg sync.WaitGroup
	for range min(parallel, r.To-r.From) {
		wg.Go(func() {
			for shard := range shards {
				if err := s.drive(ctx, shard); err != nil {
					mu.Lock()
					errs = append(errs, err)
					mu.Unlock()
				}
			}
		})
	}
	first := int(s.Now().Unix() / 60)
	for i := 0; i < r.To-r.From && ctx.Err() == nil; i++ {
		select {
		case shards <- r.From + (first+i)%(r.To-r.From):
		case <-ctx.Done():
		}
	}
	close(shards)
	wg.Wait()
	return errors.Join(append(errs, ctx.Err())...)
}

func (s Sweeper) drive(ctx context.Context, shard int) error {
	errs := []error{s.lag(ctx, shard)}
	for _, d := range s.Drivers {
		if err := d.RedriveShard(ctx, shard); err != nil {
			errs = append(errs, fmt.Errorf("sweep: shard %d: %w", shard, err))
		}
	}
	return errors.Join(errs...)
}

// lag counts how long the row of a shard was due that was due first.
func (s Sweeper) lag(ctx context.Context, shard int) error {
	now := s.Now()
	var lag time.Duration
	for _, t := range s.Tables {
		q := store.Query{Shard: shard, DueUntil: now, Limit: 1}
		for {
			page, err := t.Query(ctx, q)
			if err != nil {
				return fmt.Errorf("sweep: shard %d: %w", shard, err)
			}
			for _, it := range page.Items {
				lag = max(lag, now.Sub(it.Due))
			}
			if q.After = page.Next; len(page.Items) > 0 || q.After == "" {
				break
			} // Else the rows before have expired.
		}
	}
	s.Metrics.Worst(metric.Series{Name: metric.SweepLag}, lag)
	return nil
}
