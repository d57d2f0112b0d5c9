// Package awsreceive joins the use case that takes webhooks in to the parts of a
// deployment on AWS: its inbox and its keys. The functions that take them share it.
package awsreceive

import (
	"log/slog"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/shiptide/shiptide/shared/metric"
	"github.com/shiptide/shiptide/shared/receive"
	"github.com/shiptide/shiptide/shared/secret"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

// Sources makes sources, each with its keys.
type Sources func(keys func(name string) source.Keys) []source.Source

// New makes a Receiver of a stack and its table, which counts what it takes. The
// keys are read at the first push.
func New(cfg aws.Config, stack, inbox string, sources Sources, log *slog.Logger) *receive.Receiver {
	keys := secret.New(secret.Narrow(ssm.NewFromConfig(cfg)), stack, time.Now)
	keys.Log = log
	table := dynamostore.New(dynamodb.NewFromConfig(cfg), inbox, time.Now)
	r := receive.New(sources(keys.Source), store.Inbox{Table: table}, time.Now, log)
	r.Metrics = &metric.Recorder{Namespace: metric.Namespace(stack), Now: time.Now}
	return r
}
