package main

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/shiptide/shiptide/shared/awsnotify"
	"github.com/shiptide/shiptide/shared/metric"
	"github.com/shiptide/shiptide/shared/source/tiktokshop"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

// object is a mapping of the template. What a tag stands before (!Ref Inbox) is
// the text behind it.
type object map[string]any

func (o object) of(path ...string) any {
	var v any = o
	for _, name := range path {
		next, ok := v.(object)
		if !ok {
			return nil
		}
		v = next[name]
	}
	return v
}

func (o object) object(path ...string) object {
	out, _ := o.of(path...).(object)
	return out
}

func (o object) list(path ...string) []any {
	out, _ := o.of(path...).([]any)
	return out
}

func (o object) text(path ...string) string {
	out, _ := o.of(path...).(string)
	return out
}

// valueOf makes plain values of a node, all scalars as texts.
func valueOf(t *testing.T, n *yaml.Node) any {
	t.Helper()
	switch n.Kind {
	case yaml.DocumentNode:
		return valueOf(t, n.Content[0])
	case yaml.AliasNode:
		return valueOf(t, n.Alias)
	case yaml.SequenceNode:
		out := []any{}
		for _, e := range n.Content {
			out = append(out, valueOf(t, e))
		}
		return out
	case yaml.MappingNode:
		out := object{}
		for i := 0; i < len(n.Content); i += 2 {
			key, value := n.Content[i].Value, valueOf(t, n.Content[i+1])
			switch _, twice := out[key]; {
			case key == "<<":
				maps.Copy(out, value.(object))
			case twice:
				t.Errorf("line %d: %s twice", n.Content[i].Line, key)
			default:
				out[key] = value
			}
		}
		return out
	default:
		return n.Value
	}
}

func readTemplate(t *testing.T) object {
	t.Helper()
	raw, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var n yaml.Node
	if err := yaml.Unmarshal(raw, &n); err != nil {
		t.Fatal(err)
	}
	return valueOf(t, &n).(object)
}

// ofType are the resources of a type, by name.
func (o object) ofType(kind string) map[string]object {
	out := map[string]object{}
	for name := range o.object("Resources") {
		if r := o.object("Resources", name); r.text("Type") == kind {
			out[name] = r
		}
	}
	return out
}

const function = "AWS::Serverless::Function"

// folderName is the folder of a function: CarrierWebhook is in carrier-webhook.
func folderName(name string) string {
	return strings.ToLower(regexp.MustCompile(`(.)([A-Z])`).ReplaceAllString(name, "$1-$2"))
}

// TestEachFunctionIsDeployed compares folders and template.
func TestEachFunctionIsDeployed(t *testing.T) {
	var want, got []string
	folders, err := fs.Glob(os.DirFS(".."), "*/main.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range folders {
		if dir := filepath.Dir(file); dir != "local" {
			want = append(want, dir)
		}
	}
	for name, f := range readTemplate(t).ofType(function) {
		got = append(got, folderName(name))
		if f.text("Properties", "CodeUri") != "functions/"+folderName(name)+"/" || f.text("Metadata", "BuildMethod") != "go1.x" {
			t.Errorf("%s is built of %s by %s", name, f.text("Properties", "CodeUri"), f.text("Metadata", "BuildMethod"))
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("folders and functions of the template (-folders +template):\n%s", diff)
	}
}

// settingsOf are the folders whose settings a call reads.
var settingsOf = map[string]string{"awsnotify.Read": "../../shared/awsnotify", "tiktokshop.ReadSettings": "../../shared/source/tiktokshop"}

// settingsRead are the environment variables that the files of a folder read, by
// themselves and by what they call.
func settingsRead(t *testing.T, dir string) (names []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			called := ""
			switch f := call.Fun.(type) {
			case *ast.Ident:
				called = f.Name
			case *ast.SelectorExpr:
				if of, ok := f.X.(*ast.Ident); ok {
					called = of.Name + "." + f.Sel.Name
				}
			}
			if more := settingsOf[called]; more != "" {
				names = append(names, settingsRead(t, more)...)
			}
			if called == "getenv" || called == "setting.Required" {
				for _, arg := range call.Args {
					if text, ok := arg.(*ast.BasicLit); ok {
						name, _ := strconv.Unquote(text.Value)
						names = append(names, name)
					}
				}
			}
			return true
		})
	}
	return names
}

// TestEnvironment compares what the code of a function reads with what the
// template gives it.
func TestEnvironment(t *testing.T) {
	for name, f := range readTemplate(t).ofType(function) {
		want := settingsRead(t, filepath.Join("..", folderName(name)))
		slices.Sort(want)
		got := slices.Sorted(maps.Keys(f.object("Properties", "Environment", "Variables")))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-reads +is given):\n%s", name, diff)
		}
	}
}

// TestRights compares the statements of each function with the table that says
// why each of them is needed.
func TestRights(t *testing.T) {
	got := map[right]bool{}
	for name, f := range readTemplate(t).ofType(function) {
		if f.object("Properties")["Role"] != nil {
			t.Errorf("%s has no role of its own", name)
		}
		for _, policy := range f.list("Properties", "Policies") {
			for _, st := range policy.(object).list("Statement") {
				s := st.(object)
				if s.text("Effect") != "Allow" {
					t.Errorf("%s: %v", name, s)
				}
				for _, action := range several(s["Action"]) {
					for _, resource := range several(s["Resource"]) {
						got[right{function: name, action: action, on: labelOf(resource)}] = true
					}
					for _, not := range several(s["NotResource"]) {
						if not != "arn:${AWS::Partition}:sns:*:*:*" || action != "sns:Publish" {
							t.Errorf("%s: %s on all but %s", name, action, not)
						}
						got[right{function: name, action: action, on: "SMS"}] = true
					}
				}
			}
		}
	}
	want := map[right]bool{}
	for _, r := range rights(t) {
		if r.why == "" || r.why == "NOTHING" {
			t.Errorf("%v: nobody has shown that it is needed", r)
		}
		r.why = ""
		want[r] = true
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(right{})); diff != "" {
		t.Errorf("rights (-table +template):\n%s", diff)
	}
	for r := range got {
		if strings.Contains(r.action, "*") || r.on == "*" {
			t.Errorf("%v is more than one", r)
		}
	}
}

// several are the texts of a member that may be one or a list.
func several(v any) (out []string) {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		for _, e := range v {
			out = append(out, e.(string))
		}
	}
	return out
}

// TestTables compares the tables with their definitions in Go.
func TestTables(t *testing.T) {
	tables := readTemplate(t).ofType("AWS::DynamoDB::Table")
	if len(tables) != len(dynamostore.Definitions()) {
		t.Errorf("%d tables, want %d", len(tables), len(dynamostore.Definitions()))
	}
	for _, d := range dynamostore.Definitions() {
		r := tables[strings.ToUpper(d.Table[:1])+d.Table[1:]]
		p := r.object("Properties")
		keysOf := func(list []any) (out []string) {
			for _, k := range list {
				out = append(out, k.(object).text("AttributeName")+" "+k.(object).text("KeyType"))
			}
			return out
		}
		keys := func(index bool) (out []string) {
			for _, k := range d.Keys(index) {
				out = append(out, *k.AttributeName+" "+string(k.KeyType))
			}
			return out
		}
		var attributes, wantAttributes []string
		for _, a := range p.list("AttributeDefinitions") {
			attributes = append(attributes, a.(object).text("AttributeName")+" "+a.(object).text("AttributeType"))
		}
		for _, a := range d.Attributes() {
			wantAttributes = append(wantAttributes, *a.AttributeName+" "+string(a.AttributeType))
		}
		indexes := p.list("GlobalSecondaryIndexes")
		if len(indexes) != 1 {
			t.Fatalf("%s has %d indexes", d.Table, len(indexes))
		}
		index := indexes[0].(object)
		kept := map[bool]string{true: "Retain", false: "Delete"}[d.Kept]
		yes := map[bool]string{true: "true", false: ""}[d.Kept]
		limits := object{"MaxReadRequestUnits": "MaxReads", "MaxWriteRequestUnits": "MaxWrites"}
		for _, c := range []struct {
			what      string
			want, got any
		}{
			{"keys", keys(false), keysOf(p.list("KeySchema"))},
			{"keys of the index", keys(true), keysOf(index.list("KeySchema"))},
			{"attributes", wantAttributes, attributes},
			{"index", dynamostore.DueIndex + " KEYS_ONLY", index.text("IndexName") + " " + index.text("Projection", "ProjectionType")},
			{"stream", string(d.Stream), p.text("StreamSpecification", "StreamViewType")},
			{"expiry", object{"AttributeName": dynamostore.ExpiresAttribute, "Enabled": "true"}, p.object("TimeToLiveSpecification")},
			{"encryption", "true", p.text("SSESpecification", "SSEEnabled")},
			{"billing", "PAY_PER_REQUEST", p.text("BillingMode")},
			{"limits", limits, p.object("OnDemandThroughput")},
			{"limits of the index", limits, index.object("OnDemandThroughput")},
			{"name, which CloudFormation gives", "", p.text("TableName")},
			{"when the stack goes", kept, r.text("DeletionPolicy")},
			{"when it is replaced", kept, r.text("UpdateReplacePolicy")},
			{"protection", yes, p.text("DeletionProtectionEnabled")},
			{"backups", yes, p.text("PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled")},
		} {
			if diff := cmp.Diff(c.want, c.got); diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", d.Table, c.what, diff)
			}
		}
	}
}

// TestRoutes compares the routes of the API with the public ones of the table of
// routes: no operator's route is there, and each has a limit of its own.
func TestRoutes(t *testing.T) {
	tmpl := readTemplate(t)
	var want, got []string
	a := newApp(nil, time.Now, slog.New(slog.DiscardHandler))
	for _, r := range a.routes() {
		if r.group != public {
			continue
		}
		pattern := r.pattern
		if strings.HasPrefix(pattern, "/") {
			pattern = "ANY " + pattern
		}
		want = append(want, pattern)
	}
	for name, f := range tmpl.ofType(function) {
		for _, e := range f.object("Properties", "Events") {
			if e := e.(object); e.text("Type") == "HttpApi" {
				if e.text("Properties", "ApiId") != "Api" {
					t.Errorf("%s is served by another API", name)
				}
				got = append(got, e.text("Properties", "Method")+" "+e.text("Properties", "Path"))
			}
		}
		if f.of("Properties", "FunctionUrlConfig") != nil {
			t.Errorf("%s has a URL past the API", name)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("routes (-table +template):\n%s", diff)
	}
	limits := slices.Sorted(maps.Keys(tmpl.object("Resources", "Api", "Properties", "RouteSettings")))
	if diff := cmp.Diff(want, limits); diff != "" {
		t.Errorf("routes with limits (-want +got):\n%s", diff)
	}
	logged := regexp.MustCompile(`\$context\.(\w+)`).FindAllStringSubmatch(tmpl.text("Resources", "Api", "Properties", "AccessLogSettings", "Format"), -1)
	allowed := []string{"requestTime", "routeKey", "status", "responseLatency", "responseLength", "integrationErrorMessage"}
	for _, l := range logged {
		if !slices.Contains(allowed, l[1]) {
			t.Errorf("the access log holds %s", l[1])
		}
	}
}

// TestFailurePaths: whatever may be given up ends in a queue, and each queue has
// an alarm.
func TestFailurePaths(t *testing.T) {
	tmpl := readTemplate(t)
	queues := tmpl.ofType("AWS::SQS::Queue")
	used := map[string]bool{}
	to := func(what, arn string) {
		name, ok := strings.CutSuffix(arn, ".Arn")
		if !ok || queues[name] == nil {
			t.Errorf("%s ends in %q, which is no queue", what, arn)
		}
		used[name] = true
	}
	patterns := map[string]string{
		"Ingest": `{"eventName":["INSERT"]}`,
		"Notify": `{"eventName":["INSERT","MODIFY"],"dynamodb":{"Keys":{"pk":{"S":[{"prefix":"S#"}]},"sk":{"S":["META"]}}}}`,
	}
	retries := map[string]string{"Ingest": "-1 82800", "Notify": "10 3600"}
	streams, schedules := 0, 0
	for name, f := range tmpl.ofType(function) {
		for _, e := range f.object("Properties", "Events") {
			p := e.(object).object("Properties")
			switch e.(object).text("Type") {
			case "DynamoDB":
				streams++
				to(name, p.text("DestinationConfig", "OnFailure", "Destination"))
				filters := p.list("FilterCriteria", "Filters")
				if len(filters) != 1 || filters[0].(object).text("Pattern") != patterns[name] {
					t.Errorf("%s gets %v", name, filters)
				}
				got := []string{
					p.text("StartingPosition"), p.text("BisectBatchOnFunctionError"), p.text("ParallelizationFactor"),
					strings.Join(several(p["FunctionResponseTypes"]), " "), p.text("MaximumRetryAttempts") + " " + p.text("MaximumRecordAgeInSeconds"),
				}
				if diff := cmp.Diff([]string{"TRIM_HORIZON", "true", "Parallelization", "ReportBatchItemFailures", retries[name]}, got); diff != "" {
					t.Errorf("mapping of %s (-want +got):\n%s", name, diff)
				}
			case "ScheduleV2":
				schedules++
				to(name, p.text("DeadLetterConfig", "Arn"))
				if !regexp.MustCompile(`^rate\((1 (minute|hour|day)|([2-9]|\d\d+) (minutes|hours|days))\)$`).MatchString(p.text("ScheduleExpression")) {
					t.Errorf("%s is scheduled by %q", name, p.text("ScheduleExpression"))
				}
			}
		}
	}
	if streams != 2 || schedules != 1 {
		t.Errorf("%d streams and %d schedules", streams, schedules)
	}
	for name := range queues {
		alarm := tmpl.object("Resources", name+"Alarm", "Properties")
		d := alarm.list("Dimensions")
		watched := len(d) == 1 && d[0].(object).text("Value") == name+".QueueName" && alarm.text("MetricName") == "ApproximateNumberOfMessagesVisible" && alarm.text("Threshold") == "0"
		if !used[name] || !watched {
			t.Errorf("%s: used %t, with an alarm %t", name, used[name], watched)
		}
	}
}

// TestOnlyShipmentsComeToNotify: what the stream's filter lets through is paid for,
// and orders are beside the shipments.
func TestOnlyShipmentsComeToNotify(t *testing.T) {
	filters := readTemplate(t).list("Resources", "Notify", "Properties", "Events", "Shipments", "Properties", "FilterCriteria", "Filters")
	type condition = []any // values, or an object with a prefix
	var pattern struct {
		Events   []string `json:"eventName"`
		DynamoDB struct {
			Keys map[string]map[string]condition `json:"Keys"`
		} `json:"dynamodb"`
	}
	if err := json.Unmarshal([]byte(filters[0].(object).text("Pattern")), &pattern, json.RejectUnknownMembers(true)); err != nil {
		t.Fatal(err)
	}
	takes := func(attribute, value string) bool {
		return slices.ContainsFunc(pattern.DynamoDB.Keys[attribute]["S"], func(c any) bool {
			o, ok := c.(map[string]any)
			if !ok {
				return c == value
			}
			prefix, ok := o["prefix"].(string)
			return ok && strings.HasPrefix(value, prefix)
		})
	}
	tests := []struct {
		name string
		key  store.Key
		want bool
	}{
		{"a shipment", store.ShipmentKey("1Z999AA10700000039"), true},
		{"an order", store.Key{Partition: "O#7490000000000000017#577000000000000017", Sort: "META"}, false},
		{"the orders of a day", store.Key{Partition: "ORDERS#7490000000000000017#2026-03-02", Sort: "577000000000000017"}, false},
		{"the parcels of a day", store.Key{Partition: "DAY#2026-03-02", Sort: "1Z999AA10700000039"}, false},
	}
	for _, tt := range tests {
		if got := takes("pk", tt.key.Partition) && takes("sk", tt.key.Sort); got != tt.want {
			t.Errorf("%s comes to notify: %t, want %t", tt.name, got, tt.want)
		}
	}
	if shop, id := store.OrderOf(tests[1].key); shop == "" || id == "" {
		t.Error("orders have other keys by now")
	}
}

// TestAlarms: all go to the topic and say what to do; those on our own metrics
// know their names, and each source has its own.
func TestAlarms(t *testing.T) {
	tmpl := readTemplate(t)
	ours := []string{metric.Pushes, metric.UnknownCodes, metric.Parked, metric.Notices, metric.ParkedAge, metric.SweepLag}
	seen := map[string]bool{}
	paid := 0.0
	for name, a := range tmpl.ofType("AWS::CloudWatch::Alarm") {
		p := a.object("Properties")
		if !slices.Equal(several(p["AlarmActions"]), []string{"AlarmTopic"}) || len(p.text("AlarmDescription")) < 30 {
			t.Errorf("%s tells nobody, or nothing", name)
		}
		metrics := []object{}
		if p.text("MetricName") != "" {
			metrics = append(metrics, p)
		}
		for _, m := range p.list("Metrics") {
			if m := m.(object).object("MetricStat", "Metric"); m != nil {
				metrics = append(metrics, m)
			}
		}
		paid += float64(len(metrics))
		if len(metrics) > 10 {
			t.Errorf("%s has more than ten metrics", name)
		}
		for _, m := range metrics {
			if !strings.HasPrefix(m.text("Namespace"), "Shiptide/") {
				continue
			}
			if !slices.Contains(ours, m.text("MetricName")) {
				t.Errorf("%s looks at %s, which nobody counts", name, m.text("MetricName"))
			}
			series := m.text("MetricName")
			for _, d := range m.list("Dimensions") {
				series += " " + d.(object).text("Value")
			}
			seen[series] = true
		}
	}
	rates := ratesOfTables(t)
	if rates.guesses["alarms"] != paid {
		t.Errorf("alarms look at %v metrics, and the bill counts %v", paid, rates.guesses["alarms"])
	}
	if n := rates.guesses["metrics"]; n != float64(7*len(sourceNames())+9) { // Four outcomes, unknown codes, two of what is parked; one of nobody, five of notices, one of what is ignored, and two times.
		t.Errorf("the bill counts %v metrics for %d sources", n, len(sourceNames()))
	}
	want := []string{metric.ParkedAge, metric.SweepLag, metric.Notices + " " + metric.Failed, metric.Notices + " " + metric.Held}
	for _, source := range sourceNames() {
		want = append(want, metric.Pushes+" "+source+" "+metric.Kept, metric.Pushes+" "+source+" "+metric.Refused, metric.UnknownCodes+" "+source, metric.Parked+" "+source+" "+metric.Malformed)
	}
	for _, series := range want {
		if !seen[series] {
			t.Errorf("no alarm looks at %s", series)
		}
	}
}

// TestParametersAndOutputs: what is asked for is explained, what is to be pasted
// somewhere is given, and what commands read is complete.
func TestParametersAndOutputs(t *testing.T) {
	tmpl := readTemplate(t)
	for name := range tmpl.object("Parameters") {
		p := tmpl.object("Parameters", name)
		if len(p.text("Description")) < 15 || p["Default"] == nil {
			t.Errorf("parameter %s has no description or no default", name)
		}
	}
	for _, source := range sourceNames() {
		found := false
		for name := range tmpl.object("Outputs") {
			found = found || strings.HasSuffix(tmpl.text("Outputs", name, "Value"), "/webhooks/"+source)
		}
		if !found {
			t.Errorf("no output says where %s shall push to", source)
		}
	}
	said := tmpl.object("Resources", "Outputs", "Properties")
	value := said.text("Value")
	for name := range tmpl.object("Parameters") {
		value = strings.ReplaceAll(value, "${"+name+"}", tmpl.text("Parameters", name, "Default"))
	}
	var outputs map[string]string
	if err := json.Unmarshal([]byte(value), &outputs); err != nil {
		t.Fatalf("the outputs are no JSON: %v", err)
	}
	if said.text("Name") != "/shiptide/${AWS::StackName}/outputs" || said.text("Type") != "String" {
		t.Errorf("the outputs are in %s", said.text("Name"))
	}
	getenv := func(name string) string { return outputs[name] }
	if _, err := awsnotify.Read(getenv); err != nil {
		t.Errorf("the outputs lack what commands read: %v", err)
	}
	for _, name := range settingsRead(t, settingsOf["tiktokshop.ReadSettings"]) {
		if _, said := outputs[name]; !said {
			t.Errorf("the outputs lack %s", name)
		}
	}
	d := deployment{outputs: outputs}
	for table, name := range d.tables() {
		if name == "" {
			t.Errorf("the outputs do not name the table %s", table)
		}
	}
	if outputs["ALARM_TOPIC"] == "" {
		t.Error("the outputs do not name the topic of alarms")
	}
}

// TestParametersThatBreakNothing: what the template takes, functions start with.
func TestParametersThatBreakNothing(t *testing.T) {
	tmpl := readTemplate(t)
	tests := []struct {
		parameter, value string
		want             bool
	}{
		{"MailName", "Our Shop", true},
		{"MailName", `a"b`, false},
		{"MailName", `a\b`, false},
		{"MailName", "a\nb", false},
		{"MailName", "", true},
		{"SmsMonthlyLimit", "0", true},
		{"SmsMonthlyLimit", "100", true},
		{"SmsMonthlyLimit", "1e3", false},
		{"SmsMonthlyLimit", "100.5", false},
		{"SmsMonthlyLimit", "-1", false},
		{"SmsMonthlyLimit", "", false},
		{"SmsMaxPrice", "0.10", true},
		{"SmsMaxPrice", "", true},
		{"SmsMaxPrice", "0,10", false},
		{"SmsMaxPrice", "$0.10", false},
		{"SmsMaxPrice", "12345", false},
		{"SmsSenderId", "SHOP1", true},
		{"SmsSenderId", "", true},
		{"SmsSenderId", "My Shop", false},
		{"SmsSenderId", "12345", false},
		{"SmsSenderId", "AB", false},
		{"SmsSenderId", "ABCDEFGHIJKL", false},
		{"TikTokApi", "", true},
		{"TikTokApi", "https://open-api.tiktokglobalshop.com", true},
		{"TikTokApi", "http://open-api.tiktokglobalshop.com", false},
		{"TikTokApi", "http://127.0.0.1:8080", true},
		{"TikTokApi", "http://127.0.0.1.example.com:80", false},
		{"TikTokApi", `https://a"b`, false},
		{"TikTokAuth", "https://auth.tiktok-shops.com/", true},
		{"TikTokAuth", "auth.tiktok-shops.com", false},
		{"TikTokVersions", "", true},
		{"TikTokVersions", "orders=202507,order_search=202309", true},
		{"TikTokVersions", "orders", false},
		{"TikTokVersions", "orders=202507,", false},
	}
	settings := map[string]string{
		"MailName": "MAIL_NAME", "SmsMonthlyLimit": "SMS_MONTHLY_LIMIT", "SmsMaxPrice": "SMS_MAX_PRICE", "SmsSenderId": "SMS_SENDER_ID",
		"TikTokApi": "TIKTOK_API", "TikTokAuth": "TIKTOK_AUTH", "TikTokVersions": "TIKTOK_VERSIONS",
	}
	for _, tt := range tests {
		t.Run(tt.parameter+" "+tt.value, func(t *testing.T) {
			p := tmpl.object("Parameters", tt.parameter)
			if got := regexp.MustCompile("^(" + p.text("AllowedPattern") + ")$").MatchString(tt.value); got != tt.want {
				t.Errorf("taken: %t, want %t", got, tt.want)
			}
			getenv := func(name string) string {
				switch {
				case name == settings[tt.parameter]:
					return tt.value
				case strings.HasPrefix(name, "SMS_"), strings.HasPrefix(name, "TIKTOK_"):
					return ""
				}
				return "x"
			}
			_, err := awsnotify.Read(getenv)
			_, err2 := tiktokshop.ReadSettings(getenv)
			if err := errors.Join(err, err2); tt.want && err != nil {
				t.Errorf("a function does not start with it: %v", err)
			}
		})
	}
}

// TestNothingOldIsDeployed: sam's cache looks at a function's own folder only.
func TestNothingOldIsDeployed(t *testing.T) {
	raw, err := os.ReadFile("../../samconfig.toml")
	if err != nil {
		t.Fatal(err)
	}
	if regexp.MustCompile(`(?m)^\s*cached\s*=`).Match(raw) || !strings.Contains(string(raw), "[default.build.parameters]") {
		t.Errorf("sam build is cached:\n%s", raw)
	}
}
