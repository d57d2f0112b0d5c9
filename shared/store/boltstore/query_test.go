package boltstore

import (
	"errors"
	"testing"

	"github.com/shiptide/shiptide/shared/store"
)

func TestPagesOfOneKindDoNotFollowAnother(t *testing.T) {
	table := openTable(t, now, Options{NoSync: true}, always)
	for _, sort := range []string{"a", "b"} {
		put(t, table, store.Item{Key: key(sort), Due: start})
	}
	rows := token(rowToken, rowKey(key("a")))
	other := token(rowToken, rowKey(store.Key{Partition: "q", Sort: "a"}))
	due := token(dueToken, dueKey(store.Shard("p"), start.UnixMilli(), rowKey(key("a"))))
	shard := token(dueToken, dueKey(store.Shard("p")+1, start.UnixMilli(), rowKey(key("a"))))
	pending := token(pendingToken, pendingKey(1))
	read := map[string]func(after string) error{
		"Query": func(after string) error {
			_, err := table.Query(t.Context(), store.Query{Partition: "p", After: after})
			return err
		},
		"due": func(after string) error {
			_, err := table.Query(t.Context(), store.Query{Shard: store.Shard("p"), DueUntil: start, After: after})
			return err
		},
		"Scan":    func(after string) error { _, err := table.Scan(t.Context(), after); return err },
		"Pending": func(after string) error { _, _, err := table.Pending(after, 0); return err },
	}
	good := map[string]string{"Query": rows, "due": due, "Scan": rows, "Pending": pending}
	for name, page := range read {
		for _, after := range []string{rows, other, due, shard, pending, "!", token(0, nil), rows + "="} {
			ok := after == good[name] || name == "Scan" && after == other
			if err := page(after); (err == nil) != ok || !ok && !errors.Is(err, errBadToken) {
				t.Errorf("%s after %q = %v, want an error: %t", name, after, err, !ok)
			}
		}
	}
}

func TestAPageDoesNotBeginBeforeItsRange(t *testing.T) {
	table := openTable(t, now, Options{NoSync: true}, nil)
	for _, sort := range []string{"a", "aa", "b", "c", "cd", "d"} {
		put(t, table, store.Item{Key: key(sort)})
	}
	tests := []struct {
		name, after string
		reverse     bool
		want        string
	}{
		{"after a row below it", "a", false, "b"},
		{"before a row above it", "d", true, "c"},
		{"after a row of it", "b", false, "c"},
		{"before a row of it", "c", true, "b"},
		{"after a row above it", "d", false, ""},
		{"before a row below it", "a", true, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := store.Query{Partition: "p", From: "b", To: "cc", Reverse: tt.reverse, Limit: 1}
			q.After = token(rowToken, rowKey(key(tt.after)))
			page, err := table.Query(t.Context(), q)
			got := ""
			if len(page.Items) > 0 {
				got = page.Items[0].Sort
			}
			if got != tt.want || err != nil {
				t.Errorf("Query = %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestPagesOfLargeRowsAreShort(t *testing.T) {
	table := openTable(t, now, Options{NoSync: true}, nil)
	for _, sort := range []string{"a", "b", "c", "d", "e"} {
		put(t, table, store.Item{Key: key(sort), Body: make([]byte, store.MaxBody)})
	}
	for _, limit := range []int{0, 5} {
		page, err := table.Query(t.Context(), store.Query{Partition: "p", Limit: limit})
		if len(page.Items) != 3 || page.Next == "" || err != nil {
			t.Errorf("Query = %d rows, next %q, %v, want a page of 3", len(page.Items), page.Next, err)
		}
	}
}
