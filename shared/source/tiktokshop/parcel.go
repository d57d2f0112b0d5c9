package tiktokshop

import (
	"cmp"
	"strings"
	"time"
	"unicode"

	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/payload"
	"github.com/shiptide/shiptide/shared/shipment"
)

// parcel is what an answer says of a package.
type parcel struct {
	at, idMember         string // for faults: its place in the order, and the member of its id
	id                   string
	number, lastMile     string // that of the last mile: across borders only
	provider, providerID string
	status, display      string // package_status; display_status of a line in it
}

// same tells whether both are of one package, as far as they say which.
func (p *parcel) same(q *parcel) bool {
	agree := func(a, b string) bool { return a == b || a == "" || b == "" }
	named := p.id != "" && p.id == q.id || p.number != "" && p.number == q.number
	return named && agree(p.id, q.id) && agree(p.number, q.number)
}

// merge adds what q says of the same package. A part of a package may be
// cancelled: then the other lines tell of the parcel.
func (p *parcel) merge(q *parcel) {
	if p.number == "" && q.number != "" {
		p.at, p.idMember = q.at, q.idMember
	}
	p.id, p.number = cmp.Or(p.id, q.id), cmp.Or(p.number, q.number)
	p.provider, p.providerID = cmp.Or(p.provider, q.provider), cmp.Or(p.providerID, q.providerID)
	p.status, p.display = alive(p.status, q.status), alive(p.display, q.display)
}

func alive(a, b string) string {
	if spelled(a) == "CANCELLED" {
		return cmp.Or(b, a)
	}
	return cmp.Or(a, b)
}

// numbers returns the number to follow, and another one of the same parcel: that
// of the last mile tells of the delivery.
func (p *parcel) numbers() (follow, other string) {
	first, last := shipment.CleanNumber(p.number), shipment.CleanNumber(p.lastMile)
	if last == "" || last == first {
		return first, ""
	}
	return last, first
}

// public returns the package as the marketplace has it, without what cannot be
// one: an id that is none, a number that is none.
func (p *parcel) public() order.Package {
	var out order.Package
	if isID(p.id) {
		out.PackageID = p.id
	}
	out.TrackingNumber, out.FirstMile = p.numbers()
	out.Provider = shipment.CleanCity(shipment.CleanText(p.provider))
	if isID(p.providerID) {
		out.ProviderID = p.providerID
	}
	out.Provider = cmp.Or(out.Provider, out.ProviderID)
	if out.Status = tables().packages.of(p.status); out.Status == "" {
		out.Status = tables().orders.of(p.display)
	}
	return out
}

// told is what else an answer says of a parcel.
type told struct {
	order string // status of the order
	alone bool   // it is the only parcel of the order, whose times are then its own
	times times
	to    destination
}

var (
	unmapped  = shipment.Code{Status: shipment.Unknown, SubStatus: shipment.Unmapped}
	labelMade = shipment.Code{Status: shipment.InfoReceived, SubStatus: shipment.LabelCreated}
	moving    = shipment.Code{Status: shipment.InTransit, SubStatus: shipment.Moving}
	delivered = shipment.Code{Status: shipment.Delivered, SubStatus: shipment.Generic}
)

// code returns our code of a parcel, and the word it is made from. An order is
// delivered when each of its packages is, whatever was said of one before.
func (p *parcel) code(with *told) (shipment.Code, string) {
	c, word := p.own(with)
	all := spelled(with.order)
	ended := all == "DELIVERED" || all == "COMPLETED" && !isMissing(with.times.delivered)
	if ended && c.Status != shipment.Delivered && word != "CANCELLED" {
		return delivered, all
	}
	return c, word
}

// own goes by the package's own word, else that of a line in it, else that of
// the order, which moves on only when all its packages did. It is zero where they
// say nothing of the parcel.
func (p *parcel) own(with *told) (shipment.Code, string) {
	t := tables()
	first := ""
	for _, key := range []struct {
		words words
		word  string
	}{{t.packages, p.status}, {t.orders, p.display}, {t.orders, with.order}} {
		word := spelled(key.word)
		first = cmp.Or(first, key.words.of(word))
		c, ok := key.words[word]
		switch {
		case !ok:
			continue
		case word == "COMPLETED" && !isMissing(with.times.delivered):
			c = delivered // An order is complete after a refund too.
		case c.Status == shipment.Cancelled && !isMissing(with.times.collected):
			c = shipment.Code{} // Lost, refused or late: its carrier knows, TikTok does not say.
		}
		return c, word
	}
	if first == "" {
		return shipment.Code{}, ""
	}
	return unmapped, first
}

// since returns the time that goes with a code: where there is one, that which
// stays the same from answer to answer.
func (t *teller) since(path string, with *told, c shipment.Code) time.Time {
	w, member, value := &with.times, "", ""
	switch c.Status {
	case shipment.InfoReceived:
		member, value = "rts_time", w.shipped
	case shipment.InTransit:
		member, value = "collection_time", w.collected
	case shipment.Delivered:
		member, value = "delivery_time", w.delivered
	case shipment.Cancelled:
		member, value = "cancel_time", w.cancelled
	default:
	}
	if at := t.time(path+member, value); !at.IsZero() {
		return at
	}
	at, ok := parseUnix(w.updated)
	if !ok && isMissing(w.updated) { // What else is wrong with it was said.
		t.fault(fault{path + "update_time", "missing"})
	}
	return at
}

// tell tells of the parcel, if it has a number. No carrier is named: whose the
// provider is, other packages know.
func (p *parcel) tell(t *teller, path string, with *told) {
	if p.id != "" && !isID(p.id) {
		t.fault(fault{path + p.at + p.idMember, "no id"})
	}
	if p.number != "" && shipment.CleanNumber(p.number) == "" {
		t.fault(fault{path + p.at + "tracking_number", "no number"})
	}
	if p.lastMile != "" && shipment.CleanNumber(p.lastMile) == "" {
		t.fault(fault{path + p.at + "last_mile_tracking_number", "no number"})
	}
	number, other := p.numbers()
	if number == "" {
		return
	}
	u := shipment.Update{Number: number}
	u.AsOf, _ = parseUnix(with.times.updated) // What is wrong with it was said.
	c, word := p.code(with)
	if with.alone {
		u.Events = p.before(with, c)
	}
	switch c.Status {
	case "":
	case shipment.Pending: // Nothing has happened yet.
		u.Answers = []shipment.Answer{{Code: c}}
	default:
		if at := t.since(path, with, c); !at.IsZero() {
			u.Events = append(u.Events, event(c, word, at))
		}
	}
	if other != "" {
		u.Links = append(u.Links, shipment.Link{Kind: shipment.AliasLink, Value: other})
	}
	if with.to != (destination{}) {
		u.Links = append(u.Links, shipment.Link{Kind: shipment.DestinationLink, Value: with.to.String()})
	}
	t.Shipments = append(t.Shipments, u)
}

// before are the steps that the only parcel of an order has behind it: the order has
// a time for each. The words are those that were said of it then.
func (p *parcel) before(with *told, now shipment.Code) (steps []shipment.Event) {
	words := [2]string{"AWAITING_COLLECTION", "IN_TRANSIT"}
	if _, own := tables().packages[spelled(p.status)]; own {
		words = [2]string{"PROCESSING", "FULFILLING"}
	}
	for i, step := range []struct {
		code shipment.Code
		at   string
	}{{labelMade, with.times.shipped}, {moving, with.times.collected}} {
		if now.Status == shipment.Pending || now.Status == step.code.Status {
			break
		}
		if at, ok := parseUnix(step.at); ok {
			steps = append(steps, event(step.code, words[i], at))
		}
	}
	return steps
}

func event(c shipment.Code, word string, at time.Time) shipment.Event {
	return shipment.Event{
		Code: c, RawCode: word, OccurredAt: at, LocalTime: at.Format(shipment.LocalLayout),
		Zone: shipment.Reported, Precision: shipment.Second,
	}
}

// time reads a time, which may be missing.
func (t *teller) time(path, value string) time.Time {
	at, ok := parseUnix(value)
	if !ok && !isMissing(value) {
		t.fault(fault{path, "not a time"})
	}
	return at
}

// destination is what may be known of an address.
type destination struct{ country, postal string }

// String is the value of a link.
func (d destination) String() string { return strings.TrimSpace(d.country + " " + d.postal) }

// read reads an address. Without a country a postal code says nothing; one that
// is masked ("9****") does neither.
func (d *destination) read(r *payload.Reader) {
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "region_code":
			d.country = strings.ToUpper(r.Trimmed())
		case "postal_code":
			d.postal = shipment.CleanPostalCode(r.Text())
		default:
			r.Skip()
		}
	}
	if len(d.country) != 2 || strings.Trim(d.country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		*d = destination{}
	}
	if strings.ContainsFunc(d.postal, func(r rune) bool { return r != ' ' && r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		d.postal = ""
	}
}
