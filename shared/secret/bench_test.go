package secret_test

import (
	"crypto/sha256"
	"testing"
)

func TestSourceAllocatesNothing(t *testing.T) {
	keys := store(holding(`["new","old"]`)).Source("ups")
	if n := testing.AllocsPerRun(100, func() {
		if got, err := keys(t.Context()); err != nil || len(got.Secrets) != 2 {
			t.Errorf("%v, %v, want two keys", got, err)
		}
	}); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func BenchmarkSource(b *testing.B) {
	keys := store(holding(`["new","old"]`)).Source("ups")
	ctx := b.Context()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := keys(ctx); err != nil {
				b.Error(err)
			}
		}
	})
}

// BenchmarkSHA256 is the yardstick: the hash of a push of 2 KB.
func BenchmarkSHA256(b *testing.B) {
	body := make([]byte, 2<<10)
	for b.Loop() {
		sha256.Sum256(body)
	}
}
