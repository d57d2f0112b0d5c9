package seventeentrack

import "github.com/shiptide/shiptide/shared/payload"

// reader reads a body. One with copies reads what is otherwise skipped: the
// copies of events beside the events.
type reader struct {
	*payload.Reader
	copies bool
	events int // about how many to expect in all
}

// eventSize is what an event takes at least, in most bodies.
const eventSize = 400

func readObject(body []byte, copies bool, read func(reader)) error {
	return payload.Object(body, func(r *payload.Reader) { read(reader{r, copies, len(body)/eventSize + 4}) })
}
