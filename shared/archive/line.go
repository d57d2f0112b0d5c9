package archive

import (
	"bytes"
	"errors"
	"maps"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/store"
)

// An archive is JSON Lines: a header, the tables one after the other, the end. A
// table is its pages, each of them rows and then a checkpoint. There is one way
// to write a line: members in this order, what is zero left out, no spaces.

// format is the version of the format. A file of another is refused.
const format = 1

// header is the first line.
type header struct {
	Archive int      `json:"archive"`
	From    string   `json:"from"` // the store, and where it can tell, its state
	Tables  []string `json:"tables"`
}

// row is a row of a table. Due is in milliseconds, Expires in seconds, both UTC.
type row struct {
	Table     string            `json:"t"`
	Partition string            `json:"p"`
	Sort      string            `json:"s"`
	Version   int64             `json:"v,omitzero"`
	Due       string            `json:"due,omitzero"`
	Expires   string            `json:"exp,omitzero"`
	Count     int64             `json:"n,omitzero"`
	Attrs     map[string]string `json:"a,omitempty"`
	Body      []byte            `json:"b,omitempty"`
}

// checkpoint ends a page. Next is what the scan goes on after; it is empty when
// the table is done.
type checkpoint struct {
	Table  string `json:"t"`
	Next   string `json:"next"`
	Rows   int    `json:"rows"` // of the table so far
	Done   bool   `json:"done,omitzero"`
	SHA256 string `json:"sha256"` // of all bytes before this line
}

// end is the last line. What is before it says all that it can hold.
type end struct {
	End    bool           `json:"end"`
	Rows   map[string]int `json:"rows"`
	SHA256 string         `json:"sha256"` // of all bytes before this line
}

// maxLine is more than any line has: a body in base64, attributes and keys of
// which each byte is escaped, are below 600 KB.
const maxLine = 1 << 20

// encode returns the line of a value, with its line feed.
func encode(v any) ([]byte, error) {
	text, err := json.Marshal(v, json.Deterministic(true))
	return append(text, '\n'), err
}

// decode reads a line into a value. Its error quotes nothing of the line, as
// that of the JSON reader would.
func decode(text []byte, v any) error {
	if err := json.Unmarshal(text, v, json.RejectUnknownMembers(true)); err != nil {
		return errors.New("malformed")
	}
	return nil
}

const (
	dueLayout     = "2006-01-02T15:04:05.000Z07:00"
	expiresLayout = time.RFC3339
)

// errInexact is about a row with text that is not UTF-8, with a time that has
// more than four digits of year or is finer than stores keep it, or with what no
// table may hold.
var errInexact = errors.New("an archive cannot hold this row exactly")

// encodeRow returns the line of a row, after making sure that it can be read
// back.
func encodeRow(table string, it *store.Item) ([]byte, error) {
	text, err := encode(row{
		Table: table, Partition: it.Partition, Sort: it.Sort, Version: it.Version, Count: it.Count,
		Due: stamp(it.Due, dueLayout), Expires: stamp(it.Expires, expiresLayout), Attrs: it.Attrs, Body: it.Body,
	})
	if err != nil {
		return nil, errInexact
	}
	back, err := decodeRow(text)
	if err != nil || !same(&back, it) {
		return nil, errInexact
	}
	return text, nil
}

// decodeRow reads the line of a row that a table may hold.
func decodeRow(text []byte) (store.Item, error) {
	var r row
	if err := decode(text, &r); err != nil {
		return store.Item{}, err
	}
	it := store.Item{
		Key: store.Key{Partition: r.Partition, Sort: r.Sort}, Version: r.Version, Count: r.Count,
		Attrs: r.Attrs, Body: r.Body,
	}
	var err error
	if it.Due, err = instant(r.Due, dueLayout); err != nil {
		return store.Item{}, err
	}
	if it.Expires, err = instant(r.Expires, expiresLayout); err != nil {
		return store.Item{}, err
	}
	return it, it.Check()
}

func stamp(t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(layout)
}

func instant(text, layout string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(layout, text)
	if err != nil {
		return time.Time{}, errors.New("time malformed")
	}
	return t.UTC(), nil
}

// same tells whether two rows have the same content. Their versions are each
// store's own count.
func same(a, b *store.Item) bool {
	return a.Due.Equal(b.Due) && a.Expires.Equal(b.Expires) && a.Count == b.Count &&
		maps.Equal(a.Attrs, b.Attrs) && bytes.Equal(a.Body, b.Body)
}
