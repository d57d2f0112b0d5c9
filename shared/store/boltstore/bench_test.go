package boltstore

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/shiptide/shiptide/shared/store"
)

// BenchmarkPut has 64 writers put rows as the inbox gets them, 1.1 KB under
// random keys, streamed and synced.
func BenchmarkPut(b *testing.B) {
	table := openTable(b, time.Now, Options{}, always)
	expires := time.Now().Add(30 * 24 * time.Hour)
	body := make([]byte, 1100)
	before := lastCommit(b, table.db)
	var n atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(max(64/runtime.GOMAXPROCS(0), 1))
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			err := table.Put(b.Context(), store.Item{Key: benchKey(n.Add(1)), Expires: expires, Body: body})
			if err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
	b.ReportMetric(float64(b.N)/float64(lastCommit(b, table.db)-before), "writes/commit")
}

// BenchmarkGet has 64 readers read such rows.
func BenchmarkGet(b *testing.B) {
	const rows = 10_000
	table := openTable(b, time.Now, Options{NoSync: true}, nil)
	fill(b, table, rows)
	var n atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(max(64/runtime.GOMAXPROCS(0), 1))
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := table.Get(b.Context(), benchKey(1+n.Add(7919)%rows)); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reads/s")
}

// fill puts many rows fast, past the writer.
func fill(b *testing.B, table *Table, rows int64) {
	b.Helper()
	err := table.db.bolt.Update(func(tx *bolt.Tx) error {
		for i := range rows {
			it := store.Item{Key: benchKey(i + 1), Body: make([]byte, 1100)}
			row, err := table.buckets.find(&batch{tx: tx, now: time.Now()}, it.Key)
			if err != nil {
				return err
			}
			if err := row.put(encode(&it, 1), notes{}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

func benchKey(n int64) store.Key {
	return store.Key{Partition: fmt.Sprintf("ups#%016x%016x", uint64(n)*0x9e3779b97f4a7c15, n), Sort: "-"}
}
