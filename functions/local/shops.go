package main

import (
	"context"
	"net/http"
	"time"

	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/store"
)

// shopView is a connected shop.
type shopView struct {
	Source      string    `json:"source"`
	ID          string    `json:"shopId"`
	Name        string    `json:"name"`
	Region      string    `json:"region"`
	ConnectedAt time.Time `json:"connectedAt"`
	ExpiresAt   time.Time `json:"authorisedUntil,omitzero"`
	RevokedAt   time.Time `json:"revokedAt,omitzero"`
	UpTo        time.Time `json:"ordersKnownUpTo,omitzero"`
	Fault       string    `json:"fault"` // why its calls are refused; "": they are not
	FaultSince  time.Time `json:"faultSince,omitzero"`
}

func viewOfShop(s *store.Shop) shopView {
	return shopView{
		Source: s.Source, ID: s.ID, Name: s.Name, Region: s.Region, ConnectedAt: s.ConnectedAt, ExpiresAt: s.ExpiresAt,
		RevokedAt: s.RevokedAt, UpTo: s.OrdersUpTo, Fault: s.Fault, FaultSince: s.FaultSince,
	}
}

// Title is what a person calls the shop.
func (s *shopView) Title() string {
	if s.Name == "" {
		return s.ID
	}
	return s.Name
}

// listShops are the shops that are kept up with.
func (a *app) listShops(ctx context.Context) ([]shopView, error) {
	shops, err := a.shops.List(ctx, tiktok)
	if err != nil {
		return nil, err
	}
	out := []shopView{}
	for i := range shops {
		out = append(out, viewOfShop(&shops[i]))
	}
	return out, nil
}

// shopState is a shop and how it does, by its orders that were placed lately.
type shopState struct {
	shopView
	Looked    lookedAt       `json:"lookedAt"`
	Rates     rateView       `json:"rates"`
	Deadlines []deadlineView `json:"deadlines"` // of open orders, the nearest first
	Speakers  []speaker      `json:"speakers"`
}

// lookedAt are the orders that the rest is said of.
type lookedAt struct {
	Orders int    `json:"orders"`
	Since  string `json:"since"` // the day, UTC, from which on they were placed
	Cut    bool   `json:"cut"`   // there are more; the newest were looked at
}

// viewShops shows the shops and how they do.
func (a *app) viewShops(req *http.Request) (view, error) {
	shops, err := a.listShops(req.Context())
	if err != nil {
		return view{}, err
	}
	out := []shopState{}
	for i := range shops {
		s, err := a.shopState(req.Context(), shops[i])
		if err != nil {
			return view{}, err
		}
		out = append(out, s)
	}
	return view{title: "Shops", data: out}, nil
}

func (a *app) shopState(ctx context.Context, v shopView) (shopState, error) {
	now := a.now()
	recent, err := recentOrders(ctx, a.orders, v.ID, order.Rates(nil, nil, v.Region, now).Window, now)
	if err != nil {
		return shopState{}, err
	}
	s := shopState{shopView: v, Looked: recent.lookedAt, Deadlines: deadlinesOf(recent.orders, now)}
	if s.Rates, err = a.ratesOf(ctx, recent.orders, v.Region); err != nil {
		return shopState{}, err
	}
	talkers, err := talkersOf(ctx, a.sources, a.keyed)
	s.Speakers = speakers(recent.orders, v.RevokedAt.IsZero(), talkers)
	return s, err
}
