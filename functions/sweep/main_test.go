package main

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/secret"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
	"github.com/shiptide/shiptide/shared/subscribe"
)

var _ lambda.Handler = function{}

const (
	number = "1Z999AA10700000039" // of which a phone hears
	pushed = "1Z999AA10700000020" // whose push is parked
	phone  = "+12025550151"
)

// deployment is what the function needs, on the emulator.
type deployment struct {
	environment map[string]string
	keys        *secret.Store
	inbox       store.Inbox
	shipments   store.Shipments
	ledger      store.Table
}

// deploy makes tables, topics and keys.
func deploy(t *testing.T) *deployment {
	t.Helper()
	cfg := awstest.Config(t)
	client, topics := dynamodb.NewFromConfig(cfg), sns.NewFromConfig(cfg)
	d := &deployment{environment: awstest.Deployment(t)}
	stack := d.environment["STACK"]
	maps.Copy(d.environment, map[string]string{
		"URL": "https://shop.example.com", "MAIL_PREFIX": "arn:aws:sns:us-east-1:000000000000:" + stack + "-mail-", "SMS_MONTHLY_LIMIT": "10",
	})
	for name, topic := range map[string]string{"SELLER_TOPIC": "-seller", "EVENTS_TOPIC": "-events"} {
		made, err := topics.CreateTopic(t.Context(), &sns.CreateTopicInput{Name: aws.String(stack + topic)})
		if err != nil {
			t.Fatal(err)
		}
		d.environment[name] = *made.TopicArn
	}
	table := func(name string) store.Table { return dynamostore.New(client, d.environment[name], time.Now) }
	d.keys = secret.New(secret.Narrow(ssm.NewFromConfig(cfg)), stack, time.Now)
	d.inbox, d.shipments, d.ledger = store.Inbox{Table: table("INBOX_TABLE")}, store.Shipments{Table: table("SHIPMENTS_TABLE"), Now: time.Now}, table("LEDGER_TABLE")
	if _, err := d.keys.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d
}

// park keeps a push, and notes that it is to be tried again since a while.
func (d *deployment) park(t *testing.T, body string, since time.Duration) store.Push {
	t.Helper()
	p := store.NewPush("ups", []byte(body))
	p.Body, p.KeyID, p.VerifiedAt = []byte(body), "7c2f1e90", time.Now()
	if _, err := d.inbox.Put(t.Context(), &p, time.Now()); err != nil {
		t.Fatal(err)
	}
	p, err := d.inbox.Get(t.Context(), p.Key())
	if err != nil {
		t.Fatal(err)
	}
	parked := store.Parked{Reason: "down", Tries: 1, Since: time.Now().Add(-time.Hour), Next: time.Now().Add(-since)}
	if err := d.inbox.Park(t.Context(), &p, parked); err != nil {
		t.Fatal(err)
	}
	return p
}

// subscribe lets the phone hear of the number, since a while: so long its thread
// is due. The carrier has taken the parcel over an hour ago.
func (d *deployment) subscribe(t *testing.T, since time.Duration) contact.Contact {
	t.Helper()
	vault, err := d.keys.Vault(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s := subscribe.Subscriber{
		Shipments: d.shipments, Threads: store.Threads{Table: d.ledger}, Contacts: store.Contacts{Table: d.ledger, Vault: vault},
		Vault: vault, Now: func() time.Time { return time.Now().Add(-since) },
	}
	to, err := s.ByOperator(t.Context(), number, contact.SMS, phone)
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.shipments.Update(t.Context(), number, "test", func(set *shipment.Set) error {
		at := time.Now().UTC().Add(-time.Hour)
		set.Add(shipment.Origin{Source: "ups", Kind: shipment.Carrier}, &shipment.Update{Carrier: "ups", AsOf: at, Events: []shipment.Event{{
			Code: shipment.Code{Status: shipment.InTransit, SubStatus: shipment.Accepted}, RawCode: "I/OR", OccurredAt: at,
			LocalTime: at.Format(shipment.LocalLayout), Zone: shipment.Reported, Precision: shipment.Second,
		}}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// sms counts what the phone has got, by all tests.
func sms(t *testing.T) int {
	t.Helper()
	res, err := http.Get(awstest.Endpoint(t) + "/_ministack/sns/sms-messages")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var sent struct {
		Messages map[string][]any `json:"sms_messages"`
	}
	if err := json.UnmarshalRead(res.Body, &sent); err != nil {
		t.Fatal(err)
	}
	return len(sent.Messages[phone])
}

// sample is what the schedule of the template sends.
func sample(t *testing.T) []byte {
	t.Helper()
	raw, err := os.ReadFile("../../events/lambda/sweep.json")
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestTheSampleIsTheSchedulesInput(t *testing.T) {
	template, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if input := "\n            Input: '" + strings.TrimSpace(string(sample(t))) + "'\n"; strings.Count(string(template), input) != 1 {
		t.Errorf("the template has no schedule with the input %s", sample(t))
	}
}

// TestWhatIsDueIsDone: a parked push becomes a shipment, and whoever waits is told.
func TestWhatIsDueIsDone(t *testing.T) {
	d := deploy(t)
	push := d.park(t, `{"trackingNumber":"`+pushed+`","localActivityDate":"20261112","localActivityTime":"213045","activityStatus":{"type":"I","code":"OR"}}`, 20*time.Minute)
	later := d.park(t, `{"trackingNumber":"1Z999AA10700000048"}`, -time.Hour)
	to := d.subscribe(t, 2*time.Hour)
	var metrics bytes.Buffer
	h, err := newHandler(func(name string) string { return d.environment[name] }, &metrics)
	if err != nil {
		t.Fatal(err)
	}
	before, began := sms(t), time.Now()
	if answer, err := h.Invoke(t.Context(), sample(t)); err != nil || string(answer) != "{}" {
		t.Fatalf("answer %s, %v", answer, err)
	}
	if rec, err := d.shipments.Get(t.Context(), pushed); err != nil || rec.Code != (shipment.Code{Status: shipment.InTransit, SubStatus: shipment.Accepted}) {
		t.Errorf("the shipment is %s, %v, want accepted", rec.Code, err)
	}
	if p, err := d.inbox.Get(t.Context(), push.Key()); err != nil || p.Parked.Is() {
		t.Errorf("the push is parked: %+v, %v", p.Parked, err)
	}
	if p, err := d.inbox.Get(t.Context(), later.Key()); err != nil || p.Parked.Tries != 1 {
		t.Errorf("the push that is due in an hour was driven: %+v, %v", p.Parked, err)
	}
	if n := sms(t) - before; n != 1 {
		t.Errorf("%d messages arrived, want one", n)
	}
	row, err := store.Threads{Table: d.ledger}.Get(t.Context(), number, to.ID)
	if err != nil || len(row.Told) != 1 || !row.Due.IsZero() {
		t.Errorf("the thread is %+v, %v, want that it was told, and is due no more", row.Thread, err)
	}
	d.counted(t, metrics.String(), time.Since(began))
	metrics.Reset()
	if _, err := h.Invoke(t.Context(), sample(t)); err != nil || sms(t) != before+1 {
		t.Errorf("the next sweep: %v, and %d messages, want none more", err, sms(t)-before)
	}
	if lines := metrics.String(); !strings.HasPrefix(lines, `{"SweepLag":0,`) || strings.Count(lines, "\n") != 1 {
		t.Errorf("the next sweep counted:\n%s", lines)
	}
}

// counted checks the lines of metrics: the thread was due first, for two hours.
func (d *deployment) counted(t *testing.T, lines string, took time.Duration) {
	t.Helper()
	var lag float64
	notices := false
	for line := range strings.Lines(lines) {
		var m struct {
			Lag     *float64 `json:"SweepLag"`
			Notices int      `json:"Notices"`
			Outcome string   `json:"Outcome"`
		}
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		if m.Lag != nil {
			lag = *m.Lag
		}
		notices = notices || m.Notices == 2 && m.Outcome == "sent" // The phone, and the topic of events.
		if !strings.Contains(line, `"Namespace":"Shiptide/`+d.environment["STACK"]+`"`) {
			t.Errorf("the line is of another stack: %s", line)
		}
	}
	if want := (2 * time.Hour).Seconds(); lag < want-1 || lag > want+took.Seconds()+1 || !notices {
		t.Errorf("metrics, want a lag of two hours, and two notices sent:\n%s", lines)
	}
}

// TestWithoutTablesTheSweepFails: it is an error for each that is not there, and
// what can be done is done.
func TestWithoutTablesTheSweepFails(t *testing.T) {
	d := deploy(t)
	d.environment["INBOX_TABLE"] = "nothing"
	d.subscribe(t, 2*time.Hour)
	h, err := newHandler(func(name string) string { return d.environment[name] }, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	before := sms(t)
	answer, err := h.Invoke(t.Context(), sample(t))
	if !errors.Is(err, store.ErrNoTable) || answer != nil {
		t.Errorf("answer %s, %v, want %v", answer, err, store.ErrNoTable)
	}
	if n := sms(t) - before; n != 1 {
		t.Errorf("%d messages arrived, want one", n)
	}
}

func TestWhatIsNotSetIsNamed(t *testing.T) {
	tests := []struct {
		name     string
		without  []string
		versions string
		want     string
	}{
		{"nothing is missing", nil, "", ""},
		{"of what tells", []string{"STACK", "URL", "INBOX_TABLE"}, "", "not set: STACK, URL"},
		{"the inbox", []string{"INBOX_TABLE"}, "", "not set: INBOX_TABLE"},
		{"what Lambda sets", []string{"AWS_REGION"}, "", "not set: AWS_REGION"},
		{"a limit that is none", nil, "", "SMS_MONTHLY_LIMIT is no number of messages"},
		{"versions that are none", nil, "202507", "TIKTOK_VERSIONS is not of the form orders=202507,package=202309"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			limit := "10"
			if strings.HasPrefix(tt.want, "SMS") {
				limit = "many"
			}
			set := map[string]string{"SMS_MONTHLY_LIMIT": limit, "SMS_MAX_PRICE": "0.05", "SMS_SENDER_ID": "SHOP", "TIKTOK_VERSIONS": cmp.Or(tt.versions, "orders=202507")}
			_, err := newHandler(func(name string) string {
				if slices.Contains(tt.without, name) {
					return ""
				}
				return cmp.Or(set[name], "something")
			}, io.Discard)
			if (err == nil) != (tt.want == "") || err != nil && err.Error() != tt.want {
				t.Errorf("newHandler = %v, want %q", err, tt.want)
			}
		})
	}
}
