package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/secret"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

const key = "a-key-of-this-test"

// deployed makes what the function needs, a key of UPS only, and the function.
func deployed(t *testing.T, endpoint string) (h lambda.Handler, inbox store.Inbox) {
	t.Helper()
	environment := awstest.Deployment(t)
	environment["AWS_ENDPOINT_URL"] = endpoint
	cfg := awstest.Config(t)
	client := dynamodb.NewFromConfig(cfg)
	if err := secret.New(secret.Narrow(ssm.NewFromConfig(cfg)), environment["STACK"], time.Now).Set(t.Context(), "ups", key); err != nil {
		t.Fatal(err)
	}
	h, err := newHandler(func(name string) string { return environment[name] }, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return h, store.Inbox{Table: dynamostore.New(client, environment["INBOX_TABLE"], time.Now)}
}

// post is a push as the HTTP API hands it over.
func post(t *testing.T, h lambda.Handler, path, credential string, body []byte) int {
	t.Helper()
	event, err := json.Marshal(map[string]any{
		"version": "2.0", "routeKey": "POST /webhooks/{source}", "rawPath": path, "rawQueryString": "",
		"headers":        map[string]string{"content-type": "application/json", "credential": credential, "host": "api.example.com"},
		"requestContext": map[string]any{"http": map[string]string{"method": http.MethodPost, "path": path, "sourceIp": "192.0.2.1"}, "stage": "$default"},
		"body":           string(body), "isBase64Encoded": false,
	})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := h.Invoke(context.Background(), event)
	if err != nil {
		t.Fatal(err)
	}
	var res events.APIGatewayV2HTTPResponse
	if err := json.Unmarshal(answer, &res, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatalf("answer %s: %v", answer, err)
	}
	return res.StatusCode
}

func TestPushesAreKept(t *testing.T) {
	h, inbox := deployed(t, awstest.Endpoint(t))
	body, err := os.ReadFile("../../events/ups/push-life-12-delivered.json")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, path, credential string
		want                   int
	}{
		{"a genuine push", "/webhooks/ups", key, http.StatusOK},
		{"the same once more", "/webhooks/ups", key, http.StatusOK},
		{"a forged one", "/webhooks/ups", "another-key", http.StatusUnauthorized},
		{"the development key", "/webhooks/ups", "local-ups", http.StatusUnauthorized},
		{"a source without a key", "/webhooks/17track", key, http.StatusNotFound},
		{"a source that there is not", "/webhooks/nobody", key, http.StatusNotFound},
		{"no webhook", "/shipments", key, http.StatusNotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := post(t, h, tt.path, tt.credential, body); got != tt.want {
				t.Errorf("answered %d, want %d", got, tt.want)
			}
		})
	}
	push := store.NewPush("ups", body)
	if kept, err := inbox.Get(t.Context(), push.Key()); err != nil || len(kept.Body) == 0 || kept.KeyID == "" {
		t.Errorf("kept %+v, %v", kept, err)
	}
	page, err := inbox.Table.(store.Scanner).Scan(t.Context(), "")
	if err != nil || len(page.Items) != 1 {
		t.Errorf("%d rows, %v, want one", len(page.Items), err)
	}
}

// TestOurFaultsAreUnavailable: a sender tries again later, and loses nothing.
func TestOurFaultsAreUnavailable(t *testing.T) {
	h, _ := deployed(t, "http://127.0.0.1:1")
	if got := post(t, h, "/webhooks/ups", key, []byte("{}")); got != http.StatusServiceUnavailable {
		t.Errorf("without AWS answered %d, want 503", got)
	}
}

func TestWhatIsNotSetIsNamed(t *testing.T) {
	if _, err := newHandler(func(string) string { return "" }, io.Discard); err == nil || err.Error() != "not set: INBOX_TABLE, STACK" {
		t.Errorf("newHandler = %v", err)
	}
}
