package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/sweep"
)

// function is the sweep as its schedule invokes it: with a range of shards.
type function struct {
	sweeper sweep.Sweeper
	log     *slog.Logger
}

// margin is what is left of the time that Lambda gives when no further shard is
// begun, so that what is under way, and the metrics, can be written.
const margin = 15 * time.Second

// Invoke is called by Lambda. Its error is counted as the function's, and no more
// than that: what failed stays due, and the next sweep comes.
func (f function) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	var shards sweep.Range
	if err := json.Unmarshal(event, &shards); err != nil {
		return nil, fmt.Errorf("sweep: input is not of the form {\"from\":0,\"to\":16}: %w", err)
	}
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-margin))
		defer cancel()
	}
	if err := f.sweeper.Sweep(ctx, shards); err != nil {
		f.log.ErrorContext(ctx, "sweep", "err", err)
		return nil, err
	}
	return []byte("{}"), nil
}
