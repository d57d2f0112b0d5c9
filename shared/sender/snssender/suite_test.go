package snssender_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/sender/sendertest"
	"github.com/shiptide/shiptide/shared/sender/snssender"
)

func TestSender(t *testing.T) {
	sendertest.Run(t, func(t *testing.T) sendertest.Subject {
		s, f, _, _ := open(t)
		taken := 0
		return sendertest.Subject{
			Sender: s,
			Taken:  func() int { taken += len(f.of("Publish")); return taken },
			Break:  func() { f.refuse("Publish", 500, "InternalError") },
		}
	})
}

func TestSenderOnTheEmulator(t *testing.T) {
	sendertest.Run(t, func(t *testing.T) sendertest.Subject {
		e := emulate(t)
		before := e.taken(t)
		return sendertest.Subject{
			Sender: e.sender(t),
			Taken:  func() int { return e.taken(t) - before },
			Break:  func() { e.faults.Random(1, map[awstest.Fault]float64{awstest.Cut: 1}) },
		}
	})
}

// TestFilterPoliciesWork: attributes are where subscribers look for them.
func TestFilterPoliciesWork(t *testing.T) {
	e := emulate(t)
	s := e.sender(t)
	tests := []struct {
		policy string
		want   int
	}{
		{`{"kind":["delivered"],"severity":[{"numeric":["<",1]}]}`, 1},
		{`{"carrier":["ups"],"country":["US"]}`, 1},
		{`{"kind":["lost"]}`, 0},
		{`{"shop":[{"exists":true}]}`, 0},
	}
	for i, tt := range tests {
		queue := e.subscribe(t, s.Topics[contact.EventsTopic], fmt.Sprint("-filter-", i), map[string]string{"FilterPolicy": tt.policy})
		if _, err := s.Send(t.Context(), events, sendertest.Message); err != nil {
			t.Fatal(err)
		}
		if n := e.queued(t, queue); n != tt.want {
			t.Errorf("%s: %d arrived, want %d", tt.policy, n, tt.want)
		}
	}
}

// emulated is a place of its own on the emulator, where mail and what goes to
// topics ends in one queue.
type emulated struct {
	name, endpoint, queue string
	client                *sns.Client
	faults                awstest.Faults
}

func emulate(t *testing.T) *emulated {
	t.Helper()
	e := &emulated{endpoint: awstest.Endpoint(t), name: fmt.Sprintf("%x", time.Now().UnixNano())}
	e.client = sns.NewFromConfig(e.faults.In(awstest.Config(t)), hasty)
	for _, topic := range []string{"-seller", "-events", "-mail-" + mail.ID} {
		if _, err := e.client.CreateTopic(t.Context(), &sns.CreateTopicInput{Name: aws.String(e.name + topic)}); err != nil {
			t.Fatal(err)
		}
		e.queue = e.subscribe(t, account+e.name+topic, "-all", map[string]string{})
	}
	return e
}

// subscribe has a topic send to a queue, and returns its URL.
func (e *emulated) subscribe(t *testing.T, topic, queue string, attributes map[string]string) string {
	t.Helper()
	res, err := http.PostForm(e.endpoint, url.Values{"Action": {"CreateQueue"}, "Version": {"2012-11-05"}, "QueueName": {e.name + queue}})
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	_, err = e.client.Subscribe(t.Context(), &sns.SubscribeInput{
		TopicArn: aws.String(topic), Protocol: aws.String("sqs"), Attributes: attributes,
		Endpoint: aws.String("arn:aws:sqs:us-east-1:000000000000:" + e.name + queue),
	})
	if err != nil {
		t.Fatal(err)
	}
	return e.endpoint + "/000000000000/" + e.name + queue
}

// sender returns one that mail.Address has invited and confirmed, which the
// emulator does at once.
func (e *emulated) sender(t *testing.T) *snssender.Sender {
	t.Helper()
	ledger, _ := openLedger(t, time.Now)
	s := newSender(e.client, ledger, time.Now)
	s.Topics = map[string]string{contact.SellerTopic: account + e.name + "-seller", contact.EventsTopic: account + e.name + "-events"}
	s.MailPrefix = account + e.name + "-mail-"
	if err := s.Invite(t.Context(), mail); err != nil {
		t.Fatal(err)
	}
	return s
}

// taken is what is in the queue, and the SMS of all tests.
func (e *emulated) taken(t *testing.T) int {
	t.Helper()
	var sent struct {
		Messages map[string][]any `json:"sms_messages"`
	}
	e.read(t, "/_ministack/sns/sms-messages", &sent)
	return e.queued(t, e.queue) + len(sent.Messages[phone.Address])
}

func (e *emulated) queued(t *testing.T, queue string) int {
	t.Helper()
	var in struct {
		Messages map[string]map[string]map[string][]any `json:"messages"`
	}
	e.read(t, "/_ministack/sqs/messages?QueueUrl="+url.QueryEscape(queue), &in)
	n := 0
	for _, regions := range in.Messages {
		for _, queues := range regions {
			n += len(queues[queue])
		}
	}
	return n
}

func (e *emulated) read(t *testing.T, path string, to any) {
	t.Helper()
	res, err := http.Get(e.endpoint + path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if err := json.UnmarshalRead(res.Body, to); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d, %v", path, res.StatusCode, err)
	}
}
