package shop

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/store"
)

const (
	// pollEvery, and the five minutes until a sweep comes by, are less than the
	// quarter of an hour within which a lost push is made good.
	pollEvery = 9 * time.Minute
	// overlap is how far before what is known a list begins: changes come into it
	// some time after they were made.
	overlap = 10 * time.Minute
	// history is how old the changes are that a new shop begins with.
	history = 30 * 24 * time.Hour
	// refusedAgain is when a shop is tried again that does not let us.
	refusedAgain = time.Hour
)

// Reconcile asks which orders and packages of a shop changed lately, and then for
// those of which something newer is to be had. How far it came is kept after each
// page.
func (k *Keeper) Reconcile(ctx context.Context, name, id string) error {
	market := k.market(name)
	s, err := k.Shops.Get(ctx, name, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("shop: %w", err)
	}
	if market == nil {
		return k.again(ctx, &s, k.Now().Add(refusedAgain), nil)
	}
	if s.Open() {
		for _, what := range []source.Listing{source.Orders, source.Packages} {
			if err = k.list(ctx, &s, market, what); err != nil {
				break
			}
		}
	}
	next, told := k.Teller.TellShop(ctx, &s)
	switch {
	case told != nil:
		return k.again(ctx, &s, k.Now().Add(later), errors.Join(err, told))
	case !s.Open():
		return k.again(ctx, &s, next, nil)
	case refused(err):
		return k.again(ctx, &s, k.Now().Add(refusedAgain), err)
	case err != nil:
		return k.again(ctx, &s, k.Now().Add(later), err)
	}
	return k.again(ctx, &s, k.Now().Add(pollEvery), nil)
}

// again sets when a shop is asked next, and whether it lets us. It returns err.
func (k *Keeper) again(ctx context.Context, s *store.Shop, due time.Time, err error) error {
	_, saved := k.Shops.Change(ctx, s.Source, s.ID, func(row *store.Shop) {
		row.Due = due
		row.OrdersUpTo, row.PackagesUpTo = later2(row.OrdersUpTo, s.OrdersUpTo), later2(row.PackagesUpTo, s.PackagesUpTo)
		if err == nil {
			row.Fault, row.FaultSince = "", time.Time{}
		}
	})
	if err == nil && saved == nil {
		return nil
	}
	return fmt.Errorf("shop %s: %w", s.ID, errors.Join(err, saved))
}

func later2(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// list goes through what changed since the last time.
func (k *Keeper) list(ctx context.Context, s *store.Shop, market *source.Source, what source.Listing) error {
	mark := &s.OrdersUpTo
	if what == source.Packages {
		mark = &s.PackagesUpTo
	}
	now := k.Now().UTC().Truncate(time.Second)
	w := source.Window{From: mark.Add(-overlap), To: now.Add(time.Second)}
	if mark.IsZero() {
		w.From = now.Add(-history)
	}
	for page := ""; ; {
		r, next, err := market.Market.Changed(ctx, s.ID, what, w, page)
		if err != nil {
			return k.failed(ctx, s, err)
		}
		newest, err := k.compare(ctx, s, market, r)
		switch {
		case refused(err), err != nil && newest.IsZero():
			return err
		case err != nil: // They are due.
			k.Log.WarnContext(ctx, "orders not asked for", "source", s.Source, "err", err)
		}
		if page = next; page == "" {
			*mark = now
			return nil
		}
		*mark = later2(*mark, newest)
		if err := k.progress(ctx, s); err != nil {
			return err
		}
	}
}

// progress keeps how far a list was gone through: what comes after it may fail.
func (k *Keeper) progress(ctx context.Context, s *store.Shop) error {
	_, err := k.Shops.Change(ctx, s.Source, s.ID, func(row *store.Shop) {
		row.OrdersUpTo, row.PackagesUpTo = later2(row.OrdersUpTo, s.OrdersUpTo), later2(row.PackagesUpTo, s.PackagesUpTo)
	})
	return err
}

// compare asks for those orders of a page that are not known as they stand there.
// It returns the newest change of the page, zero if the page was not gone through.
// What cannot be asked for now is stale, and due.
func (k *Keeper) compare(ctx context.Context, s *store.Shop, market *source.Source, r source.Report) (newest time.Time, err error) {
	var ask []string
	for i := range r.Orders {
		c := &r.Orders[i]
		newest = later2(newest, c.UpdatedAt)
		o, err := k.Orders.Get(ctx, s.ID, c.OrderID)
		if err != nil {
			return time.Time{}, err
		}
		if !o.Differs(c) {
			continue
		}
		// Marked first: should this process end, or the call fail, it is due.
		if err := k.Orders.Mark(ctx, &order.Change{ShopID: s.ID, OrderID: c.OrderID, Packages: lastMiles(c)}); err != nil {
			return time.Time{}, err
		}
		ask = append(ask, c.OrderID)
	}
	return newest, k.lookAt(ctx, s, market, s.ID, ask)
}

// lastMiles are the packages of a list that have a second number: the answer about
// the order does not know it.
func lastMiles(c *order.Change) []order.Package {
	var out []order.Package
	for _, p := range c.Packages {
		if p.FirstMile != "" {
			out = append(out, p)
		}
	}
	return out
}
