package awstest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// iam makes one call of IAM, whose SDK module is not worth its weight here.
func iam(t *testing.T, cfg aws.Config, answer any, form url.Values) {
	t.Helper()
	form.Set("Version", "2010-05-08")
	body := form.Encode()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, *cfg.BaseEndpoint, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	root, err := cfg.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(body))
	if err := v4.NewSigner().SignHTTP(t.Context(), root, req, hex.EncodeToString(sum[:]), "iam", Region, time.Now()); err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	said, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s = %s: %s", form.Get("Action"), res.Status, said)
	}
	if err := xml.Unmarshal(said, answer); err != nil {
		t.Fatalf("%s: %v: %s", form.Get("Action"), err, said)
	}
}

// user makes a user and returns the configuration of clients that are him.
func user(t *testing.T, cfg aws.Config) aws.Config {
	t.Helper()
	iam(t, cfg, &struct{}{}, url.Values{"Action": {"CreateUser"}, "UserName": {"keeper"}})
	var key struct {
		ID     string `xml:"CreateAccessKeyResult>AccessKey>AccessKeyId"`
		Secret string `xml:"CreateAccessKeyResult>AccessKey>SecretAccessKey"`
	}
	iam(t, cfg, &key, url.Values{"Action": {"CreateAccessKey"}, "UserName": {"keeper"}})
	cfg.Credentials = credentials.NewStaticCredentialsProvider(key.ID, key.Secret, "")
	return cfg
}

func allow(t *testing.T, cfg aws.Config, actions string) {
	t.Helper()
	iam(t, cfg, &struct{}{}, url.Values{
		"Action": {"PutUserPolicy"}, "UserName": {"keeper"}, "PolicyName": {"table"},
		"PolicyDocument": {`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":` + actions + `,"Resource":"*"}]}`},
	})
}

func TestRightsAreChecked(t *testing.T) {
	root := ConfigAt(Start(t, "AUTH=true"))
	f := fixtureAt(t, root)
	f.mustPut(row("p", "s"))
	keeper := dynamodb.NewFromConfig(user(t, root))
	get := func() error {
		_, err := keeper.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: f.table, Key: row("p", "s")})
		return err
	}
	put := func() error {
		_, err := keeper.PutItem(t.Context(), f.put(row("p", "by keeper")))
		return err
	}
	refused := func(action string, err error) {
		t.Helper()
		if code(err) != "AccessDeniedException" || !strings.Contains(err.Error(), action) {
			t.Errorf("without the right = %v, want an AccessDeniedException that names %s", err, action)
		}
	}
	refused("dynamodb:GetItem", get())
	allow(t, root, `["dynamodb:GetItem"]`)
	if err := get(); err != nil {
		t.Errorf("Get with its right = %v", err)
	}
	refused("dynamodb:PutItem", put())
	if it := f.get("p", "by keeper"); it != nil {
		t.Error("the refused Put was done")
	}
	allow(t, root, `["dynamodb:GetItem","dynamodb:PutItem"]`)
	if err := put(); err != nil {
		t.Errorf("Put with its right = %v", err)
	}
}
