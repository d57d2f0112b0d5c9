package dynamostore_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

// A batch as Lambda hands it over: an insert with its image, a change of a stream
// that holds keys only, an expiry removal, and an item that nobody of us wrote.
const batch = `{"Records":[
 {"eventID":"c4ca4238a0b923820dcc509a6f75849b","eventName":"INSERT","eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"us-east-1",
  "dynamodb":{"ApproximateCreationDateTime":1794510730,"Keys":{"pk":{"S":"ups#00"},"sk":{"S":"-"}},
   "NewImage":{"pk":{"S":"ups#00"},"sk":{"S":"-"},"_v":{"N":"1"},"_m":{"B":"AAECAwQFBgc="},"_x":{"N":"1797102730"},"_b":{"B":"AQID"},"key":{"S":"00d45ee9"}},
   "SequenceNumber":"111","SizeBytes":26,"StreamViewType":"NEW_IMAGE"},
  "eventSourceARN":"arn:aws:dynamodb:us-east-1:123456789012:table/inbox/stream/2026-11-12T00:00:00.000"},
 {"eventName":"MODIFY","dynamodb":{"Keys":{"pk":{"S":"S#1ZE40F710345678121"},"sk":{"S":"META"}},"SequenceNumber":"222","SizeBytes":59,"StreamViewType":"KEYS_ONLY"}},
 {"eventName":"REMOVE","userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"},
  "dynamodb":{"Keys":{"pk":{"S":"ups#01"},"sk":{"S":"-"}},"SequenceNumber":"333","SizeBytes":38,"StreamViewType":"NEW_IMAGE"}},
 {"eventName":"INSERT","dynamodb":{"Keys":{"id":{"N":"7"}},"NewImage":{"id":{"N":"7"}},"SequenceNumber":"444","SizeBytes":8}}
]}`

func TestBatch(t *testing.T) {
	var got []dynamostore.Record
	handle := dynamostore.Batch(func(_ context.Context, records []dynamostore.Record) []error {
		got = records
		return []error{nil, errors.New("not now"), nil, errors.New("nor this")}
	})
	answer, err := handle.Invoke(t.Context(), []byte(batch))
	if want := `{"batchItemFailures":[{"itemIdentifier":"222"},{"itemIdentifier":"444"}]}`; err != nil || string(answer) != want {
		t.Errorf("answer %s, %v, want %s", answer, err, want)
	}
	if len(got) != 4 || got[3].Err == nil {
		t.Fatalf("%d records, the last %+v, want 4 and an error of the last", len(got), got[len(got)-1])
	}
	want := []store.Item{
		{Key: store.Key{Partition: "ups#00", Sort: "-"}, Version: 1, Expires: got[0].Item.Expires, Attrs: map[string]string{"key": "00d45ee9"}, Body: []byte{1, 2, 3}},
		{Key: store.Key{Partition: "S#1ZE40F710345678121", Sort: "META"}},
		{Key: store.Key{Partition: "ups#01", Sort: "-"}},
	}
	for i, it := range want {
		if d := cmp.Diff(it, got[i].Item); d != "" || got[i].Err != nil {
			t.Errorf("record %d: %v (-want +got):\n%s", i, got[i].Err, d)
		}
	}
	if got[0].Item.Expires.Unix() != 1797102730 {
		t.Errorf("expires %v", got[0].Item.Expires)
	}
}

func TestABatchThatIsDoneNamesNobody(t *testing.T) {
	handle := dynamostore.Batch(func(_ context.Context, records []dynamostore.Record) []error { return make([]error, len(records)) })
	for _, payload := range []string{batch, `{"Records":[]}`, `{}`} {
		answer, err := handle.Invoke(t.Context(), []byte(payload))
		if err != nil || string(answer) != `{"batchItemFailures":[]}` {
			t.Errorf("answer %s, %v", answer, err)
		}
	}
}

func TestABatchOfTenThousandRecords(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"Records":[`)
	for i := range 10_000 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"eventName":"INSERT","dynamodb":{"Keys":{"pk":{"S":"ups#%d"},"sk":{"S":"-"}},"SequenceNumber":"%d"}}`, i, i)
	}
	b.WriteString(`]}`)
	handle := dynamostore.Batch(func(_ context.Context, records []dynamostore.Record) []error {
		errs := make([]error, len(records))
		for i, r := range records {
			if want := fmt.Sprintf("ups#%d", i); r.Item.Partition != want || r.Err != nil {
				t.Fatalf("record %d is %+v", i, r)
			}
		}
		errs[9_999] = errors.New("not now")
		return errs
	})
	if answer, err := handle.Invoke(t.Context(), []byte(b.String())); err != nil || string(answer) != `{"batchItemFailures":[{"itemIdentifier":"9999"}]}` {
		t.Errorf("answer %.100s, %v", answer, err)
	}
}

func TestABatchThatIsNoneIsAnError(t *testing.T) {
	handle := dynamostore.Batch(func(context.Context, []dynamostore.Record) []error {
		t.Error("handled")
		return nil
	})
	for _, payload := range []string{"", "null records", `{"Records":{}}`, `[`} {
		if answer, err := handle.Invoke(t.Context(), []byte(payload)); err == nil {
			t.Errorf("%q is answered %s", payload, answer)
		}
	}
}
