// Package awsclient says how clients of AWS are configured, and how patient they
// are.
package awsclient

import (
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/shiptide/shiptide/shared/setting"
)

// How patient a call is. Whoever called us waits for an answer and comes again:
// what cannot be had within a few tries is better told than waited for.
const (
	maxAttempts    = 4
	maxBackoff     = 400 * time.Millisecond
	attemptTimeout = 3 * time.Second
	// operatorTimeout is for a megabyte over a line as it comes.
	operatorTimeout = time.Minute
)

// OfFunction is the configuration of a Lambda function, from its environment:
// there Lambda puts the region, and credentials that are good for as long as the
// process lives. AWS_ENDPOINT_URL leads to an emulator. The SDK's own loader looks
// for credentials in many other places, of which a function has none, and makes
// the binary 2 MB larger.
func OfFunction(getenv func(string) string) (aws.Config, error) {
	v, err := setting.Required(getenv, "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
	if err != nil {
		return aws.Config{}, err
	}
	cfg := aws.Config{Region: v[0], Credentials: credentials.NewStaticCredentialsProvider(v[1], v[2], getenv("AWS_SESSION_TOKEN"))}
	if url := getenv("AWS_ENDPOINT_URL"); url != "" {
		cfg.BaseEndpoint = aws.String(url)
	}
	return Patient(cfg), nil
}

// Patient returns a configuration whose clients try a call again a few times:
// throttled, cut off, or without an answer. Their calls may so be done more than
// once.
func Patient(cfg aws.Config) aws.Config { return patient(cfg, attemptTimeout) }

// ForOperator is Patient for somebody who waits, and who may be far from AWS.
func ForOperator(cfg aws.Config) aws.Config { return patient(cfg, operatorTimeout) }

func patient(cfg aws.Config, timeout time.Duration) aws.Config {
	cfg.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts, o.MaxBackoff = maxAttempts, maxBackoff
			// By default all calls of a process share a purse of tries. A sweep that
			// is throttled would soon have none left, though each shard needs few.
			o.RateLimiter = ratelimit.None
		})
	}
	client, ok := cfg.HTTPClient.(*awshttp.BuildableClient) // It may trust certificates of its own.
	if !ok {
		client = awshttp.NewBuildableClient()
	}
	cfg.HTTPClient = transport{client.WithTimeout(timeout)}
	return cfg
}

// transport does not lose answers that have arrived. As soon as one begins, the
// SDK closes the body of the request. If net/http has not yet looked whether that
// has ended, it does so by WriteTo, which is then an error (smithy-go v1.28.9,
// safeWriteToReadCloser), and drops the connection with the answer on it. Read
// says that it has ended.
type transport struct{ *awshttp.BuildableClient }

// Do implements [aws.HTTPClient].
func (t transport) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r.Body = struct{ io.ReadCloser }{r.Body}
	}
	return t.BuildableClient.Do(r)
}
