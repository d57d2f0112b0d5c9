package shop

import (
	"context"
	"errors"
	"time"

	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/store"
)

// silent is after how much silence of the others the marketplace's own texts are
// asked for.
const silent = 24 * time.Hour

// texts asks for the marketplace's texts on the way of a parcel of which nobody
// else speaks. They name no package: of several nobody knows whose they are.
func (k *Keeper) texts(ctx context.Context, s *store.Shop, market *source.Source, o *store.OrderRow) error {
	now := k.Now()
	numbers := o.Numbers()
	if len(numbers) != 1 || o.Over() || o.Status != "IN_TRANSIT" || now.Sub(o.TextsAt) < silent {
		return nil
	}
	rec, err := k.Shipments.Find(ctx, numbers[0])
	if err != nil {
		return err
	}
	for i := range rec.Events {
		if f := &rec.Events[i]; f.Kind >= shipment.Aggregator && now.Sub(f.OccurredAt) < silent {
			return nil
		}
	}
	events, err := market.Market.Tracking(ctx, s.ID, o.OrderID)
	var refusal *source.Error
	if errors.As(err, &refusal) {
		o.TextsAt = now // They are details: tomorrow is soon enough.
		return nil
	}
	if err != nil {
		return err
	}
	o.TextsAt = now
	from := shipment.Origin{Source: market.Name, Kind: market.Kind}
	return k.Facts.Add(ctx, from, "order "+orderLink(&o.Order), []shipment.Update{{Number: numbers[0], Events: events}})
}
