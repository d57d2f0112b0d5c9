package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/store"
)

// spy counts the calls that reach a table, which finds nothing and takes
// everything.
type spy struct {
	mu    sync.Mutex
	calls int
}

func (s *spy) call() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
}

func (s *spy) Get(context.Context, store.Key) (store.Item, error) {
	s.call()
	return store.Item{}, store.ErrNotFound
}

func (s *spy) Put(context.Context, store.Item) error { s.call(); return nil }

func (s *spy) Query(context.Context, store.Query) (store.Page, error) {
	s.call()
	return store.Page{Next: "more"}, nil
}

func (s *spy) Delete(context.Context, store.Key, int64) error { s.call(); return nil }

func (s *spy) Add(_ context.Context, _ store.Key, n, _ int64, _ time.Time) (int64, error) {
	s.call()
	return n, nil
}

// scanSpy is a spy that can be scanned.
type scanSpy struct{ spy }

func (s *scanSpy) Scan(context.Context, string) (store.Page, error) {
	s.call()
	return store.Page{Next: "more"}, nil
}

func TestWorldFaults(t *testing.T) {
	tests := []struct {
		name    string
		fault   Fault
		want    error
		done    int // calls of three that reach the table
		next    error
		crashed bool
	}{
		{"without a fault the call is done", 0, nil, 3, nil, false},
		{"a failing call is not done", Fail, ErrInjected, 2, nil, false},
		{"a forgotten call is done", Forget, ErrInjected, 3, nil, false},
		{"a delayed call is done", Delay, nil, 3, nil, false},
		{"a crash before a call leaves it undone and those after", CrashBefore, ErrCrashed, 1, ErrCrashed, true},
		{"a crash after a call leaves those after undone", CrashAfter, ErrCrashed, 2, ErrCrashed, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inner, w := &spy{}, NewWorld()
			w.At(2, tt.fault)
			table := w.Wrap(inner)
			want := []error{nil, tt.want, tt.next}
			for i := range want {
				if got := table.Put(t.Context(), store.Item{}); !errors.Is(got, want[i]) || (got == nil) != (want[i] == nil) {
					t.Errorf("call %d = %v, want %v", i+1, got, want[i])
				}
			}
			if inner.calls != tt.done || w.Crashed() != tt.crashed {
				t.Errorf("%d calls done, crashed %t, want %d, %t", inner.calls, w.Crashed(), tt.done, tt.crashed)
			}
		})
	}
}

func TestWorldCountsAllCallsOfAllTables(t *testing.T) {
	w, inner := NewWorld(), &scanSpy{}
	one, other := &fixture{T: t, table: w.Wrap(inner)}, w.Wrap(inner)
	one.everyMethod(t.Context(), key("a", "b"))
	if w.Calls() != 6 || inner.calls != 6 {
		t.Errorf("Calls = %d, %d done, want 6 of each", w.Calls(), inner.calls)
	}
	w.At(7, CrashBefore)
	for range 3 {
		if err := other.Delete(t.Context(), key("a", "b"), 1); !errors.Is(err, ErrCrashed) {
			t.Errorf("Delete = %v, want ErrCrashed", err)
		}
	}
	for name, err := range one.everyMethod(t.Context(), key("a", "b")) {
		if !errors.Is(err, ErrCrashed) {
			t.Errorf("%s = %v, want ErrCrashed", name, err)
		}
	}
	if w.Calls() != 7 || inner.calls != 6 {
		t.Errorf("Calls = %d, %d done, want 7 and 6", w.Calls(), inner.calls)
	}
}

func TestWorldPassesResultsAndErrors(t *testing.T) {
	table := NewWorld().Wrap(&scanSpy{})
	if _, err := table.Get(t.Context(), key("a", "b")); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Get = %v, want ErrNotFound", err)
	}
	if n, err := table.Add(t.Context(), key("a", "b"), 7, 9, time.Time{}); n != 7 || err != nil {
		t.Errorf("Add = %d, %v, want 7", n, err)
	}
	s, ok := table.(store.Scanner)
	if !ok {
		t.Fatal("the wrapped table has no Scan")
	}
	if page, err := s.Scan(t.Context(), ""); page.Next != "more" || err != nil {
		t.Errorf("Scan = %+v, %v", page, err)
	}
	if _, ok := NewWorld().Wrap(&spy{}).(store.Scanner); ok {
		t.Error("a table without Scan got one")
	}
}

func TestWorldForgetsResultsToo(t *testing.T) {
	w := NewWorld()
	w.At(1, Forget)
	page, err := w.Wrap(&spy{}).Query(t.Context(), store.Query{})
	if page.Next != "" || !errors.Is(err, ErrInjected) {
		t.Errorf("Query = %+v, %v, want nothing and ErrInjected", page, err)
	}
}

func TestWorldDelaysByItsYield(t *testing.T) {
	w, inner, before := NewWorld(), &spy{}, -1
	w.Yield = func() { before = inner.calls }
	w.At(2, Delay)
	for range 2 {
		if err := w.Wrap(inner).Put(t.Context(), store.Item{}); err != nil {
			t.Fatal(err)
		}
	}
	if before != 1 {
		t.Errorf("Yield after %d calls, want 1", before)
	}
}

func TestNobodyHearsOfACallThatOutlivesItsProcess(t *testing.T) {
	w, inner := NewWorld(), &spy{}
	table := w.Wrap(inner)
	w.At(1, Delay)
	w.At(2, CrashBefore)
	w.Yield = func() { _ = table.Put(t.Context(), store.Item{}) }
	if err := table.Put(t.Context(), store.Item{}); !errors.Is(err, ErrCrashed) || inner.calls != 1 {
		t.Errorf("Put = %v, %d done, want ErrCrashed, 1", err, inner.calls)
	}
}

func TestRandomFaultsComeAgainWithTheirSeed(t *testing.T) {
	run := func(seed uint64) (faults []bool, done int) {
		inner, w := &spy{}, NewWorld()
		w.Random(seed, 0.2, 0.1)
		table := w.Wrap(inner)
		for range 1000 {
			faults = append(faults, errors.Is(table.Put(t.Context(), store.Item{}), ErrInjected))
		}
		return faults, inner.calls
	}
	one, done := run(1)
	again, _ := run(1)
	if diff := cmp.Diff(one, again); diff != "" {
		t.Errorf("the same seed differs:\n%s", diff)
	}
	if other, _ := run(2); cmp.Equal(one, other) {
		t.Error("another seed makes the same faults")
	}
	failed := 0
	for _, f := range one {
		if f {
			failed++
		}
	}
	if failed < 250 || failed > 350 || done < 750 || done > 850 {
		t.Errorf("of 1000 calls %d failed and %d were done, want about 300 and 800", failed, done)
	}
}

func TestWorldIsSafeForManyGoroutines(t *testing.T) {
	w, inner := NewWorld(), &spy{}
	w.Random(1, 0.1, 0.1)
	table := w.Wrap(inner)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			w.At(100+i, Delay)
			for range 10 {
				_ = table.Put(t.Context(), store.Item{}) // Some fail.
			}
		})
	}
	wg.Wait()
	if w.Calls() != 200 {
		t.Errorf("Calls = %d, want 200", w.Calls())
	}
}
