package shipment_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/shiptide/shiptide/shared/shipment"
)

var equateEmpty = cmpopts.EquateEmpty()

// TestNumberReuse: scans that cannot be of the parcel that was ordered.
func TestNumberReuse(t *testing.T) {
	scans := func(events ...shipment.Event) word {
		return word{ups, &shipment.Update{AsOf: day(900), Events: events}}
	}
	at := func(n float64, c string) shipment.Event { return onDay(n, scan("2 09:00", c)) }
	hand := shipment.Origin{Source: "operator", Kind: shipment.Operator}
	order, number := word{tiktok, links(ordered(100))}, word{tiktok, links(added(100))}
	to := func(from shipment.Origin, places ...string) word {
		u := &shipment.Update{}
		for _, p := range places {
			u.Links = append(u.Links, shipment.Link{Kind: shipment.DestinationLink, Value: p, AsOf: day(100)})
		}
		return word{from, u}
	}
	left := func(n float64, country, postal, c string) shipment.Event {
		e := at(n, c)
		e.Location.Country, e.Location.PostalCode = country, postal
		return e
	}
	const second = 1. / (24 * 60 * 60)
	never := time.Time{}
	tests := []struct {
		name  string
		words []word
		since time.Time // never: it is not up
	}{
		{"nobody registered it: a scan 120 days after an end", []word{scans(at(1, delivered), at(121, moving))}, day(121)},
		{"a second earlier it is a late upload", []word{scans(at(1, delivered), at(121-second, moving))}, never},
		{"after any end", []word{scans(at(1, lost), at(130, moving))}, day(130)},
		{"after a return that is told as a delivery", []word{scans(at(1, returning), at(2, delivered), at(130, moving))}, day(130)},
		{"the first of many scans counts", []word{scans(at(1, delivered), at(130, moving), at(131, delivered), at(400, moving))}, day(130)},
		{"from the last end", []word{scans(at(1, delivered), at(60, signed), at(130, moving))}, never},
		{"without an end there is no second parcel", []word{scans(at(1, moving), at(200, moving))}, never},
		{"a code that nobody knows is no scan", []word{scans(at(1, delivered), at(130, unmapped))}, never},
		{"who added the number asked for what comes", []word{number, scans(at(60, delivered), at(190, moving))}, never},
		{"an order too", []word{order, scans(at(101, delivered), at(240, moving))}, never},

		{"a first scan more than a day before the order", []word{order, scans(at(99-second, accepted), at(101, moving))}, day(100)},
		{"a day before it", []word{order, scans(at(99, accepted), at(101, moving))}, never},
		{"a scan before the number was added by hand", []word{number, scans(at(80, accepted), at(101, moving))}, never},
		{"an older parcel of the number is another one", []word{order, scans(at(20, delivered), at(101, moving))}, never},

		{"the carrier names another postal area", []word{order, to(tiktok, "DE 101"), to(ups, "DE 803"), scans(at(101, moving))}, day(101)},
		{"the same", []word{order, to(tiktok, "DE 101"), to(ups, "DE 101"), scans(at(101, moving))}, never},
		{"written small", []word{order, to(tiktok, "de 1a1"), to(ups, "DE 1A1"), scans(at(101, moving))}, never},
		{"another country may be a hub", []word{order, to(tiktok, "DE 101"), to(ups, "NL 101"), scans(at(101, moving))}, never},
		{"no postal code", []word{order, to(tiktok, "DE 101"), to(ups, "DE"), scans(at(101, moving))}, never},
		{"the order says none", []word{order, to(tiktok, "DE"), to(ups, "DE 101"), scans(at(101, moving))}, never},
		{"one of two that agree is enough", []word{order, to(tiktok, "DE 101"), to(ups, "DE 803"), to(track, "DE 101"), scans(at(101, moving))}, never},
		{"two sources that disagree with the order", []word{order, to(tiktok, "DE 101"), to(ups, "DE 803"), to(track, "DE 804"), scans(at(101, moving))}, day(101)},
		{"without an order there is nothing to compare", []word{number, to(tiktok, "DE 101"), to(ups, "DE 803"), scans(at(101, moving))}, never},
		{"without a scan there is no other parcel", []word{order, to(tiktok, "DE 101"), to(ups, "DE 803")}, never},
		{"the seller's own word is the order's", []word{order, to(hand, "DE 101"), to(ups, "DE 803"), scans(at(101, moving))}, day(101)},
		{"written with a dash by one of them", []word{order, to(hand, "PL 009"), to(ups, "PL 00-"), scans(at(101, moving))}, never},
		{"written with the sign of the country by one of them", []word{order, to(hand, "DE 101"), to(ups, "DE D-1"), scans(at(101, moving))}, never},
		{"a blank that was lost makes one longer", []word{order, to(hand, "GB E1"), to(ups, "GB E16"), scans(at(101, moving))}, never},
		{"two areas that begin with a letter", []word{order, to(hand, "GB E16"), to(ups, "GB SW1"), scans(at(101, moving))}, day(101)},
		{"a masked one says what is left of it", []word{order, to(hand, "US 951"), to(ups, "US 9**"), scans(at(101, moving))}, never},
		{"of a code that is all masked nothing is left", []word{order, to(hand, "US 951"), to(ups, "US ***"), to(track, "US 112"), scans(at(101, moving))}, day(101)},

		{"a delivery in another postal area", []word{order, to(hand, "US 951"), scans(at(101, moving), left(103, "us", "112", delivered))}, day(103)},
		{"in the same", []word{order, to(hand, "US 951"), scans(left(103, "US", "951", delivered))}, never},
		{"in another country", []word{order, to(hand, "US 951"), scans(left(103, "MX", "112", delivered))}, never},
		{"at no place", []word{order, to(hand, "US 951"), scans(left(103, "US", "", delivered))}, never},
		{"as an aggregator tells it", []word{order, to(hand, "US 951"), {track, &shipment.Update{AsOf: day(900), Events: []shipment.Event{left(103, "US", "112", signed)}}}}, day(103)},
		{"as the marketplace tells it", []word{order, to(hand, "US 951"), {tiktok, &shipment.Update{AsOf: day(900), Events: []shipment.Event{left(103, "US", "112", delivered)}}}}, never},
		{"of an order without a postal code", []word{order, to(hand, "US"), scans(left(103, "US", "112", delivered))}, never},
		{"a scan on the way may be anywhere", []word{order, to(hand, "US 951"), scans(left(103, "US", "112", onVehicle))}, never},
		{"the carrier knows the address, and scans somewhere else", []word{order, to(hand, "US 951"), to(ups, "US 951"), scans(left(103, "US", "112", delivered))}, never},
		{"it names another one, and delivers at that of the order", []word{order, to(hand, "US 951"), to(ups, "US 112"), scans(left(103, "US", "951", delivered))}, never},
		{"it names another one and delivers there", []word{order, to(hand, "US 951"), to(ups, "US 112"), scans(at(101, moving), left(103, "US", "112", delivered))}, day(101)},
		{"collected", []word{order, to(hand, "US 951"), scans(left(103, "US", "112", "DELIVERED.COLLECTED"))}, never},
		{"from a pickup point", []word{order, to(hand, "US 951"), scans(at(102, atPoint), left(103, "US", "112", delivered))}, never},
		{"after a redirect", []word{order, to(hand, "US 951"), scans(at(102, "IN_TRANSIT.REDIRECTED"), left(103, "US", "112", delivered))}, never},
		{"after a redirect that changed the destination", []word{order, to(hand, "US 951"), to(ups, "US 112"), scans(at(102, "IN_TRANSIT.REDIRECTED"))}, never},
		{"to who has moved", []word{order, to(hand, "US 951"), scans(at(102, "EXCEPTION.RECIPIENT_MOVED"), left(103, "US", "112", delivered))}, never},
		{"at the sender's, on the way back", []word{order, to(hand, "US 951"), scans(at(102, returning), left(103, "US", "112", delivered))}, never},
		{"of an older parcel of the number", []word{order, to(hand, "US 951"), scans(left(20, "US", "112", delivered), at(101, moving))}, never},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			words := slices.Clone(tt.words)
			for range 2 {
				sh := set(words...).Fold()
				up, _ := shipment.Evaluate(&sh, day(1000), shipment.Defaults())
				i := slices.IndexFunc(up, func(r shipment.Raised) bool { return r.Flag == shipment.NumberReuseSuspect })
				if i < 0 != tt.since.IsZero() || i >= 0 && !up[i].Since.Equal(tt.since) {
					t.Errorf("flags %v, want it since %v", up, tt.since)
				}
				slices.Reverse(words)
			}
		})
	}
}
