package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/ingest"
	"github.com/shiptide/shiptide/shared/source/all"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
	"github.com/shiptide/shiptide/shared/store/storetest"
)

var _ lambda.Handler = dynamostore.Batch(nil)

// deployed makes the tables and returns the function's environment, by name.
func deployed(t *testing.T) (client *dynamodb.Client, environment map[string]string) {
	t.Helper()
	return dynamodb.NewFromConfig(awstest.Config(t)), awstest.Deployment(t)
}

// keep puts a push into the inbox, as carrier-webhook does.
func keep(t *testing.T, inbox store.Inbox, source string, body []byte) store.Push {
	t.Helper()
	push := store.NewPush(source, body)
	push.Body, push.KeyID, push.VerifiedAt = body, "00d45ee9", time.Now()
	if fresh, err := inbox.Put(t.Context(), &push, time.Now()); err != nil || !fresh {
		t.Fatalf("Put = %t, %v", fresh, err)
	}
	return push
}

// event is the batch that Lambda would make of the inbox's stream.
func event(t *testing.T, table string) []byte {
	t.Helper()
	changes, err := awstest.StreamOf(t, awstest.Config(t), table).Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	raw, err := awstest.Event(changes)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestPushesBecomeShipments(t *testing.T) {
	client, environment := deployed(t)
	h, err := newHandler(func(name string) string { return environment[name] }, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	inbox := store.Inbox{Table: dynamostore.New(client, environment["INBOX_TABLE"], time.Now)}
	files, err := filepath.Glob("../../events/ups/push-life-*.json")
	if err != nil || len(files) != 12 {
		t.Fatalf("%d samples, %v, want 12", len(files), err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		keep(t, inbox, "ups", body)
	}
	poison := keep(t, inbox, "ups", []byte("{"))
	batch := event(t, environment["INBOX_TABLE"])
	for range 2 { // A batch may come twice.
		answer, err := h.Invoke(t.Context(), batch)
		if err != nil || string(answer) != `{"batchItemFailures":[]}` {
			t.Fatalf("answer %s, %v", answer, err)
		}
	}
	shipments := store.Shipments{Table: dynamostore.New(client, environment["SHIPMENTS_TABLE"], time.Now), Now: time.Now}
	rec, err := shipments.Get(t.Context(), "1Z999AA10555000421")
	if err != nil || len(rec.Events) != 12 || rec.Code.String() != "DELIVERED.SAFE_PLACE" {
		t.Errorf("%d events, %s, %v, want 12 and DELIVERED.SAFE_PLACE", len(rec.Events), rec.Code, err)
	}
	parked, err := inbox.Get(t.Context(), poison.Key())
	if err != nil || !parked.Parked.Malformed {
		t.Errorf("the malformed push is %+v, %v, want it parked", parked.Parked, err)
	}
}

func TestWhatIsNotSetIsNamed(t *testing.T) {
	_, err := newHandler(func(name string) string {
		if name == "INBOX_TABLE" {
			return "inbox"
		}
		return ""
	}, io.Discard)
	if err == nil || err.Error() != "not set: SHIPMENTS_TABLE, LEDGER_TABLE, STACK" {
		t.Errorf("newHandler = %v", err)
	}
}

// TestOnlyWhatCannotBeParkedComesAgain lets every write fail but those that park.
func TestOnlyWhatCannotBeParkedComesAgain(t *testing.T) {
	client, environment := deployed(t)
	table := func(name string) store.Table { return dynamostore.New(client, environment[name], time.Now) }
	sound := store.Inbox{Table: table("INBOX_TABLE")}
	keep(t, sound, "ups", []byte(`{"trackingNumber":"1ZE40F710345678121","localActivityDate":"20261112","localActivityTime":"213045","activityStatus":{"type":"I","code":"OR"}}`))
	batch := event(t, environment["INBOX_TABLE"])
	down, up := storetest.NewWorld(), storetest.NewWorld()
	down.Random(1, 1, 0)
	var logs bytes.Buffer
	ingester := func(inbox *storetest.World) *ingest.Ingester {
		return &ingest.Ingester{
			Sources:   all.Unverified(),
			Inbox:     store.Inbox{Table: inbox.Wrap(table("INBOX_TABLE"))},
			Shipments: store.Shipments{Table: down.Wrap(table("SHIPMENTS_TABLE")), Now: time.Now},
			Counters:  store.Counters{Table: table("LEDGER_TABLE"), Now: time.Now},
			Now:       time.Now, Log: slog.New(slog.NewJSONHandler(&logs, nil)),
		}
	}
	tests := []struct {
		name  string
		inbox *storetest.World
		again bool
	}{
		{"the shipments are down, and it is parked", up, false},
		{"the inbox is down as well", down, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			answer, err := ofInbox(ingester(tt.inbox)).Invoke(context.Background(), batch)
			if again := strings.Contains(string(answer), "itemIdentifier"); err != nil || again != tt.again {
				t.Errorf("answer %s, %v, want it again: %t", answer, err, tt.again)
			}
		})
	}
	const foreign = `{"Records":[{"eventName":"INSERT","dynamodb":{"Keys":{"id":{"N":"7"}},"NewImage":{"id":{"N":"7"}},"SequenceNumber":"7"}}]}`
	answer, err := ofInbox(ingester(up)).Invoke(context.Background(), []byte(foreign))
	if err != nil || string(answer) != `{"batchItemFailures":[]}` || !strings.Contains(logs.String(), "cannot be read") {
		t.Errorf("a foreign row is answered %s, %v, and logged:\n%s", answer, err, logs.String())
	}
}

// TestPushesMarkOrdersAndShops: what a marketplace pushes says that something is
// new, and the sweep asks what.
func TestPushesMarkOrdersAndShops(t *testing.T) {
	client, environment := deployed(t)
	h, err := newHandler(func(name string) string { return environment[name] }, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	table := func(name string) store.Table { return dynamostore.New(client, environment[name], time.Now) }
	const shop, id = "7490000000000000017", "577000000000000017"
	shops := store.Shops{Table: table("LEDGER_TABLE")}
	if err := shops.Save(t.Context(), &store.Shop{Source: "tiktokshop", ID: shop, Name: "Mugs"}); err != nil {
		t.Fatal(err)
	}
	inbox := store.Inbox{Table: table("INBOX_TABLE")}
	pushes := []string{
		`{"type":1,"shop_id":"` + shop + `","timestamp":1795123150,"data":{"order_id":"` + id + `","order_status":"AWAITING_COLLECTION","update_time":1795123149}}`,
		`{"type":7,"shop_id":"` + shop + `","timestamp":1795123150,"data":{"message":"","expiration_time":"1797715149"}}`,
		`{"type":7,"shop_id":"7490000000000000018","timestamp":1795123150,"data":{"message":"","expiration_time":"1797715149"}}`, // Not connected.
	}
	var kept []store.Push
	for _, body := range pushes {
		kept = append(kept, keep(t, inbox, "tiktokshop", []byte(body)))
	}
	if answer, err := h.Invoke(t.Context(), event(t, environment["INBOX_TABLE"])); err != nil || string(answer) != `{"batchItemFailures":[]}` {
		t.Fatalf("answer %s, %v", answer, err)
	}
	order, err := store.Orders{Table: table("SHIPMENTS_TABLE"), Now: time.Now}.Get(t.Context(), shop, id)
	if err != nil || order.Stale.IsZero() || order.Due.IsZero() || order.Due.After(time.Now()) {
		t.Errorf("the order is stale since %s, due at %s, %v, want that it is asked for", order.Stale, order.Due, err)
	}
	if s, err := shops.Get(t.Context(), "tiktokshop", shop); err != nil || s.ExpiresAt.Unix() != 1797715149 || s.Name != "Mugs" {
		t.Errorf("the shop is %+v, %v, want that its authorisation ends", s, err)
	}
	for i := range kept {
		if p, err := inbox.Get(t.Context(), kept[i].Key()); err != nil || p.Parked.Is() {
			t.Errorf("%s is parked: %+v, %v", pushes[i], p.Parked, err)
		}
	}
}
