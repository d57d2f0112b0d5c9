package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/shiptide/shiptide/shared/store"
)

// Import writes all rows of an archive to these tables, which must be those that
// it was made of, in the same order. now is the clock by which rows have expired.
//
// The whole file is verified first: of one that is damaged or incomplete nothing
// is written, and the error names the line. Then the tables are written one after
// the other, in the order that [Export] explains.
//
// Rows are inserted, at most 16 at once, and none is overwritten. One that is
// there with the same content counts as Already, one with other content as
// Differ, which is no error. Versions are not moved: a store counts its own, from
// 1. So an import that ended early, by an error or a crash, is simply run again.
// It wants a store that nobody else writes to: rows that were changed since they
// were imported differ.
//
// A call to a store that fails is made a few times more. Beside an error, the
// Summary has what was done until then; what was written stays.
func Import(ctx context.Context, file string, tables []Table, now func() time.Time, progress Progress) (Summary, error) {
	f, err := os.Open(file)
	if err != nil {
		return Summary{}, fmt.Errorf("archive: import: %w", err)
	}
	defer func() { _ = f.Close() }() // It was only read.
	m := importer{tables: tables, progress: progress, wait: sleep, now: now}
	s, err := m.run(ctx, f)
	if err != nil {
		return s, fmt.Errorf("archive: import: %s: %w", file, err)
	}
	return s, nil
}

type importer struct {
	tables   []Table
	progress Progress
	wait     wait
	now      func() time.Time
}

func (m *importer) run(ctx context.Context, in io.ReadSeeker) (Summary, error) {
	names, err := names(m.tables)
	if err != nil {
		return Summary{}, err
	}
	r := newReader(in, names)
	err = r.each(ctx, func(e entry) error {
		if e.kind != rowLine || m.tables[e.table].Check == nil {
			return nil
		}
		if err := m.tables[e.table].Check(&e.item); err != nil {
			return fmt.Errorf("line %d: %w", r.line, err)
		}
		return nil
	})
	if err != nil {
		return Summary{}, err
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return Summary{}, err
	}
	return m.write(ctx, newReader(in, names))
}

// write writes the rows of an archive. Each page is done before the next begins.
func (m *importer) write(ctx context.Context, r *reader) (Summary, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	a := newArrivals(cancel, r.names)
	err := r.each(ctx, func(e entry) error {
		t := m.tables[e.table]
		switch e.kind {
		case rowLine:
			a.add(t.Name, r.line, func() (outcome, store.Key, error) {
				did, err := m.put(ctx, t.Rows, e.item)
				return did, e.item.Key, err
			})
		case checkpointLine:
			if err := a.settle(); err != nil {
				return err
			}
			m.progress.tell(t.Name, r.rows[e.table])
		case headerLine, endLine:
		}
		return nil
	})
	if first := a.settle(); first != nil {
		err = first // It is why the context was done.
	}
	s := a.summary()
	if err == nil {
		s.SHA256 = r.checksum()
	}
	return s, err
}

// put inserts a row. When an answer is lost, the next attempt finds the row as
// it would have it.
func (m *importer) put(ctx context.Context, rows Rows, it store.Item) (did outcome, err error) {
	it.Version = 0
	err = m.wait.retry(ctx, func() error {
		if it.Gone(m.now()) {
			did = expired
			return nil
		}
		err := rows.Put(ctx, it)
		var conflict *store.ConflictError
		switch {
		case err == nil:
			did = written
		case !errors.As(err, &conflict) || conflict.Stored == nil: // Nil: it expired just now.
			return err
		case same(&it, conflict.Stored):
			did = already
		default:
			did = differ
		}
		return nil
	})
	return did, err
}
