package awstest

import (
	"context"
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Stream reads the stream of a table from its beginning, as a mapping of Lambda
// does. It is for one goroutine.
type Stream struct {
	client   *dynamodbstreams.Client
	iterator *string
}

// Change is a record of a stream.
type Change struct {
	Event string // INSERT, MODIFY, REMOVE
	// Keys and Image, the new one if the stream has it, are as Lambda hands them
	// over.
	Keys, Image jsontext.Value
	sequence    string
}

// StreamOf opens the stream of a table; nil where it has none.
func StreamOf(t testing.TB, cfg aws.Config, table string) *Stream {
	t.Helper()
	ctx := context.Background() // It may be read while the test cleans up.
	described, err := dynamodb.NewFromConfig(cfg).DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(table)})
	if err != nil {
		t.Fatal(err)
	}
	arn := described.Table.LatestStreamArn
	if arn == nil {
		return nil
	}
	client := dynamodbstreams.NewFromConfig(cfg)
	stream, err := client.DescribeStream(ctx, &dynamodbstreams.DescribeStreamInput{StreamArn: arn})
	if err != nil || len(stream.StreamDescription.Shards) != 1 { // The emulator's have one.
		t.Fatalf("stream of %s: %+v, %v", table, stream, err)
	}
	it, err := client.GetShardIterator(ctx, &dynamodbstreams.GetShardIteratorInput{
		StreamArn: arn, ShardId: stream.StreamDescription.Shards[0].ShardId, ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
	})
	if err != nil {
		t.Fatal(err)
	}
	return &Stream{client, it.ShardIterator}
}

// Next returns what the stream has had since, or a part of it.
func (s *Stream) Next(ctx context.Context) ([]Change, error) {
	out, err := s.client.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: s.iterator})
	if err != nil {
		return nil, err
	}
	changes := make([]Change, len(out.Records))
	for i, r := range out.Records {
		c := Change{Event: string(r.EventName), sequence: aws.ToString(r.Dynamodb.SequenceNumber)}
		if c.Keys, err = lambdaImage(r.Dynamodb.Keys); err != nil {
			return nil, err
		}
		if r.Dynamodb.NewImage != nil {
			if c.Image, err = lambdaImage(r.Dynamodb.NewImage); err != nil {
				return nil, err
			}
		}
		changes[i] = c
	}
	s.iterator = out.NextShardIterator
	return changes, nil
}

// Event is the batch that Lambda makes of changes.
func Event(changes []Change) ([]byte, error) {
	type record struct {
		Event  string `json:"eventName"`
		Change struct {
			Keys     jsontext.Value `json:"Keys"`
			Image    jsontext.Value `json:"NewImage,omitempty"`
			Sequence string         `json:"SequenceNumber"`
		} `json:"dynamodb"`
	}
	batch := struct {
		Records []record `json:"Records"`
	}{make([]record, len(changes))}
	for i, c := range changes {
		r := &batch.Records[i]
		r.Event, r.Change.Keys, r.Change.Image, r.Change.Sequence = c.Event, c.Keys, c.Image, c.sequence
	}
	return json.Marshal(batch)
}

// lambdaImage writes an image as Lambda hands it over.
func lambdaImage(image map[string]types.AttributeValue) (jsontext.Value, error) {
	out := map[string]map[string]string{}
	for name, value := range image {
		switch v := value.(type) {
		case *types.AttributeValueMemberS:
			out[name] = map[string]string{"S": v.Value}
		case *types.AttributeValueMemberN:
			out[name] = map[string]string{"N": v.Value}
		case *types.AttributeValueMemberB:
			out[name] = map[string]string{"B": base64.StdEncoding.EncodeToString(v.Value)}
		default:
			return nil, fmt.Errorf("attribute %s is a %T", name, value)
		}
	}
	return json.Marshal(out)
}
