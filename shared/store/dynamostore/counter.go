package dynamostore

import (
	"bytes"
	"context"
	"errors"
	"math"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/shiptide/shiptide/shared/store"
)

// Add implements [store.Table], by one conditional update of a counter that is
// there. Each count is a version of its row. What takes away, an n below 0, is
// under no limit but that of the integers.
func (t *Table) Add(ctx context.Context, k store.Key, n, limit int64, expires time.Time) (int64, error) {
	if err := k.Check(); err != nil {
		return 0, err
	}
	if n > 0 && passes(math.MinInt64, n, limit) {
		return 0, store.ErrLimit // Whatever the count is.
	}
	mark := newMark()
	for {
		sum, err := t.count(ctx, k, n, limit, mark)
		r, err := t.refusal("add", err)
		switch {
		case err != nil:
			return 0, err
		case r == nil:
			return sum, nil
		case bytes.Equal(r.mark, mark) && r.stored != nil: // Our own, whose answer was lost.
			return r.stored.Count, nil
		case r.stored != nil && passes(r.stored.Count, n, limit), r.stored == nil && passes(0, n, limit):
			return 0, store.ErrLimit
		case r.stored != nil: // There was no room before somebody gave some back.
			continue
		}
		err = t.Put(ctx, store.Item{Key: k, Count: n, Expires: expires})
		var conflict *store.ConflictError
		if !errors.As(err, &conflict) {
			return n, err
		}
	}
}

// passes tells whether a count and n go beyond the limit, or beyond the integers.
func passes(count, n, limit int64) bool {
	sum := count + n
	return n > 0 && (sum > limit || sum < count) || n < 0 && sum > count
}

// count adds to a counter that is there.
func (t *Table) count(ctx context.Context, k store.Key, n, limit int64, mark []byte) (int64, error) {
	room, bound := roomFor(n, limit)
	values := attributes{
		":now": number(t.now().Unix()), ":n": number(n), ":zero": number(0), ":one": number(1),
		":mark": &types.AttributeValueMemberB{Value: mark},
	}
	if room != "" {
		values[":bound"] = number(bound)
	}
	out, err := t.calls.update(ctx, &dynamodb.UpdateItemInput{
		TableName: t.name, Key: keyOf(k), ReturnValues: types.ReturnValueUpdatedNew,
		UpdateExpression:                    aws.String("SET #n = if_not_exists(#n, :zero) + :n, #v = #v + :one, #m = :mark"),
		ConditionExpression:                 aws.String("attribute_exists(#v) AND #m <> :mark AND " + present + room),
		ExpressionAttributeNames:            names("#n", attrCount, "#v", attrVersion, "#m", attrMark, "#x", attrExpires),
		ExpressionAttributeValues:           values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	if err != nil {
		return 0, err
	}
	sum, ok := out.Attributes[attrCount].(*types.AttributeValueMemberN)
	if !ok {
		return 0, errBadItem
	}
	return strconv.ParseInt(sum.Value, 10, 64)
}

// roomFor is the condition under which n may be added: the count, 0 where there
// is none, is at most, or at least, bound.
func roomFor(n, limit int64) (condition string, bound int64) {
	switch {
	case n > 0 && limit < n:
		return " AND #n <= :bound", limit - n
	case n > 0:
		return " AND (attribute_not_exists(#n) OR #n <= :bound)", limit - n
	case n < 0:
		return " AND (attribute_not_exists(#n) OR #n >= :bound)", math.MinInt64 - n
	}
	return "", 0
}
