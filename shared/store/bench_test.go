package store_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
)

// oneRow is a table of one row that forgets what it is given, so that a
// benchmark measures what the repositories do, and the same every time.
type oneRow struct {
	store.Table
	it *store.Item
}

func (r oneRow) Get(context.Context, store.Key) (store.Item, error) { return *r.it, nil }
func (r oneRow) Put(context.Context, store.Item) error              { return nil }

// BenchmarkUpdate reads a shipment of twelve events, folds one more into it and
// writes it. Its bar is thirty times BenchmarkSHA256.
func BenchmarkUpdate(b *testing.B) {
	table, _, sound, c := open(b)
	r := store.Shipments{Table: table, Now: c.Now}
	subs := []shipment.SubStatus{
		shipment.Accepted, shipment.Departed, shipment.Arrived, shipment.LeftOriginCountry, shipment.ArrivedDestinationCountry,
		shipment.CustomsStarted, shipment.CustomsReleased, shipment.Departed, shipment.Arrived, shipment.Processing, shipment.AtDeliveryDepot, shipment.Moving,
	}
	long := func(s *shipment.Set) error {
		var u shipment.Update
		for i, sub := range subs {
			at := start.Add(time.Duration(i) * 7 * time.Hour)
			u.Events = append(u.Events, shipment.Event{
				Code: shipment.Code{Status: shipment.InTransit, SubStatus: sub}, RawCode: "X/" + string(rune('A'+i)), OccurredAt: at,
				LocalTime: at.Format(shipment.LocalLayout), Zone: shipment.Reported, Precision: shipment.Second,
				Description: "Package is somewhere on its way to you", Location: shipment.Location{City: "Leipzig", Region: "SN", PostalCode: "041", Country: "DE"},
			})
		}
		u.AsOf = start
		s.Add(ups, &u)
		return register(s)
	}
	mustUpdate(b, r, "ups#230d8358dc8e8890b4c58deeb62912ee", long)
	it, err := sound.Get(b.Context(), store.ShipmentKey(number))
	if err != nil {
		b.Fatal(err)
	}
	r.Table = oneRow{it: &it}
	more := add(shipment.Signed)
	b.ReportAllocs()
	for b.Loop() {
		if rec, err := r.Update(context.Background(), number, "ups#330d8358dc8e8890b4c58deeb62912ee", more); err != nil || !rec.Changed {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(it.Body)), "B/row")
}

// BenchmarkSHA256 hashes a body of 5 KB, to compare with.
func BenchmarkSHA256(b *testing.B) {
	body := bytes.Repeat([]byte("shiptide!\n"), 512)
	for b.Loop() {
		sha256.Sum256(body)
	}
}
