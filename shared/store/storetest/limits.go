package storetest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/shiptide/shiptide/shared/store"
)

var limits = []test{
	{"bodies have up to 380 KB", func(f *fixture) {
		for _, size := range []int{0, 1, store.MaxBody} {
			it := text(key("size", fmt.Sprint(size)), strings.Repeat("\xff", size))
			f.stored(f.put(it))
		}
		it := text(key("size", "over"), strings.Repeat("x", store.MaxBody+1))
		f.tooLarge(it)
	}},
	{"attributes have up to 8 KB", func(f *fixture) {
		it := text(key("size", "-"), "x")
		it.Attrs = map[string]string{"name": strings.Repeat("é", 4<<9), "more": strings.Repeat("x", 4<<10-8)}
		f.stored(f.put(it))
		it.Key = key("size", "over")
		it.Attrs["mor"] = strings.Repeat("x", 6)
		f.tooLarge(it)
	}},
	{"odd keys are keys", func(f *fixture) {
		for _, k := range []store.Key{
			key("日本/#é", "\U0001f69a"), key("#", "/"), key(" ", " "), key("\x01", "\x7f"), key(`"'\`, "%2F\n"),
			key("p", strings.Repeat("s", 1023)), key(strings.Repeat("p", 1000), strings.Repeat("é", 12)),
		} {
			it := text(k, "x")
			it.Due = start
			it = f.put(it)
			f.stored(it)
			f.sorts(store.Query{Partition: k.Partition}, k.Sort)
			f.same([]store.Item{{Key: k, Due: start}}, f.all(store.Query{Shard: store.Shard(k.Partition), DueUntil: start, Limit: 1}))
			f.delete(it)
		}
	}},
	{"bad keys are refused by every method", func(f *fixture) {
		for _, k := range []store.Key{
			key("", "s"), key("p\x00", "s"), key("\x00", "s"), key(strings.Repeat("p", 1024), "s"),
		} {
			for name, err := range f.everyMethod(f.Context(), k) {
				if name != "Scan" && !errors.Is(err, store.ErrBadKey) {
					f.Errorf("%s of %.10q = %v, want ErrBadKey", name, k, err)
				}
			}
		}
		for _, k := range []store.Key{key("p", ""), key("p", "s\x00"), key("p", strings.Repeat("s", 1024))} {
			for name, err := range f.everyMethod(f.Context(), k) {
				if name != "Scan" && name != "Query" && !errors.Is(err, store.ErrBadKey) {
					f.Errorf("%s of %.10q = %v, want ErrBadKey", name, k, err)
				}
			}
		}
	}},
}

func (f *fixture) tooLarge(it store.Item) {
	f.Helper()
	if err := f.table.Put(f.Context(), it); !errors.Is(err, store.ErrTooLarge) {
		f.Errorf("Put = %v, want ErrTooLarge", err)
	}
	f.absent(it.Key)
}
