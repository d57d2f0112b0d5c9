package main

import (
	"cmp"
	"maps"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

// The number of events/lambda/tracking-page.json, which somebody registered, one
// that nobody did, and one of which nothing is known.
const number, unregistered, unknown = "1Z999AA10700000057", "1Z999AA10700000048", "1Z999AA10700000039"

// environment is that of the function, at an endpoint of AWS.
func environment(endpoint, table string) func(string) string {
	values := map[string]string{
		"AWS_ENDPOINT_URL": endpoint, "AWS_REGION": awstest.Region, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
		"SHIPMENTS_TABLE": table,
	}
	return func(name string) string { return values[name] }
}

// deployed makes the table, with two parcels, and the function.
func deployed(t *testing.T) lambda.Handler {
	t.Helper()
	client, table := dynamodb.NewFromConfig(awstest.Config(t)), awstest.Deployment(t)["SHIPMENTS_TABLE"]
	shipments := store.Shipments{Table: dynamostore.New(client, table, time.Now), Now: time.Now}
	for _, n := range []string{number, unregistered} {
		_, err := shipments.Update(t.Context(), n, "test", func(set *shipment.Set) error {
			at := time.Date(2026, 11, 17, 2, 42, 7, 0, time.UTC)
			set.Add(shipment.Origin{Source: "ups", Kind: shipment.Carrier}, &shipment.Update{Carrier: "ups", AsOf: at, Events: []shipment.Event{{
				Code: shipment.Code{Status: shipment.InTransit, SubStatus: shipment.Accepted}, RawCode: "I/OR", OccurredAt: at,
				LocalTime: "2026-11-16T18:42:07", Zone: shipment.Reported, Precision: shipment.Second, Location: shipment.Location{City: "Ontario", Region: "CA"},
			}}})
			if n == number {
				set.Add(shipment.Origin{Source: "operator", Kind: shipment.Operator}, &shipment.Update{
					Links: []shipment.Link{{Kind: shipment.RegistrationLink, Value: "operator", At: at, AsOf: at}},
				})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	h, err := newHandler(environment(awstest.Endpoint(t), table))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// sample is events/lambda/tracking-page.json. Its members are those that AWS's own
// library knows.
func sample(t *testing.T) events.APIGatewayV2HTTPRequest {
	t.Helper()
	raw, err := os.ReadFile("../../events/lambda/tracking-page.json")
	if err != nil {
		t.Fatal(err)
	}
	var event events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(raw, &event, json.RejectUnknownMembers(true)); err != nil {
		t.Fatal(err)
	}
	return event
}

// ask makes the sample's request with another method, number or accepted type, each
// unless it is "".
func ask(t *testing.T, h lambda.Handler, method, other, accept string) events.APIGatewayV2HTTPResponse {
	t.Helper()
	event := sample(t)
	event.Headers = maps.Clone(event.Headers)
	event.Headers["accept"] = cmp.Or(accept, event.Headers["accept"])
	event.RequestContext.HTTP.Method = cmp.Or(method, event.RequestContext.HTTP.Method)
	event.RawPath = strings.ReplaceAll(event.RawPath, number, cmp.Or(other, number))
	raw, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := h.Invoke(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	var res events.APIGatewayV2HTTPResponse
	if err := json.Unmarshal(answer, &res); err != nil {
		t.Fatalf("answer %s: %v", answer, err)
	}
	return res
}

func TestAPageForBuyers(t *testing.T) {
	h := deployed(t)
	const html, data = "text/html; charset=utf-8", "application/json"
	tests := []struct {
		name, method, number, accept string
		status                       int
		contentType, says            string
	}{
		{"in a browser", "", "", "", http.StatusOK, html, "Ontario, CA"},
		{"by a program", "", "", data, http.StatusOK, data, `"city": "Ontario"`},
		{"by whoever takes anything", "", "", "*/*", http.StatusOK, html, "<b>in transit</b>: accepted"},
		{"as people write the number", "", "1z%20999%20aa10700000057", "", http.StatusOK, html, "Parcel " + number},
		{"one that nobody registered", "", unregistered, "", http.StatusNotFound, html, "Nothing is known of this here."},
		{"the same by a program", "", unregistered, data, http.StatusNotFound, data, `"error": "Nothing is known of this here.`},
		{"one of which nothing is known", "", unknown, "", http.StatusNotFound, html, "Nothing is known of this here."},
		{"what is no number", "", "%20", "", http.StatusNotFound, html, "Nothing is known of this here."},
		{"POST", http.MethodPost, "", "", http.StatusMethodNotAllowed, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := ask(t, h, tt.method, tt.number, tt.accept)
			if res.StatusCode != tt.status || !strings.Contains(res.Body, tt.says) || res.IsBase64Encoded {
				t.Errorf("answered %d, %s, want %d, and in it %q", res.StatusCode, res.Body, tt.status, tt.says)
			}
			if tt.contentType != "" && (res.Headers["Content-Type"] != tt.contentType || res.Headers["Cache-Control"] != "no-store") {
				t.Errorf("headers %v, want type %s, not to be kept", res.Headers, tt.contentType)
			}
		})
	}
	res := ask(t, h, http.MethodHead, "", "")
	if res.StatusCode != http.StatusOK || res.Body != "" || res.Headers["Content-Type"] != html {
		t.Errorf("HEAD is answered %d, %v, %q, want what GET is, without a body", res.StatusCode, res.Headers, res.Body)
	}
}

func TestOurFaultsAreUnavailable(t *testing.T) {
	h, err := newHandler(environment("http://127.0.0.1:1", "shipments"))
	if err != nil {
		t.Fatal(err)
	}
	res := ask(t, h, "", "", "")
	if res.StatusCode != http.StatusServiceUnavailable || res.Headers["Retry-After"] == "" || strings.Contains(res.Body, "127.0.0.1") {
		t.Errorf("without AWS answered %d, %v, %s", res.StatusCode, res.Headers, res.Body)
	}
}

func TestWhatIsNotSetIsNamed(t *testing.T) {
	for _, missing := range []string{"SHIPMENTS_TABLE", "AWS_REGION"} {
		_, err := newHandler(func(name string) string {
			if name == missing {
				return ""
			}
			return "something"
		})
		if err == nil || err.Error() != "not set: "+missing {
			t.Errorf("newHandler = %v, want that %s is not set", err, missing)
		}
	}
}
