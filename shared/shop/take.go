package shop

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shiptide/shiptide/shared/carrier"
	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/store"
)

// take takes over the answer about an order: its packages become shipments. It
// reports false if some of it must be asked for again.
func (k *Keeper) take(ctx context.Context, s *store.Shop, market *source.Source, o *store.OrderRow, c *order.Change, failed *failures) (settled bool, err error) {
	first, numbers := o.CreatedAt.IsZero(), o.Numbers()
	if !o.Answer(c, k.Now()) {
		return false, nil // An answer from before the one that is known.
	}
	if !slices.Equal(o.Numbers(), numbers) {
		// Who is told of one of them looks here for the others.
		if o.Stale.IsZero() {
			o.Stale = k.Now()
		}
		err := k.Orders.Save(ctx, o)
		if errors.Is(err, store.ErrTaken) { // A push came, or another looks.
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	if first {
		if err := k.Orders.List(ctx, &o.Order); err != nil {
			return false, err
		}
	}
	own, left, err := k.packages(ctx, s, market, o, failed)
	if err != nil {
		return false, err
	}
	if err := k.facts(ctx, market, o, own, c.Said); err != nil {
		return false, err
	}
	if err := k.texts(ctx, s, market, o); err != nil {
		return false, err
	}
	for i := range o.Gone {
		if err := k.leave(ctx, market, o, &o.Gone[i]); err != nil {
			return false, err
		}
	}
	if len(left) > 0 && !o.Over() {
		if o.Wanted = left; o.Stale.IsZero() {
			o.Stale = k.Now()
		}
		return false, nil
	}
	o.Settled()
	return true, nil
}

// packages asks for the packages of an order of which it does not say enough. Those
// that cannot be had now are left, and the order's own words hold meanwhile: also
// after a call for another package that failed.
func (k *Keeper) packages(ctx context.Context, s *store.Shop, market *source.Source, o *store.OrderRow, failed *failures) (said []shipment.Update, left []string, err error) {
	wanted := append(o.Undated(), o.Wanted...)
	slices.Sort(wanted)
	for _, id := range slices.Compact(wanted) {
		if failed.packages.Load() {
			left = append(left, id)
			continue
		}
		more, err := market.Market.Package(ctx, s.ID, id)
		switch {
		case gone(err): // It was split, or combined with another.
			continue
		case err != nil && ctx.Err() != nil:
			return nil, nil, ctx.Err()
		case err != nil:
			k.Log.WarnContext(ctx, "package not asked for", "source", s.Source, "err", err)
			left = append(left, id)
			failed.packages.Store(true)
			continue
		}
		for i := range more.Orders {
			if more.Orders[i].OrderID != o.OrderID {
				continue
			}
			for _, p := range more.Orders[i].Packages {
				o.Package(p, k.Now())
			}
			said = append(said, more.Orders[i].Said...)
		}
	}
	return said, left, nil
}

// facts adds what an order and its marketplace say of its packages: own of packages
// alone, all of the order.
func (k *Keeper) facts(ctx context.Context, market *source.Source, o *store.OrderRow, own, all []shipment.Update) error {
	from := shipment.Origin{Source: market.Name, Kind: market.Kind}
	var updates []shipment.Update
	for i := range o.Packages {
		h := &o.Packages[i]
		if h.TrackingNumber == "" {
			continue
		}
		links, err := k.links(ctx, o, h)
		if err != nil {
			return err
		}
		u := shipment.Update{Number: h.TrackingNumber, AsOf: o.UpdatedAt, Links: links}
		if h.FirstMile != "" {
			u.Links = append(u.Links, shipment.Link{Kind: shipment.AliasLink, Value: h.FirstMile})
		}
		first := map[string]time.Time{}
		for i, more := range slices.Concat(own, all) {
			if more.Number == h.TrackingNumber || h.FirstMile != "" && more.Number == h.FirstMile {
				date(first, &o.Order, more.Events, i < len(own))
				u.Events, u.Links, u.Answers = append(u.Events, more.Events...), append(u.Links, more.Links...), append(u.Answers, more.Answers...)
			}
		}
		settle(h, u.Events, first)
		if h.Left() || !o.CollectedAt.IsZero() { // Lost, refused or late: its carrier knows.
			u.Events = slices.DeleteFunc(u.Events, func(e shipment.Event) bool { return e.Status == shipment.Cancelled })
		}
		if at, _ := o.When(h.Status); h.Status != "" { // Some words are no event.
			h.Since(h.Status, cmp.Or(at, o.Fetched))
		}
		updates = append(updates, u)
	}
	if err := k.Facts.Add(ctx, from, "order "+orderLink(&o.Order), updates); err != nil {
		return fmt.Errorf("shipments: %w", err)
	}
	return nil
}

// orderLink is the value of the link of an order.
func orderLink(o *order.Order) string { return o.ShopID + "/" + o.OrderID }

// links are what the order says of a number that the number's facts do not know:
// they carry the time at which they are told.
func (k *Keeper) links(ctx context.Context, o *store.OrderRow, h *order.Held) ([]shipment.Link, error) {
	set, err := k.set(ctx, h.TrackingNumber)
	if err != nil {
		return nil, err
	}
	at := k.Now().UTC().Truncate(time.Second)
	var links []shipment.Link
	if !standing(set, shipment.OrderLink, orderLink(&o.Order)) {
		placed := o.CreatedAt
		if placed.IsZero() {
			placed = at
		}
		links = append(links, shipment.Link{Kind: shipment.OrderLink, Value: orderLink(&o.Order), At: placed, AsOf: at})
	}
	// The provider is that of the first number: who does the last mile, nobody says.
	if code, known := carrier.OfProvider(h.Provider, h.ProviderID); known && carrier.Followed(code) && h.FirstMile == "" {
		links = append(links, k.provider(set, o, h, code, at)...)
	}
	return links, nil
}

// provider are the links that make a carrier that of the number, in place of the one
// that this order named before. What another order names stays: that both have the
// number, their seller hears.
func (k *Keeper) provider(set *shipment.Set, o *store.OrderRow, h *order.Held, code string, at time.Time) (links []shipment.Link) {
	defer func() { h.Carrier = code }()
	if standing(set, shipment.CarrierLink, code) {
		return nil
	}
	shared := slices.ContainsFunc(set.Links, func(l shipment.Link) bool {
		_, _, ok := l.MarketOrder()
		return ok && l.Value != orderLink(&o.Order)
	})
	for _, l := range set.Links {
		if l.Kind != shipment.CarrierLink || l.Basis != shipment.Provider || l.SourceKind != shipment.Marketplace || l.Withdrawn {
			continue
		}
		if shared && l.Value != h.Carrier {
			return nil
		}
		l.Withdrawn, l.AsOf = true, at
		links = append(links, l)
	}
	return append(links, shipment.Link{Kind: shipment.CarrierLink, Value: code, Basis: shipment.Provider, AsOf: at})
}

// set returns the facts of a number, empty if nothing is known.
func (k *Keeper) set(ctx context.Context, number string) (*shipment.Set, error) {
	rec, err := k.Shipments.Find(ctx, number)
	if err != nil {
		return nil, err
	}
	return rec.Set, nil
}

func standing(set *shipment.Set, kind shipment.LinkKind, value string) bool {
	return slices.ContainsFunc(set.Links, func(l shipment.Link) bool {
		return l.Kind == kind && l.Value == value && !l.Withdrawn && l.SourceKind == shipment.Marketplace
	})
}

// date notes the times of words in first. A package says when it changed for the last
// time, an order when a word was true of the last of its packages: it was true no
// later than both. Where the order does not say that, the time of its answer is
// only better than none.
func date(first map[string]time.Time, o *order.Order, events []shipment.Event, own bool) {
	for i := range events {
		e := &events[i]
		before, known := first[e.RawCode]
		at, _ := o.When(e.RawCode)
		if !known || e.OccurredAt.Before(before) && (own || !at.IsZero()) {
			first[e.RawCode] = e.OccurredAt
		}
	}
}

// settle gives events the times at which their words were first said to be true.
func settle(h *order.Held, events []shipment.Event, first map[string]time.Time) {
	for i := range events {
		e := &events[i]
		e.OccurredAt = h.Since(e.RawCode, first[e.RawCode]).UTC()
		e.LocalTime = e.OccurredAt.Format(shipment.LocalLayout)
	}
}
