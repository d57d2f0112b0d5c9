package main

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"maps"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/secret"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

// address is whose link events/lambda/subscribe.json has, under the keys of these
// tests.
const address = "buyer@example.com"

// ownKeys are 32 times the same letter.
var ownKeys = map[string]string{secret.Pepper: "p", secret.Page: "l", secret.Data: "d"}

func ownKey(name string) []byte { return bytes.Repeat([]byte(ownKeys[name]), 32) }

// deployment is what the function needs, with one contact in the ledger.
type deployment struct {
	lambda.Handler
	contacts store.Contacts
	signer   *contact.Signer
	to       contact.Contact
}

// deploy makes it, at an endpoint of AWS of the function.
func deploy(t *testing.T, endpoint string, withKeys bool) *deployment {
	t.Helper()
	cfg := awstest.Config(t)
	client := dynamodb.NewFromConfig(cfg)
	values := awstest.Deployment(t)
	values["AWS_ENDPOINT_URL"] = endpoint
	for name := range ownKeys {
		if !withKeys {
			continue
		}
		_, err := ssm.NewFromConfig(cfg).PutParameter(t.Context(), &ssm.PutParameterInput{
			Name: aws.String(secret.OwnPath(values["STACK"], name)), Type: types.ParameterTypeSecureString,
			Value: aws.String(base64.StdEncoding.EncodeToString(ownKey(name))),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	vault, err := contact.NewVault(ownKey(secret.Pepper), ownKey(secret.Data))
	if err != nil {
		t.Fatal(err)
	}
	d := &deployment{contacts: store.Contacts{Table: dynamostore.New(client, values["LEDGER_TABLE"], time.Now), Vault: vault}}
	if d.signer, err = contact.NewSigner(ownKey(secret.Page)); err != nil {
		t.Fatal(err)
	}
	d.to = contact.Contact{ID: vault.ID(contact.Email, address), Channel: contact.Email, Address: address}
	d.put(t, contact.Confirmed)
	if d.Handler, err = newHandler(func(name string) string { return values[name] }); err != nil {
		t.Fatal(err)
	}
	return d
}

// put has the contact be in a state, whatever it said before.
func (d *deployment) put(t *testing.T, state contact.State) {
	t.Helper()
	d.to.State = state
	if _, err := d.contacts.Put(t.Context(), d.to); err != nil {
		t.Fatal(err)
	}
	if err := d.contacts.SetState(t.Context(), d.to.ID, state); err != nil {
		t.Fatal(err)
	}
}

func (d *deployment) state(t *testing.T) contact.State {
	t.Helper()
	to, err := d.contacts.Get(t.Context(), d.to.ID)
	if err != nil {
		t.Fatal(err)
	}
	return to.State
}

// sample is events/lambda/subscribe.json. Its members are those that AWS's own
// library knows.
func sample(t *testing.T) events.APIGatewayV2HTTPRequest {
	t.Helper()
	raw, err := os.ReadFile("../../events/lambda/subscribe.json")
	if err != nil {
		t.Fatal(err)
	}
	var event events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(raw, &event, json.RejectUnknownMembers(true)); err != nil {
		t.Fatal(err)
	}
	return event
}

// ask makes the sample's request, with another method or path unless they are "",
// and with another form.
func (d *deployment) ask(t *testing.T, method, path, form string) events.APIGatewayV2HTTPResponse {
	t.Helper()
	event := sample(t)
	event.RequestContext.HTTP.Method, event.RawPath = cmp.Or(method, event.RequestContext.HTTP.Method), cmp.Or(path, event.RawPath)
	event.Body = base64.StdEncoding.EncodeToString([]byte(form))
	return d.invoke(t, event)
}

func (d *deployment) invoke(t *testing.T, event events.APIGatewayV2HTTPRequest) events.APIGatewayV2HTTPResponse {
	t.Helper()
	raw, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := d.Invoke(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	var res events.APIGatewayV2HTTPResponse
	if err := json.Unmarshal(answer, &res); err != nil {
		t.Fatalf("answer %s: %v", answer, err)
	}
	return res
}

// TestTheSampleEndsIt: it is the form that the link in a mail leads to.
func TestTheSampleEndsIt(t *testing.T) {
	d := deploy(t, awstest.Endpoint(t), true)
	event := sample(t)
	if link := d.signer.LinkOf(d.to.ID); event.RawPath != link {
		t.Fatalf("the sample asks for %s, and the link of its recipient is %s", event.RawPath, link)
	}
	res := d.invoke(t, event)
	if res.StatusCode != http.StatusOK || !strings.Contains(res.Body, "No messages go to <b>b…@example.com</b>.") || d.state(t) != contact.Ended {
		t.Errorf("answered %d, %s, and it is %s", res.StatusCode, res.Body, d.state(t))
	}
}

func TestALink(t *testing.T) {
	d := deploy(t, awstest.Endpoint(t), true)
	nobody := d.signer.LinkOf(strings.Repeat("0", 32))
	wrong := "/subscriptions/" + d.to.ID + "/" + d.signer.Token("another purpose", d.to.ID)
	tests := []struct {
		name, method, path, form string
		before                   contact.State
		status                   int
		after                    contact.State
		says                     string
	}{
		{"is looked at", http.MethodGet, "", "", contact.Confirmed, 200, contact.Confirmed, "Messages go to"},
		{"is looked at by who has not confirmed", http.MethodGet, "", "", contact.Pending, 200, contact.Pending, "Messages are to go to"},
		{"is looked at by who has ended it", http.MethodGet, "", "", contact.Ended, 200, contact.Ended, "No messages go to"},
		{"ends by the button", http.MethodPost, "", "do=end", contact.Confirmed, 200, contact.Ended, "No messages go to"},
		{"ends before it began", http.MethodPost, "", "do=end", contact.Pending, 200, contact.Ended, "No messages go to"},
		{"confirms by the button", http.MethodPost, "", "do=confirm", contact.Pending, 200, contact.Confirmed, "Messages go to"},
		{"confirms what was ended", http.MethodPost, "", "do=confirm", contact.Ended, 200, contact.Ended, "No messages go to"},
		{"ends by DELETE", http.MethodDelete, "", "", contact.Confirmed, 200, contact.Ended, "No messages go to"},
		{"of nobody", http.MethodGet, nobody, "", contact.Confirmed, 404, contact.Confirmed, "Nothing is known of this here."},
		{"of nobody, to end", http.MethodPost, nobody, "do=end", contact.Confirmed, 404, contact.Confirmed, "Nothing is known of this here."},
		{"of nobody, by DELETE", http.MethodDelete, nobody, "", contact.Confirmed, 404, contact.Confirmed, "Nothing is known of this here."},
		{"with another token", http.MethodGet, wrong, "", contact.Confirmed, 404, contact.Confirmed, "Nothing is known of this here."},
		{"with another token, to end", http.MethodPost, wrong, "do=end", contact.Confirmed, 404, contact.Confirmed, "Nothing is known of this here."},
		{"with another token, by DELETE", http.MethodDelete, wrong, "", contact.Confirmed, 404, contact.Confirmed, "Nothing is known of this here."},
		{"is missing: to sign up comes later", http.MethodPost, "/subscriptions", "email=a%40example.com", contact.Confirmed, 404, contact.Confirmed, "404 page not found"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d.put(t, tt.before)
			res := d.ask(t, tt.method, tt.path, tt.form)
			if res.StatusCode != tt.status || !strings.Contains(res.Body, tt.says) || strings.Contains(res.Body, address) {
				t.Errorf("answered %d, %s, want %d, %s", res.StatusCode, res.Body, tt.status, tt.says)
			}
			if got := d.state(t); got != tt.after {
				t.Errorf("it is %s, want %s", got, tt.after)
			}
		})
	}
}

// TestHEADIsAsGET but for the body, and changes as little.
func TestHEADIsAsGET(t *testing.T) {
	d := deploy(t, awstest.Endpoint(t), true)
	get, head := d.ask(t, http.MethodGet, "", ""), d.ask(t, http.MethodHead, "", "")
	if head.StatusCode != get.StatusCode || !maps.Equal(head.Headers, get.Headers) || head.Body != "" || get.Body == "" {
		t.Errorf("HEAD is answered %d, %v, %q, and GET %d, %v", head.StatusCode, head.Headers, head.Body, get.StatusCode, get.Headers)
	}
	if d.state(t) != contact.Confirmed {
		t.Errorf("it is %s", d.state(t))
	}
}

// TestOurFaultsAreUnavailable, and end nothing.
func TestOurFaultsAreUnavailable(t *testing.T) {
	for name, d := range map[string]*deployment{
		"AWS is away":       deploy(t, "http://127.0.0.1:1", true),
		"there are no keys": deploy(t, awstest.Endpoint(t), false),
	} {
		t.Run(name, func(t *testing.T) {
			for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
				res := d.ask(t, method, "", "do=end")
				if res.StatusCode != http.StatusServiceUnavailable || res.Headers["Retry-After"] == "" || !strings.Contains(res.Body, "on our side") ||
					strings.Contains(res.Body, "127.0.0.1") || strings.Contains(res.Body, "own/") {
					t.Errorf("%s is answered %d, %v, %s", method, res.StatusCode, res.Headers, res.Body)
				}
			}
			if d.state(t) != contact.Confirmed {
				t.Errorf("it is %s", d.state(t))
			}
		})
	}
}

func TestWhatIsNotSetIsNamed(t *testing.T) {
	for missing, want := range map[string]string{"LEDGER_TABLE STACK": "LEDGER_TABLE, STACK", "STACK": "STACK", "AWS_REGION": "AWS_REGION"} {
		_, err := newHandler(func(name string) string {
			if strings.Contains(missing, name) {
				return ""
			}
			return "something"
		})
		if err == nil || err.Error() != "not set: "+want {
			t.Errorf("newHandler = %v, want that it names %s", err, want)
		}
	}
}
