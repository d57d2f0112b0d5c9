package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go/encoding/cbor"
	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/metric"
	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/secret"
	"github.com/shiptide/shiptide/shared/sender/snssender"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/boltstore"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

// hush is in every key and address here. Nothing may show it.
const hush = "canary"

// reply is what AWS says to a call in place of the emulator.
type reply struct {
	status       int
	kind, header string // Content-Type; X-Amzn-Query-Error
	body         string
}

// clinic is a deployment in the emulator of which nothing is missing, and what
// stands in front of it.
type clinic struct {
	*testing.T
	stack   string
	now     time.Time
	names   map[string]string // of tables
	topics  map[string]string // ARNs
	outputs map[string]string
	// says are, by action, what speaks for the emulator, if it returns a reply to
	// the body of a call.
	says    map[string]func(body string) *reply
	counted []count
	// quiet are the sources that pushed nothing.
	quiet []string
}

func newClinic(t *testing.T) *clinic {
	t.Helper()
	c := &clinic{
		T: t, stack: "t" + strings.ToLower(rand.Text()), now: time.Now().UTC().Truncate(time.Hour).Add(30 * time.Minute),
		names: makeTables(t), topics: map[string]string{},
	}
	// Of these the emulator knows nothing, or something else.
	c.says = map[string]func(string) *reply{
		"GetSMSSandboxAccountStatus": always(snsSays("GetSMSSandboxAccountStatus", "<IsInSandbox>false</IsInSandbox>")),
		"GetSMSAttributes":           always(spending("50")),
		"GetAccountSettings":         always(instances(1000, 1000)),
		"GetMetricStatistics":        c.statistics,
	}
	onAWS(t, c.front(awstest.Endpoint(t)))
	t.Setenv("AWS_SECRET_ACCESS_KEY", hush)
	for _, name := range []string{"seller", "alarm", "events"} {
		out, err := c.sns().CreateTopic(t.Context(), &sns.CreateTopicInput{Name: aws.String(c.stack + "-" + name)})
		c.must(err)
		c.topics[name] = *out.TopicArn
	}
	c.listen("seller")
	c.listen("alarm")
	c.outputs = map[string]string{
		"STACK": c.stack, "INBOX_TABLE": c.names["inbox"], "SHIPMENTS_TABLE": c.names["shipments"], "LEDGER_TABLE": c.names["ledger"],
		"SELLER_TOPIC": c.topics["seller"], "EVENTS_TOPIC": c.topics["events"], "ALARM_TOPIC": c.topics["alarm"],
		"MAIL_PREFIX": strings.TrimSuffix(c.topics["seller"], "seller") + "mail-", "URL": "https://shop.example.com",
	}
	c.deploy()
	_, err := c.keys().Init(t.Context())
	c.must(err, c.keys().Set(t.Context(), "ups", hush+"-1"), c.keys().Set(t.Context(), "ups", hush+"-2"), c.keys().Set(t.Context(), "17track", hush),
		c.keys().Set(t.Context(), "tiktokshop", hush+":"+hush))
	c.connect()
	return c
}

// connect connects a shop.
func (c *clinic) connect() {
	c.Helper()
	c.must(store.Shops{Table: c.table("ledger")}.Save(c.Context(), &store.Shop{
		Source: "tiktokshop", ID: "7490000000000000001", Name: "Mugs", Region: "US", ConnectedAt: c.now.AddDate(0, -3, 0),
		ExpiresAt: c.now.Add(200*24*time.Hour + time.Minute), OrdersUpTo: c.now.Add(-5 * time.Minute),
	}))
}

// shop changes the shop.
func (c *clinic) shop(change func(*store.Shop)) {
	c.Helper()
	_, err := store.Shops{Table: c.table("ledger")}.Change(c.Context(), "tiktokshop", "7490000000000000001", change)
	c.must(err)
}

// order keeps an order of the shop, that is under way.
func (c *clinic) order(id, shipping, provider string, numbers ...string) {
	c.Helper()
	o := order.Order{ShopID: "7490000000000000001", OrderID: id, Status: "IN_TRANSIT", Details: order.Details{CreatedAt: c.now.AddDate(0, 0, -3), Shipping: shipping}}
	for _, n := range numbers {
		o.Packages = append(o.Packages, order.Held{PackageID: "p" + n, TrackingNumber: n, Provider: provider})
	}
	orders := store.Orders{Table: c.table("shipments"), Now: c.clock}
	c.must(orders.Save(c.Context(), &store.OrderRow{Order: o}), orders.List(c.Context(), &o))
}

// disconnect forgets the shop.
func (c *clinic) disconnect() {
	c.Helper()
	c.must(c.table("ledger").Delete(c.Context(), store.Key{Partition: "SHOP#tiktokshop", Sort: "7490000000000000001"}, 1))
}

func (c *clinic) must(errs ...error) {
	c.Helper()
	if err := errors.Join(errs...); err != nil {
		c.Fatal(err)
	}
}

func (c *clinic) sns() *sns.Client    { return sns.NewFromConfig(awstest.Config(c)) }
func (c *clinic) ssm() *ssm.Client    { return ssm.NewFromConfig(awstest.Config(c)) }
func (c *clinic) clock() time.Time    { return c.now }
func (c *clinic) keys() *secret.Store { return secret.New(c.ssm(), c.stack, time.Now) }

func (c *clinic) table(name string) *dynamostore.Table {
	return dynamostore.New(dynamodb.NewFromConfig(awstest.Config(c)), c.names[name], c.clock)
}

// put writes a parameter of the stack as it is.
func (c *clinic) put(name, value string) {
	c.Helper()
	_, err := c.ssm().PutParameter(c.Context(), &ssm.PutParameterInput{
		Name: aws.String(secret.Root(c.stack) + name), Value: &value, Type: ssmtypes.ParameterTypeSecureString, Overwrite: aws.Bool(true),
	})
	c.must(err)
}

func (c *clinic) remove(names ...string) {
	c.Helper()
	for _, name := range names {
		_, err := c.ssm().DeleteParameter(c.Context(), &ssm.DeleteParameterInput{Name: aws.String(secret.Root(c.stack) + name)})
		c.must(err)
	}
}

// deploy has the stack say what it consists of.
func (c *clinic) deploy() {
	c.Helper()
	raw, err := json.Marshal(c.outputs)
	c.must(err)
	c.put("/outputs", string(raw))
}

// listen subscribes somebody, who has confirmed at once: the emulator asks nobody.
func (c *clinic) listen(topic string) {
	c.Helper()
	_, err := c.sns().Subscribe(c.Context(), &sns.SubscribeInput{
		TopicArn: aws.String(c.topics[topic]), Protocol: aws.String("email"), Endpoint: aws.String(hush + "@example.com"),
	})
	c.must(err)
}

// push counts pushes of a source, so long ago.
func (c *clinic) push(source, outcome string, ago time.Duration, n float64) {
	c.counted = append(c.counted, count{"Shiptide/" + c.stack + " Pushes Source=" + source + " Outcome=" + outcome, c.now.Add(-ago), n})
}

// count is what CloudWatch knows of a metric at a time.
type count struct {
	metric string
	at     time.Time
	n      float64
}

// statistics is CloudWatch: the SDK speaks CBOR with it (Smithy RPC v2), which the
// emulator does not understand. It sums up by the hour, newest first.
func (c *clinic) statistics(body string) *reply {
	asked, err := cbor.Decode([]byte(body))
	in, ok := asked.(cbor.Map)
	if err != nil || !ok || fmt.Sprint(in["Period"], in["Statistics"]) != "3600 [Sum]" {
		c.Errorf("asked CloudWatch for %v (%v)", asked, err)
		return &reply{status: 400}
	}
	name := fmt.Sprint(in["Namespace"], " ", in["MetricName"])
	for _, d := range in["Dimensions"].(cbor.List) {
		name += fmt.Sprint(" ", d.(cbor.Map)["Name"], "=", d.(cbor.Map)["Value"])
	}
	from, err := cbor.AsTime(in["StartTime"])
	until, also := cbor.AsTime(in["EndTime"])
	if errors.Join(err, also) != nil || !from.Equal(from.Truncate(time.Hour)) || until.Sub(from) > 1440*time.Hour {
		c.Errorf("asked CloudWatch for %v to %v: hours begin with the first, and it has 1,440 at most", from, until)
	}
	sums := map[time.Time]float64{}
	for _, p := range c.counted {
		if p.metric == name && !p.at.Before(from) && p.at.Before(until) {
			sums[p.at.Truncate(time.Hour)] += p.n
		}
	}
	points := cbor.List{}
	for _, at := range slices.Backward(slices.SortedFunc(maps.Keys(sums), time.Time.Compare)) {
		points = append(points, cbor.Map{
			"Timestamp": &cbor.Tag{ID: 1, Value: cbor.Float64(at.Unix())}, "Sum": cbor.Float64(sums[at]), "Unit": cbor.String("Count"),
		})
	}
	raw := cbor.Encode(cbor.Map{"Label": cbor.String("Pushes"), "Datapoints": points})
	return &reply{status: 200, kind: "application/cbor", body: string(raw)}
}

// on has AWS reply to calls of an action that name something.
func (c *clinic) on(action, naming string, r reply) {
	c.says[action] = func(body string) *reply {
		if strings.Contains(body, naming) {
			return &r
		}
		return nil
	}
}

func always(r reply) func(string) *reply { return func(string) *reply { return &r } }

// front is a proxy that lets calls through to which c.says nothing.
func (c *clinic) front(emulator string) string {
	u, err := url.Parse(emulator)
	c.must(err)
	behind := httputil.NewSingleHostReverseProxy(u)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return // The caller has gone.
		}
		r.Body = io.NopCloser(bytes.NewReader(raw))
		if says := c.says[actionOf(r, raw)]; says != nil {
			if a := says(string(raw)); a != nil {
				a.write(w)
				return
			}
		}
		behind.ServeHTTP(w, r)
	}))
	c.Cleanup(front.Close)
	return front.URL
}

func (a *reply) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", a.kind)
	if a.kind == "application/cbor" {
		w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
	}
	if a.header != "" {
		w.Header().Set("X-Amzn-Query-Error", a.header)
	}
	w.WriteHeader(a.status)
	_, _ = io.WriteString(w, a.body)
}

// actionOf is what a call asks for: each service of AWS says it elsewhere.
func actionOf(r *http.Request, body []byte) string {
	if _, action, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok { // SSM, DynamoDB
		return action
	}
	if _, action, ok := strings.Cut(r.URL.Path, "/operation/"); ok { // CloudWatch
		return action
	}
	if strings.HasSuffix(r.URL.Path, "/account-settings") { // Lambda
		return "GetAccountSettings"
	}
	form, _ := url.ParseQuery(string(body)) // SNS
	return form.Get("Action")
}

// snsSays is an answer of SNS, in the shape that its API reference shows.
func snsSays(action, result string) reply {
	return reply{status: 200, kind: "text/xml", body: fmt.Sprintf(
		`<%s `+`xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><%s>%s</%s><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></%s>`,
		action+"Response", action+"Result", result, action+"Result", action+"Response")}
}

func spending(dollars string) reply {
	return snsSays("GetSMSAttributes", "<attributes><entry><key>MonthlySpendLimit</key><value>"+dollars+"</value></entry></attributes>")
}

// subscriptions is a list of those, by their ARNs.
func subscriptions(arns ...string) reply {
	list := ""
	for _, arn := range arns {
		list += "<member><Owner>123456789012</Owner><Protocol>email</Protocol><Endpoint>" + hush + "@example.com</Endpoint><SubscriptionArn>" + arn + "</SubscriptionArn></member>"
	}
	return snsSays("ListSubscriptionsByTopic", "<Subscriptions>"+list+"</Subscriptions>")
}

func instances(limit, unreserved int) reply {
	return reply{status: 200, kind: "application/json", body: fmt.Sprintf(`{"AccountLimit":{"TotalCodeSize":80530636800,"CodeSizeUnzipped":262144000,`+
		`"CodeSizeZipped":52428800,"ConcurrentExecutions":%d,"UnreservedConcurrentExecutions":%d},"AccountUsage":{"TotalCodeSize":0,"FunctionCount":0}}`, limit, unreserved)}
}

// fault is an error of AWS as the action's service says it.
func fault(action, code, message string) reply {
	switch action {
	case "GetMetricStatistics":
		body := cbor.Encode(cbor.Map{"__type": cbor.String("com.amazonaws.cloudwatch#" + code), "message": cbor.String(message)})
		return reply{status: 403, kind: "application/cbor", header: strings.TrimSuffix(code, "Exception") + ";Sender", body: string(body)}
	case "GetAccountSettings":
		return reply{status: 403, kind: "application/json", body: fmt.Sprintf(`{"__type":%q,"Message":%q}`, code, message)}
	case "GetSMSSandboxAccountStatus", "GetSMSAttributes", "ListSubscriptionsByTopic":
		return reply{status: 403, kind: "text/xml", body: `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>` +
			code + `</Code><Message>` + message + `</Message></Error><RequestId>1</RequestId></ErrorResponse>`}
	}
	return reply{status: 400, kind: "application/x-amz-json-1.1", body: fmt.Sprintf(`{"__type":%q,"message":%q}`, code, message)}
}

// deny refuses an action for want of a right.
func (c *clinic) deny(service, action string) {
	code := "AccessDeniedException"
	if service == "SNS" {
		code = "AuthorizationError"
	}
	c.says[action] = always(fault(action, code, "User: arn:aws:iam::123456789012:user/"+hush+" is not authorized to perform: "+service+":"+action+
		" on resource: * because no identity-based policy allows the action"))
}

// park keeps a push and has it wait since then.
func (c *clinic) park(ago time.Duration) {
	c.Helper()
	c.must(parkIn(c, store.Inbox{Table: c.table("inbox")}, c.now, ago))
}

func parkIn(t testing.TB, inbox store.Inbox, now time.Time, ago time.Duration) error {
	p := store.NewPush("ups", []byte(rand.Text()))
	p.Body = []byte(`{"a":"` + hush + `"}`)
	_, err := inbox.Put(t.Context(), &p, now)
	return errors.Join(err, inbox.Park(t.Context(), &p, store.Parked{Reason: hush, Tries: 1, Since: now.Add(-ago), Next: now}))
}

// wait counts customers who were asked so many days ago.
func (c *clinic) wait(days int, n int64) {
	c.Helper()
	day := c.now.AddDate(0, 0, -days).Format(time.DateOnly)
	_, err := c.table("ledger").Add(c.Context(), store.Key{Partition: "COUNT#mail-pending#" + day, Sort: "-"}, n, 10_000, c.now.AddDate(0, 0, 3))
	c.must(err)
}

// examine runs the command, and looks for what it must not show.
func (c *clinic) examine() (diagnosis, result) {
	c.Helper()
	if !slices.Contains(c.quiet, "17track") {
		c.push("17track", metric.Kept, 3*time.Hour+20*time.Minute, 1)
		c.push("17track", metric.Kept, 200*time.Hour, 5)
	}
	for _, name := range []string{"tiktokshop", "ups"} {
		if !slices.Contains(c.quiet, name) {
			c.push(name, metric.Kept, time.Minute, 7)
		}
	}
	c.push("17track", metric.Kept, 14*24*time.Hour+time.Hour, 9) // Too long ago.
	var stdout, stderr bytes.Buffer
	code := (&env{nil, &stdout, &stderr, os.Getenv}).onAccount(c.Context(), c.stack, c.clock)
	got := result{code, stdout.String(), stderr.String()}
	return diagnosed(c.T, got), got
}

// diagnosed reads what the command printed.
func diagnosed(t *testing.T, got result) (d diagnosis) {
	t.Helper()
	if err := json.Unmarshal([]byte(got.stdout), &d, json.RejectUnknownMembers(true)); err != nil {
		t.Fatalf("ended with %d and printed %q: %v\n%s", got.code, got.stdout, err, got.stderr)
	}
	if all := got.stdout + got.stderr; strings.Contains(strings.ToLower(all), hush) {
		t.Errorf("shows a key or an address:\n%s", all)
	}
	bad := false
	for _, f := range d.Findings {
		bad = bad || f.State == fails
		if (f.Do == "") != (f.State == well) || f.Says == "" {
			t.Errorf("%+v: what is not well is to be mended, and nothing else", f)
		}
	}
	if d.OK == bad || (got.code == exitOK) == bad {
		t.Errorf("ended with %d and ok %t, though a check failed: %t", got.code, d.OK, bad)
	}
	return d
}

// sound is what is said of a deployment of which nothing is missing.
var sound = []finding{
	{"stack", well, "it says what it consists of", ""},
	{"inbox table", well, "there, and made for this", ""},
	{"shipments table", well, "there, and made for this", ""},
	{"ledger table", well, "there, and made for this", ""},
	{"own keys", well, "all three", ""},
	{"keys of 17track", well, "one", ""},
	{"keys of tiktokshop", well, "one", ""},
	{"keys of ups", well, "two", ""},
	{"concurrency", well, "1000 instances of functions may run at once, 1000 of them are reserved for none", ""},
	{"SMS sandbox", well, "the account is out of it", ""},
	{"SMS spending", well, "SNS sends SMS for 50 dollars a month, then none", ""},
	{"seller topic", well, "1 confirmed", ""},
	{"alarm topic", well, "1 confirmed", ""},
	{"events topic", well, "nobody is subscribed, and nobody need be", ""},
	{"pending mail", well, "0 of 4500 places for customers who wait for confirmation are taken", ""},
	{"pushes of 17track", well, "last kept 3 h ago", ""},
	{"pushes of tiktokshop", well, "last kept within the hour", ""},
	{"pushes of ups", well, "last kept within the hour", ""},
	{"parked", well, "nothing is", ""},
	{"shop Mugs", well, "connected since {connected}; orders known up to {upto}; the authorisation ends in 200 days", ""},
}

// What is to be done in several cases. {names} are those of the clinic.
const (
	doAllow      = "have somebody allow it, or check under another AWS_PROFILE"
	doAgain      = "check again; if it stays so, sign in again"
	doStackFirst = "see to the stack first"
	doDrift      = "CloudFormation, {stack}, Detect drift shows what was changed by hand: put that back"
	doDeploy     = "deploy it: sam deploy --stack-name {stack}"
	doPutBack    = "put back what was there: Systems Manager, Parameter Store, History has it"
	doRaise      = "ask Service Quotas for 1000: aws service-quotas request-service-quota-increase --region us-east-1 --service-code lambda --quota-code L-B99A9384 --desired-value 1000"
	doLeave      = "Amazon SNS in us-east-1, Text messaging (SMS): Exit SMS sandbox; until then, verify numbers there, ten at most"
	doSpendMore  = "ask AWS Support for a higher SMS spending quota, then: aws sns set-sms-attributes --region us-east-1 --attributes MonthlySpendLimit=DOLLARS"
	doSubscribe  = "aws sns subscribe --region us-east-1 --topic-arn {topic} --protocol email --notification-endpoint ADDRESS"
	doConfirm    = "open the link that SNS sent there; if it is gone: " + doSubscribe
	doPlaces     = "places come free as people confirm, and after 48 hours; if these are no customers, throttle POST /subscriptions in the template"
	doEnterUPS   = "in the Track Alert subscription of UPS, enter https://shop.example.com/webhooks/ups as destination.url, and the key of local keys set ups -stack {stack} as credential"
	doEnter17    = "at 17TRACK, Settings, Webhook, enter https://shop.example.com/webhooks/17track; the security key shown there is for local keys set 17track -stack {stack}"
	doEnterTik   = "in Partner Center, Development Kits, Manage Webhooks of the app, enter https://shop.example.com/webhooks/tiktokshop for its topics (https, a name, no port); the key of local keys set tiktokshop -stack {stack} is APPKEY:SECRET of the app"
	doConnect    = "local connect tiktokshop -service-id ID -region US -stack {stack}"
	doSweep      = "the sweep asks for them: CloudWatch, Logs of its function in {stack} say why it cannot"
	doLook       = "local quarantine -stack {stack} says why, local replay -stack {stack} drives them again"
)

// ills are what may be missing, one at a time, with all that is then said
// differently than of a sound deployment.
var ills = []struct {
	name string
	do   func(*clinic)
	want []finding
}{
	{"nothing is missing", func(*clinic) {}, nil},

	{"an output is missing", func(c *clinic) { delete(c.outputs, "MAIL_PREFIX"); c.deploy() }, []finding{
		{"stack", fails, "of what it consists of: not set: MAIL_PREFIX", doDeploy + ", for that makes it say all"},
	}},
	{"an output that others need is missing", func(c *clinic) { delete(c.outputs, "ALARM_TOPIC"); c.deploy() }, []finding{
		{"stack", fails, "of what it consists of: not set: ALARM_TOPIC", doDeploy + ", for that makes it say all"},
		{"alarm topic", unsure, "not asked: the stack does not say where it is (ALARM_TOPIC)", doStackFirst},
	}},
	{"a table is gone", func(c *clinic) { c.outputs["LEDGER_TABLE"] = "gone"; c.deploy() }, []finding{
		{"ledger table", fails, "there is no table gone in us-east-1", doDrift + "; DynamoDB, Backups may have its rows"},
		{"pending mail", unsure, "not asked: its table is not there", "see to the table first"},
		{"shops", unsure, "not asked: its table is not there", "see to the table first"},
	}},
	{"a table is another", func(c *clinic) { c.outputs["SHIPMENTS_TABLE"] = c.names["inbox"]; c.deploy() }, []finding{
		{"shipments table", fails, `table {inbox} is no shipments table of Shiptide: its stream is "NEW_IMAGE", not "KEYS_ONLY"`, doDrift},
	}},

	{"own keys were never made", func(c *clinic) { c.remove("/own/pepper", "/own/page", "/own/data") }, []finding{
		{"own keys", fails, "own key missing: /shiptide/{stack}/own/pepper, /shiptide/{stack}/own/page, /shiptide/{stack}/own/data", "local keys init -stack {stack}"},
	}},
	{"an own key is lost, with which addresses are sealed", func(c *clinic) {
		vault, err := c.keys().Vault(c.Context())
		c.must(err, store.Contacts{Table: c.table("ledger"), Vault: vault}.UseKeys(c.Context()))
		c.remove("/own/data")
	}, []finding{
		{
			"own keys", fails, "own key missing: /shiptide/{stack}/own/data",
			"put your copy back: what is stored was made with it, and local keys init -stack {stack} would make another",
		},
	}},
	{"an own key is damaged", func(c *clinic) { c.put("/own/page", hush) }, []finding{
		{"own keys", fails, "/shiptide/{stack}/own/page: not 32 bytes in base64", doPutBack},
	}},

	{"a source has no key, and pushes nothing", func(c *clinic) { c.remove("/keys/ups"); c.quiet = []string{"ups"} }, []finding{
		{"keys of ups", warns, "none, so that its pushes are answered 404", "local keys set ups -stack {stack}"},
		{"pushes of ups", well, "none, as it has no key", ""},
	}},
	{"the keys of a source are damaged", func(c *clinic) { c.put("/keys/17track", `["`+hush) }, []finding{
		{"keys of 17track", fails, `/shiptide/{stack}/keys/17track: not of the form ["key","former key"]`, "local keys set 17track -only -stack {stack}"},
	}},
	{"a key that is no key", func(c *clinic) { c.put("/keys/ups", `["`+hush+` two"]`) }, []finding{
		{"keys of ups", fails, "/shiptide/{stack}/keys/ups: key 1: holds a blank or a control character", "local keys set ups -only -stack {stack}"},
	}},

	{"the key of TikTok Shop is its secret alone", func(c *clinic) { c.put("/keys/tiktokshop", `["`+hush+`"]`) }, []finding{
		{
			"keys of tiktokshop", fails, "not of the form APPKEY:SECRET: both stand on the page of the app in Partner Center, and a colon goes between them",
			"local keys set tiktokshop -stack {stack} -only",
		},
	}},
	{"TikTok Shop never pushed", func(c *clinic) { c.quiet = []string{"tiktokshop"} }, []finding{
		{"pushes of tiktokshop", warns, "none was kept in 14 days", doEnterTik},
	}},

	{"no shop is connected", func(c *clinic) { c.disconnect() }, []finding{
		{"shops", warns, "none is connected, though TikTok Shop has a key: of its pushes nothing can be asked", doConnect + ", or with -region rest"},
	}},
	{"no shop is connected, and none can be", func(c *clinic) {
		c.disconnect()
		c.remove("/keys/tiktokshop")
		c.quiet = []string{"tiktokshop"}
	}, []finding{
		{"keys of tiktokshop", warns, "none, so that its pushes are answered 404", "local keys set tiktokshop -stack {stack}"},
		{"pushes of tiktokshop", well, "none, as it has no key", ""},
		{"shops", well, "none is connected", ""},
	}},
	{"a seller took the authorisation back", func(c *clinic) {
		c.order("577000000000000001", "SELLER", "Evri", "H1")
		c.order("577000000000000002", "SELLER", "TT Virtual express", "V1")
		c.shop(func(s *store.Shop) { s.RevokedAt, s.Region, s.Fault = c.now.Add(-time.Hour), "GB", "AUTH: 105002" })
	}, []finding{
		{
			"shop Mugs", fails, "the seller took the authorisation back on {revoked}: its orders are not asked for",
			"local connect tiktokshop -service-id ID -region rest -stack {stack}",
		},
		{
			"parcels of Mugs", warns, "1 parcel by Evri, labels of the seller: push: 17TRACK, of the numbers that somebody has registered there",
			"register each number with 17TRACK: nothing here does it yet",
		},
		{
			"parcels of Mugs", fails, "1 parcel by TT Virtual express, labels of the seller: nobody: the shop is not connected",
			"local connect tiktokshop -service-id ID -region rest -stack {stack}",
		},
	}},
	{"an authorisation has ended", func(c *clinic) { c.shop(func(s *store.Shop) { s.ExpiresAt = c.now }) }, []finding{
		{"shop Mugs", fails, "the authorisation ended on {today}; orders known up to {upto}", doConnect},
	}},
	{"an authorisation ends in a month", func(c *clinic) { c.shop(func(s *store.Shop) { s.ExpiresAt = c.now.Add(endsSoon) }) }, []finding{
		{"shop Mugs", well, "connected since {connected}; orders known up to {upto}; the authorisation ends in 30 days", ""},
	}},
	{"an authorisation ends sooner", func(c *clinic) { c.shop(func(s *store.Shop) { s.ExpiresAt = c.now.Add(endsSoon - time.Second) }) }, []finding{
		{"shop Mugs", warns, "connected since {connected}; orders known up to {upto}; the authorisation ends in 29 days", doConnect},
	}},
	{"nobody knows when an authorisation ends", func(c *clinic) { c.shop(func(s *store.Shop) { s.ExpiresAt = time.Time{} }) }, []finding{
		{"shop Mugs", well, "connected since {connected}; orders known up to {upto}", ""},
	}},
	{"TikTok refuses the calls of a shop", func(c *clinic) {
		c.shop(func(s *store.Shop) {
			s.Fault, s.FaultSince, s.OrdersUpTo = "AUTH: 105005", c.now.Add(-5*time.Minute), c.now.Add(-5*time.Minute)
		})
	}, []finding{
		{
			"shop Mugs", fails, "its calls are refused since {upto} (AUTH: 105005); orders known up to {upto}",
			"mend what it names: the key is local keys set tiktokshop -stack {stack}, an authorisation " + doConnect,
		},
	}},
	{"orders were asked for just long enough ago", func(c *clinic) {
		c.shop(func(s *store.Shop) { s.OrdersUpTo = c.now.Add(-askedLately) })
	}, []finding{
		{"shop Mugs", well, "connected since {connected}; orders known up to {30min}; the authorisation ends in 200 days", ""},
	}},
	{"orders are not asked for any more", func(c *clinic) {
		c.shop(func(s *store.Shop) { s.OrdersUpTo = c.now.Add(-5 * time.Hour) })
	}, []finding{
		{"shop Mugs", warns, "connected since {connected}; orders known up to {5h}, 5 h ago", doSweep},
	}},
	{"orders were never asked for", func(c *clinic) {
		c.shop(func(s *store.Shop) { s.ConnectedAt, s.OrdersUpTo = c.now.Add(-31*time.Minute), time.Time{} })
	}, []finding{
		{"shop Mugs", warns, "connected since {today}; its orders were never asked for, 31 min ago", doSweep},
	}},
	{"a shop that was connected a moment ago", func(c *clinic) {
		c.shop(func(s *store.Shop) { s.ConnectedAt, s.OrdersUpTo = c.now, time.Time{} })
	}, []finding{
		{"shop Mugs", well, "connected since {today}; its orders were never asked for; the authorisation ends in 200 days", ""},
	}},
	{"parcels of several carriers", func(c *clinic) {
		c.remove("/keys/17track")
		c.quiet = []string{"17track"}
		c.order("577000000000000001", "SELLER", "UPS", "1Z1", "1Z2", "1Z3")
		c.order("577000000000000002", "SELLER", "USPS", "94")
		c.order("577000000000000003", "TIKTOK", "UPS", "1Z4", "1Z5")
	}, []finding{
		{"keys of 17track", warns, "none, so that its pushes are answered 404", "local keys set 17track -stack {stack}"},
		{"pushes of 17track", well, "none, as it has no key", ""},
		{
			"parcels of Mugs", warns, "3 parcels by UPS, labels of the seller: push: UPS, of the numbers that somebody has registered there",
			"subscribe each number to Track Alert of UPS: nothing here does it yet",
		},
		{"parcels of Mugs", well, "2 parcels by UPS, labels of TikTok: TikTok only: no scans of others; delivered is what TikTok calls DELIVERED or COMPLETED", ""},
		{
			"parcels of Mugs", warns, "1 parcel by USPS, labels of the seller: TikTok only: no scans of others; delivered is what TikTok calls DELIVERED or COMPLETED",
			"local keys set 17track -stack {stack}, and register the numbers there, if scans shall be known",
		},
	}},

	{"a new account", func(c *clinic) { c.says["GetAccountSettings"] = always(instances(10, 10)) }, []finding{
		{"concurrency", warns, "10 instances of functions may run at once, 10 of them are reserved for none", doRaise},
	}},
	{"just too few instances", func(c *clinic) { c.says["GetAccountSettings"] = always(instances(99, 99)) }, []finding{
		{"concurrency", warns, "99 instances of functions may run at once, 99 of them are reserved for none", doRaise},
	}},
	{"just enough instances", func(c *clinic) { c.says["GetAccountSettings"] = always(instances(100, 100)) }, []finding{
		{"concurrency", well, "100 instances of functions may run at once, 100 of them are reserved for none", ""},
	}},
	{"others reserve all instances", func(c *clinic) { c.says["GetAccountSettings"] = always(instances(1000, 0)) }, []finding{
		{
			"concurrency", warns, "1000 instances of functions may run at once, 0 of them are reserved for none",
			"Lambda, Functions: give back what others reserve, or ask Service Quotas for more",
		},
	}},

	{"the account is in the sandbox of SMS", func(c *clinic) {
		c.says["GetSMSSandboxAccountStatus"] = always(snsSays("GetSMSSandboxAccountStatus", "<IsInSandbox>true</IsInSandbox>"))
	}, []finding{
		{"SMS sandbox", warns, "the account is in it: only verified numbers get SMS", doLeave},
	}},
	{"the spending of SMS was never raised", func(c *clinic) { c.says["GetSMSAttributes"] = always(snsSays("GetSMSAttributes", "<attributes/>")) }, []finding{
		{"SMS spending", warns, "SNS sends SMS for 1 dollars a month, then none", doSpendMore},
	}},
	{"one dollar is the first limit", func(c *clinic) { c.says["GetSMSAttributes"] = always(spending("1.00")) }, []finding{
		{"SMS spending", warns, "SNS sends SMS for 1 dollars a month, then none", doSpendMore},
	}},
	{"more than one dollar was raised", func(c *clinic) { c.says["GetSMSAttributes"] = always(spending("1.5")) }, []finding{
		{"SMS spending", well, "SNS sends SMS for 1.5 dollars a month, then none", ""},
	}},
	{"a limit that is no number is not repeated", func(c *clinic) { c.says["GetSMSAttributes"] = always(spending(hush)) }, []finding{
		{"SMS spending", unsure, "the limit that SNS names is no number", "Amazon SNS, Text messaging (SMS) shows it"},
	}},
	{"a stack that sends no SMS needs none of it", func(c *clinic) {
		c.outputs["SMS_MONTHLY_LIMIT"] = "0"
		c.deploy()
		c.deny("SNS", "GetSMSSandboxAccountStatus")
		c.deny("SNS", "GetSMSAttributes")
	}, []finding{
		{"SMS sandbox", well, "not asked: the stack sends no SMS", ""},
		{"SMS spending", well, "not asked: the stack sends no SMS", ""},
	}},

	{"nobody hears of parcels", func(c *clinic) { c.on("ListSubscriptionsByTopic", "seller", subscriptions()) }, []finding{
		{"seller topic", warns, "nobody is subscribed", strings.ReplaceAll(doSubscribe, "{topic}", "{seller}")},
	}},
	{"nobody hears of alarms", func(c *clinic) { c.on("ListSubscriptionsByTopic", "alarm", subscriptions("Deleted")) }, []finding{
		{"alarm topic", warns, "nobody is subscribed", strings.ReplaceAll(doSubscribe, "{topic}", "{alarm}")},
	}},
	{"an alarm mail was never confirmed", func(c *clinic) {
		c.on("ListSubscriptionsByTopic", "alarm", subscriptions("PendingConfirmation"))
	}, []finding{
		{
			"alarm topic", warns, "0 confirmed, 1 not yet: SNS drops what is not confirmed within 48 hours",
			strings.ReplaceAll(doConfirm, "{topic}", "{alarm}"),
		},
	}},
	{"one of two who listen to events has not confirmed", func(c *clinic) {
		c.on("ListSubscriptionsByTopic", "events", subscriptions("arn:aws:sns:us-east-1:123456789012:x:1", "PendingConfirmation"))
	}, []finding{
		{
			"events topic", warns, "1 confirmed, 1 not yet: SNS drops what is not confirmed within 48 hours",
			strings.ReplaceAll(doConfirm, "{topic}", "{events}"),
		},
	}},
	{"somebody listens to events", func(c *clinic) { c.listen("events") }, []finding{{"events topic", well, "1 confirmed", ""}}},
	{"a topic is gone", func(c *clinic) { c.outputs["SELLER_TOPIC"] = c.topics["seller"] + "-gone"; c.deploy() }, []finding{
		{"seller topic", fails, "it is not there", doDrift},
	}},
	{"a topic that is none is not repeated", func(c *clinic) {
		c.on("ListSubscriptionsByTopic", "seller", fault("ListSubscriptionsByTopic", "InvalidParameter", hush))
	}, []finding{
		{"seller topic", unsure, "not known: InvalidParameter", doAgain},
	}},
	{"an answer that is none is not repeated", func(c *clinic) {
		c.on("ListSubscriptionsByTopic", "seller", reply{status: 200, kind: "text/xml", body: "<" + hush})
	}, []finding{
		{"seller topic", unsure, "not known: the answer is not understood", doAgain},
	}},

	{"a customer was invited", func(c *clinic) {
		s := &snssender.Sender{Client: c.sns(), Ledger: c.table("ledger"), MailPrefix: c.outputs["MAIL_PREFIX"], Now: c.clock}
		c.must(s.Invite(c.Context(), contact.Contact{ID: "c", Channel: contact.Email, Address: hush + "@example.com"}))
	}, []finding{
		{"pending mail", well, "1 of 4500 places for customers who wait for confirmation are taken", ""},
	}},
	{"many customers wait, and others are forgotten", func(c *clinic) { c.wait(0, 1); c.wait(1, 1999); c.wait(2, 1600); c.wait(3, 4000) }, []finding{
		{"pending mail", warns, "3600 of 4500 places for customers who wait for confirmation are taken; when all are, nobody more is asked", doPlaces},
	}},
	{"not quite many customers wait", func(c *clinic) { c.wait(2, 3599) }, []finding{
		{"pending mail", well, "3599 of 4500 places for customers who wait for confirmation are taken", ""},
	}},

	{"a source never pushed", func(c *clinic) { c.quiet = []string{"ups"} }, []finding{
		{"pushes of ups", warns, "none was kept in 14 days", doEnterUPS},
	}},
	{"another source never pushed", func(c *clinic) { c.quiet = []string{"17track"} }, []finding{
		{"pushes of 17track", warns, "none was kept in 14 days", doEnter17},
	}},
	{"a source never pushed, and the stack does not say where to", func(c *clinic) {
		c.quiet = []string{"ups"}
		delete(c.outputs, "URL")
		c.deploy()
	}, []finding{
		{"stack", fails, "of what it consists of: not set: URL", doDeploy + ", for that makes it say all"},
		{"pushes of ups", warns, "none was kept in 14 days", strings.Replace(doEnterUPS, "https://shop.example.com", "(output Url of the stack)", 1)},
	}},
	{"the key is not the sender's", func(c *clinic) {
		c.quiet = []string{"ups"}
		c.push("ups", metric.Refused, time.Hour, 2)
		c.push("ups", metric.Refused, 20*time.Hour, 3)
		c.push("ups", metric.Refused, 30*time.Hour, 900)
		c.push("ups", metric.Kept, 50*time.Hour, 1)
	}, []finding{
		{"pushes of ups", fails, "5 were refused in a day and none was kept: the key of the sender is not the one here", "local keys set ups -stack {stack}"},
	}},
	{"the last push was days ago", func(c *clinic) {
		c.quiet = []string{"ups"}
		c.push("ups", metric.Kept, 100*time.Hour, 1)
	}, []finding{
		{"pushes of ups", well, "last kept 4 days ago", ""},
	}},
	{"some are refused beside others", func(c *clinic) { c.push("ups", metric.Refused, time.Hour, 500) }, nil},
	{"a few are refused", func(c *clinic) {
		c.quiet = []string{"ups"}
		c.push("ups", metric.Refused, time.Hour, 4)
		c.push("ups", metric.Refused, 30*time.Hour, 900)
	}, []finding{
		{"pushes of ups", warns, "none was kept in 14 days", doEnterUPS},
	}},

	{"pushes were parked just now", func(c *clinic) { c.park(20 * time.Minute); c.park(10 * time.Minute) }, []finding{
		{"parked", well, "2, the oldest for 20 min", ""},
	}},
	{"a push has been parked for hours", func(c *clinic) { c.park(10 * time.Minute); c.park(3 * time.Hour) }, []finding{
		{"parked", warns, "2, the oldest for 3 h", doLook},
	}},
}

// filled puts the names of the clinic into findings.
func (c *clinic) filled(findings []finding) []finding {
	names := strings.NewReplacer("{stack}", c.stack, "{inbox}", c.names["inbox"],
		"{seller}", c.topics["seller"], "{alarm}", c.topics["alarm"], "{events}", c.topics["events"],
		"{connected}", c.now.AddDate(0, -3, 0).Format(time.DateOnly), "{today}", c.now.Format(time.DateOnly), "{revoked}", c.now.Add(-time.Hour).Format(time.DateOnly),
		"{upto}", minute(c.now.Add(-5*time.Minute)), "{30min}", minute(c.now.Add(-30*time.Minute)), "{5h}", minute(c.now.Add(-5*time.Hour)))
	out := slices.Clone(findings)
	for i := range out {
		out[i].Says, out[i].Do = names.Replace(out[i].Says), names.Replace(out[i].Do)
	}
	return out
}

// instead is what is said of a sound deployment, but for these.
func instead(findings []finding) []finding {
	out := slices.Clone(sound)
	for i := range out {
		for _, f := range findings {
			if f.Check == out[i].Check || f.Check == "shops" && out[i].Check == "shop Mugs" {
				out[i] = f
			}
		}
	}
	for _, f := range findings {
		if f.Check == "parcels of Mugs" { // There are none of a sound one.
			out = append(out, f)
		}
	}
	return out
}

func TestDoctor(t *testing.T) {
	for _, tt := range ills {
		t.Run(tt.name, func(t *testing.T) {
			c := newClinic(t)
			tt.do(c)
			d, got := c.examine()
			if diff := cmp.Diff(c.filled(instead(tt.want)), d.Findings); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if d.Stack != c.stack || d.Region != awstest.Region {
				t.Errorf("of stack %s in %s, want %s in %s", d.Stack, d.Region, c.stack, awstest.Region)
			}
			for _, f := range d.Findings {
				if !strings.Contains(got.stderr, f.Check+": "+f.Says) {
					t.Errorf("no line says %+v:\n%s", f, got.stderr)
				}
			}
		})
	}
}

// TestDoctorShowsNoOwnKey looks for the keys that the stack made for itself.
func TestDoctorShowsNoOwnKey(t *testing.T) {
	c := newClinic(t)
	own, err := c.keys().Own(t.Context())
	c.must(err)
	_, got := c.examine()
	for _, key := range [][]byte{own.Pepper, own.Page, own.Data} {
		for _, text := range []string{string(key), base64.StdEncoding.EncodeToString(key), hex.EncodeToString(key)} {
			if strings.Contains(got.stdout+got.stderr, text) {
				t.Errorf("shows an own key:\n%s%s", got.stdout, got.stderr)
			}
		}
	}
}

// TestDoctorNamesTheRightThatIsMissing refuses one right at a time. All that can be
// asked without it is.
func TestDoctorNamesTheRightThatIsMissing(t *testing.T) {
	tests := []struct {
		service, action string // as AWS names them
		right           string
		unknown         []string // checks
	}{
		{"ssm", "GetParametersByPath", "ssm:GetParametersByPath", []string{
			"stack", "inbox table", "shipments table", "ledger table", "own keys", "keys of 17track", "keys of tiktokshop", "keys of ups",
			"seller topic", "alarm topic", "events topic", "pending mail", "parked", "shops",
		}},
		{"dynamodb", "DescribeTable", "dynamodb:DescribeTable", []string{"inbox table", "shipments table", "ledger table"}},
		{"lambda", "GetAccountSettings", "lambda:GetAccountSettings", []string{"concurrency"}},
		{"SNS", "GetSMSSandboxAccountStatus", "sns:GetSMSSandboxAccountStatus", []string{"SMS sandbox"}},
		{"SNS", "GetSMSAttributes", "sns:GetSMSAttributes", []string{"SMS spending"}},
		{"SNS", "ListSubscriptionsByTopic", "sns:ListSubscriptionsByTopic", []string{"seller topic", "alarm topic", "events topic"}},
		{"dynamodb", "GetItem", "dynamodb:GetItem", []string{"pending mail"}},
		{"cloudwatch", "GetMetricStatistics", "cloudwatch:GetMetricStatistics", []string{"pushes of 17track", "pushes of tiktokshop", "pushes of ups"}},
		{"dynamodb", "Query", "dynamodb:Query", []string{"parked", "shops"}},
	}
	for _, tt := range tests {
		t.Run(tt.right, func(t *testing.T) {
			c := newClinic(t)
			c.deny(tt.service, tt.action)
			var want []finding
			for _, name := range tt.unknown {
				want = append(want, finding{name, unsure, "not known: the right " + tt.right + " is missing", doAllow})
			}
			d, _ := c.examine()
			if diff := cmp.Diff(c.filled(instead(want)), d.Findings); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// TestDoctorOfAParkedRowThatMayNotBeRead: AWS says itself which right it is.
func TestDoctorOfAParkedRowThatMayNotBeRead(t *testing.T) {
	c := newClinic(t)
	c.park(time.Minute)
	c.deny("dynamodb", "GetItem")
	d, _ := c.examine()
	want := finding{"parked", unsure, "not known: the right dynamodb:GetItem is missing", doAllow}
	if !slices.Contains(d.Findings, want) {
		t.Errorf("%+v, want %+v among them", d.Findings, want)
	}
}

// TestDoctorOfNothing asks for a stack that was never deployed.
func TestDoctorOfNothing(t *testing.T) {
	c := newClinic(t)
	c.stack, c.quiet = "never-deployed", []string{"ups", "tiktokshop", "17track"}
	unnamed := func(check, output string) finding {
		return finding{check, unsure, "not asked: the stack does not say where it is (" + output + ")", doStackFirst}
	}
	noKey := func(source string) finding {
		return finding{"keys of " + source, warns, "none, so that its pushes are answered 404", "local keys set " + source + " -stack {stack}"}
	}
	want := []finding{
		{"stack", fails, "there is none of that name in us-east-1", doDeploy + "; or set AWS_REGION or AWS_PROFILE to where it is"},
		unnamed("inbox table", "INBOX_TABLE"), unnamed("shipments table", "SHIPMENTS_TABLE"), unnamed("ledger table", "LEDGER_TABLE"),
		{"own keys", fails, "own key missing: /shiptide/{stack}/own/pepper, /shiptide/{stack}/own/page, /shiptide/{stack}/own/data", "local keys init -stack {stack}"},
		noKey("17track"), noKey("tiktokshop"), noKey("ups"),
		unnamed("seller topic", "SELLER_TOPIC"), unnamed("alarm topic", "ALARM_TOPIC"), unnamed("events topic", "EVENTS_TOPIC"),
		unnamed("pending mail", "LEDGER_TABLE"),
		{"pushes of 17track", well, "none, as it has no key", ""},
		{"pushes of tiktokshop", well, "none, as it has no key", ""},
		{"pushes of ups", well, "none, as it has no key", ""},
		unnamed("parked", "INBOX_TABLE"),
		unnamed("shops", "LEDGER_TABLE"),
	}
	d, got := c.examine()
	if diff := cmp.Diff(c.filled(instead(want)), d.Findings); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if got.code != exitFailed {
		t.Errorf("ended with %d", got.code)
	}
}

// TestDoctorOfSomebodyWhomAWSDoesNotKnow: that nothing can be asked is no health.
func TestDoctorOfSomebodyWhomAWSDoesNotKnow(t *testing.T) {
	c := newClinic(t)
	for _, action := range []string{"GetParametersByPath", "GetAccountSettings", "GetSMSSandboxAccountStatus", "GetSMSAttributes", "GetMetricStatistics"} {
		c.says[action] = always(fault(action, "ExpiredTokenException", "The security token "+hush+" included in the request is expired"))
	}
	d, _ := c.examine()
	for _, f := range d.Findings {
		if want := map[bool]verdict{true: fails, false: unsure}[f.Check == "stack"]; f.State != want {
			t.Errorf("%+v, want %s", f, want)
		}
	}
	want := finding{"stack", fails, "read /shiptide/" + c.stack + ": ExpiredTokenException", "is AWS_REGION right, and are you signed in (AWS_PROFILE)?"}
	if d.Findings[0] != want {
		t.Errorf("%+v, want %+v", d.Findings[0], want)
	}
}

// TestDoctorAsProgramsAndPeopleSeeIt pins the form of what is printed.
func TestDoctorAsProgramsAndPeopleSeeIt(t *testing.T) {
	var stdout, stderr bytes.Buffer
	e := &env{nil, &stdout, &stderr, os.Getenv}
	code := e.report(t.Context(), diagnosis{Stack: "shop", Region: "us-east-1", Findings: []finding{
		{"keys of ups", well, "two", ""},
		{"SMS sandbox", warns, "the account is in it", "leave <it>"},
		{"own keys", fails, "none", "local keys init -stack shop"},
		{"parked", unsure, "not known", "ask"},
	}})
	lines := `ok   keys of ups: two
warn SMS sandbox: the account is in it → leave <it>
FAIL own keys: none → local keys init -stack shop
?    parked: not known → ask
`
	object := `{"stack":"shop","region":"us-east-1","ok":false,"findings":[` +
		`{"check":"keys of ups","state":"ok","says":"two","do":""},` +
		`{"check":"SMS sandbox","state":"warn","says":"the account is in it","do":"leave <it>"},` +
		`{"check":"own keys","state":"fail","says":"none","do":"local keys init -stack shop"},` +
		`{"check":"parked","state":"unknown","says":"not known","do":"ask"}]}` + "\n"
	if diff := cmp.Diff([]string{object, lines}, []string{stdout.String(), stderr.String()}); diff != "" || code != exitFailed {
		t.Errorf("ended with %d (-want +got):\n%s", code, diff)
	}
}

// TestDoctorAsksSideBySide: one that gets no answer is given up, and the others
// have answered by then.
func TestDoctorAsksSideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, meet := time.Now(), make(chan struct{})
		hung := func(ctx context.Context) finding {
			<-ctx.Done()
			return unanswered(fmt.Errorf("asked %s: %w", hush, ctx.Err()), "a:Right")
		}
		got := together(t.Context(), []check{
			{"hung", hung},
			{"first", func(context.Context) finding { meet <- struct{}{}; return fine("met") }},
			{"second", func(context.Context) finding { <-meet; return fine("met") }},
			{"hung too", hung},
		})
		want := []finding{
			{"hung", unsure, "not known: no answer in time", doAgain},
			{"first", well, "met", ""},
			{"second", well, "met", ""},
			{"hung too", unsure, "not known: no answer in time", doAgain},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("findings (-want +got):\n%s", diff)
		}
		if took := time.Since(began); took != checkTime {
			t.Errorf("took %v, want that of one check", took)
		}
	})
}

// TestDoctorThatIsStopped tells nothing: what was not asked is not unknown.
func TestDoctorThatIsStopped(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var stdout, stderr bytes.Buffer
	if code := (&env{nil, &stdout, &stderr, os.Getenv}).report(ctx, diagnosis{}); code != exitFailed || stdout.Len() > 0 {
		t.Errorf("ended with %d and printed %q", code, stdout.String())
	}
}

// callDoctor calls the command as the list of commands does.
func callDoctor(t *testing.T, getenv func(string) string, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := doctor(t.Context(), &env{nil, &stdout, &stderr, getenv}, args)
	return result{code, stdout.String(), stderr.String()}
}

func TestDoctorIsCalled(t *testing.T) {
	nowhere := httptest.NewServer(http.NotFoundHandler())
	nowhere.Close()
	tests := []struct {
		name    string
		args    []string
		environ [2]string
		code    int
		want    string
	}{
		{"a word too much", []string{"now"}, [2]string{}, exitUsage, ""},
		{"a flag that there is not", []string{"-table", "x"}, [2]string{}, exitUsage, "not defined"},
		{"two places", []string{"-stack", "shop", "-data", "x"}, [2]string{}, exitUsage, ""},
		{"no name", []string{"-stack", ""}, [2]string{}, exitUsage, "not the name of a stack"},
		{"a name that a shell would run", []string{"-stack", "shop;ls"}, [2]string{}, exitUsage, "not the name of a stack"},
		{"no region", []string{"-stack", "shop"}, [2]string{"AWS_REGION", ""}, exitFailed, "AWS_REGION"},
		{"nobody", []string{"-stack", "shop"}, [2]string{"AWS_ACCESS_KEY_ID", ""}, exitFailed, "no AWS credentials"},
		{"no AWS", []string{"-stack", "shop"}, [2]string{}, exitFailed, "FAIL stack: read /shiptide/shop: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			onAWS(t, nowhere.URL)
			if tt.environ[0] != "" {
				t.Setenv(tt.environ[0], tt.environ[1])
			}
			callDoctor(t, os.Getenv, tt.args...).check(t, tt.name, tt.code, tt.want)
		})
	}
}

// TestDoctorOnThisMachine looks at data folders. It makes nothing in them.
func TestDoctorOnThisMachine(t *testing.T) {
	const development = "WEBHOOK_KEYS is not set: each source has its development key, good on this machine only"
	keys := finding{"webhook keys", well, development, ""}
	form := `set WEBHOOK_KEYS as {"ups":["key","former key"]}`
	fresh := []finding{
		{"folder", well, "{dir}", ""},
		{"keys.json", well, "made when they are first needed", ""},
		{"database", well, "made when it is first needed", ""},
		{"parked", well, "nothing is", ""},
		keys,
		{"shops", well, "none is connected", ""},
	}
	used := []finding{
		{"folder", well, "{dir}", ""},
		{"keys.json", well, "there", ""},
		{"database", well, "not in use", ""},
		{"parked", well, "nothing is", ""},
		keys,
		{"shops", well, "none is connected", ""},
	}
	changed := func(all []finding, by ...finding) []finding {
		all = slices.Clone(all)
		for _, f := range by {
			all[slices.IndexFunc(all, func(g finding) bool { return g.Check == f.Check })] = f
		}
		return all
	}
	in := func(dir, name, text string) error { return os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600) }
	noKeys := []finding{
		{"database", unsure, "not looked at: nobody can use it without keys.json", "bring keys.json first"},
		{"parked", unsure, "not looked at: nobody can use it without keys.json", "bring keys.json first"},
		{"shops", unsure, "not looked at: nobody can use it without keys.json", "bring keys.json first"},
	}
	otherKeys := []finding{
		{"keys.json", fails, "it is not the one that goes with this database", "put the one into {dir} that the data came with"},
		{"database", unsure, "not looked at: its keys are others", "bring the right keys.json first"},
		{"parked", unsure, "not looked at: its keys are others", "bring the right keys.json first"},
		{"shops", unsure, "not looked at: its keys are others", "bring the right keys.json first"},
	}
	tests := []struct {
		name string
		used bool // somebody has subscribed
		do   func(dir string) error
		keys string // WEBHOOK_KEYS
		want []finding
	}{
		{"nothing has run", false, os.Remove, "", changed(fresh, finding{"folder", warns, "{dir} is not there: nothing has run here yet", "local serve -data {dir}"})},
		{"an empty folder", false, nil, "", fresh},
		{"a folder with nothing but keys, as for DynamoDB", false, func(dir string) error { _, err := makeKeys(dir); return err }, "", fresh},
		{"no folder", false, func(dir string) error { return errors.Join(os.Remove(dir), os.WriteFile(dir, nil, 0o600)) }, "", changed(fresh,
			finding{"folder", fails, "{dir} is no folder", "name another with -data"},
			finding{"keys.json", fails, "open {dir}/keys.json: not a directory", "put your copy of it into {dir}"},
			noKeys[0], noKeys[1], noKeys[2])},
		{"in use before", true, nil, "", used},
		{"a key of TikTok Shop, and no shop", true, nil, `{"tiktokshop":["` + hush + `:` + hush + `"]}`, changed(used,
			finding{"webhook keys", well, "of tiktokshop", ""},
			finding{
				"shops", warns, "none is connected, though TikTok Shop has a key: of its pushes nothing can be asked",
				"local connect tiktokshop -service-id ID -region US -data {dir}, or with -region rest",
			})},
		{"a secret of TikTok Shop without its app", true, nil, `{"tiktokshop":["` + hush + `"]}`, changed(used, finding{
			"webhook keys", fails,
			"WEBHOOK_KEYS: tiktokshop: key 1: not of the form APPKEY:SECRET: both stand on the page of the app in Partner Center, and a colon goes between them", form,
		})},
		{"keys of sources", true, nil, `{"ups":["` + hush + `"]}`, changed(used, finding{"webhook keys", well, "of ups", ""})},
		{"keys that cannot be read", true, nil, hush, changed(used, finding{"webhook keys", fails, `WEBHOOK_KEYS is not of the form {"ups":["key","second key"]}`, form})},
		{"a key with a blank", true, nil, `{"ups":["a","` + hush + ` b"]}`, changed(used, finding{"webhook keys", fails, "WEBHOOK_KEYS: ups: key 2: holds a blank or a control character", form})},
		{"keys.json is gone", true, func(dir string) error { return os.Remove(filepath.Join(dir, keysFile)) }, "", changed(used,
			finding{
				"keys.json", fails, "{dir}/keys.json is missing, and without it no recipient can be read: restore it, or bring that of the store that the data came from (file does not exist)",
				"put your copy of it into {dir}",
			}, noKeys[0], noKeys[1], noKeys[2])},
		{"keys.json is damaged", true, func(dir string) error { return in(dir, keysFile, hush) }, "", changed(used,
			finding{"keys.json", fails, "{dir}/keys.json is damaged: restore it, since without it no recipient can be read", "put your copy of it into {dir}"},
			noKeys[0], noKeys[1], noKeys[2])},
		{"keys.json of another folder", true, func(dir string) error {
			_, err := makeKeys(dir + "-2")
			return errors.Join(err, os.Rename(filepath.Join(dir+"-2", keysFile), filepath.Join(dir, keysFile)))
		}, "", changed(used, otherKeys...)},
		{"a database that is none", true, func(dir string) error { return in(dir, dbFile, strings.Repeat(hush, 10_000)) }, "", changed(used,
			finding{"database", fails, "{dir}/shiptide.db: invalid database", "put a copy of it back, or name another folder with -data"},
			finding{"parked", unsure, "not looked at: the database cannot be opened", "see to the database first"},
			finding{"shops", unsure, "not looked at: the database cannot be opened", "see to the database first"})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if tt.used {
				local(t, "", "subscribe", demoNumber, "-email", hush+"@example.com", "-data", dir)
			}
			if tt.do != nil {
				if err := tt.do(dir); err != nil {
					t.Fatal(err)
				}
			}
			before := contents(t, dir)
			d := diagnosed(t, callDoctor(t, func(name string) string { return map[string]string{webhookKeys: tt.keys}[name] }, "-data", dir))
			tt.want = slices.Clone(tt.want)
			for i := range tt.want {
				tt.want[i].Says = strings.ReplaceAll(tt.want[i].Says, "{dir}", dir)
				tt.want[i].Do = strings.ReplaceAll(tt.want[i].Do, "{dir}", dir)
			}
			if diff := cmp.Diff(diagnosis{Data: dir, OK: d.OK, Findings: tt.want}, d); diff != "" {
				t.Errorf("diagnosis (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, contents(t, dir)); diff != "" {
				t.Errorf("the folder was changed (-before +now):\n%s", diff)
			}
		})
	}
}

// contents are the files of a folder, which may not be there.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		raw, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(raw)
	}
	return files
}

// TestDoctorBesideAServer says which server has the data, and does not wait.
func TestDoctorBesideAServer(t *testing.T) {
	dir := t.TempDir()
	ring, err := readKeyring("")
	if err != nil {
		t.Fatal(err)
	}
	a, err := openApp(dir, ring.sources(), time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.close() }()
	look := func(says string) {
		t.Helper()
		d := diagnosed(t, callDoctor(t, func(string) string { return "" }, "-data", dir))
		want := []finding{
			{"database", well, says, ""},
			{"parked", unsure, "not looked at: the database is in use", "local quarantine -data " + dir},
		}
		if diff := cmp.Diff(want, d.Findings[2:4]); diff != "" {
			t.Errorf("findings (-want +got):\n%s", diff)
		}
	}
	look(dir + " is in use by a command")
	err = a.withClient(t.Context(), func(_ context.Context, c *client) error {
		look(dir + " is in use by a command") // It has no address yet.
		defer look(dir + " is in use by the server at " + c.base)
		return writeAddress(dir, address{c.base, a.id})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestDoctorOfParkedPushes(t *testing.T) {
	const do = "local quarantine -data x says why, local replay -data x drives them again"
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	hundred := slices.Repeat([]time.Duration{time.Minute}, 99)
	tests := []struct {
		name string
		ages []time.Duration
		want finding
	}{
		{"none", nil, finding{"", well, "nothing is", ""}},
		{"for an hour", []time.Duration{time.Hour, time.Minute}, finding{"", well, "2, the oldest for 1 h", ""}},
		{"for a second more", []time.Duration{time.Minute, time.Hour + time.Second}, finding{"", warns, "2, the oldest for 1 h", do}},
		{"for days", []time.Duration{50 * time.Hour}, finding{"", warns, "1, the oldest for 2 days", do}},
		{"not so many that they cannot be read", hundred, finding{"", well, "99, the oldest for 1 min", ""}},
		{"so many that not all are read", slices.Concat(hundred, hundred), finding{"", well, "100 or more, the oldest of these for 1 min", ""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			db, err := boltstore.Open(filepath.Join(t.TempDir(), dbFile), func() time.Time { return now }, boltstore.Options{NoSync: true})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			rows, err := db.Table("inbox", nil)
			if err != nil {
				t.Fatal(err)
			}
			inbox := store.Inbox{Table: rows}
			for _, age := range tt.ages {
				if err := parkIn(t, inbox, now, age); err != nil {
					t.Fatal(err)
				}
			}
			if got, err := parked(t.Context(), inbox, now, "-data x"); err != nil || got != tt.want {
				t.Errorf("%+v, %v, want %+v", got, err, tt.want)
			}
		})
	}
}
