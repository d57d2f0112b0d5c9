package main

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/shiptide/shiptide/shared/order"
)

// rateView is how a shop does by what TikTok judges it by, from what is known
// here.
type rateView struct {
	Days int `json:"windowDays"`
	// Of Dispatched orders Late were late, LateBar is the share that is allowed; of
	// Shipped packages Valid had a number that can be followed, ValidBar is the share
	// that is wanted. 0: no bar is known.
	Late       int     `json:"late"`
	Dispatched int     `json:"dispatched"`
	LateBar    float64 `json:"lateBar,omitzero"`
	Valid      int     `json:"valid"`
	Shipped    int     `json:"shipped"`
	ValidBar   float64 `json:"validBar,omitzero"`
}

// ratesOf computes the rates. Of the numbers only those are read that are judged.
func (a *app) ratesOf(ctx context.Context, orders []order.Order, region string) (rateView, error) {
	now := a.now()
	var asked []string
	order.Rates(orders, func(number string) order.Seen {
		asked = append(asked, number)
		return order.Seen{}
	}, region, now)
	held := map[string]*order.Held{}
	for i := range orders {
		for j := range orders[i].Packages {
			if h := &orders[i].Packages[j]; held[h.TrackingNumber] == nil {
				held[h.TrackingNumber] = h
			}
		}
	}
	seen, err := gather(ctx, asked, func(ctx context.Context, number string) (order.Seen, error) {
		return a.notifier.Seen(ctx, held[number])
	})
	if err != nil {
		return rateView{}, err
	}
	known := map[string]order.Seen{}
	for i, number := range asked {
		known[number] = seen[i]
	}
	r := order.Rates(orders, func(number string) order.Seen { return known[number] }, region, now)
	return rateView{
		Days: int(r.Window / (24 * time.Hour)), Late: r.Late, Dispatched: r.Dispatched, LateBar: r.LateBar,
		Valid: r.Valid, Shipped: r.Shipped, ValidBar: r.ValidBar,
	}, nil
}

// LateWords say the late-dispatch rate: "3 of 120 late, 2.5 %; TikTok allows 4 %".
func (r rateView) LateWords() string {
	if r.Dispatched == 0 {
		return "no order was due in the last " + howMany(r.Days, "day")
	}
	share := float64(r.Late) / float64(r.Dispatched)
	over := share > r.LateBar
	says := fmt.Sprintf("%d of %d late, %s", r.Late, r.Dispatched, percent(share, r.LateBar))
	switch {
	case r.LateBar == 0:
		return says + "; what this market allows is not known"
	case over:
		return says + "; TikTok allows " + percent(r.LateBar, r.LateBar) + ": that is over it"
	}
	return says + "; TikTok allows " + percent(r.LateBar, r.LateBar)
}

// ValidWords say the valid-tracking rate: "95 of 100 valid, 95 %; TikTok wants 95 %".
func (r rateView) ValidWords() string {
	if r.Shipped == 0 {
		return "no package could be judged in the last " + howMany(r.Days, "day")
	}
	share := float64(r.Valid) / float64(r.Shipped)
	below := share < r.ValidBar
	says := fmt.Sprintf("%d of %d valid, %s", r.Valid, r.Shipped, percent(share, r.ValidBar))
	switch {
	case r.ValidBar == 0:
		return says + "; what this market wants is not known"
	case below:
		return says + "; TikTok wants " + percent(r.ValidBar, r.ValidBar) + ": that is below it"
	}
	return says + "; TikTok wants " + percent(r.ValidBar, r.ValidBar)
}

// percent is a share to a tenth, with a space at which no line breaks. One that is not the bar does not look as if it
// were.
func percent(share, bar float64) string {
	tenths := math.Round(share * 1000)
	if tenths == math.Round(bar*1000) {
		switch {
		case share > bar:
			tenths++
		case share < bar:
			tenths--
		}
	}
	return strconv.FormatFloat(tenths/10, 'f', -1, 64) + "\u00a0%"
}
