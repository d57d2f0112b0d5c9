package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/shiptide/shiptide/shared/archive"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/boltstore"
)

// exportCommand writes all rows of a store to a file.
func exportCommand(ctx context.Context, e *env, args []string) int {
	fs := e.flags("export")
	to := fs.String("to", "", "file to write; one that was cut short is continued")
	orders := fs.Bool("orders", false, "only the list of parcels that are followed, of 30 days, as CSV on standard output")
	w, rest, code, ok := e.placed(fs, args)
	if !ok {
		return code
	}
	if *orders && *to == "" && len(rest) == 0 {
		return ask(ctx, e, w, http.MethodGet, "/shipments/export", nil)
	}
	if len(rest) > 0 || *to == "" || *orders {
		return e.usage("export")
	}
	if _, err := os.Stat(filepath.Join(w.dir, dbFile)); w.store == inFile && err != nil {
		return e.fail(fmt.Errorf("there is no store in %s: %w", w.dir, err))
	}
	if _, err := os.Stat(*to); err == nil {
		e.say("local: going on with %s", *to)
	}
	return e.move(ctx, w, func(a *app) (archive.Summary, error) {
		return archive.Export(ctx, *to, a.identity, a.archived(), e.progress("written"))
	})
}

// importCommand follows the parcels of an order export, or with -from writes the
// rows of a file of exportCommand to another store.
func importCommand(ctx context.Context, e *env, args []string) int {
	fs := e.flags("import")
	from := fs.String("from", "", "file that local export has written")
	w, rest, code, ok := e.placed(fs, args)
	if !ok {
		return code
	}
	if len(rest) == 1 && *from == "" {
		return importOrders(ctx, e, w, rest[0])
	}
	if len(rest) > 0 || *from == "" {
		return e.usage("import")
	}
	if w.stack == "" { // New ones would open no address.
		if _, err := readKeys(w.dir); err != nil {
			return e.fail(err)
		}
	}
	return e.move(ctx, w, func(a *app) (archive.Summary, error) {
		return archive.Import(ctx, *from, a.archived(), time.Now, e.progress("read"))
	})
}

// move does something with a store that nobody else has open, and prints what
// came of it.
func (e *env) move(ctx context.Context, w where, do func(*app) (archive.Summary, error)) int {
	a, err := w.open(ctx, nil, time.Now, slog.New(slog.NewTextHandler(e.stderr, nil)))
	if errors.Is(err, boltstore.ErrLocked) {
		return e.fail(fmt.Errorf("%w: end it first", w.inUse(ctx)))
	}
	if err != nil {
		return e.fail(err)
	}
	s, err := do(a)
	if err != nil && !refusedFile(err) {
		err = fmt.Errorf("%w; the same command goes on from there", err)
	}
	if s.Tables != nil {
		err = errors.Join(err, e.print(s, indented()))
	}
	if err := errors.Join(err, a.close()); err != nil {
		return e.fail(err)
	}
	differ := 0
	for _, t := range s.Tables {
		differ += t.Differ
	}
	if differ > 0 {
		return e.fail(fmt.Errorf("%d rows are there already with other content, and were left as they are", differ))
	}
	return exitOK
}

// refusedFile tells whether it is the file that is wrong, so that to go on with it
// is in vain.
func refusedFile(err error) bool {
	for _, reason := range []error{
		archive.ErrNoArchive, archive.ErrComplete, archive.ErrIncomplete, archive.ErrDamaged, archive.ErrInUse, archive.ErrOtherStore,
		store.ErrOtherKeys, os.ErrNotExist,
	} {
		if errors.Is(err, reason) {
			return true
		}
	}
	return false
}

// progress says now and then how far it is.
func (e *env) progress(done string) archive.Progress {
	const step = 10_000
	said := map[string]int{}
	return func(table string, rows int) {
		if rows/step > said[table] {
			said[table] = rows / step
			e.say("local: %s: %d rows %s", table, rows, done)
		}
	}
}

// archived are the tables in the order in which they are moved: threads are there
// before the shipments of which they tell, and these before the pushes that they
// come from.
func (a *app) archived() []archive.Table {
	return []archive.Table{
		{Name: "ledger", Rows: a.tables.ledger, Check: a.fits},
		{Name: "shipments", Rows: a.tables.shipments},
		{Name: "inbox", Rows: a.tables.inbox},
	}
}

// fits tells whether a row of the ledger can be read with the keys of the data
// folder.
func (a *app) fits(it *store.Item) error { return otherKeys(a.contacts.Fits(it)) }

// otherKeys says what to do about an ErrOtherKeys.
func otherKeys(err error) error {
	if errors.Is(err, store.ErrOtherKeys) {
		return fmt.Errorf("%s is not the one that goes with this data: bring that: %w", keysFile, err)
	}
	return err
}
