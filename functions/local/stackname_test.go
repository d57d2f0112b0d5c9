package main

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/awstest"
)

// says puts a parameter in which a stack says what it consists of.
func says(t *testing.T, stack string, outputs map[string]string) {
	t.Helper()
	raw, err := json.Marshal(outputs)
	if err != nil {
		t.Fatal(err)
	}
	_, err = ssm.NewFromConfig(awstest.Config(t)).PutParameter(t.Context(), &ssm.PutParameterInput{
		Name: aws.String("/shiptide/" + stack + "/outputs"), Value: aws.String(string(raw)), Type: types.ParameterTypeString,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestCommandsOnAStack goes through what an operator meets who names a stack.
func TestCommandsOnAStack(t *testing.T) {
	onAWS(t, awstest.Endpoint(t))
	names := makeTables(t)
	outputs := map[string]string{
		"STACK": "shop", "INBOX_TABLE": names["inbox"], "SHIPMENTS_TABLE": names["shipments"], "LEDGER_TABLE": names["ledger"],
		"SELLER_TOPIC": "arn:aws:sns:us-east-1:000000000000:seller", "EVENTS_TOPIC": "arn:aws:sns:us-east-1:000000000000:events",
		"MAIL_PREFIX": "arn:aws:sns:us-east-1:000000000000:shop-mail-", "URL": "https://example.com",
	}
	const number = "1Z5R89390357567127"
	local(t, "", "why", number, "-stack", "shop", "-tables", tablesFlag(names)).check(t, "no keys of a deleted one", exitFailed, "own key missing")
	local(t, "", "why", number, "-stack", "shop").check(t, "no stack", exitFailed, "there is no stack shop in us-east-1")
	local(t, "", "why", number, "-stack", "a/b").check(t, "no name", exitFailed, "not of letters, digits and dashes")
	says(t, "shop", map[string]string{"STACK": "shop"})
	local(t, "", "keys", "init", "-stack", "shop").check(t, "keys", exitOK, "pepper")
	local(t, "", "why", number, "-stack", "shop").check(t, "an old stack", exitFailed, "SELLER_TOPIC")
	says(t, "keyless", outputs)
	local(t, "", "why", number, "-stack", "keyless").check(t, "no keys", exitFailed, "local keys init -stack keyless")
	local(t, "", "add", number, "-stack", "shop", "-tables", tablesFlag(names)).check(t, "tables that it left", exitOK, number)
	local(t, "", "subscribe", number, "-email", "one@example.com", "-stack", "shop", "-tables", tablesFlag(names)).check(t, "nobody to ask", exitFailed, "no stack is there")
}

// TestSubscribingOnAStackAsks: SNS asks a new address to confirm, before there is
// something to tell it.
func TestSubscribingOnAStackAsks(t *testing.T) {
	onAWS(t, awstest.Endpoint(t))
	names := makeTables(t)
	says(t, "asks", map[string]string{
		"STACK": "asks", "INBOX_TABLE": names["inbox"], "SHIPMENTS_TABLE": names["shipments"], "LEDGER_TABLE": names["ledger"],
		"SELLER_TOPIC": "arn:aws:sns:us-east-1:000000000000:seller", "EVENTS_TOPIC": "arn:aws:sns:us-east-1:000000000000:events",
		"MAIL_PREFIX": "arn:aws:sns:us-east-1:000000000000:asks-mail-", "URL": "https://example.com",
	})
	const number = "1Z5R89390357567127"
	local(t, "", "keys", "init", "-stack", "asks").check(t, "keys", exitOK, "pepper")
	local(t, "", "add", number, "-carrier", "ups", "-store", "dynamodb", "-stack", "asks").check(t, "add", exitOK, number)
	local(t, "", "subscribe", number, "-email", "one@example.com", "-stack", "asks").check(t, "subscribe", exitOK, "o…@example.com")
	d, err := readStack(t.Context(), "asks")
	if err != nil {
		t.Fatal(err)
	}
	ledger := tablesOf(dynamodb.NewFromConfig(awstest.Config(t)), names, time.Now).ledger
	page, err := ledger.Scan(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, it := range page.Items {
		if strings.HasPrefix(it.Partition, "MAIL#") {
			asked++
		}
	}
	if asked != 1 || d.output("STACK") != "asks" {
		t.Errorf("%d addresses were asked to confirm, want one", asked)
	}
	local(t, "", "why", number, "-stack", "asks").check(t, "why", exitOK, `"watched": true`)
}
