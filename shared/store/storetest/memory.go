package storetest

import (
	"bytes"
	"maps"

	"github.com/shiptide/shiptide/shared/store"
)

var memory = []test{
	{"what is changed after a put was not put", func(f *fixture) {
		it := whole()
		want := copyOf(it)
		f.put(it)
		spoil(it)
		want.Version = 1
		f.stored(want)
	}},
	{"what a table returned is the caller's to change", func(f *fixture) {
		want := copyOf(f.put(whole()))
		it, err := f.table.Get(f.Context(), want.Key)
		if err != nil {
			f.Fatal(err)
		}
		spoil(it)
		f.stored(want)
		for _, it := range f.all(store.Query{Partition: want.Partition}) {
			spoil(it)
		}
		f.stored(want)
		it = copyOf(want)
		it.Version = 0
		spoil(*f.conflict(it))
		f.stored(want)
	}},
	{"what a table returned does not change with later writes", func(f *fixture) {
		want := copyOf(f.put(whole()))
		read, err := f.table.Get(f.Context(), want.Key)
		if err != nil {
			f.Fatal(err)
		}
		for i := range 20 {
			other := text(key("other", string(rune('a'+i))), "")
			other.Body = bytes.Repeat([]byte{'x'}, 300)
			f.put(other)
		}
		next := text(want.Key, "next")
		next.Version = 1
		f.put(next)
		f.same(want, read)
	}},
}

func copyOf(it store.Item) store.Item {
	it.Body, it.Attrs = bytes.Clone(it.Body), maps.Clone(it.Attrs)
	return it
}

// spoil overwrites all memory that an item refers to.
func spoil(it store.Item) {
	for i := range it.Body {
		it.Body[i] = '!'
	}
	for name := range it.Attrs {
		it.Attrs[name] = "spoilt"
	}
	it.Attrs["new"] = "spoilt"
}
