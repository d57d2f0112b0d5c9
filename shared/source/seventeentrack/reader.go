package seventeentrack

import (
	"errors"

	"github.com/shiptide/shiptide/shared/payload"
)

// reader reads a body. A lenient one takes values of a wrong kind for missing
// ones. One with copies reads what is otherwise skipped: the copies of events
// beside the events.
type reader struct {
	*payload.Reader
	lenient, copies bool
	events          int // about how many to expect in all
}

// eventSize is what an event takes at least, in most bodies.
const eventSize = 400

var errNoObject = errors.New("not an object")

// twice reads a body, and again leniently if that fails: looking at the kind of
// each value before it is read costs a third of the time.
func twice(body []byte, copies bool, read func(reader)) error {
	events := len(body)/eventSize + 4
	err := once(reader{payload.Read(body), false, copies, events}, read)
	if err != nil {
		err = once(reader{payload.Read(body), true, copies, events}, read)
	}
	return err
}

func once(r reader, read func(reader)) error {
	object := r.Kind() == '{'
	read(r)
	if err := r.Close(); err != nil {
		return err
	}
	if !object {
		return errNoObject
	}
	return nil
}

// text reads a string or number.
func (r reader) text() string {
	if !r.lenient {
		return r.Text()
	}
	switch r.Kind() {
	case '{', '[', 't', 'f':
		r.Skip()
		return ""
	default:
		return r.Text()
	}
}

// each reads the values of an array; a value that stands alone counts as an
// array of one, and null as none.
func (r reader) each(read func(i int)) {
	switch r.Kind() {
	case '[':
	case 'n':
		r.Skip()
		return
	default:
		read(0)
		return
	}
	if !r.Enter('[') {
		return
	}
	for i := 0; r.More(); i++ {
		read(i)
	}
}
