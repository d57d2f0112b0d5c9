package storetest

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/shiptide/shiptide/shared/store"
)

var model = []test{
	{"a table does what a map would do", func(f *fixture) {
		runs := 0
		rapid.Check(f.T, func(t *rapid.T) {
			runs++
			m := &machine{
				f: f, rows: map[store.Key]store.Item{},
				partitions: []string{fmt.Sprintf("run%d", runs), fmt.Sprintf("run%d#", runs)},
			}
			t.Repeat(map[string]func(*rapid.T){
				"put": m.put, "delete": m.delete, "add": m.add, "query": m.query, "due": m.due, "time": m.time,
			})
			for _, p := range m.partitions {
				m.same(t, m.sorted(func(it store.Item) bool { return it.Partition == p }), m.f.all(store.Query{Partition: p}))
			}
		})
	}},
}

// machine does the same to a table and to a map. It has two partitions of its
// own, because all runs share a table.
type machine struct {
	f          *fixture
	rows       map[store.Key]store.Item // expired ones too
	partitions []string
}

func (m *machine) key(t *rapid.T) store.Key {
	return key(rapid.SampledFrom(m.partitions).Draw(t, "partition"), rapid.SampledFrom([]string{"a", "aa", "b", "é"}).Draw(t, "sort"))
}

// moment is the zero time or one that is near.
func (m *machine) moment(t *rapid.T, label string, unit time.Duration) time.Time {
	n := rapid.IntRange(-2, 8).Draw(t, label)
	if n == 0 {
		return time.Time{}
	}
	return m.f.clock.Now().Truncate(unit).Add(time.Duration(n) * unit)
}

// live returns the row of the map that a table would show; the zero Item if none.
func (m *machine) live(k store.Key) store.Item {
	if it := m.rows[k]; !it.Gone(m.f.clock.Now()) {
		return it
	}
	return store.Item{}
}

func (m *machine) put(t *rapid.T) {
	k := m.key(t)
	old := m.live(k)
	it := store.Item{
		Key: k, Version: m.version(t, old), Due: m.moment(t, "due", time.Millisecond), Expires: m.moment(t, "expires", time.Second),
		Attrs: rapid.MapOfN(rapid.StringN(1, 5, 20), rapid.StringN(0, 5, 20), 0, 2).Draw(t, "attrs"),
		Count: rapid.Int64Range(-9, 9).Draw(t, "count"), Body: rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "body"),
	}
	if m.answer(t, m.f.table.Put(m.f.Context(), it), old, it.Version == old.Version) {
		it.Version++
		m.rows[k] = it
	}
}

func (m *machine) delete(t *rapid.T) {
	k := m.key(t)
	old := m.live(k)
	version := m.version(t, old)
	if m.answer(t, m.f.table.Delete(m.f.Context(), k, version), old, old.Version == 0 || version == old.Version) {
		delete(m.rows, k)
	}
}

// version is mostly the right one.
func (m *machine) version(t *rapid.T, old store.Item) int64 {
	return rapid.SampledFrom([]int64{old.Version, old.Version, old.Version, 0, 1, 2}).Draw(t, "version")
}

// answer checks what a write said, and returns whether it was done.
func (m *machine) answer(t *rapid.T, err error, old store.Item, want bool) bool {
	var conflict *store.ConflictError
	switch {
	case err == nil && want:
		return true
	case !errors.As(err, &conflict) || want:
		t.Fatalf("error = %v, want a conflict: %t", err, !want)
	case old.Version == 0:
		if conflict.Stored != nil {
			t.Fatalf("stored = %+v, want nil", conflict.Stored)
		}
	case conflict.Stored == nil:
		t.Fatalf("stored is nil, want %+v", old)
	default:
		m.same(t, []store.Item{old}, []store.Item{*conflict.Stored})
	}
	return false
}

func (m *machine) add(t *rapid.T) {
	k := m.key(t)
	it := m.live(k)
	n, limit := rapid.Int64Range(1, 9).Draw(t, "n"), rapid.Int64Range(0, 20).Draw(t, "limit")
	expires := m.moment(t, "expires", time.Second)
	sum, err := m.f.table.Add(m.f.Context(), k, n, limit, expires)
	if it.Count+n > limit {
		if !errors.Is(err, store.ErrLimit) {
			t.Fatalf("Add = %d, %v, want ErrLimit", sum, err)
		}
		return
	}
	if it.Version == 0 {
		it = store.Item{Key: k, Expires: expires}
	}
	it.Count += n
	if err != nil || sum != it.Count {
		t.Fatalf("Add = %d, %v, want %d", sum, err, it.Count)
	}
	it.Version++
	m.rows[k] = it
}

func (m *machine) query(t *rapid.T) {
	bound := rapid.SampledFrom([]string{"", "a", "aa", "ab", "b", "é"})
	q := store.Query{
		Partition: rapid.SampledFrom(m.partitions).Draw(t, "partition"), From: bound.Draw(t, "from"), To: bound.Draw(t, "to"),
		Reverse: rapid.Bool().Draw(t, "reverse"), Limit: rapid.IntRange(0, 3).Draw(t, "limit"),
	}
	want := m.sorted(func(it store.Item) bool {
		return it.Partition == q.Partition && it.Sort >= q.From && (q.To == "" || it.Sort < q.To)
	})
	if q.Reverse {
		slices.Reverse(want)
	}
	m.same(t, want, m.f.all(q))
}

func (m *machine) time(t *rapid.T) {
	ms := rapid.IntRange(1, 3000).Draw(t, "ms")
	m.f.clock.Set(m.f.clock.Now().Add(time.Duration(ms) * time.Millisecond))
}

// due asks for what is due in the shard of a partition, where rows of other runs
// and of the other partition may be too.
func (m *machine) due(t *rapid.T) {
	p := rapid.SampledFrom(m.partitions).Draw(t, "partition")
	until := m.f.clock.Now().Add(time.Duration(rapid.IntRange(-3, 9).Draw(t, "until")) * time.Millisecond)
	want := m.sorted(func(it store.Item) bool {
		return it.Partition == p && !it.Due.IsZero() && !it.Due.After(until)
	})
	for i, it := range want {
		want[i] = store.Item{Key: it.Key, Due: it.Due}
	}
	got := m.f.all(store.Query{Shard: store.Shard(p), DueUntil: until, Limit: 50})
	got = slices.DeleteFunc(got, func(it store.Item) bool { return it.Partition != p })
	if !slices.IsSortedFunc(got, func(a, b store.Item) int { return a.Due.Compare(b.Due) }) {
		t.Fatalf("due rows are not oldest first: %v", got)
	}
	slices.SortFunc(got, byKey) // In what order rows of one moment come is open.
	m.same(t, want, got)
}

// sorted returns the live rows of the map that match, in order of their keys.
func (m *machine) sorted(match func(store.Item) bool) []store.Item {
	rows := slices.Collect(maps.Values(m.rows))
	rows = slices.DeleteFunc(rows, func(it store.Item) bool { return it.Gone(m.f.clock.Now()) || !match(it) })
	slices.SortFunc(rows, byKey)
	return rows
}

func byKey(a, b store.Item) int {
	return cmp.Or(cmp.Compare(a.Partition, b.Partition), cmp.Compare(a.Sort, b.Sort))
}

func (m *machine) same(t *rapid.T, want, got []store.Item) {
	if d := diff(want, got); d != "" {
		t.Fatalf("differs (-want +got):\n%s", d)
	}
}
