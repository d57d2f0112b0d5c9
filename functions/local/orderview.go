package main

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
)

// orderView is what is known of an order, and what its seller hears of it.
type orderView struct {
	ShopID   string `json:"shopId"`
	Shop     string `json:"shop"` // its name; "": it is not connected
	OrderID  string `json:"orderId"`
	Status   string `json:"status"`
	Shipping string `json:"shipping"`
	// Fetched is when it was asked for last; Stale since when something newer is to
	// be had.
	Fetched     time.Time       `json:"fetched,omitzero"`
	Stale       time.Time       `json:"stale,omitzero"`
	Next        time.Time       `json:"nextLook,omitzero"`
	Packages    []packageView   `json:"packages"`
	Gone        []goneView      `json:"gone"`
	Times       []namedTime     `json:"times"`
	Deadlines   []orderDeadline `json:"deadlines"`
	CancelAsked bool            `json:"cancelAsked"`
	Due         []warningView   `json:"due"`
	// More is when there is more to tell, if nothing changes.
	More time.Time   `json:"more,omitzero"`
	Told []toldNotes `json:"told"`
}

type packageView struct {
	PackageID string `json:"packageId"`
	Number    string `json:"trackingNumber"`
	FirstMile string `json:"firstMile"` // the number that it had before
	Provider  string `json:"provider"`
	Status    string `json:"status"`
}

// goneView is a number that the order has no more.
type goneView struct {
	Number string    `json:"trackingNumber"`
	By     []string  `json:"replacedBy"` // the numbers of its packages now
	At     time.Time `json:"at"`
}

type namedTime struct {
	Name string    `json:"name"`
	At   time.Time `json:"at"`
}

type orderDeadline struct {
	Name string    `json:"deadline"`
	At   time.Time `json:"at"`
	Kept bool      `json:"kept"`
	Over bool      `json:"over"`
}

// Words say what is to happen until then, and what happens else.
func (d orderDeadline) Words() string { return deadlineWords[d.Name] }

// warningView is something that the seller is to be told.
type warningView struct {
	Kind     order.Kind `json:"kind"`
	Number   string     `json:"trackingNumber"`
	Deadline time.Time  `json:"deadline,omitzero"`
	Stage    string     `json:"stage"`
	Reason   string     `json:"reason"`
	NextStep string     `json:"nextStep"`
	Told     bool       `json:"told"` // to the seller, this or what says it too
}

// toldNotes are what one seller was told.
type toldNotes struct {
	Recipient string        `json:"recipient"` // masked
	Told      []notice.Told `json:"told"`
}

// viewOrder shows an order.
func (a *app) viewOrder(req *http.Request) (view, error) {
	o, err := a.orders.Get(req.Context(), req.PathValue("shop"), req.PathValue("order"))
	if err != nil {
		return view{}, err
	}
	if !o.Stored() {
		return view{}, store.ErrNotFound
	}
	v, err := a.orderView(req.Context(), &o)
	return view{title: "Order " + o.OrderID, data: v}, err
}

func (a *app) orderView(ctx context.Context, o *store.OrderRow) (orderView, error) {
	v := orderView{
		ShopID: o.ShopID, OrderID: o.OrderID, Status: o.Status, Shipping: o.Shipping, Fetched: o.Fetched, Stale: o.Stale, Next: o.Due,
		Packages: []packageView{}, Gone: []goneView{}, Times: timesOf(&o.Order), Deadlines: []orderDeadline{}, CancelAsked: o.CancelAsked,
	}
	s, err := a.shops.Get(ctx, tiktok, o.ShopID)
	switch {
	case err == nil:
		known := viewOfShop(&s)
		v.Shop = known.Title()
	case !errors.Is(err, store.ErrNotFound):
		return orderView{}, err
	}
	for _, h := range o.Packages {
		v.Packages = append(v.Packages, packageView{h.PackageID, h.TrackingNumber, h.FirstMile, h.Provider, h.Status})
	}
	for i := range o.Gone {
		g := &o.Gone[i]
		v.Gone = append(v.Gone, goneView{g.Number, append([]string{}, o.Instead(g)...), g.At})
	}
	for _, d := range deadlines(&o.Order) {
		v.Deadlines = append(v.Deadlines, orderDeadline{d.name, d.at, d.kept, !d.kept && d.at.Before(a.now())})
	}
	slices.SortStableFunc(v.Deadlines, func(a, b orderDeadline) int { return a.At.Compare(b.At) })
	return v, a.warningsOf(ctx, &o.Order, &v)
}

// timesOf are what happened to an order, by TikTok's clock.
func timesOf(o *order.Order) []namedTime {
	all := []namedTime{
		{"placed", o.CreatedAt},
		{"ready to ship", o.ShippedAt},
		{"first scan", o.CollectedAt},
		{"delivered", o.DeliveredAt},
		{"cancelled", o.CancelledAt},
		{"address changed", o.Readdressed},
		{"status changed", o.UpdatedAt},
	}
	if o.Return != "" {
		all = append(all, namedTime{"return: " + strings.ToLower(strings.ReplaceAll(o.Return, "_", " ")), o.ReturnAt})
	}
	all = slices.DeleteFunc(all, func(t namedTime) bool { return t.At.IsZero() })
	slices.SortStableFunc(all, func(a, b namedTime) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Name, b.Name)) })
	return all
}

// warningsOf fills in what is due of an order, and what its sellers were told.
func (a *app) warningsOf(ctx context.Context, o *order.Order, v *orderView) error {
	parcels, err := a.notifier.Parcels(ctx, o)
	if err != nil {
		return err
	}
	due, next := order.Warnings(o, parcels, a.now())
	v.More, v.Due, v.Told = next, []warningView{}, []toldNotes{}
	var threads []store.ThreadRow
	for _, s := range a.notifier.Standing {
		if s.Audience != notice.Seller {
			continue
		}
		t, err := a.threads.OfOrder(ctx, o.ShopID, o.OrderID, s.Contact.ID)
		if err != nil {
			return err
		}
		threads = append(threads, t)
		if len(t.Told) > 0 {
			v.Told = append(v.Told, toldNotes{contact.Mask(s.Contact), t.Told})
		}
	}
	untold := order.Untold(due, func(key string) bool {
		return slices.ContainsFunc(threads, func(t store.ThreadRow) bool { return t.Has(key) })
	})
	for i := range due {
		w := &due[i]
		n := warningView{Kind: w.Kind, Number: w.Number, Deadline: w.Deadline, Stage: w.Stage, Reason: cmp.Or(w.Reason, w.Scan)}
		n.Told = !slices.ContainsFunc(untold, func(u order.Warning) bool { return u.Key() == w.Key() })
		if rule := order.Rules()[w.Kind]; rule != nil {
			n.NextStep = rule.NextStep
		}
		v.Due = append(v.Due, n)
	}
	return nil
}

// orderLink is an order of a parcel.
type orderLink struct {
	Shop  string `json:"shopId"` // "": it was imported, or typed in
	Order string `json:"orderId"`
}

// ordersOf are the orders that a parcel is said to be of.
func ordersOf(set *shipment.Set) []orderLink {
	out := []orderLink{}
	for _, l := range set.Links {
		if l.Kind != shipment.OrderLink || l.Withdrawn {
			continue
		}
		shop, id, _ := strings.Cut(l.Value, "/")
		if l.SourceKind != shipment.Marketplace {
			shop = ""
		}
		if to := (orderLink{shop, id}); !slices.Contains(out, to) {
			out = append(out, to)
		}
	}
	// One that was imported too is shown once.
	return slices.DeleteFunc(out, func(l orderLink) bool {
		return l.Shop == "" && slices.ContainsFunc(out, func(o orderLink) bool { return o.Shop != "" && o.Order == l.Order })
	})
}
