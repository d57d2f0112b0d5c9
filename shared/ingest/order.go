package ingest

import (
	"context"
	"errors"
	"time"

	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
)

// mark notes which orders and shops the pushes speak of. What they say of them is
// little: whoever may call out asks the marketplace.
func (in *Ingester) mark(ctx context.Context, jobs []job) {
	for i := range jobs {
		j := &jobs[i]
		for k := range j.orders {
			c := &j.orders[k]
			if err := in.attempt(func() error { return in.Orders.Mark(ctx, c) }); err != nil {
				j.failed = append(j.failed, failure{"order:" + c.OrderID, err})
			}
		}
		if j.shop == nil {
			continue
		}
		if err := in.attempt(func() error { return in.markShop(ctx, j.origin.Source, j.shop) }); err != nil {
			j.failed = append(j.failed, failure{"shop:" + j.shop.ShopID, err})
		}
	}
}

// markShop notes what is new with a shop. One that was never connected has
// nothing to note.
func (in *Ingester) markShop(ctx context.Context, source string, c *order.ShopChange) error {
	_, err := in.Shops.Change(ctx, source, c.ShopID, func(s *store.Shop) {
		now := in.Now()
		switch {
		case !c.At.IsZero() && c.At.Before(s.AuthorisedAt.Truncate(time.Second)) || !s.Open():
			return // It is of an authorisation before this one, or over already.
		case c.Revoked: // Of which authorisation, it does not say: the next call shows.
			s.RevokeSaid, s.RestsUntil, s.Due = now, time.Time{}, now
		case !c.ExpiresAt.IsZero():
			s.ExpiresAt = c.ExpiresAt
		}
		if c.Look {
			s.Due = now
		}
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// prompt has the orders of a parcel looked at that somebody has scanned and their
// marketplace has not seen: when it had the time to. After that only news is worth
// a look.
func (in *Ingester) prompt(ctx context.Context, rec *store.Record) error {
	scanned := unseen(&rec.Shipment)
	if scanned.IsZero() || !rec.Changed && scanned.Add(order.Patience).Before(in.Now()) {
		return nil
	}
	for _, l := range rec.Set.Links {
		shop, id, ok := l.MarketOrder()
		if !ok {
			continue
		}
		if err := in.Orders.Prompt(ctx, shop, id, scanned.Add(order.Patience)); err != nil {
			return err
		}
	}
	return nil
}

// unseen is when a parcel was first scanned, if its marketplace speaks of it and
// has seen no scan; else it is zero.
func unseen(sh *shipment.Shipment) (scanned time.Time) {
	for i := range sh.Events {
		f := &sh.Events[i]
		switch {
		case f.Effect == (shipment.Code{}) && f.Kind != shipment.Marketplace, !f.Physical():
		case f.Kind == shipment.Marketplace:
			return time.Time{}
		case scanned.IsZero():
			scanned = f.OccurredAt
		}
	}
	return scanned
}

// Add adds what an answer says of numbers, as pushes do. It returns an error if
// one could not be written; the others are, and doing it again changes nothing.
func (in *Ingester) Add(ctx context.Context, from shipment.Origin, cause string, updates []shipment.Update) error {
	jobs := []job{{origin: from, cause: cause, updates: updates}}
	in.write(ctx, groups(jobs))
	var errs []error
	for _, f := range jobs[0].failed {
		errs = append(errs, f.err)
	}
	return errors.Join(errs...)
}
