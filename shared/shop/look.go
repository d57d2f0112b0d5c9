package shop

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/store"
)

// Look looks at one order now.
func (k *Keeper) Look(ctx context.Context, shop, id string) error {
	return k.look(ctx, [][2]string{{shop, id}})
}

// look looks at orders, by shop and ID: asks for those of which nothing newer is
// known, tells the seller what is due, and lets them rest.
func (k *Keeper) look(ctx context.Context, keys [][2]string) error {
	byShop := map[string][]string{}
	for _, key := range keys {
		byShop[key[0]] = append(byShop[key[0]], key[1])
	}
	return each(len(byShop), func(do func(func() error)) {
		for id, orders := range byShop {
			do(func() error {
				s, market, err := k.find(ctx, id)
				if err != nil {
					return err
				}
				return k.lookAt(ctx, s, market, id, orders)
			})
		}
	})
}

// each does several things side by side, and joins what went wrong.
func each(sideBySide int, start func(do func(func() error))) error {
	var mu sync.Mutex
	var errs []error
	var wg sync.WaitGroup
	free := make(chan struct{}, max(1, sideBySide))
	start(func(f func() error) {
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			if err := f(); err != nil {
				mu.Lock()
				errs = append(errs, err)
				mu.Unlock()
			}
		})
	})
	wg.Wait()
	return errors.Join(errs...)
}

// lookAt looks at orders of one shop, as many at a time as one call takes. After a
// call that failed no other is made: it would wait as long, and fail.
func (k *Keeper) lookAt(ctx context.Context, s *store.Shop, market *source.Source, shop string, ids []string) error {
	perCall := 50
	if market != nil && market.Limits.PerCall > 0 {
		perCall = market.Limits.PerCall
	}
	var failed failures
	return each(side, func(do func(func() error)) {
		for some := range slices.Chunk(ids, perCall) {
			var own *store.Shop // A refusal is noted in it.
			if s != nil {
				own = new(*s)
			}
			do(func() error { return k.lookSome(ctx, own, market, shop, some, &failed) })
		}
	})
}

// lookSome looks at orders that one call can ask for.
func (k *Keeper) lookSome(ctx context.Context, s *store.Shop, market *source.Source, shop string, ids []string, failed *failures) error {
	var rows []store.OrderRow
	var ask []string
	var errs []error
	for _, id := range ids {
		o, err := k.Orders.Get(ctx, shop, id)
		switch {
		case errors.Is(err, store.ErrUnreadable): // It stays due, which shows.
			k.Log.ErrorContext(ctx, "order not readable", "err", err)
			continue
		case err != nil: // The others can be looked at.
			errs = append(errs, fmt.Errorf("shop: order of %s: %w", shop, err))
			continue
		case !o.Stored():
			continue
		}
		rows = append(rows, o)
		if at := refreshed(&o.Order, k.Now()); !o.Stale.IsZero() || !at.IsZero() && !at.After(k.Now()) {
			ask = append(ask, id)
		}
	}
	got, err := k.ask(ctx, s, market, ask, failed)
	errs = append(errs, err)
	for i := range rows {
		if err := k.settle(ctx, s, market, &rows[i], &got); err != nil {
			errs = append(errs, fmt.Errorf("shop: order of %s: %w", shop, err))
		}
	}
	return errors.Join(errs...)
}

// failures are the kinds of calls of which one has just failed.
type failures struct{ orders, packages atomic.Bool }

// answers are what a marketplace answered of orders.
type answers struct {
	source.Report
	asked  []string // those that it was asked for, whether or not it answered
	failed bool
	calls  *failures
}

// of returns the answer about an order; nil: there is none.
func (a *answers) of(id string) *order.Change {
	at := slices.IndexFunc(a.Orders, func(c order.Change) bool { return c.OrderID == id && c.Details != nil })
	if at < 0 {
		return nil
	}
	return &a.Orders[at]
}

// ask asks for orders. None are asked for where nobody may, or where that has just
// failed.
func (k *Keeper) ask(ctx context.Context, s *store.Shop, market *source.Source, ids []string, failed *failures) (answers, error) {
	if len(ids) == 0 || s == nil || !s.Open() {
		return answers{}, nil
	}
	if failed.orders.Load() || k.Now().Before(s.RestsUntil) {
		return answers{asked: ids, failed: true}, nil
	}
	report, err := market.Market.Orders(ctx, s.ID, ids)
	if err != nil {
		failed.orders.Store(true)
		return answers{asked: ids, failed: true}, k.failed(ctx, s, err)
	}
	return answers{Report: report, asked: ids, calls: failed}, nil
}

// settle takes over what was answered of one order, tells what is due, and sets
// when the order is looked at next.
func (k *Keeper) settle(ctx context.Context, s *store.Shop, market *source.Source, o *store.OrderRow, got *answers) error {
	now := k.Now()
	before := o.Order
	var again time.Time // when to ask again for what was not to be had
	var fault error
	took := false
	switch c := got.of(o.OrderID); {
	case c != nil:
		settled, err := k.take(ctx, s, market, o, c, got.calls)
		if took = err == nil; !took { // What was taken over by halves is taken over again.
			if o.Order, fault = before, err; o.Stale.IsZero() {
				o.Stale = now
			}
		}
		if !settled {
			again = now.Add(wait(o, now))
		}
	case got.failed && slices.Contains(got.asked, o.OrderID):
		if o.Stale.IsZero() {
			o.Stale = now // Also the list may come by without it.
		}
		again = later(now.Add(wait(o, now)), s.RestsUntil)
	case slices.Contains(got.asked, o.OrderID): // There is no such order, or it is another shop's.
		o.Settled()
		o.Fetched = now
	}
	next, err := k.Teller.TellOrder(ctx, &o.Order)
	if err != nil {
		fault, again = errors.Join(fault, err), earliest(again, now.Add(soon))
	}
	if again.IsZero() {
		again = k.nextAsk(s, &o.Order, now)
	}
	taken, err := k.rest(ctx, o, earliest(again, next))
	if taken && took { // The facts are those of an answer that is not the newest, perhaps.
		err = k.Orders.Mark(ctx, &order.Change{ShopID: o.ShopID, OrderID: o.OrderID})
	}
	return errors.Join(fault, err)
}

// wait is how long an order waits that could not be had: the longer the longer it
// has been so.
func wait(o *store.OrderRow, now time.Time) time.Duration {
	const longest = 6 * time.Hour
	if o.Stale.IsZero() {
		return soon
	}
	return min(max(soon, now.Sub(o.Stale)/4), longest)
}

// rest sets when an order is looked at next, and reports whether it was written
// meanwhile: then it stays due.
func (k *Keeper) rest(ctx context.Context, o *store.OrderRow, due time.Time) (taken bool, err error) {
	o.Due = due
	err = k.Orders.Save(ctx, o)
	if errors.Is(err, store.ErrTaken) {
		return true, nil
	}
	return false, err
}

// nextAsk is when an order is asked for though nothing is pushed; zero: never. Of a
// shop that is closed nothing can be asked: it is looked at again in case it opens.
func (k *Keeper) nextAsk(s *store.Shop, o *order.Order, now time.Time) time.Time {
	switch {
	case s == nil:
		return time.Time{} // Who connects the shop lists its orders.
	case s.Open():
		return refreshed(o, now)
	case o.Over() || now.Sub(o.Fetched) > 30*24*time.Hour:
		return time.Time{}
	}
	return now.Add(24 * time.Hour)
}

// refreshed is when an order is asked for though nothing was pushed: an hour after
// it was within a day of a deadline, a day while its parcels are under way.
func refreshed(o *order.Order, now time.Time) (next time.Time) {
	const forgotten = 90 * 24 * time.Hour // Nothing changes in it any more, and nothing said so.
	if o.Over() || o.Fetched.IsZero() || now.Sub(o.UpdatedAt) > forgotten {
		return time.Time{}
	}
	const dayBefore = 24 * time.Hour
	for _, d := range o.Deadlines.All() {
		switch {
		case now.Sub(d) >= dayBefore:
		case d.Sub(o.Fetched) <= dayBefore:
			next = earliest(next, o.Fetched.Add(time.Hour))
		default:
			next = earliest(next, d.Add(-dayBefore))
		}
	}
	if len(o.Numbers()) > 0 {
		next = earliest(next, o.Fetched.Add(dayBefore))
	}
	return next
}

// earliest is the earliest of times that are not zero.
func earliest(times ...time.Time) (first time.Time) {
	for _, t := range times {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
