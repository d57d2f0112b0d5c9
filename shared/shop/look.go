package shop

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
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
	var errs []error
	for id, orders := range byShop {
		s, market, err := k.find(ctx, id)
		if err == nil {
			err = k.lookAt(ctx, s, market, id, orders)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// lookAt looks at orders of one shop, as many at a time as one call takes.
func (k *Keeper) lookAt(ctx context.Context, s *store.Shop, market *source.Source, shop string, ids []string) error {
	perCall := 50
	if market != nil && market.Limits.PerCall > 0 {
		perCall = market.Limits.PerCall
	}
	var mu sync.Mutex
	var errs []error
	var wg sync.WaitGroup
	next := make(chan []string)
	for range side {
		wg.Go(func() {
			for some := range next {
				if err := k.lookSome(ctx, s, market, shop, some); err != nil {
					mu.Lock()
					errs = append(errs, err)
					mu.Unlock()
				}
			}
		})
	}
	for some := range slices.Chunk(ids, perCall) {
		next <- some
	}
	close(next)
	wg.Wait()
	return errors.Join(errs...)
}

// lookSome looks at orders that one call can ask for.
func (k *Keeper) lookSome(ctx context.Context, s *store.Shop, market *source.Source, shop string, ids []string) error {
	var rows []store.OrderRow
	var ask []string
	for _, id := range ids {
		o, err := k.Orders.Get(ctx, shop, id)
		if err != nil {
			return fmt.Errorf("shop: %w", err)
		}
		if !o.Stored() {
			continue
		}
		rows = append(rows, o)
		if at := refreshed(&o.Order, k.Now()); !o.Stale.IsZero() || !at.IsZero() && !at.After(k.Now()) {
			ask = append(ask, id)
		}
	}
	var errs []error
	got, err := k.ask(ctx, s, market, ask)
	if err != nil {
		errs = append(errs, err)
	}
	for i := range rows {
		if err := k.settle(ctx, s, market, &rows[i], got, slices.Contains(ask, rows[i].OrderID) && err != nil); err != nil {
			errs = append(errs, fmt.Errorf("shop: order of %s: %w", shop, err))
		}
	}
	return errors.Join(errs...)
}

// answers are what a marketplace answered of orders.
type answers struct {
	source.Report
	asked []string
}

// of returns the answer about an order; nil: there is none.
func (a *answers) of(id string) *order.Change {
	at := slices.IndexFunc(a.Orders, func(c order.Change) bool { return c.OrderID == id && c.Details != nil })
	if at < 0 {
		return nil
	}
	return &a.Orders[at]
}

// ask asks for orders. None are asked for where nobody may.
func (k *Keeper) ask(ctx context.Context, s *store.Shop, market *source.Source, ids []string) (answers, error) {
	if len(ids) == 0 || s == nil || !s.Open() {
		return answers{}, nil
	}
	report, err := market.Market.Orders(ctx, s.ID, ids)
	if err != nil {
		return answers{}, k.failed(ctx, s, err)
	}
	return answers{report, ids}, nil
}

// failed notes that a shop's calls are refused, so that nobody has to wonder. It
// returns the error.
func (k *Keeper) failed(ctx context.Context, s *store.Shop, err error) error {
	var e *source.Error
	if !errors.As(err, &e) || !refused(err) {
		return fmt.Errorf("shop: %w", err)
	}
	if s.Fault != e.Error() {
		_, saved := k.Shops.Change(ctx, s.Source, s.ID, func(s *store.Shop) {
			if s.Fault == "" {
				s.FaultSince = k.Now()
			}
			s.Fault = e.Error()
		})
		err = errors.Join(err, saved)
	}
	return fmt.Errorf("shop: %w", err)
}

// settle takes over what was answered of one order, tells what is due, and sets
// when the order is looked at next.
func (k *Keeper) settle(ctx context.Context, s *store.Shop, market *source.Source, o *store.OrderRow, got answers, failed bool) error {
	now := k.Now()
	pending := time.Time{} // when to try again what could not be done
	switch c := got.of(o.OrderID); {
	case failed:
		pending = now.Add(later)
	case c != nil:
		settled, err := k.take(ctx, s, market, o, c, got.Report)
		if err != nil {
			return errors.Join(err, k.rest(ctx, o, now.Add(later)))
		}
		if !settled {
			pending = now.Add(later)
		}
	case s == nil || !s.Open():
		pending = now.Add(unknown)
		if o.Stale.IsZero() {
			pending = time.Time{}
		}
	case slices.Contains(got.asked, o.OrderID): // There is no such order, or it is another shop's.
		o.Settled()
	}
	next, err := k.Teller.TellOrder(ctx, &o.Order)
	if err != nil {
		return errors.Join(err, k.rest(ctx, o, now.Add(later)))
	}
	if s != nil && s.Open() {
		pending = earliest(pending, refreshed(&o.Order, now))
	}
	return k.rest(ctx, o, earliest(pending, next))
}

// rest sets when an order is looked at next. If it was written meanwhile it stays
// due.
func (k *Keeper) rest(ctx context.Context, o *store.OrderRow, due time.Time) error {
	o.Due = due
	err := k.Orders.Save(ctx, o)
	if errors.Is(err, store.ErrTaken) {
		return nil
	}
	return err
}

// refreshed is when an order is asked for though nothing was pushed: an hour after
// it was within a day of a deadline, a day while its parcels are under way.
func refreshed(o *order.Order, now time.Time) (next time.Time) {
	if o.Over() || o.Fetched.IsZero() {
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
