package main

import (
	"context"
	"errors"
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
	// shops ask marketplaces, which may take long: they have the time that is left.
	shops sweep.Sweeper
	log   *slog.Logger
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
// ends it no further shard is begun, and shops are asked no more.
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
	if err := errors.Join(f.sweeper.Sweep(ctx, shards), f.keepShops(ctx, shards)); err != nil {
		text := shorten(err)
		f.log.ErrorContext(ctx, "sweep", "err", text)
		return nil, &failure{text, err}
	}
	return []byte("{}"), nil
}

// keepShops asks for the shops and orders of the shards. That time does not suffice
// is no failure, as after a shop with many orders was connected: what is left is
// due, and the next sweep goes on.
func (f function) keepShops(ctx context.Context, shards sweep.Range) error {
	err := f.shops.Sweep(ctx, shards)
	if err != nil && ctx.Err() != nil {
		f.log.WarnContext(ctx, "shops: the next sweep goes on", "err", shorten(err))
		return nil
	}
	return err
}

func shorten(err error) string {
	text := err.Error()
	return strings.ToValidUTF8(text[:min(len(text), maxError)], "")
}
