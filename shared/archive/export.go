package archive

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/shiptide/shiptide/shared/store"
)

// Export writes all rows of these tables to a file, which its owner only can
// read. A file that an export was cut short in is verified and continued where
// its last page ended, with the same tables of the same store: from names it, and
// its state if it can tell; another is [ErrOtherStore]. A complete file is
// [ErrComplete], and what is no archive, or damaged, is refused. A refused file is
// left as it is.
//
// Tables come one after the other in the order given, and [Import] keeps it:
// ledger, shipments, inbox is right. When streams begin to work on shipments
// that were imported, the threads in the ledger are there already, and nobody is
// told a thing twice.
//
// A store may change while it is read, and has no snapshot: each row is as it
// was when its page was read, and one that comes later may be missing. Let
// nobody write meanwhile to have all of one moment.
//
// A call to a store that fails is made a few times more. Where the system has
// file locks (Linux, macOS, BSD), a second export into a file at the same time
// is [ErrInUse]; elsewhere both would spoil it, which Import would refuse.
func Export(ctx context.Context, file, from string, tables []Table, progress Progress) (Summary, error) {
	x := exporter{from: from, tables: tables, progress: progress, wait: sleep, now: time.Now, sync: (*os.File).Sync}
	s, err := x.export(ctx, file)
	if err != nil {
		return Summary{}, fmt.Errorf("archive: export: %w", err)
	}
	return s, nil
}

type exporter struct {
	from     string
	tables   []Table
	progress Progress
	wait     wait
	now      func() time.Time
	sync     func(*os.File) error
}

func (x *exporter) export(ctx context.Context, file string) (s Summary, err error) {
	names, err := names(x.tables)
	if err != nil {
		return Summary{}, err
	}
	f, err := open(file)
	if err != nil {
		return Summary{}, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	m, err := lastMark(ctx, f, x.from, names)
	if err != nil {
		return Summary{}, fmt.Errorf("%s: %w", file, err)
	}
	w, err := x.writer(f, m)
	if err != nil {
		return Summary{}, err
	}
	if m.size == 0 {
		if err := w.line(header{format, x.from, names}); err != nil {
			return Summary{}, err
		}
	}
	if err := x.fill(ctx, w, m); err != nil {
		return Summary{}, err
	}
	syncDir(filepath.Dir(file))
	s = Summary{Tables: map[string]Counts{}, SHA256: w.checksum()}
	for i, name := range names {
		s.Tables[name] = Counts{Rows: m.rows[i]}
	}
	return s, nil
}

// open opens the file for this export alone, and makes it if it is not there.
func open(file string) (*os.File, error) {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = ErrNoArchive
	}
	if err == nil {
		err = lock(f)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, errors.Join(err, f.Close()))
	}
	return f, nil
}

// mark is the place in a file that an export goes on from.
type mark struct {
	size  int64  // of what is kept of the file
	table int    // which is being exported
	next  string // what its scan goes on after
	rows  []int  // of each table so far
}

// lastMark verifies what there is of an archive and finds its last checkpoint.
func lastMark(ctx context.Context, in io.Reader, from string, names []string) (mark, error) {
	r := newReader(in, names)
	r.from = &from
	m := mark{rows: make([]int, len(names))}
	err := r.each(ctx, func(e entry) error {
		switch e.kind {
		case headerLine, checkpointLine:
			m = mark{r.size, r.table, e.next, slices.Clone(r.rows)}
		case rowLine: // Read again if no checkpoint follows.
		case endLine:
			return ErrComplete
		}
		return nil
	})
	if errors.Is(err, ErrIncomplete) {
		err = nil
	}
	return m, err
}

// writer cuts the file at a mark and returns a writer that goes on there.
func (x *exporter) writer(f *os.File, m mark) (*writer, error) {
	sum := sha256.New()
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	if _, err := io.CopyN(sum, f, m.size); err != nil {
		return nil, err
	}
	_ = f.Chmod(0o600) // Some file systems know no modes.
	return newWriter(f, sum, x.now, x.sync), f.Truncate(m.size)
}

// fill writes what is missing after a mark, and counts on.
func (x *exporter) fill(ctx context.Context, w *writer, m mark) error {
	for ; m.table < len(x.tables); m.table++ {
		t := x.tables[m.table]
		if err := x.table(ctx, w, t, m.next, &m.rows[m.table]); err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
		m.next = ""
	}
	rows := map[string]int{}
	for i, t := range x.tables {
		rows[t.Name] = m.rows[i]
	}
	return w.end(rows)
}

// table writes the pages of a table that follow those before.
func (x *exporter) table(ctx context.Context, w *writer, t Table, after string, rows *int) error {
	for continued := after != ""; ; continued = false {
		page, err := x.scan(ctx, t, after)
		if err != nil && continued {
			return fmt.Errorf("go on after the last page: %w; if this stays, the export cannot be continued "+
				"on this store: remove the file and begin anew", err)
		}
		if err != nil {
			return err
		}
		for i := range page.Items {
			*rows++
			if err := w.row(t.Name, &page.Items[i]); err != nil {
				return fmt.Errorf("row %d: %w", *rows, err)
			}
		}
		after = page.Next
		if err := w.checkpoint(t.Name, after, *rows); err != nil {
			return err
		}
		x.progress.tell(t.Name, *rows)
		if after == "" {
			return nil
		}
	}
}

func (x *exporter) scan(ctx context.Context, t Table, after string) (page store.Page, err error) {
	err = x.wait.retry(ctx, func() error {
		page, err = t.Rows.Scan(ctx, after)
		return err
	})
	return page, err
}

// syncDir makes the name of a new file last. Some systems cannot sync a
// directory and need not; there it does nothing.
func syncDir(dir string) {
	if f, err := os.Open(dir); err == nil {
		_ = f.Sync()
		_ = f.Close()
	}
}
