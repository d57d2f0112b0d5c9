package orderfile_test

import (
	"runtime"
	"testing"

	"github.com/shiptide/shiptide/shared/orderfile"
)

// live is how much memory is in use, in bytes.
func live() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// A file may be as long as it wants, and its rows as much alike: the memory in
// use stays the same.
func TestMemoryDoesNotGrow(t *testing.T) {
	const limit = 1 << 20
	hostile := func(row string) *generated {
		return &generated{rest: []byte("Order ID,Package ID,Tracking ID\n"), row: []byte(row + "\n"), n: 100_000}
	}
	tests := []struct {
		name     string
		file     *generated
		packages int // rows given out: of rows that repeat, half
	}{
		{"ten thousand rows", narrow(10_000), 5_000},
		{"two hundred thousand rows", narrow(200_000), 100_000},
		{"one order of many packages", hostile("571,P#######,AB#######"), 50_000},
		{"one package of many numbers", hostile("571,P1,AB#######"), 1_000},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before, packages, most := live(), 0, int64(0)
			for _, err := range orderfile.Read(tt.file) {
				if err != nil {
					t.Fatal(err)
				}
				if packages++; packages%(tt.packages/10) == 0 {
					most = max(most, live()-before)
				}
			}
			t.Logf("%d packages, %d bytes in use at most", packages, most)
			if packages != tt.packages || most > limit {
				t.Errorf("%d packages and %d bytes, want %d and at most %d", packages, most, tt.packages, limit)
			}
		})
	}
}
