package dynamostore_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

// start is when these tests take place.
var start = time.Date(2100, 3, 1, 12, 0, 0, 0, time.UTC)

func now() time.Time { return start }

// canary stands in every part of the rows, and belongs in no error.
const canary = "4915112345678"

func rowKey(sort string) store.Key {
	return store.Key{Partition: "S#" + canary, Sort: sort + "#" + canary}
}

func row(sort string) store.Item {
	return store.Item{
		Key: rowKey(sort), Due: start, Expires: start.Add(time.Hour),
		Attrs: map[string]string{"name" + canary: canary}, Count: 3, Body: []byte(canary),
	}
}

// next is a row that replaces one.
func next(sort string, version int64) store.Item {
	it := row(sort)
	it.Version, it.Count, it.Body = version, 5, []byte("next "+canary)
	return it
}

// filled makes a table with two rows at version 1, and returns its name.
func filled(t *testing.T) string {
	t.Helper()
	name := create(t, dynamostore.Definition{Table: "faults"})
	table := dynamostore.New(client(t), name, now)
	for _, sort := range []string{"a", "b"} {
		if err := table.Put(t.Context(), row(sort)); err != nil {
			t.Fatal(err)
		}
	}
	return name
}

// rows returns all rows of a table.
func rows(t *testing.T, name string) []store.Item {
	t.Helper()
	page, err := dynamostore.New(client(t), name, now).Query(t.Context(), store.Query{Partition: row("").Partition})
	if err != nil {
		t.Fatal(err)
	}
	return page.Items
}

// call is a call of one method, on a table of filled.
type call struct {
	name string
	text string // by which its errors call it
	do   func(context.Context, *dynamostore.Table) (any, error)
}

var calls = []call{
	{"Get", "get", func(ctx context.Context, table *dynamostore.Table) (any, error) { return table.Get(ctx, rowKey("a")) }},
	{"Put of a new row", "put", func(ctx context.Context, table *dynamostore.Table) (any, error) {
		return nil, table.Put(ctx, row("new"))
	}},
	{"Put of a version", "put", func(ctx context.Context, table *dynamostore.Table) (any, error) {
		return nil, table.Put(ctx, next("a", 1))
	}},
	{"Put that conflicts", "put", func(ctx context.Context, table *dynamostore.Table) (any, error) {
		return conflict(table.Put(ctx, next("a", 0)))
	}},
	{"Delete", "delete", func(ctx context.Context, table *dynamostore.Table) (any, error) {
		return nil, table.Delete(ctx, rowKey("a"), 1)
	}},
	{"Delete that conflicts", "delete", func(ctx context.Context, table *dynamostore.Table) (any, error) {
		return conflict(table.Delete(ctx, rowKey("a"), 2))
	}},
	{"Add", "add", func(ctx context.Context, table *dynamostore.Table) (any, error) {
		return table.Add(ctx, rowKey("a"), 2, 100, time.Time{})
	}},
	{"Add that would pass its limit", "add", func(ctx context.Context, table *dynamostore.Table) (any, error) {
		_, err := table.Add(ctx, rowKey("a"), 2, 4, time.Time{})
		if errors.Is(err, store.ErrLimit) {
			return "ErrLimit", nil
		}
		return nil, err
	}},
	{"Add that starts a counter", "add", func(ctx context.Context, table *dynamostore.Table) (any, error) {
		return table.Add(ctx, rowKey("new"), 2, 3, start.Add(time.Hour))
	}},
	{"Query", "query", func(ctx context.Context, table *dynamostore.Table) (any, error) {
		return table.Query(ctx, store.Query{Partition: row("").Partition, Limit: 1})
	}},
	{"Query of the due index", "query due rows of", func(ctx context.Context, table *dynamostore.Table) (any, error) {
		return table.Query(ctx, store.Query{Shard: store.Shard(row("").Partition), DueUntil: start, Limit: 1})
	}},
	{"Scan", "scan", func(ctx context.Context, table *dynamostore.Table) (any, error) { return table.Scan(ctx, "") }},
}

// eachCall runs a subtest for every call, all at once: they mostly wait.
func eachCall(t *testing.T, run func(*testing.T, call)) {
	t.Helper()
	var wg sync.WaitGroup
	for _, c := range calls {
		wg.Go(func() { t.Run(c.name, func(t *testing.T) { run(t, c) }) })
	}
	wg.Wait()
}

// conflict returns what a *store.ConflictError holds as a result, other errors as
// they are.
func conflict(err error) (any, error) {
	var c *store.ConflictError
	if errors.As(err, &c) {
		return *c, nil
	}
	return nil, err
}
