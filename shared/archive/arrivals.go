package archive

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/shiptide/shiptide/shared/store"
)

// maxPuts is how many rows are written at once.
const maxPuts = 16

// outcome is what became of a row.
type outcome int

const (
	written outcome = iota + 1
	already
	expired
	differ
)

// arrivals writes rows, a few at once, and counts what became of them.
type arrivals struct {
	cancel context.CancelFunc // stops the others when one fails
	slots  chan struct{}
	flying sync.WaitGroup

	mu     sync.Mutex
	counts map[string]Counts
	err    error // the first
}

func newArrivals(cancel context.CancelFunc, names []string) *arrivals {
	a := &arrivals{cancel: cancel, slots: make(chan struct{}, maxPuts), counts: map[string]Counts{}}
	for _, name := range names {
		a.counts[name] = Counts{}
	}
	return a
}

// add has a row written, once fewer than maxPuts are.
func (a *arrivals) add(table string, line int, put func() (outcome, store.Key, error)) {
	a.slots <- struct{}{}
	a.flying.Go(func() {
		defer func() { <-a.slots }()
		did, k, err := put()
		a.mu.Lock()
		defer a.mu.Unlock()
		if err != nil {
			a.fail(fmt.Errorf("%s: line %d: %w", table, line, err))
			return
		}
		a.count(table, did, k)
	})
}

func (a *arrivals) fail(err error) {
	if a.err == nil {
		a.err = err
	}
	a.cancel()
}

func (a *arrivals) count(table string, did outcome, k store.Key) {
	c := a.counts[table]
	c.Rows++
	switch did {
	case written:
		c.Written++
	case already:
		c.Already++
	case expired:
		c.Expired++
	case differ:
		c.Differ++
		if len(c.DifferKeys) < maxKeys {
			c.DifferKeys = append(c.DifferKeys, Key(k))
		}
	}
	a.counts[table] = c
}

// settle waits for the rows that are being written and returns the first error.
func (a *arrivals) settle() error {
	a.flying.Wait()
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.err
}

// summary returns what is counted, after settle.
func (a *arrivals) summary() Summary {
	for _, c := range a.counts {
		slices.SortFunc(c.DifferKeys, func(a, b Key) int {
			return cmp.Or(cmp.Compare(a.Partition, b.Partition), cmp.Compare(a.Sort, b.Sort))
		})
	}
	return Summary{Tables: a.counts}
}
