package dynamostore

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/store"
)

// A row is one item. Names are short, because they are paid for. The row's own
// attributes stand beside these as strings, for people and filters; one whose
// name would be taken for ours is escaped.
const (
	attrPartition = "pk"
	attrSort      = "sk"
	attrVersion   = "_v"
	attrMark      = "_m" // of the write that made this version: 8 random bytes
	attrExpires   = "_x" // seconds since 1970; the table's time to live
	attrShard     = "_s" // of the due index, two digits; with attrDue
	attrDue       = "_d" // see dueText
	attrCount     = "_n"
	attrBody      = "_b"

	escape = "__"
)

type attributes = map[string]types.AttributeValue

// attrName is where an attribute of a row is stored.
func attrName(name string) string {
	if name == attrPartition || name == attrSort || strings.HasPrefix(name, "_") {
		return escape + name
	}
	return name
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func keyOf(k store.Key) attributes {
	return attributes{attrPartition: text(k.Partition), attrSort: text(k.Sort)}
}

// encode makes the stored form of an item at a version. Due loses what is below
// a millisecond, Expires what is below a second.
func encode(it *store.Item, version int64, mark []byte) (attributes, error) {
	out := keyOf(it.Key)
	out[attrVersion], out[attrMark] = number(version), &types.AttributeValueMemberB{Value: mark}
	if !it.Expires.IsZero() {
		out[attrExpires] = number(it.Expires.Unix())
	}
	if !it.Due.IsZero() {
		due, err := dueText(it.Due, it.Expires)
		if err != nil {
			return nil, err
		}
		out[attrShard], out[attrDue] = text(shardText(store.Shard(it.Partition))), text(due)
	}
	if it.Count != 0 {
		out[attrCount] = number(it.Count)
	}
	if len(it.Body) > 0 {
		out[attrBody] = &types.AttributeValueMemberB{Value: it.Body}
	}
	for name, value := range it.Attrs {
		out[attrName(name)] = text(value)
	}
	return out, nil
}

func shardText(shard int) string { return fmt.Sprintf("%02d", shard) }

// dueLayout sorts as the times do.
const dueLayout = "2006-01-02T15:04:05.000Z"

// dueText is the sort key of the due index: when the row is due, a blank, and the
// second in which it expires, so that the index can leave out expired rows without
// a copy of anything else.
func dueText(due, expires time.Time) (string, error) {
	due = due.UTC()
	if y := due.Year(); y < 0 || y > 9999 {
		return "", fmt.Errorf("dynamostore: due in the year %d", y)
	}
	s := due.Format(dueLayout)
	if !expires.IsZero() {
		s += " " + strconv.FormatInt(expires.Unix(), 10)
	}
	return s, nil
}

func parseDue(s string) (due, expires time.Time, err error) {
	at, seconds, expiring := strings.Cut(s, " ")
	if due, err = time.Parse(dueLayout, at); err != nil {
		return time.Time{}, time.Time{}, errBadItem
	}
	if expiring {
		n, err := strconv.ParseInt(seconds, 10, 64)
		if err != nil {
			return time.Time{}, time.Time{}, errBadItem
		}
		expires = unix(n)
	}
	return due, expires, nil
}

func unix(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }

var errBadItem = errors.New("dynamostore: stored item is damaged")

// decode reads a stored item. mark is that of the write that made it.
func decode(stored attributes) (it store.Item, mark []byte, err error) {
	for name, value := range stored {
		if err := decodeAttr(&it, &mark, name, value); err != nil {
			return store.Item{}, nil, err
		}
	}
	if it.Partition == "" || it.Sort == "" || it.Version < 1 {
		return store.Item{}, nil, errBadItem
	}
	return it, mark, nil
}

func decodeAttr(it *store.Item, mark *[]byte, name string, value types.AttributeValue) (err error) {
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		switch name {
		case attrPartition:
			it.Partition = v.Value
		case attrSort:
			it.Sort = v.Value
		case attrDue:
			it.Due, _, err = parseDue(v.Value)
		case attrShard: // It follows from the partition.
		default:
			if it.Attrs == nil {
				it.Attrs = map[string]string{}
			}
			it.Attrs[strings.TrimPrefix(name, escape)] = v.Value
		}
	case *types.AttributeValueMemberN:
		var n int64
		if n, err = strconv.ParseInt(v.Value, 10, 64); err != nil {
			return errBadItem
		}
		switch name {
		case attrVersion:
			it.Version = n
		case attrExpires:
			it.Expires = unix(n)
		case attrCount:
			it.Count = n
		}
	case *types.AttributeValueMemberB:
		switch name {
		case attrMark:
			*mark = v.Value
		case attrBody:
			it.Body = v.Value
		}
	}
	return err
}

// streamValue is an attribute in a stream record as Lambda hands it over. Types
// that we do not write are left out.
type streamValue struct {
	S *string
	N *string
	B *string
}

// Image reads the image of a row in a stream record, as Lambda hands it over:
// NewImage, or Keys of a stream that has nothing else, which gives an Item of a
// Key alone. An expired row is an Item like any other.
func Image(raw []byte) (store.Item, error) {
	var image map[string]streamValue
	if err := json.Unmarshal(raw, &image); err != nil {
		return store.Item{}, fmt.Errorf("dynamostore: stream image: %w", err)
	}
	stored := attributes{}
	for name, v := range image {
		switch {
		case v.S != nil:
			stored[name] = text(*v.S)
		case v.N != nil:
			stored[name] = &types.AttributeValueMemberN{Value: *v.N}
		case v.B != nil:
			b, err := base64.StdEncoding.DecodeString(*v.B)
			if err != nil {
				return store.Item{}, fmt.Errorf("dynamostore: stream image: %w", errBadItem)
			}
			stored[name] = &types.AttributeValueMemberB{Value: b}
		}
	}
	if _, whole := stored[attrVersion]; !whole {
		stored[attrVersion] = number(1) // Keys only.
		it, _, err := decode(stored)
		return store.Item{Key: it.Key}, err
	}
	it, _, err := decode(stored)
	return it, err
}
