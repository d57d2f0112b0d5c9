package ingest

import (
	"context"
	"errors"
	"strings"

	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/trackingnumber"
)

// join brings what is known of a parcel under one number to its other numbers,
// and back: each of them tells the whole way. A number that is not known yet is
// made known only if somebody follows the parcel.
func (in *Ingester) join(ctx context.Context, rec *store.Record, cause string) error {
	for _, other := range rec.Set.Aliases() {
		theirs, err := in.Shipments.Update(ctx, other, cause, func(set *shipment.Set) error {
			if set.Empty() && !rec.Set.Registered() {
				return errFirst
			}
			set.Merge(rec.Set)
			set.Add(ourselves, &shipment.Update{Links: []shipment.Link{{Kind: shipment.AliasLink, Value: rec.Number}}})
			return nil
		})
		if errors.Is(err, errFirst) {
			continue
		}
		if err != nil {
			return err
		}
		_, err = in.Shipments.Update(ctx, rec.Number, cause, func(set *shipment.Set) error {
			set.Merge(theirs.Set)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// partners says which posts may carry a parcel beside its carrier: of a number
// that a post issued (UPU S10) that post, and the one of the destination. Each
// destination that anybody ever named counts, whatever came first.
func partners(set *shipment.Set) *shipment.Update {
	country, ok := trackingnumber.IsS10(set.Number)
	if !ok {
		return &shipment.Update{}
	}
	countries := []string{country}
	for _, l := range set.Links {
		if l.Kind == shipment.DestinationLink {
			to, _, _ := strings.Cut(strings.ToUpper(l.Value), " ")
			countries = append(countries, to)
		}
	}
	u := &shipment.Update{}
	for _, c := range countries {
		for _, post := range trackingnumber.Posts(c) {
			u.Links = append(u.Links, shipment.Link{Kind: shipment.PartnerLink, Value: post})
		}
	}
	return u
}

// ourselves are who concludes from what others say.
var ourselves = shipment.Origin{Source: "operator", Kind: shipment.Operator}
