package main

import (
	"context"
	"fmt"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/store"
)

// TestSweepOnDynamoDB sweeps 5,000 and 20,000 due shipments, all shards side by
// side: a row costs the same.
func TestSweepOnDynamoDB(t *testing.T) {
	t.Parallel()
	var meter awstest.Meter
	few, many := sweep(t, &meter, 2500/sampled), sweep(t, &meter, 10_000/sampled)
	t.Logf("a row of few: %+v; of many: %+v", few, many)
	for name, v := range map[string][2]float64{
		"calls": {few.calls, many.calls}, "read units": {few.read, many.read},
		"write units": {few.write, many.write}, "index write units": {few.index, many.index},
	} {
		if math.Abs(v[0]-v[1]) > 0.05*v[0] {
			t.Errorf("%s: %.3f a row of few, %.3f of many", name, v[0], v[1])
		}
	}
	// Read it, look for its threads, put it off: the row, and its place in the index.
	if many.calls > 3.05 || many.read > 2.05 || many.write > 1 || many.index > 2 {
		t.Errorf("a row costs %+v", many)
	}
}

// perRow is what the sweep of one row takes.
type perRow struct{ calls, read, write, index float64 }

func sweep(t *testing.T, meter *awstest.Meter, n int) perRow {
	t.Helper()
	names := makeTables(t)
	cfg := awstest.Config(t)
	s := newStageOn(t, func(t testing.TB, now func() time.Time) ground {
		return groundOf(t, dynamodb.NewFromConfig(meter.In(cfg)), cfg, names, now)
	})
	s.mustPost(life(t)[0])
	if err := s.subscribe(demoNumber); err != nil {
		t.Fatal(err)
	}
	s.mustRest()
	clone(t, names["shipments"], demoNumber, n)
	s.clock = s.clock.Add(6 * time.Hour)
	meter.Take()
	start := time.Now()
	var wg sync.WaitGroup
	for shard := range store.Shards {
		wg.Go(func() {
			if err := s.notifier.RedriveShard(t.Context(), shard); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	u := meter.Take()
	t.Logf("%d due rows swept in %v: %+v", n, time.Since(start).Round(time.Second), u)
	rows := float64(n + 1)
	return perRow{float64(u.Calls) / rows, u.Read / rows, u.Write / rows, u.Index / rows}
}

// clone writes n further shipments like the one of a number.
func clone(t *testing.T, table, number string, n int) {
	t.Helper()
	client := dynamodb.NewFromConfig(awstest.Config(t))
	key := map[string]types.AttributeValue{
		"pk": &types.AttributeValueMemberS{Value: "S#" + number}, "sk": &types.AttributeValueMemberS{Value: "META"},
	}
	out, err := client.GetItem(context.Background(), &dynamodb.GetItemInput{TableName: aws.String(table), Key: key})
	if err != nil || out.Item == nil {
		t.Fatalf("GetItem = %v, %v", out, err)
	}
	var batch []types.WriteRequest
	for i := range n {
		partition := fmt.Sprintf("S#1ZE40F71%010d", i)
		item := map[string]types.AttributeValue{}
		for name, value := range out.Item {
			item[name] = value
		}
		item["pk"] = &types.AttributeValueMemberS{Value: partition}
		item["_s"] = &types.AttributeValueMemberS{Value: fmt.Sprintf("%02d", store.Shard(partition))}
		if batch = append(batch, types.WriteRequest{PutRequest: &types.PutRequest{Item: item}}); len(batch) < 25 && i < n-1 {
			continue
		}
		done, err := client.BatchWriteItem(context.Background(), &dynamodb.BatchWriteItemInput{
			RequestItems: map[string][]types.WriteRequest{table: batch},
		})
		if err != nil || len(done.UnprocessedItems) > 0 {
			t.Fatalf("BatchWriteItem = %+v, %v", done, err)
		}
		batch = nil
	}
}
