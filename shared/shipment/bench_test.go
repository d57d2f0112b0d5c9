package shipment_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/shipment"
)

// twelve are the events of an ordinary parcel, and one more.
func twelve() (events []shipment.Event, more shipment.Event) {
	codes := []string{
		"INFO_RECEIVED.LABEL_CREATED", accepted, "IN_TRANSIT.DEPARTED", arrived, "IN_TRANSIT.LEFT_ORIGIN_COUNTRY",
		"IN_TRANSIT.ARRIVED_DESTINATION_COUNTRY", "IN_TRANSIT.CUSTOMS_STARTED", "IN_TRANSIT.CUSTOMS_RELEASED", "IN_TRANSIT.DEPARTED",
		arrived, "IN_TRANSIT.AT_DELIVERY_DEPOT", onVehicle, delivered,
	}
	for i, c := range codes {
		e := scan("2 09:00", c)
		e.OccurredAt = e.OccurredAt.Add(time.Duration(i) * 7 * time.Hour)
		e.LocalTime = e.OccurredAt.Format(shipment.LocalLayout)
		e.RawCode, e.Description = fmt.Sprint("X/", i), "Package is somewhere on its way to you"
		e.Location = shipment.Location{City: "Leipzig", Region: "SN", PostalCode: "041", Country: "DE"}
		events = append(events, e)
	}
	return events[:12], events[12]
}

// BenchmarkFold folds one new event into a shipment of twelve. Its bar is three
// times BenchmarkSHA256.
func BenchmarkFold(b *testing.B) {
	events, more := twelve()
	base := set(word{ups, body("9 00:00", events...)}, word{tiktok, links(shipment.Link{Kind: shipment.OrderLink, Value: "1", At: when("1 00:00")})})
	said := body("9 00:00", more)
	room := make([]shipment.Version, 0, 16)
	b.ReportAllocs()
	for b.Loop() {
		s := shipment.Set{Number: number, Versions: append(room, base.Versions...), Links: base.Links}
		s.Add(ups, said)
		s.Bound()
		if sh := s.Fold(); sh.Status != shipment.Delivered {
			b.Fatalf("status = %s", sh.Code)
		}
	}
}

// BenchmarkFoldHistory folds a body that lists the twelve again beside the new
// one, as most do.
func BenchmarkFoldHistory(b *testing.B) {
	events, more := twelve()
	base := set(word{ups, body("9 00:00", events...)})
	said := body("9 01:00", append(events, more)...)
	room := make([]shipment.Version, 0, 16)
	b.ReportAllocs()
	for b.Loop() {
		s := shipment.Set{Number: number, Versions: append(room, base.Versions...)}
		s.Add(ups, said)
		s.Bound()
		if sh := s.Fold(); len(sh.Events) != 13 {
			b.Fatalf("%d events", len(sh.Events))
		}
	}
}

func BenchmarkRestore(b *testing.B) {
	events, _ := twelve()
	base := set(word{ups, body("9 00:00", events...)})
	room := make([]shipment.Version, 0, 16)
	b.ReportAllocs()
	for b.Loop() {
		shipment.Restore(&shipment.Set{Number: number, Versions: append(room, base.Versions...)})
	}
}

// BenchmarkSHA256 hashes a body of 5 KB, to compare with.
func BenchmarkSHA256(b *testing.B) {
	body := bytes.Repeat([]byte("shiptide!\n"), 512)
	b.ReportAllocs()
	for b.Loop() {
		sha256.Sum256(body)
	}
}
