// Command shop-webhook receives the webhooks of TikTok Shop and keeps them. They
// have a function of their own, so that what carriers send never makes them wait:
// TikTok Shop asks for an answer within three seconds.
package main

import (
	"io"
	"log/slog"
	"net/http"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/shiptide/shiptide/shared/awsclient"
	"github.com/shiptide/shiptide/shared/awsreceive"
	"github.com/shiptide/shiptide/shared/lambdahttp"
	"github.com/shiptide/shiptide/shared/setting"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/source/tiktokshop"
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
	receiver := awsreceive.New(cfg, v[1], v[0], shops, slog.New(lambdacontext.NewLogHandler()))
	mux := http.NewServeMux()
	mux.Handle("/webhooks/", receiver)
	return receiver.Metrics.Handler(lambdahttp.Handler(mux), metrics), nil
}

func shops(keys func(name string) source.Keys) []source.Source {
	return []source.Source{tiktokshop.New(keys("tiktokshop"))}
}
