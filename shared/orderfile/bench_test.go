package orderfile_test

import (
	"io"
	"slices"
	"testing"

	"github.com/shiptide/shiptide/shared/orderfile"
)

const many = 10_000

// BenchmarkRead reads rows as a real export has them: 36 columns, 440 bytes. Its
// time for a million is a hundred times as much; see TestMemoryDoesNotGrow.
func BenchmarkRead(b *testing.B) {
	bytes, err := io.Copy(io.Discard, wide(b, many))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(bytes)
	b.ReportAllocs()
	for b.Loop() {
		for _, err := range orderfile.Read(wide(b, many)) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(many*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkWrite(b *testing.B) {
	var rows []orderfile.Row
	for row, err := range orderfile.Read(narrow(2 * many)) {
		if err != nil {
			b.Fatal(err)
		}
		rows = append(rows, row)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := orderfile.Write(io.Discard, slices.Values(rows)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(rows))*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
