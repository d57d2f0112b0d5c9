// Package order is what a marketplace says of an order and its packages.
package order

import (
	"time"

	"github.com/shiptide/shiptide/shared/shipment"
)

// Change says that an order is not what it was, and what is known of it.
type Change struct {
	ShopID    string    `json:"shopId"`
	OrderID   string    `json:"orderId"`
	Status    string    `json:"status"`
	UpdatedAt time.Time `json:"updatedAt,omitzero"`
	Packages  []Package `json:"packages"`

	// About is what the status is of, Request the id of that cancellation or return.
	About   About  `json:"-"`
	Request string `json:"-"`
	// Said is what an answer says of the parcels of this order.
	Said []shipment.Update `json:"-"`
	// Details are what an answer about the order says beside; nil: it is a push, or
	// an answer about a package, and the packages are not all there are.
	Details *Details `json:"-"`
}

// About is what a status is of.
type About string

// What statuses are of.
const (
	TheOrder      About = ""
	TheAddress    About = "address"      // of the recipient: it has no status
	ACancellation About = "cancellation" // a request, perhaps for a part of the order
	AReturn       About = "return"       // the parcel that goes back, and the money
)

// Package is one parcel of an order. TrackingNumber and Provider are as the
// marketplace has them, "" before they are known.
type Package struct {
	PackageID      string `json:"packageId"`
	TrackingNumber string `json:"trackingNumber"`
	Provider       string `json:"provider"`
	Status         string `json:"status"`

	// FirstMile is the number that the parcel had before the one to follow, "" if
	// it has one number only.
	FirstMile string `json:"-"`
	// ProviderID is the marketplace's id of the provider.
	ProviderID string `json:"-"`
}

// Details are what an answer about an order says. Times are zero where
// something has not happened, and deadlines where they do not apply.
type Details struct {
	CreatedAt time.Time
	// Shipping is TIKTOK where the label is the marketplace's, SELLER where it is
	// the seller's own, Fulfilment who packs.
	Shipping, Fulfilment string
	Country              string // of the recipient, ISO 3166-1 alpha-2
	PostalCode           string // its first three characters

	// When the marketplace saw it happen to the last of the packages: the label
	// made, the first scan, the delivery, the cancellation.
	ShippedAt, CollectedAt, DeliveredAt, CancelledAt time.Time

	CancelAsked    bool // the buyer asks to cancel
	AddressChanged bool // the recipient's address was changed
	Deadlines      Deadlines
}

// Deadlines are until when a marketplace wants to see something, and what it
// does else. They are its own words: nothing is computed from a policy.
type Deadlines struct {
	Ship    time.Time // the label made, else late dispatch (rts_sla_time)
	Collect time.Time // the first scan, else late dispatch (tts_sla_time)
	Deliver time.Time // the delivery, else a late delivery (delivery_sla_time)
	// Else the order is cancelled by itself (shipping_due_time,
	// collection_due_time, delivery_due_time).
	CancelUnshipped, CancelUncollected, CancelUndelivered time.Time
}

// ShopChange says that something is new with a shop.
type ShopChange struct {
	ShopID string
	At     time.Time // by the clock of the marketplace; zero: it does not say
	// Revoked: the seller took the authorisation back.
	Revoked bool
	// ExpiresAt is when the authorisation ends; zero: nothing is said of it.
	ExpiresAt time.Time
	// Look: some of its orders changed, and nothing says which.
	Look bool
}

// All are the deadlines that apply, in no order.
func (d *Deadlines) All() []time.Time {
	var out []time.Time
	for _, t := range []time.Time{d.Ship, d.Collect, d.Deliver, d.CancelUnshipped, d.CancelUncollected, d.CancelUndelivered} {
		if !t.IsZero() {
			out = append(out, t)
		}
	}
	return out
}
