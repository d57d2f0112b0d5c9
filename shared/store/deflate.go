package store

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
)

// The first byte of a body names its format. Formats are added, never reused.
const (
	formatDeflate = 1
	formatFacts   = 2 // with the dictionary of facts
	formatPushes  = 3 // with that of pushes
)

// A dictionary is text that bodies are likely to repeat, the likeliest last. It
// makes the twelve scans of a parcel a quarter smaller, and a push half: DynamoDB
// bills by the kilobyte. It is part of the stored format and is never changed; a
// better one is another format.
var (
	//go:embed dictionary/facts.txt
	factsDictionary []byte
	//go:embed dictionary/pushes.txt
	pushesDictionary []byte
)

// maxInflated bounds what a body may inflate to: no row of ours comes near.
const maxInflated = 16 << 20

// codec deflates and inflates with one dictionary.
type codec struct {
	dictionary         []byte
	deflaters, readers sync.Pool
}

var codecs = map[byte]*codec{
	formatDeflate: newCodec(nil), formatFacts: newCodec(factsDictionary), formatPushes: newCodec(pushesDictionary),
}

func newCodec(dictionary []byte) *codec {
	c := &codec{dictionary: dictionary}
	c.deflaters.New = func() any {
		w, _ := flate.NewWriterDict(io.Discard, flate.BestSpeed, dictionary) // The level is valid.
		return w
	}
	c.readers.New = func() any { return flate.NewReader(bytes.NewReader(nil)) }
	return c
}

// pack deflates the parts of a body, one after the other.
func pack(format byte, parts ...[]byte) []byte {
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	out := bytes.NewBuffer(make([]byte, 0, size/3+64))
	out.WriteByte(format)
	c := codecs[format]
	w, _ := c.deflaters.Get().(*flate.Writer)
	w.Reset(out) // It keeps its dictionary.
	for _, p := range parts {
		_, _ = w.Write(p) // A bytes.Buffer takes everything.
	}
	_ = w.Close()
	c.deflaters.Put(w)
	return out.Bytes()
}

// unpack inflates what pack made.
func unpack(body []byte) ([]byte, error) {
	if len(body) == 0 {
		return nil, nil
	}
	c := codecs[body[0]]
	if c == nil {
		return nil, fmt.Errorf("body of unknown format %d", body[0])
	}
	r, _ := c.readers.Get().(io.ReadCloser)
	defer c.readers.Put(r)
	if err := r.(flate.Resetter).Reset(bytes.NewReader(body[1:]), c.dictionary); err != nil {
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
