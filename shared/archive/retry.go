package archive

import (
	"context"
	"errors"
	"time"

	"github.com/shiptide/shiptide/shared/store"
)

// A call that fails is made this often, with gaps that double: six seconds
// altogether, longer than a store is throttled or changes its leader.
const (
	attempts = 6
	firstGap = 200 * time.Millisecond
)

// wait lets time pass, or returns the reason why the context is done.
type wait func(ctx context.Context, d time.Duration) error

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// hopeless tells whether an error stays, however often one tries.
func hopeless(err error) bool {
	for _, stays := range []error{store.ErrTooLarge, store.ErrBadKey, store.ErrBadToken, store.ErrNoTable, store.ErrDenied} {
		if errors.Is(err, stays) {
			return true
		}
	}
	return false
}

// retry calls do until it does not fail, or cannot do better, or enough is
// enough.
func (w wait) retry(ctx context.Context, do func() error) error {
	gap := firstGap
	for n := 1; ; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := do()
		if err == nil || n == attempts || hopeless(err) {
			return err
		}
		if stop := w(ctx, gap); stop != nil {
			return stop
		}
		gap *= 2
	}
}
