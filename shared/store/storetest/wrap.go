package storetest

import (
	"context"
	"time"

	"github.com/shiptide/shiptide/shared/store"
)

// Wrap returns a table of the World that stores in t. It is a [store.Scanner] if
// t is one.
func (w *World) Wrap(t store.Table) store.Table {
	wrapped := table{world: w, inner: t}
	if s, ok := t.(store.Scanner); ok {
		return scanTable{wrapped, s}
	}
	return wrapped
}

// call does one call of a World, or what its fault makes of it.
func call[T any](w *World, do func() (T, error)) (T, error) {
	var none T
	fault, err := w.begin()
	if err != nil {
		return none, err
	}
	if fault == Delay {
		w.yield()
	}
	result, err := do()
	if lost := w.end(fault); lost != nil {
		return none, lost
	}
	return result, err
}

// table is a table of a World.
type table struct {
	world *World
	inner store.Table
}

func (t table) Get(ctx context.Context, k store.Key) (store.Item, error) {
	return call(t.world, func() (store.Item, error) { return t.inner.Get(ctx, k) })
}

func (t table) Put(ctx context.Context, it store.Item) error {
	_, err := call(t.world, func() (struct{}, error) { return struct{}{}, t.inner.Put(ctx, it) })
	return err
}

func (t table) Query(ctx context.Context, q store.Query) (store.Page, error) {
	return call(t.world, func() (store.Page, error) { return t.inner.Query(ctx, q) })
}

func (t table) Delete(ctx context.Context, k store.Key, version int64) error {
	_, err := call(t.world, func() (struct{}, error) { return struct{}{}, t.inner.Delete(ctx, k, version) })
	return err
}

func (t table) Add(ctx context.Context, k store.Key, n, limit int64, expires time.Time) (int64, error) {
	return call(t.world, func() (int64, error) { return t.inner.Add(ctx, k, n, limit, expires) })
}

// scanTable is a table of a World that can be scanned.
type scanTable struct {
	table
	scanner store.Scanner
}

func (t scanTable) Scan(ctx context.Context, after string) (store.Page, error) {
	return call(t.world, func() (store.Page, error) { return t.scanner.Scan(ctx, after) })
}
