package order

import (
	"cmp"
	"time"
)

// progress is how far an order is, as far as it matters to the seller.
type progress int

// How far an order can be. Of a closed one there is nothing to warn of.
const (
	closed progress = iota // also: not paid, on hold, delivered
	unshipped
	partlyShipped
	shipped // there is a label for all of its packages
	inTransit
)

// progress reads the marketplace's words (order-api-overview), and the times of
// an order whose word is new.
func (o *Order) progress() progress {
	if o.packedElsewhere() {
		return closed // What threatens there is not the seller's to avert.
	}
	switch o.Status {
	case "AWAITING_SHIPMENT":
		return unshipped
	case "PARTIALLY_SHIPPING":
		return partlyShipped
	case "AWAITING_COLLECTION":
		return shipped
	case "IN_TRANSIT":
		return inTransit
	case "", "UNPAID", "ON_HOLD", "DELIVERED", "COMPLETED", "CANCEL", "CANCELLED":
		return closed
	}
	switch {
	case !o.CancelledAt.IsZero(), !o.DeliveredAt.IsZero():
		return closed
	case !o.CollectedAt.IsZero():
		return inTransit
	case !o.ShippedAt.IsZero():
		return shipped
	}
	return unshipped
}

// packedElsewhere tells whether others than the seller pack the order.
func (o *Order) packedElsewhere() bool {
	return o.Fulfilment == "FULFILLMENT_BY_TIKTOK" || o.Fulfilment == "FULFILLMENT_BY_DILAYANI_TOKOPEDIA"
}

// labelled tells whether the package has a label, of an order that is so far. In
// some markets packages have numbers before.
func (h *Held) labelled(p progress) bool {
	switch h.Status {
	case "TO_FULFILL", "UNPAID", "ON_HOLD", "AWAITING_SHIPMENT":
		return p >= shipped
	}
	return p >= shipped || p == partlyShipped && h.TrackingNumber != ""
}

// collected tells whether the marketplace has seen the first scan. A package has
// its own words, and where they are missing those of an order.
func (h *Held) collected() bool {
	return h.Status == "FULFILLING" || h.Status == "IN_TRANSIT" || h.delivered()
}

func (h *Held) delivered() bool { return h.Status == "COMPLETED" || h.Status == "DELIVERED" }

// A scan this long before the order is of another parcel (Seller University US,
// validation of tracking ID).
const oldScan = 24 * time.Hour

// transit is what marketplace and carriers know of a number: packages of one
// number are one parcel.
type transit struct {
	Parcel
	provider                       string
	labelled, collected, delivered bool // by the marketplace
}

// scanned tells whether a carrier has the parcel.
func (t *transit) scanned() bool { return !t.ScannedAt.IsZero() }

// arrived tells whether anybody says that the parcel was delivered.
func (t *transit) arrived() bool { return t.delivered || !t.DeliveredAt.IsZero() }

// transits returns what is known of each number of the order, in their order.
// Packages without a number are one of the number "", and so is an order without
// packages.
func (o *Order) transits(parcels []Parcel, at progress) []*transit {
	var list []*transit
	byNumber := map[string]*transit{}
	for i := range o.Packages {
		h := &o.Packages[i]
		if h.Status == "CANCELLED" {
			continue
		}
		t := byNumber[h.TrackingNumber]
		if t == nil {
			t = &transit{Parcel: Parcel{Number: h.TrackingNumber}}
			byNumber[h.TrackingNumber], list = t, append(list, t)
			t.collected, t.delivered = h.collected(), h.delivered()
		}
		t.provider = cmp.Or(t.provider, h.Provider)
		t.labelled = t.labelled || h.labelled(at)
		if h.TrackingNumber == "" { // They may be many.
			t.collected, t.delivered = t.collected && h.collected(), t.delivered && h.delivered()
			continue
		}
		t.collected, t.delivered = t.collected || h.collected(), t.delivered || h.delivered()
		for j := range parcels {
			switch p := &parcels[j]; p.Number {
			case "":
			case h.TrackingNumber:
				t.learn(p, o.CreatedAt)
			case h.FirstMile: // Its end is no delivery.
				t.learn(&Parcel{ScannedAt: cmp.Or(p.ScannedAt, p.DeliveredAt), Scan: p.Scan}, o.CreatedAt)
			}
		}
	}
	if len(list) == 0 {
		list = append(list, &transit{labelled: at >= shipped})
	}
	return list
}

// learn adds what others know of the number.
func (t *transit) learn(p *Parcel, ordered time.Time) {
	ours := func(at time.Time) bool {
		return !at.IsZero() && (ordered.IsZero() || !at.Before(ordered.Add(-oldScan)))
	}
	scan := p.ScannedAt
	if ours(p.DeliveredAt) {
		t.DeliveredAt = earlier(t.DeliveredAt, p.DeliveredAt)
		if !ours(scan) {
			scan = p.DeliveredAt
		}
	}
	if ours(scan) && (!t.scanned() || scan.Before(t.ScannedAt)) {
		t.ScannedAt, t.Scan = scan, p.Scan
	}
	t.Fault, t.UsedBy, t.Carrier = cmp.Or(t.Fault, p.Fault), cmp.Or(t.UsedBy, p.UsedBy), cmp.Or(t.Carrier, p.Carrier)
}

// earlier returns the earlier of two times, of which zero is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// later returns the later of two times.
func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
