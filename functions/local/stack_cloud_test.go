//go:build stack

package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/awstest"
)

// cloud is an emulator with a proxy in front of it, through which all pass: the
// deployment, the functions, and the operator. It sees who calls what, and can
// refuse, delay and count.
type cloud struct {
	t        testing.TB
	url      string // of the proxy
	emulator *url.URL

	mu      sync.Mutex
	callers map[string]string          // functions by access key
	seen    map[string]map[string]bool // actions by function
	refuse  func(call) bool            // throttles the call, if it says so
	before  func(call)                 // is called before a call is passed on
}

// call is one call of AWS.
type call struct {
	function string // "" is the operator
	action   string // as rights name it: "dynamodb:PutItem"
	body     string
}

func newCloud(t testing.TB, patches, sam string) *cloud {
	t.Helper()
	c := &cloud{t: t, callers: map[string]string{}, seen: map[string]map[string]bool{}}
	proxy := httptest.NewServer(http.HandlerFunc(c.serve))
	t.Cleanup(proxy.Close)
	c.url = proxy.URL
	site, err := filepath.Abs("testdata/emulator")
	if err != nil {
		t.Fatal(err)
	}
	for _, variable := range []string{"AWS_ENDPOINT_URL=" + c.url, "AWS_REGION=" + awstest.Region, "AWS_DEFAULT_REGION=" + awstest.Region, "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test"} {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
	emulator := awstest.StartIn(t, "AUTH=true", "MINISTACK_HOST=127.0.0.1", "PATCHES="+patches, "PYTHONPATH="+site+string(os.PathListSeparator)+sam,
		"AWS_ENDPOINT_URL="+c.url, "AWS_REGION="+awstest.Region, "AWS_DEFAULT_REGION="+awstest.Region,
		"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_LAMBDA_LOG_FORMAT=JSON")
	if c.emulator, err = url.Parse(emulator); err != nil {
		t.Fatal(err)
	}
	return c
}

// serve passes a request on, to the host that it was signed for.
func (c *cloud) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	k := call{c.caller(r), action(r, body), string(body)}
	c.mu.Lock()
	if k.function != "" && k.action != "" {
		if c.seen[k.function] == nil {
			c.seen[k.function] = map[string]bool{}
		}
		c.seen[k.function][k.action] = true
	}
	refuse, before := c.refuse, c.before
	c.mu.Unlock()
	if before != nil {
		before(k)
	}
	if refuse != nil && refuse(k) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"too fast"}`)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	proxy := httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(c.emulator)
		p.Out.Host = p.In.Host
	}}
	proxy.ServeHTTP(w, r)
}

// caller is the function that a request is from: the emulator gives each process
// keys of its own, which stand in its environment.
func (c *cloud) caller(r *http.Request) string {
	_, rest, ok := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	key, _, _ := strings.Cut(rest, "/")
	if !ok || key == "test" {
		return ""
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.callers[key] == "" {
		for _, p := range functionProcesses() {
			if p.env["AWS_ACCESS_KEY_ID"] == key {
				c.callers[key] = p.function()
			}
		}
	}
	return c.callers[key]
}

// action is what a request asks for, in the word of rights.
func action(r *http.Request, body []byte) string {
	_, scope, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	parts := strings.Split(scope, "/") // key, day, region, service
	if len(parts) < 4 {
		return ""
	}
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		return parts[3] + ":" + target[strings.LastIndexByte(target, '.')+1:]
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || form.Get("Action") == "" {
		return ""
	}
	return parts[3] + ":" + form.Get("Action")
}

// throttle refuses the calls that which picks; nil refuses none.
func (c *cloud) throttle(which func(call) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refuse = which
}

// watch is told of each call before it is passed on; nil is told of none.
func (c *cloud) watch(do func(call)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.before = do
}

// calls are the actions that were seen, by function.
func (c *cloud) calls() map[string][]string {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := map[string][]string{}
	for function, actions := range c.seen {
		for a := range actions {
			out[function] = append(out[function], a)
		}
	}
	return out
}

// functionProcess is one of a function.
type functionProcess struct {
	pid int
	env map[string]string
}

// function is its name in the template.
func (p functionProcess) function() string { return logical(p.env["AWS_LAMBDA_FUNCTION_NAME"]) }

// logical takes the parts that CloudFormation adds from a name.
func logical(name string) string {
	parts := strings.Split(name, "-")
	if len(parts) < 3 {
		return name
	}
	return parts[len(parts)-2]
}

// functionProcesses are those of functions, of this emulator or of another.
func functionProcesses() (out []functionProcess) {
	files, _ := filepath.Glob("/proc/[0-9]*/environ") // A process that ends meanwhile is none.
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil || !bytes.Contains(raw, []byte("AWS_LAMBDA_FUNCTION_NAME=")) {
			continue
		}
		p := functionProcess{env: map[string]string{}}
		for variable := range strings.SplitSeq(string(raw), "\x00") {
			name, value, _ := strings.Cut(variable, "=")
			p.env[name] = value
		}
		if err := json.Unmarshal([]byte(filepath.Base(filepath.Dir(file))), &p.pid); err == nil {
			out = append(out, p)
		}
	}
	return out
}

// kill ends the processes of a function; "" is all.
func (c *cloud) kill(function string) (n int) {
	for _, p := range functionProcesses() {
		if p.env["AWS_ENDPOINT_URL"] == c.url && (function == "" || p.function() == function) && syscall.Kill(p.pid, syscall.SIGKILL) == nil {
			n++
		}
	}
	return n
}

// do makes a signed call for which there is no client here.
func (c *cloud) do(service, method, path string, header http.Header, body string) (int, []byte) {
	c.t.Helper()
	req, err := http.NewRequest(method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	for name := range header {
		req.Header.Set(name, header.Get(name))
	}
	root, err := awstest.ConfigAt(c.url).Credentials.Retrieve(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(body))
	if err := v4.NewSigner().SignHTTP(c.t.Context(), root, req, hex.EncodeToString(sum[:]), service, awstest.Region, time.Now()); err != nil {
		c.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return res.StatusCode, answer
}

// query makes a call of the services that speak forms and XML.
func (c *cloud) query(service, version string, form url.Values, answer any) {
	c.t.Helper()
	form.Set("Version", version)
	status, raw := c.do(service, http.MethodPost, "/", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, form.Encode())
	if status != http.StatusOK {
		c.t.Fatalf("%s %s = %d: %s", service, form.Get("Action"), status, raw)
	}
	if answer == nil {
		return
	}
	if err := xml.Unmarshal(raw, answer); err != nil {
		c.t.Fatalf("%s %s: %v: %s", service, form.Get("Action"), err, raw)
	}
}

// target makes a call of the services that speak JSON.
func (c *cloud) target(service, target, body string, answer any) {
	c.t.Helper()
	status, raw := c.do(service, http.MethodPost, "/", http.Header{"Content-Type": {"application/x-amz-json-1.0"}, "X-Amz-Target": {target}}, body)
	if status != http.StatusOK {
		c.t.Fatalf("%s = %d: %s", target, status, raw)
	}
	if err := json.Unmarshal(raw, answer); err != nil {
		c.t.Fatalf("%s: %v: %s", target, err, raw)
	}
}
