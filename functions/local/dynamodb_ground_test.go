package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streams "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/boltstore"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

// inEmulator is a ground of new tables in the emulator, whose streams feed the
// pump. The client is that of the processes; the ground's own calls never fail.
func inEmulator(client *dynamodb.Client) open {
	return func(t testing.TB, now func() time.Time) ground {
		t.Helper()
		return groundOf(t, client, awstest.Config(t), makeTables(t), now)
	}
}

// makeTables makes the tables of a deployment and returns their names.
func makeTables(t testing.TB) map[string]string {
	t.Helper()
	client := dynamodb.NewFromConfig(awstest.Config(t)) // Patient: nobody waits for it.
	names := map[string]string{}
	for _, d := range dynamostore.Definitions() {
		names[d.Table] = d.Table + "-" + rand.Text()
		d.Kept = false
		if err := d.Create(context.Background(), client, names[d.Table]); err != nil {
			t.Fatal(err)
		}
		// The emulator removes what has expired by the real clock, and ours is in the past.
		_, err := client.UpdateTimeToLive(context.Background(), &dynamodb.UpdateTimeToLiveInput{
			TableName:               aws.String(names[d.Table]),
			TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String(dynamostore.ExpiresAttribute), Enabled: aws.Bool(false)},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return names
}

// groundOf is a ground of tables that are there. cfg is for its own calls.
func groundOf(t testing.TB, client *dynamodb.Client, cfg aws.Config, names map[string]string, now func() time.Time) ground {
	t.Helper()
	sound := dynamodb.NewFromConfig(cfg)
	g := ground{tables: tablesOf(client, names, now), sound: tablesOf(sound, names, now)}
	reader := dynamodbstreams.NewFromConfig(cfg)
	g.newPushes = newStreamFeed(t, sound, reader, names["inbox"], func(k store.Key, inserted bool) bool { return inserted })
	g.changedShipments = newStreamFeed(t, sound, reader, names["shipments"], func(k store.Key, _ bool) bool { return store.ShipmentNumber(k) != "" })
	g.leave = func() {
		for _, name := range names { // So that the emulator does not grow; it ends with us anyway.
			_, _ = sound.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: aws.String(name)})
		}
	}
	return g
}

func tablesOf(client *dynamodb.Client, names map[string]string, now func() time.Time) (t tables) {
	for table, place := range t.byName() {
		*place = dynamostore.New(client, names[table], now)
	}
	return t
}

// streamFeed is a feed from the stream of a table: what the mappings on AWS are.
type streamFeed struct {
	reader *dynamodbstreams.Client
	wanted func(k store.Key, inserted bool) bool

	mu       sync.Mutex
	iterator *string
	seq      uint64
	waiting  map[store.Key]boltstore.Pending
}

func newStreamFeed(t testing.TB, client *dynamodb.Client, reader *dynamodbstreams.Client, table string, wanted func(store.Key, bool) bool) *streamFeed {
	t.Helper()
	ctx := context.Background()
	d, err := client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(table)})
	if err != nil {
		t.Fatal(err)
	}
	arn := d.Table.LatestStreamArn
	s, err := reader.DescribeStream(ctx, &dynamodbstreams.DescribeStreamInput{StreamArn: arn})
	if err != nil || len(s.StreamDescription.Shards) != 1 {
		t.Fatalf("stream of %s: %+v, %v", table, s, err)
	}
	it, err := reader.GetShardIterator(ctx, &dynamodbstreams.GetShardIteratorInput{
		StreamArn: arn, ShardId: s.StreamDescription.Shards[0].ShardId, ShardIteratorType: streams.ShardIteratorTypeTrimHorizon,
	})
	if err != nil {
		t.Fatal(err)
	}
	return &streamFeed{reader: reader, wanted: wanted, iterator: it.ShardIterator, waiting: map[store.Key]boltstore.Pending{}}
}

// Pending implements feed.
func (f *streamFeed) Pending(after string, limit int) ([]boltstore.Pending, string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if after == "" {
		if err := f.read(); err != nil {
			return nil, "", err
		}
	}
	var out []boltstore.Pending
	for _, p := range f.waiting {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b boltstore.Pending) int { return cmp.Compare(a.Seq, b.Seq) })
	return out, "", nil // All at once: the tests have few.
}

// read takes over what the stream has had since, or a part of it.
func (f *streamFeed) read() error {
	out, err := f.reader.GetRecords(context.Background(), &dynamodbstreams.GetRecordsInput{ShardIterator: f.iterator})
	if err != nil {
		return err
	}
	f.iterator = out.NextShardIterator
	for _, r := range out.Records {
		raw, err := lambdaImage(r.Dynamodb.Keys)
		if err != nil {
			return err
		}
		it, err := dynamostore.Image(raw)
		if err != nil {
			return err
		}
		if r.EventName != streams.OperationTypeRemove && f.wanted(it.Key, r.EventName == streams.OperationTypeInsert) {
			f.seq++
			f.waiting[it.Key] = boltstore.Pending{Key: it.Key, Seq: f.seq}
		}
	}
	return nil
}

// Done implements feed.
func (f *streamFeed) Done(_ context.Context, entries []boltstore.Pending) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range entries {
		if f.waiting[e.Key].Seq == e.Seq {
			delete(f.waiting, e.Key)
		}
	}
	return nil
}

// lambdaImage writes an image as Lambda hands it over.
func lambdaImage(image map[string]streams.AttributeValue) ([]byte, error) {
	out := map[string]map[string]string{}
	for name, value := range image {
		switch v := value.(type) {
		case *streams.AttributeValueMemberS:
			out[name] = map[string]string{"S": v.Value}
		case *streams.AttributeValueMemberN:
			out[name] = map[string]string{"N": v.Value}
		case *streams.AttributeValueMemberB:
			out[name] = map[string]string{"B": base64.StdEncoding.EncodeToString(v.Value)}
		}
	}
	return json.Marshal(out)
}
