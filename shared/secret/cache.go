package secret

import (
	"context"
	"fmt"
	"time"
)

const (
	freshFor  = 5 * time.Minute  // so long a reading is used without another
	usableFor = time.Hour        // and so long if that fails
	backOff   = 10 * time.Second // from one that failed to the next
	limit     = 10 * time.Second // of one reading, its tries included
	// patience is how long a call waits for a reading that may be slow when there
	// is an older one.
	patience = time.Second
)

// attempt is one reading of all parameters. Its fields are set when it is done.
type attempt struct {
	done    chan struct{}
	reading *reading // nil if it failed
	err     error
	ended   time.Time
}

// current returns what to answer with now: what was read within five minutes,
// else what can be read now, else what was read within the hour. Whoever finds
// that it is time to read waits for that, for the keys may have changed; all
// others take what there is.
func (s *Store) current(ctx context.Context) (*reading, error) {
	old, now := s.held.Load(), s.wall()
	if old.fresh(now) {
		return old, nil
	}
	a, ours := s.attempt(ctx, now)
	usable, err := old.usable(now), error(nil)
	switch {
	case !usable:
		err = s.wait(ctx, a, nil)
	case ours:
		timer := time.NewTimer(patience)
		defer timer.Stop()
		err = s.wait(ctx, a, timer.C)
	}
	switch {
	case err != nil:
		return nil, err
	case a.over() && a.err == nil:
		return a.reading, nil
	case usable:
		return old, nil
	}
	return nil, a.err
}

// wait returns when the attempt is done, or enough has come.
func (s *Store) wait(ctx context.Context, a *attempt, enough <-chan time.Time) error {
	select {
	case <-a.done:
	case <-enough:
	case <-ctx.Done():
		return fmt.Errorf("secret: wait for %s: %w", Root(s.stack), ctx.Err())
	}
	return nil
}

// attempt returns the attempt to go by: the one that runs, the last one if its
// outcome still stands, else one that it starts, which is then ours.
func (s *Store) attempt(ctx context.Context, now time.Time) (a *attempt, ours bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.last; a != nil && (!a.over() || a.stands(now)) {
		return a, false
	}
	s.last = &attempt{done: make(chan struct{})}
	// Others wait for it too: that its caller gives up does not end it.
	go s.run(context.WithoutCancel(ctx), s.last)
	return s.last, true
}

func (s *Store) run(ctx context.Context, a *attempt) {
	defer close(a.done)
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	a.reading, a.err = s.read(ctx)
	a.ended = s.wall()
	if a.err != nil && s.Log != nil {
		s.Log.WarnContext(ctx, "keys not read", "err", a.err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.err == nil && s.last == a {
		s.held.Store(a.reading)
	}
}

// forget has the next call read again, since a parameter has been written. What
// is being read now may be from before.
func (s *Store) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = nil
	if r := s.held.Load(); r != nil {
		old := *r
		old.replaced = true
		s.held.Store(&old)
	}
}

// wall is the time without Go's monotonic reading, which may stand still while an
// idle Lambda is frozen.
func (s *Store) wall() time.Time { return s.now().Round(0) }

func (a *attempt) over() bool {
	select {
	case <-a.done:
		return true
	default:
		return false
	}
}

// stands tells whether it is too early to read again.
func (a *attempt) stands(now time.Time) bool {
	if a.err != nil {
		return now.Sub(a.ended).Abs() < backOff
	}
	return a.reading.fresh(now)
}

// fresh tells whether there is no need to read again. A reading from the future
// is none: the clock was wrong, then or now.
func (r *reading) fresh(now time.Time) bool {
	return r != nil && !r.replaced && !r.at.After(now) && now.Sub(r.at) < freshFor
}

// usable tells whether the reading is better than none.
func (r *reading) usable(now time.Time) bool {
	return r != nil && now.Sub(r.at).Abs() < usableFor
}
