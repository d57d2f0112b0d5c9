// Package awstest gives tests an emulator of DynamoDB and its neighbours, and
// clients whose calls fail on demand.
//
// The emulator is MiniStack (PyPI, MIT licence), fetched once into the user's
// cache. There is one process per test binary, on a loopback port of its own,
// gone when the binary is, however the binary dies. It is a re-implementation:
// what it was seen to do right is tested here, the rest is not to be relied on.
package awstest

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/shiptide/shiptide/shared/awsclient"
)

// Region is where the emulator believes to be.
const Region = "us-east-1"

// Config returns the configuration of clients of this test binary's emulator.
func Config(t testing.TB) aws.Config {
	t.Helper()
	return ConfigAt(Endpoint(t))
}

// ConfigAt returns the configuration of clients of the emulator at a URL.
func ConfigAt(url string) aws.Config {
	return awsclient.Patient(aws.Config{
		Region: Region, BaseEndpoint: aws.String(url),
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
}

// Hasty has a client wait a millisecond at most before it tries again.
func Hasty(o *dynamodb.Options) {
	o.Retryer = retry.AddWithMaxBackoffDelay(o.Retryer, time.Millisecond)
}
