package shop

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	// pages bounds how many pages of a list one run goes through.
	pages = 500
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
	before := s
	s.Due = k.Now().Add(soon) // Another sweep goes by.
	err = k.Shops.Save(ctx, &s)
	if errors.Is(err, store.ErrTaken) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("shop: %w", err)
	}
	if market == nil {
		return k.again(ctx, &s, &before, k.Now().Add(refusedAgain), nil)
	}
	if s.Open() {
		err = k.lists(ctx, &s, market)
	}
	next, told := k.Teller.TellShop(ctx, &s)
	due := k.Now().Add(pollEvery)
	switch {
	case told != nil:
		err, due = errors.Join(err, told), k.Now().Add(soon)
	case !s.Open():
		due = next
	case refused(err): // The seller hears of it, and the operator sees it.
		k.Log.WarnContext(ctx, "shop refuses", "source", s.Source, "err", err)
		err, due = nil, k.Now().Add(refusedAgain)
	case err != nil:
		due = k.Now().Add(soon)
	}
	if err := k.again(ctx, &s, &before, due, err); err != nil || s.Open() {
		return err
	}
	if err := k.drop(ctx, &s); err != nil {
		return k.again(ctx, &s, &before, k.Now().Add(soon), err)
	}
	return nil
}

// lists goes through the orders that changed, and the packages. A push that says
// that the authorisation is over is right if the first call is refused.
func (k *Keeper) lists(ctx context.Context, s *store.Shop, market *source.Source) error {
	s.RestsUntil = time.Time{} // It is tried again.
	err := k.list(ctx, s, market, source.Orders)
	switch {
	case over(err) && !s.RevokeSaid.IsZero():
		s.RevokedAt, s.Fault, s.FaultSince, s.RestsUntil = k.Now(), "", time.Time{}, time.Time{}
		return nil
	case err != nil:
		return err
	}
	s.RevokeSaid = time.Time{}
	if err = k.list(ctx, s, market, source.Packages); err == nil {
		s.Fault, s.FaultSince = "", time.Time{}
	}
	s.RestsUntil = time.Time{} // Orders can be asked for.
	return err
}

// drop forgets the tokens of an authorisation that is over, unless they are another
// shop's too.
func (k *Keeper) drop(ctx context.Context, s *store.Shop) error {
	// Read before the shops: if it is authorised again after that, it is taken.
	g, err := k.Shops.Grant(ctx, s.Source, s.Grant)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	all, err := k.Shops.List(ctx, s.Source)
	if err != nil || slices.ContainsFunc(all, func(o store.Shop) bool { return o.Grant == s.Grant && o.Open() }) {
		return err
	}
	if g.Tokens == (store.Tokens{}) && g.Before == (store.Tokens{}) {
		return nil
	}
	g.Tokens, g.Before = store.Tokens{}, store.Tokens{}
	err = k.Shops.SaveGrant(ctx, &g)
	if errors.Is(err, store.ErrTaken) { // It is being refreshed, or authorised again.
		return nil
	}
	return err
}

// again keeps how it went with a shop since it was as before, and sets when it is
// asked next. It returns err.
func (k *Keeper) again(ctx context.Context, s, before *store.Shop, due time.Time, err error) error {
	_, saved := k.Shops.Change(ctx, s.Source, s.ID, func(row *store.Shop) {
		row.OrdersUpTo, row.PackagesUpTo = later(row.OrdersUpTo, s.OrdersUpTo), later(row.PackagesUpTo, s.PackagesUpTo)
		if !row.AuthorisedAt.Equal(before.AuthorisedAt) || row.RevokeSaid.After(before.RevokeSaid) {
			return // It was authorised again meanwhile, or a push came: it is due.
		}
		row.Due, row.RevokedAt, row.RevokeSaid = due, s.RevokedAt, s.RevokeSaid
		row.Fault, row.FaultSince, row.RestsUntil = s.Fault, s.FaultSince, s.RestsUntil
	})
	if err == nil && saved == nil {
		return nil
	}
	return fmt.Errorf("shop %s: %w", s.ID, errors.Join(err, saved))
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
	seen := map[string]bool{"": true}
	for page, n := "", 0; ; n++ {
		r, next, err := market.Market.Changed(ctx, s.ID, what, w, page)
		if err != nil {
			return k.failed(ctx, s, err)
		}
		newest, err := k.compare(ctx, s, market, r)
		if err != nil {
			return err
		}
		if page = next; page == "" {
			*mark = now
			return nil
		}
		if newest.Before(now) {
			*mark = later(*mark, newest)
		}
		if err := k.progress(ctx, s); err != nil {
			return err
		}
		if seen[page] || n == pages {
			return fmt.Errorf("shop: the list of %s does not end", what)
		}
		seen[page] = true
	}
}

// progress keeps how far a list was gone through: what comes after it may fail.
func (k *Keeper) progress(ctx context.Context, s *store.Shop) error {
	_, err := k.Shops.Change(ctx, s.Source, s.ID, func(row *store.Shop) {
		row.OrdersUpTo, row.PackagesUpTo = later(row.OrdersUpTo, s.OrdersUpTo), later(row.PackagesUpTo, s.PackagesUpTo)
	})
	return err
}

// compare asks for those orders of a page that are not known as they stand there,
// and returns the newest change of the page. What cannot be asked for now is stale,
// and due.
func (k *Keeper) compare(ctx context.Context, s *store.Shop, market *source.Source, r source.Report) (newest time.Time, err error) {
	var ask []string
	for i := range r.Orders {
		c := &r.Orders[i]
		newest = later(newest, c.UpdatedAt)
		o, err := k.Orders.Get(ctx, s.ID, c.OrderID)
		if errors.Is(err, store.ErrUnreadable) { // The others can be read.
			k.Log.ErrorContext(ctx, "order not readable", "source", s.Source, "err", err)
			continue
		}
		if err != nil {
			return newest, err
		}
		if !o.Differs(c) {
			continue
		}
		// Marked first: should this process end, or the call fail, it is due.
		if err := k.Orders.Mark(ctx, &order.Change{ShopID: s.ID, OrderID: c.OrderID, Packages: lastMiles(c)}); err != nil {
			return newest, err
		}
		ask = append(ask, c.OrderID)
	}
	err = k.lookAt(ctx, s, market, s.ID, ask)
	if err != nil && !refused(err) {
		k.Log.WarnContext(ctx, "orders not asked for", "source", s.Source, "err", err)
		return newest, nil
	}
	return newest, err
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
