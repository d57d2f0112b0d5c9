package main

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

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
	d := deployment{outputs: awstest.Deployment(t)}
	names := d.tables()
	for _, name := range names {
		// The emulator removes what has expired by the real clock, and ours is in the past.
		_, err := client.UpdateTimeToLive(context.Background(), &dynamodb.UpdateTimeToLiveInput{
			TableName:               aws.String(name),
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
	g.newPushes = newStreamFeed(t, cfg, names["inbox"], func(_ store.Key, inserted bool) bool { return inserted })
	g.changedShipments = newStreamFeed(t, cfg, names["shipments"], func(k store.Key, _ bool) bool { return store.ShipmentNumber(k) != "" })
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
	wanted func(k store.Key, inserted bool) bool

	mu      sync.Mutex
	stream  *awstest.Stream
	seq     uint64
	waiting map[store.Key]boltstore.Pending
}

func newStreamFeed(t testing.TB, cfg aws.Config, table string, wanted func(store.Key, bool) bool) *streamFeed {
	t.Helper()
	return &streamFeed{stream: awstest.StreamOf(t, cfg, table), wanted: wanted, waiting: map[store.Key]boltstore.Pending{}}
}

// Pending implements feed. It returns all at once: the tests have few.
func (f *streamFeed) Pending(after string, _ int) ([]boltstore.Pending, string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if after == "" {
		if err := f.read(); err != nil {
			return nil, "", err
		}
	}
	out := slices.Collect(maps.Values(f.waiting))
	slices.SortFunc(out, func(a, b boltstore.Pending) int { return cmp.Compare(a.Seq, b.Seq) })
	return out, "", nil
}

// read takes over what the stream has had since, or a part of it.
func (f *streamFeed) read() error {
	changes, err := f.stream.Next(context.Background())
	if err != nil {
		return err
	}
	for _, c := range changes {
		it, err := dynamostore.Image(c.Keys)
		if err != nil {
			return err
		}
		if c.Event != "REMOVE" && f.wanted(it.Key, c.Event == "INSERT") {
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
