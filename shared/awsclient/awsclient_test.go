package awsclient_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/shiptide/shiptide/shared/awsclient"
	"github.com/shiptide/shiptide/shared/awstest"
)

// closedBody is the body of a request as the SDK leaves it when the answer began
// before net/http looked for its end.
type closedBody struct{ io.Reader }

func (closedBody) WriteTo(io.Writer) (int64, error) { return 0, io.EOF }

func (closedBody) Close() error { return nil }

func TestAnAnswerIsReadHoweverEarlyItComes(t *testing.T) {
	answer := strings.Repeat("x", 100<<10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, answer)
	}))
	defer server.Close()
	client := awsclient.Patient(aws.Config{}).HTTPClient
	for range 10 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, closedBody{strings.NewReader("{}")})
		if err != nil {
			t.Fatal(err)
		}
		r.ContentLength = 2
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if len(got) != len(answer) || err != nil {
			t.Fatalf("answer of %d bytes, %v, want %d", len(got), err, len(answer))
		}
	}
}

func TestNoCallTakesTheTriesOfAnother(t *testing.T) {
	const calls, attempts = 20, 4
	var f awstest.Faults
	f.Random(1, map[awstest.Fault]float64{awstest.Cut: 1})
	client := dynamodb.NewFromConfig(f.In(awstest.ConfigAt("http://127.0.0.1:1")), awstest.Hasty)
	var wg sync.WaitGroup
	for range calls {
		wg.Go(func() {
			if _, err := client.ListTables(t.Context(), &dynamodb.ListTablesInput{}); err == nil {
				t.Error("no error")
			}
		})
	}
	wg.Wait()
	if f.Attempts() != calls*attempts {
		t.Errorf("%d attempts, want %d", f.Attempts(), calls*attempts)
	}
}

func TestOperatorsAreMorePatient(t *testing.T) {
	timeout := func(cfg aws.Config) time.Duration {
		return cfg.HTTPClient.(interface{ GetTimeout() time.Duration }).GetTimeout()
	}
	if one, other := timeout(awsclient.Patient(aws.Config{})), timeout(awsclient.ForOperator(aws.Config{})); one != 3*time.Second || other != time.Minute {
		t.Errorf("%v and %v an attempt, want 3s and a minute", one, other)
	}
}

func TestTheCertificatesOfAClientStay(t *testing.T) {
	own := awshttp.NewBuildableClient().WithTransportOptions(func(tr *http.Transport) { tr.MaxConnsPerHost = 7 })
	cfg := awsclient.Patient(aws.Config{HTTPClient: own})
	got := cfg.HTTPClient.(interface{ GetTransport() *http.Transport }).GetTransport()
	if got.MaxConnsPerHost != 7 {
		t.Errorf("the transport is another: %d", got.MaxConnsPerHost)
	}
}

func TestOfFunction(t *testing.T) {
	lambda := map[string]string{
		"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "session",
	}
	cfg, err := awsclient.OfFunction(func(name string) string { return lambda[name] })
	if err != nil || cfg.Region != "eu-central-1" || cfg.BaseEndpoint != nil {
		t.Fatalf("region %q, endpoint %v, %v", cfg.Region, cfg.BaseEndpoint, err)
	}
	found, err := cfg.Credentials.Retrieve(t.Context())
	if err != nil || found.AccessKeyID != "id" || found.SecretAccessKey != "secret" || found.SessionToken != "session" {
		t.Errorf("other credentials than those of the environment, %v", err)
	}
	lambda["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1"
	cfg, err = awsclient.OfFunction(func(name string) string { return lambda[name] })
	if err != nil || aws.ToString(cfg.BaseEndpoint) != "http://127.0.0.1:1" {
		t.Errorf("endpoint %v, %v", cfg.BaseEndpoint, err)
	}
	if _, err := awsclient.OfFunction(func(string) string { return "" }); err == nil || err.Error() != "not set: AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY" {
		t.Errorf("elsewhere: %v", err)
	}
}
