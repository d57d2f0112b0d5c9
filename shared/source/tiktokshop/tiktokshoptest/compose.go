package tiktokshoptest

import "slices"

// composition is the data of topic 4.
type composition struct {
	Kind     string        `json:"sc_type"`
	Role     string        `json:"role_type"`
	Packages []packageLink `json:"package_list"`
	Update   int64         `json:"update_time"`
}

type packageLink struct {
	ID     string   `json:"package_id"`
	Orders []string `json:"order_id_list"`
}

// regroup tells of packages that were put together in another way.
func (c *change) regroup(kind string, sh *shop, packages ...*pack) {
	data := composition{Kind: kind, Role: "ROLE_SELLER", Update: second(c.now)}
	for _, p := range packages {
		link := packageLink{ID: p.id}
		for _, o := range p.orders() {
			link.Orders = append(link.Orders, o.ID)
		}
		data.Packages = append(data.Packages, link)
	}
	c.push(4, sh, data)
}

// Split makes several packages of one that is not collected, deals its items out
// to them, and returns their IDs: topic 4. Those of a package that is shipped are
// shipped as the parcels say; else the parcels are empty, and only their number
// counts. The ID of the package is over.
func (s *Server) Split(packageID string, parcels ...Parcel) (packageIDs []string) {
	s.change(func(c *change) {
		p := s.mustPackage(packageID)
		mustWait("split", p)
		shipped, shippingType := p.isShipped(), p.parcel.ShippingType
		var made []*pack
		if shipped {
			parcels = completed(parcels, shippingType)
		}
		for i, lines := range deal(p.lines, len(parcels)) {
			part := c.newPackage(lines, "SPLIT")
			if shipped {
				c.arrange(part, parcels[i])
			}
			made, packageIDs = append(made, part), append(packageIDs, part.id)
		}
		c.regroup("SPLIT", p.shop, made...)
	})
	return packageIDs
}

// Combine makes one package of several that are not collected, of one order or
// more, and returns its ID: topic 4. It is shipped as the first of them is. The
// IDs of the packages are over.
func (s *Server) Combine(packageIDs ...string) (packageID string) {
	s.change(func(c *change) {
		var lines []*line
		var first *pack
		for _, id := range packageIDs {
			p := s.mustPackage(id)
			mustWait("combine", p)
			if first == nil {
				first = p
			}
			if p.shop != first.shop || p.isShipped() != first.isShipped() {
				panic("tiktokshoptest: combine: packages of two shops, or of which only some are shipped")
			}
			if slices.Contains(lines, p.lines[0]) {
				panic("tiktokshoptest: combine: package " + id + " twice")
			}
			lines = append(lines, p.lines...)
		}
		shipped := first.isShipped()
		made := c.newPackage(lines, "COMBINE")
		if shipped {
			c.arrange(made, first.parcel)
		}
		packageID = made.id
		c.regroup("COMBINE", made.shop, made)
	})
	return packageID
}

// mustWait checks that a package waits to be shipped or collected.
func mustWait(what string, p *pack) {
	if p.status != toFulfill && p.status != processing {
		panic("tiktokshoptest: " + what + ": package " + p.id + " is " + p.status)
	}
}
