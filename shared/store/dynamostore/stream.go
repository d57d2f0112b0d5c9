package dynamostore

import (
	"context"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/shiptide/shiptide/shared/store"
)

// Record is a row as a table's stream tells of it.
type Record struct {
	// Item is the row as it was written; of a stream that holds keys only, and of
	// one that was removed, its Key alone.
	Item store.Item
	// Err says why Item cannot be read. It comes again as it is, whenever it comes.
	Err error
}

// Batch does what the records of a batch of a table's stream say. It returns an
// error for each record that must be brought again, nil for the others, in their
// order. Records may come more than once, and in batches cut in another way.
type Batch func(context.Context, []Record) []error

// Invoke is called by Lambda (it is a lambda.Handler). Of the records that failed
// Lambda brings the oldest again, and all after it.
func (b Batch) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	var batch streamBatch
	if err := json.Unmarshal(payload, &batch); err != nil {
		return nil, fmt.Errorf("dynamostore: stream batch: %w", err)
	}
	records := make([]Record, len(batch.Records))
	for i := range batch.Records {
		records[i] = batch.Records[i].record()
	}
	answer := batchAnswer{Failures: []batchFailure{}}
	for i, err := range b(ctx, records) {
		if err != nil {
			answer.Failures = append(answer.Failures, batchFailure{batch.Records[i].Change.Sequence})
		}
	}
	return json.Marshal(answer)
}

// streamBatch is an event of a stream mapping, as the Lambda developer guide
// describes it.
type streamBatch struct {
	Records []streamRecord `json:"Records"`
}

type streamRecord struct {
	Change struct {
		Keys     jsontext.Value `json:"Keys"`
		NewImage jsontext.Value `json:"NewImage"`
		Sequence string         `json:"SequenceNumber"`
	} `json:"dynamodb"`
}

func (r *streamRecord) record() (out Record) {
	image := r.Change.NewImage
	if len(image) == 0 {
		image = r.Change.Keys
	}
	out.Item, out.Err = Image(image)
	return out
}

// batchAnswer names the records that must be brought again.
type batchAnswer struct {
	Failures []batchFailure `json:"batchItemFailures"`
}

type batchFailure struct {
	Sequence string `json:"itemIdentifier"`
}
