package tiktokshop

import (
	"bytes"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/shiptide/shiptide/shared/webhook"
)

// How far from now a push may have been made. TikTok resends after 2 minutes,
// 30 minutes, 3 and 12 hours, so the last one comes 15 h 32 min and a few time-
// outs later; nothing says that it gets a new timestamp, and a 401 probably ends
// the resending. So a push is refused only when none can still be under way. One
// that comes twice until then is known by its body.
const (
	oldest = 24 * time.Hour
	ahead  = 5 * time.Minute
)

// scratch is what a verification needs beside the body.
type scratch struct {
	message []byte
	buf     bytes.Buffer
	dec     *jsontext.Decoder
}

var scratches = sync.Pool{New: func() any {
	s := new(scratch)
	s.dec = jsontext.NewDecoder(&s.buf)
	return s
}}

// free gives s back, without what it held of the body.
func (s *scratch) free() {
	const largest = 64 << 10
	if s.message = s.message[:cap(s.message)]; len(s.message) > largest {
		s.message = nil
	}
	clear(s.message)
	s.buf = bytes.Buffer{}
	s.dec.Reset(&s.buf)
	scratches.Put(s)
}

// checkTime refuses a push that was made too long ago, or in the future. One
// without a time is not refused: it is signed, and decoding says what it lacks.
func (s *scratch) checkTime(body []byte, now time.Time) error {
	from, to := s.stamp(body)
	at, ok := parseUnix(strings.Trim(string(body[from:to]), `"`))
	switch {
	case !ok:
		return nil
	case at.After(now):
		return webhook.CheckTime(at, now, ahead)
	}
	return webhook.CheckTime(at, now, oldest)
}

// stamp finds the timestamp of a push: body[from:to] is the value of the member,
// empty if there is none.
func (s *scratch) stamp(body []byte) (from, to int) {
	s.buf = *bytes.NewBuffer(body)
	s.dec.Reset(&s.buf)
	if t, err := s.dec.ReadToken(); err != nil || t.Kind() != '{' {
		return 0, 0
	}
	for {
		member, err := s.dec.ReadValue()
		if err != nil { // The end of the object, or of what can be read.
			return 0, 0
		}
		found := string(member) == `"timestamp"`
		v, err := s.dec.ReadValue()
		if err != nil {
			return 0, 0
		}
		if found {
			to = int(s.dec.InputOffset())
			return to - len(v), to
		}
	}
}

// stamped returns the push with that timestamp: body itself where it has it
// already, or none.
func stamped(body []byte, now time.Time) []byte {
	s, _ := scratches.Get().(*scratch)
	defer s.free()
	from, to := s.stamp(body)
	stamp := strconv.FormatInt(now.Unix(), 10)
	if from == to || string(body[from:to]) == stamp {
		return body
	}
	out := append(make([]byte, 0, len(body)+len(stamp)), body[:from]...)
	return append(append(out, stamp...), body[to:]...)
}
