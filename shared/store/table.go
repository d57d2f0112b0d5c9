// Package store keeps what Shiptide knows: one port, [Table], that DynamoDB and
// one file on disk both serve, and the repositories, written once above it.
package store

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"time"
	"unicode/utf8"
)

// Reasons why a table does not do what was asked. Any other error means "again":
// throttled, cut off, or an unknown outcome (the write may have happened).
var (
	ErrNotFound = errors.New("no such row")
	ErrLimit    = errors.New("limit reached")
	ErrTooLarge = errors.New("row too large")
	ErrBadKey   = errors.New("bad key")
	ErrBadToken = errors.New("page does not follow one of this query")
	// Faults of a deployment, which no second try mends.
	ErrNoTable = errors.New("no such table")
	ErrDenied  = errors.New("not allowed")
)

// ConflictError says that a row is not in the version that a write expected.
type ConflictError struct {
	Key    Key
	Stored *Item // as it is now; nil when it is gone
}

func (e *ConflictError) Error() string {
	if e.Stored == nil {
		return "conflict: the row is gone"
	}
	return fmt.Sprintf("conflict: the row is at version %d", e.Stored.Version)
}

// Table keeps small versioned items in key order: DynamoDB on AWS, one bbolt
// file on one machine. It is safe for many goroutines, and for many processes
// where its technology is.
//
// A row whose Expires has passed is absent for every method, whether or not it
// has been removed yet. What a method returns belongs to the caller, what it is
// given stays the caller's.
type Table interface {
	// Get returns the newest version of a row, or ErrNotFound.
	Get(ctx context.Context, k Key) (Item, error)
	// Put writes a whole row. With Version 0 the row must not exist, else the
	// stored version must equal it; a *ConflictError holds the stored row. The
	// stored version is one more than the one given. When Put returns another
	// error, the write may have happened; also before a *ConflictError, where its
	// answer was lost and somebody else wrote before it was tried again. Versions
	// begin again at 1 with a new row, so also with one in the place of one that
	// has expired.
	Put(ctx context.Context, it Item) error
	// Query returns a page of rows, see [Query].
	Query(ctx context.Context, q Query) (Page, error)
	// Delete removes a row if it is in this version, else *ConflictError. A row
	// that is not there is no error. Who deletes must know that nobody else makes a
	// new row of this key meanwhile.
	Delete(ctx context.Context, k Key, version int64) error
	// Add adds n to a counter row's Count and returns the sum, unless it would
	// pass limit: then ErrLimit, and nothing changes. A row that is not there
	// starts at 0 with that expiry, which later calls leave alone. After another
	// error the count may have been taken, and where an answer was lost it may have
	// been taken twice: a limit holds, some of it may be wasted.
	Add(ctx context.Context, k Key, n, limit int64, expires time.Time) (int64, error)
}

// Scanner reads a whole table, a page at a time, in an order of its own: for
// export and replay, never on a hot path. Items are whole, expired ones left out.
type Scanner interface {
	Scan(ctx context.Context, after string) (Page, error)
}

// Key names a row. Both parts are UTF-8, neither is empty or holds a NUL byte, and
// together they have at most 1,024 bytes. Keys sort by their bytes.
type Key struct{ Partition, Sort string }

// Item is a row.
type Item struct {
	Key
	Version int64             // 0: not stored yet
	Due     time.Time         // zero: not in the due index; whole milliseconds
	Expires time.Time         // zero: never; whole seconds
	Attrs   map[string]string // for people and filters; small
	Count   int64             // of counter rows
	Body    []byte            // opaque to the table
}

// Query asks for rows of one partition in order of their sort keys, from From
// up to but not including To ("" is no bound). With DueUntil it asks one shard
// of the due index instead, for rows of all partitions that are due by then,
// oldest first; such a page holds Key and Due only: read the rows again. The due
// index may follow the rows a moment later.
type Query struct {
	Partition, From, To string
	Reverse             bool
	Shard               int
	DueUntil            time.Time
	After               string // Next of the page before
	Limit               int    // 0: as many as the table likes
}

// Page is a part of a result. Next is "" at its end.
type Page struct {
	Items []Item
	Next  string
}

// Shards is the number of parts of the due index. It is part of the format.
const Shards = 16

// Shard returns the part of the due index that a partition's rows are in.
func Shard(partition string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(partition)) // A hash never fails.
	return int(h.Sum32() % Shards)
}

// Sizes that every table keeps to, below what DynamoDB takes (400 KB a row).
const (
	MaxBody  = 380 << 10
	maxAttrs = 8 << 10
	maxKey   = 1024
)

// Check refuses what no table may store. Every adapter calls it before a write.
func (it *Item) Check() error {
	if err := it.Key.Check(); err != nil {
		return err
	}
	size := 0
	for name, value := range it.Attrs {
		if name == "" {
			return fmt.Errorf("%w: an attribute without a name", ErrBadKey)
		}
		size += len(name) + len(value)
	}
	if len(it.Body) > MaxBody || size > maxAttrs {
		return fmt.Errorf("%w: body of %d bytes, attributes of %d", ErrTooLarge, len(it.Body), size)
	}
	return nil
}

// Check refuses keys that no table can hold.
func (k Key) Check() error {
	if k.Partition == "" || k.Sort == "" || len(k.Partition)+len(k.Sort) > maxKey ||
		strings.IndexByte(k.Partition, 0) >= 0 || strings.IndexByte(k.Sort, 0) >= 0 ||
		!utf8.ValidString(k.Partition) || !utf8.ValidString(k.Sort) {
		return ErrBadKey
	}
	return nil
}

// Gone tells whether a row has expired at a time.
func (it *Item) Gone(now time.Time) bool { return !it.Expires.IsZero() && !now.Before(it.Expires) }
