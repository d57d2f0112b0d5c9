package storetest

import (
	"context"
	"errors"
	"time"

	"github.com/shiptide/shiptide/shared/store"
)

// whole has every field set, and every byte in its body.
func whole() store.Item {
	body := make([]byte, 256)
	for i := range body {
		body[i] = byte(i)
	}
	return store.Item{
		Key: key("S#1Z999", "META"), Due: start.Add(90*time.Minute + 7*time.Millisecond), Expires: start.Add(14 * 24 * time.Hour),
		Attrs: map[string]string{"status": "in transit", "city": "Zürich", "empty": ""}, Count: -42, Body: body,
	}
}

var items = []test{
	{"a row that is not there is not found", func(f *fixture) {
		f.absent(key("a", "b"))
		if got := f.all(store.Query{Partition: "a"}); len(got) != 0 {
			f.Errorf("Query found %d rows", len(got))
		}
	}},
	{"what is put comes back in every field", func(f *fixture) {
		it := f.put(whole())
		f.stored(it)
		f.same([]store.Item{it}, f.all(store.Query{Partition: it.Partition}))
	}},
	{"a put replaces the whole row", func(f *fixture) {
		it := f.put(whole())
		f.stored(f.put(store.Item{Key: it.Key, Version: it.Version}))
	}},
	{"a time keeps its moment whatever its zone", func(f *fixture) {
		it := whole()
		it.Due = it.Due.In(time.FixedZone("", 3600))
		f.stored(f.put(it))
	}},
	{"a row that exists is not put at version 0", func(f *fixture) {
		it := f.put(whole())
		got := f.conflict(text(it.Key, "other"))
		f.same(&it, got)
		f.stored(it)
	}},
	{"an older or newer version conflicts and the conflict holds the stored row", func(f *fixture) {
		it := f.put(f.put(whole()))
		for _, version := range []int64{1, 3, -1} {
			stale := text(it.Key, "stale")
			stale.Version = version
			f.same(&it, f.conflict(stale))
		}
		f.stored(it)
	}},
	{"a version of a row that is gone conflicts with nothing", func(f *fixture) {
		it := text(key("a", "b"), "x")
		it.Version = 1
		if got := f.conflict(it); got != nil {
			f.Errorf("stored = %+v, want nil", got)
		}
		f.absent(it.Key)
	}},
	{"a deleted row is gone and starts anew", func(f *fixture) {
		it := f.put(f.put(whole()))
		f.delete(it)
		f.absent(it.Key)
		if got := f.conflict(it); got != nil {
			f.Errorf("stored = %+v, want nil", got)
		}
		f.stored(f.put(text(it.Key, "again")))
	}},
	{"a row of another version is not deleted", func(f *fixture) {
		it := f.put(f.put(whole()))
		for _, version := range []int64{0, 1, 3} {
			f.same(&it, f.asConflict(f.table.Delete(f.Context(), it.Key, version), it.Key))
		}
		f.stored(it)
	}},
	{"to delete what is not there is no error", func(f *fixture) {
		for _, version := range []int64{0, 1} {
			f.delete(store.Item{Key: key("a", "b"), Version: version})
		}
	}},
	{"rows of other keys are other rows", func(f *fixture) {
		var put []store.Item
		for _, k := range []store.Key{key("a", "b"), key("b", "a"), key("a", "bb"), key("ab", "b")} {
			put = append(put, f.put(text(k, k.Partition+" "+k.Sort)))
		}
		f.delete(put[0])
		for _, it := range put[1:] {
			f.stored(it)
		}
	}},
	{"a cancelled context is an error of every method", func(f *fixture) {
		it := f.put(whole())
		ctx, cancel := context.WithCancel(f.Context())
		cancel()
		for name, err := range f.everyMethod(ctx, it.Key) {
			if !errors.Is(err, context.Canceled) {
				f.Errorf("%s = %v, want context.Canceled", name, err)
			}
		}
	}},
	{"a put whose answer was lost is known by its own row", func(f *fixture) {
		w := NewWorld()
		w.At(1, Forget)
		lossy := w.Wrap(f.table)
		it := whole()
		if err := lossy.Put(f.Context(), it); !errors.Is(err, ErrInjected) {
			f.Fatalf("Put = %v, want ErrInjected", err)
		}
		stored := f.asConflict(lossy.Put(f.Context(), it), it.Key)
		it.Version = 1
		f.same(&it, stored)
	}},
}

func (f *fixture) delete(it store.Item) {
	f.Helper()
	if err := f.table.Delete(f.Context(), it.Key, it.Version); err != nil {
		f.Fatalf("Delete %q at version %d = %v", it.Key, it.Version, err)
	}
}

// everyMethod calls each method that takes a key and returns their errors.
func (f *fixture) everyMethod(ctx context.Context, k store.Key) map[string]error {
	_, get := f.table.Get(ctx, k)
	_, add := f.table.Add(ctx, k, 1, 10, time.Time{})
	_, query := f.table.Query(ctx, store.Query{Partition: k.Partition})
	errs := map[string]error{
		"Get": get, "Put": f.table.Put(ctx, text(k, "x")), "Delete": f.table.Delete(ctx, k, 1), "Add": add, "Query": query,
	}
	if s, ok := f.table.(store.Scanner); ok {
		_, errs["Scan"] = s.Scan(ctx, "")
	}
	return errs
}
