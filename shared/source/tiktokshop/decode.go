package tiktokshop

import (
	"fmt"
	"time"

	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/payload"
	"github.com/shiptide/shiptide/shared/source"
)

// push is a push while it is read. Its topics share one envelope, and members of
// one name mean one thing in all topics that we read.
type push struct {
	topic, shop, made string
	order             string
	request           string // id of a cancellation or a return
	orderStatus       string
	cancelStatus      string
	returnStatus      string
	refundStatus      string
	updated, refunded string
	expires           string
	packages          []packageOf
	lines             []string // the orders that are refunded

	changes changes
	bad     []source.Malformed
	ofShop  *order.ShopChange
}

// packageOf is a package, and the orders that are in it.
type packageOf struct {
	id     string
	orders []string
}

// Decode reads a push. Its changes are of orders; their statuses are the words of
// the topic, so that only those of topic 1 are a status of the order: what a
// cancellation or a return says is one of the request. Topics that tell us
// nothing, and those that came later than this package, are ignored.
func (r *Receiver) Decode(body []byte) (source.Report, error) {
	var p push
	if err := payload.Object(body, p.read); err != nil {
		return source.Report{}, malformed(err)
	}
	if p.topic == "" {
		return source.Report{}, malformed(fault{"type", "missing"})
	}
	report := source.Report{Topic: topic(p.topic)}
	tell := p.teller()
	if tell == nil {
		report.Ignored = true
		return report, nil
	}
	if !isID(p.shop) {
		return source.Report{}, malformed(faulty("shop_id", p.shop, "no id"))
	}
	tell()
	report.Orders, report.Malformed, report.Shop = p.changes.list, p.bad, p.ofShop
	if p.ofShop != nil {
		p.ofShop.At, _ = parseUnix(p.made)
	}
	if len(p.bad) > 0 && len(report.Orders) == 0 && report.Shop == nil {
		return source.Report{}, malformed(fault{p.bad[0].Path, p.bad[0].Reason})
	}
	return report, nil
}

func (p *push) read(r *payload.Reader) {
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "type":
			p.topic = r.Trimmed()
		case "shop_id":
			p.shop = r.Trimmed()
		case "timestamp":
			p.made = r.Trimmed()
		case "data":
			p.readData(r)
		default:
			r.Skip()
		}
	}
}

func (p *push) readData(r *payload.Reader) {
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "order_id":
			p.order = r.Trimmed()
		case "order_status":
			p.orderStatus = r.Trimmed()
		case "return_id", "cancel_id":
			p.request = r.Trimmed()
		case "cancel_status":
			p.cancelStatus = r.Trimmed()
		case "return_status":
			p.returnStatus = r.Trimmed()
		case "refund_status":
			p.refundStatus = r.Trimmed()
		case "update_time":
			p.updated = r.Trimmed()
		case "expiration_time":
			p.expires = r.Trimmed()
		case "refund_timestamp":
			p.refunded = r.Trimmed()
		case "package_list":
			r.Each(func(int) { p.packages = append(p.packages, readPackageOf(r)) })
		case "line_items":
			r.Each(func(int) { p.lines = append(p.lines, readMember(r, "main_order_id")) })
		default:
			r.Skip()
		}
	}
}

func readPackageOf(r *payload.Reader) (p packageOf) {
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "package_id":
			p.id = readID(r)
		case "order_id_list":
			r.Each(func(int) { p.orders = append(p.orders, r.Trimmed()) })
		default:
			r.Skip()
		}
	}
	return p
}

// readID reads an id or a number, "" where there is none.
func readID(r *payload.Reader) string {
	if s := r.Trimmed(); !isMissing(s) {
		return s
	}
	return ""
}

// readMember reads one member of an object, an id.
func readMember(r *payload.Reader, member string) (value string) {
	for ok := r.Enter('{'); ok && r.More(); {
		if string(r.Name()) == member {
			value = readID(r)
		} else {
			r.Skip()
		}
	}
	return value
}

// teller returns what tells the changes of a push, nil for topics that are
// ignored.
func (p *push) teller() func() {
	t := tables()
	switch p.topic {
	case orderStatus:
		return func() { p.tellOrder(order.TheOrder, "data.order_status", p.orderStatus, t.orders) }
	case cancellation:
		return func() { p.tellOrder(order.ACancellation, "data.cancel_status", p.cancelStatus, t.cancellations) }
	case returned:
		return func() { p.tellOrder(order.AReturn, "data.return_status", p.returnStatus, t.returns) }
	case addressChanged:
		return func() { p.tellOrder(order.TheAddress, "", "", nil) }
	case reverse: // Of its members only the order is sure.
		p.updated = ""
		return func() { p.tellOrder(order.TheOrder, "", "", nil) }
	case packagesMade:
		return p.tellPackages
	case refunded:
		return p.tellRefund
	case revoked:
		return func() { p.ofShop = &order.ShopChange{ShopID: p.shop, Revoked: true} }
	case expiring:
		return p.tellExpiry
	case aftersales, rma: // They name no order.
		return func() { p.ofShop = &order.ShopChange{ShopID: p.shop, Look: true} }
	}
	return nil
}

// tellExpiry tells when the authorisation of the shop ends. That it does is news
// without the time too.
func (p *push) tellExpiry() {
	p.ofShop = &order.ShopChange{ShopID: p.shop}
	at, ok := parseUnix(p.expires)
	if !ok && !isMissing(p.expires) {
		p.fault(fault{"data.expiration_time", "not a time"})
	}
	p.ofShop.ExpiresAt = at
}

func (p *push) fault(f fault) {
	p.bad = append(p.bad, source.Malformed{Path: f.path, Reason: f.reason})
}

// tellOrder tells of one order. path is the member of its status, "" if the topic
// has none.
func (p *push) tellOrder(about order.About, path, status string, w words) {
	if !isID(p.order) {
		p.fault(faulty("data.order_id", p.order, "no id"))
		return
	}
	if path != "" && isMissing(status) {
		p.fault(fault{path, "missing"})
	}
	c := p.changes.of(p.order)
	c.ShopID, c.About = p.shop, about
	if isID(p.request) {
		c.Request = p.request
	}
	c.Status, c.UpdatedAt = w.of(status), p.changedAt("data.update_time", p.updated)
}

// tellPackages tells which packages there are now, and of which orders.
func (p *push) tellPackages() {
	at := p.changedAt("data.update_time", p.updated)
	if len(p.packages) == 0 {
		p.fault(fault{"data.package_list", "missing"})
	}
	for i, pack := range p.packages {
		path := fmt.Sprintf("data.package_list[%d].", i)
		if !isID(pack.id) {
			p.fault(faulty(path+"package_id", pack.id, "no id"))
			continue
		}
		if len(pack.orders) == 0 {
			p.fault(fault{path + "order_id_list", "missing"})
		}
		for k, id := range pack.orders {
			if !isID(id) {
				p.fault(faulty(fmt.Sprintf("%sorder_id_list[%d]", path, k), id, "no id"))
				continue
			}
			c := p.changes.of(id)
			c.ShopID, c.UpdatedAt = p.shop, at
			p.changes.add(c, order.Package{PackageID: pack.id})
		}
	}
}

// tellRefund tells which orders a refund is of.
func (p *push) tellRefund() {
	at := p.changedAt("data.refund_timestamp", p.refunded)
	if len(p.lines) == 0 {
		p.fault(fault{"data.line_items", "missing"})
	}
	for i, id := range p.lines {
		if !isID(id) {
			p.fault(faulty(fmt.Sprintf("data.line_items[%d].main_order_id", i), id, "no id"))
			continue
		}
		c := p.changes.of(id)
		c.ShopID, c.About = p.shop, order.AReturn
		c.Status, c.UpdatedAt = tables().returns.of(p.refundStatus), at
	}
}

// changedAt returns when an order changed: what the topic says, else the time of
// the push.
func (p *push) changedAt(path, text string) time.Time {
	if !isMissing(text) {
		if at, ok := parseUnix(text); ok {
			return at
		}
		p.fault(fault{path, "not a time"})
	}
	at, ok := parseUnix(p.made)
	if !ok {
		p.fault(faulty("timestamp", p.made, "not a time"))
	}
	return at
}
