// Package payload reads and cuts the JSON bodies of sources: a pull reader that
// is fast and forgiving about types, and the cutter of personal members.
package payload

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// maxDepth is how deep a body may nest; carriers stay below 12.
const maxDepth = 64

var (
	errKind  = errors.New("value of another kind")
	errDepth = errors.New("nested too deep")
	errTail  = errors.New("more than one value")
)

// Reader pulls a body's values one by one. It is strict about JSON (duplicate
// members, invalid UTF-8 and trailing bytes are errors) and lenient about
// types: carriers send "011", 11 and null for one thing. Its first error
// sticks, and after it every value is empty, so a decoder checks once, with
// [Reader.Close].
//
// Strings are slices of one copy of the body: strings.Clone what outlives it.
type Reader struct {
	dec  *jsontext.Decoder
	buf  bytes.Buffer
	text string
	name []byte
	err  error

	lenient bool // see Object
}

var readers = sync.Pool{New: func() any {
	r := new(Reader)
	r.dec = jsontext.NewDecoder(&r.buf)
	return r
}}

// Read returns a Reader on a body. Close it.
func Read(body []byte) *Reader {
	r, _ := readers.Get().(*Reader)
	r.text = string(body)
	r.buf = *bytes.NewBuffer(body)
	r.dec.Reset(&r.buf)
	r.err, r.lenient = nil, false
	return r
}

// Close checks that the body ended where its value did, gives the Reader back,
// and returns the first error. The Reader must not be used after it.
func (r *Reader) Close() error {
	if r.err == nil {
		if _, err := r.dec.ReadToken(); err == nil {
			r.err = errTail
		} else if !errors.Is(err, io.EOF) {
			r.err = err
		}
	}
	err := r.err
	if err != nil {
		err = fmt.Errorf("at byte %d: %w", r.dec.InputOffset(), reason(err))
	}
	r.text, r.name, r.buf = "", nil, bytes.Buffer{} // The pool shall not keep customers' bodies.
	r.dec.Reset(&r.buf)
	readers.Put(r)
	return err
}

// reason strips an error of jsontext down to its kind: its text would quote the
// body.
func reason(err error) error {
	switch {
	case errors.Is(err, errKind), errors.Is(err, errDepth), errors.Is(err, errTail):
		return err
	case errors.Is(err, jsontext.ErrDuplicateName):
		return errors.New("duplicate member")
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return errors.New("ends too early")
	}
	return errors.New("not JSON")
}

// Fail makes err the first error, if there is none.
func (r *Reader) Fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// Failed tells whether an error has stopped the Reader.
func (r *Reader) Failed() bool { return r.err != nil }

// Enter steps into an object ('{') or array ('['). It returns false, having
// skipped the value, if the value is another.
func (r *Reader) Enter(kind jsontext.Kind) bool {
	if r.err != nil {
		return false
	}
	if k := r.dec.PeekKind(); k != kind {
		r.Skip()
		return false
	}
	if r.dec.StackDepth() >= maxDepth {
		r.Fail(errDepth)
		return false
	}
	if _, err := r.dec.ReadToken(); err != nil {
		r.Fail(err)
		return false
	}
	return true
}

// More tells whether the object or array goes on; if not, it steps out.
func (r *Reader) More() bool {
	if r.err != nil {
		return false
	}
	switch r.dec.PeekKind() {
	case '}', ']':
		if _, err := r.dec.ReadToken(); err != nil {
			r.Fail(err)
		}
		return false
	case jsontext.KindInvalid:
		_, err := r.dec.ReadToken()
		r.Fail(err)
		return false
	}
	return true
}

// Name returns the name of the next member, valid until the next call.
func (r *Reader) Name() []byte {
	if r.err != nil {
		return nil
	}
	v, err := r.dec.ReadValue()
	if err != nil {
		r.Fail(err)
		return nil
	}
	if bytes.IndexByte(v, '\\') >= 0 {
		r.name, _ = jsontext.AppendUnquote(r.name[:0], v)
		return r.name
	}
	return v[1 : len(v)-1]
}

// Text returns a string or number as text and null as "". Other values are an
// error, or "" under [Object].
func (r *Reader) Text() string {
	if r.err != nil {
		return ""
	}
	v, err := r.dec.ReadValue()
	if err != nil {
		r.Fail(err)
		return ""
	}
	end := int(r.dec.InputOffset())
	switch k := v.Kind(); {
	case k == '0':
		return r.text[end-len(v) : end]
	case k == '"' && bytes.IndexByte(v, '\\') < 0:
		return r.text[end-len(v)+1 : end-1]
	case k == '"':
		b, _ := jsontext.AppendUnquote(nil, v)
		return string(b)
	case k != 'n' && !r.lenient:
		r.Fail(errKind)
	}
	return ""
}

// Trimmed is Text without blanks around it.
func (r *Reader) Trimmed() string { return strings.TrimSpace(r.Text()) }

// Bool returns true for true and "true"; other scalars are false.
func (r *Reader) Bool() bool {
	if r.err != nil {
		return false
	}
	switch r.dec.PeekKind() {
	case 't':
		r.Skip()
		return true
	case 'f', '{', '[':
		r.Skip()
		return false
	}
	return strings.EqualFold(r.Text(), "true")
}

// Kind tells what comes next: '{', '[', '"', '0', 't', 'f', 'n'.
func (r *Reader) Kind() jsontext.Kind {
	if r.err != nil {
		return jsontext.KindInvalid
	}
	return r.dec.PeekKind()
}

// Skip passes over a value, checking it all the same.
func (r *Reader) Skip() {
	if r.err == nil {
		if err := r.dec.SkipValue(); err != nil {
			r.Fail(err)
		}
	}
}
