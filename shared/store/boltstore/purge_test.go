package boltstore

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/store/storetest"

	"github.com/google/go-cmp/cmp"
	bolt "go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"github.com/shiptide/shiptide/shared/store"
)

func TestPurgeRemovesWhatExpired(t *testing.T) {
	c := storetest.NewClock(start)
	table := openTable(t, c.Now, Options{NoSync: true}, always)
	other, err := table.db.Table("other", nil)
	if err != nil {
		t.Fatal(err)
	}
	put(t, other, store.Item{Key: key("a"), Expires: start.Add(time.Minute)})
	const rows = 150
	for i := range rows {
		put(t, table, store.Item{Key: key(fmt.Sprint(i)), Due: start, Expires: start.Add(time.Duration(i) * time.Second)})
	}
	keep := put(t, table, store.Item{Key: key("keep"), Due: start})
	purge := func(limit, want int) {
		t.Helper()
		if n, err := table.db.Purge(t.Context(), limit); n != want || err != nil {
			t.Errorf("Purge %d = %d, %v, want %d", limit, n, err, want)
		}
	}
	purge(0, 1) // The first row expired as it was put.
	c.Advance(2*time.Second - 1)
	purge(0, 1)
	c.Advance(time.Hour)
	purge(100, 100)
	purge(1, 1)
	purge(0, rows+1-103)
	purge(0, 0)
	if got := contents(t, table); len(got.rows) != 1 || len(got.pending) != 1 {
		t.Errorf("left are %d rows and %d pending, want 1 and 1", len(got.rows), len(got.pending))
	}
	consistent(t, table)
	if _, err := table.Get(t.Context(), keep.Key); err != nil {
		t.Errorf("Get = %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := table.db.Purge(ctx, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("Purge = %v, want context.Canceled", err)
	}
}

func TestPurgeIsNotHeldUpByAnEntryOfNoRow(t *testing.T) {
	table := openTable(t, now, Options{NoSync: true}, nil)
	it := put(t, table, store.Item{Key: key("a"), Expires: start.Add(time.Hour)})
	err := table.db.bolt.Update(func(tx *bolt.Tx) error {
		for _, sort := range []string{"a", "none"} {
			if err := tx.Bucket(table.buckets.expiry).Put(expiryKey(1, rowKey(key(sort))), nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{2, 0} {
		if n, err := table.db.Purge(t.Context(), 2); n != want || err != nil {
			t.Errorf("Purge = %d, %v, want %d", n, err, want)
		}
	}
	if _, err := table.Get(t.Context(), it.Key); err != nil {
		t.Errorf("Get = %v, want the row that lives", err)
	}
	consistent(t, table)
}

// parts are the keys of a table's buckets.
type parts struct{ rows, due, expiry, pending map[string]bool }

func contents(t fataler, table *Table) parts {
	t.Helper()
	p := parts{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
	err := table.db.bolt.View(func(tx *bolt.Tx) error {
		return errors.Join(
			keys(tx, table.buckets.rows, p.rows), keys(tx, table.buckets.due, p.due),
			keys(tx, table.buckets.expiry, p.expiry), keys(tx, table.buckets.pending, p.pending),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func keys(tx *bolt.Tx, bucket []byte, into map[string]bool) error {
	return tx.Bucket(bucket).ForEach(func(key, _ []byte) error {
		into[string(key)] = true
		return nil
	})
}

type fataler interface {
	Helper()
	Fatal(args ...any)
	Errorf(format string, args ...any)
}

// consistent checks that the indexes hold just what the rows say.
func consistent(t fataler, table *Table) {
	t.Helper()
	got := contents(t, table)
	want := parts{got.rows, map[string]bool{}, map[string]bool{}, map[string]bool{}}
	err := table.db.bolt.View(func(tx *bolt.Tx) error {
		return tx.Bucket(table.buckets.rows).ForEach(func(row, value []byte) error {
			k, err := parseRowKey(row)
			if err != nil {
				return err
			}
			h, err := decodeHead(value)
			if h.due != never {
				want.due[string(dueKey(store.Shard(k.Partition), h.due, row))] = true
			}
			if h.expires != never {
				want.expiry[string(expiryKey(h.expires, row))] = true
			}
			if pending := string(pendingKey(h.pending)); got.pending[pending] {
				want.pending[pending] = true // Else it is done.
			}
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(parts{})); diff != "" {
		t.Errorf("the indexes differ from the rows (-want +got):\n%s", diff)
	}
}

func TestIndexesAgreeWithTheirRows(t *testing.T) {
	c := storetest.NewClock(start)
	stream := func(k store.Key, inserted bool) bool { return k.Sort != "c" && (inserted || k.Sort == "a") }
	table := openTable(t, c.Now, Options{NoSync: true}, stream)
	rapid.Check(t, func(t *rapid.T) {
		moment := rapid.Custom(func(t *rapid.T) time.Time {
			if n := rapid.IntRange(0, 5).Draw(t, "in"); n > 0 {
				return c.Now().Add(time.Duration(n) * time.Second)
			}
			return time.Time{}
		})
		k := rapid.Custom(func(t *rapid.T) store.Key { return key(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "sort")) })
		ctx := context.Background()
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				it, _ := table.Get(ctx, k.Draw(t, "key")) // Not there: version 0.
				it.Key, it.Due, it.Expires = k.Draw(t, "key"), moment.Draw(t, "due"), moment.Draw(t, "expires")
				_ = table.Put(ctx, it) // May conflict.
			},
			"add": func(t *rapid.T) {
				_, _ = table.Add(ctx, k.Draw(t, "key"), 1, 5, moment.Draw(t, "expires"))
			},
			"delete": func(t *rapid.T) {
				it, _ := table.Get(ctx, k.Draw(t, "key"))
				_ = table.Delete(ctx, it.Key, it.Version)
			},
			"done": func(t *rapid.T) {
				entries, _, _ := table.Pending("", 1)
				_ = table.Done(ctx, entries)
			},
			"purge": func(t *rapid.T) { _, _ = table.db.Purge(ctx, rapid.IntRange(0, 2).Draw(t, "limit")) },
			"time":  func(t *rapid.T) { c.Advance(time.Duration(rapid.IntRange(1, 4000).Draw(t, "ms")) * time.Millisecond) },
			"":      func(t *rapid.T) { consistent(t, table) },
		})
	})
}
