package archive

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/store"
)

// reader reads an archive line by line. It trusts nothing: what is not as a
// [writer] would have written it is [ErrDamaged].
type reader struct {
	in    *bufio.Reader
	sum   hash.Hash // of the lines read
	names []string
	from  *string // where it must be from; nil: wherever
	line  int     // number of the line read last
	size  int64   // of the lines read
	table int     // whose rows come next; as many as there are tables: none
	rows  []int   // of each table so far
}

func newReader(in io.Reader, names []string) *reader {
	return &reader{in: bufio.NewReaderSize(in, maxLine), sum: sha256.New(), names: names, rows: make([]int, len(names))}
}

// kind is the kind of a line.
type kind int

const (
	headerLine kind = iota + 1
	rowLine
	checkpointLine
	endLine
)

// entry is what a line says.
type entry struct {
	kind  kind
	table int // which the row or the checkpoint is of
	item  store.Item
	next  string // after a checkpoint: what the scan of the reader's table goes on after
}

// each visits the lines until the end, or an error.
func (r *reader) each(ctx context.Context, visit func(entry) error) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		e, err := r.next()
		if err != nil {
			return err
		}
		if err := visit(e); err != nil || e.kind == endLine {
			return err
		}
	}
}

// next reads a line. At the end of a file that has no end yet, and in the midst
// of a line, it returns [ErrIncomplete].
func (r *reader) next() (entry, error) {
	text, err := r.in.ReadSlice('\n')
	r.line++
	if r.line == 1 {
		err = r.header(text, err)
	}
	switch {
	case errors.Is(err, io.EOF):
		return entry{}, fmt.Errorf("line %d: %w", r.line, ErrIncomplete)
	case errors.Is(err, bufio.ErrBufferFull):
		return entry{}, r.damaged("too long")
	case err != nil:
		return entry{}, err
	case r.line == 1:
		r.count(text)
		return entry{kind: headerLine}, nil
	}
	e, err := r.parse(text)
	if err != nil {
		return entry{}, r.damaged(err.Error())
	}
	r.count(text)
	return e, nil
}

func (r *reader) count(text []byte) {
	_, _ = r.sum.Write(text) // A hash never fails.
	r.size += int64(len(text))
}

func (r *reader) damaged(why string) error {
	return fmt.Errorf("line %d: %w: %s", r.line, ErrDamaged, why)
}

// headerStart is what every header begins with.
const headerStart = `{"archive":`

// header checks the first line. Of a file that ends in it, what is there must be
// the beginning of a header.
func (r *reader) header(text []byte, err error) error {
	start := min(len(text), len(headerStart))
	switch {
	case errors.Is(err, io.EOF) && string(text[:start]) == headerStart[:start]:
		return err
	case errors.Is(err, io.EOF), errors.Is(err, bufio.ErrBufferFull):
		return ErrNoArchive
	case err != nil:
		return err
	}
	var got header
	if err := json.Unmarshal(text, &got); err != nil || got.Archive == 0 {
		return ErrNoArchive
	}
	want, fault := encode(header{format, got.From, r.names})
	switch {
	case fault != nil:
		return fault
	case got.Archive != format:
		return fmt.Errorf("archive of format %d, want %d", got.Archive, format)
	case !slices.Equal(got.Tables, r.names):
		return fmt.Errorf("archive of the tables %q, want %q", got.Tables, r.names)
	case !bytes.Equal(text, want):
		return r.damaged("header malformed")
	case r.from != nil && got.From != *r.from:
		return ErrOtherStore
	}
	return nil
}

// parse reads a line that is not the first.
func (r *reader) parse(text []byte) (entry, error) {
	if r.table == len(r.names) {
		return r.end(text)
	}
	lead, err := encode(r.names[r.table])
	if err != nil {
		return entry{}, err
	}
	lead = slices.Concat([]byte(`{"t":`), bytes.TrimSpace(lead), []byte(","))
	rest, ok := bytes.CutPrefix(text, lead)
	switch {
	case ok && bytes.HasPrefix(rest, []byte(`"p":`)):
		it, err := decodeRow(text)
		if err != nil {
			return entry{}, err
		}
		r.rows[r.table]++
		return entry{kind: rowLine, table: r.table, item: it}, nil
	case ok && bytes.HasPrefix(rest, []byte(`"next":`)):
		return r.checkpoint(text)
	}
	return entry{}, fmt.Errorf("no line of table %s", r.names[r.table])
}

func (r *reader) checkpoint(text []byte) (entry, error) {
	var got checkpoint
	if err := decode(text, &got); err != nil {
		return entry{}, err
	}
	e := entry{kind: checkpointLine, table: r.table, next: got.Next}
	want := checkpoint{r.names[r.table], got.Next, r.rows[r.table], got.Next == "", r.checksum()}
	if err := is(text, want); err != nil {
		return entry{}, err
	}
	if want.Done {
		r.table++
	}
	return e, nil
}

// end reads the last line, and that nothing follows it.
func (r *reader) end(text []byte) (entry, error) {
	if err := is(text, end{true, r.counts(), r.checksum()}); err != nil {
		return entry{}, err
	}
	if _, err := r.in.ReadByte(); !errors.Is(err, io.EOF) {
		return entry{}, errors.New("it goes on after its end")
	}
	return entry{kind: endLine}, nil
}

// is checks that a line says this and no more, to the byte: no checksum covers
// the last one.
func is(text []byte, v any) error {
	want, err := encode(v)
	if err == nil && !bytes.Equal(text, want) {
		err = errors.New("checksum or number of rows is not that of the lines before")
	}
	return err
}

// counts returns the numbers of rows by the names of the tables.
func (r *reader) counts() map[string]int {
	m := make(map[string]int, len(r.names))
	for i, name := range r.names {
		m[name] = r.rows[i]
	}
	return m
}

// checksum returns that of all lines read.
func (r *reader) checksum() string { return hex.EncodeToString(r.sum.Sum(nil)) }
