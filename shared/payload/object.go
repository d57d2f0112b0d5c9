package payload

import "errors"

var errNoObject = errors.New("not an object")

// Object reads a body that is one object, forgiving more than [Read] does: a
// text of a wrong kind counts as a missing one. Sources document one thing and
// send another, and one member must not cost the rest of a body.
func Object(body []byte, read func(*Reader)) error {
	r := Read(body)
	r.lenient = true
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

// Each reads the values of an array; a value that stands alone counts as an
// array of one, and null as none.
func (r *Reader) Each(read func(i int)) {
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
