package dynamostore_test

import (
	"encoding/base64"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

func TestTheStreamOfATableShowsWhatItsReaderNeeds(t *testing.T) {
	whole := store.Item{
		Key: store.Key{Partition: "S#1Z", Sort: "META"}, Due: start.Add(7 * time.Millisecond), Expires: start.Add(time.Hour), Count: -3,
		Attrs: map[string]string{"status": "in transit", "_v": "theirs", "empty": ""}, Body: []byte("\x00body\xff"),
	}
	stored := whole
	stored.Version = 1
	want := map[string][]store.Item{
		"inbox":     {stored},
		"shipments": {{Key: whole.Key}},
		"ledger":    nil, // It has no stream.
	}
	for _, d := range dynamostore.Definitions() {
		t.Run(d.Table, func(t *testing.T) {
			name := create(t, d)
			if err := dynamostore.New(client(t), name, now).Put(t.Context(), whole); err != nil {
				t.Fatal(err)
			}
			var got []store.Item
			for _, record := range streamed(t, name) {
				it, err := dynamostore.Image(record)
				if err != nil {
					t.Fatalf("Image of %s = %v", record, err)
				}
				got = append(got, it)
			}
			if diff := cmp.Diff(want[d.Table], got); diff != "" {
				t.Errorf("images (-want +got):\n%s", diff)
			}
		})
	}
}

// streamed returns what the records of a table's stream hold of their rows, as
// Lambda hands it over: the new image, or the keys where there is none.
func streamed(t *testing.T, table string) (images [][]byte) {
	t.Helper()
	described, err := client(t).DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &table})
	if err != nil {
		t.Fatal(err)
	}
	arn := described.Table.LatestStreamArn
	if arn == nil {
		return nil
	}
	streams := dynamodbstreams.NewFromConfig(awstest.Config(t))
	stream, err := streams.DescribeStream(t.Context(), &dynamodbstreams.DescribeStreamInput{StreamArn: arn})
	if err != nil {
		t.Fatal(err)
	}
	for _, shard := range stream.StreamDescription.Shards {
		from, err := streams.GetShardIterator(t.Context(), &dynamodbstreams.GetShardIteratorInput{
			StreamArn: arn, ShardId: shard.ShardId, ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
		})
		if err != nil {
			t.Fatal(err)
		}
		out, err := streams.GetRecords(t.Context(), &dynamodbstreams.GetRecordsInput{ShardIterator: from.ShardIterator, Limit: aws.Int32(100)})
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range out.Records {
			values := record.Dynamodb.NewImage
			if values == nil {
				values = record.Dynamodb.Keys
			}
			images = append(images, asLambdaDoes(t, values))
		}
	}
	return images
}

func asLambdaDoes(t *testing.T, values map[string]types.AttributeValue) []byte {
	t.Helper()
	image := map[string]map[string]string{}
	for name, value := range values {
		switch v := value.(type) {
		case *types.AttributeValueMemberS:
			image[name] = map[string]string{"S": v.Value}
		case *types.AttributeValueMemberN:
			image[name] = map[string]string{"N": v.Value}
		case *types.AttributeValueMemberB:
			image[name] = map[string]string{"B": base64.StdEncoding.EncodeToString(v.Value)}
		default:
			t.Errorf("%s is a %T", name, value)
		}
	}
	raw, err := json.Marshal(image)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
