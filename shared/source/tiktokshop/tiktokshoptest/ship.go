package tiktokshoptest

import "slices"

// Ship ships items of an order as one package, and returns its ID; without items
// all that are not shipped. A package that holds just those becomes it; else a
// new one is made, and what stays behind in another was split from it.
func (s *Server) Ship(orderID string, p Parcel, items ...string) (packageID string) {
	s.change(func(c *change) {
		o := s.mustOrder(orderID)
		o.must("ship", AwaitingShipment, PartiallyShipping)
		packageID = c.ship(o, p, pick("ship", o.unshipped(), items)).id
	})
	return packageID
}

// Pack ships what is left of an order in several packages, with its items dealt
// out, and returns their IDs. It takes at least one item for each.
func (s *Server) Pack(orderID string, parcels ...Parcel) (packageIDs []string) {
	s.change(func(c *change) {
		o := s.mustOrder(orderID)
		o.must("pack", AwaitingShipment, PartiallyShipping)
		parcels = completed(parcels, o.ShippingType)
		for i, lines := range deal(o.unshipped(), len(parcels)) {
			packageIDs = append(packageIDs, c.ship(o, parcels[i], lines).id)
		}
	})
	return packageIDs
}

// ShipPackage ships a package that is there already, with all orders in it, as
// is done outside of the US.
func (s *Server) ShipPackage(packageID string, parcel Parcel) {
	s.change(func(c *change) {
		p := s.mustPackage(packageID)
		if p.isShipped() {
			panic("tiktokshoptest: ship: package " + packageID + " is " + p.status)
		}
		for _, o := range p.orders() {
			o.must("ship", AwaitingShipment, PartiallyShipping)
		}
		parcel.complete(p.lines[0].order.ShippingType)
		c.arrange(p, parcel)
	})
}

func (c *change) ship(o *order, parcel Parcel, lines []*line) *pack {
	parcel.complete(o.ShippingType)
	p := lines[0].pack
	if p == nil || !sameLines(p.live(), lines) {
		left := o.packs()
		p = c.newPackage(lines, "DEFAULT")
		left = slices.DeleteFunc(left, func(old *pack) bool { return old.isShipped() || old.status == gone })
		if len(left) > 0 {
			c.regroup("SPLIT", o.shop, append(left, p)...)
		}
	}
	c.arrange(p, parcel)
	if packs := o.packs(); len(packs) > 1 {
		for _, each := range packs {
			c.tag(each, "SPLIT")
		}
	}
	return p
}

func (c *change) arrange(p *pack, parcel Parcel) {
	p.parcel, p.status, p.shipped = parcel, processing, c.now
	c.touchPackage(p)
	for _, o := range p.orders() {
		o.note(c.now, "Your package is being prepared.")
	}
}

func (c *change) tag(p *pack, tag string) {
	if p.tag == "DEFAULT" {
		p.tag = tag
		c.touchPackage(p)
	}
}

// Renumber corrects the tracking number and the provider of a package. The
// limits of that (once, within 72 hours) are the player's.
func (s *Server) Renumber(packageID, number, provider string) {
	s.change(func(c *change) {
		p := s.mustPackage(packageID)
		if p.status != processing && p.status != fulfilling {
			panic("tiktokshoptest: renumber: package " + packageID + " is " + p.status)
		}
		next := Parcel{Number: number, Provider: provider, LastMile: p.parcel.LastMile}
		next.complete(p.parcel.ShippingType)
		p.parcel = next
		c.touchPackage(p)
	})
}

// Readdress lets the buyer change where an order goes: topic 3, without the
// address.
func (s *Server) Readdress(orderID string, to Address) {
	s.change(func(c *change) {
		o := s.mustOrder(orderID)
		o.must("readdress", OnHold, AwaitingShipment, PartiallyShipping, AwaitingCollection)
		o.To, o.moved = to, true
		c.touch(o)
		for _, p := range o.packs() {
			c.touchPackage(p)
		}
		c.push(3, o.shop, struct {
			ID     string `json:"order_id"`
			Update int64  `json:"update_time"`
		}{o.ID, second(c.now)})
	})
}

func sameLines(a, b []*line) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(l *line) bool { return !slices.Contains(b, l) })
}

// pick picks the lines with the IDs, or all without one.
func pick(what string, lines []*line, items []string) []*line {
	if len(items) == 0 {
		return lines
	}
	lines = slices.DeleteFunc(lines, func(l *line) bool { return !slices.Contains(items, l.id) })
	if len(lines) != len(items) {
		panic("tiktokshoptest: " + what + ": an item that is not of the order, is cancelled or is shipped")
	}
	return lines
}

// deal deals lines out into n parts.
func deal(lines []*line, n int) [][]*line {
	if n == 0 || len(lines) < n {
		panic("tiktokshoptest: fewer items than packages, or no packages")
	}
	parts := make([][]*line, n)
	for i, l := range lines {
		parts[i%n] = append(parts[i%n], l)
	}
	return parts
}
