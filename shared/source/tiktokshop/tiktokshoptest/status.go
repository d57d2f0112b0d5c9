package tiktokshoptest

import (
	"slices"
	"time"
)

// derive returns the status of an order: that of what is not cancelled of it.
// The order moves on only when all its packages did.
func (o *order) derive() string {
	if o.begun == Completed {
		return Completed
	}
	lines := o.live()
	if len(lines) == 0 {
		return Cancelled
	}
	if o.begun != "" {
		return o.begun
	}
	shipped, collected, delivered := 0, 0, 0
	for _, l := range lines {
		if l.pack == nil {
			continue
		}
		switch l.pack.status {
		case arrived:
			delivered++
			fallthrough
		case fulfilling:
			collected++
			fallthrough
		case processing:
			shipped++
		}
	}
	switch len(lines) {
	case delivered:
		return Delivered
	case collected:
		return InTransit
	case shipped:
		return AwaitingCollection
	}
	// What was shipped and then lost does not turn the order back; a guess.
	if slices.ContainsFunc(o.lines, func(l *line) bool { return l.pack != nil && !l.pack.shipped.IsZero() }) {
		return PartiallyShipping
	}
	return AwaitingShipment
}

// display is the status that a line shows: as that of an order, without ON_HOLD
// and PARTIALLY_SHIPPING.
func (l *line) display() string {
	switch {
	case l.cancelled:
		return Cancelled
	case l.order.begun == Unpaid, l.order.begun == Completed:
		return l.order.begun
	case l.pack == nil:
		return AwaitingShipment
	}
	switch l.pack.status {
	case processing:
		return AwaitingCollection
	case fulfilling:
		return InTransit
	case arrived:
		return Delivered
	}
	return AwaitingShipment
}

// settle moves an order to the status that it has come to, with its time and its
// push.
func (c *change) settle(o *order) {
	status := o.derive()
	if status == o.status {
		return
	}
	o.status, o.updated = status, c.now
	set := func(at *time.Time) {
		if at.IsZero() {
			*at = c.now
		}
	}
	pushed := status
	switch status {
	case AwaitingCollection:
		set(&o.shipped)
	case InTransit:
		set(&o.collected)
	case Delivered:
		set(&o.collected)
		set(&o.delivered)
	case Cancelled:
		set(&o.cancelled)
		pushed = "CANCEL" // As pushes spell it.
	case PartiallyShipping:
		return // No push is documented.
	}
	c.push(1, o.shop, orderPush{o.holds(), o.ID, pushed, second(c.now)})
}

// orderPush is the data of topic 1.
type orderPush struct {
	OnHold bool   `json:"is_on_hold_order"`
	ID     string `json:"order_id"`
	Status string `json:"order_status"`
	Update int64  `json:"update_time"`
}

// holds tells whether the order is or was on hold: so it is in the US and the UK.
func (o *order) holds() bool { return o.shop.Region == "US" || o.shop.Region == "GB" }
