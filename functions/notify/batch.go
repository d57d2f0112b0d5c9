package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/shiptide/shiptide/shared/notify"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

// teller is what tells of a number.
type teller interface {
	Notify(ctx context.Context, number string) error
}

// ofShipments tells of the shipments of a batch, of each once. What fails comes
// again by the stream, and if that gives up by the sweep.
func ofShipments(n teller, log *slog.Logger) dynamostore.Batch {
	return func(ctx context.Context, records []dynamostore.Record) []error {
		if deadline, ok := ctx.Deadline(); ok {
			var cancel context.CancelFunc
			ctx, cancel = context.WithDeadline(ctx, deadline.Add(-notify.Margin))
			defer cancel()
		}
		var numbers []string
		var at []int // of the first record of each
		seen := map[string]bool{}
		for i, r := range records {
			number := store.ShipmentNumber(r.Item.Key)
			if number != "" && !seen[number] {
				seen[number] = true
				numbers, at = append(numbers, number), append(at, i)
			}
		}
		errs := make([]error, len(records))
		for i, err := range notify.Each(ctx, numbers, func(ctx context.Context, number string) error { return tell(ctx, n, number) }) {
			if err != nil {
				log.WarnContext(ctx, "not told", "tracking", lastFour(numbers[i]), "err", err)
			}
			errs[at[i]] = err
		}
		return errs
	}
}

// tell waits a little for another who speaks on a thread of the number. Should
// that one take longer, it finds the newer state by itself, or the sweep does.
func tell(ctx context.Context, n teller, number string) error {
	for range patience {
		err := n.Notify(ctx, number)
		var busy *notify.BusyError
		if !errors.As(err, &busy) {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
	return nil
}

const (
	patience = 5
	pause    = 400 * time.Millisecond
)

func lastFour(number string) string { return "…" + number[max(0, len(number)-4):] }
