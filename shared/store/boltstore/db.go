// Package boltstore keeps tables in one file on disk: the store of a machine
// that has no DynamoDB. Nothing that was acknowledged is lost, not even when the
// process or the machine dies.
package boltstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/shiptide/shiptide/shared/store"
)

// Reasons why a file cannot be used.
var (
	ErrLocked = errors.New("another process has the file open")
	ErrClosed = errors.New("store is closed")
)

// defaultLockTimeout is long enough for a process that is about to end.
const defaultLockTimeout = time.Second

// Options change how a file is opened. The zero Options are right but for tests.
type Options struct {
	// LockTimeout is how long Open waits for another process to let go of the
	// file; 0: about a second.
	LockTimeout time.Duration
	// NoSync acknowledges writes that are not on disk yet, so a power cut loses
	// or damages them. Only for tests.
	NoSync bool
}

// DB is an open file. It belongs to one process at a time; its methods and its
// tables are safe for many goroutines.
type DB struct {
	bolt *bolt.DB
	now  func() time.Time
	ops  chan *op
	wake chan struct{}

	closing sync.Once
	quit    chan struct{} // closed by Close
	stopped chan struct{} // closed by the writer as it ends

	mu     sync.Mutex
	tables map[string]*buckets // all that were asked for, by name
}

// Open opens the file at path, or makes it, readable for its owner only, with
// the directory it is in. now is the clock by which rows expire. The error wraps
// [ErrLocked] when another process has the file.
func Open(path string, now func() time.Time, o Options) (*DB, error) {
	db, err := open(path, o)
	if err != nil {
		return nil, fmt.Errorf("boltstore: %s: %w", path, err)
	}
	d := &DB{
		bolt: db, now: now, ops: make(chan *op, maxBatch), wake: make(chan struct{}, 1),
		quit: make(chan struct{}), stopped: make(chan struct{}), tables: map[string]*buckets{},
	}
	go d.run()
	return d, nil
}

func open(path string, o Options) (*bolt.DB, error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	_, err := os.Stat(path)
	fresh := errors.Is(err, os.ErrNotExist)
	options := *bolt.DefaultOptions
	options.FreelistType = bolt.FreelistMapType
	options.NoSync = o.NoSync
	options.Timeout = o.LockTimeout
	if options.Timeout <= 0 {
		options.Timeout = defaultLockTimeout // Bolt would wait for ever.
	}
	db, err := bolt.Open(path, 0o600, &options)
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, ErrLocked
	}
	if err != nil {
		return nil, err
	}
	if fresh {
		syncDir(dir)
	}
	if err = db.View(checkFormat); errors.Is(err, errEmpty) {
		err = db.Update(writeFormat)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// syncDir makes the name of a new file last. Some systems cannot sync a
// directory and need not; there it does nothing.
func syncDir(dir string) {
	if f, err := os.Open(dir); err == nil {
		_ = f.Sync()
		_ = f.Close()
	}
}

// fileFormat names what the buckets of a file hold. A file of another format is
// refused, not guessed at.
const fileFormat = "shiptide 1"

// formatKey names a bucket, and what in it says the format.
var formatKey = []byte("format")

// errEmpty says that a file has not been used yet.
var errEmpty = errors.New("file is empty")

func checkFormat(tx *bolt.Tx) error {
	if first, _ := tx.Cursor().First(); first == nil {
		return errEmpty
	}
	var got []byte
	if b := tx.Bucket(formatKey); b != nil {
		got = b.Get(formatKey)
	}
	if string(got) != fileFormat {
		return fmt.Errorf("file of unknown format %q", got)
	}
	return nil
}

func writeFormat(tx *bolt.Tx) error {
	b, err := tx.CreateBucketIfNotExists(formatKey)
	if err != nil {
		return err
	}
	return b.Put(formatKey, []byte(fileFormat))
}

// State names the file in the state that it is in: another one as soon as
// something is written, the same one however often it is opened.
func (db *DB) State() (state string, err error) {
	path, err := filepath.Abs(db.bolt.Path())
	if err != nil {
		return "", fmt.Errorf("boltstore: %w", err)
	}
	err = db.view(context.Background(), func(tx *bolt.Tx) error {
		state = fmt.Sprintf("%s@%d", path, tx.ID())
		return nil
	})
	return state, err
}

// Close lets the writes finish that are being committed, refuses the others
// with [ErrClosed], and gives the file back. Afterwards every method, of the
// tables too, returns ErrClosed.
func (db *DB) Close() error {
	err := ErrClosed
	db.closing.Do(func() {
		close(db.quit)
		<-db.stopped
		err = db.bolt.Close()
	})
	return err
}

// Table returns the table of a name, which is made if it is new. stream decides
// which writes are noted for [Table.Pending]; inserted says that the row was not
// there before, or expired. It may be called more often than rows are written,
// and nil notes nothing.
func (db *DB) Table(name string, stream func(k store.Key, inserted bool) bool) (*Table, error) {
	if name == "" || strings.ContainsAny(name, "\x00.") {
		return nil, fmt.Errorf("boltstore: table name %q", name)
	}
	if stream == nil {
		stream = func(store.Key, bool) bool { return false }
	}
	names := newBuckets(name)
	if err := db.make(names.rows, names.due, names.expiry, names.pending); err != nil {
		return nil, err
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	db.tables[name] = names
	return &Table{db: db, buckets: names, stream: stream}, nil
}

// make makes buckets that are not there. A file that has them is not written to.
func (db *DB) make(names ...[]byte) error {
	missing := false
	err := db.view(context.Background(), func(tx *bolt.Tx) error {
		for _, name := range names {
			missing = missing || tx.Bucket(name) == nil
		}
		return nil
	})
	if err != nil || !missing {
		return err
	}
	return db.write(context.Background(), func(b *batch) error {
		for _, name := range names {
			if _, err := b.tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		b.changed = true
		return nil
	})
}

// view runs read on a snapshot of all that is committed.
func (db *DB) view(ctx context.Context, read func(tx *bolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := db.bolt.View(read)
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		return ErrClosed
	}
	return err
}
