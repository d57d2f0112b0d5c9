package shipment_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/shipment"
)

// of says whose network an event speaks of.
func of(carrier string, e shipment.Event) shipment.Event {
	e.Carrier = carrier
	return e
}

// TestForeignCarriers: what speaks of another carrier's network moves nothing.
func TestForeignCarriers(t *testing.T) {
	link := func(kind shipment.LinkKind, value string, basis shipment.Basis) shipment.Link {
		return shipment.Link{Kind: kind, Value: value, Basis: basis, AsOf: when("1 09:00")}
	}
	provider := func(value string) word {
		return word{tiktok, links(link(shipment.CarrierLink, value, shipment.Provider))}
	}
	partner := func(value string) word { return word{tiktok, links(link(shipment.PartnerLink, value, 0))} }
	events := word{track, body("9 00:00", of("ups", scan("2 09:00", moving)), of("usps", scan("3 09:00", delivered)), scan("3 08:00", arrived))}
	tests := []struct {
		name    string
		words   []word
		carrier string
		want    string
		others  []string // carriers
	}{
		{"no carrier is known: all count", []word{events}, "", delivered, nil},
		{"an event of another carrier does not", []word{events, provider("ups")}, "ups", arrived, []string{"usps"}},
		{"whichever is the carrier", []word{events, provider("usps")}, "usps", delivered, []string{"ups"}},
		{"both are others", []word{events, provider("gls")}, "gls", arrived, []string{"ups", "usps"}},
		{"a partner counts", []word{events, provider("ups"), partner("usps")}, "ups", delivered, nil},
		{"so does a partner of this carrier", []word{events, provider("ups"), partner("ups usps")}, "ups", delivered, nil},
		{"but not one of another carrier", []word{events, provider("ups"), partner("gls usps")}, "ups", arrived, []string{"usps"}},
		{"another partner does not help", []word{events, provider("ups"), partner("gls")}, "ups", arrived, []string{"usps"}},
		{"nor one that was withdrawn", []word{events, provider("ups"), partner("usps"), {tiktok, links(gone(link(shipment.PartnerLink, "usps", 0)))}}, "ups", arrived, []string{"usps"}},
		{"a withdrawn carrier is none", []word{events, provider("ups"), {tiktok, links(gone(link(shipment.CarrierLink, "ups", shipment.Provider)))}}, "", delivered, nil},
		{"the order's provider before the carrier that speaks", []word{events, provider("ups"), {dhl, &shipment.Update{Carrier: "usps"}}}, "ups", arrived, []string{"usps"}},
		{"the carrier that speaks before what an aggregator was told", []word{events, {track, links(link(shipment.CarrierLink, "ups", shipment.Explicit))}, {dhl, &shipment.Update{Carrier: "usps"}}}, "usps", delivered, []string{"ups"}},
		{"what an aggregator was told before what the number looks like", []word{events, {track, links(link(shipment.CarrierLink, "ups", shipment.Detected))}, {track, links(link(shipment.CarrierLink, "usps", shipment.Explicit))}}, "usps", delivered, []string{"ups"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sh := set(tt.words...).Fold()
			var others []string
			for _, f := range sh.Others {
				others = append(others, f.Carrier)
				if f.Effect != (shipment.Code{}) {
					t.Errorf("an event of %s means %s", f.Carrier, f.Effect)
				}
			}
			if sh.Carrier != tt.carrier || sh.Code.String() != tt.want {
				t.Errorf("%s, %s; want %s, %s", sh.Carrier, sh.Code, tt.carrier, tt.want)
			}
			if diff := cmp.Diff(tt.others, others); diff != "" {
				t.Errorf("others differ (-want +got):\n%s", diff)
			}
			if len(sh.Events)+len(sh.Others) != 3 {
				t.Errorf("%d events and %d others, want 3 in all", len(sh.Events), len(sh.Others))
			}
			raised := shipment.Flags(&sh, when("3 10:00"))
			if conflict := cmp.Equal(raised, []shipment.Flag{shipment.CarrierConflict}); conflict != (tt.others != nil) || !conflict && len(raised) != 0 {
				t.Errorf("flags %v with others %v", raised, tt.others)
			}
		})
	}
}

// TestOthersDecideNothing: not the status, not the time, not the attempts, not
// whether a marketplace is heard.
func TestOthersDecideNothing(t *testing.T) {
	s := set(
		word{tiktok, links(shipment.Link{Kind: shipment.CarrierLink, Value: "ups", Basis: shipment.Provider}, ordered(60))},
		word{tiktok, body("3 12:00", scan("2 12:00", moving))},
		word{track, body("9 00:00", of("usps", scan("2 09:00", absent)), of("usps", scan("3 09:00", absent)), of("usps", scan("3 10:00", delivered)))},
		word{track, answer("3 09:30", noUpdates)},
	)
	sh := s.Fold()
	if sh.Code.String() != noUpdates || sh.Attempts != 0 || !sh.DeliveredAt.IsZero() || len(sh.Others) != 3 {
		t.Errorf("%s, %d attempts, delivered %v, %d others; want %s, none, never, 3", sh.Code, sh.Attempts, sh.DeliveredAt, len(sh.Others), noUpdates)
	}
	for i := range sh.Others[1:] {
		if sh.Others[i+1].SortTime().Before(sh.Others[i].SortTime()) {
			t.Error("the others are not in order")
		}
	}
	if up, _ := shipment.Evaluate(&sh, when("9 00:00").Add(time.Hour), shipment.Defaults()); len(up) == 0 || up[len(up)-1] != (shipment.Raised{Flag: shipment.CarrierConflict, Since: when("2 09:00")}) {
		t.Errorf("flags %v, want a conflict since the first of the others", up)
	}
}
