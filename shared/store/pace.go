package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Pace keeps calls apart over all processes: one a slot of time, "PACE#<what>#
// <slot>" / "-" in the ledger. It is for pointers to it only.
type Pace struct {
	Table Table
	Now   func() time.Time
	// PerSecond is the most calls in any second, however it is cut.
	PerSecond int

	mu    sync.Mutex
	lanes map[string]*lane
}

// lane is one of what is kept apart: no other waits for it.
type lane struct {
	mu   sync.Mutex
	last int64 // the newest slot that was ours
}

func (p *Pace) lane(what string) *lane {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lanes == nil {
		p.lanes = map[string]*lane{}
	}
	if p.lanes[what] == nil {
		p.lanes[what] = &lane{}
	}
	return p.lanes[what]
}

// maxAhead is how many slots are reserved ahead at most.
const maxAhead = 300

// slot is how long a slot is. Of n calls that are in n slots one after the other,
// the first and the last are more than n-2 slots apart: so that n is one too many
// for a second, these must make a second.
func (p *Pace) slot() time.Duration {
	return time.Second/time.Duration(p.PerSecond-1) + time.Millisecond
}

// Reserve returns when the next call may be made: now, or soon. It is used up
// then, whether or not the call is made. ErrLimit: too many wait already.
func (p *Pace) Reserve(ctx context.Context, what string) (time.Time, error) {
	length := p.slot()
	l := p.lane(what)
	l.mu.Lock()
	defer l.mu.Unlock()
	first := p.Now().UnixNano()/int64(length) + 1
	for n := max(first, l.last+1); n < first+maxAhead; n++ {
		at := time.Unix(0, n*int64(length))
		_, err := p.Table.Add(ctx, Key{fmt.Sprintf("PACE#%s#%d", what, n), "-"}, 1, 1, at.Add(10*time.Minute).Truncate(time.Second))
		switch {
		case errors.Is(err, ErrLimit): // Another's, or its answer was lost.
			continue
		case err != nil:
			return time.Time{}, err
		}
		l.last = n
		return at, nil
	}
	return time.Time{}, ErrLimit
}
