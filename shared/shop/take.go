package shop

import (
	"context"
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
func (k *Keeper) take(ctx context.Context, s *store.Shop, market *source.Source, o *store.OrderRow, c *order.Change, r source.Report) (settled bool, err error) {
	first := o.Fetched.IsZero()
	if !o.Answer(c, k.Now()) {
		return false, nil // An answer from before the one that is known.
	}
	// What is said of the package itself goes first: it has its own times.
	var updates []shipment.Update
	wanted := append(o.Undated(), o.Wanted...)
	slices.Sort(wanted)
	for _, id := range slices.Compact(wanted) {
		more, err := market.Market.Package(ctx, s.ID, id)
		if gone(err) { // It was split, or combined with another.
			continue
		}
		if err != nil {
			return false, k.failed(ctx, s, err)
		}
		for i := range more.Orders {
			for _, p := range more.Orders[i].Packages {
				if more.Orders[i].OrderID == o.OrderID {
					o.Package(p, k.Now())
				}
			}
		}
		updates = append(updates, more.Shipments...)
	}
	updates = append(updates, r.Shipments...)
	if err := k.facts(ctx, market, o, updates); err != nil {
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
	if first {
		if err := k.Orders.List(ctx, &o.Order); err != nil {
			return false, err
		}
	}
	o.Settled()
	return true, nil
}

// facts adds what an order and its marketplace say of its packages.
func (k *Keeper) facts(ctx context.Context, market *source.Source, o *store.OrderRow, said []shipment.Update) error {
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
		for _, more := range said {
			if more.Number == h.TrackingNumber || h.FirstMile != "" && more.Number == h.FirstMile {
				u.Events = append(u.Events, settled(h, more.Events)...)
				u.Links, u.Answers = append(u.Links, more.Links...), append(u.Answers, more.Answers...)
			}
		}
		updates = append(updates, u)
	}
	if err := k.Facts.Add(ctx, from, "order "+o.ShopID+"/"+o.OrderID, updates); err != nil {
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
	if code, known := carrier.OfProvider(h.Provider, h.ProviderID); known && carrier.Followed(code) && h.FirstMile == "" && !standing(set, shipment.CarrierLink, code) {
		for i := range set.Links { // The one that the order named before.
			if l := set.Links[i]; l.Kind == shipment.CarrierLink && l.Basis == shipment.Provider && l.SourceKind == shipment.Marketplace && !l.Withdrawn {
				l.Withdrawn, l.AsOf = true, at
				links = append(links, l)
			}
		}
		links = append(links, shipment.Link{Kind: shipment.CarrierLink, Value: code, Basis: shipment.Provider, AsOf: at})
	}
	return links, nil
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
