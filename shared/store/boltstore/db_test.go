package boltstore

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/shiptide/shiptide/shared/store"
)

func now() time.Time { return start }

func TestOpenMakesAPrivateFileInAPrivateDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	openDB(t, filepath.Join(dir, "db"), now, Options{})
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Dir(dir): 0o700, filepath.Join(dir, "db"): 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, %v, want %v", path, info.Mode().Perm(), err, want)
		}
	}
}

func TestAFileHasOneUser(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db := openDB(t, path, now, Options{})
	_, err := Open(path, now, Options{LockTimeout: 1})
	if !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), path) {
		t.Errorf("Open = %v, want ErrLocked with the path", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	openDB(t, path, now, Options{LockTimeout: 1})
}

func TestOpenRefusesWhatItDoesNotKnow(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, path, want string }{
		{"a file that is no database", text, "invalid database"},
		{"a directory", dir, "is a directory"},
		{"a path below a file", filepath.Join(text, "db"), "not a directory"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Open(tt.path, now, Options{}); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Open = %v, want %q", err, tt.want)
			}
		})
	}
}

func TestOpenRefusesAnotherFormat(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db := openDB(t, path, now, Options{})
	err := db.bolt.Update(func(tx *bolt.Tx) error {
		return tx.Bucket([]byte("format")).Put([]byte("format"), []byte("shiptide 2"))
	})
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	for range 2 { // A refused file is let go again.
		if _, err := Open(path, now, Options{LockTimeout: 1}); err == nil || !strings.Contains(err.Error(), `unknown format "shiptide 2"`) {
			t.Errorf("Open = %v, want an unknown format", err)
		}
	}
}

func TestWritesAreSynced(t *testing.T) {
	db := openDB(t, filepath.Join(t.TempDir(), "db"), now, Options{})
	if db.bolt.NoSync || db.bolt.NoGrowSync {
		t.Error("writes are acknowledged before they are on disk")
	}
}

func TestTableRefusesBadNames(t *testing.T) {
	db := openDB(t, filepath.Join(t.TempDir(), "db"), now, Options{})
	for _, name := range []string{"", "a.rows", "a\x00"} {
		if _, err := db.Table(name, nil); err == nil {
			t.Errorf("Table %q: no error", name)
		}
	}
}

func TestTablesOfAFileAreApart(t *testing.T) {
	db := openDB(t, filepath.Join(t.TempDir(), "db"), now, Options{})
	one := tableOf(t, db, nil)
	other, err := db.Table("others", nil)
	if err != nil {
		t.Fatal(err)
	}
	put(t, one, store.Item{Key: key("a"), Due: start})
	if _, err := other.Get(t.Context(), key("a")); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Get = %v, want ErrNotFound", err)
	}
	if page, err := other.Query(t.Context(), store.Query{Shard: store.Shard("p"), DueUntil: start}); err != nil || len(page.Items) != 0 {
		t.Errorf("Query = %+v, %v, want nothing", page, err)
	}
}

func TestClosed(t *testing.T) {
	db := openDB(t, filepath.Join(t.TempDir(), "db"), now, Options{})
	table := tableOf(t, db, always)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	_, get := table.Get(ctx, key("a"))
	_, query := table.Query(ctx, store.Query{Partition: "p"})
	_, due := table.Query(ctx, store.Query{DueUntil: start})
	_, scan := table.Scan(ctx, "")
	_, add := table.Add(ctx, key("a"), 1, 1, time.Time{})
	_, _, pending := table.Pending("", 0)
	_, again := db.Table("rows", nil)
	_, purge := db.Purge(ctx, 0)
	for name, err := range map[string]error{
		"Get": get, "Query": query, "due": due, "Scan": scan, "Add": add, "Pending": pending, "Table": again, "Purge": purge,
		"Put": table.Put(ctx, store.Item{Key: key("a")}), "Delete": table.Delete(ctx, key("a"), 1),
		"Done": table.Done(ctx, []Pending{{Key: key("a")}}), "Close": db.Close(),
	} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%s = %v, want ErrClosed", name, err)
		}
	}
}

// TestStateChangesWithTheFile: an export goes on only where nothing was written.
func TestStateChangesWithTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	state := func(write bool) string {
		t.Helper()
		db, err := Open(path, time.Now, Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		table, err := db.Table("table", nil)
		if err != nil {
			t.Fatal(err)
		}
		if write {
			if err := table.Put(t.Context(), store.Item{Key: store.Key{Partition: "p", Sort: rand.Text()}}); err != nil {
				t.Fatal(err)
			}
		}
		s, err := db.State()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first := state(true)
	if again := state(false); again != first {
		t.Errorf("opened again it is %q, before %q", again, first)
	}
	if written := state(true); written == first {
		t.Errorf("written to it is %q still", written)
	}
}
