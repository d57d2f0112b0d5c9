package main

import (
	"bytes"
	"crypto/rand"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/secret"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

// TestTheSampleIsKept: it is genuine if its credential is the key of UPS, and the
// name in it is cut.
func TestTheSampleIsKept(t *testing.T) {
	raw, err := os.ReadFile("../../events/lambda/carrier-webhook.json")
	if err != nil {
		t.Fatal(err)
	}
	var event events.APIGatewayV2HTTPRequest // Its members are those that AWS's own library knows.
	if err := json.Unmarshal(raw, &event, json.RejectUnknownMembers(true)); err != nil {
		t.Fatal(err)
	}
	cfg := awstest.Config(t)
	values := map[string]string{
		"AWS_ENDPOINT_URL": awstest.Endpoint(t), "AWS_REGION": awstest.Region, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
		"INBOX_TABLE": "inbox-" + rand.Text(), "STACK": "t" + strings.ToLower(rand.Text()),
	}
	d, client := dynamostore.Definitions()[0], dynamodb.NewFromConfig(cfg)
	if err := d.Create(t.Context(), client, values["INBOX_TABLE"]); err != nil {
		t.Fatal(err)
	}
	keys := secret.New(secret.Narrow(ssm.NewFromConfig(cfg)), values["STACK"], time.Now)
	if err := keys.Set(t.Context(), "ups", event.Headers["credential"]); err != nil {
		t.Fatal(err)
	}
	var metrics bytes.Buffer
	h, err := newHandler(func(name string) string { return values[name] }, &metrics)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := h.Invoke(t.Context(), raw)
	var res events.APIGatewayV2HTTPResponse
	if err == nil {
		err = json.Unmarshal(answer, &res)
	}
	if err != nil || res.StatusCode != http.StatusOK || res.Body != "" {
		t.Fatalf("answer %s, %v", answer, err)
	}
	push := store.NewPush("ups", []byte(event.Body))
	kept, err := store.Inbox{Table: dynamostore.New(client, values["INBOX_TABLE"], time.Now)}.Get(t.Context(), push.Key())
	if err != nil || !strings.Contains(string(kept.Body), "1Z999AA10700000011") || kept.Whole {
		t.Errorf("kept %s, %v, want the push", kept.Body, err)
	}
	if strings.Contains(string(kept.Body), "INVENTED") || !strings.Contains(event.Body, "INVENTED") {
		t.Errorf("kept %s, want it without the name", kept.Body)
	}
	if want := `{"Outcome":"kept","Pushes":1,"Source":"ups",`; !strings.HasPrefix(metrics.String(), want) {
		t.Errorf("metrics %s, want %s…", metrics.String(), want)
	}
}
