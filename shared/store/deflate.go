package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
)

// The first byte of a body names its format. Formats are added, never reused.
const formatDeflate = 1

// maxInflated bounds what a body may inflate to: no row of ours comes near.
const maxInflated = 16 << 20

var deflaters = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(io.Discard, flate.BestSpeed) // The level is valid.
	return w
}}

// pack deflates the parts of a body, one after the other.
func pack(parts ...[]byte) []byte {
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	out := bytes.NewBuffer(make([]byte, 0, size/3+64))
	out.WriteByte(formatDeflate)
	w, _ := deflaters.Get().(*flate.Writer)
	w.Reset(out)
	for _, p := range parts {
		_, _ = w.Write(p) // A bytes.Buffer takes everything.
	}
	_ = w.Close()
	deflaters.Put(w)
	return out.Bytes()
}

var inflaters = sync.Pool{New: func() any { return flate.NewReader(bytes.NewReader(nil)) }}

// unpack inflates what pack made.
func unpack(body []byte) ([]byte, error) {
	if len(body) == 0 {
		return nil, nil
	}
	if body[0] != formatDeflate {
		return nil, fmt.Errorf("body of unknown format %d", body[0])
	}
	r, _ := inflaters.Get().(io.ReadCloser)
	defer inflaters.Put(r)
	if err := r.(flate.Resetter).Reset(bytes.NewReader(body[1:]), nil); err != nil {
		return nil, fmt.Errorf("inflate: %w", err)
	}
	out := bytes.NewBuffer(make([]byte, 0, 4*len(body)))
	if _, err := io.Copy(out, io.LimitReader(r, maxInflated+1)); err != nil {
		return nil, fmt.Errorf("inflate: %w", err)
	}
	if out.Len() > maxInflated {
		return nil, errors.New("inflate: more than 16 MB")
	}
	return out.Bytes(), nil
}
