package boltstore

import (
	"bytes"
	"context"
)

// purgeBatch is how many rows one transaction removes: few, because other writes
// wait for it.
const purgeBatch = 64

// Purge removes rows that have expired, up to limit of them (0: all), from the
// tables that were asked for with [DB.Table], and returns how many. The file
// does not shrink, but uses the space again.
func (db *DB) Purge(ctx context.Context, limit int) (n int, err error) {
	db.mu.Lock()
	tables := make([]*buckets, 0, len(db.tables))
	for _, names := range db.tables {
		tables = append(tables, names)
	}
	db.mu.Unlock()
	for _, names := range tables {
		for limit <= 0 || n < limit {
			most := purgeBatch
			if limit > 0 {
				most = min(most, limit-n)
			}
			removed, err := db.purge(ctx, names, most)
			if n += removed; err != nil {
				return n, err
			}
			if removed < most {
				break
			}
		}
	}
	return n, nil
}

// purge removes at most limit expired rows of one table in one transaction.
func (db *DB) purge(ctx context.Context, names *buckets, limit int) (int, error) {
	var answer error // It and n are the writer's until write returns without a fault.
	n := 0
	err := db.write(ctx, func(b *batch) (fault error) {
		for _, entry := range expired(b, names, limit) {
			var r *row
			if r, answer = names.atExpiry(b, entry); answer != nil {
				return nil
			}
			if fault = r.expire(entry); fault != nil {
				return fault
			}
			n++
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return n, answer
}

// expired returns the first entries of the expiry index whose time has come.
func expired(b *batch, names *buckets, limit int) (entries [][]byte) {
	until := b.now.Unix()
	c := b.tx.Bucket(names.expiry).Cursor()
	for key, _ := c.First(); len(key) > 8 && ordered(key) <= until && len(entries) < limit; key, _ = c.Next() {
		entries = append(entries, bytes.Clone(key)) // It dies when the bucket is changed.
	}
	return entries
}

// atExpiry finds the row of an entry of the expiry index.
func (n *buckets) atExpiry(b *batch, entry []byte) (*row, error) {
	k, err := parseRowKey(entry[8:])
	if err != nil {
		return nil, err
	}
	return n.find(b, k)
}

// expire removes an expired row, and in any case the entry that led to it, so
// that no purge meets it again.
func (r *row) expire(entry []byte) error {
	if r.old != nil && !r.live {
		if err := r.remove(); err != nil {
			return err
		}
	}
	r.b.changed = true
	return r.b.tx.Bucket(r.expiry).Delete(entry)
}
