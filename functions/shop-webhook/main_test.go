package main

import (
	"bytes"
	"crypto/rand"
	"io"
	"maps"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/secret"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/source/tiktokshop"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

// app is an app key and its secret, as the operator sets them.
const app = "6hbgxyzinvented:a-secret-of-this-test"

// deployed makes what the function needs, with a key if there is one, and the
// function.
func deployed(t *testing.T, endpoint, key string, metrics io.Writer) (h lambda.Handler, inbox store.Inbox) {
	t.Helper()
	environment := awstest.Deployment(t)
	environment["AWS_ENDPOINT_URL"] = endpoint
	cfg := awstest.Config(t)
	if key != "" {
		if err := secret.New(secret.Narrow(ssm.NewFromConfig(cfg)), environment["STACK"], time.Now).Set(t.Context(), "tiktokshop", key); err != nil {
			t.Fatal(err)
		}
	}
	h, err := newHandler(func(name string) string { return environment[name] }, metrics)
	if err != nil {
		t.Fatal(err)
	}
	return h, store.Inbox{Table: dynamostore.New(dynamodb.NewFromConfig(cfg), environment["INBOX_TABLE"], time.Now)}
}

// sample is events/lambda/shop-webhook.json, signed now with a key. Its members are
// those that AWS's own library knows.
func sample(t *testing.T, key string) events.APIGatewayV2HTTPRequest {
	t.Helper()
	raw, err := os.ReadFile("../../events/lambda/shop-webhook.json")
	if err != nil {
		t.Fatal(err)
	}
	var event events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(raw, &event, json.RejectUnknownMembers(true)); err != nil {
		t.Fatal(err)
	}
	if key != "" {
		d := source.Delivery{Body: []byte(event.Body)}
		if err := tiktokshop.New(nil).Sign(&d, key, time.Now()); err != nil {
			t.Fatal(err)
		}
		event.Body, event.Headers["authorization"] = string(d.Body), d.Header.Get("Authorization")
	}
	return event
}

// invoke hands a request over as the HTTP API does.
func invoke(t *testing.T, h lambda.Handler, event events.APIGatewayV2HTTPRequest) events.APIGatewayV2HTTPResponse {
	t.Helper()
	raw, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := h.Invoke(t.Context(), raw)
	var res events.APIGatewayV2HTTPResponse
	if err == nil {
		err = json.Unmarshal(answer, &res)
	}
	if err != nil {
		t.Fatalf("answer %s: %v", answer, err)
	}
	return res
}

func TestPushesAreKept(t *testing.T) {
	h, inbox := deployed(t, awstest.Endpoint(t), app, io.Discard)
	forged := strings.Repeat("0", 64)
	tests := []struct {
		name   string
		change func(*events.APIGatewayV2HTTPRequest)
		want   int
	}{
		{"a genuine push", func(*events.APIGatewayV2HTTPRequest) {}, http.StatusOK},
		{"the same once more", func(*events.APIGatewayV2HTTPRequest) {}, http.StatusOK},
		{"with its topic in the path", func(e *events.APIGatewayV2HTTPRequest) { e.RawPath += "/order" }, http.StatusOK},
		{"a forged one", func(e *events.APIGatewayV2HTTPRequest) { e.Headers["authorization"] = forged }, http.StatusUnauthorized},
		{"one that was changed", func(e *events.APIGatewayV2HTTPRequest) { e.Body += " " }, http.StatusUnauthorized},
		{"without a signature", func(e *events.APIGatewayV2HTTPRequest) { delete(e.Headers, "authorization") }, http.StatusUnauthorized},
		{"of another type", func(e *events.APIGatewayV2HTTPRequest) { e.Headers["content-type"] = "text/plain" }, http.StatusUnsupportedMediaType},
		{"GET", func(e *events.APIGatewayV2HTTPRequest) { e.RequestContext.HTTP.Method = http.MethodGet }, http.StatusMethodNotAllowed},
		{"a carrier's", func(e *events.APIGatewayV2HTTPRequest) { e.RawPath = "/webhooks/ups" }, http.StatusNotFound},
		{"no webhook", func(e *events.APIGatewayV2HTTPRequest) { e.RawPath = "/shipments" }, http.StatusNotFound},
	}
	event := sample(t, app)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			changed := event
			changed.Headers = maps.Clone(event.Headers)
			tt.change(&changed)
			res := invoke(t, h, changed)
			if res.StatusCode != tt.want || tt.want == http.StatusOK && res.Body != "" {
				t.Errorf("answered %d %q, want %d", res.StatusCode, res.Body, tt.want)
			}
		})
	}
	push := store.NewPush("tiktokshop", []byte(event.Body))
	if kept, err := inbox.Get(t.Context(), push.Key()); err != nil || kept.Whole || kept.KeyID == "" || !strings.Contains(string(kept.Body), "577000000000000017") {
		t.Errorf("kept %+v, %v", kept, err)
	}
	page, err := inbox.Table.(store.Scanner).Scan(t.Context(), "")
	if err != nil || len(page.Items) != 1 {
		t.Errorf("%d rows, %v, want one", len(page.Items), err)
	}
}

// TestTheSampleAsItStands is signed by nobody, and for another time.
func TestTheSampleAsItStands(t *testing.T) {
	var metrics bytes.Buffer
	h, _ := deployed(t, awstest.Endpoint(t), app, &metrics)
	if res := invoke(t, h, sample(t, "")); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("answered %d, want 401", res.StatusCode)
	}
	if want := `"Outcome":"refused","Pushes":1,"Source":"tiktokshop",`; !strings.Contains(metrics.String(), want) {
		t.Errorf("metrics %s, want …%s…", metrics.String(), want)
	}
}

// TestWithoutAKey: TikTok Shop sends what is not answered 200 a few times more.
func TestWithoutAKey(t *testing.T) {
	tests := []struct {
		name, endpoint, key string
		want                int
	}{
		{"none is set", awstest.Endpoint(t), "", http.StatusNotFound},
		{"it is of no app", awstest.Endpoint(t), "a-secret-alone", http.StatusNotFound},
		{"it cannot be loaded", "http://127.0.0.1:1", app, http.StatusServiceUnavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, _ := deployed(t, tt.endpoint, tt.key, io.Discard)
			if res := invoke(t, h, sample(t, app)); res.StatusCode != tt.want {
				t.Errorf("answered %d, want %d", res.StatusCode, tt.want)
			}
		})
	}
}

// TestWithoutATableNothingIsAnswered as if it were kept.
func TestWithoutATableNothingIsAnswered(t *testing.T) {
	environment := awstest.Deployment(t)
	environment["INBOX_TABLE"] = "none-" + rand.Text()
	if err := secret.New(secret.Narrow(ssm.NewFromConfig(awstest.Config(t))), environment["STACK"], time.Now).Set(t.Context(), "tiktokshop", app); err != nil {
		t.Fatal(err)
	}
	h, err := newHandler(func(name string) string { return environment[name] }, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if res := invoke(t, h, sample(t, app)); res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("answered %d, want 503", res.StatusCode)
	}
}

func TestWhatIsNotSetIsNamed(t *testing.T) {
	if _, err := newHandler(func(string) string { return "" }, io.Discard); err == nil || err.Error() != "not set: INBOX_TABLE, STACK" {
		t.Errorf("newHandler = %v", err)
	}
}
