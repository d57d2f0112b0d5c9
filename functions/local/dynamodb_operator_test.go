package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/awstest"
)

// onAWS sets the environment as an operator's is who may use an account.
func onAWS(t *testing.T, endpoint string) {
	t.Helper()
	t.Setenv("AWS_ENDPOINT_URL", endpoint)
	t.Setenv("AWS_REGION", awstest.Region)
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "none"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(t.TempDir(), "none"))
}

// tablesFlag names tables as -tables does.
func tablesFlag(names map[string]string) string {
	return "inbox=" + names["inbox"] + ",shipments=" + names["shipments"] + ",ledger=" + names["ledger"]
}

// filled is a data folder in which a parcel's life has been played.
func filled(t *testing.T) string {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	ring, err := readKeyring("")
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"subscribe", demoNumber, "-email", "one@example.com"},
		{"add", "1Z5R89390357567127", "-carrier", "ups", "-order", "577000001", "-country", "us"},
	} {
		if got := local(t, "", append(args, "-data", data)...); got.code != exitOK {
			t.Fatal(got.stderr)
		}
	}
	a, err := openApp(data, ring.sources(), time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, app: a}
	for _, body := range append(life(t), []byte("{")) {
		s.mustPost(body)
	}
	if err := errors.Join(a.settle(t.Context()), a.close()); err != nil {
		t.Fatal(err)
	}
	return data
}

// TestMoveToDynamoDBAndBack takes all rows of a file to DynamoDB and from there to
// another file. What the operator sees is the same in each of them.
func TestMoveToDynamoDBAndBack(t *testing.T) {
	onAWS(t, awstest.Endpoint(t))
	data, names := filled(t), makeTables(t)
	onDynamoDB := []string{"-data", data, "-store", "dynamodb", "-tables", tablesFlag(names)}
	back := filepath.Join(t.TempDir(), "back")
	keys, err := os.ReadFile(filepath.Join(data, keysFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Mkdir(back, 0o700), os.WriteFile(filepath.Join(back, keysFile), keys, 0o600)); err != nil {
		t.Fatal(err)
	}
	one, other := filepath.Join(t.TempDir(), "one"), filepath.Join(t.TempDir(), "other")
	steps := []struct {
		name string
		args []string
		code int
		want string
	}{
		{"out of the file", []string{"export", "-to", one, "-data", data}, exitOK, `"sha256"`},
		{"not twice into the same", []string{"export", "-to", one, "-data", data}, exitFailed, "complete"},
		{"to DynamoDB", append([]string{"import", "-from", one}, onDynamoDB...), exitOK, `"written"`},
		{"again changes nothing", append([]string{"import", "-from", one}, onDynamoDB...), exitOK, `"already"`},
		{"out of DynamoDB", append([]string{"export", "-to", other}, onDynamoDB...), exitOK, `"sha256"`},
		{"to another file", []string{"import", "-from", other, "-data", back}, exitOK, `"written"`},
		{"without the keys", []string{"import", "-from", other, "-data", t.TempDir()}, exitFailed, "keys.json"},
		{"with other keys", []string{"import", "-from", other, "-data", newKeys(t)}, exitFailed, "keys.json is not the one that goes with this data"},
	}
	for _, tt := range steps {
		got := local(t, "", tt.args...)
		if !got.check(t, tt.name, tt.code, tt.want) {
			t.FailNow()
		}
	}
	for _, command := range [][]string{{"why", demoNumber}, {"why", "1Z5R89390357567127"}, {"quarantine"}} {
		want := local(t, "", append(command, "-data", data)...)
		if want.code != exitOK || len(want.stdout) < 100 {
			t.Fatalf("%v in the file: %d\n%s%s", command, want.code, want.stdout, want.stderr)
		}
		places := map[string][]string{"on DynamoDB": onDynamoDB, "back in a file": {"-data", back}}
		if command[0] == "quarantine" {
			delete(places, "back in a file") // The pump there has tried what came in once more.
		}
		for place, flags := range places {
			got := local(t, "", append(slices.Clone(command), flags...)...)
			if d := cmp.Diff(want.stdout, got.stdout); d != "" || got.code != exitOK {
				t.Errorf("%v %s ended with %d (-before +now):\n%s%s", command, place, got.code, d, got.stderr)
			}
		}
	}
}

// newKeys is a data folder with keys of its own.
func newKeys(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if _, err := makeKeys(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestOperatorOnDynamoDB uses every command on tables that are there.
func TestOperatorOnDynamoDB(t *testing.T) {
	onAWS(t, awstest.Endpoint(t))
	data, names := newKeys(t), makeTables(t)
	flags := []string{"-data", data, "-store", "dynamodb", "-tables", tablesFlag(names)}
	steps := []struct {
		name string
		args []string
		code int
		want string
	}{
		{"nothing is known yet", []string{"why", demoNumber}, exitFailed, "not known here"},
		{"subscribe", []string{"subscribe", demoNumber, "-email", "one@example.com"}, exitOK, `"address": "o…@example.com"`},
		{"why", []string{"why", demoNumber}, exitOK, `"audience": "customer"`},
		{"add", []string{"add", "1Z5R89390357567127", "-carrier", "ups"}, exitOK, `"trackingNumber": "1Z5R89390357567127"`},
		{"quarantine", []string{"quarantine"}, exitOK, "[]"},
		{"replay", []string{"replay", "-since", "2026-03-02T00:00:00Z"}, exitOK, `"driven": 0`},
	}
	for _, tt := range steps {
		got := local(t, "", append(tt.args, flags...)...)
		got.check(t, tt.name, tt.code, tt.want)
	}
	if _, err := os.Stat(filepath.Join(data, dbFile)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a database was made beside the tables (%v)", err)
	}
}

// TestConsoleOnDynamoDB serves on tables that are there: the pages show what they
// hold, and no push is taken with the keys that everybody knows.
func TestConsoleOnDynamoDB(t *testing.T) {
	onAWS(t, awstest.Endpoint(t))
	data, names := newKeys(t), makeTables(t)
	flags := []string{"-data", data, "-store", "dynamodb", "-tables", tablesFlag(names)}
	if got := local(t, "", append([]string{"add", demoNumber, "-carrier", "ups"}, flags...)...); got.code != exitOK {
		t.Fatal(got.stderr)
	}
	ctx, stop := context.WithCancel(t.Context())
	out, said := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, &env{nil, io.Discard, said, os.Getenv}, append([]string{"serve", "-addr", "127.0.0.1:0"}, flags...))
		_ = said.Close()
	}()
	lines := newLines(out)
	ready := lines.until("shiptide: ready: console ")
	base, _, _ := strings.Cut(strings.TrimPrefix(ready, "shiptide: ready: console "), "/,")
	go lines.drain()
	c := newClient(base)
	page, err := c.do(t.Context(), http.MethodGet, "/shipments/"+demoNumber, nil)
	if err != nil || !strings.Contains(string(page), demoNumber) {
		t.Errorf("page %q, %v", page, err)
	}
	if status := postTo(base, []byte("{}")); status != http.StatusNotFound {
		t.Errorf("a push with the development key was answered %d, want 404", status)
	}
	stop()
	if code := <-ended; code != exitOK {
		t.Errorf("ended with %d", code)
	}
}

func TestWhatIsWrongOnDynamoDB(t *testing.T) {
	emulator := awstest.Endpoint(t)
	onAWS(t, emulator)
	names := makeTables(t)
	tables := tablesFlag(names)
	tests := []struct {
		name    string
		args    []string
		denied  string // action
		environ [2]string
		code    int
		want    []string
	}{
		{"another store", []string{"-store", "redis"}, "", [2]string{}, exitUsage, []string{"file and dynamodb"}},
		{"no tables", []string{"-store", "dynamodb"}, "", [2]string{}, exitUsage, []string{"-tables", "inbox=NAME"}},
		{"a table too few", []string{"-store", "dynamodb", "-tables", "inbox=a,ledger=b"}, "", [2]string{}, exitUsage, []string{"-tables"}},
		{"a table twice", []string{"-store", "dynamodb", "-tables", "inbox=a,inbox=b,ledger=c,shipments=d"}, "", [2]string{}, exitUsage, []string{"-tables"}},
		{"a table that nobody knows", []string{"-store", "dynamodb", "-tables", "outbox=a,inbox=b,ledger=c,shipments=d"}, "", [2]string{}, exitUsage, []string{"-tables"}},
		{"tables of a file", []string{"-tables", tables}, "", [2]string{}, exitUsage, []string{"-tables is for"}},
		{"tables that are not there", []string{"-store", "dynamodb", "-tables", "inbox=a,shipments=" + names["shipments"] + ",ledger=c"}, "", [2]string{}, exitFailed, []string{"no table a in us-east-1", "no table c in us-east-1"}},
		{"tables of something else", []string{"-store", "dynamodb", "-tables", "inbox=" + names["ledger"] + ",shipments=" + names["shipments"] + ",ledger=" + names["ledger"]}, "", [2]string{}, exitFailed, []string{"no inbox table of Shiptide", "its stream"}},
		{"no right to look at tables", []string{"-store", "dynamodb", "-tables", tables}, "DescribeTable", [2]string{}, exitFailed, []string{"the right dynamodb:DescribeTable is missing"}},
		{"no right to read", []string{"-store", "dynamodb", "-tables", tables}, "GetItem", [2]string{}, exitFailed, []string{"not allowed", "dynamodb:GetItem", names["ledger"]}},
		{"no region", []string{"-store", "dynamodb", "-tables", tables}, "", [2]string{"AWS_REGION", ""}, exitFailed, []string{"AWS_REGION"}},
		{"no credentials", []string{"-store", "dynamodb", "-tables", tables}, "", [2]string{"AWS_ACCESS_KEY_ID", ""}, exitFailed, []string{"no AWS credentials", "AWS_PROFILE"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			onAWS(t, denying(t, emulator, tt.denied))
			if tt.environ[0] != "" {
				t.Setenv(tt.environ[0], tt.environ[1])
			}
			got := local(t, "", append([]string{"why", demoNumber, "-data", newKeys(t)}, tt.args...)...)
			if got.code != tt.code {
				t.Errorf("ended with %d, want %d", got.code, tt.code)
			}
			for _, want := range tt.want {
				if !strings.Contains(got.stderr, want) {
					t.Errorf("says nothing of %q:\n%s", want, got.stderr)
				}
			}
		})
	}
}

// TestKeysOnDynamoDB: who uses tables first makes the keys, and nobody uses others
// ever after.
func TestKeysOnDynamoDB(t *testing.T) {
	onAWS(t, awstest.Endpoint(t))
	first, tables := t.TempDir(), tablesFlag(makeTables(t))
	steps := []struct {
		name, data string
		code       int
		want       string
	}{
		{"the first use makes them", first, exitOK, `"address": "o…@example.com"`},
		{"and they are used again", first, exitOK, `"address": "o…@example.com"`},
		{"without them", t.TempDir(), exitFailed, "keys.json is missing"},
		{"with others", newKeys(t), exitFailed, "keys.json is not the one that goes with this data"},
	}
	for _, tt := range steps {
		got := local(t, "", "subscribe", demoNumber, "-email", "one@example.com", "-data", tt.data, "-store", "dynamodb", "-tables", tables)
		got.check(t, tt.name, tt.code, tt.want)
	}
}

// TestOtherKeysInAFile: keys that are there and are those of another store.
func TestOtherKeysInAFile(t *testing.T) {
	data := filled(t)
	raw, err := os.ReadFile(filepath.Join(newKeys(t), keysFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, keysFile), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	got := local(t, "", "why", demoNumber, "-data", data)
	if got.code != exitFailed || !strings.Contains(got.stderr, "keys.json is not the one that goes with this data") {
		t.Errorf("ended with %d:\n%s", got.code, got.stderr)
	}
}

// TestExportGoesOnOnlyIfNothingChanged cuts an export, lets a command write, and
// goes on: the file would hold two moments.
func TestExportGoesOnOnlyIfNothingChanged(t *testing.T) {
	data, file := filled(t), filepath.Join(t.TempDir(), "rows")
	if got := local(t, "", "export", "-to", file, "-data", data); got.code != exitOK {
		t.Fatal(got.stderr)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	steps := []struct {
		name   string
		before func()
		code   int
		want   string
	}{
		{"nothing was written", func() {}, exitOK, "going on with"},
		{"somebody was subscribed", func() { local(t, "", "subscribe", demoNumber, "-email", "two@example.com", "-data", data) }, exitFailed, "before it changed"},
	}
	for _, tt := range steps {
		if err := os.WriteFile(file, whole[:len(whole)-100], 0o600); err != nil {
			t.Fatal(err)
		}
		tt.before()
		got := local(t, "", "export", "-to", file, "-data", data)
		if got.code != tt.code || !strings.Contains(got.stderr, tt.want) {
			t.Errorf("%s: ended with %d, want %d and %q:\n%s", tt.name, got.code, tt.code, tt.want, got.stderr)
		}
	}
	got := local(t, "", "export", "-to", filepath.Join(t.TempDir(), "rows"), "-data", filepath.Join(t.TempDir(), "typo"))
	if got.code != exitFailed || !strings.Contains(got.stderr, "there is no store in") {
		t.Errorf("of a folder that is not there ended with %d:\n%s", got.code, got.stderr)
	}
}

// denying is an AWS that refuses one action, as DynamoDB does.
func denying(t *testing.T, emulator, action string) string {
	t.Helper()
	u, err := url.Parse(emulator)
	if err != nil {
		t.Fatal(err)
	}
	behind := httputil.NewSingleHostReverseProxy(u)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, asked, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		if asked != action {
			behind.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"User: arn:aws:iam::123456789012:user/operator is not authorized to perform: dynamodb:%s"}`, action)
	}))
	t.Cleanup(front.Close)
	return front.URL
}
