package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/notify"
	"github.com/shiptide/shiptide/shared/sweep"
)

// function is the sweep as its schedule invokes it: with a range of shards.
type function struct {
	sweeper sweep.Sweeper
	log     *slog.Logger
}

// failure is an error of whose text only the beginning is shown.
type failure struct {
	text string
	err  error
}

func (e *failure) Error() string { return e.text }

func (e *failure) Unwrap() error { return e.err }

// maxError bounds what is said of what failed: each row may have its reason.
const maxError = 4 << 10

// Invoke is called by Lambda. Its error is counted as the function's, and no more
// than that: what failed stays due, and the next sweep comes. A while before Lambda
// ends it no further shard is begun.
func (f function) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	var shards sweep.Range
	if err := json.Unmarshal(event, &shards); err != nil {
		return nil, fmt.Errorf("sweep: input is not of the form {\"from\":0,\"to\":16}: %w", err)
	}
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-notify.Margin))
		defer cancel()
	}
	if err := f.sweeper.Sweep(ctx, shards); err != nil {
		text := err.Error()
		text = strings.ToValidUTF8(text[:min(len(text), maxError)], "")
		f.log.ErrorContext(ctx, "sweep", "err", text)
		return nil, &failure{text, err}
	}
	return []byte("{}"), nil
}
