// Package storetest is the suite that every [store.Table] passes, and a [World]
// in which the calls of a table fail.
package storetest

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/shiptide/shiptide/shared/store"
)

// start is when the suite takes place: late enough that a real table's own
// removal of expired rows, which goes by the real clock, leaves it alone.
var start = time.Date(2100, 3, 1, 12, 0, 0, 0, time.UTC)

// Run runs the suite. open returns a new, empty table that goes by the clock now
// and needs no closing after the test; it is called for every subtest, about sixty times.
func Run(t *testing.T, open func(t *testing.T, now func() time.Time) store.Table) {
	cases := 0
	for _, group := range [][]test{items, concurrency, queries, dueIndex, expiry, counters, limits, memory, scans, model} {
		for _, tt := range group {
			cases++
			t.Run(tt.name, func(t *testing.T) {
				c := NewClock(start)
				tt.run(&fixture{T: t, table: open(t, c.Now), clock: c})
			})
		}
	}
	t.Logf("%d cases", cases)
}

// test is one subtest; its name is a sentence about what tables do.
type test struct {
	name string
	run  func(f *fixture)
}

// fixture is what a subtest works on. Its methods end the subtest when the table
// does not do what it must.
type fixture struct {
	*testing.T
	table store.Table
	clock *Clock
}

// put writes an item and returns it as it is stored.
func (f *fixture) put(it store.Item) store.Item {
	f.Helper()
	if err := f.table.Put(f.Context(), it); err != nil {
		f.Fatalf("Put %q at version %d = %v", it.Key, it.Version, err)
	}
	it.Version++
	return it
}

// conflict writes an item and returns what the conflict says is stored.
func (f *fixture) conflict(it store.Item) *store.Item {
	f.Helper()
	return f.asConflict(f.table.Put(f.Context(), it), it.Key)
}

func (f *fixture) asConflict(err error, k store.Key) *store.Item {
	f.Helper()
	var conflict *store.ConflictError
	if !errors.As(err, &conflict) {
		f.Fatalf("error = %v, want a *store.ConflictError", err)
	}
	if conflict.Key != k {
		f.Errorf("conflict is about %q, want %q", conflict.Key, k)
	}
	return conflict.Stored
}

// stored checks that exactly this item is stored.
func (f *fixture) stored(want store.Item) {
	f.Helper()
	got, err := f.table.Get(f.Context(), want.Key)
	if err != nil {
		f.Fatalf("Get %q = %v", want.Key, err)
	}
	f.same(want, got)
}

// absent checks that there is no such row.
func (f *fixture) absent(k store.Key) {
	f.Helper()
	if it, err := f.table.Get(f.Context(), k); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("Get %q = version %d, %v, want ErrNotFound", k, it.Version, err)
	}
}

func (f *fixture) same(want, got any) {
	f.Helper()
	if d := diff(want, got); d != "" {
		f.Fatalf("differs (-want +got):\n%s", d)
	}
}

// diff compares. What is empty may come back as nil; large bodies are not looked
// into for the smallest difference.
func diff(want, got any) string {
	large := func(a, b []byte) bool { return len(a)+len(b) > 1000 }
	return cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.FilterValues(large, cmp.Comparer(bytes.Equal)))
}

// add counts, and fails the subtest on an error.
func (f *fixture) add(k store.Key, n, limit int64, expires time.Time) int64 {
	f.Helper()
	sum, err := f.table.Add(f.Context(), k, n, limit, expires)
	if err != nil {
		f.Fatalf("Add %q %d = %v", k, n, err)
	}
	return sum
}

// all reads the pages of a query to the end.
func (f *fixture) all(q store.Query) []store.Item {
	f.Helper()
	return f.pages(q.Limit, func(after string) (store.Page, error) {
		q.After = after
		return f.table.Query(f.Context(), q)
	})
}

// maxPages is more than any query of the suite has.
const maxPages = 1000

func (f *fixture) pages(limit int, read func(after string) (store.Page, error)) []store.Item {
	f.Helper()
	var out []store.Item
	after := ""
	for range maxPages {
		page, err := read(after)
		if err != nil {
			f.Fatalf("page after %q = %v", after, err)
		}
		if limit > 0 && len(page.Items) > limit {
			f.Fatalf("page of %d items, want at most %d", len(page.Items), limit)
		}
		out = append(out, page.Items...)
		if after = page.Next; after == "" {
			return out
		}
	}
	f.Fatalf("no end after %d pages", maxPages)
	return nil
}

// sorts checks the sort keys that a query finds.
func (f *fixture) sorts(q store.Query, want ...string) {
	f.Helper()
	var got []string
	for _, it := range f.all(q) {
		if it.Partition != q.Partition {
			f.Errorf("a row of %q in a query of %q", it.Partition, q.Partition)
		}
		got = append(got, it.Sort)
	}
	f.same(want, got)
}

func key(partition, sort string) store.Key { return store.Key{Partition: partition, Sort: sort} }

func text(k store.Key, body string) store.Item { return store.Item{Key: k, Body: []byte(body)} }
