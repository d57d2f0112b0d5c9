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
	order, number := word{tiktok, links(ordered(100))}, word{tiktok, links(added(100))}
	to := func(from shipment.Origin, places ...string) word {
		u := &shipment.Update{}
		for _, p := range places {
			u.Links = append(u.Links, shipment.Link{Kind: shipment.DestinationLink, Value: p, AsOf: day(100)})
		}
		return word{from, u}
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
