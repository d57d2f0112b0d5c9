package dynamostore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Definition is what a table is made with. The template makes those on AWS and
// is checked against it.
type Definition struct {
	Table string // its role; the stack gives it a name
	// Stream is what its stream holds of a row that was written; "" is no stream.
	Stream types.StreamViewType
	// Kept tables hold what nobody can send again: backups of every second,
	// protected from deletion, retained when the stack goes.
	Kept bool
}

// Definitions are the tables of a deployment.
func Definitions() []Definition {
	return []Definition{
		// ingest reads the push from its stream record.
		{Table: "inbox", Stream: types.StreamViewTypeNewImage},
		// notify reads the shipment again, since it may have changed meanwhile.
		{Table: "shipments", Stream: types.StreamViewTypeKeysOnly, Kept: true},
		{Table: "ledger", Kept: true},
	}
}

// Every table has these keys, this index and this time to live.
const (
	// DueIndex lists rows that are due, by shard. It holds keys only.
	DueIndex = "due"
	// ExpiresAttribute is the time to live: seconds since 1970.
	ExpiresAttribute = attrExpires
)

// Attributes are the attributes that the keys of the table and its index are
// made of.
func (Definition) Attributes() []types.AttributeDefinition {
	text := func(name string) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: aws.String(name), AttributeType: types.ScalarAttributeTypeS}
	}
	return []types.AttributeDefinition{text(attrPartition), text(attrSort), text(attrShard), text(attrDue)}
}

// Keys are the keys of the table, or of its due index.
func (Definition) Keys(index bool) []types.KeySchemaElement {
	names := [2]string{attrPartition, attrSort}
	if index {
		names = [2]string{attrShard, attrDue}
	}
	return []types.KeySchemaElement{
		{AttributeName: aws.String(names[0]), KeyType: types.KeyTypeHash},
		{AttributeName: aws.String(names[1]), KeyType: types.KeyTypeRange},
	}
}

// Create makes the table under a name and waits until it can be used.
func (d Definition) Create(ctx context.Context, client *dynamodb.Client, name string) error {
	in := &dynamodb.CreateTableInput{
		TableName: aws.String(name), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: d.Attributes(), KeySchema: d.Keys(false),
		DeletionProtectionEnabled: aws.Bool(d.Kept),
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName: aws.String(DueIndex), KeySchema: d.Keys(true),
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
		}},
	}
	if d.Stream != "" {
		in.StreamSpecification = &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: d.Stream}
	}
	if _, err := client.CreateTable(ctx, in); err != nil {
		return fault("create", name, err)
	}
	active := dynamodb.NewTableExistsWaiter(client, func(o *dynamodb.TableExistsWaiterOptions) { o.MinDelay = 50 * time.Millisecond })
	if err := active.Wait(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(name)}, 5*time.Minute); err != nil {
		return fault("create", name, err)
	}
	_, err := client.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName:               aws.String(name),
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String(ExpiresAttribute), Enabled: aws.Bool(true)},
	})
	return fault("create", name, err)
}

// Check tells what is wrong with the table of a name: that it is not there, may
// not be looked at, or was made for something else. identity is that of the table,
// and no other's of the same name.
func (d Definition) Check(ctx context.Context, client *dynamodb.Client, name string) (identity string, err error) {
	out, err := client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(name)})
	if err != nil {
		return "", fault("describe", name, err)
	}
	table := out.Table
	identity = aws.ToString(table.TableArn) + "@" + aws.ToTime(table.CreationDateTime).UTC().Format(time.RFC3339)
	var errs []error
	wrong := func(what string) {
		errs = append(errs, fmt.Errorf("dynamostore: table %s is no %s table of Shiptide: %s", name, d.Table, what))
	}
	if !sameKeys(table.KeySchema, d.Keys(false)) {
		wrong("its keys are not " + attrPartition + " and " + attrSort)
	}
	index := findIndex(table.GlobalSecondaryIndexes)
	switch {
	case index == nil:
		wrong("it has no index " + DueIndex)
	case !sameKeys(index.KeySchema, d.Keys(true)):
		wrong("the keys of its index " + DueIndex + " are not " + attrShard + " and " + attrDue)
	}
	stream := types.StreamViewType("")
	if s := table.StreamSpecification; s != nil && aws.ToBool(s.StreamEnabled) {
		stream = s.StreamViewType
	}
	if stream != d.Stream {
		wrong(fmt.Sprintf("its stream is %q, not %q", stream, d.Stream))
	}
	return identity, errors.Join(errs...)
}

func findIndex(all []types.GlobalSecondaryIndexDescription) *types.GlobalSecondaryIndexDescription {
	for i := range all {
		if aws.ToString(all[i].IndexName) == DueIndex {
			return &all[i]
		}
	}
	return nil
}

func sameKeys(a, b []types.KeySchemaElement) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if aws.ToString(a[i].AttributeName) != aws.ToString(b[i].AttributeName) || a[i].KeyType != b[i].KeyType {
			return false
		}
	}
	return true
}
