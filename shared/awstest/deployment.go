package awstest

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

// Deployment makes the tables of a deployment in this test binary's emulator, and
// returns the environment of its functions: what Lambda puts there, the stack's
// name, which no other test has, and the names of the tables ("INBOX_TABLE").
func Deployment(t testing.TB) map[string]string {
	t.Helper()
	stack := "t" + strings.ToLower(rand.Text())
	environment := map[string]string{
		"AWS_ENDPOINT_URL": Endpoint(t), "AWS_REGION": Region, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
		"STACK": stack,
	}
	client := dynamodb.NewFromConfig(Config(t)) // Patient: nobody waits for it.
	for _, d := range dynamostore.Definitions() {
		name := stack + "-" + d.Table
		d.Kept = false
		if err := d.Create(context.Background(), client, name); err != nil {
			t.Fatal(err)
		}
		environment[strings.ToUpper(d.Table)+"_TABLE"] = name
	}
	return environment
}
