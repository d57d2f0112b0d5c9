package page_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/page"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/boltstore"
)

const number = "1Z999AA10700000057"

var (
	noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	ups  = shipment.Origin{Source: "ups", Kind: shipment.Carrier}
)

// site is the pages of parcels, and what they log.
type site struct {
	http.Handler
	shipments store.Shipments
	logs      bytes.Buffer
}

func open(t *testing.T) *site {
	t.Helper()
	now := func() time.Time { return noon }
	db, err := boltstore.Open(filepath.Join(t.TempDir(), "test.db"), now, boltstore.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	table, err := db.Table("shipments", nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{shipments: store.Shipments{Table: table, Now: now}}
	s.serve(table)
	return s
}

// serve has the pages read from a table.
func (s *site) serve(table store.Table) {
	mux := http.NewServeMux()
	mux.Handle("GET /t/{number}", page.Parcels{
		Shipments: store.Shipments{Table: table, Now: s.shipments.Now}, Log: slog.New(slog.NewJSONHandler(&s.logs, nil)),
	})
	s.Handler = mux
}

// say adds facts to a number.
func (s *site) say(t *testing.T, number string, from shipment.Origin, u shipment.Update) {
	t.Helper()
	_, err := s.shipments.Update(t.Context(), number, "ups#cause-CANARY", func(set *shipment.Set) error {
		set.Add(from, &u)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// register lets the seller's order be about a number.
func (s *site) register(t *testing.T, number string) {
	t.Helper()
	at := noon.AddDate(0, 0, -9)
	s.say(t, number, shipment.Origin{Source: "tiktokshop", Kind: shipment.Marketplace}, shipment.Update{Links: []shipment.Link{
		{Kind: shipment.OrderLink, Value: "shop-CANARY/order-CANARY", At: at, AsOf: at},
		{Kind: shipment.DestinationLink, Value: "US CANARY"},
	}})
}

// scan is one that the carrier took so long before noon.
func scan(ago time.Duration, status shipment.Status, sub shipment.SubStatus) shipment.Event {
	at := noon.Add(-ago)
	return shipment.Event{
		Code: shipment.Code{Status: status, SubStatus: sub}, RawCode: "CANARY/" + string(sub), OccurredAt: at,
		LocalTime: at.Format(shipment.LocalLayout), Zone: shipment.Reported, Precision: shipment.Second,
	}
}

// scanned is what a carrier says of scans, at noon.
func scanned(events ...shipment.Event) shipment.Update {
	return shipment.Update{Carrier: "ups", AsOf: noon, Events: events}
}

// get asks for a path, for people unless accept says otherwise.
func get(t *testing.T, h http.Handler, path, accept string) *httptest.ResponseRecorder {
	t.Helper()
	return ask(t, h, http.MethodGet, path, accept, "")
}

// ask makes a request, with a form as browsers send it.
func ask(t *testing.T, h http.Handler, method, path, accept, form string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(form))
	if form != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	res := httptest.NewRecorder()
	h.ServeHTTP(res, req)
	return res
}

const asJSON = "application/json"

// inOrder tells whether texts come one after the other.
func inOrder(s string, texts ...string) bool {
	for _, text := range texts {
		_, rest, found := strings.Cut(s, text)
		if !found {
			return false
		}
		s = rest
	}
	return true
}
