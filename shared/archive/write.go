package archive

import (
	"bufio"
	"encoding/hex"
	"hash"
	"os"
	"time"

	"github.com/shiptide/shiptide/shared/store"
)

// syncGap is the least time between two checkpoints that are synced to disk: a
// power cut loses about as much of an export.
const syncGap = time.Second

// writer appends lines to an archive.
type writer struct {
	file   *os.File
	out    *bufio.Writer
	sum    hash.Hash // of the whole file
	now    func() time.Time
	sync   func(*os.File) error
	synced time.Time
}

func newWriter(f *os.File, sum hash.Hash, now func() time.Time, sync func(*os.File) error) *writer {
	return &writer{file: f, out: bufio.NewWriterSize(f, 64<<10), sum: sum, now: now, sync: sync, synced: now()}
}

func (w *writer) line(v any) error {
	text, err := encode(v)
	if err != nil {
		return err
	}
	return w.write(text)
}

func (w *writer) row(table string, it *store.Item) error {
	text, err := encodeRow(table, it)
	if err != nil {
		return err
	}
	return w.write(text)
}

func (w *writer) write(text []byte) error {
	_, _ = w.sum.Write(text) // A hash never fails.
	_, err := w.out.Write(text)
	return err
}

// checkpoint ends a page and hands it to the system.
func (w *writer) checkpoint(table, next string, rows int) error {
	if err := w.line(checkpoint{table, next, rows, next == "", w.checksum()}); err != nil {
		return err
	}
	if err := w.out.Flush(); err != nil {
		return err
	}
	if w.now().Sub(w.synced) < syncGap {
		return nil
	}
	w.synced = w.now()
	return w.sync(w.file)
}

// end ends the archive and makes it last.
func (w *writer) end(rows map[string]int) error {
	if err := w.line(end{true, rows, w.checksum()}); err != nil {
		return err
	}
	if err := w.out.Flush(); err != nil {
		return err
	}
	return w.sync(w.file)
}

// checksum returns that of all lines written.
func (w *writer) checksum() string { return hex.EncodeToString(w.sum.Sum(nil)) }
