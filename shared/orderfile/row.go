package orderfile

import (
	"fmt"
	"slices"
	"time"
)

// Row is a package of an order, or what of the order is in no package yet. All
// but Line and Order may be empty.
type Row struct {
	// Line is where the file first names the package; the header is line 1.
	Line int
	// Order and Package are TikTok's ids.
	Order, Package string
	// Status is that of the order, in the words of the export.
	Status string
	// Provider is the shipping provider's name, as carrier.OfProvider takes it.
	Provider string
	// Country is the destination (ISO 3166 alpha-2).
	Country string
	// Numbers are the tracking numbers, in the form that shipment.CleanNumber
	// gives them.
	Numbers []string
	// PostalCode has the first 3 characters of the destination's, as [PostalArea]
	// gives them; "" without a country.
	PostalCode string
	// Created is when the order was placed by the export's own clock, read as if
	// it were UTC. It is good for the day only.
	Created time.Time
	// TrackingStatus says how far the parcel is. Only files that [Write] made have
	// it.
	TrackingStatus string
}

// RowError is about one row; the rows after it are still read. It holds no value
// of the file.
type RowError struct {
	Line   int    // where the row begins
	Reason string // names the column
}

func (e *RowError) Error() string { return fmt.Sprintf("orderfile: line %d: %s", e.Line, e.Reason) }

// FileError is about the whole file, and the last that is read of it. It holds no
// value of the file.
type FileError struct {
	Line   int // where it shows; 0: everywhere
	Reason string
}

func (e *FileError) Error() string {
	if e.Line == 0 {
		return "orderfile: " + e.Reason
	}
	return fmt.Sprintf("orderfile: line %d: %s", e.Line, e.Reason)
}

// bounds of what one order may hold, so that memory does not grow with the file.
// TikTok's own are far below.
const (
	maxPackages = 200 // of an order that are compared with each other
	maxNumbers  = 50  // of a package
)

// samePackage reports whether two rows of one order are of one package. Without
// an id it is known by its numbers.
func (r *Row) samePackage(other *Row) bool {
	if r.Package != other.Package || r.Package == "" {
		return r.Package == other.Package && slices.Equal(r.Numbers, other.Numbers)
	}
	n := len(r.Numbers)
	for _, number := range other.Numbers {
		if !slices.Contains(r.Numbers, number) {
			n++
		}
	}
	return n <= maxNumbers
}

// add takes from another row of the package what this one lacks.
func (r *Row) add(other *Row) {
	fill(&r.Status, other.Status)
	fill(&r.Provider, other.Provider)
	if fill(&r.Country, other.Country); r.Country == other.Country {
		fill(&r.PostalCode, other.PostalCode)
	}
	fill(&r.TrackingStatus, other.TrackingStatus)
	if r.Created.IsZero() {
		r.Created = other.Created
	}
	for _, n := range other.Numbers {
		if !slices.Contains(r.Numbers, n) {
			r.Numbers = append(r.Numbers, n)
		}
	}
}

func fill(s *string, other string) {
	if *s == "" {
		*s = other
	}
}
