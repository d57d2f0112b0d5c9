// Command subscribe lets a recipient confirm or end what it is told, by the link
// in each mail.
package main

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/shiptide/shiptide/shared/awsclient"
	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/lambdahttp"
	"github.com/shiptide/shiptide/shared/page"
	"github.com/shiptide/shiptide/shared/secret"
	"github.com/shiptide/shiptide/shared/setting"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
	"github.com/shiptide/shiptide/shared/subscribe"
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
	v, err := setting.Required(getenv, "LEDGER_TABLE", "STACK")
	if err != nil {
		return nil, err
	}
	cfg, err := awsclient.OfFunction(getenv)
	if err != nil {
		return nil, err
	}
	log := slog.New(lambdacontext.NewLogHandler())
	ledger := dynamostore.New(dynamodb.NewFromConfig(cfg), v[0], time.Now)
	keys := secret.New(secret.Narrow(ssm.NewFromConfig(cfg)), v[1], time.Now)
	keys.Log = log
	mux := http.NewServeMux() // POST /subscriptions, to sign up, comes later: until then 404.
	mux.Handle("/subscriptions/{recipient}/{token}", page.Subscriptions{Log: log, Open: func(ctx context.Context) (page.Consent, *contact.Signer, error) {
		vault, err := keys.Vault(ctx)
		if err != nil {
			return nil, nil, err
		}
		signer, err := keys.Signer(ctx)
		return subscribe.Consent{Contacts: store.Contacts{Table: ledger, Vault: vault}, Now: time.Now}, signer, err
	}})
	return lambdahttp.Handler(mux), nil
}
