package main

import (
	"cmp"
	"io"
	"os"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

// TestTheSampleIsIngested: it is two pushes as rows of today's format hold them,
// which can be read for good.
func TestTheSampleIsIngested(t *testing.T) {
	raw, err := os.ReadFile("../../events/lambda/ingest.json")
	if err != nil {
		t.Fatal(err)
	}
	var batch events.DynamoDBEvent // Its members are those that AWS's own library knows.
	if err := json.Unmarshal(raw, &batch, json.RejectUnknownMembers(true)); err != nil {
		t.Fatal(err)
	}
	for _, r := range batch.Records {
		if r.EventName != "INSERT" || r.Change.StreamViewType != "NEW_IMAGE" || r.Change.NewImage["pk"].String() != r.Change.Keys["pk"].String() {
			t.Errorf("a record %s of %s is none that the function is given", r.EventName, r.Change.StreamViewType)
		}
	}
	client, environment := deployed(t)
	h, err := newHandler(func(name string) string { return cmp.Or(environment[name], os.Getenv(name)) }, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if answer, err := h.Invoke(t.Context(), raw); err != nil || string(answer) != `{"batchItemFailures":[]}` {
		t.Fatalf("answer %s, %v", answer, err)
	}
	shipments := store.Shipments{Table: dynamostore.New(client, environment["SHIPMENTS_TABLE"], time.Now), Now: time.Now}
	rec, err := shipments.Get(t.Context(), "1Z999AA10700000020")
	if err != nil || len(rec.Events) != 2 || rec.Code.String() != "IN_TRANSIT.DEPARTED" || rec.Estimate.To != "2026-11-19" {
		t.Errorf("%d events, %s, expected %s, %v, want 2, IN_TRANSIT.DEPARTED and 2026-11-19", len(rec.Events), rec.Code, rec.Estimate.To, err)
	}
	inbox := store.Inbox{Table: dynamostore.New(client, environment["INBOX_TABLE"], time.Now)}
	if parked, err := inbox.ParkedKeys(t.Context(), 10); err != nil || len(parked) > 0 {
		t.Errorf("%v are parked, %v, want none", parked, err)
	}
}
