package dynamostore_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

// counted returns a new table and how many attempts its calls have made.
func counted(t *testing.T) (*dynamostore.Table, func() int) {
	t.Helper()
	var f awstest.Faults
	name := create(t, dynamostore.Definition{Table: "query"})
	return dynamostore.New(dynamodb.NewFromConfig(f.In(awstest.Config(t))), name, now), f.Attempts
}

func putAll(t *testing.T, table store.Table, items ...store.Item) {
	t.Helper()
	for _, it := range items {
		if err := table.Put(t.Context(), it); err != nil {
			t.Fatal(err)
		}
	}
}

func TestARangeOfNothingMakesNoCall(t *testing.T) {
	table, attempts := counted(t)
	putAll(t, table, store.Item{Key: store.Key{Partition: "p", Sort: "b"}})
	before := attempts()
	for _, q := range []store.Query{
		{Partition: "p", From: "b", To: "b"}, {Partition: "p", From: "c", To: "b"}, {Partition: "p", From: "b", To: "a", Reverse: true, Limit: 1},
	} {
		page, err := table.Query(t.Context(), q)
		if diff := cmp.Diff(store.Page{}, page); diff != "" || err != nil {
			t.Errorf("Query %+v = %v:\n%s", q, err, diff)
		}
	}
	if got := attempts() - before; got != 0 {
		t.Errorf("%d calls, want none", got)
	}
}

func TestPagesOfOtherQueriesAreRefused(t *testing.T) {
	table, attempts := counted(t)
	const shard = 5
	in := partitions(t)
	for _, p := range []string{in[shard], in[shard+1]} {
		for _, sort := range []string{"a", "b"} {
			putAll(t, table, store.Item{Key: store.Key{Partition: p, Sort: sort}, Due: start})
		}
	}
	rows := store.Query{Partition: in[shard], Limit: 1}
	due := store.Query{Shard: shard, DueUntil: start, Limit: 1}
	next := func(q store.Query) string {
		page, err := table.Query(t.Context(), q)
		if err != nil || page.Next == "" {
			t.Fatalf("Query %+v = next %q, %v, want one more page", q, page.Next, err)
		}
		return page.Next
	}
	ofRows, ofDue := next(rows), next(due)
	ofOtherRows := next(store.Query{Partition: in[shard+1], Limit: 1})
	ofOtherDue := next(store.Query{Shard: shard + 1, DueUntil: start, Limit: 1})
	raw := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	tests := []struct {
		name, after      string
		rows, due, scans bool // which may follow it
	}{
		{"of the rows", ofRows, true, false, true},
		{"of what is due", ofDue, false, true, false},
		{"of the rows of another partition", ofOtherRows, false, false, true},
		{"of what is due in another shard", ofOtherDue, false, false, false},
		{"of a third kind", raw("x\x00\x00" + in[shard] + "\x00a"), false, false, false},
		{"cut", ofRows[:4], false, false, false},
		{"not in base64", ofRows + "=", false, false, false},
		{"with a part too many", raw("r\x00\x00" + in[shard] + "\x00a\x00b"), false, false, false},
		{"of an empty sort", raw("r\x00\x00" + in[shard] + "\x00"), false, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			follow := func(name string, want bool, call func(context.Context) error) {
				before := attempts()
				if err := call(t.Context()); (err == nil) != want {
					t.Errorf("%s after it = %v, want it to be taken: %t", name, err, want)
				}
				if called := attempts() > before; called != want {
					t.Errorf("%s made a call: %t, want %t", name, called, want)
				}
			}
			follow("a query of rows", tt.rows, func(ctx context.Context) error {
				q := rows
				q.After = tt.after
				_, err := table.Query(ctx, q)
				return err
			})
			follow("a query of what is due", tt.due, func(ctx context.Context) error {
				q := due
				q.After = tt.after
				_, err := table.Query(ctx, q)
				return err
			})
			follow("a scan", tt.scans, func(ctx context.Context) error {
				_, err := table.Scan(ctx, tt.after)
				return err
			})
		})
	}
}

// partitions returns one partition for each shard.
func partitions(t *testing.T) (in [store.Shards]string) {
	t.Helper()
	for i, missing := 0, store.Shards; missing > 0; i++ {
		p := fmt.Sprint("S#", i)
		if shard := store.Shard(p); in[shard] == "" {
			in[shard] = p
			missing--
		}
	}
	return in
}

func TestAPageEndsAfterOneMB(t *testing.T) {
	table, _ := counted(t)
	var want []string
	for i := range 4 {
		it := store.Item{Key: store.Key{Partition: "p", Sort: fmt.Sprint(i)}, Body: bytes.Repeat([]byte{'x'}, 370<<10)}
		want = append(want, it.Sort)
		putAll(t, table, it)
	}
	var got []string
	q := store.Query{Partition: "p", Limit: 4}
	for pages := 1; ; pages++ {
		page, err := table.Query(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range page.Items {
			got = append(got, it.Sort)
		}
		if pages == 1 && (len(got) == 4 || page.Next == "") {
			t.Errorf("the first page has %d rows, next %q, want less than 4 and one more page", len(got), page.Next)
		}
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestTheShardsAreReadSideBySide(t *testing.T) {
	table, _ := counted(t)
	in := partitions(t)
	want := map[store.Key]int{}
	var puts, reads sync.WaitGroup
	for _, p := range in {
		for i := range 5 {
			want[store.Key{Partition: p, Sort: fmt.Sprint(i)}]++
		}
		puts.Go(func() {
			for i := range 5 {
				it := store.Item{Key: store.Key{Partition: p, Sort: fmt.Sprint(i)}, Due: start.Add(time.Duration(i) * time.Second)}
				if err := table.Put(t.Context(), it); err != nil {
					t.Error(err)
				}
			}
		})
	}
	puts.Wait()
	var mu sync.Mutex
	got := map[store.Key]int{}
	for shard := range store.Shards {
		reads.Go(func() {
			for q := (store.Query{Shard: shard, DueUntil: start.Add(time.Minute), Limit: 2}); ; {
				page, err := table.Query(t.Context(), q)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				for _, it := range page.Items {
					got[it.Key]++
				}
				mu.Unlock()
				if q.After = page.Next; q.After == "" {
					return
				}
			}
		})
	}
	reads.Wait()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("how often each row came (-want +got):\n%s", diff)
	}
}
