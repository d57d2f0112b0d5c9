package awstest

import (
	"context"
	"errors"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/middleware"
)

// Units is what calls of DynamoDB consumed.
type Units struct {
	Calls int
	Read  float64 // request units, index included
	Write float64 // of the table
	Index float64 // writes to indexes
}

// Meter measures what the calls of the clients that it is in consume.
type Meter struct {
	mu sync.Mutex
	u  Units
}

// In returns a configuration whose clients are measured.
func (m *Meter) In(cfg aws.Config) aws.Config {
	cfg.APIOptions = append(cfg.APIOptions[:len(cfg.APIOptions):len(cfg.APIOptions)], func(s *middleware.Stack) error {
		return s.Initialize.Add(middleware.InitializeMiddlewareFunc("Meter", m.initialize), middleware.Before)
	})
	return cfg
}

// Take returns what was consumed since the last Take.
func (m *Meter) Take() Units {
	m.mu.Lock()
	defer m.mu.Unlock()
	u := m.u
	m.u = Units{}
	return u
}

func (m *Meter) initialize(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
	const indexes = types.ReturnConsumedCapacityIndexes
	switch p := in.Parameters.(type) {
	case *dynamodb.GetItemInput:
		p.ReturnConsumedCapacity = indexes
	case *dynamodb.PutItemInput:
		p.ReturnConsumedCapacity = indexes
	case *dynamodb.UpdateItemInput:
		p.ReturnConsumedCapacity = indexes
	case *dynamodb.DeleteItemInput:
		p.ReturnConsumedCapacity = indexes
	case *dynamodb.QueryInput:
		p.ReturnConsumedCapacity = indexes
	case *dynamodb.ScanInput:
		p.ReturnConsumedCapacity = indexes
	default:
		return next.HandleInitialize(ctx, in)
	}
	out, md, err := next.HandleInitialize(ctx, in)
	m.count(in.Parameters, out.Result, err)
	return out, md, err
}

func (m *Meter) count(in, out any, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.u.Calls++
	switch out := out.(type) {
	case *dynamodb.GetItemOutput:
		m.read(out.ConsumedCapacity)
	case *dynamodb.QueryOutput:
		m.read(out.ConsumedCapacity)
	case *dynamodb.ScanOutput:
		m.read(out.ConsumedCapacity)
	case *dynamodb.PutItemOutput:
		m.write(out.ConsumedCapacity)
	case *dynamodb.UpdateItemOutput:
		m.write(out.ConsumedCapacity)
	case *dynamodb.DeleteItemOutput:
		m.write(out.ConsumedCapacity)
	}
	var failed *types.ConditionalCheckFailedException
	if errors.As(err, &failed) {
		m.u.Write += refusedUnits(in, failed.Item)
	}
}

func (m *Meter) read(c *types.ConsumedCapacity) {
	if c != nil {
		m.u.Read += aws.ToFloat64(c.CapacityUnits)
	}
}

func (m *Meter) write(c *types.ConsumedCapacity) {
	if c == nil {
		return
	}
	if c.Table != nil {
		m.u.Write += aws.ToFloat64(c.Table.CapacityUnits)
	}
	for _, index := range c.GlobalSecondaryIndexes {
		m.u.Index += aws.ToFloat64(index.CapacityUnits)
	}
}

// refusedUnits is what a write costs whose condition failed, which DynamoDB does
// not report: as much as the larger of the stored item and the one that was to be
// written (developer guide, "Condition expressions", as known in 2026).
func refusedUnits(in any, stored map[string]types.AttributeValue) float64 {
	size := Size(stored)
	if put, ok := in.(*dynamodb.PutItemInput); ok {
		size = max(size, Size(put.Item))
	}
	return float64(max(1, (size+1023)/1024))
}

// Size returns an item's size in bytes by which DynamoDB bills: names and values
// in UTF-8, numbers about a byte for two digits.
func Size(item map[string]types.AttributeValue) (n int) {
	for name, value := range item {
		n += len(name)
		switch v := value.(type) {
		case *types.AttributeValueMemberS:
			n += len(v.Value)
		case *types.AttributeValueMemberB:
			n += len(v.Value)
		case *types.AttributeValueMemberN:
			n += (len(v.Value)+1)/2 + 1
		}
	}
	return n
}
