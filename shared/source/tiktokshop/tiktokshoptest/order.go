package tiktokshoptest

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// The statuses of an order.
const (
	Unpaid             = "UNPAID"
	OnHold             = "ON_HOLD"
	AwaitingShipment   = "AWAITING_SHIPMENT"
	PartiallyShipping  = "PARTIALLY_SHIPPING"
	AwaitingCollection = "AWAITING_COLLECTION"
	InTransit          = "IN_TRANSIT"
	Delivered          = "DELIVERED"
	Completed          = "COMPLETED"
	Cancelled          = "CANCELLED"
)

// Order is an order that a buyer places.
type Order struct {
	Shop string // its ID
	ID   string // decimal; made up if it is empty
	// Status is what it begins with: Unpaid, OnHold or AwaitingShipment, which it
	// is if nothing is set.
	Status string
	// Units are its line items, of one unit each: 1 if nothing is set.
	Units int
	// To is where it goes: to the region of the shop if nothing is set.
	To Address
	// ShippingType is SELLER unless set to TIKTOK.
	ShippingType string
	// FulfillmentType is FULFILLMENT_BY_SELLER unless set.
	FulfillmentType string
	// Deadlines are made up of the time of payment if none is set.
	Deadlines Deadlines
}

// Address is what is not masked of an address.
type Address struct{ Region, PostalCode string }

// Deadlines are those that TikTok Shop gives. Zero ones are left out.
type Deadlines struct {
	RTS, TTS, Shipping, Collection, Delivery time.Time
	DeliverySLA                              time.Time
}

// order is an order and what became of it.
type order struct {
	Order
	shop  *shop
	lines []*line

	begun  string // UNPAID or ON_HOLD until that is over, COMPLETED at the end
	status string

	created, paid, shipped, collected time.Time
	delivered, cancelled, updated     time.Time
	asked                             time.Time // when the buyer asked to cancel
	cancelID, initiator, reason       string
	moved                             bool // to another address
	notes                             []note

	history history[*orderAnswer]
}

// line is one unit of an order.
type line struct {
	id        string
	order     *order
	pack      *pack // nil before it is in one
	cancelled bool
	by        string // who cancelled it
}

// live are the lines that are not cancelled.
func (o *order) live() []*line {
	return slices.DeleteFunc(slices.Clone(o.lines), func(l *line) bool { return l.cancelled })
}

// packs are the packages of an order, in the order of its lines.
func (o *order) packs() []*pack {
	var list []*pack
	for _, l := range o.lines {
		if l.pack != nil && !slices.Contains(list, l.pack) {
			list = append(list, l.pack)
		}
	}
	return list
}

// Place places an order, and returns its ID. In the US and while it is not paid
// it has no packages; elsewhere it is one package then.
func (s *Server) Place(in Order) (id string) {
	s.change(func(c *change) {
		sh := s.mustShop(in.Shop)
		n := s.next("order")
		in.ID = cmp.Or(in.ID, fmt.Sprintf("577%015d", n))
		in.Status = cmp.Or(in.Status, AwaitingShipment)
		in.Units = max(in.Units, 1)
		in.To.Region = cmp.Or(in.To.Region, sh.Region)
		in.ShippingType = cmp.Or(in.ShippingType, "SELLER")
		in.FulfillmentType = cmp.Or(in.FulfillmentType, "FULFILLMENT_BY_SELLER")
		if s.orders[in.ID] != nil || !slices.Contains([]string{Unpaid, OnHold, AwaitingShipment}, in.Status) {
			panic("tiktokshoptest: place: there is an order " + in.ID + ", or none begins as " + in.Status)
		}
		o := &order{Order: in, shop: sh, created: c.now}
		for range in.Units {
			o.lines = append(o.lines, &line{id: fmt.Sprintf("578%015d", s.next("line")), order: o})
		}
		s.orders[in.ID], s.placed = o, append(s.placed, o)
		switch id = in.ID; in.Status {
		case Unpaid:
			o.begun = Unpaid
		case OnHold:
			o.begun = OnHold
			c.pay(o)
		default:
			c.pay(o)
			c.makePackage(o)
		}
		c.touch(o)
		o.note(c.now, "Your order was placed.")
	})
	return id
}

func (s *Server) mustOrder(id string) *order {
	o := s.orders[id]
	if o == nil {
		panic("tiktokshoptest: no order " + id)
	}
	return o
}
