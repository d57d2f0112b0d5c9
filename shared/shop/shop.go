// Package shop keeps up with the orders of connected shops, and makes shipments
// of their packages.
//
// A push of a marketplace says that an order changed, and hardly how; its answer
// is the truth. So pushes only mark an order as stale, and whatever is stale, or
// on a list of what changed lately, is asked for. In which order pushes come, how
// often, and whether all of them do, makes no difference to what is known in the
// end.
package shop

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/store"
)

// Facts takes what is known of numbers. It may be told twice.
type Facts interface {
	Add(ctx context.Context, from shipment.Origin, cause string, updates []shipment.Update) error
}

// Teller tells the seller what is due of an order or a shop, and returns when
// there will be more (zero: when something changes). It may be asked twice.
type Teller interface {
	TellOrder(ctx context.Context, o *order.Order) (next time.Time, err error)
	TellShop(ctx context.Context, s *store.Shop) (next time.Time, err error)
}

// Keeper keeps up with shops. All fields are needed.
type Keeper struct {
	Sources   []source.Source // those without a Market are left out
	Shops     store.Shops
	Orders    store.Orders
	Shipments store.Shipments
	Threads   store.Threads
	Facts     Facts
	Teller    Teller
	Now       func() time.Time
	Log       *slog.Logger
}

// side is how many calls for one shop are under way side by side; how fast they are
// made is the market's matter.
const side = 4

// RedriveShard asks for the shops and orders of one shard of the due indexes whose
// time has come. Shards may be driven side by side, and by several processes.
func (k *Keeper) RedriveShard(ctx context.Context, shard int) error {
	shops, err := k.Shops.Due(ctx, shard, k.Now())
	orders, also := k.Orders.Due(ctx, shard, k.Now())
	done := each(len(shops)+1, func(do func(func() error)) {
		do(func() error { return k.look(ctx, orders) }) // A shop with much to list holds up no warning.
		for _, key := range shops {
			do(func() error { return k.Reconcile(ctx, key[0], key[1]) })
		}
	})
	return errors.Join(err, also, done)
}

// Redrive is RedriveShard for all shards.
func (k *Keeper) Redrive(ctx context.Context) error {
	var errs []error
	for shard := range store.Shards {
		errs = append(errs, k.RedriveShard(ctx, shard))
	}
	return errors.Join(errs...)
}

// market returns the source that a shop is asked at, nil if none can be.
func (k *Keeper) market(name string) *source.Source {
	at := slices.IndexFunc(k.Sources, func(s source.Source) bool { return s.Name == name && s.Market != nil })
	if at < 0 {
		return nil
	}
	return &k.Sources[at]
}

// find returns the shop of an ID and its source; nil if it was never connected.
func (k *Keeper) find(ctx context.Context, id string) (*store.Shop, *source.Source, error) {
	for i := range k.Sources {
		if k.Sources[i].Market == nil {
			continue
		}
		s, err := k.Shops.Get(ctx, k.Sources[i].Name, id)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, nil, fmt.Errorf("shop: %w", err)
		}
		return &s, &k.Sources[i], nil
	}
	return nil, nil, nil
}
