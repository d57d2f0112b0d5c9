package tiktokshoptest

import (
	"slices"
	"time"
)

// change is something that happens to the world at one time.
type change struct {
	server   *Server
	now      time.Time
	orders   []*order // that it touches
	packages []*pack
	pushes   []Push
}

// change lets f change the world, then keeps what it has become and hands out
// the pushes. f checks all it was given before it changes anything, so that a
// panic leaves the world as it was.
func (s *Server) change(f func(*change)) {
	pushes := func() []Push {
		s.mu.Lock()
		defer s.mu.Unlock()
		c := &change{server: s, now: s.now()}
		f(c)
		c.keep()
		if s.OnPush == nil {
			s.pushes = append(s.pushes, c.pushes...)
		}
		return c.pushes
	}()
	if s.OnPush == nil {
		return
	}
	for _, p := range pushes {
		s.OnPush(p)
	}
}

func (c *change) touch(orders ...*order) {
	for _, o := range orders {
		if !slices.Contains(c.orders, o) {
			c.orders = append(c.orders, o)
		}
	}
}

// touchPackage notes that a package changes, and with it what its orders say.
func (c *change) touchPackage(p *pack) {
	if !slices.Contains(c.packages, p) {
		c.packages = append(c.packages, p)
	}
	c.touch(p.orders()...)
}

// keep settles what was touched, and keeps it as it is now.
func (c *change) keep() {
	for _, o := range c.orders {
		c.settle(o)
		if c.server.Touch {
			o.updated = c.now
		}
	}
	for _, p := range c.packages {
		p.updated = c.now
		p.history.add(c.now, c.server.Lag, p.status != gone, p.answer)
	}
	for _, o := range c.orders {
		o.history.add(c.now, c.server.Lag, true, o.answer)
	}
}

// history is what something was.
type history[T any] []state[T]

type state[T any] struct {
	at     time.Time
	exists bool
	answer T
}

// add adds what it is now, and forgets what no search shows any more.
func (h *history[T]) add(now time.Time, lag time.Duration, exists bool, answer func() T) {
	first := 0
	for first+1 < len(*h) && !(*h)[first+1].at.After(now.Add(-lag)) {
		first++
	}
	next := state[T]{at: now, exists: exists}
	if exists {
		next.answer = answer()
	}
	*h = append(slices.Clone((*h)[first:]), next)
}

// seen returns what it was at some time, and whether it was there.
func (h history[T]) seen(at time.Time) (T, bool) {
	for _, s := range slices.Backward(h) {
		if !s.at.After(at) {
			return s.answer, s.exists
		}
	}
	var none T
	return none, false
}

// last returns what it is, and whether it is there.
func (h history[T]) last() (T, bool) {
	s := h[len(h)-1]
	return s.answer, s.exists
}
