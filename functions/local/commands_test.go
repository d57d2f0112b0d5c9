package main

import (
	"bytes"
	"context"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// result is what a command left behind.
type result struct {
	code           int
	stdout, stderr string
}

// local runs a command as a person does.
func local(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	return localWith(t, func(string) string { return "" }, stdin, args...)
}

func localWith(t *testing.T, getenv func(string) string, stdin string, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), &env{strings.NewReader(stdin), &stdout, &stderr, getenv}, args)
	return result{code, stdout.String(), stderr.String()}
}

// check reports a command that ended with another code, or said nothing of want.
func (r result) check(t *testing.T, name string, code int, want string) (ok bool) {
	t.Helper()
	ok = r.code == code && strings.Contains(r.stdout+r.stderr, want)
	if !ok {
		t.Errorf("%s: ended with %d, want %d and %q:\n%s%s", name, r.code, code, want, r.stdout, r.stderr)
	}
	return ok
}

// TestDemo compares the whole life of the demo's parcel with its golden file:
// what each push changes, and exactly these notices. Read the diff: it is what
// people would have been sent.
func TestDemo(t *testing.T) {
	got := local(t, "", "demo", "-start", "2026-11-16")
	if got.code != exitOK || !strings.Contains(got.stderr, "ended DELIVERED") {
		t.Fatalf("ended with %d:\n%s", got.code, got.stderr)
	}
	golden(t, "demo.jsonl", got.stdout)
	if again := local(t, "", "demo", "-start", "2026-11-16T09:30:00Z"); again.stdout != got.stdout {
		t.Errorf("the same day gives other bytes (-first +second):\n%s", cmp.Diff(got.stdout, again.stdout))
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", name, diff)
	}
}

func TestExplain(t *testing.T) {
	delivered, err := demoLife[demoIndex("delivered")].body(demoNumber, firstDay)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		stdin string
		args  []string
		code  int
		want  []string // parts of stdout, or of stderr for usage
	}{
		{"a push", string(delivered), []string{"-source", "ups"}, exitOK, []string{`"status": "DELIVERED"`, `"error": null`, `"orders": []`, `"malformed": []`, `"kind": "push"`}},
		{"an answer that knows nothing", `{"response":{"errors":[{"code":"TW0001","message":"Tracking Information Not Found"}]}}`, []string{"-source", "ups", "-kind", "pull"}, exitOK, []string{`"code": "NOT_FOUND"`, `"shipments": []`}},
		{"no JSON", "{", []string{"-source", "ups"}, exitFailed, []string{`"code": "MALFORMED"`, `"shipments": []`}},
		{"unknown source", "{}", []string{"-source", "nobody"}, exitUsage, []string{`no source "nobody"`, "ups"}},
		{"no source", "{}", nil, exitUsage, []string{"no source"}},
		{"unknown kind", "{}", []string{"-source", "ups", "-kind", "pigeon"}, exitUsage, []string{"usage: local explain"}},
		{"unknown flag", "{}", []string{"-sauce", "ups"}, exitUsage, []string{"not defined"}},
		{"no such file", "", []string{"-source", "ups", "no-such-file"}, exitFailed, []string{"no-such-file"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := local(t, tt.stdin, append([]string{"explain"}, tt.args...)...)
			if got.code != tt.code {
				t.Errorf("ended with %d, want %d", got.code, tt.code)
			}
			for _, want := range tt.want {
				if !strings.Contains(got.stdout+got.stderr, want) {
					t.Errorf("says nothing of %q:\n%s%s", want, got.stdout, got.stderr)
				}
			}
			if strings.Contains(got.stdout, "DOE") {
				t.Error("shows who received the parcel")
			}
		})
	}
}

func TestVerify(t *testing.T) {
	body := filepath.Join(t.TempDir(), "push.json")
	if err := os.WriteFile(body, []byte(`{}`), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		args   []string
		code   int
		stderr string
	}{
		{"the credential", []string{"-source", "ups", "-key", "k1", "-header", "credential: k1", body}, exitOK, ""},
		{"under the second key", []string{"-source", "ups", "-key", "k2", "-key", "k1", "-header", "credential: k1", body}, exitOK, ""},
		{"a token in the path", []string{"-source", "ups", "-key", "path:0123456789abcdef012345", "-path", "/webhooks/ups/0123456789abcdef012345", body}, exitOK, ""},
		{"another key", []string{"-source", "ups", "-key", "k2", "-header", "credential: k1", body}, exitFailed, "refused: signature does not match"},
		{"unsigned", []string{"-source", "ups", "-key", "k1", body}, exitFailed, "refused: signature missing"},
		{"no key", []string{"-source", "ups", "-header", "credential: k1", body}, exitFailed, "refused: source not configured"},
		{"wrong method", []string{"-source", "ups", "-key", "k1", "-header", "credential: k1", "-method", "GET", body}, exitFailed, "refused: method not allowed"},
		{"a key with a blank", []string{"-source", "ups", "-key", "k 1", body}, exitUsage, "blank"},
		{"unknown source", []string{"-source", "nobody", "-key", "k1", body}, exitUsage, "no source"},
		{"no file", []string{"-source", "ups", "-key", "k1"}, exitUsage, "usage"},
		{"a header without a value", []string{"-source", "ups", "-key", "k1", "-header", "credential", body}, exitUsage, "usage"},
		{"no time", []string{"-source", "ups", "-key", "k1", "-now", "noon", body}, exitUsage, "-now"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := local(t, "", append([]string{"verify"}, tt.args...)...)
			if got.code != tt.code || !strings.Contains(got.stderr, tt.stderr) {
				t.Errorf("ended with %d and said %q, want %d and %q", got.code, got.stderr, tt.code, tt.stderr)
			}
		})
	}
}

func TestIdentify(t *testing.T) {
	tests := []struct {
		name, number string
		code         int
		want         string // part of what it prints or says
	}{
		{"a good number", "1z5r 8939 0357 5671 27", exitOK, `"carrier": "ups"`},
		{"a slip", "1Z5R8939O357567127", exitFailed, "1Z5R89390357567127"},
		{"no number", "hello, world", exitFailed, `"candidates": []`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := local(t, "", "identify", tt.number)
			if got.code != tt.code || !strings.Contains(got.stdout+got.stderr, tt.want) {
				t.Errorf("ended with %d, want %d and %q:\n%s%s", got.code, tt.code, tt.want, got.stdout, got.stderr)
			}
		})
	}
	if got := local(t, "", "identify"); got.code != exitUsage {
		t.Errorf("without a number it ended with %d", got.code)
	}
}

// TestOperatorCommands walks through what an operator does without a server.
func TestOperatorCommands(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	steps := []struct {
		name string
		args []string
		code int
		want string
	}{
		{"nothing is known yet", []string{"why", demoNumber}, exitFailed, "not known here"},
		{"subscribe by mail", []string{"subscribe", demoNumber, "-email", "one@example.com"}, exitOK, `"address": "o…@example.com"`},
		{"subscribe by SMS, flag first", []string{"subscribe", "-sms", "+1 (202) 555-0123", strings.ToLower(demoNumber)}, exitOK, `"address": "…123"`},
		{"no address", []string{"subscribe", demoNumber}, exitUsage, "usage"},
		{"two addresses", []string{"subscribe", demoNumber, "-email", "one@example.com", "-sms", "+12025550123"}, exitUsage, "usage"},
		{"a bad address", []string{"subscribe", demoNumber, "-email", "nobody"}, exitFailed, "not a mail address"},
		{"a bad phone", []string{"subscribe", demoNumber, "-sms", "0202"}, exitFailed, "not a phone number"},
		{"why", []string{"why", demoNumber}, exitOK, `"audience": "customer"`},
		{"watch another", []string{"add", "1Z5R89390357567127", "-carrier", "ups", "-order", "577000001", "-country", "us"}, exitOK, `"trackingNumber": "1Z5R89390357567127"`},
		{"where it goes", []string{"add", "1Z5R89390357567127", "-country", "us", "-postal", "43004"}, exitOK, `"trackingNumber": "1Z5R89390357567127"`},
		{"a postal code that is none", []string{"add", "1Z5R89390357567127", "-country", "us", "-postal", "430O4"}, exitFailed, "postal code is none of its country"},
		{"a postal code without its country", []string{"add", "1Z5R89390357567127", "-postal", "43004"}, exitFailed, "postal code is none of its country"},
		{"a slip is named", []string{"add", "1Z5R8939O357567127"}, exitFailed, "1Z5R89390357567127"},
		{"two numbers", []string{"add", "1Z5R89390357567127", "1Z5R89390357567127"}, exitUsage, "usage"},
		{"quarantine is empty", []string{"quarantine"}, exitOK, "[]"},
		{"nothing to replay", []string{"replay"}, exitOK, `"driven": 0`},
		{"nothing to replay since", []string{"replay", "-since", "2026-03-02T00:00:00Z"}, exitOK, `"driven": 0`},
		{"since is no time", []string{"replay", "-since", "yesterday"}, exitFailed, "2026-03-02T00:00:00Z"},
	}
	for _, tt := range steps {
		got := local(t, "", append(tt.args, "-data", data)...)
		got.check(t, tt.name, tt.code, tt.want)
		if tt.code == exitOK && json.Unmarshal([]byte(got.stdout), new(any)) != nil {
			t.Errorf("%s: stdout is no JSON: %s", tt.name, got.stdout)
		}
	}
}

func TestHelp(t *testing.T) {
	if got := local(t, "", "help"); got.code != exitOK || !strings.Contains(got.stderr, "local subscribe NUMBER") {
		t.Errorf("help ended with %d:\n%s", got.code, got.stderr)
	}
	if got := local(t, "", "pleh"); got.code != exitUsage || !strings.Contains(got.stderr, `no command "pleh"`) {
		t.Errorf("an unknown command ended with %d:\n%s", got.code, got.stderr)
	}
}

func TestServeRefuses(t *testing.T) {
	dir := t.TempDir()
	tests := []struct {
		name, keys string
		args       []string
		want       string
	}{
		{"the development keys beyond this machine", "", []string{"-addr", "0.0.0.0:0"}, "WEBHOOK_KEYS"},
		{"any address without a host", "", []string{"-addr", ":0"}, "WEBHOOK_KEYS"},
		{"keys that are no JSON", "k1", nil, "not of the form"},
		{"keys of nobody", `{"nobody":["k1"]}`, nil, `no source "nobody"`},
		{"an empty key", `{"ups":[""]}`, nil, "key 1: empty"},
		{"a key with a blank", `{"ups":["secret-one","secret two"]}`, nil, "key 2: holds a blank"},
		{"an app of TikTok Shop without its colon", `{"tiktokshop":["6app:secret","secret"]}`, nil, "tiktokshop: key 2: not of the form APPKEY:SECRET"},
		{"no keys at all", `{}`, nil, "holds no key"},
		{"the development key", `{"ups":["local-ups"]}`, []string{"-addr", "0.0.0.0:0"}, "known to everybody"},
		{"a console for everybody", `{"ups":["k1"]}`, []string{"-addr", "0.0.0.0:0", "-console", "0.0.0.0:0"}, "-console"},
		{"an address that is none", `{"ups":["k1"]}`, []string{"-addr", "127.0.0.1:99999"}, "-addr"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			getenv := func(name string) string {
				if name == webhookKeys {
					return tt.keys
				}
				return ""
			}
			got := localWith(t, getenv, "", append(tt.args, "-data", filepath.Join(dir, "data"))...)
			if got.code == exitOK || !strings.Contains(got.stderr, tt.want) || strings.Contains(got.stderr, "secret") {
				t.Errorf("ended with %d and said %q, want %q and no key", got.code, got.stderr, tt.want)
			}
		})
	}
}

// TestLostKeysAreNotMadeAnew takes away the keys of a data folder in which
// recipients are sealed.
func TestLostKeysAreNotMadeAnew(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	if got := local(t, "", "subscribe", "-data", data, demoNumber, "-email", "one@example.com"); got.code != exitOK {
		t.Fatal(got.stderr)
	}
	file := filepath.Join(data, "keys.json")
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("keys.json has mode %v (%v), want 0600", info.Mode(), err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if got := local(t, "", "why", "-data", data, demoNumber); got.code != exitFailed || !strings.Contains(got.stderr, "restore it") {
		t.Errorf("ended with %d and said %q, want a refusal", got.code, got.stderr)
	}
}

// TestCommandsDoNotTakeAnotherServerForTheirs leaves the address of a server
// that died, and has another one at it.
func TestCommandsDoNotTakeAnotherServerForTheirs(t *testing.T) {
	var asked atomic.Int64
	stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("credential") != "" || req.Method == http.MethodPost {
			asked.Add(1)
		}
		w.WriteHeader(http.StatusOK)
	}))
	defer stranger.Close()
	data := t.TempDir()
	if err := writeAddress(data, address{stranger.URL, "somebody"}); err != nil {
		t.Fatal(err)
	}
	sample := filepath.Join(t.TempDir(), "push.json")
	if err := os.WriteFile(sample, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := local(t, "", "send", "-data", data, "-source", "ups", sample); got.code != exitFailed || !strings.Contains(got.stderr, "another one") {
		t.Errorf("send ended with %d and said %q", got.code, got.stderr)
	}
	if asked.Load() > 0 {
		t.Error("a key went to a stranger")
	}
}

// witness sees whether a file is there when the first line is written.
type witness struct {
	w     io.Writer
	file  string
	lines int
	there bool
}

func (w *witness) Write(p []byte) (int, error) {
	if w.lines == 0 {
		_, err := os.Stat(w.file)
		w.there = err == nil
	}
	w.lines++
	return w.w.Write(p)
}

// TestServe starts a server as a person does: its first line comes before it
// opens the store, a second server is told why it cannot start, commands go to
// the first.
func TestServe(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	ctx, stop := context.WithCancel(t.Context())
	out, in := io.Pipe()
	first := &witness{w: in, file: filepath.Join(data, "shiptide.db")}
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, &env{strings.NewReader(""), io.Discard, first, func(string) string { return "" }}, []string{"-addr", "127.0.0.1:0", "-data", data})
		_ = in.Close()
	}()
	lines := newLines(out)
	if line := lines.next(); !strings.HasPrefix(line, "shiptide: starting on http://127.0.0.1:0") {
		t.Errorf("first line %q", line)
	}
	if first.there {
		t.Error("the store was open before the first line")
	}
	base := lines.until("shiptide: ready: console ")
	base = strings.TrimSuffix(strings.Fields(strings.TrimPrefix(base, "shiptide: ready: console "))[0], "/,")
	go lines.drain()

	if got := local(t, "", "serve", "-addr", "127.0.0.1:0", "-data", data); got.code != exitFailed || !strings.Contains(got.stderr, base) {
		t.Errorf("a second server ended with %d and said %q, want where the first is", got.code, got.stderr)
	}
	sample := filepath.Join(t.TempDir(), "ups", "push-delivered.json")
	body, err := demoLife[demoIndex("delivered")].body(demoNumber, firstDay)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(sample), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(sample, body, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := local(t, "", "send", "-data", data, sample); got.code != exitOK || !strings.Contains(got.stdout, `"status":200`) {
		t.Errorf("send ended with %d:\n%s%s", got.code, got.stdout, got.stderr)
	}
	if got := local(t, "", "send", "-to", base, "-source", "nobody", sample); got.code != exitFailed || !strings.Contains(got.stderr, "no source") {
		t.Errorf("send for nobody ended with %d:\n%s", got.code, got.stderr)
	}
	if got := local(t, "", "subscribe", "-data", data, demoNumber, "-email", "one@example.com"); got.code != exitOK {
		t.Errorf("subscribe ended with %d:\n%s", got.code, got.stderr)
	}
	if got := local(t, "", "demo", "-to", base); got.code != exitOK || !strings.Contains(got.stdout, `"notice":"delivered"`) {
		t.Errorf("demo ended with %d:\n%s%s", got.code, got.stdout, got.stderr)
	}
	stop()
	if code := <-ended; code != exitOK {
		t.Errorf("the server ended with %d, want 0 when it is asked to", code)
	}
}
