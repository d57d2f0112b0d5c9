// Command ingest turns the new rows of the inbox's stream into shipments.
package main

import (
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/shiptide/shiptide/shared/awsclient"
	"github.com/shiptide/shiptide/shared/ingest"
	"github.com/shiptide/shiptide/shared/metric"
	"github.com/shiptide/shiptide/shared/setting"
	"github.com/shiptide/shiptide/shared/source/all"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

func main() {
	h, err := newHandler(os.Getenv, os.Stdout)
	if err != nil {
		slog.Error("start", "err", err)
		os.Exit(1)
	}
	lambda.Start(h)
}

func newHandler(getenv func(string) string, metrics io.Writer) (lambda.Handler, error) {
	names, err := setting.Required(getenv, "INBOX_TABLE", "SHIPMENTS_TABLE", "LEDGER_TABLE", "STACK")
	if err != nil {
		return nil, err
	}
	cfg, err := awsclient.OfFunction(getenv)
	if err != nil {
		return nil, err
	}
	client := dynamodb.NewFromConfig(cfg)
	table := func(i int) store.Table { return dynamostore.New(client, names[i], time.Now) }
	log := slog.New(lambdacontext.NewLogHandler())
	recorder := &metric.Recorder{Namespace: metric.Namespace(names[3]), Now: time.Now}
	return recorder.Handler(ofInbox(&ingest.Ingester{
		Sources:   all.Unverified(),
		Inbox:     store.Inbox{Table: table(0)},
		Shipments: store.Shipments{Table: table(1), Now: time.Now},
		Orders:    store.Orders{Table: table(1), Now: time.Now},
		Shops:     store.Shops{Table: table(2)}, // Without the keys of their tokens.
		Counters:  store.Counters{Table: table(2), Now: time.Now},
		Now:       time.Now, Log: log, Metrics: recorder,
	}), metrics), nil
}
