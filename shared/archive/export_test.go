package archive

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/storetest"
)

func TestAnExportCutAnywhereIsContinued(t *testing.T) {
	tables := smallStore(t)
	want := exported(t, tables)
	for n := range want {
		file := write(t, want[:n])
		s, err := export(t, file, tables)
		if err != nil {
			t.Fatalf("cut at byte %d: %v", n, err)
		}
		if c := total(s); c.Rows != 7 {
			t.Errorf("cut at byte %d: %d rows, want 7", n, c.Rows)
		}
		if d := diff(string(want), string(read(t, file))); d != "" {
			t.Fatalf("cut at byte %d: archive differs (-want +got):\n%s", n, d)
		}
	}
}

// TestATailOfZerosIsCutOff: a power cut may leave one.
func TestATailOfZerosIsCutOff(t *testing.T) {
	tables := smallStore(t)
	want := exported(t, tables)
	file := write(t, append(bytes.Clone(want[:len(want)/2]), make([]byte, 9000)...))
	if _, err := export(t, file, tables); err != nil {
		t.Fatal(err)
	}
	if d := diff(string(want), string(read(t, file))); d != "" {
		t.Errorf("archive differs (-want +got):\n%s", d)
	}
}

func TestAnArchiveIsForItsOwnerOnly(t *testing.T) {
	file := write(t, nil)
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := export(t, file, smallStore(t)); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v, want 0600", info.Mode(), err)
	}
}

// TestAContinuedExportGoesOn: pages that are in the file are not read again.
func TestAContinuedExportGoesOn(t *testing.T) {
	tables := smallStore(t)
	text := exported(t, tables)
	lines := bytes.SplitAfter(text, []byte("\n"))
	w := storetest.NewWorld()
	file := write(t, bytes.Join(lines[:8], nil)) // Two pages of the ledger, and a row of its third.
	if _, err := export(t, file, wrap(w, tables)); err != nil {
		t.Fatal(err)
	}
	if w.Calls() != 3 {
		t.Errorf("%d pages were read, want the last of the ledger and the two others", w.Calls())
	}
}

func TestAnExportKilledAtAnyCallIsContinued(t *testing.T) {
	tables := smallStore(t)
	want := exported(t, tables)
	for _, fault := range []storetest.Fault{storetest.CrashBefore, storetest.CrashAfter} {
		for n := 1; ; n++ {
			file := filepath.Join(t.TempDir(), "archive")
			w := storetest.NewWorld()
			w.At(n, fault)
			_, err := export(t, file, wrap(w, tables))
			if !w.Crashed() {
				if n != 6 {
					t.Errorf("%d calls, want 5", n-1)
				}
				break
			}
			if !errors.Is(err, storetest.ErrCrashed) {
				t.Errorf("call %d: export = %v", n, err)
			}
			if _, err := export(t, file, tables); err != nil {
				t.Errorf("call %d: export again = %v", n, err)
			}
			if !bytes.Equal(read(t, file), want) {
				t.Errorf("call %d: archive differs", n)
			}
		}
	}
}

func TestAnExportOutlastsFaults(t *testing.T) {
	tables := smallStore(t)
	want := exported(t, tables)
	for seed := range uint64(20) {
		w := storetest.NewWorld()
		w.Random(seed, 0.05, 0.05)
		if got := exported(t, wrap(w, tables)); !bytes.Equal(got, want) {
			t.Errorf("seed %d: archive differs", seed)
		}
	}
}

func TestAnExportLeavesWhatItRefuses(t *testing.T) {
	tables := smallStore(t)
	whole := exported(t, tables)
	lines := bytes.SplitAfter(whole, []byte("\n"))
	cut := bytes.Join(lines[:9], nil) // Up to the last checkpoint of the ledger.
	spoilt := bytes.Clone(cut)
	spoilt[bytes.Index(spoilt, []byte("Ym9keQ"))] ^= 1
	tests := []struct {
		name string
		text []byte
		want string // part of the error
	}{
		{"a complete archive", whole, ErrComplete.Error()},
		{"an archive that goes on after its end", append(bytes.Clone(whole), '\n'), "line 14: archive is damaged"},
		{"a row that the checkpoint does not verify", spoilt, "line 4: archive is damaged"},
		{"a checkpoint with another sum", bytes.Replace(cut, []byte(`"sha256":"`), []byte(`"sha256":"f`), 1), "line 4: archive is damaged"},
		{"another text", []byte("shopping list\nmilk\n"), ErrNoArchive.Error()},
		{"the beginning of another text", []byte("shopping"), ErrNoArchive.Error()},
		{"another JSON text", []byte("{\"events\":[]}\n"), ErrNoArchive.Error()},
		{"a large file without lines", make([]byte, 2*maxLine), ErrNoArchive.Error()},
		{"an archive of a later format", []byte("{\"archive\":2,\"parts\":9}\n"), "archive of format 2, want 1"},
		{"an archive of other tables", []byte("{\"archive\":1,\"tables\":[\"ledger\"]}\n"), `archive of the tables ["ledger"], want ["ledger" "shipments" "inbox"]`},
		{"an archive in another order", []byte("{\"archive\":1,\"tables\":[\"inbox\",\"ledger\",\"shipments\"]}\n"), `archive of the tables ["inbox"`},
		{"a header with spaces", []byte("{\"archive\":1, \"tables\":[\"ledger\",\"shipments\",\"inbox\"]}\n"), "line 1: archive is damaged"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := write(t, tt.text)
			if _, err := export(t, file, tables); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("export = %v, want %q", err, tt.want)
			}
			if !bytes.Equal(read(t, file), tt.text) {
				t.Error("the file was changed")
			}
		})
	}
}

func TestAnExportNeedsAPlace(t *testing.T) {
	dir := t.TempDir()
	if _, err := Export(t.Context(), filepath.Join(dir, "none", "archive"), "here", openStore(t), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("into a folder that is not there: %v", err)
	}
	if _, err := Export(t.Context(), dir, "here", openStore(t), nil); err == nil {
		t.Error("into a folder: no error")
	}
	if _, err := Export(t.Context(), os.DevNull, "here", openStore(t), nil); !errors.Is(err, ErrNoArchive) {
		t.Errorf("into a device: %v", err)
	}
	for name, tables := range map[string][]Table{"no": nil, "unnamed": {{}}, "equal": {{Name: "a"}, {Name: "a"}}} {
		file := filepath.Join(dir, "archive")
		if _, err := Export(t.Context(), file, "here", tables, nil); err == nil {
			t.Errorf("of %s tables: no error", name)
		}
		if _, err := os.Stat(file); err == nil {
			t.Errorf("of %s tables: the file was made", name)
		}
	}
}

// TestAnotherStoreDoesNotContinue: its tokens are other ones.
func TestAnotherStoreDoesNotContinue(t *testing.T) {
	tables := smallStore(t)
	text := exported(t, tables)
	cut := text[:bytes.Index(text, []byte(`"s":"2"`))]
	file := write(t, cut)
	other := openStore(t)
	if _, err := export(t, file, other); err == nil || !strings.Contains(err.Error(), "remove the file and begin anew") {
		t.Errorf("export = %v", err)
	}
	if _, err := export(t, file, tables); err != nil {
		t.Errorf("export of the first store again = %v", err)
	}
	if !bytes.Equal(read(t, file), text) {
		t.Error("archive differs")
	}
}

// odd is a table of one row.
type odd struct {
	store.Table
	it store.Item
}

func (o odd) Scan(context.Context, string) (store.Page, error) {
	return store.Page{Items: []store.Item{o.it}}, nil
}

func TestAnExportRefusesWhatItCannotHold(t *testing.T) {
	secret := "1Z999AA10123456784"
	for name, it := range map[string]store.Item{
		"a key that is not UTF-8":        {Key: key(secret, "\xff")},
		"an attribute that is not":       {Key: key(secret, "-"), Attrs: map[string]string{"a": "\xc3"}},
		"a name that is not":             {Key: key(secret, "-"), Attrs: map[string]string{"\xc3": "a"}},
		"a due time after the year 9999": {Key: key(secret, "-"), Due: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)},
		"an expiry before the year 0":    {Key: key(secret, "-"), Expires: time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC)},
		"a time finer than stores have":  {Key: key(secret, "-"), Due: start.Add(1)},
		"a body that is too large":       {Key: key(secret, "-"), Body: make([]byte, store.MaxBody+1)},
		"an empty key":                   {Key: key(secret, "")},
	} {
		file := filepath.Join(t.TempDir(), "archive")
		_, err := export(t, file, []Table{{Name: "ledger", Rows: odd{it: it}}})
		if !errors.Is(err, errInexact) || !strings.Contains(err.Error(), "ledger: row 1: ") || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestACancelledExportIsContinued(t *testing.T) {
	tables := smallStore(t)
	want := exported(t, tables)
	file := filepath.Join(t.TempDir(), "archive")
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Export(ctx, file, "here", tables, func(_ string, rows int) {
		if rows == 4 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "anew") {
		t.Errorf("Export = %v", err)
	}
	if text := read(t, file); !bytes.HasPrefix(want, text) || bytes.Count(text, []byte("sha256")) != 2 {
		t.Errorf("the file does not end with the second page:\n%s", text)
	}
	if _, err := Export(t.Context(), file, "here", tables, nil); err != nil {
		t.Error(err)
	}
	if !bytes.Equal(read(t, file), want) {
		t.Error("archive differs")
	}
}

func TestAnExportSyncsAboutOnceASecond(t *testing.T) {
	clock, syncs, pages := start, 0, 0
	x := exporter{
		from:   "here",
		tables: []Table{{Name: "ledger", Rows: many{rows: 100, page: 1}}}, wait: noWait, now: func() time.Time { return clock },
		sync:     func(*os.File) error { syncs++; return nil },
		progress: func(string, int) { pages++; clock = clock.Add(100 * time.Millisecond) },
	}
	if _, err := x.export(t.Context(), filepath.Join(t.TempDir(), "archive")); err != nil {
		t.Fatal(err)
	}
	if pages != 100 || syncs != 9+1 {
		t.Errorf("%d syncs in %d pages of 0.1 s, want 9 and that of the end", syncs, pages)
	}
	x.sync = func(*os.File) error { return errors.New("disk broken") }
	if _, err := x.export(t.Context(), filepath.Join(t.TempDir(), "archive")); err == nil {
		t.Error("no error when the disk fails")
	}
}

func TestAnExportGoesOnFromItsOwnStoreOnly(t *testing.T) {
	tables := []Table{{Name: "ledger", Rows: many{rows: 100, page: 10}}}
	file := filepath.Join(t.TempDir(), "archive")
	if _, err := Export(t.Context(), file, "one", tables, nil); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	cut := whole[:len(whole)/2]
	if err := os.WriteFile(file, cut, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Export(t.Context(), file, "other", tables, nil); !errors.Is(err, ErrOtherStore) {
		t.Errorf("Export from another store = %v, want ErrOtherStore", err)
	}
	if now, err := os.ReadFile(file); err != nil || !bytes.Equal(now, cut) {
		t.Errorf("the file was changed (%v)", err)
	}
	if _, err := Export(t.Context(), file, "one", tables, nil); err != nil {
		t.Errorf("Export from the same store = %v", err)
	}
	if now, err := os.ReadFile(file); err != nil || !bytes.Equal(now, whole) {
		t.Errorf("the continued file is another (%v)", err)
	}
}
