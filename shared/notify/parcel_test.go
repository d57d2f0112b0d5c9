package notify_test

import (
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/notify"
	"github.com/shiptide/shiptide/shared/shipment"
)

// link registers the number, or says something else of it.
func (d *desk) link(t *testing.T, l shipment.Link) {
	t.Helper()
	_, err := d.Shipments.Update(t.Context(), number, "test", func(set *shipment.Set) error {
		set.Add(shipment.Origin{Source: "tiktokshop", Kind: shipment.Marketplace}, &shipment.Update{Links: []shipment.Link{l}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func order(id string, at time.Time) shipment.Link {
	return shipment.Link{Kind: shipment.OrderLink, Value: "shop/" + id, At: at, AsOf: at}
}

func (d *desk) standing(a notice.Audience) {
	d.Standing = []notify.Standing{{Contact: contact.Contact{ID: "standing", Channel: contact.Topic, State: contact.Confirmed}, Audience: a}}
}

// TestNextParcelOfANumber lets a number be used again after half a year: who
// heard of the first parcel hears nothing of the second, and the standing
// recipient hears of each.
func TestNextParcelOfANumber(t *testing.T) {
	d := newDesk(t)
	d.standing(notice.Customer)
	d.scan(t, shipment.InTransit, shipment.Accepted, noon.Add(-time.Hour))
	d.notify(t)
	d.wantSent(t, "on_its_way on_its_way") // The customer and the standing one.
	d.sender.sent = nil

	d.clock = noon.AddDate(0, 6, 0)
	d.link(t, order("second", d.clock.Add(-time.Hour)))
	d.notify(t)
	d.wantSent(t, "")
	d.scan(t, shipment.InTransit, shipment.Accepted, d.clock.Add(-time.Minute))
	for range 3 {
		d.notify(t)
	}
	d.wantSent(t, "on_its_way")
	row, err := d.Threads.Get(t.Context(), number, "standing")
	if err != nil || len(row.Told) != 1 || !row.Since.Equal(d.clock.Add(-time.Hour)) {
		t.Errorf("the standing thread is since %v, told %v (%v); want one about the second parcel", row.Since, row.Told, err)
	}
	if row := d.thread(t); len(row.Told) != 1 || !row.Since.Before(noon) {
		t.Errorf("the customer's thread is since %v, told %v; want the first parcel's", row.Since, row.Told)
	}
}

// TestFirstParcelAfterTheSecond hears late of the first parcel: it is told to
// who asked for that one.
func TestFirstParcelAfterTheSecond(t *testing.T) {
	d := newDesk(t)
	d.link(t, order("second", noon.AddDate(0, 6, 0)))
	d.scan(t, shipment.InTransit, shipment.Moving, noon.AddDate(0, 6, 1))
	d.scan(t, shipment.Delivered, shipment.Generic, noon.Add(-time.Hour))
	d.clock = noon.AddDate(0, 6, 2)
	d.notify(t)
	d.wantSent(t, "delivered")
	if e := d.sender.sent[0].Event; e.Status != shipment.Delivered || len(e.Events) != 1 {
		t.Errorf("the message speaks of %s with %d events, want the first parcel", e.Status, len(e.Events))
	}
}

// TestOrderAfterTheNumber has a number that was added days before it was
// ordered: it is one parcel, and nothing of it is told again.
func TestOrderAfterTheNumber(t *testing.T) {
	d := newDesk(t) // Added at nine.
	d.standing(notice.Customer)
	d.scan(t, shipment.InTransit, shipment.Accepted, noon.Add(-time.Hour))
	d.notify(t)
	d.wantSent(t, "on_its_way on_its_way")
	d.link(t, order("late", noon.AddDate(0, 0, 9)))
	for range 3 {
		d.notify(t)
	}
	d.wantSent(t, "on_its_way on_its_way")
}

// TestHeldBackIsDueTomorrow looks at a parcel that is late and on the vehicle:
// the sweep comes back when the day is over.
func TestHeldBackIsDueTomorrow(t *testing.T) {
	d := newDesk(t)
	_, err := d.Shipments.Update(t.Context(), number, "test", func(set *shipment.Set) error {
		set.Add(shipment.Origin{Source: "ups", Kind: shipment.Carrier}, &shipment.Update{AsOf: noon, Estimates: []shipment.Estimate{{To: "2026-03-04"}}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	d.scan(t, shipment.OutForDelivery, shipment.OnVehicle, noon.AddDate(0, 0, 3).Add(-4*time.Hour)) // 5 March, 8:00.
	for _, step := range []struct{ hours, minutes int }{{2, 0}, {3, 0}, {11, 59}, {12, 15}} {
		d.clock = noon.AddDate(0, 0, 3).Add(time.Duration(step.hours)*time.Hour + time.Duration(step.minutes)*time.Minute)
		if err := d.Redrive(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := "out_for_delivery"
		if step.hours == 12 {
			want += " delayed"
		}
		d.wantSent(t, want)
	}
}
