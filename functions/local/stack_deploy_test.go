//go:build stack

package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/notify"
	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
	"github.com/shiptide/shiptide/shared/store"
)

// samHome is the environment variable that names the folder of SAM's packages.
const samHome = "SAM_HOME"

// stackName is that of the test's stack.
const stackName = "shiptide"

// Keys of the test's sources.
var stackKeys = map[string][]string{
	"ups": {"the-ups-key-of-this-test"}, "17track": {"the-17track-key-of-this-test"}, tiktok: {"6inventedapp:the-secret-of-the-app-of-this-test"},
}

// stack is a deployment in the emulator.
type stack struct {
	*cloud
	deployment
	api    string            // where routes are
	names  map[string]string // of resources, by logical ID
	poster poster
	queue  string // URL of a queue that listens to events
	market *tiktokshoptest.Server
	shopID string // of the shop that was connected
	built  string // the folder of the functions
	// patches is the file in which the emulator notes what was mended.
	patches string
	lived   string // number of the parcel whose life was played
}

// timed does a step and says how long it took.
func timed(t *testing.T, name string, do func(t *testing.T)) {
	t.Helper()
	began := time.Now()
	if !t.Run(name, do) {
		t.FailNow() // What follows builds on it.
	}
	t.Logf("%-28s %5.1f s", name, time.Since(began).Seconds())
}

// sam runs SAM in the root of the repository.
func sam(t *testing.T, env []string, args ...string) {
	t.Helper()
	cmd := exec.Command("python3", append([]string{"-m", "samcli"}, args...)...)
	cmd.Dir = "../.."
	cmd.Env = append(os.Environ(), "SAM_CLI_TELEMETRY=0", "PYTHONPATH="+os.Getenv(samHome))
	cmd.Env = append(cmd.Env, env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("sam %s: %v\n%s", args[0], err, out)
	}
}

// build builds the functions for this machine and returns where they are.
func build(t *testing.T, dir string) {
	t.Helper()
	architecture := map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH]
	sam(t, []string{"CGO_ENABLED=0", `GOFLAGS=-tags=lambda.norpc -trimpath "-ldflags=-s -w"`},
		"build", "--build-dir", dir, "--cache-dir", filepath.Join(dir, "cache"), "--parameter-overrides", "Architecture="+architecture)
	files, err := filepath.Glob(filepath.Join(dir, "*", "bootstrap"))
	if err != nil || len(files) != 7 {
		t.Fatalf("built %d functions, %v, want 7", len(files), err)
	}
}

// deployStack deploys the template as it stands, with the defaults of its parameters
// but for where TikTok Shop is.
func deployStack(t *testing.T, c *cloud, dir, market string) *stack {
	t.Helper()
	settings, err := filepath.Abs("../../samconfig.toml")
	if err != nil {
		t.Fatal(err)
	}
	sam(t, nil, "deploy", "--config-file", settings, "--template-file", filepath.Join(dir, "template.yaml"), "--no-confirm-changeset", "--no-progressbar",
		"--parameter-overrides", "TikTokApi="+market, "TikTokAuth="+market)
	s := &stack{cloud: c, names: map[string]string{}}
	if s.deployment, err = readStack(t.Context(), stackName); err != nil {
		t.Fatal(err)
	}
	var described struct {
		Resources []struct {
			Logical  string `xml:"LogicalResourceId"`
			Physical string `xml:"PhysicalResourceId"`
		} `xml:"DescribeStackResourcesResult>StackResources>member"`
	}
	c.query("cloudformation", "2010-05-15", url.Values{"Action": {"DescribeStackResources"}, "StackName": {stackName}}, &described)
	for _, r := range described.Resources {
		s.names[r.Logical] = r.Physical
	}
	s.api = c.url + "/_aws/execute-api/" + s.names["Api"] + "/$default"
	s.poster = poster{base: s.api, keys: keyring{texts: stackKeys}, now: time.Now}
	return s
}

// listenTo subscribes a queue to a topic of the stack, and returns its URL.
func (s *stack) listenTo(t *testing.T, topic, queue string) string {
	t.Helper()
	var made struct {
		URL string `json:"QueueUrl"`
	}
	s.target("sqs", "AmazonSQS.CreateQueue", fmt.Sprintf(`{"QueueName":%q}`, queue), &made)
	arn := "arn:aws:sqs:us-east-1:000000000000:" + queue
	policy, err := json.Marshal(map[string]any{"Statement": []any{map[string]any{
		"Effect": "Allow", "Principal": map[string]any{"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn,
		"Condition": map[string]any{"ArnEquals": map[string]any{"aws:SourceArn": s.output(topic)}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	set, err := json.Marshal(map[string]any{"QueueUrl": made.URL, "Attributes": map[string]string{"Policy": string(policy)}})
	if err != nil {
		t.Fatal(err)
	}
	s.target("sqs", "AmazonSQS.SetQueueAttributes", string(set), &struct{}{})
	s.query("sns", "2010-03-31", url.Values{
		"Action": {"Subscribe"}, "TopicArn": {s.output(topic)}, "Protocol": {"sqs"}, "Endpoint": {arn},
		"Attributes.entry.1.key": {"RawMessageDelivery"}, "Attributes.entry.1.value": {"true"},
	}, nil)
	return made.URL
}

// events takes from the queue of events what is there, as CloudEvents.
func (s *stack) events(t *testing.T) (out []queuedEvent) {
	t.Helper()
	for _, m := range s.take(t, s.queue) {
		var e queuedEvent
		if err := json.Unmarshal([]byte(m), &e); err != nil {
			t.Fatalf("event %s: %v", m, err)
		}
		out = append(out, e)
	}
	return out
}

// take takes from a queue what is there.
func (s *stack) take(t *testing.T, queue string) (out []string) {
	t.Helper()
	for {
		var got struct {
			Messages []struct {
				Body    string `json:"Body"`
				Receipt string `json:"ReceiptHandle"`
			} `json:"Messages"`
		}
		s.target("sqs", "AmazonSQS.ReceiveMessage", fmt.Sprintf(`{"QueueUrl":%q,"MaxNumberOfMessages":10}`, queue), &got)
		if len(got.Messages) == 0 {
			return out
		}
		for _, m := range got.Messages {
			out = append(out, m.Body)
			s.target("sqs", "AmazonSQS.DeleteMessage", fmt.Sprintf(`{"QueueUrl":%q,"ReceiptHandle":%q}`, queue, m.Receipt), &struct{}{})
		}
	}
}

// queuedEvent is what a machine gets.
type queuedEvent struct {
	SpecVersion string `json:"specversion"`
	Type        string `json:"type"`
	Subject     string `json:"subject"`
}

// texts are the SMS that went to a number.
func (s *stack) texts(t *testing.T, number string) []string {
	t.Helper()
	res, err := http.Get(s.emulator.String() + "/_ministack/sns/sms-messages")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var all struct {
		Messages map[string][]struct {
			Message string `json:"Message"`
		} `json:"sms_messages"`
	}
	if err := json.UnmarshalRead(res.Body, &all); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range all.Messages[number] {
		out = append(out, m.Message)
	}
	return out
}

// invoke calls a function as its schedule does.
func (s *stack) invoke(function, input string) (failed string, answer []byte) {
	s.t.Helper()
	req, err := http.NewRequest(http.MethodPost, s.url+"/2015-03-31/functions/"+s.names[function]+"/invocations", strings.NewReader(input))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var b bytes.Buffer
	if _, err := b.ReadFrom(res.Body); err != nil {
		s.t.Fatal(err)
	}
	failed = res.Header.Get("X-Amz-Function-Error")
	if res.StatusCode != http.StatusOK {
		failed += res.Status
	}
	return failed, b.Bytes()
}

// operator runs a command as the operator of the stack does.
func (s *stack) operator(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	keys, err := json.Marshal(stackKeys)
	if err != nil {
		t.Fatal(err)
	}
	return localWith(t, func(name string) string {
		if name == webhookKeys {
			return string(keys)
		}
		return os.Getenv(name)
	}, stdin, append(slices.Clone(args), "-stack", stackName)...)
}

// why is what the operator sees of a number.
func (s *stack) why(t *testing.T, number string) whyView {
	t.Helper()
	got := s.operator(t, "", "why", number)
	var v whyView
	if got.code != exitOK {
		return v
	}
	if err := json.Unmarshal([]byte(got.stdout), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// answered posts something until it reaches a function: the emulator answers 502 for
// a while after a process of one was ended.
func answered(post func() (int, error)) (status int, err error) {
	for range 20 {
		if status, err = post(); err != nil || status != http.StatusBadGateway {
			return status, err
		}
		time.Sleep(100 * time.Millisecond)
	}
	return status, err
}

// settleFor is how long the stack has for what it does by itself.
const settleFor = notify.Margin + 10*time.Second

// eventually waits until something is so.
//
// A lease that could not be given back ends by itself, within the margin.
func eventually(t *testing.T, what func() string, so func() bool) {
	t.Helper()
	for late := time.Now().Add(settleFor); !so(); {
		if time.Now().After(late) {
			t.Fatalf("never so: %s", what())
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// shipments are those of the stack, read as the operator may.
func (s *stack) shipments(t *testing.T) store.Shipments {
	t.Helper()
	tables, _, err := openTables(t.Context(), s.cfg, s.tables(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return store.Shipments{Table: tables.shipments, Now: time.Now}
}

// logs are the lines that the functions have written.
func (s *stack) logs() []string {
	s.t.Helper()
	var lines []string
	for next := ""; ; {
		body := fmt.Sprintf(`{"logGroupName":%q,"limit":10000}`, s.names["Logs"])
		if next != "" {
			body = fmt.Sprintf(`{"logGroupName":%q,"limit":10000,"nextToken":%q}`, s.names["Logs"], next)
		}
		var got struct {
			Events []struct {
				Message string `json:"message"`
			} `json:"events"`
			Next string `json:"nextToken"`
		}
		s.target("logs", "Logs_20140328.FilterLogEvents", body, &got)
		for _, e := range got.Events {
			lines = append(lines, strings.TrimSpace(e.Message))
		}
		if next = got.Next; next == "" {
			return lines
		}
	}
}

// explain shows what the functions complained of, if the test has failed.
func (s *stack) explain(t *testing.T) {
	if !t.Failed() {
		return
	}
	shown := 0
	for _, line := range s.logs() {
		if (strings.Contains(line, `"WARN"`) || strings.Contains(line, `"ERROR"`) || !strings.HasPrefix(line, "{")) && shown < 60 {
			t.Log(line)
			shown++
		}
	}
	t.Logf("calls seen: %v", s.calls())
}
