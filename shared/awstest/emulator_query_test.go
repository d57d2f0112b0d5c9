package awstest

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"
)

func TestAnIndexOfKeysHasKeysOnly(t *testing.T) {
	f := newFixture(t)
	f.mustPut(sized(kb25, "due", "d", "at", "1"), row("p", "without"), row("p", "elsewhere", "due", "e", "at", "1"))
	out, err := f.db.Query(t.Context(), f.query("due", "d"))
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Items) != 1 {
		t.Fatalf("%d items, want 1", len(out.Items))
	}
	if diff := cmp.Diff(row("p", "s", "due", "d", "at", "1"), out.Items[0], unexported); diff != "" {
		t.Errorf("item (-want +got):\n%s", diff)
	}
	if got := unitsOf(out.ConsumedCapacity); got != (units{0, 0.5}) {
		t.Errorf("units = %+v, want half a unit of the index", got)
	}
}

func TestQueriesGoBothWaysFromAnyKey(t *testing.T) {
	f := newFixture(t)
	for _, sk := range []string{"b", "d", "a", "e", "c"} {
		f.mustPut(row("p", sk, "due", "d", "at", sk))
	}
	f.mustPut(row("other", "c"))
	tests := []struct {
		name    string
		index   string
		forward bool
		after   item
		want    []string
	}{
		{"forward from the start", "", true, nil, []string{"a", "b", "c", "d", "e"}},
		{"forward after a key", "", true, row("p", "b"), []string{"c", "d", "e"}},
		{"forward after a key that is not there", "", true, row("p", "bb"), []string{"c", "d", "e"}},
		{"forward after the last", "", true, row("p", "e"), nil},
		{"backward from the end", "", false, nil, []string{"e", "d", "c", "b", "a"}},
		{"backward before a key", "", false, row("p", "d"), []string{"c", "b", "a"}},
		{"backward before the first", "", false, row("p", "a"), nil},
		{"the index forward after a key", "due", true, row("p", "b", "due", "d", "at", "b"), []string{"c", "d", "e"}},
		{"the index backward before a key", "due", false, row("p", "d", "due", "d", "at", "d"), []string{"c", "b", "a"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			partition := "p"
			if tt.index != "" {
				partition = "d"
			}
			q := f.query(tt.index, partition)
			q.ScanIndexForward, q.ExclusiveStartKey = &tt.forward, tt.after
			if diff := cmp.Diff(tt.want, f.all(q)); diff != "" {
				t.Errorf("keys (-want +got):\n%s", diff)
			}
		})
	}
}

func TestARangeHasBothItsEnds(t *testing.T) {
	f := newFixture(t)
	f.mustPut(row("p", "a"), row("p", "b"), row("p", "bb"), row("p", "c"), row("p", "d"))
	q := f.query("", "p")
	q.KeyConditionExpression = aws.String("pk = :p AND sk BETWEEN :from AND :to")
	q.ExpressionAttributeValues[":from"], q.ExpressionAttributeValues[":to"] = str("b"), str("c")
	if diff := cmp.Diff([]string{"b", "bb", "c"}, f.all(q)); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

// TestPagesOfOneVisitEveryRowOnce pages through an index all of whose sort keys
// are equal. The order within equal keys is not documented.
func TestPagesOfOneVisitEveryRowOnce(t *testing.T) {
	f := newFixture(t)
	want := map[string]int{}
	for i := range 12 {
		sk := fmt.Sprint("s", i%4)
		pk := fmt.Sprint("p", i/4)
		want[pk+"/"+sk] = 1
		f.mustPut(row(pk, sk, "due", "d", "at", "same"))
	}
	for _, forward := range []bool{true, false} {
		got := map[string]int{}
		q := f.query("due", "d")
		q.Limit, q.ScanIndexForward = aws.Int32(1), &forward
		for range 2 * len(want) {
			page, err := f.db.Query(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Items) > 1 {
				t.Fatalf("a page of %d, want 1", len(page.Items))
			}
			for _, it := range page.Items {
				got[text(it["pk"])+"/"+text(it["sk"])]++
			}
			if q.ExclusiveStartKey = page.LastEvaluatedKey; q.ExclusiveStartKey == nil {
				break
			}
		}
		if q.ExclusiveStartKey != nil {
			t.Errorf("forward %t: no end after %d pages", forward, 2*len(want))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("forward %t: visits (-want +got):\n%s", forward, diff)
		}
	}
}

// byUTF8 is in the order of its UTF-8 bytes. UTF-16 would have the lorry, and a
// locale the é, before their neighbours.
var byUTF8 = []string{"\x01", " ", "A", "Z", "a", "z", "z\x01", "zz", "é", "日", "\uffff", "\U0001f69a"}

func TestStringsSortByTheirBytes(t *testing.T) {
	f := newFixture(t)
	shuffled := map[int]string{}
	for i, s := range byUTF8 {
		shuffled[i*5%len(byUTF8)] = s
	}
	for _, i := range slices.Sorted(maps.Keys(shuffled)) {
		f.mustPut(row("p", shuffled[i], "due", "d", "at", shuffled[i]))
	}
	for index, partition := range map[string]string{"": "p", "due": "d"} {
		if diff := cmp.Diff(byUTF8, f.all(f.query(index, partition))); diff != "" {
			t.Errorf("order of index %q (-want +got):\n%s", index, diff)
		}
	}
}

func TestOddKeysAndValuesComeBack(t *testing.T) {
	f := newFixture(t)
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	keys := []string{
		"é", "e\u0301", "日本", "\U0001f69a", `"`, `'`, "`", `\`, `\"`, "\\u0041", "a/b?c=d&e", "<b>&amp;", "%41", "#a :b ${c}",
		" ", " a", "a ", "a\tb", "a\r\nb", "\x01\x1f", "\x7f", "\u0085", "\u2028", "\ufeff", "\ufffd",
	}
	want := func(i int) item {
		it := row(keys[i], keys[i], "text", keys[i], "empty", "")
		it["n"], it["none"], it["bytes"] = num(fmt.Sprint(i)), bin([]byte{}), bin(every)
		return it
	}
	for i := range keys {
		f.mustPut(want(i))
	}
	for i, key := range keys {
		if diff := cmp.Diff(want(i), f.get(key, key), unexported); diff != "" {
			t.Errorf("%q (-want +got):\n%s", key, diff)
		}
		if diff := cmp.Diff([]string{key}, f.all(f.query("", key))); diff != "" {
			t.Errorf("query for %q (-want +got):\n%s", key, diff)
		}
	}
}
