// Package dynamostore keeps tables in DynamoDB. Many processes may use them at
// once. A write whose answer was lost and that was then tried again is known by
// its mark, so that it is not taken for somebody else's.
//
// Reads are strongly consistent, except those of the due index, which follows
// its table a moment later.
package dynamostore

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/shiptide/shiptide/shared/store"
)

// Table is one table in DynamoDB. Due is kept to the millisecond and Expires to
// the second; what is finer is cut off. DynamoDB removes expired rows within
// days; until then they read as absent.
type Table struct {
	calls calls
	name  *string
	now   func() time.Time
}

var (
	_ store.Table   = (*Table)(nil)
	_ store.Scanner = (*Table)(nil)
)

// New returns the table of a name. now is the clock by which rows expire.
func New(client *dynamodb.Client, name string, now func() time.Time) *Table {
	return &Table{calls: callsOf(client), name: aws.String(name), now: now}
}

// Get implements [store.Table].
func (t *Table) Get(ctx context.Context, k store.Key) (store.Item, error) {
	if err := k.Check(); err != nil {
		return store.Item{}, err
	}
	out, err := t.calls.get(ctx, &dynamodb.GetItemInput{TableName: t.name, Key: keyOf(k), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return store.Item{}, t.fault("get", err)
	}
	if out.Item == nil {
		return store.Item{}, store.ErrNotFound
	}
	it, _, err := decode(out.Item)
	if err == nil && it.Gone(t.now()) {
		return store.Item{}, store.ErrNotFound
	}
	return it, err
}

// Put implements [store.Table].
func (t *Table) Put(ctx context.Context, it store.Item) error {
	if err := it.Check(); err != nil {
		return err
	}
	mark := newMark()
	item, err := encode(&it, it.Version+1, mark)
	if err != nil {
		return err
	}
	in := &dynamodb.PutItemInput{
		TableName: t.name, Item: item,
		ConditionExpression:                 aws.String(present + " AND #v = :v"),
		ExpressionAttributeNames:            names("#x", attrExpires, "#v", attrVersion),
		ExpressionAttributeValues:           attributes{":now": number(t.now().Unix()), ":v": number(it.Version)},
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
	if it.Version == 0 {
		in.ConditionExpression = aws.String(absent)
		in.ExpressionAttributeNames = names("#pk", attrPartition, "#x", attrExpires)
		in.ExpressionAttributeValues = attributes{":now": number(t.now().Unix())}
	}
	_, err = t.calls.put(ctx, in)
	r, err := t.refusal("put", err)
	if r == nil || bytes.Equal(r.mark, mark) { // Our own, whose answer was lost.
		return err
	}
	return &store.ConflictError{Key: it.Key, Stored: r.stored}
}

// Delete implements [store.Table].
func (t *Table) Delete(ctx context.Context, k store.Key, version int64) error {
	if err := k.Check(); err != nil {
		return err
	}
	_, err := t.calls.delete(ctx, &dynamodb.DeleteItemInput{
		TableName: t.name, Key: keyOf(k),
		ConditionExpression:                 aws.String(absent + " OR #v = :v"),
		ExpressionAttributeNames:            names("#pk", attrPartition, "#x", attrExpires, "#v", attrVersion),
		ExpressionAttributeValues:           attributes{":now": number(t.now().Unix()), ":v": number(version)},
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	r, err := t.refusal("delete", err)
	if r == nil {
		return err
	}
	return &store.ConflictError{Key: k, Stored: r.stored}
}

// refusal is a write whose condition did not hold.
type refusal struct {
	stored *store.Item // nil: there is none, or it has expired
	mark   []byte      // of the write that made it
}

// refusal reads the error of a write: nil and nil when it was done.
func (t *Table) refusal(call string, err error) (*refusal, error) {
	var failed *types.ConditionalCheckFailedException
	switch {
	case err == nil:
		return nil, nil
	case !errors.As(err, &failed):
		return nil, t.fault(call, err)
	case failed.Item == nil:
		return &refusal{}, nil
	}
	it, mark, err := decode(failed.Item)
	if err != nil {
		return nil, err
	}
	if it.Gone(t.now()) {
		return &refusal{mark: mark}, nil
	}
	return &refusal{&it, mark}, nil
}

func (t *Table) fault(call string, err error) error { return fault(call, *t.name, err) }

// Whether a row is there and has not expired. DynamoDB compares nothing with an
// attribute that is missing.
const (
	absent  = "(attribute_not_exists(#pk) OR #x <= :now)"
	present = "(attribute_not_exists(#x) OR #x > :now)"
)

// names pairs placeholders with attributes.
func names(pairs ...string) map[string]string {
	out := make(map[string]string, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = pairs[i+1]
	}
	return out
}

func newMark() []byte {
	mark := make([]byte, 8)
	_, _ = rand.Read(mark) // It never fails.
	return mark
}
