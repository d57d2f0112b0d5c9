package tiktokshop

import "github.com/shiptide/shiptide/shared/order"

// changes collects what one body tells of orders: of each order one change.
type changes struct {
	list []order.Change
	at   map[string]int
	has  map[[3]string]bool // order, package, tracking number
}

// of returns the change of an order, to be filled in before the next one is
// asked for.
func (c *changes) of(id string) *order.Change {
	at, ok := c.at[id]
	if !ok {
		if c.at == nil {
			c.at = map[string]int{}
		}
		at = len(c.list)
		c.at[id] = at
		c.list = append(c.list, order.Change{OrderID: id})
	}
	return &c.list[at]
}

// add adds a package to the change of its order, once; one that has neither an id
// nor a number nobody could find again.
func (c *changes) add(to *order.Change, p order.Package) {
	if p.PackageID == "" && p.TrackingNumber == "" {
		return
	}
	key := [3]string{to.OrderID, p.PackageID, p.TrackingNumber}
	if c.has[key] {
		return
	}
	if c.has == nil {
		c.has = map[[3]string]bool{}
	}
	c.has[key] = true
	to.Packages = append(to.Packages, p)
}
