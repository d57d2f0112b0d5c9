package boltstore

import (
	"bytes"
	"context"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/shiptide/shiptide/shared/store"
)

// A page ends at whichever of these comes first.
const (
	defaultLimit = 100     // rows, when the query names no limit
	maxPageBytes = 1 << 20 // as DynamoDB does; one row is always given
)

// Query implements [store.Table].
func (t *Table) Query(ctx context.Context, q store.Query) (store.Page, error) {
	if !q.DueUntil.IsZero() {
		return t.queryDue(ctx, q)
	}
	if err := (store.Key{Partition: q.Partition, Sort: "-"}).Check(); err != nil {
		return store.Page{}, err
	}
	span := span{prefix: append([]byte(q.Partition), 0), reverse: q.Reverse}
	span.from = append(bytes.Clone(span.prefix), q.From...)
	span.to = append([]byte(q.Partition), 1) // After NUL: past the last of them.
	if q.To != "" {
		span.to = append(bytes.Clone(span.prefix), q.To...)
	}
	return t.page(ctx, t.buckets.rows, span, rowToken, q, readRow)
}

// queryDue reads one shard of the due index.
func (t *Table) queryDue(ctx context.Context, q store.Query) (store.Page, error) {
	if q.Shard < 0 || q.Shard >= store.Shards {
		return store.Page{}, fmt.Errorf("boltstore: shard %d of %d", q.Shard, store.Shards)
	}
	span := span{
		prefix: []byte{byte(q.Shard)}, from: []byte{byte(q.Shard)},
		to: dueKey(q.Shard, millis(q.DueUntil)+1, nil), reverse: q.Reverse,
	}
	return t.page(ctx, t.buckets.due, span, dueToken, q, readDue)
}

// Scan implements [store.Scanner], in order of the keys.
func (t *Table) Scan(ctx context.Context, after string) (store.Page, error) {
	return t.page(ctx, t.buckets.rows, span{}, rowToken, store.Query{After: after}, readRow)
}

// readItem makes an item of an entry of a bucket; nil if it has expired.
type readItem func(key, value []byte, now time.Time) (*store.Item, error)

func readRow(key, value []byte, now time.Time) (*store.Item, error) {
	k, err := parseRowKey(key)
	if err != nil {
		return nil, err
	}
	return live(k, value, now)
}

func readDue(key, value []byte, now time.Time) (*store.Item, error) {
	k, due, err := parseDueKey(key)
	if err != nil || len(value) != 8 {
		return nil, errBadRow
	}
	if h := (head{expires: ordered(value)}); h.gone(now) {
		return nil, nil
	}
	return &store.Item{Key: k, Due: due}, nil
}

// page reads the entries of a bucket within span that follow those before.
func (t *Table) page(ctx context.Context, bucket []byte, s span, kind byte, q store.Query, read readItem) (page store.Page, err error) {
	if q.After != "" {
		if s.after, err = parseToken(kind, q.After, s.prefix); err != nil {
			return store.Page{}, err
		}
	}
	limit := q.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	err = t.db.view(ctx, func(tx *bolt.Tx) error {
		now, size := t.db.now(), 0
		var last []byte
		c := tx.Bucket(bucket).Cursor()
		for key, value := s.first(c); s.holds(key); key, value = s.next(c) {
			it, err := read(key, value, now)
			if err != nil {
				return err
			}
			if it == nil {
				continue
			}
			if len(page.Items) == limit || size >= maxPageBytes {
				page.Next = token(kind, last)
				return nil
			}
			page.Items = append(page.Items, *it)
			last, size = key, size+len(key)+len(value)
		}
		return nil
	})
	if err != nil {
		return store.Page{}, err
	}
	return page, nil
}
