// Package order is what a marketplace says of an order and its packages.
package order

import "time"

// Change says that an order is not what it was, and what is known of it.
type Change struct {
	ShopID    string    `json:"shopId"`
	OrderID   string    `json:"orderId"`
	Status    string    `json:"status"`
	UpdatedAt time.Time `json:"updatedAt,omitzero"`
	Packages  []Package `json:"packages"`
}

// Package is one parcel of an order. TrackingNumber and Provider are as the
// marketplace has them, "" before they are known.
type Package struct {
	PackageID      string `json:"packageId"`
	TrackingNumber string `json:"trackingNumber"`
	Provider       string `json:"provider"`
	Status         string `json:"status"`
}
