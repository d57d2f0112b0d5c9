package subscribe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shiptide/shiptide/shared/orderfile"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/trackingnumber"
)

// Watch is a parcel that somebody wants to follow. All but the number may be
// empty.
type Watch struct {
	Number  string
	Carrier string // a name of ours: "ups"
	Order   string
	Country string // of the destination, ISO 3166-1 alpha-2
	// PostalCode is that of the destination in Country, whole or its first 3
	// characters: more is not kept.
	PostalCode string
	// Ordered is when the order was placed; zero: that is not known, and is not
	// later than now.
	Ordered time.Time
}

// NumberError says what is probably wrong with a tracking number. Its text
// holds the number and is for whoever gave it, not for logs.
type NumberError struct{ trackingnumber.Explanation }

func (e *NumberError) Error() string { return e.Text }

// Unwrap makes it an ErrBadNumber.
func (e *NumberError) Unwrap() error { return ErrBadNumber }

// ErrBadCountry says that a country is not of two letters.
var ErrBadCountry = errors.New("country is not of two letters, as US")

// ErrBadPostalCode says that a postal code is none of its country.
var ErrBadPostalCode = errors.New("postal code is none of its country, as 95110 of US")

// Add follows a parcel. A number that cannot be one is refused with a
// *NumberError that names the likely slip. Doing it twice changes nothing.
func (s *Subscriber) Add(ctx context.Context, w Watch) (store.Record, error) {
	if x := trackingnumber.Explain(w.Number, w.Carrier); x.Refuse {
		return store.Record{}, &NumberError{x}
	}
	if w.Number = shipment.CleanNumber(w.Number); w.Number == "" {
		return store.Record{}, ErrBadNumber
	}
	if w.Country = strings.ToUpper(w.Country); w.Country != "" && (len(w.Country) != 2 || strings.Trim(w.Country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
		return store.Record{}, ErrBadCountry
	}
	if strings.TrimSpace(w.PostalCode) != "" {
		if w.PostalCode = w.postalArea(); w.PostalCode == "" {
			return store.Record{}, ErrBadPostalCode
		}
	}
	rec, err := s.register(ctx, w, s.Now())
	if err != nil {
		return store.Record{}, fmt.Errorf("add: %w", err)
	}
	return rec, nil
}

// register says that a number is followed, unless that is said already, and
// what else is known of its parcel.
func (s *Subscriber) register(ctx context.Context, w Watch, now time.Time) (store.Record, error) {
	_, err := s.Shipments.Get(ctx, w.Number)
	if errors.Is(err, store.ErrNotFound) {
		err = s.Shipments.NoteDay(ctx, now.UTC().Format(time.DateOnly), w.Number)
	}
	if err != nil {
		return store.Record{}, err
	}
	return s.Shipments.Update(ctx, w.Number, operator, func(set *shipment.Set) error {
		set.Add(shipment.Origin{Source: operator, Kind: shipment.Operator}, &shipment.Update{Links: w.links(set, now)})
		return nil
	})
}

// links are what a registration says that the set does not know yet.
func (w *Watch) links(set *shipment.Set, now time.Time) []shipment.Link {
	at := now.UTC().Truncate(time.Second)
	var out []shipment.Link
	switch {
	case w.Order != "" && !has(set, shipment.OrderLink, "local/"+w.Order):
		ordered := at
		if !w.Ordered.IsZero() && w.Ordered.Before(at) {
			ordered = w.Ordered.UTC().Truncate(time.Second)
		}
		out = append(out, shipment.Link{Kind: shipment.OrderLink, Value: "local/" + w.Order, At: ordered, AsOf: at})
	case w.Order == "" && !followed(set, now):
		out = append(out, shipment.Link{Kind: shipment.RegistrationLink, Value: operator, At: at, AsOf: at})
	}
	if w.Carrier != "" {
		out = append(out, shipment.Link{Kind: shipment.CarrierLink, Value: w.Carrier, Basis: shipment.Provider})
	}
	if to := strings.TrimSpace(w.Country + " " + w.PostalCode); to != "" && !destined(set, to) {
		out = append(out, shipment.Link{Kind: shipment.DestinationLink, Value: to})
	}
	return out
}

// postalArea is what is kept of the postal code, "" where it is none.
func (w *Watch) postalArea() string {
	if short := strings.ToUpper(strings.TrimSpace(w.PostalCode)); orderfile.IsPostalArea(short, w.Country) {
		return short
	}
	return orderfile.PostalArea(w.PostalCode, w.Country)
}

// destined tells whether it is known that the parcel goes to a country, or to a
// postal area in one. The country alone is no news beside anybody's word on it; the
// order's own postal area is, beside a carrier's: the two are compared.
func destined(set *shipment.Set, to string) bool {
	country := !strings.Contains(to, " ")
	return slices.ContainsFunc(set.Links, func(l shipment.Link) bool {
		switch {
		case l.Kind != shipment.DestinationLink || l.Withdrawn:
			return false
		case country:
			return l.Value == to || strings.HasPrefix(l.Value, to+" ")
		default:
			return l.Value == to && l.SourceKind <= shipment.Marketplace
		}
	})
}

func has(set *shipment.Set, kind shipment.LinkKind, value string) bool {
	return slices.ContainsFunc(set.Links, func(l shipment.Link) bool { return l.Kind == kind && l.Value == value && !l.Withdrawn })
}

// followed tells whether somebody follows the parcel that a number stands for
// now. After months it is another one, and must be registered again.
func followed(set *shipment.Set, now time.Time) bool {
	all := set.Generations()
	last := all[len(all)-1].RegisteredAt
	return !last.IsZero() && now.Sub(last) < shipment.OneParcel
}
