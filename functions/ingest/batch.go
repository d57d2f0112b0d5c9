package main

import (
	"context"

	"github.com/shiptide/shiptide/shared/ingest"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

// ofInbox ingests the pushes of a batch. A row that cannot be read never will be:
// it is named in the log and left where it is, instead of holding up the others
// for a day.
func ofInbox(in *ingest.Ingester) dynamostore.Batch {
	return func(ctx context.Context, records []dynamostore.Record) []error {
		errs := make([]error, len(records))
		var pushes []store.Push
		var at []int
		for i, r := range records {
			push, err := read(r)
			if err != nil {
				in.Log.ErrorContext(ctx, "row of the inbox cannot be read", "event_id", r.Item.Partition, "err", err)
				continue
			}
			pushes, at = append(pushes, push), append(at, i)
		}
		for i, err := range in.Ingest(ctx, pushes) {
			errs[at[i]] = err
		}
		return errs
	}
}

func read(r dynamostore.Record) (store.Push, error) {
	if r.Err != nil {
		return store.Push{}, r.Err
	}
	return store.PushOf(r.Item)
}
