// Package sweep comes back, every few minutes, to what is due: parked pushes,
// messages that could not go, shipments on which a flag may go up, and whatever a
// stream has lost. Two sweeps at once do no harm.
package sweep

import (
	"context"
	"errors"
	"fmt"
	"sync"

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
	// Drivers have their turn one after the other in each shard: what one brings
	// about the next may tell.
	Drivers []Driver
}

// Range names shards, From up to but not including To.
type Range struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// All is every shard.
func All() Range { return Range{0, store.Shards} }

// Sweep drives the shards of a range. What fails in one of them stays due, and
// stops neither the others nor the drivers that come after. When the context ends
// no further shard is begun.
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
	for shard := r.From; shard < r.To && ctx.Err() == nil; shard++ {
		shards <- shard
	}
	close(shards)
	wg.Wait()
	return errors.Join(append(errs, ctx.Err())...)
}

func (s Sweeper) drive(ctx context.Context, shard int) error {
	var errs []error
	for _, d := range s.Drivers {
		if err := d.RedriveShard(ctx, shard); err != nil {
			errs = append(errs, fmt.Errorf("sweep: shard %d: %w", shard, err))
		}
	}
	return errors.Join(errs...)
}
