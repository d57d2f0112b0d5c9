package boltstore

import (
	"context"
	"fmt"
	"runtime"
	"time"

	bolt "go.etcd.io/bbolt"
)

// maxBatch bounds how much one commit takes on, and so how long the last of it
// waits.
const maxBatch = 512

// op is one write on its way to the disk.
type op struct {
	// do changes what it has to. What it tells its caller, a conflict say, it
	// leaves in variables of the caller. An error is a fault of the file, and
	// undoes the whole batch.
	do   func(b *batch) error
	err  error
	done chan struct{} // closed when err is set and the file is synced
}

// batch is a transaction that many ops share.
type batch struct {
	tx      *bolt.Tx
	now     time.Time
	changed bool // there is something to commit
	pending bool // some of it is for Pending
}

// write has the writer run do in its next transaction, and returns when that is
// on disk. After an error of ctx do may run yet: the outcome is unknown, and
// what do refers to must not be touched.
func (db *DB) write(ctx context.Context, do func(b *batch) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	o := &op{do: do, done: make(chan struct{})}
	select {
	case <-db.quit:
		return ErrClosed // Not left to chance between two ready cases.
	default:
	}
	select {
	case db.ops <- o:
	case <-ctx.Done():
		return ctx.Err()
	case <-db.quit:
		return ErrClosed
	}
	select {
	case <-o.done:
		return o.err
	case <-ctx.Done():
		return ctx.Err()
	case <-db.stopped:
	}
	select {
	case <-o.done:
		return o.err
	default:
		return ErrClosed // The writer ended without taking it.
	}
}

// run commits whatever is waiting, again and again: writes that come together
// share one transaction and its syncs. There is no timer, a single write does
// not wait for company.
func (db *DB) run() {
	defer close(db.stopped)
	group := make([]*op, 0, maxBatch)
	for {
		select {
		case <-db.quit:
			return
		case o := <-db.ops:
			group = db.gather(append(group[:0], o))
			err := db.commit(group)
			for i, o := range group {
				o.err = err
				close(o.done)
				group[i] = nil
			}
		}
	}
}

// gather adds what is waiting. Those whom the last commit has just answered are
// let run first: they are the next to write.
func (db *DB) gather(group []*op) []*op {
	for range 4 {
		runtime.Gosched()
	}
	for len(group) < maxBatch {
		select {
		case o := <-db.ops:
			group = append(group, o)
		default:
			return group
		}
	}
	return group
}

// commit runs a group in one transaction. One that changed nothing is not
// committed: its answers rest on what is on disk already.
func (db *DB) commit(group []*op) error {
	tx, err := db.bolt.Begin(true)
	if err != nil {
		return fmt.Errorf("boltstore: begin: %w", err)
	}
	b := &batch{tx: tx, now: db.now()}
	for _, o := range group {
		if err := o.do(b); err != nil {
			_ = tx.Rollback() // It is the fault that matters.
			return fmt.Errorf("boltstore: write: %w", err)
		}
	}
	if !b.changed {
		return tx.Rollback()
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("boltstore: commit: %w", err)
	}
	if b.pending {
		select {
		case db.wake <- struct{}{}:
		default: // It is set already.
		}
	}
	return nil
}
