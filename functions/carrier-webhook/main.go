// Command carrier-webhook receives the webhooks of carriers and aggregators and
// keeps them.
package main

import (
	"io"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/shiptide/shiptide/shared/awsclient"
	"github.com/shiptide/shiptide/shared/lambdahttp"
	"github.com/shiptide/shiptide/shared/metric"
	"github.com/shiptide/shiptide/shared/receive"
	"github.com/shiptide/shiptide/shared/secret"
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
	v, err := setting.Required(getenv, "INBOX_TABLE", "STACK")
	if err != nil {
		return nil, err
	}
	cfg, err := awsclient.OfFunction(getenv)
	if err != nil {
		return nil, err
	}
	log := slog.New(lambdacontext.NewLogHandler())
	keys := secret.New(secret.Narrow(ssm.NewFromConfig(cfg)), v[1], time.Now)
	keys.Log = log
	inbox := store.Inbox{Table: dynamostore.New(dynamodb.NewFromConfig(cfg), v[0], time.Now)}
	mux := http.NewServeMux()
	receiver := receive.New(all.Sources(keys.Source), inbox, time.Now, log)
	receiver.Metrics = &metric.Recorder{Namespace: metric.Namespace(v[1]), Now: time.Now}
	mux.Handle("/webhooks/", receiver)
	return receiver.Metrics.Handler(lambdahttp.Handler(mux), metrics), nil
}
