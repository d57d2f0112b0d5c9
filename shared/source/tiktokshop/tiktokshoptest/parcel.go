package tiktokshoptest

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// The statuses of a package.
const (
	toFulfill  = "TO_FULFILL" // of line items; of packages that is a guess
	processing = "PROCESSING"
	fulfilling = "FULFILLING"
	arrived    = "COMPLETED"
	gone       = "" // split or combined away
)

// Parcel is what a seller says of a package when he ships it.
type Parcel struct {
	Number   string
	Provider string // USPS if empty
	// ProviderID is made of the name if it is empty.
	ProviderID string
	// ShippingType is that of the order if it is empty.
	ShippingType string
	// LastMile is the number of another carrier, across borders.
	LastMile string
}

// The ids of some providers. The first is of a specification, the others are of
// users.
var providers = map[string]string{
	"USPS": "7117858858072016686", "UPS": "7117859084333745966", "FedEx": "7129720299146184490",
	"DHL express": "7213986298535610158", "OnTrac": "7132721393761781550", "UniUni": "7352738314622863120",
	"Royal Mail": "6671794738251726849", "EVRi": "6599541761693270018", "DHL Paket": "7038796963025782530",
}

func (p *Parcel) complete(shippingType string) {
	if p.Number == "" {
		panic("tiktokshoptest: a parcel without a tracking number")
	}
	p.Provider = cmp.Or(p.Provider, "USPS")
	p.ProviderID = cmp.Or(p.ProviderID, providers[p.Provider], "7000000000000000001")
	p.ShippingType = cmp.Or(p.ShippingType, shippingType)
}

// pack is a package and what became of it.
type pack struct {
	id               string
	shop             *shop
	parcel           Parcel
	status           string
	tag              string
	lines            []*line
	created, updated time.Time
	shipped          time.Time

	history history[*packageAnswer]
}

// completed completes several, and leaves those of the caller alone.
func completed(parcels []Parcel, shippingType string) []Parcel {
	parcels = slices.Clone(parcels)
	for i := range parcels {
		parcels[i].complete(shippingType)
	}
	return parcels
}

func (p *pack) isShipped() bool { return p.status != toFulfill && p.status != gone }

// live are the lines in the package that are not cancelled.
func (p *pack) live() []*line {
	return slices.DeleteFunc(slices.Clone(p.lines), func(l *line) bool { return l.cancelled })
}

// orders are those in the package, in the order of its lines.
func (p *pack) orders() []*order {
	var list []*order
	for _, l := range p.lines {
		if !slices.Contains(list, l.order) {
			list = append(list, l.order)
		}
	}
	return list
}

// newPackage takes lines out of their packages and puts them into a new one.
func (c *change) newPackage(lines []*line, tag string) *pack {
	s := c.server
	p := &pack{
		id: fmt.Sprintf("1152%015d", s.next("package")), shop: lines[0].order.shop,
		status: toFulfill, tag: tag, created: c.now, lines: slices.Clone(lines),
	}
	for _, l := range lines {
		if old := l.pack; old != nil {
			old.lines = slices.DeleteFunc(old.lines, func(other *line) bool { return other == l })
			if len(old.lines) == 0 {
				old.status = gone
			}
			c.touchPackage(old)
		}
		l.pack = p
	}
	s.packages[p.id], s.packed = p, append(s.packed, p)
	c.touchPackage(p)
	return p
}

// makePackage makes the package that an order has once it is paid: not in the
// US, where only the ship call makes packages.
func (c *change) makePackage(o *order) {
	if o.shop.Region != "US" {
		c.newPackage(o.lines, "DEFAULT")
	}
}

func (s *Server) mustPackage(id string) *pack {
	p := s.packages[id]
	if p == nil || p.status == gone {
		panic("tiktokshoptest: no package " + id)
	}
	return p
}
