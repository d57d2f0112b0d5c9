package boltstore_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/boltstore"
	"github.com/shiptide/shiptide/shared/store/storetest"
)

func TestTableInAFile(t *testing.T) {
	storetest.Run(t, func(t *testing.T, now func() time.Time) store.Table {
		db, err := boltstore.Open(filepath.Join(t.TempDir(), "db"), now, boltstore.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		table, err := db.Table("rows", nil)
		if err != nil {
			t.Fatal(err)
		}
		return table
	})
}
