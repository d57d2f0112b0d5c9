package dynamostore_test

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

func TestDefinitions(t *testing.T) {
	want := []dynamostore.Definition{
		{Table: "inbox", Stream: types.StreamViewTypeNewImage},
		{Table: "shipments", Stream: types.StreamViewTypeKeysOnly, Kept: true},
		{Table: "ledger", Kept: true},
	}
	if diff := cmp.Diff(want, dynamostore.Definitions()); diff != "" {
		t.Errorf("definitions (-want +got):\n%s", diff)
	}
}

// made is what a table was made with.
type made struct {
	Stream    types.StreamViewType
	Protected bool
	Index     types.ProjectionType
	Billing   types.BillingMode
	Expiry    string // "" if it is not enabled
}

func described(t *testing.T, name string) (m made) {
	t.Helper()
	out, err := client(t).DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &name})
	if err != nil {
		t.Fatal(err)
	}
	if s := out.Table.StreamSpecification; s != nil {
		m.Stream = s.StreamViewType
	}
	m.Protected = aws.ToBool(out.Table.DeletionProtectionEnabled)
	m.Index = out.Table.GlobalSecondaryIndexes[0].Projection.ProjectionType
	m.Billing = out.Table.BillingModeSummary.BillingMode
	life, err := client(t).DescribeTimeToLive(t.Context(), &dynamodb.DescribeTimeToLiveInput{TableName: &name})
	if err != nil {
		t.Fatal(err)
	}
	if d := life.TimeToLiveDescription; d.TimeToLiveStatus == types.TimeToLiveStatusEnabled || d.TimeToLiveStatus == types.TimeToLiveStatusEnabling {
		m.Expiry = aws.ToString(d.AttributeName)
	}
	return m
}

func TestATableIsAsItsDefinition(t *testing.T) {
	for _, d := range dynamostore.Definitions() {
		t.Run(d.Table, func(t *testing.T) {
			name := d.Table + "-" + rand.Text()
			if err := d.Create(t.Context(), client(t), name); err != nil {
				t.Fatal(err)
			}
			want := made{d.Stream, d.Kept, types.ProjectionTypeKeysOnly, types.BillingModePayPerRequest, dynamostore.ExpiresAttribute}
			if diff := cmp.Diff(want, described(t, name)); diff != "" {
				t.Errorf("table (-want +got):\n%s", diff)
			}
			for _, other := range dynamostore.Definitions() {
				if _, err := other.Check(t.Context(), client(t), name); (err == nil) != (other.Stream == d.Stream) {
					t.Errorf("Check as %s = %v", other.Table, err)
				}
			}
			if err := d.Create(t.Context(), client(t), name); err == nil || !strings.HasPrefix(err.Error(), "dynamostore: create "+name+": ") {
				t.Errorf("Create again = %v, want an error", err)
			}
		})
	}
}

func TestCheckOfNoTable(t *testing.T) {
	_, err := dynamostore.Definition{}.Check(t.Context(), client(t), "nobody-made-this")
	if !errors.Is(err, store.ErrNoTable) || !strings.Contains(err.Error(), "nobody-made-this") {
		t.Errorf("Check = %v, want ErrNoTable with the name", err)
	}
}

func TestCheckNamesAllThatIsWrong(t *testing.T) {
	const (
		keys   = "its keys are not pk and sk"
		index  = "it has no index due"
		inner  = "the keys of its index due are not _s and _d"
		stream = `its stream is "NEW_AND_OLD_IMAGES", not "KEYS_ONLY"`
		none   = `its stream is "", not "KEYS_ONLY"`
	)
	tests := []struct {
		name  string
		table foreign
		want  []string
	}{
		{"nothing is wrong", foreign{"pk sk", "due", "_s _d", types.StreamViewTypeKeysOnly}, nil},
		{"another partition key", foreign{"id sk", "due", "_s _d", types.StreamViewTypeKeysOnly}, []string{keys}},
		{"another sort key", foreign{"pk range", "due", "_s _d", types.StreamViewTypeKeysOnly}, []string{keys}},
		{"no sort key", foreign{"pk", "due", "_s _d", types.StreamViewTypeKeysOnly}, []string{keys}},
		{"keys swapped", foreign{"sk pk", "due", "_s _d", types.StreamViewTypeKeysOnly}, []string{keys}},
		{"no index", foreign{"pk sk", "", "", types.StreamViewTypeKeysOnly}, []string{index}},
		{"an index of another name", foreign{"pk sk", "overdue", "_s _d", types.StreamViewTypeKeysOnly}, []string{index}},
		{"another key of the index", foreign{"pk sk", "due", "_s at", types.StreamViewTypeKeysOnly}, []string{inner}},
		{"an index without a sort key", foreign{"pk sk", "due", "_s", types.StreamViewTypeKeysOnly}, []string{inner}},
		{"another stream", foreign{"pk sk", "due", "_s _d", types.StreamViewTypeNewAndOldImages}, []string{stream}},
		{"no stream", foreign{"pk sk", "due", "_s _d", ""}, []string{none}},
		{"everything", foreign{"id", "", "", types.StreamViewTypeNewAndOldImages}, []string{keys, index, stream}},
	}
	d := dynamostore.Definition{Table: "shipments", Stream: types.StreamViewTypeKeysOnly}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			name := "foreign-" + rand.Text()
			tt.table.create(t, name)
			var want []string
			for _, what := range tt.want {
				want = append(want, "dynamostore: table "+name+" is no shipments table of Shiptide: "+what)
			}
			text := ""
			if _, err := d.Check(t.Context(), client(t), name); err != nil {
				text = err.Error()
			}
			if diff := cmp.Diff(strings.Join(want, "\n"), text); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

// foreign is a table that somebody else made; keys are parted by blanks.
type foreign struct {
	keys, index, indexKeys string
	stream                 types.StreamViewType
}

func (f foreign) create(t *testing.T, name string) {
	t.Helper()
	in := &dynamodb.CreateTableInput{TableName: &name, BillingMode: types.BillingModePayPerRequest}
	defined := map[string]bool{}
	schema := func(keys string) (out []types.KeySchemaElement) {
		kinds := []types.KeyType{types.KeyTypeHash, types.KeyTypeRange}
		for i, key := range strings.Fields(keys) {
			out = append(out, types.KeySchemaElement{AttributeName: &key, KeyType: kinds[i]})
			if !defined[key] {
				in.AttributeDefinitions = append(in.AttributeDefinitions, types.AttributeDefinition{AttributeName: &key, AttributeType: types.ScalarAttributeTypeS})
			}
			defined[key] = true
		}
		return out
	}
	in.KeySchema = schema(f.keys)
	if f.index != "" {
		in.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{{
			IndexName: &f.index, KeySchema: schema(f.indexKeys), Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
		}}
	}
	if f.stream != "" {
		in.StreamSpecification = &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: f.stream}
	}
	if _, err := client(t).CreateTable(t.Context(), in); err != nil {
		t.Fatal(err)
	}
}
