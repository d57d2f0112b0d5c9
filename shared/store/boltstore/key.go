package boltstore

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/shiptide/shiptide/shared/store"
)

// A row's key is its partition, NUL, its sort key. Neither holds a NUL, so the
// bytes sort as the keys do, and no partition is the beginning of another.
func rowKey(k store.Key) []byte {
	b := make([]byte, 0, len(k.Partition)+1+len(k.Sort))
	return append(append(append(b, k.Partition...), 0), k.Sort...)
}

func parseRowKey(b []byte) (store.Key, error) {
	partition, sort, ok := bytes.Cut(b, []byte{0})
	if !ok {
		return store.Key{}, errBadRow
	}
	return store.Key{Partition: string(partition), Sort: string(sort)}, nil
}

// An entry of the due index is the shard, the due in milliseconds, the row's key.
const dueHead = 1 + 8

func dueKey(shard int, ms int64, row []byte) []byte {
	b := make([]byte, 0, dueHead+len(row))
	return append(appendOrdered(append(b, byte(shard)), ms), row...)
}

func parseDueKey(b []byte) (store.Key, time.Time, error) {
	if len(b) < dueHead {
		return store.Key{}, time.Time{}, errBadRow
	}
	k, err := parseRowKey(b[dueHead:])
	return k, fromMillis(ordered(b[1:])), err
}

// An entry of the expiry index is the expiry in seconds, the row's key.
func expiryKey(seconds int64, row []byte) []byte {
	return append(appendOrdered(make([]byte, 0, 8+len(row)), seconds), row...)
}

// appendOrdered appends a number so that the bytes sort as the numbers do, the
// negative ones too.
func appendOrdered(b []byte, n int64) []byte {
	return binary.BigEndian.AppendUint64(b, uint64(n)^1<<63)
}

func ordered(b []byte) int64 { return int64(binary.BigEndian.Uint64(b) ^ 1<<63) }

// What a page ended in; a token of one kind is no good for another.
const (
	rowToken     = 'r'
	dueToken     = 'd'
	pendingToken = 'p'
)

// token makes the text for After of the next page from the last key of this one.
func token(kind byte, key []byte) string {
	return base64.RawURLEncoding.EncodeToString(append([]byte{kind}, key...))
}

// parseToken returns the key that a page ended in, which must begin with prefix.
func parseToken(kind byte, text string, prefix []byte) ([]byte, error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) == 0 || b[0] != kind || !bytes.HasPrefix(b[1:], prefix) {
		return nil, errBadToken
	}
	return b[1:], nil
}

var errBadToken = fmt.Errorf("boltstore: %w", store.ErrBadToken)
