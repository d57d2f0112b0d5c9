package tiktokshop

import (
	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/payload"
)

// deadlines are until when TikTok wants to see something.
type deadlines struct {
	ship, collect, deliver                                     string
	cancelUnshipped, cancelUncollected, cancelUndelivered, old string
}

// detail reads a member that is about the order as a whole.
func (o *orderAnswer) detail(r *payload.Reader, name string) {
	switch name {
	case "create_time":
		o.created = r.Trimmed()
	case "shipping_type":
		o.shipping = r.Trimmed()
	case "fulfillment_type":
		o.fulfilment = r.Trimmed()
	case "is_buyer_request_cancel":
		o.cancelAsked = r.Bool()
	case "has_updated_recipient_address":
		o.moved = r.Bool()
	case "rts_sla_time":
		o.until.ship = r.Trimmed()
	case "tts_sla_time":
		o.until.collect = r.Trimmed()
	case "delivery_sla_time":
		o.until.deliver = r.Trimmed()
	case "shipping_due_time":
		o.until.cancelUnshipped = r.Trimmed()
	case "collection_due_time":
		o.until.cancelUncollected = r.Trimmed()
	case "delivery_due_time":
		o.until.cancelUndelivered = r.Trimmed()
	case "cancel_order_sla_time":
		o.until.old = r.Trimmed()
	default:
		r.Skip()
	}
}

// details are what the answer says of the order beside its packages.
func (o *orderAnswer) details(t *teller, path string) *order.Details {
	d := &order.Details{
		CreatedAt:      t.time(path+"create_time", o.created),
		Shipping:       word(o.shipping),
		Fulfilment:     word(o.fulfilment),
		Country:        o.to.country,
		PostalCode:     o.to.postal,
		ShippedAt:      t.time(path+"rts_time", o.times.shipped),
		CollectedAt:    t.time(path+"collection_time", o.times.collected),
		DeliveredAt:    t.time(path+"delivery_time", o.times.delivered),
		CancelledAt:    t.time(path+"cancel_time", o.times.cancelled),
		CancelAsked:    o.cancelAsked,
		AddressChanged: o.moved,
		Deadlines: order.Deadlines{
			Ship:              t.time(path+"rts_sla_time", o.until.ship),
			Collect:           t.time(path+"tts_sla_time", o.until.collect),
			Deliver:           t.time(path+"delivery_sla_time", o.until.deliver),
			CancelUnshipped:   t.time(path+"shipping_due_time", o.until.cancelUnshipped),
			CancelUncollected: t.time(path+"collection_due_time", o.until.cancelUncollected),
			CancelUndelivered: t.time(path+"delivery_due_time", o.until.cancelUndelivered),
		},
	}
	if isMissing(o.until.cancelUnshipped) { // The member that was there before it.
		d.Deadlines.CancelUnshipped = t.time(path+"cancel_order_sla_time", o.until.old)
	}
	return d
}
