package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/shiptide/shiptide/shared/notify"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/boltstore"
)

// The pump is what streams and schedules are on AWS: it brings new pushes to
// ingest and changed shipments to notify, and looks again at what is due.
const (
	pumpBatch = 256
	// pumpBytes is how much of bodies is in memory before they are done.
	pumpBytes = 8 << 20
	// retryEvery is how long what failed waits.
	retryEvery = time.Second
	sweepEvery = 30 * time.Second
	purgeEvery = 10 * time.Minute
	purgeBatch = 1000
)

// pump runs until the context ends.
func (a *app) pump(ctx context.Context) {
	var wg sync.WaitGroup
	woken := [2]chan struct{}{make(chan struct{}, 1), make(chan struct{}, 1)}
	wg.Go(func() { a.turn(ctx, woken[0], a.pumpInbox) })
	wg.Go(func() { a.turn(ctx, woken[1], a.pumpShipments) })
	wg.Go(func() { every(ctx, sweepEvery, a.sweep) })
	wg.Go(func() { every(ctx, sweepEvery, a.keepUp) })
	wg.Go(func() { every(ctx, purgeEvery, a.purge) })
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-a.wake:
			for _, w := range woken {
				select {
				case w <- struct{}{}:
				default: // It is awake.
				}
			}
		}
	}
	wg.Wait()
}

// turn drains what is pending whenever something is.
func (a *app) turn(ctx context.Context, woken <-chan struct{}, drain func(context.Context) (int, error)) {
	retry := time.NewTicker(retryEvery)
	defer retry.Stop()
	for ctx.Err() == nil {
		if _, err := drain(ctx); err != nil && ctx.Err() == nil {
			var busy *notify.BusyError
			if !errors.As(err, &busy) {
				a.log.ErrorContext(ctx, "pump", "err", err)
			}
		}
		select {
		case <-ctx.Done():
		case <-woken:
		case <-retry.C:
		}
	}
}

func every(ctx context.Context, gap time.Duration, do func(context.Context)) {
	tick := time.NewTicker(gap)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-tick.C:
			do(ctx)
		}
	}
}

// pumpInbox brings pending pushes to ingest, as many at a time as memory has
// room for. One that fails stays pending.
func (a *app) pumpInbox(ctx context.Context) (done int, err error) {
	return drain(ctx, a.newPushes, func(ctx context.Context, entries []boltstore.Pending) []error {
		errs := make([]error, len(entries))
		for from := 0; from < len(entries); {
			var pushes []store.Push
			var at []int
			size := 0
			for ; from < len(entries) && size < pumpBytes; from++ {
				p, err := a.inbox.Get(ctx, entries[from].Key.Partition)
				switch {
				case err == nil:
					pushes, at, size = append(pushes, p), append(at, from), size+len(p.Body)
				case !errors.Is(err, store.ErrNotFound):
					errs[from] = err
				}
			}
			for i, err := range a.ingester.Ingest(ctx, pushes) {
				errs[at[i]] = err
			}
		}
		return errs
	})
}

// pumpShipments tells of the shipments that changed, and asks for orders.
func (a *app) pumpShipments(ctx context.Context) (done int, err error) {
	return drain(ctx, a.changedShipments, func(ctx context.Context, entries []boltstore.Pending) []error {
		names := make([]string, len(entries))
		for i := range entries {
			names[i] = entries[i].Key.Partition
		}
		return notify.Each(ctx, names, a.attend)
	})
}

// attend tells of a shipment, or asks for an order of which a push says more than
// is known.
func (a *app) attend(ctx context.Context, partition string) error {
	key := store.Key{Partition: partition, Sort: "META"}
	if number := store.ShipmentNumber(key); number != "" {
		return a.notifier.Notify(ctx, number)
	}
	shop, id := store.OrderOf(key)
	o, err := a.orders.Get(ctx, shop, id)
	if errors.Is(err, store.ErrUnreadable) {
		a.log.ErrorContext(ctx, "order not readable", "err", err)
		return nil
	}
	if err != nil || o.Stale.IsZero() || o.Due.IsZero() || o.Due.After(a.now()) {
		return err // It is fresh, or waits: for its shop, or for its turn.
	}
	if err := a.keeper.Look(ctx, shop, id); err != nil && ctx.Err() == nil {
		a.log.WarnContext(ctx, "order", "err", err) // It is due, and its turn comes again.
	}
	return nil
}

// drain goes once through a feed and forgets what was done.
func drain(ctx context.Context, t feed, do func(context.Context, []boltstore.Pending) []error) (done int, err error) {
	var failed []error
	for after := ""; ctx.Err() == nil; {
		entries, next, err := t.Pending(after, pumpBatch)
		if err != nil {
			return done, err
		}
		ok := entries[:0:0]
		for i, err := range do(ctx, entries) {
			if err != nil {
				failed = append(failed, err)
				continue
			}
			ok = append(ok, entries[i])
		}
		if len(ok) > 0 {
			if err := t.Done(ctx, ok); err != nil {
				return done, err
			}
		}
		done += len(ok)
		if after = next; after == "" {
			break
		}
	}
	return done, errors.Join(failed...)
}

func (a *app) sweep(ctx context.Context) {
	if err := a.redrive(ctx); err != nil && ctx.Err() == nil {
		a.log.ErrorContext(ctx, "sweep", "err", err)
	}
}

// redrive drives again what is due: parked pushes, messages that could not go,
// shipments whose change may not have been told.
func (a *app) redrive(ctx context.Context) error {
	_, err := a.ingester.Redrive(ctx)
	return errors.Join(err, a.notifier.Redrive(ctx))
}

// keepUp asks for the orders and shops that are due. It has a turn of its own: who
// is asked may be slow.
func (a *app) keepUp(ctx context.Context) {
	if err := a.keeper.Redrive(ctx); err != nil && ctx.Err() == nil {
		a.log.ErrorContext(ctx, "shops", "err", err)
	}
}

func (a *app) purge(ctx context.Context) {
	for {
		n, err := a.file.Purge(ctx, purgeBatch)
		if err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "purge", "err", err)
		}
		if err != nil || n < purgeBatch {
			return
		}
	}
}

// settle runs the pump on the spot until nothing is pending: for the demo and
// for commands, which own the clock or the process.
func (a *app) settle(ctx context.Context) error {
	for {
		pushes, err := a.pumpInbox(ctx)
		told, err2 := a.pumpShipments(ctx)
		if err := errors.Join(err, err2); err != nil || pushes+told == 0 {
			return err
		}
	}
}
