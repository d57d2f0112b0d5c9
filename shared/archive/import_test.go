package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/storetest"
)

func TestAnImportKilledAtAnyCallIsRunAgain(t *testing.T) {
	source := smallStore(t)
	text, want := exported(t, source), contents(t, source)
	for _, fault := range []storetest.Fault{storetest.CrashBefore, storetest.CrashAfter} {
		for n := 1; n <= 7; n++ {
			target := openStore(t)
			w := storetest.NewWorld()
			w.At(n, fault)
			first, err := importBytes(t, text, wrap(w, target))
			if !errors.Is(err, storetest.ErrCrashed) || !strings.Contains(err.Error(), ": line ") {
				t.Errorf("call %d: import = %v", n, err)
			}
			second, err := importBytes(t, text, target)
			if err != nil {
				t.Errorf("call %d: import again = %v", n, err)
			}
			c := total(second)
			if c.Rows != 7 || c.Written+c.Already != 7 || c.Already < total(first).Written {
				t.Errorf("call %d: import again = %+v after %+v", n, c, total(first))
			}
			if d := diff(want, contents(t, target)); d != "" {
				t.Errorf("call %d: store differs (-want +got):\n%s", n, d)
			}
		}
	}
}

func TestAnImportOutlastsFaults(t *testing.T) {
	source := smallStore(t)
	for i := range 300 {
		put(t, source[2], store.Item{Key: key("I", fmt.Sprint(i)), Due: start, Attrs: map[string]string{"a": "b"}, Body: []byte("body")})
	}
	source[2].Rows = source[2].Rows.(twos).Rows // Pages of 100.
	text, want := exported(t, source), contents(t, source)
	lost := 0
	for seed := range uint64(10) {
		target := openStore(t)
		w := storetest.NewWorld()
		w.Random(seed, 0.05, 0.05)
		s, err := importBytes(t, text, wrap(w, target))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if c := total(s); c.Written+c.Already != c.Rows {
			t.Errorf("seed %d: %+v", seed, c)
		}
		lost += total(s).Already
		if d := diff(want, contents(t, target)); d != "" {
			t.Errorf("seed %d: store differs (-want +got):\n%s", seed, d)
		}
	}
	if lost == 0 {
		t.Error("no answer was lost")
	}
}

func TestAnImportLeavesRowsThatDiffer(t *testing.T) {
	base := store.Item{
		Key: key("A", "-"), Due: start, Expires: start.Add(time.Hour), Count: 1,
		Attrs: map[string]string{"a": "1"}, Body: []byte("body"),
	}
	tests := []struct {
		name   string
		change func(*store.Item)
		want   Counts
	}{
		{"the same content", func(*store.Item) {}, Counts{Rows: 1, Already: 1}},
		{"a due time", func(it *store.Item) { it.Due = start.Add(time.Millisecond) }, Counts{Rows: 1, Differ: 1}},
		{"an expiry", func(it *store.Item) { it.Expires = time.Time{} }, Counts{Rows: 1, Differ: 1}},
		{"a count", func(it *store.Item) { it.Count = 2 }, Counts{Rows: 1, Differ: 1}},
		{"an attribute", func(it *store.Item) { it.Attrs = map[string]string{"a": "2"} }, Counts{Rows: 1, Differ: 1}},
		{"a body", func(it *store.Item) { it.Body = nil }, Counts{Rows: 1, Differ: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			source, target := openStore(t), openStore(t)
			put(t, source[0], base)
			newer := base
			put(t, target[0], newer)
			newer.Version = 1
			tt.change(&newer)
			put(t, target[0], newer)
			if tt.want.Differ > 0 {
				tt.want.DifferKeys = []Key{{"A", "-"}}
			}
			before := contents(t, target)
			s, err := importBytes(t, exported(t, source), target)
			if err != nil {
				t.Fatal(err)
			}
			if d := diff(tt.want, s.Tables["ledger"]); d != "" {
				t.Errorf("counts differ (-want +got):\n%s", d)
			}
			if d := diff(before, contents(t, target)); d != "" {
				t.Errorf("store differs (-want +got):\n%s", d)
			}
			if it, err := target[0].Rows.Get(t.Context(), base.Key); err != nil || it.Version != 2 {
				t.Errorf("row = version %d, %v, want it untouched", it.Version, err)
			}
		})
	}
}

func TestAnImportNamesAFewKeysThatDiffer(t *testing.T) {
	source, target := openStore(t), openStore(t)
	for i := range 50 {
		it := store.Item{Key: key("A", fmt.Sprintf("%02d", i))}
		put(t, source[0], it)
		it.Count = 1
		put(t, target[0], it)
	}
	s, err := importBytes(t, exported(t, source), target)
	if c := s.Tables["ledger"]; err != nil || c.Differ != 50 || len(c.DifferKeys) != 20 {
		t.Errorf("import = %+v, %v", c, err)
	}
	for i, k := range s.Tables["ledger"].DifferKeys[1:] {
		if k.Sort <= s.Tables["ledger"].DifferKeys[i].Sort {
			t.Errorf("keys out of order: %v", s.Tables["ledger"].DifferKeys)
		}
	}
}

func TestAnImportLeavesOutExpiredRows(t *testing.T) {
	source := openStore(t)
	put(t, source[0], store.Item{Key: key("A", "1"), Expires: start.Add(time.Minute)})
	put(t, source[0], store.Item{Key: key("A", "2"), Expires: start.Add(time.Minute + time.Second)})
	text, target := exported(t, source), openStore(t)
	m := importer{tables: target, wait: noWait, now: func() time.Time { return start.Add(time.Minute) }}
	s, err := m.run(t.Context(), bytes.NewReader(text))
	if d := diff(Counts{Rows: 2, Written: 1, Expired: 1}, s.Tables["ledger"]); err != nil || d != "" {
		t.Errorf("import = %v, counts differ (-want +got):\n%s", err, d)
	}
	if got := contents(t, target)["ledger"]; len(got) != 1 || got[0].Sort != "2" {
		t.Errorf("rows %+v, want the one that lives", got)
	}
}

// TestAnImportTriesAgainWhenARowIsGone: it expired in the target between the
// write and the look at what was there.
func TestAnImportTriesAgainWhenARowIsGone(t *testing.T) {
	calls := 0
	tables := []Table{{Name: "ledger", Rows: many{put: func(it store.Item) error {
		if calls++; calls < 3 {
			return &store.ConflictError{Key: it.Key}
		}
		return nil
	}}}}
	s, err := importBytes(t, seal(sole(soleRow, soleDone, soleEnd)...), tables)
	if err != nil || calls != 3 || s.Tables["ledger"].Written != 1 {
		t.Errorf("import = %+v, %v after %d calls", s, err, calls)
	}
}

func TestAnImportGivesUpOnAStoreThatFails(t *testing.T) {
	fault := errors.New("throttled")
	tests := []struct {
		name  string
		err   error
		calls int
		slept time.Duration
	}{
		{"an error that may pass", fault, 6, 6200 * time.Millisecond},
		{"a row that is too large for it", store.ErrTooLarge, 1, 0},
		{"a key that is not for it", store.ErrBadKey, 1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls, began := 0, time.Now()
				m := importer{wait: sleep, now: now, tables: []Table{{Name: "ledger", Rows: many{put: func(store.Item) error {
					calls++
					return tt.err
				}}}}}
				s, err := m.run(t.Context(), bytes.NewReader(seal(sole(soleRow, soleDone, soleEnd)...)))
				if !errors.Is(err, tt.err) || !strings.HasPrefix(err.Error(), "ledger: line 2: ") || s.SHA256 != "" || total(s).Rows != 0 {
					t.Errorf("import = %+v, %v", s, err)
				}
				if slept := time.Since(began); calls != tt.calls || slept != tt.slept {
					t.Errorf("%d calls in %v, want %d in %v", calls, slept, tt.calls, tt.slept)
				}
			})
		})
	}
}

func TestOneRowThatFailsStopsTheOthers(t *testing.T) {
	text := exported(t, []Table{{Name: "ledger", Rows: many{rows: 1000, page: 1000}}})
	synctest.Test(t, func(t *testing.T) {
		var puts atomic.Int64
		_, err := importBytes(t, text, []Table{{Name: "ledger", Rows: many{put: func(it store.Item) error {
			puts.Add(1)
			if it.Sort == "0" {
				return store.ErrTooLarge
			}
			time.Sleep(time.Second)
			return nil
		}}}})
		if !errors.Is(err, store.ErrTooLarge) || puts.Load() > 32 {
			t.Errorf("import = %v after %d rows", err, puts.Load())
		}
	})
}

func TestAnImportWritesSixteenRowsAtOnce(t *testing.T) {
	text := exported(t, []Table{{Name: "ledger", Rows: many{rows: 64, page: 64}}})
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		flying, most := 0, 0
		began := time.Now()
		_, err := importBytes(t, text, []Table{{Name: "ledger", Rows: many{put: func(store.Item) error {
			mu.Lock()
			flying++
			most = max(most, flying)
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			flying--
			mu.Unlock()
			return nil
		}}}})
		if took := time.Since(began); err != nil || most != 16 || took != 4*time.Second {
			t.Errorf("at most %d at once, %v altogether, %v; want 16, 4s", most, took, err)
		}
	})
}

func TestAnImportWritesOneTableAfterTheOther(t *testing.T) {
	text := exported(t, []Table{{Name: "ledger", Rows: many{rows: 20, page: 20}}, {Name: "inbox", Rows: many{rows: 20, page: 20}}})
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var ends []string
		slow := func(table string, d time.Duration) Table {
			return Table{Name: table, Rows: many{put: func(store.Item) error {
				time.Sleep(d)
				mu.Lock()
				defer mu.Unlock()
				ends = append(ends, table)
				return nil
			}}}
		}
		if _, err := importBytes(t, text, []Table{slow("ledger", time.Hour), slow("inbox", 0)}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(ends, " "); got != strings.Repeat("ledger ", 20)+strings.TrimSpace(strings.Repeat("inbox ", 20)) {
			t.Errorf("order %s", got)
		}
	})
}

func TestACancelledImportStops(t *testing.T) {
	text := exported(t, []Table{{Name: "ledger", Rows: many{rows: 1000, page: 10}}})
	file := write(t, text)
	ctx, cancel := context.WithCancel(t.Context())
	tables := []Table{{Name: "ledger", Rows: many{put: func(store.Item) error { return nil }}}}
	s, err := Import(ctx, file, tables, now, func(_ string, rows int) {
		if rows == 100 {
			cancel()
		}
	})
	if c := s.Tables["ledger"]; !errors.Is(err, context.Canceled) || c.Rows != 100 || c.Written != 100 {
		t.Errorf("import = %+v, %v", s, err)
	}
	if _, err := Import(ctx, write(t, text[:len(text)-1]), tables, now, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("import that has not begun = %v", err)
	}
}

func TestAnImportNeedsAFile(t *testing.T) {
	if _, err := Import(t.Context(), filepath.Join(t.TempDir(), "none"), openStore(t), now, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("import = %v", err)
	}
	if _, err := Import(t.Context(), write(t, nil), nil, now, nil); err == nil {
		t.Error("into no tables: no error")
	}
}

func TestAnImportAsksWhetherRowsFit(t *testing.T) {
	source := openStore(t)
	for i := range 3 {
		if err := source[1].Rows.Put(t.Context(), store.Item{Key: store.Key{Partition: fmt.Sprint("p", i), Sort: "-"}}); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(t.TempDir(), "archive")
	if _, err := Export(t.Context(), file, "here", source, nil); err != nil {
		t.Fatal(err)
	}
	unfit := errors.New("sealed with another key")
	target := openStore(t)
	target[1].Check = func(it *store.Item) error {
		if it.Partition == "p2" {
			return unfit
		}
		return nil
	}
	if _, err := Import(t.Context(), file, target, now, nil); !errors.Is(err, unfit) || !strings.Contains(err.Error(), "line 5") {
		t.Errorf("Import = %v, want that of line 5", err)
	}
	page, err := target[1].Rows.Scan(t.Context(), "")
	if err != nil || len(page.Items) > 0 {
		t.Errorf("%d rows, %v, want none", len(page.Items), err)
	}
}
