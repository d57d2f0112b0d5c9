package place

import (
	"testing"

	"github.com/shiptide/shiptide/shared/shipment"
)

func BenchmarkLookup(b *testing.B) {
	for _, bb := range []struct {
		name string
		at   shipment.Location
	}{
		{"state", in("US", "OH")},
		{"accents", in("MX", "Michoacán")},
		{"alpha-3", in("USA", "Ohio")},
		{"unknown region", in("CN", "Guangdong Province")},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Lookup(bb.at)
			}
		})
	}
}

func BenchmarkResolve(b *testing.B) {
	for _, bb := range []struct {
		name, text string
		at         shipment.Location
	}{
		{"place", "2026-11-20T08:10:00", in("US", "OH")},
		{"place of one clock", "2026-03-02T08:10:00", in("CN", "Guangdong")},
		{"night of a change", "2026-11-01T01:30:00", in("US", "OH")},
		{"offset", "2026-03-02T08:10:00-06:00", in("US", "OH")},
		{"abbreviation", "2026-11-20T08:10:00 EST", in("US", "OH")},
		{"abbreviation of no state", "2026-07-01T08:10:00 CST", in("US")},
	} {
		b.Run(bb.name, func(b *testing.B) {
			r := read(b, bb.text)
			b.ReportAllocs()
			for b.Loop() {
				Resolve(r, bb.at)
			}
		})
	}
}

func BenchmarkFirstUse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := newAtlas(zonesTable, abbreviationsTable); err != nil {
			b.Fatal(err)
		}
	}
}
