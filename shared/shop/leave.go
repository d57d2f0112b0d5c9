package shop

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/store"
)

// leave lets a number that the order has no more fall silent; its buyers hear of
// the numbers in its place.
func (k *Keeper) leave(ctx context.Context, market *source.Source, o *store.OrderRow, g *order.Gone) error {
	set, err := k.set(ctx, g.Number)
	if err != nil {
		return err
	}
	if err := k.moveAll(ctx, set, o, g); err != nil {
		return err
	}
	// The order as its marketplace knows it, and as an import of its orders does.
	var marketplace, operator []shipment.Link
	at := k.Now().UTC().Truncate(time.Second)
	for _, l := range set.Links {
		if l.Kind != shipment.OrderLink || l.Withdrawn {
			continue
		}
		switch l.Withdrawn, l.AsOf = true, at; {
		case l.Value == orderLink(&o.Order) && l.SourceKind == market.Kind:
			marketplace = append(marketplace, l)
		case l.Value == "local/"+o.OrderID && l.SourceKind == shipment.Operator:
			operator = append(operator, l)
		}
	}
	cause := "order " + orderLink(&o.Order)
	var errs []error
	for _, said := range []struct {
		from  shipment.Origin
		links []shipment.Link
	}{
		{shipment.Origin{Source: market.Name, Kind: market.Kind}, marketplace},
		{shipment.Origin{Source: "operator", Kind: shipment.Operator}, operator},
	} {
		if len(said.links) > 0 {
			errs = append(errs, k.Facts.Add(ctx, said.from, cause, []shipment.Update{{Number: g.Number, Links: said.links}}))
		}
	}
	return errors.Join(errs...)
}

// moveAll moves the order's buyers from a number that is gone to those in its place.
func (k *Keeper) moveAll(ctx context.Context, set *shipment.Set, o *store.OrderRow, g *order.Gone) error {
	numbers := slices.DeleteFunc(o.Instead(g), func(n string) bool { return slices.Contains(g.Moved, n) })
	if len(numbers) == 0 {
		return nil
	}
	threads, err := k.Threads.Of(ctx, g.Number)
	if err != nil {
		return fmt.Errorf("threads: %w", err)
	}
	for i := range threads {
		t := &threads[i]
		if t.Audience != notice.Customer || t.Ended != "" && t.Ended != notice.Moved {
			continue
		}
		ours, err := k.ours(ctx, set, o, g, t.Since)
		if err != nil {
			return err
		}
		for _, n := range numbers {
			if !ours {
				break
			}
			if err := k.Threads.Move(ctx, t, n, k.Now()); err != nil {
				return fmt.Errorf("threads: %w", err)
			}
		}
	}
	g.Moved = append(g.Moved, numbers...)
	return nil
}

// ours tells whether who asked for a number at a time is a buyer of this order. It is
// so where no other order had the number then, or where the others have it of the
// same package. Else nobody knows, and nobody is led to a stranger's parcel.
func (k *Keeper) ours(ctx context.Context, set *shipment.Set, o *store.OrderRow, g *order.Gone, asked time.Time) (bool, error) {
	for _, l := range set.Links {
		shop, id, ok := l.MarketOrder()
		if !ok || l.Value == orderLink(&o.Order) || l.AsOf.After(asked) {
			continue
		}
		other, err := k.Orders.Get(ctx, shop, id)
		if err != nil {
			return false, err
		}
		same := func(number, pack string) bool { return number == g.Number && pack == g.PackageID && pack != "" }
		if !slices.ContainsFunc(other.Packages, func(h order.Held) bool { return same(h.TrackingNumber, h.PackageID) }) &&
			!slices.ContainsFunc(other.Gone, func(g order.Gone) bool { return same(g.Number, g.PackageID) }) {
			return false, nil
		}
	}
	return true, nil
}
