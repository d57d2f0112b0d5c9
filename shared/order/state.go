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
	// Return is the newest word on a parcel that goes back, ReturnID its request.
	Return   string    `json:",omitempty"`
	ReturnID string    `json:",omitempty"`
	ReturnAt time.Time `json:",omitzero"`
	// Readdressed is when the address was changed last, as far as is known; zero: it
	// was not.
	Readdressed time.Time `json:",omitzero"`
	// CancelAskedAt is when the buyer was first seen to ask to cancel, this time.
	CancelAskedAt time.Time `json:",omitzero"`
	// Followed is when the order was first heard of: what was over by then is no news.
	Followed time.Time `json:",omitzero"`
	// TextsAt is when the texts on its way were asked for last.
	TextsAt time.Time `json:",omitzero"`
	// Fetched is when the newest answer came; zero: none has.
	Fetched time.Time `json:",omitzero"`
}

// Held is a package as it is kept.
type Held struct {
	PackageID, TrackingNumber, FirstMile string
	Provider, ProviderID, Status         string
	// Carrier is the code under which the provider was linked to the number.
	Carrier string `json:",omitempty"`
	// Said are the marketplace's words on the parcel, each with the time that it
	// was first said to have been true.
	Said []Said `json:",omitempty"`
}

// Said is a word and its time.
type Said struct {
	Word string
	At   time.Time
}

// Gone is a number that the order has no more.
type Gone struct {
	Number, PackageID string
	At                time.Time
	// Heirs are the packages in its place: the same one, with another number, or
	// those that were made of it. Moved are the numbers to which whoever heard of it
	// was moved on.
	Heirs, Moved []string `json:",omitempty"`
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

// maxWanted bounds the packages that are asked for by their ids: a push may name any
// number.
const maxWanted = 100

// Mark notes what a push says, and reports whether the order must be asked for:
// whether the push may know more than the newest answer.
func (o *Order) Mark(c *Change, now time.Time) bool {
	if o.Followed.IsZero() {
		o.Followed = now
	}
	at := sane(c.UpdatedAt, now)
	switch c.About {
	case AReturn:
		if c.Status != "" && (at.After(o.ReturnAt) || at.Equal(o.ReturnAt) && c.Status > o.Return) {
			o.Return, o.ReturnID, o.ReturnAt = c.Status, c.Request, at
		}
	case TheAddress:
		o.Readdressed = later(o.Readdressed, at)
	case TheOrder:
		if c.Status != "" && (at.Before(o.UpdatedAt) || at.Equal(o.UpdatedAt) && c.Status == o.Status) {
			return false
		}
	case ACancellation:
	}
	for _, p := range c.Packages {
		if p.PackageID != "" && !slices.Contains(o.Wanted, p.PackageID) && len(o.Wanted) < maxWanted {
			o.Wanted = append(o.Wanted, p.PackageID)
		}
	}
	slices.Sort(o.Wanted)
	o.Stale = now
	return true
}

// sane takes a time of the marketplace that lies far ahead as now: else nothing that
// comes later would ever be newer.
func sane(at, now time.Time) time.Time {
	if at.After(now.Add(time.Hour)) {
		return now
	}
	return at
}
