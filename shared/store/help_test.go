package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/boltstore"
	"github.com/shiptide/shiptide/shared/store/storetest"
)

const number = "1Z999AA10123456784"

// start is when the tests take place.
var start = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// open returns an empty table, the world in which its calls fail, and the table
// itself, of which nothing fails.
func open(t testing.TB) (faulty store.Table, w *storetest.World, sound store.Table, c *storetest.Clock) {
	t.Helper()
	c = storetest.NewClock(start)
	db, err := boltstore.Open(filepath.Join(t.TempDir(), "test.db"), c.Now, boltstore.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	sound, err = db.Table("table", nil)
	if err != nil {
		t.Fatal(err)
	}
	w = storetest.NewWorld()
	return w.Wrap(sound), w, sound, c
}

var ups = shipment.Origin{Source: "ups", Kind: shipment.Carrier}

// add is a change that adds scans of these codes, an hour from each other.
func add(subs ...shipment.SubStatus) func(*shipment.Set) error {
	return func(s *shipment.Set) error {
		var u shipment.Update
		for i, sub := range subs {
			at := start.Add(time.Duration(i) * time.Hour)
			status := shipment.InTransit
			if sub == shipment.Signed {
				status = shipment.Delivered
			}
			u.Events = append(u.Events, shipment.Event{
				Code: shipment.Code{Status: status, SubStatus: sub}, RawCode: string(sub), Zone: shipment.Reported,
				OccurredAt: at, LocalTime: at.Format(shipment.LocalLayout), Precision: shipment.Second,
			})
		}
		u.AsOf = start
		s.Add(ups, &u)
		return nil
	}
}

// register is a change that ties the number to an order.
func register(s *shipment.Set) error {
	s.Add(shipment.Origin{Source: "tiktokshop", Kind: shipment.Marketplace}, &shipment.Update{Links: []shipment.Link{
		{Kind: shipment.OrderLink, Value: "shop/order", At: start, AsOf: start},
	}})
	return nil
}
