package dynamostore

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// call is one operation of a client.
type call[In, Out any] func(context.Context, *In, ...func(*dynamodb.Options)) (*Out, error)

// calls are the operations that a table needs. The client itself is held by none
// of our types: in a binary that executes templates, which find methods by name,
// the linker would keep all that it can do (6 MB).
type calls struct {
	get    call[dynamodb.GetItemInput, dynamodb.GetItemOutput]
	put    call[dynamodb.PutItemInput, dynamodb.PutItemOutput]
	update call[dynamodb.UpdateItemInput, dynamodb.UpdateItemOutput]
	delete call[dynamodb.DeleteItemInput, dynamodb.DeleteItemOutput]
	query  call[dynamodb.QueryInput, dynamodb.QueryOutput]
	scan   call[dynamodb.ScanInput, dynamodb.ScanOutput]
}

func callsOf(c *dynamodb.Client) calls {
	return calls{get: c.GetItem, put: c.PutItem, update: c.UpdateItem, delete: c.DeleteItem, query: c.Query, scan: c.Scan}
}
