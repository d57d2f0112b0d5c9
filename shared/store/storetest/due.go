package storetest

import (
	"fmt"
	"time"

	"github.com/shiptide/shiptide/shared/store"
)

var dueIndex = []test{
	{"a row is due from its due on and shows its key and due only", func(f *fixture) {
		it := f.put(whole())
		f.due(it.Partition, it.Due.Add(-time.Millisecond))
		f.due(it.Partition, it.Due, it)
		f.due(it.Partition, it.Due.Add(1000*time.Hour), it)
	}},
	{"the due index follows its row", func(f *fixture) {
		later := start.Add(time.Hour)
		it := whole()
		it.Due = start
		it = f.put(it)
		f.due(it.Partition, later, it)
		it.Due = later
		it = f.put(it)
		f.due(it.Partition, later.Add(-time.Millisecond))
		f.due(it.Partition, later, it)
		it.Body = []byte("another body, the same due")
		it = f.put(it)
		f.due(it.Partition, later, it)
		it.Due = time.Time{}
		it = f.put(it)
		f.due(it.Partition, later)
		it.Due = start
		it = f.put(it)
		f.due(it.Partition, later, it)
		f.delete(it)
		f.due(it.Partition, later)
	}},
	{"a write that conflicts leaves the due index alone", func(f *fixture) {
		it := f.put(whole())
		stale := it
		stale.Version, stale.Due = 7, start
		f.conflict(stale)
		f.asConflict(f.table.Delete(f.Context(), it.Key, 7), it.Key)
		f.due(it.Partition, it.Due, it)
	}},
	{"a counter keeps its due", func(f *fixture) {
		it := f.put(whole())
		f.add(it.Key, 1, 100, time.Time{})
		f.due(it.Partition, it.Due, it)
	}},
	{"an expired row is not due and one that takes its place is", func(f *fixture) {
		it := whole()
		it.Due, it.Expires = start, start.Add(time.Minute)
		it = f.put(it)
		f.clock.Set(it.Expires.Add(-time.Second))
		f.due(it.Partition, it.Expires, it)
		f.clock.Set(it.Expires)
		f.due(it.Partition, it.Expires)
		next := text(it.Key, "next")
		next.Due = start.Add(time.Second)
		f.put(next)
		f.due(it.Partition, it.Expires, next)
	}},
	{"a row whose expiry alone moves is due as long as it lives", func(f *fixture) {
		it := whole()
		it.Due, it.Expires = start, start.Add(time.Minute)
		it = f.put(it)
		it.Expires = start.Add(time.Hour)
		it = f.put(it)
		f.clock.Set(start.Add(30 * time.Minute))
		f.due(it.Partition, start, it)
		f.clock.Set(it.Expires)
		f.due(it.Partition, start)
	}},
	{"every row is due in the shard of its partition and in no other", func(f *fixture) {
		want := map[store.Key]int{}
		shards := map[int]bool{}
		for i := 0; len(shards) < store.Shards; i++ {
			it := text(key(fmt.Sprintf("S#%d", i), "META"), "x")
			it.Due = start
			shard := store.Shard(it.Partition)
			if shards[shard] {
				continue
			}
			shards[shard], want[it.Key] = true, shard
			f.put(it)
		}
		got := map[store.Key]int{}
		for shard := range store.Shards {
			for _, it := range f.all(store.Query{Shard: shard, DueUntil: start}) {
				got[it.Key] = shard
			}
		}
		f.same(want, got)
	}},
	{"a shard that there is not is an error", func(f *fixture) {
		for _, shard := range []int{-1, store.Shards} {
			if _, err := f.table.Query(f.Context(), store.Query{Shard: shard, DueUntil: start}); err == nil {
				f.Errorf("Query of shard %d: no error", shard)
			}
		}
	}},
	{"due rows come oldest first in pages of every size", func(f *fixture) {
		const rows = 7
		var want []time.Time
		for i := range rows {
			it := text(key("p", string(rune('a'+i))), "x")
			it.Due = start.Add(time.Duration(i*3%rows) * time.Minute)
			f.put(it)
			want = append(want, start.Add(time.Duration(i)*time.Minute))
		}
		for limit := range rows + 2 {
			var got []time.Time
			for _, it := range f.all(store.Query{Shard: store.Shard("p"), DueUntil: start.Add(time.Hour), Limit: limit}) {
				got = append(got, it.Due)
			}
			f.same(want, got)
		}
	}},
	{"rows that are due at the same moment all come", func(f *fixture) {
		want := map[store.Key]int{}
		for i := range 6 {
			it := text(key("p", string(rune('a'+i))), "x")
			it.Due = start
			want[f.put(it).Key]++
		}
		for limit := range 4 {
			got := map[store.Key]int{}
			for _, it := range f.all(store.Query{Shard: store.Shard("p"), DueUntil: start, Limit: limit}) {
				got[it.Key]++
			}
			f.same(want, got)
		}
	}},
}

// due checks what is due in the shard of a partition.
func (f *fixture) due(partition string, until time.Time, want ...store.Item) {
	f.Helper()
	var due []store.Item
	for _, it := range want {
		due = append(due, store.Item{Key: it.Key, Due: it.Due})
	}
	f.same(due, f.all(store.Query{Shard: store.Shard(partition), DueUntil: until}))
}
