package boltstore

import (
	"context"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/shiptide/shiptide/shared/store"
)

// Table is one table of a file. Due is kept to the millisecond and Expires to
// the second; what is finer is cut off.
type Table struct {
	db      *DB
	buckets *buckets
	stream  func(k store.Key, inserted bool) bool
}

var (
	_ store.Table   = (*Table)(nil)
	_ store.Scanner = (*Table)(nil)
)

// Get implements [store.Table].
func (t *Table) Get(ctx context.Context, k store.Key) (it store.Item, err error) {
	if err := k.Check(); err != nil {
		return store.Item{}, err
	}
	err = t.db.view(ctx, func(tx *bolt.Tx) error {
		stored, err := live(k, tx.Bucket(t.buckets.rows).Get(rowKey(k)), t.db.now())
		if err == nil && stored == nil {
			return store.ErrNotFound
		}
		if stored != nil {
			it = *stored
		}
		return err
	})
	return it, err
}

// Put implements [store.Table].
func (t *Table) Put(ctx context.Context, it store.Item) error {
	if err := it.Check(); err != nil {
		return err
	}
	given, value, noted := it.Version, encode(&it, it.Version+1), t.notes(it.Key)
	return t.update(ctx, it.Key, func(r *row) (answer, fault error) {
		if r.version() != given {
			return r.conflict(), nil
		}
		return nil, r.put(value, noted)
	})
}

// Delete implements [store.Table].
func (t *Table) Delete(ctx context.Context, k store.Key, version int64) error {
	if err := k.Check(); err != nil {
		return err
	}
	return t.update(ctx, k, func(r *row) (answer, fault error) {
		switch r.version() {
		case 0:
			return nil, nil
		case version:
			return nil, r.remove()
		}
		return r.conflict(), nil
	})
}

// Add implements [store.Table]. Each count is a version of its row. What takes
// away, an n below 0, is under no limit but that of the integers.
func (t *Table) Add(ctx context.Context, k store.Key, n, limit int64, expires time.Time) (int64, error) {
	if err := k.Check(); err != nil {
		return 0, err
	}
	noted := t.notes(k)
	var sum int64
	err := t.update(ctx, k, func(r *row) (answer, fault error) {
		it := store.Item{Key: k, Expires: expires}
		if r.live {
			if it, answer = decode(k, r.old); answer != nil {
				return answer, nil
			}
		}
		sum = it.Count + n
		if n > 0 && (sum > limit || sum < it.Count) || n < 0 && sum > it.Count {
			return store.ErrLimit, nil
		}
		it.Count = sum
		return nil, r.put(encode(&it, it.Version+1), noted)
	})
	if err != nil {
		return 0, err
	}
	return sum, nil
}

// update lets change work on a row in the writer's next transaction. answer is
// what it tells the caller, having changed nothing; a fault is the file's.
func (t *Table) update(ctx context.Context, k store.Key, change func(r *row) (answer, fault error)) error {
	var answer error
	err := t.db.write(ctx, func(b *batch) (fault error) {
		r, err := t.buckets.find(b, k)
		if err != nil {
			answer = err // A damaged row is the trouble of its own writers only.
			return nil
		}
		answer, fault = change(r)
		return fault
	})
	if err != nil {
		return err
	}
	return answer
}

// notes asks beforehand, in the caller's goroutine, whether an insert or a
// change of a row is streamed.
func (t *Table) notes(k store.Key) notes {
	return notes{insert: t.stream(k, true), change: t.stream(k, false)}
}

// live decodes a stored row; nil if there is none, or it has expired.
func live(k store.Key, value []byte, now time.Time) (*store.Item, error) {
	if value == nil {
		return nil, nil
	}
	h, err := decodeHead(value)
	if err != nil || h.gone(now) {
		return nil, err
	}
	it, err := decode(k, value)
	if err != nil {
		return nil, err
	}
	return &it, nil
}
