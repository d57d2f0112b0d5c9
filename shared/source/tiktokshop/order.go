package tiktokshop

import (
	"fmt"

	"github.com/shiptide/shiptide/shared/payload"
)

// orderAnswer is an order as the calls for orders have it.
type orderAnswer struct {
	id, status string
	times      times
	whole      parcel // what the order itself says of its parcel
	packages   []string
	lines      []parcel // what each unit says of the package that it is in
	to         destination

	created              string
	shipping, fulfilment string
	until                deadlines
	cancelAsked, moved   bool
}

// times are when something happened: 0 or nothing where it did not. Those of an
// order hold for all of its packages.
type times struct{ updated, shipped, collected, delivered, cancelled string }

func (o *orderAnswer) read(r *payload.Reader) {
	for ok := r.Enter('{'); ok && r.More(); {
		switch name := string(r.Name()); name {
		case "id":
			o.id = r.Trimmed()
		case "status":
			o.status = r.Trimmed()
		case "update_time":
			o.times.updated = r.Trimmed()
		case "rts_time":
			o.times.shipped = r.Trimmed()
		case "collection_time":
			o.times.collected = r.Trimmed()
		case "delivery_time":
			o.times.delivered = r.Trimmed()
		case "cancel_time":
			o.times.cancelled = r.Trimmed()
		case "tracking_number":
			o.whole.number = readID(r)
		case "shipping_provider":
			o.whole.provider = r.Text()
		case "shipping_provider_id":
			o.whole.providerID = r.Trimmed()
		case "packages":
			r.Each(func(i int) {
				if id := readMember(r, "id"); i <= maxEntries {
					o.packages = append(o.packages, id)
				}
			})
		case "line_items":
			r.Each(func(i int) {
				if i > maxEntries {
					r.Skip()
					return
				}
				p := parcel{at: fmt.Sprintf("line_items[%d].", i)}
				p.readLine(r)
				o.lines = append(o.lines, p)
			})
		case "recipient_address":
			o.to.read(r)
		default:
			o.detail(r, name)
		}
	}
}

// readLine reads what a line of an order says of its package.
func (p *parcel) readLine(r *payload.Reader) {
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "package_id":
			p.id, p.idMember = readID(r), "package_id"
		case "package_status":
			p.status = r.Trimmed()
		case "display_status":
			p.display = r.Trimmed()
		case "tracking_number":
			p.number = readID(r)
		case "shipping_provider_name":
			p.provider = r.Text()
		case "shipping_provider_id":
			p.providerID = r.Trimmed()
		default:
			r.Skip()
		}
	}
}

func (o *orderAnswer) tell(t *teller, path string) {
	if !isID(o.id) {
		t.fault(faulty(path+"id", o.id, "no id"))
		return
	}
	c := t.changes.of(o.id)
	c.Status, c.UpdatedAt = tables().orders.of(o.status), t.time(path+"update_time", o.times.updated)
	from := len(t.Shipments)
	parcels := o.parcels()
	for _, p := range parcels {
		t.changes.add(c, p.public())
		p.tell(t, path, &told{order: o.status, alone: len(parcels) == 1, times: o.times, to: o.to})
	}
	c.Said, c.Details = t.Shipments[from:len(t.Shipments):len(t.Shipments)], o.details(t, path)
}

// parcels are the packages of the order: those it lists, and those of its lines,
// which say more. Before they are made, and in some markets until they are
// shipped, packages have no ids.
func (o *orderAnswer) parcels() []parcel {
	var list []parcel
	for i, id := range o.packages {
		list = merge(list, parcel{at: fmt.Sprintf("packages[%d].", i), idMember: "id", id: id})
	}
	numbered := false
	for _, line := range o.lines {
		list = merge(list, line)
		numbered = numbered || line.number != ""
	}
	if !numbered && len(list) <= 1 { // Of several packages nobody knows which is meant.
		for i := range list {
			o.whole.id = list[i].id
		}
		list = merge(list, o.whole)
	}
	return list
}

// merge adds what is said of a parcel to the list of parcels.
func merge(list []parcel, p parcel) []parcel {
	if p.id == "" && p.number == "" {
		return list // Not shipped.
	}
	for i := range list {
		if list[i].same(&p) {
			list[i].merge(&p)
			return list
		}
	}
	return append(list, p)
}
