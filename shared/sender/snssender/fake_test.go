package snssender_test

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/sender/sendertest"
	"github.com/shiptide/shiptide/shared/sender/snssender"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/boltstore"
	"github.com/shiptide/shiptide/shared/store/storetest"
)

const account = "arn:aws:sns:us-east-1:000000000000:"

var mail, phone, seller, events = sendertest.To[0], sendertest.To[1], sendertest.To[2],
	contact.Contact{ID: "events", Channel: contact.Topic, Address: contact.EventsTopic, State: contact.Confirmed}

// fake answers as SNS does, in its query protocol.
type fake struct {
	mu    sync.Mutex
	calls []url.Values
	fails map[string]func(http.ResponseWriter) // by action
	subs  [][]string                           // pages of subscription ARNs of the topics
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, r.PostForm)
	action := r.PostForm.Get("Action")
	if fail := f.fails[action]; fail != nil {
		fail(w)
		return
	}
	result := "<SubscriptionArn>" + account + "x:1</SubscriptionArn>"
	switch action {
	case "Publish":
		result = fmt.Sprintf("<MessageId>message-%d</MessageId>", len(f.calls))
	case "CreateTopic":
		result = "<TopicArn>" + account + r.PostForm.Get("Name") + "</TopicArn>"
	case "ListSubscriptionsByTopic":
		result = f.page(r.PostForm.Get("NextToken"))
	}
	_, _ = fmt.Fprintf(w, `<%[1]sResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><%[1]sResult>%[2]s</%[1]sResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></%[1]sResponse>`, action, result)
}

func (f *fake) page(token string) string {
	n, next := len(token), ""
	var b strings.Builder
	if n < len(f.subs) {
		for _, arn := range f.subs[n] {
			protocol, arn, _ := strings.Cut(arn, " ")
			b.WriteString("<member><Protocol>" + protocol + "</Protocol><SubscriptionArn>" + arn + "</SubscriptionArn></member>")
		}
	}
	if n+1 < len(f.subs) {
		next = "<NextToken>" + token + "n</NextToken>"
	}
	return "<Subscriptions>" + b.String() + "</Subscriptions>" + next
}

// refuse has an action answer with a code, and a text that tells everything.
func (f *fake) refuse(action string, status int, code string) {
	f.fail(action, func(w http.ResponseWriter) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(`<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>` + code + `</Code><Message>`))
		_ = xml.EscapeText(w, []byte("Invalid parameter: PhoneNumber Reason: "+strings.Join(canaries, " ")+" is not valid"))
		_, _ = w.Write([]byte(`</Message></Error><RequestId>r</RequestId></ErrorResponse>`))
	})
}

func (f *fake) fail(action string, how func(http.ResponseWriter)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fails[action] = how
}

func (f *fake) list(pages ...[]string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.subs = pages
}

// of returns the calls of an action, and forgets all.
func (f *fake) of(action string) []url.Values {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []url.Values
	for _, call := range f.calls {
		if call.Get("Action") == action {
			out = append(out, call)
		}
	}
	f.calls = nil
	return out
}

var canaries = []string{mail.Address, phone.Address, sendertest.Message.Event.TrackingNumber}

func hasty(o *sns.Options) { o.Retryer = retry.AddWithMaxBackoffDelay(o.Retryer, time.Millisecond) }

// confirmed is one page with one subscription.
var confirmed, pending, deleted, none = []string{"email " + account + "x:1"}, []string{"email PendingConfirmation"}, []string{"email Deleted"}, []string{}

// open returns a sender on a fake to which everybody has subscribed.
func open(t *testing.T) (*snssender.Sender, *fake, *storetest.Clock, *storetest.World) {
	t.Helper()
	f := &fake{fails: map[string]func(http.ResponseWriter){}, subs: [][]string{confirmed}}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	c := storetest.NewClock(time.Date(2026, 3, 2, 12, 0, 0, 500_000_000, time.UTC))
	ledger, w := openLedger(t, c.Now)
	return newSender(sns.NewFromConfig(awstest.ConfigAt(server.URL), hasty), ledger, c.Now), f, c, w
}

func newSender(client snssender.API, ledger store.Table, now func() time.Time) *snssender.Sender {
	return &snssender.Sender{
		Client: client, Ledger: ledger, Now: now,
		Topics:     map[string]string{contact.SellerTopic: account + "seller", contact.EventsTopic: account + "shipment-events"},
		MailPrefix: account + "test-mail-", MailName: "Shop", Source: "/shiptide/test",
		SMS: snssender.Settings{MaxPrice: "0.05", SenderID: "SHOP", MonthlyLimit: 1000},
	}
}

func openLedger(t *testing.T, now func() time.Time) (store.Table, *storetest.World) {
	t.Helper()
	db, err := boltstore.Open(filepath.Join(t.TempDir(), "test.db"), now, boltstore.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	table, err := db.Table("ledger", nil)
	if err != nil {
		t.Fatal(err)
	}
	w := storetest.NewWorld()
	return w.Wrap(table), w
}
