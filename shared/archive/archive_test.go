package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/store"
)

// fullStore returns a store with rows of every kind.
func fullStore(t *testing.T) []Table {
	tables := openStore(t)
	random := rand.NewChaCha8([32]byte{1})
	large := make([]byte, store.MaxBody)
	_, _ = random.Read(large)
	odd := "\x01\t\"\\/<&>\u2028\u2029\x7f é 包裹 😀 \ufffd"
	rows := []store.Item{
		{Key: key("empty", "-")},
		{Key: key(odd, odd), Attrs: map[string]string{odd: odd, "nul": "\x00"}},
		{Key: key("p", strings.Repeat("\x01", 1000)), Attrs: map[string]string{"a": strings.Repeat("\x02", 8<<10-1)}, Body: large},
		{Key: key("large", "2"), Body: large},
		{Key: key("due", "1"), Due: start.Add(123 * time.Millisecond)},
		{Key: key("due", "2"), Due: time.Date(1969, 12, 31, 23, 59, 59, 1e6, time.UTC), Expires: start.Add(time.Second)},
		{Key: key("count", "1"), Count: 1<<63 - 1, Expires: start.Add(time.Hour)},
		{Key: key("count", "2"), Count: -1 << 63},
		{Key: key("body", "1"), Body: []byte{0}},
	}
	for i, it := range rows {
		put(t, tables[i%3], it)
		if it.Count == 0 {
			put(t, tables[0], store.Item{Key: key("copy of "+it.Partition[:1], it.Sort[:1]), Body: it.Body})
		}
	}
	if n, err := tables[0].Rows.Add(t.Context(), key("counter", "-"), 3, 10, start.Add(time.Hour)); n != 3 || err != nil {
		t.Fatal(n, err)
	}
	put(t, tables[1], store.Item{Key: key("twice", "-"), Body: []byte("a")})
	put(t, tables[1], store.Item{Key: key("twice", "-"), Version: 1, Body: []byte("b")})
	for i := range 250 { // More than two pages.
		put(t, tables[2], store.Item{Key: key("page", string(rune('一'+i))), Body: bytes.Repeat([]byte{byte(i)}, i)})
	}
	return tables
}

func TestAllRowsArriveInAnotherStore(t *testing.T) {
	source, target := fullStore(t), openStore(t)
	file := filepath.Join(t.TempDir(), "archive")
	told := map[string]int{}
	tell := func(table string, rows int) {
		if rows < told[table] {
			t.Errorf("%s: %d rows after %d", table, rows, told[table])
		}
		told[table] = rows
	}
	out, err := Export(t.Context(), file, "here", source, tell)
	if err != nil {
		t.Fatal(err)
	}
	want := contents(t, source)
	counted := map[string]int{}
	for name, rows := range want {
		counted[name] = len(rows)
		if out.Tables[name].Rows != len(rows) {
			t.Errorf("%s: exported %d rows, want %d", name, out.Tables[name].Rows, len(rows))
		}
	}
	if d := diff(counted, told); d != "" {
		t.Errorf("progress of the export (-want +got):\n%s", d)
	}
	if sum := sha256.Sum256(read(t, file)); out.SHA256 != hex.EncodeToString(sum[:]) {
		t.Errorf("checksum %s is not that of the file", out.SHA256)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v, want 0600", info.Mode(), err)
	}

	clear(told)
	for _, tt := range []struct {
		name string
		want func(rows int) Counts
	}{
		{"all is written", func(n int) Counts { return Counts{Rows: n, Written: n} }},
		{"all is there already", func(n int) Counts { return Counts{Rows: n, Already: n} }},
	} {
		in, err := Import(t.Context(), file, target, now, nil)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		expect := Summary{Tables: map[string]Counts{}, SHA256: out.SHA256}
		for name, rows := range want {
			expect.Tables[name] = tt.want(len(rows))
		}
		if d := diff(expect, in); d != "" {
			t.Errorf("%s: summary (-want +got):\n%s", tt.name, d)
		}
		if d := diff(want, contents(t, target)); d != "" {
			t.Errorf("%s: store differs (-want +got):\n%s", tt.name, d)
		}
	}
	if _, err := Import(t.Context(), file, target, now, tell); err != nil {
		t.Fatal(err)
	}
	if d := diff(counted, told); d != "" {
		t.Errorf("progress of the import (-want +got):\n%s", d)
	}
	it, err := target[1].Rows.Get(t.Context(), key("twice", "-"))
	if err != nil || it.Version != 1 || string(it.Body) != "b" {
		t.Errorf("row = version %d, %q, %v, want a version of the target's own", it.Version, it.Body, err)
	}
}

func TestAnEmptyStoreHasAnArchive(t *testing.T) {
	text := exported(t, openStore(t))
	s, err := importBytes(t, text, openStore(t))
	if c := total(s); err != nil || c.Rows != 0 || len(s.Tables) != 3 {
		t.Errorf("import = %+v, %v", s, err)
	}
}

// TestFormat keeps the format: archives outlive programs.
func TestFormat(t *testing.T) {
	want := seal(
		`{"archive":1,"from":"here","tables":["ledger","shipments","inbox"]}`,
		`{"t":"ledger","p":"A","s":"0","v":1,"b":"Ym9keQ=="}`,
		`{"t":"ledger","p":"A","s":"1","v":1,"b":"Ym9keQ=="}`,
		`{"t":"ledger","next":"2","rows":2,"sha256":"SUM"}`,
		`{"t":"ledger","p":"A","s":"2","v":1,"b":"Ym9keQ=="}`,
		`{"t":"ledger","p":"A","s":"3","v":1,"b":"Ym9keQ=="}`,
		`{"t":"ledger","next":"4","rows":4,"sha256":"SUM"}`,
		`{"t":"ledger","p":"A","s":"4","v":1,"b":"Ym9keQ=="}`,
		`{"t":"ledger","next":"","rows":5,"done":true,"sha256":"SUM"}`,
		`{"t":"shipments","p":"S","s":"1","v":1,"exp":"2026-03-02T10:14:00Z","n":7}`,
		`{"t":"shipments","p":"é","s":"\"\n","v":1,"due":"2026-03-02T09:14:00.001Z","a":{"a":"`+"\u2028"+`","b":"1"}}`,
		`{"t":"shipments","next":"","rows":2,"done":true,"sha256":"SUM"}`,
		`{"t":"inbox","next":"","rows":0,"done":true,"sha256":"SUM"}`,
		`{"end":true,"rows":{"inbox":0,"ledger":5,"shipments":2},"sha256":"SUM"}`,
	)
	if d := diff(string(want), string(exported(t, smallStore(t)))); d != "" {
		t.Errorf("archive differs (-want +got):\n%s", d)
	}
}

func TestManyRows(t *testing.T) {
	const rows = 100_000
	var arrived atomic.Int64
	tables := []Table{{Name: "ledger", Rows: many{rows: rows, page: 1000, put: func(store.Item) error {
		arrived.Add(1)
		return nil
	}}}}
	file := filepath.Join(t.TempDir(), "archive")
	if s, err := export(t, file, tables); err != nil || s.Tables["ledger"].Rows != rows {
		t.Fatalf("export = %+v, %v", s, err)
	}
	s, err := Import(t.Context(), file, tables, now, nil)
	if err != nil || s.Tables["ledger"].Written != rows || arrived.Load() != rows {
		t.Errorf("import = %+v, %v; %d rows arrived", s, err, arrived.Load())
	}
}
