package tiktokshoptest

import (
	"slices"
	"time"
)

// Call is a call that was made, whatever came of it.
type Call struct {
	At     time.Time
	Method string
	Path   string
	// Shop is the ID of the shop that the shop_cipher names, "" without one.
	Shop string
	// Status and Code are what was answered, 0 and -1 if nothing was. A page of a
	// proxy has no code: 0, under its status.
	Status, Code int
}

// record keeps a call.
func (s *Server) record(c *call, status, code int, fail *Failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	done := Call{At: c.now, Method: c.Method, Path: c.URL.Path, Status: status, Code: code}
	if named := s.shopOf(c.URL.Query().Get("shop_cipher")); named != nil {
		done.Shop = named.ID
	}
	if fail != nil && fail.Drop {
		done.Status, done.Code = 0, -1
	}
	s.calls = append(s.calls, done)
}

// Calls returns all calls since the last Forget, by their time.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	calls := slices.Clone(s.calls)
	s.mu.Unlock()
	slices.SortStableFunc(calls, func(a, b Call) int { return a.At.Compare(b.At) })
	return calls
}

// Forget forgets the calls.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = nil
}

// MaxPerSecond returns the most calls that named a shop within one second,
// wherever the second begins. Two calls that are a second apart are not within
// one. With the shop "" it counts the calls that name none.
func (s *Server) MaxPerSecond(shop string) int {
	most, first := 0, 0
	var at []time.Time
	for _, c := range s.Calls() {
		if c.Shop != shop {
			continue
		}
		at = append(at, c.At)
		for c.At.Sub(at[first]) >= time.Second {
			first++
		}
		most = max(most, len(at)-first)
	}
	return most
}

// throttle lets a call pass, or not: the calls of the last second count that
// passed, of one API and shop.
func (s *Server) throttle(c *call) *refusal {
	key := c.route.name
	if c.shop != nil {
		key += " " + c.shop.ID
	} else {
		key += " of " + c.pair.grant.openID
	}
	recent := slices.DeleteFunc(s.recent[key], func(at time.Time) bool { return c.now.Sub(at) >= time.Second })
	s.recent[key] = recent
	if len(recent) >= s.Rate {
		return refuse(tooMany, "too many requests")
	}
	s.recent[key] = append(recent, c.now)
	return nil
}
