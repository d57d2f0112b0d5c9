package boltstore

import (
	"encoding/binary"
	"errors"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/shiptide/shiptide/shared/store"
)

// A row is stored as a head of fixed size, the attributes sorted by name, and
// the body up to the end. Numbers are big-endian, and there is one way to write
// an item:
//
//	format 1 | pending 8 | version 8 | due ms 8 | expires s 8 | count 8
//	attributes 2 | (length 2, name, length 2, value)* | body
//
// The first byte names the format. Formats are added, never reused.
const (
	formatPlain = 1
	headSize    = 1 + 5*8
)

// never stands for the zero time.
const never = math.MinInt64

// head is what writing a row needs to know of the one that is there.
type head struct {
	pending uint64 // the last entry made for it in the pending bucket; may be gone
	version int64
	due     int64 // milliseconds, or never
	expires int64 // seconds, or never
	count   int64
}

// gone tells whether a row has expired, as store.Item.Gone does.
func (h *head) gone(now time.Time) bool { return h.expires != never && now.Unix() >= h.expires }

func (h *head) append(b []byte) []byte {
	b = append(b, formatPlain)
	b = binary.BigEndian.AppendUint64(b, h.pending)
	for _, n := range [...]int64{h.version, h.due, h.expires, h.count} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	return b
}

// setPending changes the pending entry of an encoded row.
func setPending(value []byte, pending uint64) { binary.BigEndian.PutUint64(value[1:], pending) }

var errBadRow = errors.New("boltstore: stored row is damaged")

func decodeHead(value []byte) (head, error) {
	if len(value) < headSize || value[0] != formatPlain {
		return head{}, errBadRow
	}
	h := head{pending: binary.BigEndian.Uint64(value[1:])}
	for i, p := range [...]*int64{&h.version, &h.due, &h.expires, &h.count} {
		*p = int64(binary.BigEndian.Uint64(value[9+8*i:]))
	}
	if h.version < 1 {
		return head{}, errBadRow
	}
	return h, nil
}

// encode makes the stored form of an item that has passed Check, at a version.
// Due loses what is below a millisecond, Expires what is below a second.
func encode(it *store.Item, version int64) []byte {
	size := headSize + 2 + len(it.Body)
	for name, value := range it.Attrs {
		size += 4 + len(name) + len(value)
	}
	h := head{version: version, due: millis(it.Due), expires: seconds(it.Expires), count: it.Count}
	b := h.append(make([]byte, 0, size))
	b = binary.BigEndian.AppendUint16(b, uint16(len(it.Attrs)))
	for _, name := range slices.Sorted(maps.Keys(it.Attrs)) {
		b = appendText(appendText(b, name), it.Attrs[name])
	}
	return append(b, it.Body...)
}

func appendText(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint16(b, uint16(len(s))), s...)
}

// decode reads a stored row into an item that shares no memory with it.
func decode(k store.Key, value []byte) (store.Item, error) {
	h, err := decodeHead(value)
	if err != nil {
		return store.Item{}, err
	}
	it := store.Item{Key: k, Version: h.version, Due: fromMillis(h.due), Expires: fromSeconds(h.expires), Count: h.count}
	r := reader{b: value[headSize:], ok: true}
	n := r.uint16()
	if n > 0 && r.ok {
		it.Attrs = make(map[string]string, min(n, len(r.b)/4))
	}
	for last, i := "", 0; i < n && r.ok; i++ {
		name := r.text()
		if i > 0 && name <= last {
			r.ok = false
			break
		}
		it.Attrs[name], last = r.text(), name
	}
	if !r.ok {
		return store.Item{}, errBadRow
	}
	if len(r.b) > 0 {
		it.Body = slices.Clone(r.b)
	}
	return it, nil
}

// reader takes a value apart; once something is missing it is no longer ok.
type reader struct {
	b  []byte
	ok bool
}

func (r *reader) uint16() int {
	if !r.ok || len(r.b) < 2 {
		r.ok = false
		return 0
	}
	n := binary.BigEndian.Uint16(r.b)
	r.b = r.b[2:]
	return int(n)
}

func (r *reader) text() string {
	n := r.uint16()
	if !r.ok || len(r.b) < n {
		r.ok = false
		return ""
	}
	s := string(r.b[:n])
	r.b = r.b[n:]
	return s
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return never
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == never {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func seconds(t time.Time) int64 {
	if t.IsZero() {
		return never
	}
	return t.Unix()
}

func fromSeconds(s int64) time.Time {
	if s == never {
		return time.Time{}
	}
	return time.Unix(s, 0).UTC()
}
