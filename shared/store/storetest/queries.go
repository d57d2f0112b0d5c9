package storetest

import (
	"fmt"
	"slices"

	"github.com/shiptide/shiptide/shared/store"
)

var queries = []test{
	{"a query finds the rows of its partition in order of their bytes", func(f *fixture) {
		// As UTF-8 has it; UTF-16 would order the last two the other way.
		sorts := []string{"\x01", "-", "10", "9", "A", "T#", "T$", "a", "aa", "b", "~", "é", "日本", "\ufffd", "\U0001f69a"}
		f.rows("p", slices.Backward(sorts))
		f.sorts(store.Query{Partition: "p"}, sorts...)
		slices.Reverse(sorts)
		f.sorts(store.Query{Partition: "p", Reverse: true}, sorts...)
	}},
	{"a query does not find rows of other partitions", func(f *fixture) {
		for _, p := range []string{"a", "ab", "a#", "a\x01", "b", "A", "a\U0010ffff"} {
			f.rows(p, slices.All([]string{"b", "x"}))
		}
		for _, reverse := range []bool{false, true} {
			for _, limit := range []int{0, 1} {
				f.sorts(store.Query{Partition: "a", From: "b", To: "c", Reverse: reverse, Limit: limit}, "b")
				f.sorts(store.Query{Partition: "a", From: "y", Reverse: reverse, Limit: limit})
				f.sorts(store.Query{Partition: "ab", To: "b", Reverse: reverse, Limit: limit})
				f.sorts(store.Query{Partition: "none", Reverse: reverse, Limit: limit})
			}
		}
		f.sorts(store.Query{Partition: "a"}, "b", "x")
		f.sorts(store.Query{Partition: "ab", Reverse: true}, "x", "b")
	}},
	{"a range holds its beginning and not its end", func(f *fixture) {
		f.rows("p", slices.All([]string{"a", "b", "bb", "c", "d"}))
		for _, tt := range []struct {
			from, to string
			want     []string
		}{
			{"b", "", []string{"b", "bb", "c", "d"}},
			{"", "c", []string{"a", "b", "bb"}},
			{"b", "c", []string{"b", "bb"}},
			{"ba", "cc", []string{"bb", "c"}},
			{"b", "b", nil},
			{"c", "b", nil},
			{"e", "", nil},
			{"", "a", nil},
		} {
			f.sorts(store.Query{Partition: "p", From: tt.from, To: tt.to}, tt.want...)
			slices.Reverse(tt.want)
			f.sorts(store.Query{Partition: "p", From: tt.from, To: tt.to, Reverse: true}, tt.want...)
		}
	}},
	{"pages of every size come to the same rows", func(f *fixture) {
		var sorts []string
		for i := range 7 {
			sorts = append(sorts, fmt.Sprintf("%02d", i))
		}
		f.rows("p", slices.All(sorts))
		f.rows("q", slices.All(sorts))
		for limit := range len(sorts) + 2 {
			f.sorts(store.Query{Partition: "p", Limit: limit}, sorts...)
			f.sorts(store.Query{Partition: "p", From: "01", To: "06", Limit: limit}, sorts[1:6]...)
			back := slices.Clone(sorts[1:6])
			slices.Reverse(back)
			f.sorts(store.Query{Partition: "p", From: "01", To: "06", Reverse: true, Limit: limit}, back...)
		}
	}},
	{"a page follows the one before though rows come and go", func(f *fixture) {
		f.rows("p", slices.All([]string{"a", "b", "c"}))
		q := store.Query{Partition: "p", Limit: 2}
		page, err := f.table.Query(f.Context(), q)
		if err != nil || len(page.Items) != 2 || page.Next == "" {
			f.Fatalf("first page: %d items, next %q, %v", len(page.Items), page.Next, err)
		}
		f.delete(page.Items[1])
		f.rows("p", slices.All([]string{"aa", "bb"}))
		q.After = page.Next
		f.sortsAfter(q, "bb", "c")
	}},
	{"a page after one that never was is an error", func(f *fixture) {
		f.rows("p", slices.All([]string{"a", "b"}))
		for _, after := range []string{"a", "no such page", "\x00", "AAAA"} {
			if _, err := f.table.Query(f.Context(), store.Query{Partition: "p", After: after}); err == nil {
				f.Errorf("Query after %q: no error", after)
			}
			due := store.Query{DueUntil: start, After: after}
			if _, err := f.table.Query(f.Context(), due); err == nil {
				f.Errorf("Query of the due index after %q: no error", after)
			}
		}
	}},
	{"many large rows are read to the end", func(f *fixture) {
		var sorts []string
		for i := range 9 {
			sorts = append(sorts, string(rune('a'+i)))
			f.put(store.Item{Key: key("p", sorts[i]), Body: make([]byte, 300<<10)})
		}
		f.sorts(store.Query{Partition: "p"}, sorts...)
	}},
}

// rows puts rows of a partition.
func (f *fixture) rows(partition string, sorts func(yield func(int, string) bool)) {
	f.Helper()
	for _, sort := range sorts {
		f.put(text(key(partition, sort), sort))
	}
}

// sortsAfter is sorts from the page after q.After on.
func (f *fixture) sortsAfter(q store.Query, want ...string) {
	f.Helper()
	var got []string
	for _, it := range f.pages(q.Limit, func(after string) (store.Page, error) {
		if after != "" {
			q.After = after
		}
		return f.table.Query(f.Context(), q)
	}) {
		got = append(got, it.Sort)
	}
	f.same(want, got)
}
