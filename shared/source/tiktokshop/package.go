package tiktokshop

import (
	"cmp"
	"fmt"

	"github.com/shiptide/shiptide/shared/payload"
)

// packageAnswer is a package as the calls for packages have it.
type packageAnswer struct {
	parcel
	orders  []string
	updated string
	to      destination
}

// member reads a member of a package. Those that the detail calls package_… are
// without it in a search.
func (p *packageAnswer) member(r *payload.Reader, name string) {
	switch name {
	case "package_id", "id":
		p.id, p.idMember = readID(r), name
	case "package_status", "status":
		p.status = r.Trimmed()
	case "tracking_number":
		p.number = readID(r)
	case "last_mile_tracking_number":
		p.lastMile = readID(r)
	case "shipping_provider_name":
		p.provider = r.Text()
	case "shipping_provider_id":
		p.providerID = r.Trimmed()
	case "update_time":
		p.updated = r.Trimmed()
	case "orders":
		r.Each(func(int) { p.orders = append(p.orders, readMember(r, "id")) })
	case "recipient_address":
		p.to.read(r)
	default:
		r.Skip()
	}
}

// tell tells of the package and of each order that is in it. The order's own
// status is not known here.
func (p *packageAnswer) tell(t *teller, path string) {
	if p.id == "" {
		t.fault(fault{path + cmp.Or(p.idMember, "id"), "missing"})
	}
	at := t.time(path+"update_time", p.updated)
	if len(p.orders) == 0 {
		t.fault(fault{path + "orders", "missing"})
	}
	for k, id := range p.orders {
		if !isID(id) {
			t.fault(faulty(fmt.Sprintf("%sorders[%d].id", path, k), id, "no id"))
			continue
		}
		c := t.changes.of(id)
		if at.After(c.UpdatedAt) {
			c.UpdatedAt = at
		}
		t.changes.add(c, p.public())
	}
	from := len(t.Shipments)
	p.parcel.tell(t, path, &told{times: times{updated: p.updated}, to: p.to})
	for _, id := range p.orders {
		if isID(id) {
			c := t.changes.of(id)
			c.Said = append(c.Said, t.Shipments[from:]...)
		}
	}
}
