package tiktokshoptest

import (
	"slices"
	"time"
)

// View is what a play may want to know of an order.
type View struct {
	Status    string
	Items     []string // the IDs of its line items
	Unshipped []string // those that are neither shipped nor cancelled
	Packages  []string
	UpdatedAt time.Time
}

// Look looks at an order.
func (s *Server) Look(orderID string) View {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.mustOrder(orderID)
	v := View{Status: o.status, UpdatedAt: o.updated}
	for _, l := range o.lines {
		v.Items = append(v.Items, l.id)
	}
	for _, l := range o.unshipped() {
		v.Unshipped = append(v.Unshipped, l.id)
	}
	for _, p := range o.packs() {
		v.Packages = append(v.Packages, p.id)
	}
	return v
}

func (o *order) unshipped() []*line {
	return slices.DeleteFunc(o.live(), func(l *line) bool { return l.pack != nil && l.pack.isShipped() })
}

func (c *change) pay(o *order) {
	o.paid = c.now
	if o.Deadlines == (Deadlines{}) {
		o.Deadlines = deadlines(c.now)
	}
}

// deadlines are made up: in calendar days, where the real ones count those of
// business.
func deadlines(paid time.Time) Deadlines {
	in := func(days int) time.Time { return paid.Add(time.Duration(days) * 24 * time.Hour) }
	return Deadlines{RTS: in(2), TTS: in(3), Shipping: in(7), Collection: in(9), Delivery: in(30), DeliverySLA: in(8)}
}

// Pay pays an order that is unpaid. In the US and the UK it is on hold then, for
// an hour that Release ends.
func (s *Server) Pay(orderID string) {
	s.change(func(c *change) {
		o := s.mustOrder(orderID)
		o.must("pay", Unpaid)
		c.pay(o)
		if o.begun = ""; o.holds() {
			o.begun = OnHold
		} else {
			c.makePackage(o)
		}
		c.touch(o)
	})
}

// Release ends the hold of an order.
func (s *Server) Release(orderID string) {
	s.change(func(c *change) {
		o := s.mustOrder(orderID)
		o.must("release", OnHold)
		o.begun = ""
		c.makePackage(o)
		c.touch(o)
	})
}

// Collect lets the carrier scan a package for the first time.
func (s *Server) Collect(packageID string) {
	s.move(packageID, "collect", fulfilling, "Your package was picked up by the carrier.", processing)
}

// Deliver lets the carrier deliver a package, also one that was never scanned.
func (s *Server) Deliver(packageID string) {
	s.move(packageID, "deliver", arrived, "Your package was delivered.", processing, fulfilling)
}

// Lose lets a package be lost or damaged: it is cancelled, and what was in it.
func (s *Server) Lose(packageID string) {
	s.move(packageID, "lose", Cancelled, "Your package was lost.", processing, fulfilling)
}

// move moves a package from one of some statuses to another.
func (s *Server) move(packageID, what, to, text string, from ...string) {
	s.change(func(c *change) {
		p := s.mustPackage(packageID)
		if !slices.Contains(from, p.status) {
			panic("tiktokshoptest: " + what + ": package " + packageID + " is " + p.status)
		}
		p.status = to
		c.touchPackage(p)
		for _, l := range p.lines {
			if to == Cancelled {
				l.cancelled, l.by = true, "SYSTEM"
				l.order.initiator, l.order.reason = "SYSTEM", "invented: lost"
			}
		}
		for _, o := range p.orders() {
			o.note(c.now, text)
		}
	})
}

// Complete ends an order: after a delivery, or once it was refunded in full.
func (s *Server) Complete(orderID string) {
	s.change(func(c *change) {
		o := s.mustOrder(orderID)
		o.must("complete", AwaitingCollection, InTransit, Delivered)
		o.begun = Completed
		c.touch(o)
	})
}

// must checks that the status of an order allows something.
func (o *order) must(what string, allowed ...string) {
	if !slices.Contains(allowed, o.status) {
		panic("tiktokshoptest: " + what + ": order " + o.ID + " is " + o.status)
	}
}
