package boltstore

import (
	"encoding/binary"

	"github.com/shiptide/shiptide/shared/store"
)

// buckets are the names of a table's parts. Whatever writes a row keeps them in
// step, in one transaction.
type buckets struct {
	rows    []byte // row key: encoded item
	due     []byte // due key: expiry of the row, so that it need not be read
	expiry  []byte // expiry key: nothing
	pending []byte // sequence number: version, row key
}

func newBuckets(table string) *buckets {
	return &buckets{
		rows: []byte(table + ".rows"), due: []byte(table + ".due"),
		expiry: []byte(table + ".expiry"), pending: []byte(table + ".pending"),
	}
}

// notes says which writes of a row go into the pending bucket.
type notes struct{ insert, change bool }

// row is a row within a transaction, as it is before it is written.
type row struct {
	*buckets
	b      *batch
	key    store.Key
	stored []byte // its key
	old    []byte // its value; nil if there is none
	head   head   // of old
	live   bool   // there is one, and it has not expired
}

func (n *buckets) find(b *batch, k store.Key) (*row, error) {
	r := &row{buckets: n, b: b, key: k, stored: rowKey(k)}
	if r.old = b.tx.Bucket(n.rows).Get(r.stored); r.old == nil {
		return r, nil
	}
	var err error
	r.head, err = decodeHead(r.old)
	r.live = err == nil && !r.head.gone(b.now)
	return r, err
}

// version is 0 when the row is absent.
func (r *row) version() int64 {
	if !r.live {
		return 0
	}
	return r.head.version
}

// conflict returns the *store.ConflictError of the row, with a copy of it.
func (r *row) conflict() error {
	it, err := live(r.key, r.old, r.b.now)
	if err != nil {
		return err
	}
	return &store.ConflictError{Key: r.key, Stored: it}
}

// put replaces the row by an encoded one, which it keeps.
func (r *row) put(value []byte, noted notes) error {
	r.b.changed = true
	next, err := decodeHead(value)
	if err != nil {
		return err
	}
	if err := r.clear(&next); err != nil {
		return err
	}
	if noted.change && r.live || noted.insert && !r.live {
		if next.pending, err = r.note(next.version); err != nil {
			return err
		}
	} else if r.live {
		next.pending = r.head.pending
	}
	setPending(value, next.pending)
	return r.b.tx.Bucket(r.rows).Put(r.stored, value)
}

// remove takes the row away with all that points to it. What was pending of it
// has nobody to be told of.
func (r *row) remove() error {
	r.b.changed = true
	if err := r.clear(&head{due: never, expires: never}); err != nil {
		return err
	}
	if err := r.b.tx.Bucket(r.pending).Delete(pendingKey(r.head.pending)); err != nil {
		return err
	}
	return r.b.tx.Bucket(r.rows).Delete(r.stored)
}

// clear moves the row's entries in the indexes to where next belongs. An expired
// row leaves its pending entry behind no more than its other ones.
func (r *row) clear(next *head) error {
	old := head{due: never, expires: never}
	if r.old != nil {
		old = r.head
	}
	if err := r.moveDue(&old, next); err != nil {
		return err
	}
	if err := r.moveExpiry(old.expires, next.expires); err != nil {
		return err
	}
	if r.old != nil && !r.live {
		return r.b.tx.Bucket(r.pending).Delete(pendingKey(old.pending))
	}
	return nil
}

func (r *row) moveDue(old, next *head) error {
	if old.due == next.due && old.expires == next.expires {
		return nil
	}
	bucket, shard := r.b.tx.Bucket(r.due), store.Shard(r.key.Partition)
	if old.due != never && old.due != next.due {
		if err := bucket.Delete(dueKey(shard, old.due, r.stored)); err != nil {
			return err
		}
	}
	if next.due == never {
		return nil
	}
	return bucket.Put(dueKey(shard, next.due, r.stored), appendOrdered(nil, next.expires))
}

func (r *row) moveExpiry(old, next int64) error {
	if old == next {
		return nil
	}
	bucket := r.b.tx.Bucket(r.expiry)
	if old != never {
		if err := bucket.Delete(expiryKey(old, r.stored)); err != nil {
			return err
		}
	}
	if next == never {
		return nil
	}
	return bucket.Put(expiryKey(next, r.stored), []byte{})
}

// note makes the row's pending entry, or brings the one it has to this version:
// a row that is written often keeps its place among the oldest. The number of
// the entry is returned.
func (r *row) note(version int64) (uint64, error) {
	r.b.pending = true
	bucket := r.b.tx.Bucket(r.pending)
	seq := r.head.pending
	if bucket.Get(pendingKey(seq)) == nil { // Done, never made, or of an expired row.
		var err error
		if seq, err = bucket.NextSequence(); err != nil {
			return 0, err
		}
	}
	return seq, bucket.Put(pendingKey(seq), pendingValue(version, r.stored))
}

func pendingKey(seq uint64) []byte { return binary.BigEndian.AppendUint64(nil, seq) }

func pendingValue(version int64, row []byte) []byte {
	b := make([]byte, 0, 8+len(row))
	return append(binary.BigEndian.AppendUint64(b, uint64(version)), row...)
}
