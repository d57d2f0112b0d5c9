// Command notify tells recipients of the shipments on the shipments' stream.
package main

import (
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/shiptide/shiptide/shared/awsclient"
	"github.com/shiptide/shiptide/shared/awsnotify"
	"github.com/shiptide/shiptide/shared/metric"
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
	cfg, err := awsclient.OfFunction(getenv)
	if err != nil {
		return nil, err
	}
	log := slog.New(lambdacontext.NewLogHandler())
	recorder := &metric.Recorder{Namespace: metric.Namespace(s.Stack), Now: time.Now}
	notifier := awsnotify.New(cfg, s, log, recorder)
	return recorder.Handler(ofShipments(notifier, log), metrics), nil
}
