package storetest

import (
	"fmt"

	"github.com/shiptide/shiptide/shared/store"
)

var scans = []test{
	{"a scan visits every live row once", func(f *fixture) {
		f.scanned()
		var want []store.Item
		for i := range 130 {
			it := text(key(fmt.Sprintf("p%d", i%7), fmt.Sprint(i)), "x")
			if i%10 == 0 {
				it.Expires = start.Add(1e9)
			}
			if it = f.put(it); i%10 != 0 {
				want = append(want, it)
			}
		}
		it := f.put(whole())
		f.clock.Set(start.Add(1e9))
		f.scanned(append(want, it)...)
	}},
	{"a scan reads large rows to the end", func(f *fixture) {
		var want []store.Item
		for i := range 5 {
			want = append(want, f.put(store.Item{Key: key(fmt.Sprint(i), "-"), Body: make([]byte, store.MaxBody)}))
		}
		f.scanned(want...)
	}},
	{"a scan after a page that never was is an error", func(f *fixture) {
		s, ok := f.table.(store.Scanner)
		if !ok {
			f.Skip("this table has no Scan")
		}
		if _, err := s.Scan(f.Context(), "no such page"); err == nil {
			f.Error("Scan: no error")
		}
	}},
}

// scanned checks that a scan finds these rows, each once, in whatever order; for
// a table that has no Scan it checks nothing.
func (f *fixture) scanned(want ...store.Item) {
	f.Helper()
	s, ok := f.table.(store.Scanner)
	if !ok {
		return
	}
	rows := map[store.Key]store.Item{}
	for _, it := range want {
		rows[it.Key] = it
	}
	got := f.pages(0, func(after string) (store.Page, error) { return s.Scan(f.Context(), after) })
	for _, it := range got {
		f.same(rows[it.Key], it)
	}
	if len(got) != len(want) {
		f.Errorf("a scan of %d rows found %d", len(want), len(got))
	}
}
