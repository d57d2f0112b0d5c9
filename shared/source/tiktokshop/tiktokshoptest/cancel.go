package tiktokshoptest

import "fmt"

// cancellation is the data of topic 11.
type cancellation struct {
	Order  string `json:"order_id"`
	Role   string `json:"cancellations_role"`
	Status string `json:"cancel_status"`
	ID     string `json:"cancel_id"`
	Create int64  `json:"create_time"`
}

func (c *change) pushCancel(o *order, status string) {
	c.push(11, o.shop, cancellation{o.ID, o.initiator, status, o.cancelID, second(c.now)})
}

// AskCancel lets the buyer ask for a cancellation, which changes nothing yet:
// topic 11.
func (s *Server) AskCancel(orderID string) {
	s.change(func(c *change) {
		o := s.mustOrder(orderID)
		o.must("ask to cancel", OnHold, AwaitingShipment, PartiallyShipping, AwaitingCollection)
		if !o.asked.IsZero() {
			panic("tiktokshoptest: ask to cancel: order " + orderID + " is asked for already")
		}
		c.beginCancel(o, "BUYER")
		o.asked = c.now
		c.touch(o)
		c.pushCancel(o, "CANCELLATION_REQUEST_PENDING")
	})
}

// Withdraw ends a request without a cancellation: topic 11.
func (s *Server) Withdraw(orderID string) {
	s.change(func(c *change) {
		o := s.mustOrder(orderID)
		if o.asked.IsZero() || o.status == Cancelled {
			panic("tiktokshoptest: withdraw: nothing is asked for of order " + orderID)
		}
		c.pushCancel(o, "CANCELLATION_REQUEST_CANCELLED")
		o.asked, o.initiator = o.cancelled, "" // Not asked for.
		c.touch(o)
	})
}

// Cancel cancels an order, or only some of its items: for the buyer if he asked,
// else for the seller. Topic 11 tells that it is accepted and then done, topic 1
// that the order is cancelled, if all of it is. That of an unpaid order is no
// matter of topic 11.
func (s *Server) Cancel(orderID string, items ...string) {
	s.change(func(c *change) {
		o := s.mustOrder(orderID)
		o.must("cancel", Unpaid, OnHold, AwaitingShipment, PartiallyShipping, AwaitingCollection, InTransit)
		lines := pick("cancel", o.live(), items)
		if o.asked.IsZero() {
			c.beginCancel(o, "SELLER")
		}
		o.reason = "invented: no longer needed"
		for _, l := range lines {
			l.cancelled, l.by = true, o.initiator
			if p := l.pack; p != nil {
				if len(p.live()) == 0 {
					p.status = Cancelled
				}
				c.touchPackage(p)
			}
		}
		c.touch(o)
		paid := !o.paid.IsZero()
		if paid {
			c.pushCancel(o, "CANCELLATION_REQUEST_SUCCESS")
		}
		c.settle(o)
		if paid {
			c.pushCancel(o, "CANCELLATION_REQUEST_COMPLETE")
		}
	})
}

func (c *change) beginCancel(o *order, role string) {
	o.cancelID, o.initiator = fmt.Sprintf("4036%015d", c.server.next("cancellation")), role
}
