package main

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/secret"
	"github.com/shiptide/shiptide/shared/sender/snssender"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
	"github.com/shiptide/shiptide/shared/subscribe"
)

// The numbers of events/lambda/notify.json: one is there twice, and one is removed.
const number, other, removed = "1Z999AA10700000039", "1Z999AA10700000048", "1Z999AA10700000002"

// deployment is what the function needs, on the emulator.
type deployment struct {
	environment map[string]string
	keys        *secret.Store
	shipments   store.Shipments
	ledger      store.Table
}

func (d *deployment) getenv(name string) string { return d.environment[name] }

// deploy makes tables and topics, and no keys.
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
	d.keys = secret.New(secret.Narrow(ssm.NewFromConfig(cfg)), stack, time.Now)
	d.shipments = store.Shipments{Table: dynamostore.New(client, d.environment["SHIPMENTS_TABLE"], time.Now), Now: time.Now}
	d.ledger = dynamostore.New(client, d.environment["LEDGER_TABLE"], time.Now)
	return d
}

// makeKeys does what local keys init does.
func (d *deployment) makeKeys(t *testing.T) {
	t.Helper()
	if _, err := d.keys.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// subscribe lets somebody hear of a number, as the operator does two hours ago.
func (d *deployment) subscribe(t *testing.T, number string, channel contact.Channel, address string) contact.Contact {
	t.Helper()
	vault, err := d.keys.Vault(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mail := &snssender.Sender{
		Client: snssender.Narrow(sns.NewFromConfig(awstest.Config(t))), Ledger: d.ledger, MailPrefix: d.environment["MAIL_PREFIX"], Now: time.Now,
	}
	s := subscribe.Subscriber{
		Shipments: d.shipments, Threads: store.Threads{Table: d.ledger}, Contacts: store.Contacts{Table: d.ledger, Vault: vault},
		Vault: vault, Now: func() time.Time { return time.Now().Add(-2 * time.Hour) }, Invite: mail.Invite,
	}
	to, err := s.ByOperator(t.Context(), number, channel, address)
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// accept has the carrier take a parcel over, an hour ago.
func (d *deployment) accept(t *testing.T, number string) {
	t.Helper()
	_, err := d.shipments.Update(t.Context(), number, "test", func(set *shipment.Set) error {
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
}

// listen has a queue get what goes to a contact's topic, and returns how to read it.
func (d *deployment) listen(t *testing.T, to contact.Contact) (arrived func() string) {
	t.Helper()
	name := d.environment["STACK"] + "-mailbox"
	res, err := http.PostForm(awstest.Endpoint(t), url.Values{"Action": {"CreateQueue"}, "Version": {"2012-11-05"}, "QueueName": {name}})
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	_, err = sns.NewFromConfig(awstest.Config(t)).Subscribe(t.Context(), &sns.SubscribeInput{
		TopicArn: aws.String(d.environment["MAIL_PREFIX"] + to.ID), Protocol: aws.String("sqs"), Endpoint: aws.String("arn:aws:sqs:us-east-1:000000000000:" + name),
	})
	if err != nil {
		t.Fatal(err)
	}
	return func() string {
		return read(t, "/_ministack/sqs/messages?QueueUrl="+url.QueryEscape(awstest.Endpoint(t)+"/000000000000/"+name))
	}
}

// read asks the emulator what has arrived.
func read(t *testing.T, path string) string {
	t.Helper()
	res, err := http.Get(awstest.Endpoint(t) + path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s is answered %d, %v", path, res.StatusCode, err)
	}
	return string(body)
}

// phone returns how to read what a number gets from now on: tests share the emulator.
func phone(t *testing.T, number string) (arrived func() []string) {
	t.Helper()
	before := len(sms(t, number))
	return func() []string { return sms(t, number)[before:] }
}

func sms(t *testing.T, number string) (texts []string) {
	t.Helper()
	var sent struct {
		Messages map[string][]jsontext.Value `json:"sms_messages"`
	}
	if err := json.Unmarshal([]byte(read(t, "/_ministack/sns/sms-messages")), &sent); err != nil {
		t.Fatal(err)
	}
	for _, m := range sent.Messages[number] {
		texts = append(texts, string(m))
	}
	return texts
}

// sample is events/lambda/notify.json. Its members are those that AWS's own
// library knows.
func sample(t *testing.T) ([]byte, events.DynamoDBEvent) {
	t.Helper()
	raw, err := os.ReadFile("../../events/lambda/notify.json")
	if err != nil {
		t.Fatal(err)
	}
	var batch events.DynamoDBEvent
	if err := json.Unmarshal(raw, &batch, json.RejectUnknownMembers(true)); err != nil {
		t.Fatal(err)
	}
	return raw, batch
}

func TestTheSampleHasOneOfEach(t *testing.T) {
	_, batch := sample(t)
	names := map[string]int{}
	expired := 0
	for _, r := range batch.Records {
		if store.ShipmentNumber(store.Key{Partition: r.Change.Keys["pk"].String(), Sort: r.Change.Keys["sk"].String()}) != "" {
			names[r.EventName]++
		} else {
			names["another row"]++
		}
		if r.UserIdentity != nil && r.UserIdentity.Type == "Service" && r.UserIdentity.PrincipalID == "dynamodb.amazonaws.com" && r.EventName == "REMOVE" {
			expired++
		}
		if r.Change.StreamViewType != "KEYS_ONLY" || r.Change.NewImage != nil || r.Change.OldImage != nil {
			t.Errorf("a record of %s holds more than keys", r.Change.StreamViewType)
		}
	}
	if names["INSERT"] < 1 || names["MODIFY"] < 2 || names["REMOVE"] < 1 || names["another row"] < 2 || expired < 2 {
		t.Errorf("the sample has %v, and %d that expired", names, expired)
	}
}

func TestSubscribersAreTold(t *testing.T) {
	const one, two, three = "+12025550141", "+12025550142", "+12025550143"
	first, second, third := phone(t, one), phone(t, two), phone(t, three)
	d := deploy(t)
	d.makeKeys(t)
	d.subscribe(t, number, contact.SMS, one)
	mail := d.subscribe(t, number, contact.Email, "one@example.com")
	mailbox := d.listen(t, mail)
	d.accept(t, number)
	d.subscribe(t, other, contact.SMS, two) // Of it nothing is known yet.
	var metrics bytes.Buffer
	h, err := newHandler(d.getenv, &metrics)
	if err != nil {
		t.Fatal(err)
	}
	// A row that is gone has left its threads: they have nothing to tell.
	d.subscribe(t, removed, contact.SMS, three)
	d.accept(t, removed)
	gone, err := d.shipments.Table.Get(t.Context(), store.ShipmentKey(removed))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.shipments.Table.Delete(t.Context(), gone.Key, gone.Version); err != nil {
		t.Fatal(err)
	}
	batch, _ := sample(t)
	for range 2 { // A batch may come twice.
		answer, err := h.Invoke(t.Context(), batch)
		if err != nil || string(answer) != `{"batchItemFailures":[]}` {
			t.Fatalf("answer %s, %v", answer, err)
		}
	}
	texts := first()
	if len(texts) != 1 || !strings.Contains(texts[0], "Your parcel "+number+" is on its way with UPS.") {
		t.Errorf("the phone has got %q, want that it is on its way, once", texts)
	}
	if n := len(second()) + len(third()); n > 0 {
		t.Errorf("%d messages about parcels of which nothing is known", n)
	}
	if got, link := mailbox(), "Where it is: https://shop.example.com/t/"+number; strings.Count(got, link) != 1 || !strings.Contains(got, "/subscriptions/"+mail.ID+"/") {
		t.Errorf("the mail is not one with links to the pages: %s", got)
	}
	row, err := store.Threads{Table: d.ledger}.Get(t.Context(), number, mail.ID)
	if err != nil || len(row.Told) != 1 || row.Told[0].ProviderID == "" || row.Lease.Owner != "" {
		t.Errorf("the mail's thread is %+v, %v, want that it was told once", row.Thread, err)
	}
	// The phone, the mail, and the topic of events.
	want := `{"Kind":"on_its_way","Notices":3,"Outcome":"sent",`
	if lines := metrics.String(); strings.Count(lines, "\n") != 1 || !strings.HasPrefix(lines, want) ||
		!strings.Contains(lines, `"Namespace":"Shiptide/`+d.environment["STACK"]+`"`) {
		t.Errorf("metrics:\n%s\nwant one line, %s…", lines, want)
	}
}

// TestWithoutKeysTheBatchComesAgain, from its first record. Rows that are nobody's
// do not.
func TestWithoutKeysTheBatchComesAgain(t *testing.T) {
	d := deploy(t)
	h, err := newHandler(d.getenv, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	raw, batch := sample(t)
	answer, err := h.Invoke(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	var got events.DynamoDBEventResponse
	if err := json.Unmarshal(answer, &got); err != nil {
		t.Fatal(err)
	}
	again := map[string]bool{}
	for _, f := range got.BatchItemFailures {
		again[f.ItemIdentifier] = true
	}
	for i, want := range []bool{true, false, false, true, false} { // The third repeats the first.
		if sequence := batch.Records[i].Change.SequenceNumber; again[sequence] != want {
			t.Errorf("record %d comes again %t, want %t, in %s", i, again[sequence], want, answer)
		}
	}
}

func TestWhatIsNotSetIsNamed(t *testing.T) {
	ours := []string{"STACK", "SHIPMENTS_TABLE", "LEDGER_TABLE", "SELLER_TOPIC", "EVENTS_TOPIC", "MAIL_PREFIX", "URL"}
	tests := []struct {
		name    string
		without []string
		want    string
	}{
		{"nothing is missing", nil, ""},
		{"all of ours", ours, "not set: " + strings.Join(ours, ", ")},
		{"one of ours", []string{"LEDGER_TABLE"}, "not set: LEDGER_TABLE"},
		{"what Lambda sets", []string{"AWS_REGION"}, "not set: AWS_REGION"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := newHandler(func(name string) string {
				if slices.Contains(tt.without, name) || strings.HasPrefix(name, "SMS_") {
					return ""
				}
				return "something"
			}, io.Discard)
			if (err == nil) != (tt.want == "") || err != nil && err.Error() != tt.want {
				t.Errorf("newHandler = %v, want %q", err, tt.want)
			}
		})
	}
}

var _ lambda.Handler = dynamostore.Batch(nil)
