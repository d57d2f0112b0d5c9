package boltstore

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/shiptide/shiptide/shared/store"
)

var start = time.Date(2026, 3, 2, 9, 14, 0, 0, time.UTC)

func always(store.Key, bool) bool { return true }

func inserts(_ store.Key, inserted bool) bool { return inserted }

func openDB(t testing.TB, path string, now func() time.Time, o Options) *DB {
	t.Helper()
	db, err := Open(path, now, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil && !errors.Is(err, ErrClosed) {
			t.Error(err)
		}
	})
	return db
}

func openTable(t testing.TB, now func() time.Time, o Options, stream func(store.Key, bool) bool) *Table {
	t.Helper()
	return tableOf(t, openDB(t, filepath.Join(t.TempDir(), "db"), now, o), stream)
}

func tableOf(t testing.TB, db *DB, stream func(store.Key, bool) bool) *Table {
	t.Helper()
	table, err := db.Table("rows", stream)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// lastCommit returns the number of the last commit.
func lastCommit(t testing.TB, db *DB) (id int) {
	t.Helper()
	err := db.bolt.View(func(tx *bolt.Tx) error {
		id = tx.ID()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func key(sort string) store.Key { return store.Key{Partition: "p", Sort: sort} }

func put(t testing.TB, table *Table, it store.Item) store.Item {
	t.Helper()
	if err := table.Put(t.Context(), it); err != nil {
		t.Fatalf("Put %q at version %d = %v", it.Key, it.Version, err)
	}
	it.Version++
	return it
}
