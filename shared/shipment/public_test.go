package shipment_test

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/shipment"
)

var update = flag.Bool("update", false, "rewrite testdata/public.json")

// sample is a parcel with something of everything.
func sample() *shipment.Set {
	reno := scan("2 18:15", "IN_TRANSIT.CUSTOMS_STARTED")
	reno.LocalTime, reno.RawCode, reno.ScanID, reno.Sequence = "2026-03-02T10:15:00", "X/DJ", "scan-7", 7
	reno.Location = shipment.Location{City: "Reno", Region: "NV", PostalCode: "895", Country: "US"}
	reno.Description = "Package is being examined <by> customs & co"
	label := date("1", "INFO_RECEIVED.LABEL_CREATED")
	label.Zone = shipment.Assumed
	said := body("2 19:00", label, reno, scan("2 17:00", "UNKNOWN.UNMAPPED"), scan("2 19:00", ""))
	said.Carrier = "ups"
	said.Estimates = []shipment.Estimate{
		{From: "2026-03-03", To: "2026-03-03", AsOf: when("1 09:00")},
		{From: "2026-03-04", To: "2026-03-05", FromTime: "09:00", ToTime: "12:00", AsOf: when("2 09:00")},
	}
	return set(word{ups, said}, word{tiktok, links(
		shipment.Link{Kind: shipment.OrderLink, Value: "shop-1/order-CANARY", At: when("1 08:00")},
		shipment.Link{Kind: shipment.AliasLink, Value: "ALIAS-CANARY"},
		shipment.Link{Kind: shipment.DestinationLink, Value: "US CANARY"},
		shipment.Link{Kind: shipment.RegistrationLink, Value: "CANARY", At: when("1 08:00")},
	)})
}

func TestPublicJSON(t *testing.T) {
	got := public(t, sample())
	if *update {
		if err := os.WriteFile("testdata/public.json", []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/public.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("published JSON differs (-want +got):\n%s", diff)
	}
}

func TestPublicOfADeliveredParcel(t *testing.T) {
	sh := set(word{ups, body("9 00:00", scan("2 09:00", delivered))}).Fold()
	b, err := json.Marshal(sh.Public("LATE"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"deliveredAt":"2026-03-02T09:00:00Z"`, `"flags":["LATE"]`, `"statusAt":"2026-03-02T09:00:00Z"`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("%s lacks %s", b, want)
		}
	}
}

func TestPublicOfNothing(t *testing.T) {
	sh := set().Fold()
	b, err := json.Marshal(sh.Public())
	if err != nil {
		t.Fatal(err)
	}
	want := `{"trackingNumber":"` + number + `","carrier":"","status":"PENDING","subStatus":"AWAITING_DATA","flags":[],"events":[]}`
	if string(b) != want {
		t.Errorf("published %s, want %s", b, want)
	}
}

// TestPublicHoldsNothingPrivate: neither orders nor links nor the source's own
// ids, and no member that could hold a person.
func TestPublicHoldsNothingPrivate(t *testing.T) {
	got := public(t, sample())
	for _, private := range []string{"CANARY", "order", "scan-7", "shop-1"} {
		if strings.Contains(got, private) {
			t.Errorf("%q is published", private)
		}
	}
	allowed := strings.Fields(`trackingNumber carrier status subStatus statusAt estimatedDelivery from to first deliveredAt flags events
		id occurredAt localTime zone precision location city region postalCode country description code source`)
	var v any
	if err := json.Unmarshal([]byte(got), &v); err != nil {
		t.Fatal(err)
	}
	for _, name := range members(v) {
		if !slices.Contains(allowed, name) {
			t.Errorf("member %q is published", name)
		}
	}
}

func members(v any) (names []string) {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			names = append(append(names, name), members(value)...)
		}
	case []any:
		for _, value := range v {
			names = append(names, members(value)...)
		}
	}
	return names
}

// TestHostZoneDoesNotMatter: the same bytes wherever the host's clock stands.
func TestHostZoneDoesNotMatter(t *testing.T) {
	host := time.Local
	t.Cleanup(func() { time.Local = host })
	var first string
	for _, zone := range []*time.Location{time.UTC, time.FixedZone("west", -11*3600), time.FixedZone("east", 13*3600+45*60)} {
		time.Local = zone
		s := sample()
		var local []word // The times of decoders may stand in any zone.
		for _, v := range s.Versions {
			e := v.Event
			e.OccurredAt = e.OccurredAt.Local()
			u := &shipment.Update{Number: number, AsOf: v.AsOf.Local(), Events: []shipment.Event{e}, Carrier: e.Carrier}
			local = append(local, word{ups, u})
		}
		got := public(t, s) + public(t, set(local...))
		if first == "" {
			first = got
		}
		if diff := cmp.Diff(first, got); diff != "" {
			t.Errorf("%s: published JSON differs (-UTC +here):\n%s", zone, diff)
		}
	}
}
