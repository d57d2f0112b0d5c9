// Command shop-webhook will receive the webhooks of TikTok Shop. Until it can, it
// answers 404, as to a push of a source without a key, so that they come again.
package main

import (
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/shiptide/shiptide/shared/lambdahttp"
	"github.com/shiptide/shiptide/shared/receive"
)

func main() { lambda.Start(newHandler()) }

func newHandler() lambda.Handler {
	log := slog.New(lambdacontext.NewLogHandler())
	return lambdahttp.Handler(receive.New(nil, nil, time.Now, log))
}
