package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/shiptide/shiptide/shared/notify"
	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/store"
)

const (
	// ordersRead are how many orders of a shop are looked at, the newest.
	ordersRead = 2000
	// before is how much earlier an order may have been placed of which something
	// is judged in a window: its parcel leaves days later.
	before = 14 * 24 * time.Hour
	// daysAtOnce are how many days are listed side by side.
	daysAtOnce = 16
	// deadlinesShown are how many open orders are shown.
	deadlinesShown = 20
)

// placedLately are orders of a shop, the newest first.
type placedLately struct {
	lookedAt
	orders []order.Order
}

// recentOrders reads the orders of a shop of which something may be judged in a
// window that ends now.
func recentOrders(ctx context.Context, repo store.Orders, shop string, window time.Duration, now time.Time) (placedLately, error) {
	ids, since, cut, err := recentIDs(ctx, repo, shop, window, now)
	if err != nil {
		return placedLately{}, err
	}
	rows, err := gather(ctx, ids, func(ctx context.Context, id string) (store.OrderRow, error) {
		o, err := repo.Get(ctx, shop, id)
		if errors.Is(err, store.ErrUnreadable) { // The log of who looks at it says so.
			return store.OrderRow{}, nil
		}
		return o, err
	})
	if err != nil {
		return placedLately{}, err
	}
	out := placedLately{lookedAt: lookedAt{Since: since, Cut: cut}}
	for i := range rows {
		if rows[i].Stored() {
			out.orders = append(out.orders, rows[i].Order)
		}
	}
	out.Orders = len(out.orders)
	return out, nil
}

// recentIDs lists orders, the newest day first, until there are enough. since is
// the earliest day that was looked at.
func recentIDs(ctx context.Context, repo store.Orders, shop string, window time.Duration, now time.Time) (ids []string, since string, cut bool, err error) {
	var days []string
	for day := now.UTC(); day.After(now.Add(-window - before)); day = day.AddDate(0, 0, -1) {
		days = append(days, day.Format(time.DateOnly))
	}
	for some := range slices.Chunk(days, daysAtOnce) {
		lists, err := gather(ctx, some, func(ctx context.Context, day string) ([]string, error) {
			at, err := time.Parse(time.DateOnly, day)
			if err != nil {
				return nil, err
			}
			return repo.Day(ctx, shop, at)
		})
		if err != nil {
			return nil, "", false, err
		}
		for i, list := range lists {
			slices.Reverse(list) // IDs grow.
			ids, since = append(ids, list...), some[i]
			if len(ids) > ordersRead {
				return ids[:ordersRead], since, true, nil
			}
		}
	}
	return ids, since, false, nil
}

// gather reads several things at a time, and returns them in the order of
// their names.
func gather[T any](ctx context.Context, names []string, read func(context.Context, string) (T, error)) ([]T, error) {
	var mu sync.Mutex
	got := map[string]T{}
	errs := notify.Each(ctx, names, func(ctx context.Context, name string) error {
		v, err := read(ctx, name)
		mu.Lock()
		defer mu.Unlock()
		got[name] = v
		return err
	})
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	out := make([]T, len(names))
	for i, name := range names {
		out[i] = got[name]
	}
	return out, nil
}

// isOpen tells whether something is still to happen with an order that was paid.
func isOpen(o *order.Order) bool {
	switch o.Status {
	case "", "UNPAID", "DELIVERED", "COMPLETED", "CANCEL", "CANCELLED":
		return false
	}
	return o.CancelledAt.IsZero() && o.DeliveredAt.IsZero()
}

// deadlineView is an open order and the deadline that comes next.
type deadlineView struct {
	ShopID   string    `json:"-"`
	OrderID  string    `json:"orderId"`
	Status   string    `json:"status"`
	Deadline string    `json:"deadline"`
	At       time.Time `json:"at"`
	Over     bool      `json:"over"`   // it was missed, and no other is to come
	Missed   []string  `json:"missed"` // those before it that were
	Numbers  []string  `json:"trackingNumbers"`
}

// Words say what is to happen until then, and what happens else.
func (d deadlineView) Words() string { return deadlineWords[d.Deadline] }

// deadlinesOf are the open orders of a shop whose deadlines are the nearest. Those
// of which all are over come last, and what others pack is not the shop's.
func deadlinesOf(orders []order.Order, now time.Time) []deadlineView {
	out := []deadlineView{}
	for i := range orders {
		o := &orders[i]
		if !isOpen(o) || o.Fulfilment != "" && o.Fulfilment != "FULFILLMENT_BY_SELLER" {
			continue
		}
		if d, ok := nextDeadline(o, now); ok {
			out = append(out, deadlineView{
				ShopID: o.ShopID, OrderID: o.OrderID, Status: o.Status, Deadline: d.name, At: d.at, Over: d.at.Before(now),
				Missed: missedBefore(o, d, now), Numbers: append([]string{}, o.Numbers()...),
			})
		}
	}
	slices.SortStableFunc(out, func(a, b deadlineView) int {
		if a.Over != b.Over {
			if a.Over {
				return 1
			}
			return -1
		}
		if a.Over {
			a, b = b, a // The newest first.
		}
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.OrderID, b.OrderID))
	})
	return out[:min(len(out), deadlinesShown)]
}

// nextDeadline is the next one that an order has not kept yet; if there is none to
// come, the last that it missed.
func nextDeadline(o *order.Order, now time.Time) (next deadline, ok bool) {
	for _, d := range deadlines(o) {
		if d.kept {
			continue
		}
		to := !d.at.Before(now)
		switch {
		case !ok, to && next.at.Before(now), to && d.at.Before(next.at), !to && next.at.Before(now) && d.at.After(next.at):
			next, ok = d, true
		}
	}
	return next, ok
}

// missedBefore are the deadlines before one that were missed.
func missedBefore(o *order.Order, one deadline, now time.Time) []string {
	names := []string{}
	for _, d := range deadlines(o) {
		if !d.kept && d.at.Before(now) && d.name != one.name {
			names = append(names, d.name)
		}
	}
	return names
}

// deadline is one of an order.
type deadline struct {
	name string
	at   time.Time
	kept bool // what it is for has happened
}

// deadlineWords say what is to be seen by TikTok until then, and what happens else.
var deadlineWords = map[string]string{
	"ship":               "ready to ship, else late",
	"collect":            "first scan, else late",
	"deliver":            "delivered, else late",
	"cancel_unshipped":   "ready to ship, else cancelled",
	"cancel_uncollected": "first scan, else cancelled",
	"cancel_undelivered": "delivered, else cancelled",
}

// deadlines are those that apply to an order.
func deadlines(o *order.Order) []deadline {
	delivered := !o.DeliveredAt.IsZero() || o.Status == "DELIVERED" || o.Status == "COMPLETED"
	collected := delivered || !o.CollectedAt.IsZero() || o.Status == "IN_TRANSIT"
	shipped := collected || !o.ShippedAt.IsZero() && o.Status != "PARTIALLY_SHIPPING" || o.Status == "AWAITING_COLLECTION"
	d := &o.Deadlines
	return slices.DeleteFunc([]deadline{
		{"ship", d.Ship, shipped},
		{"cancel_unshipped", d.CancelUnshipped, shipped},
		{"collect", d.Collect, collected},
		{"cancel_uncollected", d.CancelUncollected, collected},
		{"deliver", d.Deliver, delivered},
		{"cancel_undelivered", d.CancelUndelivered, delivered},
	}, func(d deadline) bool { return d.at.IsZero() })
}
