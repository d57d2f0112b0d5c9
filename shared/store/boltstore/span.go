package boltstore

import (
	"bytes"

	bolt "go.etcd.io/bbolt"
)

// span is a part of a bucket, the keys from from up to but not including to, and
// how to walk it.
type span struct {
	prefix   []byte // what every key of it, and so its tokens, begins with
	from, to []byte // nil is no bound
	reverse  bool
	after    []byte // the last key of the page before; nil at the first page
}

// first moves to the first entry, in walking order, after the page before.
func (s *span) first(c *bolt.Cursor) (key, value []byte) {
	if s.reverse {
		return s.lastBefore(c)
	}
	from := s.from
	if bytes.Compare(s.after, from) > 0 {
		from = s.after
	}
	if key, value = c.Seek(from); s.after != nil && bytes.Equal(key, s.after) {
		return c.Next()
	}
	return key, value
}

// lastBefore moves to the last entry below the upper bound.
func (s *span) lastBefore(c *bolt.Cursor) (key, value []byte) {
	to := s.to
	if s.after != nil && bytes.Compare(s.after, to) < 0 {
		to = s.after
	}
	if key, _ = c.Seek(to); key == nil {
		return c.Last()
	}
	return c.Prev()
}

func (s *span) next(c *bolt.Cursor) (key, value []byte) {
	if s.reverse {
		return c.Prev()
	}
	return c.Next()
}

// holds tells whether an entry is within the span; a nil key is past its end.
func (s *span) holds(key []byte) bool {
	return key != nil && bytes.Compare(key, s.from) >= 0 && (s.to == nil || bytes.Compare(key, s.to) < 0)
}
