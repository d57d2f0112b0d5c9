package awstest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// unexported are the fields of SDK types that say nothing.
var unexported = cmpopts.IgnoreUnexported(types.AttributeValueMemberS{}, types.AttributeValueMemberN{}, types.AttributeValueMemberB{})

func TestAFailedConditionHasTheStoredItem(t *testing.T) {
	f := newFixture(t)
	stored := row("p", "s", "by", "one")
	f.mustPut(stored)
	in := f.put(row("p", "s", "by", "other"))
	in.ConditionExpression = aws.String("attribute_not_exists(pk)")
	for _, ask := range []types.ReturnValuesOnConditionCheckFailure{types.ReturnValuesOnConditionCheckFailureAllOld, types.ReturnValuesOnConditionCheckFailureNone} {
		in.ReturnValuesOnConditionCheckFailure = ask
		_, err := f.db.PutItem(t.Context(), in)
		var failed *types.ConditionalCheckFailedException
		if !errors.As(err, &failed) {
			t.Fatalf("%s: Put = %v, want ConditionalCheckFailedException", ask, err)
		}
		want := item(nil)
		if ask == types.ReturnValuesOnConditionCheckFailureAllOld {
			want = stored
		}
		if diff := cmp.Diff(want, failed.Item, unexported); diff != "" {
			t.Errorf("%s: item of the error (-want +got):\n%s", ask, diff)
		}
	}
	if diff := cmp.Diff(stored, f.get("p", "s"), unexported); diff != "" {
		t.Errorf("the refused Put changed the item:\n%s", diff)
	}
}

// transact does the writes in one, by a token that is the table's own, and
// returns what they consumed.
func (f *fixture) transact(token string, writes ...types.TransactWriteItem) (float64, error) {
	out, err := f.db.TransactWriteItems(f.Context(), &dynamodb.TransactWriteItemsInput{
		TransactItems: writes, ClientRequestToken: aws.String(token + (*f.table)[strings.LastIndex(*f.table, "."):]), ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
	})
	if err != nil {
		return 0, err
	}
	n := 0.0
	for _, c := range out.ConsumedCapacity {
		n += aws.ToFloat64(c.CapacityUnits)
	}
	return n, nil
}

func TestATransactionCostsTwoUnitsAKB(t *testing.T) {
	f := newFixture(t)
	tests := []struct {
		size int
		want float64
	}{{1024, 2}, {1025, 4}, {kb25, 6}} // growing: a write costs the larger of before and after
	for _, tt := range tests {
		write := types.TransactWriteItem{Put: &types.Put{TableName: f.table, Item: sized(tt.size)}}
		if got, err := f.transact(fmt.Sprint("token", tt.size), write); err != nil || got != tt.want {
			t.Errorf("%d bytes = %v units, %v, want %v", tt.size, got, err, tt.want)
		}
	}
}

func TestATransactionIsDoneOnceByItsToken(t *testing.T) {
	f := newFixture(t)
	add := func(n string) types.TransactWriteItem {
		return types.TransactWriteItem{Update: &types.Update{
			TableName: f.table, Key: row("p", "s"), UpdateExpression: aws.String("ADD n :n"), ExpressionAttributeValues: item{":n": num(n)},
		}}
	}
	for i, token := range []string{"one", "one", "two"} {
		if _, err := f.transact(token, add("1")); err != nil {
			t.Errorf("%d: token %s = %v", i, token, err)
		}
	}
	if got := text(f.get("p", "s")["n"]); got != "2" {
		t.Errorf("n = %s after two tokens, want 2", got)
	}
	_, err := f.transact("one", add("5"))
	var mismatch *types.IdempotentParameterMismatchException
	if !errors.As(err, &mismatch) {
		t.Errorf("the same token for another write = %v, want IdempotentParameterMismatchException", err)
	}
}

func TestATransactionIsDoneWholeOrNot(t *testing.T) {
	f := newFixture(t)
	stored := row("p", "taken", "by", "one")
	f.mustPut(stored)
	put := func(sk, condition string) types.TransactWriteItem {
		return types.TransactWriteItem{Put: &types.Put{
			TableName: f.table, Item: row("p", sk), ConditionExpression: aws.String(condition),
			ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		}}
	}
	_, err := f.transact("token", put("free", "attribute_not_exists(pk)"), put("taken", "attribute_not_exists(pk)"))
	var canceled *types.TransactionCanceledException
	if !errors.As(err, &canceled) {
		t.Fatalf("transaction = %v, want TransactionCanceledException", err)
	}
	var codes []string
	for _, reason := range canceled.CancellationReasons {
		codes = append(codes, aws.ToString(reason.Code))
	}
	if diff := cmp.Diff([]string{"None", "ConditionalCheckFailed"}, codes); diff != "" {
		t.Fatalf("reasons (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(stored, canceled.CancellationReasons[1].Item, unexported); diff != "" {
		t.Errorf("item of the second reason (-want +got):\n%s", diff)
	}
	if it := f.get("p", "free"); it != nil {
		t.Error("half of the transaction was done")
	}
}

// increment puts the next version over the stored one until nobody was faster.
func (f *fixture) increment(ctx context.Context, seen string) (string, error) {
	for {
		n, err := strconv.Atoi(seen)
		if err != nil {
			return "", err
		}
		it := row("p", "s")
		it["version"] = num(strconv.Itoa(n + 1))
		_, err = f.db.PutItem(ctx, &dynamodb.PutItemInput{
			TableName: f.table, Item: it,
			ConditionExpression: aws.String("version = :seen"), ExpressionAttributeValues: item{":seen": num(seen)},
			ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		})
		var failed *types.ConditionalCheckFailedException
		if !errors.As(err, &failed) {
			return text(it["version"]), err
		}
		seen = text(failed.Item["version"])
	}
}

func TestCompareAndSwapLosesNoUpdate(t *testing.T) {
	f := newFixture(t)
	first := row("p", "s")
	first["version"] = num("0")
	f.mustPut(first)
	const writers, each = 8, 25
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			seen := "0"
			for range each {
				var err error
				if seen, err = f.increment(t.Context(), seen); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if got := text(f.get("p", "s")["version"]); got != "200" {
		t.Errorf("version = %s after %d updates", got, writers*each)
	}
}

func TestNumbersKeepNineteenDigits(t *testing.T) {
	f := newFixture(t)
	for _, n := range []int64{math.MaxInt64, math.MinInt64, math.MaxInt64 - 1, 0} {
		want := strconv.FormatInt(n, 10)
		it := row("p", "s")
		it["n"] = num(want)
		f.mustPut(it)
		if got := text(f.get("p", "s")["n"]); got != want {
			t.Errorf("%s came back as %q", want, got)
		}
	}
	it := row("p", "s")
	it["n"] = num(strconv.FormatInt(math.MaxInt64-1, 10))
	f.mustPut(it)
	if _, err := f.db.UpdateItem(t.Context(), f.update("ADD n :one", item{":one": num("1")})); err != nil {
		t.Fatal(err)
	}
	if got, want := text(f.get("p", "s")["n"]), strconv.FormatInt(math.MaxInt64, 10); got != want {
		t.Errorf("sum = %s, want %s", got, want)
	}
	u := f.update("SET n = :v", item{":v": num(strconv.FormatInt(math.MaxInt64-1, 10))})
	u.ConditionExpression = aws.String("n = :v")
	if _, err := f.db.UpdateItem(t.Context(), u); code(err) != "ConditionalCheckFailedException" {
		t.Errorf("numbers one apart are equal: %v", err)
	}
}
