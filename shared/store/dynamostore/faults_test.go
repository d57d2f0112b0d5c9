package dynamostore_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

// done is what came of a call: its result, and the rows as they are then.
type done struct {
	Result any
	Rows   []store.Item
}

// run does a call on a table of its own, through clients that meet the faults.
func run(t *testing.T, c call, f *awstest.Faults) done {
	t.Helper()
	name := filled(t)
	result, err := c.do(t.Context(), dynamostore.New(dynamodb.NewFromConfig(f.In(awstest.Config(t))), name, now))
	if err != nil {
		t.Errorf("error = %v", err)
	}
	return done{result, rows(t, name)}
}

func TestACallIsAsIfNothingHadHappened(t *testing.T) {
	faults := []struct {
		name    string
		fault   awstest.Fault
		further int // attempts
	}{
		{"throttled", awstest.Throttle, 1},
		{"cut off", awstest.Cut, 1},
		{"without an answer", awstest.Lose, 1},
		{"slow", awstest.Slow, 0},
	}
	eachCall(t, func(t *testing.T, c call) {
		var undisturbed awstest.Faults
		want := run(t, c, &undisturbed)
		for attempt := range undisturbed.Attempts() {
			for _, tt := range faults {
				f := awstest.Faults{Delay: 5 * time.Millisecond}
				f.Next(make([]awstest.Fault, attempt)...)
				f.Next(tt.fault)
				got := run(t, c, &f)
				if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(store.Page{}, "Next")); diff != "" {
					t.Errorf("attempt %d %s differs (-want +got):\n%s", attempt+1, tt.name, diff)
				}
				if want := undisturbed.Attempts() + tt.further; f.Attempts() != want {
					t.Errorf("attempt %d %s: %d attempts, want %d", attempt+1, tt.name, f.Attempts(), want)
				}
			}
		}
	})
}

// again checks that an error means "again", and says which call of which table
// failed and nothing of the row.
func again(t *testing.T, c call, table string, err error) {
	t.Helper()
	if err == nil {
		t.Error("no error")
		return
	}
	for _, never := range []error{
		store.ErrNotFound, store.ErrLimit, store.ErrTooLarge, store.ErrBadKey, store.ErrNoTable, store.ErrDenied,
	} {
		if errors.Is(err, never) {
			t.Errorf("error is %q: %v", never, err)
		}
	}
	var conflict *store.ConflictError
	if errors.As(err, &conflict) {
		t.Errorf("error is a conflict: %v", err)
	}
	if text := err.Error(); !strings.HasPrefix(text, "dynamostore: "+c.text+" "+table+": ") || strings.Contains(text, canary) {
		t.Errorf("error = %q, want one of %s %s without the row's content", text, c.text, table)
	}
}

func TestACallThatNothingHelpsIsAnError(t *testing.T) {
	const attempts = 4
	eachCall(t, func(t *testing.T, c call) {
		for _, fault := range []awstest.Fault{awstest.Throttle, awstest.Cut} {
			name, f := filled(t), awstest.Faults{}
			f.Random(1, map[awstest.Fault]float64{fault: 1})
			before := rows(t, name)
			_, err := c.do(t.Context(), dynamostore.New(dynamodb.NewFromConfig(f.In(awstest.Config(t))), name, now))
			again(t, c, name, err)
			if f.Attempts() != attempts {
				t.Errorf("%d attempts, want %d", f.Attempts(), attempts)
			}
			if diff := cmp.Diff(before, rows(t, name)); diff != "" {
				t.Errorf("rows changed:\n%s", diff)
			}
		}
	})
}

func TestAPutWhoseLastAnswerIsLostIsFoundByTheNext(t *testing.T) {
	name, f := create(t, dynamostore.Definition{Table: "faults"}), awstest.Faults{}
	table := dynamostore.New(dynamodb.NewFromConfig(f.In(awstest.Config(t))), name, now)
	f.Next(awstest.Cut, awstest.Cut, awstest.Cut, awstest.Lose)
	it := row("new")
	again(t, call{text: "put"}, name, table.Put(t.Context(), it))
	stored := it
	stored.Version = 1
	var conflict *store.ConflictError
	if err := table.Put(t.Context(), it); !errors.As(err, &conflict) {
		t.Fatalf("the next Put = %v, want a conflict", err)
	}
	if diff := cmp.Diff(&store.ConflictError{Key: it.Key, Stored: &stored}, conflict); diff != "" {
		t.Errorf("conflict (-want +got):\n%s", diff)
	}
}

// meanwhile returns a configuration in which something is done before the n-th
// attempt.
func meanwhile(cfg aws.Config, n int, do func()) aws.Config {
	attempts := 0
	before := func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
		if attempts++; attempts == n {
			do()
		}
		return next.HandleFinalize(ctx, in)
	}
	cfg.APIOptions = append(cfg.APIOptions[:len(cfg.APIOptions):len(cfg.APIOptions)], func(s *middleware.Stack) error {
		return s.Finalize.Insert(middleware.FinalizeMiddlewareFunc("meanwhile", before), "Retry", middleware.After)
	})
	return cfg
}

func TestSomebodyElseWritesWhileAnAnswerIsLost(t *testing.T) {
	type act = func(context.Context, *dynamostore.Table) (any, error)
	put := func(it store.Item) act {
		return func(ctx context.Context, table *dynamostore.Table) (any, error) { return conflict(table.Put(ctx, it)) }
	}
	add := func(sort string, n, limit int64) act {
		return func(ctx context.Context, table *dynamostore.Table) (any, error) {
			sum, err := table.Add(ctx, rowKey(sort), n, limit, time.Time{})
			if errors.Is(err, store.ErrLimit) {
				return "ErrLimit", nil
			}
			return sum, err
		}
	}
	remove := func(sort string, version int64) act {
		return func(ctx context.Context, table *dynamostore.Table) (any, error) {
			return conflict(table.Delete(ctx, rowKey(sort), version))
		}
	}
	stored := func(it store.Item) any {
		it.Version++
		return store.ConflictError{Key: it.Key, Stored: &it}
	}
	counted := row("new")
	counted.Version, counted.Count = 1, 3+4
	tests := []struct {
		name        string
		ours, other act
		after       int // attempts before the one whose answer is lost
		want        any
	}{
		{"a new row that another replaced is a conflict with his", put(row("new")), put(next("new", 1)), 0, stored(next("new", 1))},
		{"a version that another replaced is a conflict with his", put(next("a", 1)), put(next("a", 2)), 0, stored(next("a", 2))},
		{"a version that another removed is a conflict with nothing", put(next("a", 1)), remove("a", 2), 0, store.ConflictError{Key: rowKey("a")}},
		{"a row on which another counted is a conflict with his count", put(row("new")), add("new", 4, 100), 0, stored(counted)},
		{"a count is done twice when another counted in between", add("a", 2, 100), add("a", 5, 100), 0, int64(3 + 2 + 5 + 2)},
		{"a limit holds though a count is wasted", add("a", 2, 11), add("a", 5, 100), 0, "ErrLimit"},
		{"a counter that both start is done twice", add("new", 2, 100), add("new", 5, 100), 1, int64(2 + 5 + 2)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			name, f := filled(t), awstest.Faults{}
			f.Next(make([]awstest.Fault, tt.after)...)
			f.Next(awstest.Lose)
			cfg := meanwhile(f.In(awstest.Config(t)), tt.after+2, func() {
				if got, err := tt.other(t.Context(), dynamostore.New(client(t), name, now)); err != nil {
					t.Errorf("the other's call = %v, %v", got, err)
				}
			})
			got, err := tt.ours(t.Context(), dynamostore.New(dynamodb.NewFromConfig(cfg), name, now))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
		})
	}
}
