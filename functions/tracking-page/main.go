// Command tracking-page shows buyers the way of their parcels.
package main

import (
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/shiptide/shiptide/shared/awsclient"
	"github.com/shiptide/shiptide/shared/lambdahttp"
	"github.com/shiptide/shiptide/shared/page"
	"github.com/shiptide/shiptide/shared/setting"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

func main() {
	h, err := newHandler(os.Getenv)
	if err != nil {
		slog.Error("start", "err", err)
		os.Exit(1)
	}
	lambda.Start(h)
}

func newHandler(getenv func(string) string) (lambda.Handler, error) {
	v, err := setting.Required(getenv, "SHIPMENTS_TABLE")
	if err != nil {
		return nil, err
	}
	cfg, err := awsclient.OfFunction(getenv)
	if err != nil {
		return nil, err
	}
	table := dynamostore.New(dynamodb.NewFromConfig(cfg), v[0], time.Now)
	mux := http.NewServeMux()
	mux.Handle("GET /t/{number}", page.Parcels{
		Shipments: store.Shipments{Table: table, Now: time.Now}, Log: slog.New(lambdacontext.NewLogHandler()),
	})
	return lambdahttp.Handler(mux), nil
}
