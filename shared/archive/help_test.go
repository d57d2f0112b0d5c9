package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/boltstore"
	"github.com/shiptide/shiptide/shared/store/storetest"
)

// start is when the tests take place.
var start = time.Date(2026, 3, 2, 9, 14, 0, 0, time.UTC)

func now() time.Time { return start }

var order = []string{"ledger", "shipments", "inbox"}

// openStore returns the three tables of a new, empty store.
func openStore(t testing.TB) []Table {
	t.Helper()
	db, err := boltstore.Open(filepath.Join(t.TempDir(), "test.db"), now, boltstore.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	var tables []Table
	for _, name := range order {
		rows, err := db.Table(name, nil)
		if err != nil {
			t.Fatal(err)
		}
		tables = append(tables, Table{Name: name, Rows: rows})
	}
	return tables
}

// wrap returns the tables as a World sees them.
func wrap(w *storetest.World, tables []Table) []Table {
	var out []Table
	for _, t := range tables {
		out = append(out, Table{Name: t.Name, Rows: w.Wrap(t.Rows).(Rows)})
	}
	return out
}

// twos is a table that is scanned two rows at a time, with tokens of its own.
type twos struct{ Rows }

func (r twos) Scan(ctx context.Context, after string) (store.Page, error) {
	page, err := r.Rows.Scan(ctx, "")
	if err != nil {
		return store.Page{}, err
	}
	n := 0
	if after != "" {
		if n, err = strconv.Atoi(after); err != nil || n >= len(page.Items) {
			return store.Page{}, errors.New("bad token")
		}
	}
	if n+2 < len(page.Items) {
		return store.Page{Items: page.Items[n : n+2], Next: strconv.Itoa(n + 2)}, nil
	}
	return store.Page{Items: page.Items[n:]}, nil
}

// smallStore returns a store of few rows and several pages.
func smallStore(t testing.TB) []Table {
	t.Helper()
	tables := openStore(t)
	for i := range 5 {
		put(t, tables[0], store.Item{Key: key("A", strconv.Itoa(i)), Body: []byte("body")})
	}
	put(t, tables[1], store.Item{Key: key("é", "\"\n"), Due: start.Add(time.Millisecond), Attrs: map[string]string{"b": "1", "a": "\u2028"}})
	put(t, tables[1], store.Item{Key: key("S", "1"), Expires: start.Add(time.Hour), Count: 7})
	for i := range tables {
		tables[i].Rows = twos{tables[i].Rows}
	}
	return tables
}

func key(partition, sort string) store.Key { return store.Key{Partition: partition, Sort: sort} }

func put(t testing.TB, table Table, it store.Item) {
	t.Helper()
	if err := table.Rows.Put(t.Context(), it); err != nil {
		t.Fatalf("Put %q = %v", it.Key, err)
	}
}

func noWait(context.Context, time.Duration) error { return nil }

// export exports without waiting for disks and stores.
func export(t testing.TB, file string, tables []Table) (Summary, error) {
	t.Helper()
	x := exporter{from: "here", tables: tables, wait: noWait, now: now, sync: func(*os.File) error { return nil }}
	return x.export(t.Context(), file)
}

// exported returns the archive of these tables.
func exported(t testing.TB, tables []Table) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "archive")
	if _, err := export(t, file, tables); err != nil {
		t.Fatal(err)
	}
	return read(t, file)
}

// importBytes imports an archive without waiting for stores.
func importBytes(t testing.TB, text []byte, tables []Table) (Summary, error) {
	t.Helper()
	m := importer{tables: tables, wait: noWait, now: now}
	return m.run(t.Context(), bytes.NewReader(text))
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func write(t testing.TB, text []byte) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "archive")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// contents returns all rows of a store by table, without their versions.
func contents(t testing.TB, tables []Table) map[string][]store.Item {
	t.Helper()
	all := map[string][]store.Item{}
	for _, table := range tables {
		for after := ""; ; {
			page, err := table.Rows.Scan(t.Context(), after)
			if err != nil {
				t.Fatal(err)
			}
			for _, it := range page.Items {
				it.Version = 0
				all[table.Name] = append(all[table.Name], it)
			}
			if after = page.Next; after == "" {
				break
			}
		}
	}
	return all
}

func diff(want, got any) string {
	large := func(a, b []byte) bool { return len(a)+len(b) > 1000 }
	return cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.FilterValues(large, cmp.Comparer(bytes.Equal)))
}

// seal makes an archive of lines in which SUM is to be the checksum.
func seal(lines ...string) []byte {
	var out []byte
	for _, line := range lines {
		sum := sha256.Sum256(out)
		out = append(out, strings.ReplaceAll(line, "SUM", hex.EncodeToString(sum[:]))+"\n"...)
	}
	return out
}

// sole is an archive of one table, as lines for seal.
func sole(body ...string) []string {
	return slices.Concat([]string{`{"archive":1,"from":"here","tables":["ledger"]}`}, body)
}

const (
	soleRow  = `{"t":"ledger","p":"A","s":"1","v":1}`
	soleDone = `{"t":"ledger","next":"","rows":1,"done":true,"sha256":"SUM"}`
	soleEnd  = `{"end":true,"rows":{"ledger":1},"sha256":"SUM"}`
)

// total adds the counts of all tables.
func total(s Summary) (c Counts) {
	for _, name := range slices.Sorted(maps.Keys(s.Tables)) {
		t := s.Tables[name]
		c.Rows, c.Written, c.Already = c.Rows+t.Rows, c.Written+t.Written, c.Already+t.Already
		c.Expired, c.Differ = c.Expired+t.Expired, c.Differ+t.Differ
		c.DifferKeys = append(c.DifferKeys, t.DifferKeys...)
	}
	return c
}

// many is a store of numbered rows that exist only while they are read, and
// counts those that are put.
type many struct {
	store.Table
	rows, page int
	put        func(store.Item) error
}

func (m many) Scan(_ context.Context, after string) (page store.Page, err error) {
	n := 0
	if after != "" {
		if n, err = strconv.Atoi(after); err != nil {
			return store.Page{}, err
		}
	}
	for ; n < m.rows && len(page.Items) < m.page; n++ {
		page.Items = append(page.Items, store.Item{Key: key("p", fmt.Sprint(n)), Body: []byte("some body")})
	}
	if n < m.rows {
		page.Next = strconv.Itoa(n)
	}
	return page, nil
}

func (m many) Put(_ context.Context, it store.Item) error { return m.put(it) }
