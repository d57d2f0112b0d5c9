package awstest

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// record is one record of a stream, with its strings.
type record struct {
	Event          streamtypes.OperationType
	Keys, Old, New map[string]string
}

// records returns all that the table's stream holds.
func (f *fixture) records() (all []record) {
	f.Helper()
	table, err := f.db.DescribeTable(f.Context(), &dynamodb.DescribeTableInput{TableName: f.table})
	if err != nil {
		f.Fatal(err)
	}
	arn, streams := table.Table.LatestStreamArn, dynamodbstreams.NewFromConfig(f.cfg)
	described, err := streams.DescribeStream(f.Context(), &dynamodbstreams.DescribeStreamInput{StreamArn: arn})
	if err != nil {
		f.Fatal(err)
	}
	for _, shard := range described.StreamDescription.Shards {
		first, err := streams.GetShardIterator(f.Context(), &dynamodbstreams.GetShardIteratorInput{
			StreamArn: arn, ShardId: shard.ShardId, ShardIteratorType: streamtypes.ShardIteratorTypeTrimHorizon,
		})
		if err != nil {
			f.Fatal(err)
		}
		for next := first.ShardIterator; next != nil; {
			page, err := streams.GetRecords(f.Context(), &dynamodbstreams.GetRecordsInput{ShardIterator: next})
			if err != nil {
				f.Fatal(err)
			}
			if len(page.Records) == 0 {
				break
			}
			for _, r := range page.Records {
				all = append(all, record{r.EventName, texts(r.Dynamodb.Keys), texts(r.Dynamodb.OldImage), texts(r.Dynamodb.NewImage)})
			}
			next = page.NextShardIterator
		}
	}
	return all
}

func texts(image map[string]streamtypes.AttributeValue) map[string]string {
	if image == nil {
		return nil
	}
	m := map[string]string{}
	for name, value := range image {
		if s, ok := value.(*streamtypes.AttributeValueMemberS); ok {
			m[name] = s.Value
		}
	}
	return m
}

// TestAStreamHasOneRecordForEachChange has writes of one item only: the order
// of records of several is not documented.
func TestAStreamHasOneRecordForEachChange(t *testing.T) {
	f := newFixture(t)
	ctx, key := t.Context(), row("p", "s")
	del := &dynamodb.DeleteItemInput{TableName: f.table, Key: key}
	image := func(v string) map[string]string { return map[string]string{"pk": "p", "sk": "s", "v": v} }
	keys := map[string]string{"pk": "p", "sk": "s"}
	tests := []struct {
		name  string
		write func() error
		want  []record
	}{
		{"a Delete of nothing writes none", func() error { _, err := f.db.DeleteItem(ctx, del); return err }, nil},
		{"a Put of a new item inserts", func() error {
			_, err := f.db.PutItem(ctx, f.put(row("p", "s", "v", "1")))
			return err
		}, []record{{"INSERT", keys, nil, image("1")}}},
		{"a Put over it modifies", func() error {
			_, err := f.db.PutItem(ctx, f.put(row("p", "s", "v", "2")))
			return err
		}, []record{{"MODIFY", keys, image("1"), image("2")}}},
		{"the same Put again changes nothing", func() error {
			_, err := f.db.PutItem(ctx, f.put(row("p", "s", "v", "2")))
			return err
		}, nil},
		{"a refused Put writes none", func() error {
			in := f.put(row("p", "s", "v", "3"))
			in.ConditionExpression = aws.String("attribute_not_exists(pk)")
			if _, err := f.db.PutItem(ctx, in); code(err) != "ConditionalCheckFailedException" {
				return err
			}
			return nil
		}, nil},
		{"an Update modifies", func() error {
			_, err := f.db.UpdateItem(ctx, f.update("SET v = :v", item{":v": str("4")}))
			return err
		}, []record{{"MODIFY", keys, image("2"), image("4")}}},
		{"an Update to the same value changes nothing", func() error {
			_, err := f.db.UpdateItem(ctx, f.update("SET v = :v", item{":v": str("4")}))
			return err
		}, nil},
		{"a transaction modifies", func() error {
			_, err := f.transact("token", types.TransactWriteItem{Put: &types.Put{TableName: f.table, Item: row("p", "s", "v", "5")}})
			return err
		}, []record{{"MODIFY", keys, image("4"), image("5")}}},
		{"a batch modifies", func() error {
			_, err := f.db.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{
				*f.table: {{PutRequest: &types.PutRequest{Item: row("p", "s", "v", "6")}}},
			}})
			return err
		}, []record{{"MODIFY", keys, image("5"), image("6")}}},
		{"a Delete removes", func() error { _, err := f.db.DeleteItem(ctx, del); return err }, []record{{"REMOVE", keys, image("6"), nil}}},
		{"an item put anew inserts", func() error {
			_, err := f.db.PutItem(ctx, f.put(row("p", "s", "v", "7")))
			return err
		}, []record{{"INSERT", keys, nil, image("7")}}},
	}
	seen := 0
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.write(); err != nil {
				t.Fatal(err)
			}
			all := f.records()
			if diff := cmp.Diff(tt.want, all[seen:], cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
			seen = len(all)
		})
	}
}
