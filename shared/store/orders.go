package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/order"
)

// Orders keeps orders: "O#<shop>#<order>" / "META" beside the shipments. An order
// is stale while a push says more than the newest answer; then it is due.
type Orders struct {
	Table Table
	Now   func() time.Time
}

// OrderRow is an order as stored.
type OrderRow struct {
	order.Order
	Due     time.Time // when it is looked at next; zero: when something is pushed
	version int64
}

// Stored tells whether the row exists.
func (o *OrderRow) Stored() bool { return o.version > 0 }

const orderPrefix = "O#"

func orderKey(shop, id string) Key { return Key{orderPrefix + shop + "#" + id, "META"} }

// OrderOf returns the shop and the order of a row; "" for other rows.
func OrderOf(k Key) (shop, id string) {
	name, ok := cut(k.Partition, orderPrefix)
	if !ok || k.Sort != "META" {
		return "", ""
	}
	shop, id, _ = strings.Cut(name, "#")
	return shop, id
}

// Get reads an order; one that is not known is new.
func (r Orders) Get(ctx context.Context, shop, id string) (OrderRow, error) {
	it, err := r.Table.Get(ctx, orderKey(shop, id))
	if errors.Is(err, ErrNotFound) {
		return OrderRow{Order: order.Order{ShopID: shop, OrderID: id}}, nil
	}
	if err != nil {
		return OrderRow{}, err
	}
	raw, err := unpack(it.Body)
	if err != nil {
		return OrderRow{}, fmt.Errorf("order %s of %s: %w: %w", id, shop, ErrUnreadable, err)
	}
	o := OrderRow{Due: it.Due, version: it.Version}
	if err := json.Unmarshal(raw, &o.Order); err != nil {
		return OrderRow{}, fmt.Errorf("order %s of %s: %w: %w", id, shop, ErrUnreadable, err)
	}
	return o, nil
}

// ErrUnreadable says that a row holds what cannot be read.
var ErrUnreadable = errors.New("row not readable")

// Save writes an order if it is still as it was read, else ErrTaken. After the newest
// answer it is kept as long as a parcel that has ended, and without one as long as a
// parcel that nobody registered.
func (r Orders) Save(ctx context.Context, o *OrderRow) error {
	text, err := json.Marshal(&o.Order, json.Deterministic(true))
	if err != nil {
		return fmt.Errorf("order: %w", err)
	}
	it := Item{
		Key: orderKey(o.ShopID, o.OrderID), Version: o.version, Due: o.Due.Truncate(time.Millisecond), Body: pack(formatDeflate, text),
		Attrs:   map[string]string{"status": o.Status, "at": o.UpdatedAt.UTC().Format(time.RFC3339)},
		Expires: o.Fetched.Add(FinalLife).Truncate(24 * time.Hour),
	}
	if o.Fetched.IsZero() {
		it.Expires = r.Now().Add(UnregisteredLife).Truncate(time.Hour)
	}
	return saved(r.Table.Put(ctx, it), &o.version)
}

// Mark notes what a push says of an order, and makes it due now if that is more
// than what is known.
func (r Orders) Mark(ctx context.Context, c *order.Change) error {
	for {
		o, err := r.Get(ctx, c.ShopID, c.OrderID)
		if err != nil {
			return err
		}
		now := r.Now()
		if !o.Mark(c, now) {
			return nil
		}
		if o.Due.IsZero() || o.Due.After(now) {
			o.Due = now
		}
		// Also what is stale already is written: who asks just now must not believe
		// that it has the newest answer.
		if err := r.Save(ctx, &o); !errors.Is(err, ErrTaken) {
			return err
		}
	}
}

// Prompt has an order looked at by a time, at the latest. One that is not known is
// none to look at.
func (r Orders) Prompt(ctx context.Context, shop, id string, by time.Time) error {
	for {
		o, err := r.Get(ctx, shop, id)
		if err != nil || !o.Stored() || !o.Due.IsZero() && !o.Due.After(by) {
			return err
		}
		o.Due = by
		if err := r.Save(ctx, &o); !errors.Is(err, ErrTaken) {
			return err
		}
	}
}

// Due lists the orders in a shard that are to be looked at, by shop and ID.
func (r Orders) Due(ctx context.Context, shard int, now time.Time) (keys [][2]string, err error) {
	err = eachDue(ctx, r.Table, shard, now, func(k Key) {
		if shop, id := OrderOf(k); id != "" {
			keys = append(keys, [2]string{shop, id})
		}
	})
	return keys, err
}

// List puts an order on the list of its shop, by the day on which it was placed.
func (r Orders) List(ctx context.Context, o *order.Order) error {
	err := r.Table.Put(ctx, Item{Key: Key{dayOf(o.ShopID, o.CreatedAt), o.OrderID}, Expires: r.Now().Add(FinalLife).Truncate(24 * time.Hour)})
	var conflict *ConflictError
	if errors.As(err, &conflict) {
		return nil
	}
	return err
}

func dayOf(shop string, t time.Time) string {
	return "ORDERS#" + shop + "#" + t.UTC().Format(time.DateOnly)
}

// Day lists the orders of a shop that were placed on a day, UTC.
func (r Orders) Day(ctx context.Context, shop string, day time.Time) (ids []string, err error) {
	for after := ""; ; {
		page, err := r.Table.Query(ctx, Query{Partition: dayOf(shop, day), After: after})
		if err != nil {
			return nil, err
		}
		for _, it := range page.Items {
			ids = append(ids, it.Sort)
		}
		if after = page.Next; after == "" {
			return ids, nil
		}
	}
}

// eachDue calls do for the rows of a shard that are due.
func eachDue(ctx context.Context, t Table, shard int, now time.Time, do func(Key)) error {
	for after := ""; ; {
		page, err := t.Query(ctx, Query{Shard: shard, DueUntil: now, After: after, Limit: 100})
		if err != nil {
			return err
		}
		for _, it := range page.Items {
			do(it.Key)
		}
		if after = page.Next; after == "" {
			return nil
		}
	}
}

func cut(s, prefix string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(s, prefix)
	return rest, ok && rest != ""
}
