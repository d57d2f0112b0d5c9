package shop

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/store"
)

// leave lets a number that the order has no more fall silent; whoever heard of it
// as the buyer hears of the one in its place. Where the number is another order's
// too, nobody is moved: whose buyer it is, nobody knows.
func (k *Keeper) leave(ctx context.Context, market *source.Source, o *store.OrderRow, g *order.Gone) error {
	set, err := k.set(ctx, g.Number)
	if err != nil {
		return err
	}
	// The order as its marketplace knows it, and as an import of its orders does.
	var marketplace, operator []shipment.Link
	others := false
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
		default:
			others = true
		}
	}
	if g.By != "" && !g.Moved {
		if !others {
			if err := k.move(ctx, g); err != nil {
				return err
			}
		}
		g.Moved = true
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

// move opens a thread of the new number for each buyer of the old one.
func (k *Keeper) move(ctx context.Context, g *order.Gone) error {
	threads, err := k.Threads.Of(ctx, g.Number)
	if err != nil {
		return fmt.Errorf("threads: %w", err)
	}
	for i := range threads {
		t := &threads[i]
		if t.Audience != notice.Customer || t.Ended != "" {
			continue
		}
		err := k.Threads.Open(ctx, notice.Thread{Recipient: t.Recipient, Number: g.By, Audience: t.Audience, Since: k.Now(), Instead: g.Number})
		if err != nil {
			return fmt.Errorf("threads: %w", err)
		}
	}
	return nil
}
