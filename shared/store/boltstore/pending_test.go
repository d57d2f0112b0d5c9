package boltstore

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/store/storetest"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/store"
)

// pendings checks what is pending, as sort keys and versions, and returns it.
func pendings(t *testing.T, table *Table, want ...Pending) []Pending {
	t.Helper()
	got, next, err := table.Pending("", 0)
	if err != nil || next != "" {
		t.Fatalf("Pending = next %q, %v", next, err)
	}
	bare := make([]Pending, len(got))
	for i, e := range got {
		bare[i] = Pending{Key: e.Key, Version: e.Version}
	}
	if diff := cmp.Diff(want, bare); diff != "" && len(want)+len(bare) > 0 {
		t.Fatalf("pending differs (-want +got):\n%s", diff)
	}
	return got
}

func at(sort string, version int64) Pending { return Pending{Key: key(sort), Version: version} }

func done(t *testing.T, table *Table, entries ...Pending) {
	t.Helper()
	if err := table.Done(t.Context(), entries); err != nil {
		t.Fatal(err)
	}
}

func TestPendingIsOldestFirstAndOnceARow(t *testing.T) {
	table := openTable(t, now, Options{NoSync: true}, always)
	pendings(t, table)
	b := put(t, table, store.Item{Key: key("b")})
	put(t, table, store.Item{Key: key("a")})
	put(t, table, b)
	if _, err := table.Add(t.Context(), key("c"), 1, 1, time.Time{}); err != nil {
		t.Fatal(err)
	}
	entries := pendings(t, table, at("b", 2), at("a", 1), at("c", 1))
	done(t, table, entries[1])
	done(t, table, entries[1])
	pendings(t, table, at("b", 2), at("c", 1))
}

func TestDoneLeavesANewerVersionPending(t *testing.T) {
	table := openTable(t, now, Options{NoSync: true}, always)
	it := put(t, table, store.Item{Key: key("a")})
	old := pendings(t, table, at("a", 1))
	it = put(t, table, it)
	done(t, table, old...)
	done(t, table, pendings(t, table, at("a", 2))...)
	pendings(t, table)
	put(t, table, it)
	pendings(t, table, at("a", 3))
}

func TestAWriteThatIsNotStreamedLeavesTheEntryToItsReader(t *testing.T) {
	table := openTable(t, now, Options{NoSync: true}, inserts)
	it := put(t, table, store.Item{Key: key("a")})
	entries := pendings(t, table, at("a", 1))
	it = put(t, table, it) // As ingest parks what it was just given.
	pendings(t, table, at("a", 1))
	done(t, table, entries...)
	pendings(t, table)
	put(t, table, it)
	pendings(t, table)
}

func TestNothingIsStreamedWithoutAStream(t *testing.T) {
	table := openTable(t, now, Options{NoSync: true}, nil)
	put(t, table, store.Item{Key: key("a")})
	pendings(t, table)
	if len(table.db.Wake()) != 0 {
		t.Error("woken for nothing")
	}
}

func TestTheStreamChoosesByKey(t *testing.T) {
	table := openTable(t, now, Options{NoSync: true}, func(k store.Key, _ bool) bool { return k.Sort == "b" })
	put(t, table, store.Item{Key: key("a")})
	put(t, table, store.Item{Key: key("b")})
	pendings(t, table, at("b", 1))
}

func TestADeletedRowIsNotPending(t *testing.T) {
	table := openTable(t, now, Options{NoSync: true}, inserts)
	it := put(t, table, store.Item{Key: key("a")})
	old := pendings(t, table, at("a", 1))
	if err := table.Delete(t.Context(), it.Key, it.Version); err != nil {
		t.Fatal(err)
	}
	pendings(t, table)
	put(t, table, store.Item{Key: key("a")})
	done(t, table, old...) // Of the row that was there before, at the same version.
	pendings(t, table, at("a", 1))
}

func TestARowThatTakesThePlaceOfAnExpiredOneIsInserted(t *testing.T) {
	c := storetest.NewClock(start)
	table := openTable(t, c.Now, Options{NoSync: true}, inserts)
	put(t, table, store.Item{Key: key("a"), Expires: start.Add(time.Minute)})
	old := pendings(t, table, at("a", 1))
	c.Advance(time.Hour)
	pendings(t, table, at("a", 1)) // Its reader will find the row gone.
	put(t, table, store.Item{Key: key("a")})
	done(t, table, old...)
	done(t, table, pendings(t, table, at("a", 1))...)
	pendings(t, table)
}

func TestDoneForgetsWhatExpired(t *testing.T) {
	c := storetest.NewClock(start)
	table := openTable(t, c.Now, Options{NoSync: true}, always)
	put(t, table, store.Item{Key: key("a"), Expires: start.Add(time.Minute)})
	c.Advance(time.Hour)
	done(t, table, pendings(t, table, at("a", 1))...)
	pendings(t, table)
}

func TestPendingComesInPages(t *testing.T) {
	table := openTable(t, now, Options{NoSync: true}, always)
	var want []Pending
	for _, sort := range []string{"e", "d", "c", "b", "a"} {
		put(t, table, store.Item{Key: key(sort)})
		want = append(want, at(sort, 1))
	}
	all := pendings(t, table, want...)
	for limit := range len(all) + 2 {
		var got []Pending
		for after := ""; ; {
			page, next, err := table.Pending(after, limit)
			if err != nil || limit > 0 && len(page) > limit {
				t.Fatalf("Pending = %d entries, %v", len(page), err)
			}
			got = append(got, page...)
			if after = next; next == "" {
				break
			}
		}
		if diff := cmp.Diff(all, got); diff != "" {
			t.Errorf("pages of %d differ (-want +got):\n%s", limit, diff)
		}
	}
	page, next, err := table.Pending("", 2)
	if err != nil {
		t.Fatal(err)
	}
	done(t, table, page...)
	if page, _, err = table.Pending(next, 2); err != nil || len(page) != 2 || page[0] != all[2] {
		t.Errorf("Pending = %v, %v, want the page after those that are done", page, err)
	}
}

func TestWakeComesOnceACommit(t *testing.T) {
	table := openTable(t, now, Options{NoSync: true}, inserts)
	it := put(t, table, store.Item{Key: key("a")})
	put(t, table, store.Item{Key: key("b")})
	if len(table.db.Wake()) != 1 {
		t.Fatal("not woken")
	}
	<-table.db.Wake()
	put(t, table, it)
	if len(table.db.Wake()) != 0 {
		t.Error("woken by a write that is not streamed")
	}
}

func TestWhatIsPendingSurvivesARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db := openDB(t, path, now, Options{})
	it := put(t, tableOf(t, db, always), store.Item{Key: key("a")})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	table := tableOf(t, openDB(t, path, now, Options{}), always)
	pendings(t, table, at("a", 1))
	put(t, table, store.Item{Key: key("b")})
	put(t, table, it)
	pendings(t, table, at("a", 2), at("b", 1))
}
