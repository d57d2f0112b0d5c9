package tiktokshoptest

import (
	"slices"

	"github.com/go-json-experiment/json"
)

// within are the times that a search asks for.
type within struct {
	CreateGE int64 `json:"create_time_ge,omitzero"`
	CreateLT int64 `json:"create_time_lt,omitzero"`
	UpdateGE int64 `json:"update_time_ge,omitzero"`
	UpdateLT int64 `json:"update_time_lt,omitzero"`
}

func (w *within) holds(created, updated int64) bool {
	return created >= w.CreateGE && (w.CreateLT == 0 || created < w.CreateLT) &&
		updated >= w.UpdateGE && (w.UpdateLT == 0 || updated < w.UpdateLT)
}

func (w *within) check() *refusal {
	const milliseconds = 1e11
	for _, at := range []int64{w.CreateGE, w.CreateLT, w.UpdateGE, w.UpdateLT} {
		if at < 0 || at >= milliseconds {
			return bad("a time that is not in seconds")
		}
	}
	return nil
}

// orderFilter is the body of a search for orders.
type orderFilter struct {
	within       `json:",inline"`
	Status       string   `json:"order_status,omitzero"`
	ShippingType string   `json:"shipping_type,omitzero"`
	Buyer        string   `json:"buyer_user_id,omitzero"`
	Asked        *bool    `json:"is_buyer_request_cancel,omitzero"`
	Warehouses   []string `json:"warehouse_ids,omitzero"`
}

var orderStatuses = []string{
	"", Unpaid, OnHold, AwaitingShipment, PartiallyShipping, AwaitingCollection, InTransit, Delivered, Completed, Cancelled,
}

func (s *Server) orderSearch(c *call) (any, *refusal) {
	var f orderFilter
	if refused := c.filter(&f, &f.within); refused != nil {
		return nil, refused
	}
	if !slices.Contains(orderStatuses, f.Status) {
		return nil, bad("order_status is unknown")
	}
	var rows []row
	for _, o := range s.placed {
		a, ok := o.history.seen(c.now.Add(-s.Lag))
		if !ok || o.shop != c.shop || !f.holds(a.CreateTime, a.UpdateTime) ||
			f.Status != "" && f.Status != a.Status || f.ShippingType != "" && f.ShippingType != a.ShippingType ||
			f.Buyer != "" && f.Buyer != a.UserID || f.Asked != nil && *f.Asked != a.AskedToCancel ||
			f.Warehouses != nil && !slices.Contains(f.Warehouses, a.Warehouse) {
			continue
		}
		rows = append(rows, row{map[string]int64{"create_time": a.CreateTime, "update_time": a.UpdateTime}, a.ID, a})
	}
	return s.page(c, "orders", 100, []string{"create_time", "update_time"}, rows)
}

// packageFilter is the body of a search for packages.
type packageFilter struct {
	within `json:",inline"`
	Status string `json:"package_status,omitzero"`
}

var packageStatuses = []string{"", toFulfill, processing, fulfilling, arrived, Cancelled}

func (s *Server) packageSearch(c *call) (any, *refusal) {
	var f packageFilter
	if refused := c.filter(&f, &f.within); refused != nil {
		return nil, refused
	}
	if !slices.Contains(packageStatuses, f.Status) {
		return nil, bad("package_status is unknown")
	}
	var rows []row
	for _, p := range s.packed {
		a, ok := p.history.seen(c.now.Add(-s.Lag))
		if !ok || p.shop != c.shop || !f.holds(a.CreateTime, a.UpdateTime) || f.Status != "" && f.Status != a.Status {
			continue
		}
		listed := *a
		listed.PackageID, listed.PackageStatus = "", "" // Those of a detail.
		rows = append(rows, row{map[string]int64{
			"create_time": a.CreateTime, "update_time": a.UpdateTime, "order_pay_time": a.paid,
		}, a.ID, &listed})
	}
	return s.page(c, "packages", 50, []string{"create_time", "update_time", "order_pay_time"}, rows)
}

// filter reads the body of a search, which may be empty.
func (c *call) filter(into any, times *within) *refusal {
	if len(c.body) == 0 {
		return nil
	}
	if err := json.Unmarshal(c.body, into, json.RejectUnknownMembers(true)); err != nil {
		return bad("the body is malformed, or has a member that is unknown")
	}
	return times.check()
}
