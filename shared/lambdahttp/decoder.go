package lambdahttp

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

var (
	errKind = errors.New("value of another kind")
	errTail = errors.New("more than one value")
)

// decoder pulls an event apart. Its first error sticks, and after it every value
// is empty.
//
// It is not payload.Reader, which copies all it reads and then the unescaped body
// again, and forgives values of a wrong kind: API Gateway sends none.
type decoder struct {
	json *jsontext.Decoder
	buf  bytes.Buffer
	err  error
}

var decoders = sync.Pool{New: func() any { return &decoder{json: new(jsontext.Decoder)} }}

func newDecoder(event []byte) *decoder {
	d, _ := decoders.Get().(*decoder)
	d.buf, d.err = *bytes.NewBuffer(event), nil
	d.json.Reset(&d.buf)
	return d
}

// close checks that the event ends where its value does, gives the decoder back
// and returns the first error, without anything of the event.
func (d *decoder) close() error {
	if d.err == nil {
		if _, d.err = d.json.ReadToken(); d.err == nil {
			d.err = errTail
		} else if errors.Is(d.err, io.EOF) {
			d.err = nil
		}
	}
	err := d.err
	if err != nil {
		if !errors.Is(err, errKind) && !errors.Is(err, errTail) {
			err = errors.New("not JSON") // The text of jsontext would quote the event.
		}
		err = fmt.Errorf("event malformed at byte %d: %w", d.json.InputOffset(), err)
	}
	d.buf = bytes.Buffer{} // The pool shall not keep customers' data.
	d.json.Reset(&d.buf)
	decoders.Put(d)
	return err
}

// object calls member with the name of each member, valid until it reads the
// value, as it must. It reports whether there is an object: null is none.
func (d *decoder) object(member func(name []byte)) bool {
	if !d.enter('{') {
		return false
	}
	for d.more() {
		member(d.text())
	}
	return true
}

// array calls element for each element, and it must read it.
func (d *decoder) array(element func()) {
	if d.enter('[') {
		for d.more() {
			element()
		}
	}
}

func (d *decoder) enter(kind jsontext.Kind) bool {
	if d.err != nil {
		return false
	}
	var token jsontext.Token
	if token, d.err = d.json.ReadToken(); d.err != nil {
		return false
	}
	if token.Kind() != kind && token.Kind() != 'n' {
		d.err = errKind
	}
	return token.Kind() == kind
}

// more reports whether the object or array goes on, and steps out if not.
func (d *decoder) more() bool {
	if d.err != nil {
		return false
	}
	if kind := d.json.PeekKind(); kind != '}' && kind != ']' {
		return true // What is no value fails when it is read.
	}
	_, d.err = d.json.ReadToken()
	return false
}

// text returns a string, null as nothing, valid until the next read.
func (d *decoder) text() []byte {
	v := d.quoted()
	if v == nil || bytes.IndexByte(v, '\\') >= 0 {
		return unquote(v)
	}
	return v[1 : len(v)-1]
}

// ownText is text that stays valid.
func (d *decoder) ownText() []byte { return unquote(d.quoted()) }

func unquote(v jsontext.Value) []byte {
	if v == nil {
		return nil
	}
	text, _ := jsontext.AppendUnquote(nil, v)
	return text
}

func (d *decoder) quoted() jsontext.Value {
	v := d.value()
	if v.Kind() == '"' {
		return v
	}
	if v.Kind() != 'n' && d.err == nil {
		d.err = errKind
	}
	return nil
}

func (d *decoder) bool() bool {
	kind := d.value().Kind()
	if kind != 't' && kind != 'f' && kind != 'n' && d.err == nil {
		d.err = errKind
	}
	return kind == 't'
}

func (d *decoder) value() (v jsontext.Value) {
	if d.err == nil {
		v, d.err = d.json.ReadValue()
	}
	return v
}

// skip passes over a value, checking it all the same.
func (d *decoder) skip() { d.value() }
