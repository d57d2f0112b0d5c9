package dynamostore_test

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
	"github.com/shiptide/shiptide/shared/store/storetest"
)

// create makes a table of a name of its own, and returns that.
func create(t testing.TB, d dynamostore.Definition) string {
	t.Helper()
	name := d.Table + "-" + rand.Text()
	d.Kept = false // It may be deleted.
	if err := d.Create(t.Context(), client(t), name); err != nil {
		t.Fatal(err)
	}
	return name
}

func client(t testing.TB) *dynamodb.Client {
	t.Helper()
	return dynamodb.NewFromConfig(awstest.Config(t))
}

func TestTableOnDynamoDB(t *testing.T) {
	storetest.Run(t, func(t *testing.T, now func() time.Time) store.Table {
		return dynamostore.New(client(t), create(t, dynamostore.Definition{Table: "suite"}), now)
	})
}
