package boltstore

import (
	"bytes"
	"context"
	"encoding/binary"

	bolt "go.etcd.io/bbolt"

	"github.com/shiptide/shiptide/shared/store"
)

// Pending says that a row was written and nobody has dealt with it yet: what a
// stream is on DynamoDB. A row has at most one.
type Pending struct {
	Key     store.Key
	Version int64  // of the newest write that was noted
	Seq     uint64 // its place in the order
}

// Pending returns what is pending, oldest first, a page at a time. An entry
// stays until [Table.Done], so it is seen again after a restart. The row may
// have been written since, or be gone. limit 0 is a page of the table's choice,
// next is "" at the end.
func (t *Table) Pending(after string, limit int) (entries []Pending, next string, err error) {
	var from []byte
	if after != "" {
		if from, err = parseToken(pendingToken, after, nil); err != nil {
			return nil, "", err
		}
	}
	if limit <= 0 {
		limit = defaultLimit
	}
	err = t.db.view(context.Background(), func(tx *bolt.Tx) error {
		s := span{after: from}
		c := tx.Bucket(t.buckets.pending).Cursor()
		for key, value := s.first(c); s.holds(key); key, value = s.next(c) {
			if len(entries) == limit {
				next = token(pendingToken, pendingKey(entries[limit-1].Seq))
				return nil
			}
			e, err := readPending(key, value)
			if err != nil {
				return err
			}
			entries = append(entries, e)
		}
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	return entries, next, nil
}

func readPending(key, value []byte) (Pending, error) {
	if len(key) != 8 || len(value) < 8 {
		return Pending{}, errBadRow
	}
	k, err := parseRowKey(value[8:])
	return Pending{Key: k, Version: int64(binary.BigEndian.Uint64(value)), Seq: binary.BigEndian.Uint64(key)}, err
}

// Done forgets entries as Pending returned them. One whose row was noted again
// meanwhile stays; one that is gone already is no error.
func (t *Table) Done(ctx context.Context, entries []Pending) error {
	type entry struct{ key, value []byte }
	done := make([]entry, len(entries))
	for i, e := range entries {
		done[i] = entry{pendingKey(e.Seq), pendingValue(e.Version, rowKey(e.Key))}
	}
	return t.db.write(ctx, func(b *batch) error {
		bucket := b.tx.Bucket(t.buckets.pending)
		for _, e := range done {
			if !bytes.Equal(bucket.Get(e.key), e.value) {
				continue
			}
			b.changed = true
			if err := bucket.Delete(e.key); err != nil {
				return err
			}
		}
		return nil
	})
}

// Wake returns a channel that gets a value after a commit that made something
// pending in any table. It holds one value however many commits there were, and
// none for what was pending when the file was opened.
func (db *DB) Wake() <-chan struct{} { return db.wake }
