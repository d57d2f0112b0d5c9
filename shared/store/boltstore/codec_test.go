package boltstore

import (
	"bytes"
	"cmp"
	"errors"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/shiptide/shiptide/shared/store"
)

var sample = store.Item{
	Key: key("sample"), Due: start.Add(time.Millisecond), Expires: start.Add(time.Hour), Count: -3,
	Attrs: map[string]string{"status": "in transit", "city": "Zürich", "": ""}, Body: []byte("\x00\x01body"),
}

func FuzzDecode(f *testing.F) {
	value := encode(&sample, 7)
	f.Add(value)
	f.Add(encode(&store.Item{}, 1))
	for _, n := range []int{0, 1, headSize - 1, headSize, headSize + 1, headSize + 3, headSize + 6} {
		f.Add(value[:n])
	}
	f.Add(append([]byte{2}, value[1:]...))
	f.Add(append(bytes.Clone(value[:headSize]), 0xff, 0xff, 0, 0))
	f.Fuzz(func(t *testing.T, value []byte) {
		it, err := decode(key("k"), value)
		if err != nil {
			if it.Version != 0 {
				t.Error("an item beside an error")
			}
			return
		}
		if it.Version < 1 {
			t.Errorf("version %d", it.Version)
		}
		again := encode(&it, it.Version)
		setPending(value, 0) // No part of the item.
		if !bytes.Equal(again, value) {
			t.Errorf("two ways to write one item:\n%q\n%q", value, again)
		}
	})
}

func TestDecodeRefusesWhatIsNoRow(t *testing.T) {
	good := encode(&store.Item{Attrs: map[string]string{"a": "1", "b": "2"}}, 1)
	tests := []struct {
		name  string
		value []byte
	}{
		{"nothing", nil},
		{"another format", append([]byte{2}, good[1:]...)},
		{"version 0", encode(&store.Item{}, 0)},
		{"a cut head", good[:headSize-1]},
		{"no attributes", good[:headSize]},
		{"a cut name", good[:headSize+4]},
		{"a cut value", good[:len(good)-1]},
		{"names out of order", bytes.Replace(good, []byte("b"), []byte("A"), 1)},
		{"a name twice", bytes.Replace(good, []byte("b"), []byte("a"), 1)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if it, err := decode(key("k"), tt.value); !errors.Is(err, errBadRow) {
				t.Errorf("decode = %+v, %v, want errBadRow", it, err)
			}
		})
	}
}

func TestItemsSurviveTheirEncoding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := store.Item{
			Key: key("k"), Version: rapid.Int64Min(1).Draw(t, "version"), Count: rapid.Int64().Draw(t, "count"),
			Attrs: rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "attrs"), Body: rapid.SliceOf(rapid.Byte()).Draw(t, "body"),
		}
		if rapid.Bool().Draw(t, "is due") {
			want.Due = time.UnixMilli(rapid.Int64Range(-1e15, 1e15).Draw(t, "due")).UTC()
		}
		if rapid.Bool().Draw(t, "expires") {
			want.Expires = time.Unix(rapid.Int64Range(-1e12, 1e12).Draw(t, "expiry"), 0).UTC()
		}
		got, err := decode(want.Key, encode(&want, want.Version))
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("differs (-want +got):\n%s", diff)
		}
	})
}

func TestTimesAreCutNotRounded(t *testing.T) {
	table := openTable(t, func() time.Time { return start }, Options{NoSync: true}, nil)
	for _, near := range []time.Time{start.Add(time.Hour), time.Unix(-5, 0).UTC()} {
		it := put(t, table, store.Item{Key: key(near.String()), Due: near.Add(999_999), Expires: start.Add(time.Hour + 999_999_999)})
		got, err := table.Get(t.Context(), it.Key)
		if err != nil || !got.Due.Equal(near) || !got.Expires.Equal(start.Add(time.Hour)) {
			t.Errorf("Get = due %v, expires %v, %v", got.Due, got.Expires, err)
		}
		page, err := table.Query(t.Context(), store.Query{Shard: store.Shard("p"), DueUntil: near.Add(1)})
		if err != nil || len(page.Items) == 0 || !page.Items[len(page.Items)-1].Due.Equal(near) {
			t.Errorf("Query = %+v, %v", page, err)
		}
	}
}

func TestKeysSortAsTheirBytes(t *testing.T) {
	part := rapid.StringMatching(`[\x01\x02a#~é\x{10ffff}]{1,3}`)
	rapid.Check(t, func(t *rapid.T) {
		a := store.Key{Partition: part.Draw(t, "p"), Sort: part.Draw(t, "s")}
		b := store.Key{Partition: part.Draw(t, "q"), Sort: part.Draw(t, "r")}
		want := cmp.Or(cmp.Compare(a.Partition, b.Partition), cmp.Compare(a.Sort, b.Sort))
		if got := bytes.Compare(rowKey(a), rowKey(b)); got != want {
			t.Errorf("rowKey orders %q and %q %d, want %d", a, b, got, want)
		}
		if got, err := parseRowKey(rowKey(a)); got != a || err != nil {
			t.Errorf("parseRowKey = %q, %v, want %q", got, err, a)
		}
	})
}

func TestNumbersSortAsTheirBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		if got := bytes.Compare(appendOrdered(nil, a), appendOrdered(nil, b)); got != cmp.Compare(a, b) {
			t.Errorf("%d and %d are ordered %d", a, b, got)
		}
		if got := ordered(appendOrdered(nil, a)); got != a {
			t.Errorf("ordered = %d, want %d", got, a)
		}
	})
}
