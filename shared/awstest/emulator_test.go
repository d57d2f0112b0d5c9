package awstest

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
)

const kb25 = 2560 // bytes: 2.5 KB

// units is what one call is said to have consumed.
type units struct{ Table, Index float64 }

func unitsOf(c *types.ConsumedCapacity) (u units) {
	if c == nil {
		return u
	}
	if c.Table != nil {
		u.Table = aws.ToFloat64(c.Table.CapacityUnits)
	}
	for _, index := range c.GlobalSecondaryIndexes {
		u.Index += aws.ToFloat64(index.CapacityUnits)
	}
	return u
}

func TestUnitsOfWrites(t *testing.T) {
	put := func(it item) func(*fixture) units {
		return func(f *fixture) units {
			out, err := f.db.PutItem(f.Context(), f.put(it))
			if err != nil {
				f.Fatal(err)
			}
			return unitsOf(out.ConsumedCapacity)
		}
	}
	move := func(f *fixture) units {
		u := f.update("SET #at = :at", item{":at": str("2")})
		u.ExpressionAttributeNames = map[string]string{"#at": "at"}
		out, err := f.db.UpdateItem(f.Context(), u)
		if err != nil {
			f.Fatal(err)
		}
		return unitsOf(out.ConsumedCapacity)
	}
	indexed := sized(kb25, "due", "d", "at", "1")
	tests := []struct {
		name   string
		stored item
		write  func(*fixture) units
		want   units
	}{
		{"a unit for each KB begun", nil, put(sized(kb25)), units{3, 0}},
		{"a unit more for a new entry of the index", nil, put(indexed), units{3, 1}},
		{"an index key that moves is taken out and put in", indexed, move, units{3, 2}},
		{"a Put that leaves the index key alone costs the index nothing", indexed, put(sized(kb25+10, "due", "d", "at", "1")), units{3, 0}},
		{"an item that leaves the index costs it one", indexed, put(sized(kb25)), units{3, 1}},
		{"a smaller item costs what the larger did", sized(kb25), put(sized(100)), units{3, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t)
			if tt.stored != nil {
				f.mustPut(tt.stored)
			}
			if diff := cmp.Diff(tt.want, tt.write(f)); diff != "" {
				t.Errorf("units (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnitsOfReads(t *testing.T) {
	f := newFixture(t)
	f.mustPut(sized(kb25))
	tests := []struct {
		name       string
		consistent bool
		want       units
	}{
		{"a consistent read costs a unit for each 4 KB", true, units{1, 0}},
		{"an eventual read costs half", false, units{0.5, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, err := f.db.GetItem(t.Context(), &dynamodb.GetItemInput{
				TableName: f.table, Key: row("p", "s"), ConsistentRead: &tt.consistent,
				ReturnConsumedCapacity: types.ReturnConsumedCapacityIndexes,
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := unitsOf(out.ConsumedCapacity); got != tt.want || Size(out.Item) != kb25 {
				t.Errorf("%d bytes for %+v, want %d for %+v", Size(out.Item), got, kb25, tt.want)
			}
		})
	}
}

// TestRefusals has for each call that DynamoDB refuses the next one to it that
// it takes, so that none is refused for another reason.
func TestRefusals(t *testing.T) {
	put := func(it item) func(context.Context, *fixture) error {
		return func(ctx context.Context, f *fixture) error {
			_, err := f.db.PutItem(ctx, f.put(it))
			return err
		}
	}
	update := func(expression string, names map[string]string, values item) func(context.Context, *fixture) error {
		return func(ctx context.Context, f *fixture) error {
			u := f.update(expression, values)
			u.ExpressionAttributeNames = names
			_, err := f.db.UpdateItem(ctx, u)
			return err
		}
	}
	query := func(index string, consistent bool) func(context.Context, *fixture) error {
		return func(ctx context.Context, f *fixture) error {
			q := f.query(index, "p")
			q.ConsistentRead = &consistent
			_, err := f.db.Query(ctx, q)
			return err
		}
	}
	between := func(from, to string) func(context.Context, *fixture) error {
		return func(ctx context.Context, f *fixture) error {
			q := f.query("", "p")
			q.KeyConditionExpression = aws.String("pk = :p AND sk BETWEEN :from AND :to")
			q.ExpressionAttributeValues[":from"], q.ExpressionAttributeValues[":to"] = str(from), str(to)
			_, err := f.db.Query(ctx, q)
			return err
		}
	}
	batch := func(n int) func(context.Context, *fixture) error {
		return func(ctx context.Context, f *fixture) error {
			var writes []types.WriteRequest
			for i := range n {
				writes = append(writes, types.WriteRequest{PutRequest: &types.PutRequest{Item: row("p", string(rune('a'+i)))}})
			}
			_, err := f.db.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{*f.table: writes}})
			return err
		}
	}
	with := func(name string, value types.AttributeValue) item {
		it := row("p", "s", "due", "d", "at", "1")
		it[name] = value
		return it
	}
	one, digits := item{":v": num("1")}, strings.Repeat("7", 39)
	tests := []struct {
		name           string
		refused, taken func(context.Context, *fixture) error
	}{
		{"an empty key", put(row("", "s")), put(row("p", "s"))},
		{"an empty key of the index", put(with("due", str(""))), put(with("due", str("d")))},
		{"an item over 400 KB", put(sized(400<<10 + 1)), put(sized(400 << 10))},
		{"a key of the wrong type", put(with("sk", num("1"))), put(with("sk", str("1")))},
		{"an index key of the wrong type", put(with("at", num("1"))), put(with("at", str("1")))},
		{"a number of 39 digits", put(with("n", num(digits))), put(with("n", num(digits[1:])))},
		{"a reserved word in an expression", update("SET status = :v", nil, one), update("SET #s = :v", map[string]string{"#s": "status"}, one)},
		{"a value that no expression uses", update("SET n = :v", nil, item{":v": num("1"), ":w": num("2")}), update("SET n = :v", nil, one)},
		{"a consistent read of the index", query("due", true), query("due", false)},
		{"a range that ends before it begins", between("b", "a"), between("a", "a")},
		{"a batch of 26", batch(26), batch(25)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t)
			if err := tt.refused(t.Context(), f); code(err) != "ValidationException" {
				t.Errorf("refused = %v, want a ValidationException", err)
			}
			if keys := f.all(f.query("", "p")); keys != nil {
				t.Errorf("the refused call wrote %q", keys)
			}
			if err := tt.taken(t.Context(), f); err != nil {
				t.Errorf("taken = %v", err)
			}
		})
	}
}

func TestTimeToLiveIsKept(t *testing.T) {
	f := newFixture(t)
	_, err := f.db.UpdateTimeToLive(t.Context(), &dynamodb.UpdateTimeToLiveInput{
		TableName: f.table, TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("expires"), Enabled: aws.Bool(true)},
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := f.db.DescribeTimeToLive(t.Context(), &dynamodb.DescribeTimeToLiveInput{TableName: f.table})
	if err != nil {
		t.Fatal(err)
	}
	got := out.TimeToLiveDescription
	on := got.TimeToLiveStatus == types.TimeToLiveStatusEnabled || got.TimeToLiveStatus == types.TimeToLiveStatusEnabling
	if !on || aws.ToString(got.AttributeName) != "expires" {
		t.Errorf("time to live by %q is %s, want expires, enabled", aws.ToString(got.AttributeName), got.TimeToLiveStatus)
	}
}
