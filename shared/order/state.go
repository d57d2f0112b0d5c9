package order

import (
	"slices"
	"time"
)

// Order is an order as it is kept: the newest answer about it, and which pushes
// say that there is a newer one.
type Order struct {
	ShopID, OrderID string
	Status          string
	UpdatedAt       time.Time // of the newest answer, by the marketplace's clock
	Details
	Packages []Held
	// Gone are the numbers that packages of the order had before.
	Gone []Gone `json:",omitempty"`
	// Stale is since when a push says that the answer is not the newest; zero: none
	// does.
	Stale time.Time `json:",omitzero"`
	// Wanted are packages that pushes named, of which nothing was asked yet.
	Wanted []string `json:",omitempty"`
	// Return is the newest word on a parcel that goes back.
	Return   string    `json:",omitempty"`
	ReturnAt time.Time `json:",omitzero"`
	// Readdressed is when the address was first seen to have changed after a label
	// was made; zero: it was not.
	Readdressed time.Time `json:",omitzero"`
	// TextsAt is when the texts on its way were asked for last.
	TextsAt time.Time `json:",omitzero"`
	// Fetched is when the newest answer came; zero: none has.
	Fetched time.Time `json:",omitzero"`
}

// Held is a package as it is kept.
type Held struct {
	PackageID, TrackingNumber, FirstMile string
	Provider, ProviderID, Status         string
	// Said are the marketplace's words on the parcel, each with the time that it
	// was first said to have been true.
	Said []Said `json:",omitempty"`
}

// Said is a word and its time.
type Said struct {
	Word string
	At   time.Time
}

// Gone is a number that was replaced by another, or whose package is not there
// any more (By is "").
type Gone struct {
	Number, By string
	At         time.Time
}

// Numbers are those of the order's packages, each once.
func (o *Order) Numbers() []string {
	var out []string
	for i := range o.Packages {
		if n := o.Packages[i].TrackingNumber; n != "" && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// Mark notes what a push says, and reports whether the order must be asked for:
// whether the push may know more than the newest answer.
func (o *Order) Mark(c *Change, now time.Time) bool {
	if c.About == AReturn && c.Status != "" && (c.UpdatedAt.After(o.ReturnAt) || c.UpdatedAt.Equal(o.ReturnAt) && c.Status > o.Return) {
		o.Return, o.ReturnAt = c.Status, c.UpdatedAt
	}
	if c.About == TheOrder && c.Status != "" && (c.UpdatedAt.Before(o.UpdatedAt) || c.UpdatedAt.Equal(o.UpdatedAt) && c.Status == o.Status) {
		return false
	}
	for _, p := range c.Packages {
		if p.PackageID != "" && !slices.Contains(o.Wanted, p.PackageID) {
			o.Wanted = append(o.Wanted, p.PackageID)
		}
	}
	slices.Sort(o.Wanted)
	o.Stale = now
	return true
}
