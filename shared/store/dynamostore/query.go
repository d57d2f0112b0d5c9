package dynamostore

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/shiptide/shiptide/shared/store"
)

// Query implements [store.Table]. A page ends after 1 MB, and may be shorter than
// its limit, or empty, where rows have expired.
func (t *Table) Query(ctx context.Context, q store.Query) (store.Page, error) {
	if !q.DueUntil.IsZero() {
		return t.queryDue(ctx, q)
	}
	if err := (store.Key{Partition: q.Partition, Sort: "-"}).Check(); err != nil {
		return store.Page{}, err
	}
	if q.To != "" && q.From >= q.To {
		return store.Page{}, nil
	}
	in := t.query(q)
	in.ConsistentRead = aws.Bool(true)
	in.ExpressionAttributeValues = attributes{":pk": text(q.Partition)}
	condition := "#pk = :pk"
	switch {
	case q.From != "" && q.To != "":
		condition += " AND #sk BETWEEN :from AND :to" // To itself is left out below.
	case q.From != "":
		condition += " AND #sk >= :from"
	case q.To != "":
		condition += " AND #sk < :to"
	}
	in.KeyConditionExpression = aws.String(condition)
	in.ExpressionAttributeNames = names("#pk", attrPartition)
	for name, bound := range map[string]string{":from": q.From, ":to": q.To} {
		if bound != "" {
			in.ExpressionAttributeNames["#sk"] = attrSort
			in.ExpressionAttributeValues[name] = text(bound)
		}
	}
	if q.After != "" {
		k, _, err := parseToken(rowToken, q.After)
		if err != nil || k.Partition != q.Partition {
			return store.Page{}, errBadToken
		}
		in.ExclusiveStartKey = keyOf(k)
	}
	out, err := t.calls.query(ctx, in)
	if err != nil {
		return store.Page{}, t.fault("query", err)
	}
	return t.page(out.Items, out.LastEvaluatedKey, func(it *store.Item) bool { return q.To == "" || it.Sort < q.To })
}

func (t *Table) query(q store.Query) *dynamodb.QueryInput {
	in := &dynamodb.QueryInput{TableName: t.name, ScanIndexForward: aws.Bool(!q.Reverse)}
	if q.Limit > 0 {
		in.Limit = aws.Int32(int32(min(q.Limit, 1<<20)))
	}
	return in
}

// queryDue reads one shard of the due index. Its rows may have been written since.
func (t *Table) queryDue(ctx context.Context, q store.Query) (store.Page, error) {
	if q.Shard < 0 || q.Shard >= store.Shards {
		return store.Page{}, fmt.Errorf("dynamostore: shard %d of %d", q.Shard, store.Shards)
	}
	until, err := dueText(q.DueUntil.Add(time.Millisecond), time.Time{})
	if err != nil {
		return store.Page{}, err
	}
	in := t.query(q)
	in.IndexName = aws.String(DueIndex)
	in.KeyConditionExpression = aws.String("#s = :s AND #d < :until")
	in.ExpressionAttributeNames = names("#s", attrShard, "#d", attrDue)
	in.ExpressionAttributeValues = attributes{":s": text(shardText(q.Shard)), ":until": text(until)}
	if q.After != "" {
		k, due, err := parseToken(dueToken, q.After)
		if err != nil || store.Shard(k.Partition) != q.Shard {
			return store.Page{}, errBadToken
		}
		in.ExclusiveStartKey = keyOf(k)
		in.ExclusiveStartKey[attrShard], in.ExclusiveStartKey[attrDue] = text(shardText(q.Shard)), text(due)
	}
	out, err := t.calls.query(ctx, in)
	if err != nil {
		return store.Page{}, t.fault("query due rows of", err)
	}
	return t.duePage(out)
}

func (t *Table) duePage(out *dynamodb.QueryOutput) (page store.Page, err error) {
	now := t.now()
	for _, stored := range out.Items {
		var it store.Item
		if it.Due, it.Expires, err = parseDue(textOf(stored[attrDue])); err != nil {
			return store.Page{}, err
		}
		if it.Gone(now) {
			continue
		}
		it.Key, it.Expires = storedKey(stored), time.Time{}
		page.Items = append(page.Items, it)
	}
	if last := out.LastEvaluatedKey; last != nil {
		page.Next = token(dueToken, storedKey(last), textOf(last[attrDue]))
	}
	return page, nil
}

// Scan implements [store.Scanner], in no order that means anything.
func (t *Table) Scan(ctx context.Context, after string) (store.Page, error) {
	in := &dynamodb.ScanInput{TableName: t.name, ConsistentRead: aws.Bool(true)}
	if after != "" {
		k, _, err := parseToken(rowToken, after)
		if err != nil {
			return store.Page{}, err
		}
		in.ExclusiveStartKey = keyOf(k)
	}
	out, err := t.calls.scan(ctx, in)
	if err != nil {
		return store.Page{}, t.fault("scan", err)
	}
	return t.page(out.Items, out.LastEvaluatedKey, func(*store.Item) bool { return true })
}

// page reads whole rows, without those that have expired or are not wanted.
func (t *Table) page(items []attributes, last attributes, wanted func(*store.Item) bool) (page store.Page, err error) {
	now := t.now()
	for _, stored := range items {
		it, _, err := decode(stored)
		if err != nil {
			return store.Page{}, err
		}
		if !it.Gone(now) && wanted(&it) {
			page.Items = append(page.Items, it)
		}
	}
	if last != nil {
		page.Next = token(rowToken, storedKey(last), "")
	}
	return page, nil
}

func textOf(v types.AttributeValue) string {
	s, ok := v.(*types.AttributeValueMemberS)
	if !ok {
		return ""
	}
	return s.Value
}

func storedKey(stored attributes) store.Key {
	return store.Key{Partition: textOf(stored[attrPartition]), Sort: textOf(stored[attrSort])}
}

// What a page ended in; a token of one kind is no good for another.
const (
	rowToken = "r"
	dueToken = "d"
)

// token makes the text for After of the next page from the last key of this one,
// and its due where the due index is read. No key holds a NUL.
func token(kind string, k store.Key, due string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(kind + "\x00" + due + "\x00" + k.Partition + "\x00" + k.Sort))
}

func parseToken(kind, after string) (k store.Key, due string, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(after)
	parts := strings.Split(string(raw), "\x00")
	if err != nil || len(parts) != 4 || parts[0] != kind {
		return store.Key{}, "", errBadToken
	}
	k = store.Key{Partition: parts[2], Sort: parts[3]}
	if k.Check() != nil {
		return store.Key{}, "", errBadToken
	}
	return k, parts[1], nil
}

var errBadToken = fmt.Errorf("dynamostore: %w", store.ErrBadToken)
