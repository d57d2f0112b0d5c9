package notify

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/shiptide/shiptide/shared/carrier"
	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/sender"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
)

// orderNews is what a template about an order or a shop may use.
type orderNews struct {
	Shop, Order      string
	Number, Provider string
	Deadline, Left   string // "Tuesday, 3 March, 23:59 UTC"; "23 hours"
	Scan, Reason     string
	Stage, What      string
	NextStep         string
}

// renderOrder writes warnings about an order that differ in their numbers only.
func renderOrder(o *order.Order, alike []order.Warning, t *notice.Thread, now time.Time) (sender.Message, error) {
	w := alike[0]
	if len(alike) > 1 {
		w.Number = fmt.Sprintf("%s and %d more", w.Number, len(alike)-1)
	}
	rule := order.Rules()[w.Kind]
	n := orderNews{
		Shop: o.ShopID, Order: o.OrderID, Number: w.Number, Provider: w.Provider, Deadline: clock(w.Deadline),
		Scan: w.Scan, Reason: w.Reason, Stage: w.Stage, What: w.What, NextStep: rule.NextStep,
	}
	if !w.Deadline.IsZero() {
		n.Left = left(w.Deadline.Sub(now))
	}
	m, err := write("order/"+string(w.Kind), &n)
	if err != nil {
		return sender.Message{}, err
	}
	m.ID = messageID(&notice.Candidate{Kind: notice.Kind(w.Kind), Date: w.Key()}, t)
	m.Kind = string(w.Kind)
	m.Event = shipment.Public{TrackingNumber: alike[0].Number}
	if len(alike) > 1 {
		m.Text += "\nAll of them:\n"
	}
	for i := range alike {
		if line := strings.TrimSpace(alike[i].Number + " " + alike[i].Reason); len(alike) > 1 {
			m.Text += "  " + line + "\n"
		}
	}
	code, _ := carrier.OfProvider(w.Provider, "")
	m.Attrs = map[string]string{
		"kind": m.Kind, "shop": o.ShopID, "carrier": code, "country": o.Country, "severity": strconv.Itoa(rule.Severity),
	}
	return m, nil
}

// renderShop writes what is told of a shop.
func renderShop(s *store.Shop, kind notice.Kind, key string, t *notice.Thread) (sender.Message, error) {
	rule := notice.Rules()[shipment.Code{Status: "SHOP", SubStatus: "AUTHORISATION_EXPIRING"}]
	m, err := write("shop/"+string(kind), &orderNews{Shop: s.Name, Deadline: clock(s.ExpiresAt), NextStep: rule.NextStep})
	if err != nil {
		return sender.Message{}, err
	}
	m.ID, m.Kind = messageID(&notice.Candidate{Kind: kind, Date: key}, t), string(kind)
	m.Attrs = map[string]string{"kind": m.Kind, "shop": s.ID, "severity": strconv.Itoa(rule.Severity)}
	return m, nil
}
