package boltstore

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/shiptide/shiptide/shared/store"
)

// hold keeps the writer in a transaction until the returned function is called.
func hold(t *testing.T, db *DB) (release func()) {
	t.Helper()
	held, let := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		err := db.write(t.Context(), func(*batch) error {
			close(held)
			<-let
			return nil
		})
		if err != nil {
			t.Errorf("held write = %v", err)
		}
	})
	<-held
	return func() {
		close(let)
		wg.Wait()
	}
}

// queued waits until this many writes wait for the writer.
func queued(db *DB, n int) {
	for len(db.ops) < n {
		runtime.Gosched()
	}
}

func TestWritesThatComeTogetherShareACommit(t *testing.T) {
	table := openTable(t, now, Options{NoSync: true}, nil)
	release := hold(t, table.db)
	before := lastCommit(t, table.db)
	const writers = 40
	errs := make(chan error, writers)
	for i := range writers {
		go func() {
			// Ten rows, each wanted by four.
			errs <- table.Put(t.Context(), store.Item{Key: key(string(rune('a' + i%10))), Due: start})
		}()
	}
	queued(table.db, writers)
	release()
	conflicts := 0
	for range writers {
		err := <-errs
		var conflict *store.ConflictError
		if errors.As(err, &conflict) && conflict.Stored != nil && conflict.Stored.Version == 1 {
			conflicts++
		} else if err != nil {
			t.Errorf("Put = %v", err)
		}
	}
	if conflicts != 30 {
		t.Errorf("%d conflicts, want 30", conflicts)
	}
	if got := lastCommit(t, table.db) - before; got != 1 {
		t.Errorf("%d commits, want 1", got)
	}
}

func TestWhatChangesNothingIsNotCommitted(t *testing.T) {
	table := openTable(t, now, Options{NoSync: true}, always)
	put(t, table, store.Item{Key: key("a")})
	before := lastCommit(t, table.db)
	var conflict *store.ConflictError
	if err := table.Put(t.Context(), store.Item{Key: key("a")}); !errors.As(err, &conflict) {
		t.Errorf("Put = %v, want a conflict", err)
	}
	if err := table.Delete(t.Context(), key("b"), 1); err != nil {
		t.Error(err)
	}
	if _, err := table.Add(t.Context(), key("b"), 1, 0, time.Time{}); !errors.Is(err, store.ErrLimit) {
		t.Errorf("Add = %v, want ErrLimit", err)
	}
	if err := table.Done(t.Context(), []Pending{{Key: key("a"), Version: 9, Seq: 1}}); err != nil {
		t.Error(err)
	}
	if _, err := table.db.Purge(t.Context(), 0); err != nil {
		t.Error(err)
	}
	if after := lastCommit(t, table.db); after != before {
		t.Errorf("%d commits, want none", after-before)
	}
}

func TestAWaitThatIsCutShortLeavesTheWriteToItsFate(t *testing.T) {
	table := openTable(t, now, Options{NoSync: true}, nil)
	release := hold(t, table.db)
	ctx, cancel := context.WithCancel(t.Context())
	errs := make(chan error)
	body := []byte("as it was given")
	go func() { errs <- table.Put(ctx, store.Item{Key: key("a"), Body: body}) }()
	queued(table.db, 1)
	cancel()
	if err := <-errs; !errors.Is(err, context.Canceled) {
		t.Errorf("Put = %v, want context.Canceled", err)
	}
	copy(body, "is used again  ")
	release()
	put(t, table, store.Item{Key: key("after")})
	if it, err := table.Get(t.Context(), key("a")); err != nil || string(it.Body) != "as it was given" {
		t.Errorf("Get = %q, %v", it.Body, err)
	}
}

func TestCloseRefusesWhatWaits(t *testing.T) {
	table := openTable(t, now, Options{NoSync: true}, nil)
	release := hold(t, table.db)
	errs := make(chan error)
	go func() { errs <- table.Put(t.Context(), store.Item{Key: key("a")}) }()
	queued(table.db, 1)
	closed := make(chan error)
	go func() { closed <- table.db.Close() }()
	<-table.db.quit
	release()
	if err := <-closed; err != nil {
		t.Errorf("Close = %v", err)
	}
	// The writer may have seen the write before it saw the end.
	if err := <-errs; err != nil && !errors.Is(err, ErrClosed) {
		t.Errorf("Put = %v, want ErrClosed or success", err)
	}
}

func TestAFailedCommitIsToldToAll(t *testing.T) {
	table := openTable(t, now, Options{NoSync: true}, always)
	put(t, table, store.Item{Key: key("before")})
	<-table.db.Wake()
	release := hold(t, table.db)
	table.db.bolt.MaxSize = 1 << 10
	errs := make(chan error, 3)
	large := store.Item{Key: key("large"), Body: make([]byte, store.MaxBody)}
	go func() { errs <- table.Put(t.Context(), large) }()
	go func() { errs <- table.Put(t.Context(), store.Item{Key: key("small")}) }()
	go func() { errs <- table.Put(t.Context(), store.Item{Key: key("before")}) }() // Would conflict.
	queued(table.db, 3)
	release()
	for range cap(errs) {
		if err := <-errs; !errors.Is(err, bolterrors.ErrMaxSizeReached) {
			t.Errorf("Put = %v, want the fault", err)
		}
	}
	if len(table.db.Wake()) != 0 {
		t.Error("woken by a commit that failed")
	}
	table.db.bolt.MaxSize = 0
	put(t, table, large)
	put(t, table, store.Item{Key: key("small")})
}

func TestAFaultUndoesItsBatch(t *testing.T) {
	table := openTable(t, now, Options{NoSync: true}, nil)
	release := hold(t, table.db)
	fault := errors.New("fault")
	errs := make(chan error, 2)
	go func() { errs <- table.Put(t.Context(), store.Item{Key: key("a")}) }()
	queued(table.db, 1)
	go func() { errs <- table.db.write(t.Context(), func(*batch) error { return fault }) }()
	queued(table.db, 2)
	release()
	for range cap(errs) {
		if err := <-errs; !errors.Is(err, fault) {
			t.Errorf("error = %v, want the fault", err)
		}
	}
	if _, err := table.Get(t.Context(), key("a")); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Get = %v, want ErrNotFound", err)
	}
}

func TestADamagedRowDisturbsNoOther(t *testing.T) {
	table := openTable(t, now, Options{NoSync: true}, nil)
	put(t, table, store.Item{Key: key("bad"), Expires: start.Add(time.Second)})
	err := table.db.bolt.Update(func(tx *bolt.Tx) error {
		return tx.Bucket(table.buckets.rows).Put(rowKey(key("bad")), []byte("damaged"))
	})
	if err != nil {
		t.Fatal(err)
	}
	release := hold(t, table.db)
	bad, good := make(chan error, 3), make(chan error, 1)
	go func() { bad <- table.Put(t.Context(), store.Item{Key: key("bad")}) }()
	go func() { bad <- table.Delete(t.Context(), key("bad"), 1) }()
	go func() {
		_, err := table.Add(t.Context(), key("bad"), 1, 1, time.Time{})
		bad <- err
	}()
	go func() { good <- table.Put(t.Context(), store.Item{Key: key("good")}) }()
	queued(table.db, 4)
	release()
	for range cap(bad) {
		if err := <-bad; !errors.Is(err, errBadRow) {
			t.Errorf("error = %v, want errBadRow", err)
		}
	}
	if err := <-good; err != nil {
		t.Errorf("Put = %v", err)
	}
	if _, err := table.Get(t.Context(), key("bad")); !errors.Is(err, errBadRow) {
		t.Errorf("Get = %v, want errBadRow", err)
	}
	if _, err := table.Query(t.Context(), store.Query{Partition: "p"}); !errors.Is(err, errBadRow) {
		t.Errorf("Query = %v, want errBadRow", err)
	}
}
