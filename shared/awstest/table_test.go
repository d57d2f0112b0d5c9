package awstest

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
)

type item = map[string]types.AttributeValue

func str(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }
func num(v string) types.AttributeValue { return &types.AttributeValueMemberN{Value: v} }
func bin(v []byte) types.AttributeValue { return &types.AttributeValueMemberB{Value: v} }

// text returns the value of a string or number, "" of anything else.
func text(v types.AttributeValue) string {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberN:
		return v.Value
	}
	return ""
}

// row is an item of the table, with further names and string values.
func row(pk, sk string, more ...string) item {
	it := item{"pk": str(pk), "sk": str(sk)}
	for i := 0; i < len(more); i += 2 {
		it[more[i]] = str(more[i+1])
	}
	return it
}

// sized is a row that DynamoDB bills as n bytes.
func sized(n int, more ...string) item {
	it := row("p", "s", more...)
	it["data"] = str(strings.Repeat("x", n-Size(it)-len("data")))
	return it
}

// fixture is one test with a table of its own: keys pk and sk, and an index
// "due" with the keys due and at, which keeps keys only.
type fixture struct {
	*testing.T
	cfg   aws.Config
	db    *dynamodb.Client
	table *string
}

// tables counts the tables, so that a test can run twice.
var tables atomic.Int64

var notOfNames = regexp.MustCompile(`[^a-zA-Z0-9_.-]`)

func newFixture(t *testing.T) *fixture {
	t.Helper()
	return fixtureAt(t, Config(t))
}

func fixtureAt(t *testing.T, cfg aws.Config) *fixture {
	t.Helper()
	name := notOfNames.ReplaceAllString(t.Name(), "_") + "." + strconv.FormatInt(tables.Add(1), 10)
	f := &fixture{T: t, cfg: cfg, db: dynamodb.NewFromConfig(cfg), table: &name}
	keys := func(hash, sort string) []types.KeySchemaElement {
		return []types.KeySchemaElement{
			{AttributeName: &hash, KeyType: types.KeyTypeHash},
			{AttributeName: &sort, KeyType: types.KeyTypeRange},
		}
	}
	var attributes []types.AttributeDefinition
	for _, name := range []string{"pk", "sk", "due", "at"} {
		attributes = append(attributes, types.AttributeDefinition{AttributeName: aws.String(name), AttributeType: types.ScalarAttributeTypeS})
	}
	_, err := f.db.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: f.table, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: attributes, KeySchema: keys("pk", "sk"),
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName: aws.String("due"), KeySchema: keys("due", "at"),
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
		}},
		StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages},
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// put is a Put that tells what it consumed.
func (f *fixture) put(it item) *dynamodb.PutItemInput {
	return &dynamodb.PutItemInput{TableName: f.table, Item: it, ReturnConsumedCapacity: types.ReturnConsumedCapacityIndexes}
}

func (f *fixture) mustPut(items ...item) {
	f.Helper()
	for _, it := range items {
		if _, err := f.db.PutItem(f.Context(), f.put(it)); err != nil {
			f.Fatal(err)
		}
	}
}

func (f *fixture) get(pk, sk string) item {
	f.Helper()
	out, err := f.db.GetItem(f.Context(), &dynamodb.GetItemInput{TableName: f.table, Key: row(pk, sk), ConsistentRead: aws.Bool(true)})
	if err != nil {
		f.Fatal(err)
	}
	return out.Item
}

// update is an Update of the row p, s.
func (f *fixture) update(expression string, values item) *dynamodb.UpdateItemInput {
	return &dynamodb.UpdateItemInput{
		TableName: f.table, Key: row("p", "s"),
		UpdateExpression: &expression, ExpressionAttributeValues: values,
		ReturnConsumedCapacity: types.ReturnConsumedCapacityIndexes,
	}
}

// query asks the table, or the index, for one partition.
func (f *fixture) query(index, partition string) *dynamodb.QueryInput {
	q := &dynamodb.QueryInput{
		TableName: f.table, KeyConditionExpression: aws.String("pk = :p"),
		ExpressionAttributeValues: item{":p": str(partition)},
		ReturnConsumedCapacity:    types.ReturnConsumedCapacityIndexes,
	}
	if index != "" {
		q.IndexName, q.KeyConditionExpression = &index, aws.String(index+" = :p")
	}
	return q
}

// all returns the sort keys of all pages of a query.
func (f *fixture) all(q *dynamodb.QueryInput) (keys []string) {
	f.Helper()
	for pages := dynamodb.NewQueryPaginator(f.db, q); pages.HasMorePages(); {
		page, err := pages.NextPage(f.Context())
		if err != nil {
			f.Fatal(err)
		}
		for _, it := range page.Items {
			keys = append(keys, text(it["sk"]))
		}
	}
	return keys
}

// code is the name that AWS gives an error.
func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}
