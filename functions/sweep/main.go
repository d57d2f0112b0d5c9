// Command sweep comes back, on a schedule, to what is due.
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
	"github.com/shiptide/shiptide/shared/awsnotify"
	"github.com/shiptide/shiptide/shared/ingest"
	"github.com/shiptide/shiptide/shared/metric"
	"github.com/shiptide/shiptide/shared/setting"
	"github.com/shiptide/shiptide/shared/source/all"
	"github.com/shiptide/shiptide/shared/source/tiktokshop"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
	"github.com/shiptide/shiptide/shared/sweep"
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
	s, err := awsnotify.Read(getenv)
	if err != nil {
		return nil, err
	}
	v, err := setting.Required(getenv, "INBOX_TABLE")
	if err != nil {
		return nil, err
	}
	market, err := tiktokshop.ReadSettings(getenv)
	if err != nil {
		return nil, err
	}
	cfg, err := awsclient.OfFunction(getenv)
	if err != nil {
		return nil, err
	}
	log := slog.New(lambdacontext.NewLogHandler())
	recorder := &metric.Recorder{Namespace: metric.Namespace(s.Stack), Now: time.Now}
	notifier := awsnotify.New(cfg, s, log, recorder)
	inbox := store.Inbox{Table: dynamostore.New(dynamodb.NewFromConfig(cfg), v[0], time.Now)}
	ingester := &ingest.Ingester{
		Sources: all.Unverified(),
		Inbox:   inbox, Shipments: notifier.Shipments, Orders: notifier.Orders, Shops: store.Shops{Table: notifier.Ledger},
		Counters: store.Counters{Table: notifier.Ledger, Now: time.Now},
		Now:      time.Now, Log: log, Metrics: recorder,
	}
	shops := &shops{notifier: notifier, ingester: ingester, market: market, log: log}
	return recorder.Handler(function{
		sweeper: sweep.Sweeper{
			Drivers: []sweep.Driver{ingester, notifier}, Tables: []store.Table{inbox.Table, notifier.Shipments.Table, notifier.Ledger},
			Metrics: recorder, Now: time.Now,
		},
		shops: sweep.Sweeper{Drivers: []sweep.Driver{shops}, Now: time.Now},
		log:   log,
	}, metrics), nil
}
