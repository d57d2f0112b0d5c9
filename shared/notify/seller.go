package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/sender"
	"github.com/shiptide/shiptide/shared/store"
)

// warning is something that the seller is told of an order or a shop, in one
// message.
type warning struct {
	keys    []string // among those that were told
	kind    notice.Kind
	message func() (sender.Message, error)
}

// TellOrder tells the seller what is due of an order, and returns when there will
// be more (zero: when something changes).
func (n *Notifier) TellOrder(ctx context.Context, o *order.Order) (next time.Time, err error) {
	for _, s := range n.sellers() {
		t, err := n.Threads.OfOrder(ctx, o.ShopID, o.OrderID, s.ID)
		if err != nil {
			return time.Time{}, fmt.Errorf("notify: %w", err)
		}
		again, err := n.warn(ctx, &t, s, func(ctx context.Context) ([]warning, time.Time, error) { return n.ofOrder(ctx, o, &t) })
		if err != nil {
			return time.Time{}, fmt.Errorf("notify: order: %w", err)
		}
		next = earlier(next, again)
	}
	return next, nil
}

// ofOrder are the warnings that are due of an order, and when there is more.
func (n *Notifier) ofOrder(ctx context.Context, o *order.Order, t *store.ThreadRow) (due []warning, next time.Time, err error) {
	parcels, err := n.Parcels(ctx, o)
	if err != nil {
		return nil, time.Time{}, err
	}
	all, next := order.Warnings(o, parcels, n.Now())
	for _, alike := range alikes(order.Untold(all, t.Has)) {
		w := warning{kind: notice.Kind(alike[0].Kind), message: func() (sender.Message, error) { return renderOrder(o, alike, &t.Thread, n.Now()) }}
		for i := range alike {
			w.keys = append(w.keys, alike[i].Key())
		}
		due = append(due, w)
	}
	return due, next, nil
}

// alikes puts warnings together that differ in their numbers only: an order may have
// many packages.
func alikes(all []order.Warning) (out [][]order.Warning) {
	type same struct {
		kind        order.Kind
		what, stage string
		deadline    time.Time
		occasion    string
	}
	at := map[same]int{}
	for _, w := range all {
		k := same{w.Kind, w.What, w.Stage, w.Deadline.UTC(), w.Occasion}
		if w.What == w.Number {
			k.what = ""
		}
		i, known := at[k]
		if !known {
			i = len(out)
			at[k] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], w)
	}
	return out
}

// TellShop tells the seller what is due of a shop, and returns when there will be
// more.
func (n *Notifier) TellShop(ctx context.Context, s *store.Shop) (next time.Time, err error) {
	for _, to := range n.sellers() {
		t, err := n.Threads.OfShop(ctx, s.Source, s.ID, to.ID)
		if err != nil {
			return time.Time{}, fmt.Errorf("notify: %w", err)
		}
		again, err := n.warn(ctx, &t, to, func(context.Context) ([]warning, time.Time, error) {
			due, next := n.ofShop(s, &t)
			return due, next, nil
		})
		if err != nil {
			return time.Time{}, fmt.Errorf("notify: shop: %w", err)
		}
		next = earlier(next, again)
	}
	return next, nil
}

// The kinds of what is told of a shop.
const (
	authorisationExpiring notice.Kind = "authorisation_expiring"
	authorisationRevoked  notice.Kind = "authorisation_revoked"
	authorisationRefused  notice.Kind = "authorisation_refused"
)

// patience is how long calls for a shop may be refused before its seller hears of it.
const patience = time.Hour

// before are how long before the end of an authorisation it is warned of.
var before = []time.Duration{24 * time.Hour, 7 * 24 * time.Hour, 30 * 24 * time.Hour}

// ofShop is what is due of a shop. A revocation is told once; that the
// authorisation ends a month, a week and a day before, each once.
func (n *Notifier) ofShop(s *store.Shop, t *store.ThreadRow) (due []warning, next time.Time) {
	now := n.Now()
	say := func(kind notice.Kind, key string) {
		if !t.Has(key) {
			due = append(due, warning{[]string{key}, kind, func() (sender.Message, error) { return renderShop(s, kind, key, &t.Thread) }})
		}
	}
	if !s.Open() {
		say(authorisationRevoked, "revoked|"+s.RevokedAt.UTC().Format(time.RFC3339))
		return due, time.Time{}
	}
	if s.Fault != "" && now.Sub(s.FaultSince) >= patience {
		say(authorisationRefused, "refused|"+s.FaultSince.UTC().Format(time.RFC3339))
	}
	if s.ExpiresAt.IsZero() || s.ExpiresAt.Before(now.Add(-24*time.Hour)) {
		return due, time.Time{}
	}
	for _, span := range before {
		if at := s.ExpiresAt.Add(-span); at.After(now) {
			next = earlier(next, at)
		} else {
			say(authorisationExpiring, fmt.Sprintf("expiring|%s|%s", s.ExpiresAt.UTC().Format(time.DateOnly), span))
			break // What was to be told earlier says less.
		}
	}
	return due, next
}

// sellers are the sellers among the standing recipients.
func (n *Notifier) sellers() (out []contact.Contact) {
	for _, s := range n.Standing {
		if s.Audience == notice.Seller {
			out = append(out, s.Contact)
		}
	}
	return out
}

// warn tells one recipient each of the warnings that are due, under the lease of
// their thread, and returns when to come again.
func (n *Notifier) warn(ctx context.Context, t *store.ThreadRow, to contact.Contact, decide func(context.Context) ([]warning, time.Time, error)) (next time.Time, err error) {
	t.Audience = notice.Seller
	for range attempts {
		due, next, err := decide(ctx)
		switch {
		case err != nil || len(due) == 0 || t.Ended != "":
			return next, err
		case n.taken(t):
			return t.Lease.Until, nil
		}
		if t.Since.IsZero() {
			t.Since = n.Now()
		}
		t.Lease = notice.Lease{Owner: n.Owner, Until: n.Now().Add(leaseFor)}
		err = n.Threads.Save(ctx, t)
		if errors.Is(err, store.ErrTaken) {
			err = n.reread(ctx, t)
			if err == nil {
				continue
			}
		}
		if err != nil {
			return time.Time{}, err
		}
		return n.sayAll(context.WithoutCancel(ctx), t, to, decide)
	}
	return n.Now().Add(again), nil
}

// sayAll tells what is due, as long as the lease is ours. What could not go is
// tried again soon.
func (n *Notifier) sayAll(ctx context.Context, t *store.ThreadRow, to contact.Contact, decide func(context.Context) ([]warning, time.Time, error)) (next time.Time, err error) {
	for {
		due, next, err := decide(ctx)
		if err != nil || len(due) == 0 {
			if t.Lease.Owner == "" { // It was given back with the last message.
				return next, err
			}
			return next, n.release(ctx, t, time.Time{}, err)
		}
		if t.Lease.Owner == "" {
			t.Lease = notice.Lease{Owner: n.Owner, Until: n.Now().Add(leaseFor)}
			if err := n.Threads.Save(ctx, t); err != nil {
				return n.Now().Add(again), nil // Another speaks now; what is left is due.
			}
		}
		w := &due[0]
		m, err := w.message()
		if err != nil {
			return time.Time{}, n.release(ctx, t, time.Time{}, err)
		}
		told, err := n.send(ctx, t, m, to, func(t *notice.Thread, providerID string, at time.Time) { t.Warn(w.kind, w.keys, m.ID, providerID, at) })
		var busy *BusyError // The lease is nearly over: what is left is told under another.
		if errors.As(err, &busy) {
			return earlier(next, n.Now().Add(leaseFor)), nil
		}
		if err != nil {
			return time.Time{}, err
		}
		if !told {
			wait := n.Now().Add(again)
			if t.Due.After(n.Now()) { // As its channel says.
				wait = t.Due
			}
			return earlier(next, wait), nil
		}
	}
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// otherLive tells whether an order of the shipment has another parcel that is
// under way, or will be.
func (n *Notifier) otherLive(ctx context.Context, rec *store.Record) (bool, error) {
	live := func(h order.Held) bool {
		return h.TrackingNumber != "" && h.TrackingNumber != rec.Number && h.Status != "CANCELLED"
	}
	return n.anyOrder(ctx, rec, func(o *order.Order) bool { return slices.ContainsFunc(o.Packages, live) })
}

// orderWarns tells whether the deadlines of an order of the shipment say when it is
// to be scanned.
func (n *Notifier) orderWarns(ctx context.Context, rec *store.Record) (bool, error) {
	return n.anyOrder(ctx, rec, func(o *order.Order) bool { return !o.Deadlines.Collect.IsZero() })
}

// anyOrder tells whether something is true of an order of the shipment.
func (n *Notifier) anyOrder(ctx context.Context, rec *store.Record, is func(*order.Order) bool) (bool, error) {
	for i := range rec.Set.Links {
		shop, id, ok := rec.Set.Links[i].MarketOrder()
		if !ok {
			continue
		}
		o, err := n.Orders.Get(ctx, shop, id)
		if err != nil || is(&o.Order) {
			return err == nil, err
		}
	}
	return false, nil
}
