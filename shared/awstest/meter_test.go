package awstest

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// metered returns a fixture whose calls are measured from here on.
func metered(t *testing.T) (*fixture, *Meter) {
	t.Helper()
	f, m := newFixture(t), &Meter{}
	f.db = dynamodb.NewFromConfig(m.In(f.cfg))
	return f, m
}

func TestMeterMeasuresEachKindOfCall(t *testing.T) {
	f, m := metered(t)
	ctx, key := t.Context(), row("p", "s")
	query := func(index, partition string) func() error {
		return func() error {
			q := f.query(index, partition)
			q.ReturnConsumedCapacity = ""
			_, err := f.db.Query(ctx, q)
			return err
		}
	}
	tests := []struct {
		name string
		call func() error
		want Units
	}{
		{"a Put with its index", func() error {
			_, err := f.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: f.table, Item: sized(kb25, "due", "d", "at", "1")})
			return err
		}, Units{Calls: 1, Write: 3, Index: 1}},
		{"a Get", func() error {
			_, err := f.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: f.table, Key: key, ConsistentRead: aws.Bool(true)})
			return err
		}, Units{Calls: 1, Read: 1}},
		{"a Query of the table", query("", "p"), Units{Calls: 1, Read: 0.5}},
		{"a Query of the index", query("due", "d"), Units{Calls: 1, Read: 0.5}},
		{"a Scan", func() error {
			_, err := f.db.Scan(ctx, &dynamodb.ScanInput{TableName: f.table})
			return err
		}, Units{Calls: 1, Read: 0.5}},
		{"an Update", func() error {
			_, err := f.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
				TableName: f.table, Key: key, UpdateExpression: aws.String("REMOVE due"),
			})
			return err
		}, Units{Calls: 1, Write: 3, Index: 1}},
		{"a Delete", func() error {
			_, err := f.db.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: f.table, Key: key})
			return err
		}, Units{Calls: 1, Write: 3}},
		{"nothing since", func() error { return nil }, Units{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.call(); err != nil {
				t.Fatal(err)
			}
			if got := m.Take(); got != tt.want {
				t.Errorf("Take = %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestMeterAddsUpUntilItIsTaken(t *testing.T) {
	f, m := metered(t)
	f.mustPut(sized(kb25), sized(100))
	f.get("p", "s")
	if got, want := m.Take(), (Units{Calls: 3, Read: 1, Write: 6}); got != want {
		t.Errorf("Take = %+v, want %+v", got, want)
	}
	if got := m.Take(); got != (Units{}) {
		t.Errorf("second Take = %+v, want nothing", got)
	}
}

func TestMeterCountsARetriedCallOnce(t *testing.T) {
	f, m, faults := newFixture(t), &Meter{}, &Faults{}
	f.db = dynamodb.NewFromConfig(m.In(faults.In(f.cfg)))
	faults.Next(Cut)
	f.mustPut(row("p", "s"))
	if got, want := m.Take(), (Units{Calls: 1, Write: 1}); got != want || faults.Attempts() != 2 {
		t.Errorf("Take = %+v after %d attempts, want %+v after 2", got, faults.Attempts(), want)
	}
}

func TestMeterCountsARefusedWrite(t *testing.T) {
	const all = types.ReturnValuesOnConditionCheckFailureAllOld
	no := aws.String("attribute_exists(nothing)")
	put := func(it item) func(*fixture) error {
		return func(f *fixture) error {
			in := f.put(it)
			in.ConditionExpression, in.ReturnValuesOnConditionCheckFailure = no, all
			_, err := f.db.PutItem(f.Context(), in)
			return err
		}
	}
	update := func(f *fixture) error {
		in := f.update("SET n = :n", item{":n": num("1")})
		in.ConditionExpression, in.ReturnValuesOnConditionCheckFailure = no, all
		_, err := f.db.UpdateItem(f.Context(), in)
		return err
	}
	remove := func(f *fixture) error {
		_, err := f.db.DeleteItem(f.Context(), &dynamodb.DeleteItemInput{
			TableName: f.table, Key: row("p", "s"), ConditionExpression: no, ReturnValuesOnConditionCheckFailure: all,
		})
		return err
	}
	tests := []struct {
		name   string
		stored item
		write  func(*fixture) error
		want   float64
	}{
		{"a small Put over a large item costs the large", sized(kb25), put(sized(100)), 3},
		{"a large Put over a small item costs the large", sized(100), put(sized(kb25)), 3},
		{"a large Put over nothing costs itself", nil, put(sized(kb25)), 3},
		{"an Update costs the stored item", sized(kb25), update, 3},
		{"a Delete costs the stored item", sized(kb25), remove, 3},
		{"an Update of nothing costs one", nil, update, 1},
		{"1,024 bytes cost one", sized(1024), remove, 1},
		{"1,025 bytes cost two", sized(1025), remove, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, m := metered(t)
			if tt.stored != nil {
				f.mustPut(tt.stored)
			}
			m.Take()
			if err := tt.write(f); code(err) != "ConditionalCheckFailedException" {
				t.Fatalf("write = %v, want ConditionalCheckFailedException", err)
			}
			if got, want := m.Take(), (Units{Calls: 1, Write: tt.want}); got != want {
				t.Errorf("Take = %+v, want %+v", got, want)
			}
		})
	}
}

// TestSizeIsWhatIsBilled holds items of 1,024 bytes and of one more against the
// units that the emulator reports.
func TestSizeIsWhatIsBilled(t *testing.T) {
	tests := []struct {
		name string
		with item
	}{
		{"strings", item{"text": str("some")}},
		{"text and names outside ASCII", item{"später": str("日本\U0001f69a")}},
		{"binary values", item{"bytes": bin([]byte{0, 1, 255})}},
		{"an empty value", item{"empty": str("")}},
		{"numbers of an even count of digits", item{"n": num("1234567891")}},
		{"numbers of an odd count of digits", item{"n": num("123456789")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, m := metered(t)
			for size, want := range map[int]float64{1024: 1, 1025: 2} {
				it := row("p", "s")
				for name, value := range tt.with {
					it[name] = value
				}
				it["data"] = str(strings.Repeat("x", size-Size(it)-len("data")))
				if got := Size(it); got != size {
					t.Fatalf("Size = %d, want %d", got, size)
				}
				f.db = dynamodb.NewFromConfig(f.cfg)
				if _, err := f.db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: f.table, Key: row("p", "s")}); err != nil {
					t.Fatal(err)
				}
				f.db = dynamodb.NewFromConfig(m.In(f.cfg))
				f.mustPut(it)
				if got := m.Take().Write; got != want {
					t.Errorf("%d bytes cost %v units, want %v", size, got, want)
				}
			}
		})
	}
}
