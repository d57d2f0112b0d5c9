package ingest_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/metric"
	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/storetest"
	"github.com/shiptide/shiptide/shared/webhook"
)

func (b *bench) order(t *testing.T, id string) *store.OrderRow {
	t.Helper()
	o, err := b.Orders.Get(t.Context(), "1", id)
	if err != nil {
		t.Fatal(err)
	}
	return &o
}

// TestOrdersAreMarked: a push may speak of many, and each becomes due once.
func TestOrdersAreMarked(t *testing.T) {
	b := newBench(t)
	b.ingest(t, "#577 #578", "#577", "PARCEL0001")
	for _, id := range []string{"577", "578"} {
		if o := b.order(t, id); !o.Stale.Equal(noon) || !o.Due.Equal(noon) || o.Status != "" {
			t.Errorf("order %s is %+v, due %s; want that it is stale and due now", id, o.Order, o.Due)
		}
	}
	if !b.known(t, "PARCEL0001") {
		t.Error("a parcel is not known")
	}
}

// TestWhatFailsIsParkedAlone: of a push on many orders the others are marked, and the
// one that failed is when it is driven again.
func TestWhatFailsIsParkedAlone(t *testing.T) {
	b := newBench(t)
	for n := range 3 { // The first read of each try of the first order.
		b.world.At(n+1, storetest.Fail)
	}
	b.ingest(t, "#577 #578")
	parked := b.parked(t)
	if len(parked) != 1 || parked[0].Parked.Malformed || !slices.Equal(parked[0].Parked.Numbers, []string{"order:577"}) {
		t.Fatalf("parked %+v, want order 577", parked)
	}
	if b.order(t, "577").Stored() || !b.order(t, "578").Stored() {
		t.Error("want the second order, and not the first")
	}
	b.clock = b.clock.Add(time.Minute)
	if n, err := b.Redrive(t.Context()); n != 1 || err != nil || len(b.parked(t)) > 0 || !b.order(t, "577").Stored() {
		t.Errorf("drove %d (%v), parked %d", n, err, len(b.parked(t)))
	}
}

// TestAnOldWordMarksNothing: an answer that is newer than a push, or says the same,
// is not asked for again.
func TestAnOldWordMarksNothing(t *testing.T) {
	tests := []struct {
		name   string
		known  time.Time
		status string
		stale  bool
	}{
		{"nothing was asked", time.Time{}, "", true},
		{"an older answer", noon.Add(-time.Second), "AWAITING_COLLECTION", true},
		{"an older answer that says the same", noon.Add(-time.Second), "IN_TRANSIT", true},
		{"an answer of the same second that says another thing", noon, "AWAITING_COLLECTION", true},
		{"an answer of the same second", noon, "IN_TRANSIT", false},
		{"a newer answer", noon.Add(time.Second), "DELIVERED", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			o := b.order(t, "577")
			o.Status, o.UpdatedAt, o.Fetched = tt.status, tt.known, tt.known
			if err := b.Orders.Save(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			b.ingest(t, "#577")
			if o := b.order(t, "577"); o.Stale.IsZero() == tt.stale {
				t.Errorf("stale since %s, want %t", o.Stale, tt.stale)
			}
		})
	}
}

// teller is a source whose bodies say something of a shop.
type teller struct {
	source.Receiver
	says map[string]order.ShopChange
}

func (s teller) Decode(body []byte) (source.Report, error) {
	c, ok := s.says[string(body)]
	if !ok {
		return source.Report{}, webhook.ErrMalformed
	}
	return source.Report{Shop: &c}, nil
}

func TestWhatIsSaidOfAShop(t *testing.T) {
	b := newBench(t)
	end := noon.AddDate(0, 0, 20)
	b.Sources = []source.Source{{Name: "lister", Kind: shipment.Marketplace, Receiver: teller{says: map[string]order.ShopChange{
		"ends":       {ShopID: "1", ExpiresAt: end},
		"look":       {ShopID: "1", Look: true},
		"old revoke": {ShopID: "1", Revoked: true, At: noon.Add(-time.Hour)},
		"revoke":     {ShopID: "1", Revoked: true, At: noon.Add(time.Hour)},
		"of another": {ShopID: "2", Revoked: true},
	}}}}
	shop := store.Shop{Source: "lister", ID: "1", AuthorisedAt: noon, Due: noon.Add(time.Hour)}
	if err := b.Shops.Save(t.Context(), &shop); err != nil {
		t.Fatal(err)
	}
	get := func() store.Shop {
		s, err := b.Shops.Get(t.Context(), "lister", "1")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	b.ingest(t, "ends", "old revoke", "of another")
	if s := get(); !s.ExpiresAt.Equal(end) || !s.Open() || !s.Due.Equal(noon.Add(time.Hour)) {
		t.Errorf("%+v, want the end, and nothing else", s)
	}
	b.ingest(t, "look")
	if s := get(); !s.Due.Equal(noon) {
		t.Errorf("due %s, want now", s.Due)
	}
	b.clock = noon.Add(time.Hour)
	b.ingest(t, "revoke", "look", "revoke")
	if s := get(); !s.Open() || !s.RevokeSaid.Equal(b.clock) || !s.Due.Equal(b.clock) {
		t.Errorf("%+v, want that it is asked now whether it is revoked", s)
	}
	if _, err := b.Shops.Get(t.Context(), "lister", "2"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a shop that was never connected: %v", err)
	}
}

// TestAScanThatTheMarketplaceHasNotSeen has the order looked at when it had the time
// to, whoever is heard first.
func TestAScanThatTheMarketplaceHasNotSeen(t *testing.T) {
	b := newBench(t)
	o := b.order(t, "577")
	o.Fetched, o.Due = noon, noon.AddDate(0, 0, 5)
	if err := b.Orders.Save(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	market := shipment.Origin{Source: "market", Kind: shipment.Marketplace}
	event := func(code shipment.Code) []shipment.Event {
		return []shipment.Event{{Code: code, RawCode: string(code.SubStatus), OccurredAt: noon.Add(-time.Hour), LocalTime: "2026-03-02T11:00:00", Zone: shipment.Reported, Precision: shipment.Second}}
	}
	label := shipment.Update{Number: "PARCEL0001", AsOf: noon, Events: event(shipment.Code{Status: shipment.InfoReceived, SubStatus: shipment.LabelCreated}), Links: []shipment.Link{{Kind: shipment.OrderLink, Value: "1/577", At: noon, AsOf: noon}}}
	if err := b.Add(t.Context(), market, "order 1/577", []shipment.Update{label}); err != nil {
		t.Fatal(err)
	}
	if o := b.order(t, "577"); !o.Due.Equal(noon.AddDate(0, 0, 5)) {
		t.Errorf("due %s before anybody scanned it", o.Due)
	}
	b.ingest(t, "PARCEL0001")
	want := noon.Add(-time.Hour).Add(order.Patience)
	if o := b.order(t, "577"); !o.Due.Equal(want) {
		t.Errorf("due %s, want %s", o.Due, want)
	}
	seen := shipment.Update{Number: "PARCEL0001", AsOf: noon, Events: event(shipment.Code{Status: shipment.InTransit, SubStatus: shipment.Moving})}
	if err := b.Add(t.Context(), market, "order 1/577", []shipment.Update{seen}); err != nil {
		t.Fatal(err)
	}
	o = b.order(t, "577")
	o.Due = time.Time{}
	if err := b.Orders.Save(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	b.clock = noon.Add(time.Hour)
	b.ingest(t, "PARCEL0001 PARCEL0001")
	if o := b.order(t, "577"); !o.Due.IsZero() {
		t.Errorf("due %s though the marketplace has seen it", o.Due)
	}
}

// TestIgnoredTopicsAreCounted: they are kept, and nothing comes of them.
func TestIgnoredTopicsAreCounted(t *testing.T) {
	b := newBench(t)
	b.Metrics = &metric.Recorder{Namespace: "test", Now: func() time.Time { return b.clock }}
	b.Sources = []source.Source{{Name: "lister", Kind: shipment.Marketplace, Receiver: quiet{}}}
	b.ingest(t, "one", "two")
	var lines strings.Builder
	if err := b.Metrics.Flush(&lines); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(lines.String(), `"Ignored":2`) || !strings.Contains(lines.String(), "lister/NEW_MESSAGE") || len(b.parked(t)) > 0 {
		t.Errorf("parked %d, counted\n%s", len(b.parked(t)), lines.String())
	}
}

// quiet is a source whose bodies tell us nothing.
type quiet struct{ source.Receiver }

func (quiet) Decode([]byte) (source.Report, error) {
	return source.Report{Topic: "NEW_MESSAGE", Ignored: true}, nil
}
