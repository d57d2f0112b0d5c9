package main

import (
	"maps"
	"net/http"
	"os"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/go-json-experiment/json"
)

// sample is events/lambda/shop-webhook.json. Its members are those that AWS's own
// library knows.
func sample(t *testing.T) events.APIGatewayV2HTTPRequest {
	t.Helper()
	raw, err := os.ReadFile("../../events/lambda/shop-webhook.json")
	if err != nil {
		t.Fatal(err)
	}
	var event events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(raw, &event, json.RejectUnknownMembers(true)); err != nil {
		t.Fatal(err)
	}
	return event
}

// TestUntilItCanItAnswersAsWithoutAKey: whatever is sent, as carrier-webhook does
// to a source that it does not know.
func TestUntilItCanItAnswersAsWithoutAKey(t *testing.T) {
	tests := []struct {
		name   string
		change func(*events.APIGatewayV2HTTPRequest)
	}{
		{"as TikTok Shop sends it", func(*events.APIGatewayV2HTTPRequest) {}},
		{"without a signature", func(e *events.APIGatewayV2HTTPRequest) { delete(e.Headers, "authorization") }},
		{"of another type", func(e *events.APIGatewayV2HTTPRequest) { e.Headers["content-type"] = "text/plain" }},
		{"no JSON", func(e *events.APIGatewayV2HTTPRequest) { e.Body = "{" }},
		{"nothing", func(e *events.APIGatewayV2HTTPRequest) { e.Body = "" }},
		{"GET", func(e *events.APIGatewayV2HTTPRequest) { e.RequestContext.HTTP.Method, e.Body = http.MethodGet, "" }},
		{"HEAD", func(e *events.APIGatewayV2HTTPRequest) { e.RequestContext.HTTP.Method, e.Body = http.MethodHead, "" }},
		{"DELETE", func(e *events.APIGatewayV2HTTPRequest) { e.RequestContext.HTTP.Method = http.MethodDelete }},
		{"another path", func(e *events.APIGatewayV2HTTPRequest) { e.RawPath = "/webhooks/ups" }},
		{"GET of another path", func(e *events.APIGatewayV2HTTPRequest) {
			e.RawPath, e.RequestContext.HTTP.Method = "/webhooks/ups", http.MethodGet
		}},
	}
	h := newHandler()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			event := sample(t)
			event.Headers = maps.Clone(event.Headers)
			tt.change(&event)
			raw, err := json.Marshal(event)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := h.Invoke(t.Context(), raw)
			if want := `{"statusCode":404,"headers":{}}`; err != nil || string(answer) != want {
				t.Errorf("answer %s, %v, want %s", answer, err, want)
			}
		})
	}
	if answer, err := h.Invoke(t.Context(), []byte("{}")); err == nil {
		t.Errorf("what is no request is answered %s", answer)
	}
}
