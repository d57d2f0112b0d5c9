package notify_test

import (
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/notify"
	"github.com/shiptide/shiptide/shared/shipment"
)

// sweepFor lets time pass in which no stream brings anything: only the sweep
// looks, every quarter of an hour.
func (d *desk) sweepFor(t *testing.T, span time.Duration) {
	t.Helper()
	for end := d.clock.Add(span); d.clock.Before(end); {
		d.clock = d.clock.Add(15 * time.Minute)
		if err := d.Redrive(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// say is a change that scan does not make.
func (d *desk) say(t *testing.T, from shipment.Origin, u shipment.Update) {
	t.Helper()
	u.Number = number
	_, err := d.Shipments.Update(t.Context(), number, "test", func(set *shipment.Set) error {
		set.Add(from, &u)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestALostRecordCostsAnHour loses the stream record of the last change: within
// two hours the sweep has told all that the stream would have.
func TestALostRecordCostsAnHour(t *testing.T) {
	const hour, day = time.Hour, 24 * time.Hour
	ups := shipment.Origin{Source: "ups", Kind: shipment.Carrier}
	promise := func(d *desk, asOf time.Time, to string) {
		d.say(t, ups, shipment.Update{Carrier: "ups", AsOf: asOf, Estimates: []shipment.Estimate{{From: to, To: to, AsOf: asOf}}})
	}
	tests := []struct {
		name   string
		change func(d *desk)
		want   string
	}{
		{"a first scan", func(d *desk) { d.scan(t, shipment.InTransit, shipment.Accepted, d.clock) }, "on_its_way"},
		{"to who asked after the first scan", func(d *desk) {
			d.scan(t, shipment.InTransit, shipment.Accepted, noon.Add(-40*hour))
			d.sweepFor(t, 2*hour)
			d.scan(t, shipment.InTransit, shipment.Departed, d.clock)
		}, "on_its_way"},
		{"to who asked when it was returning already", func(d *desk) {
			d.scan(t, shipment.Return, shipment.Returning, noon.Add(-3*day))
			d.sweepFor(t, 2*hour)
			d.scan(t, shipment.Return, shipment.Returning, d.clock)
		}, "returning"},
		{"to who asked when the date had moved already", func(d *desk) {
			d.scan(t, shipment.InTransit, shipment.CustomsStarted, noon.Add(-100*hour))
			promise(d, noon.Add(-96*hour), "2026-03-10")
			promise(d, noon.Add(-72*hour), "2026-03-15")
			d.sweepFor(t, 2*hour)
			promise(d, d.clock, "2026-03-15")
		}, "delayed"},
		{"of what was lost", func(d *desk) {
			d.scan(t, shipment.Exception, shipment.Lost, d.clock)
			d.sweepFor(t, 2*hour)
			d.scan(t, shipment.InTransit, shipment.Held, d.clock)
			d.sweepFor(t, 2*hour)
			d.scan(t, shipment.InTransit, shipment.AtDeliveryDepot, d.clock)
		}, "problem found_again"},
		{"of an earlier parcel of the number", func(d *desk) {
			d.scan(t, shipment.InTransit, shipment.Accepted, d.clock)
			d.sweepFor(t, 2*hour)
			first := d.clock
			d.clock = d.clock.Add(100 * day)
			d.say(t, shipment.Origin{Source: "operator", Kind: shipment.Operator}, shipment.Update{
				AsOf: d.clock, Links: []shipment.Link{{Kind: shipment.RegistrationLink, Value: "x", At: d.clock}},
			})
			d.sweepFor(t, 2*hour)
			d.scan(t, shipment.Delivered, shipment.Signed, first.Add(day))
		}, "on_its_way delivered"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t)
			tt.change(d)
			d.sweepFor(t, 2*hour)
			got := d.sender.kinds()
			d.notify(t)
			if got != tt.want || d.sender.kinds() != got {
				t.Errorf("the sweep told %q, and the stream would have told %q, want %q", got, d.sender.kinds(), tt.want)
			}
		})
	}
}

// TestAMachineHearsThatItWasFound: 33 days of silence told that the parcel is
// likely lost. What ends them is found again, also for who is no customer.
func TestAMachineHearsThatItWasFound(t *testing.T) {
	d := newDesk(t)
	d.Standing = []notify.Standing{{Audience: notice.Machine, Contact: contact.Contact{ID: "m", Channel: contact.Topic, Address: "events", State: contact.Confirmed}}}
	d.scan(t, shipment.InTransit, shipment.CustomsStarted, noon.Add(-2*time.Hour))
	d.sweepFor(t, 33*24*time.Hour)
	d.scan(t, shipment.InTransit, shipment.Held, d.clock)
	d.sweepFor(t, 2*time.Hour)
	d.scan(t, shipment.InTransit, shipment.AtDeliveryDepot, d.clock)
	d.sweepFor(t, 2*time.Hour)
	got := d.sender.kinds()
	d.notify(t)
	if d.sender.kinds() != got {
		t.Errorf("the sweep told %q, and the stream would have told %q", got, d.sender.kinds())
	}
}
