package lambdahttp_test

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/lambdahttp"
)

// get is the event of a GET that edit changes.
func get(tb testing.TB, edit func(*events.APIGatewayV2HTTPRequest)) []byte {
	tb.Helper()
	e := &events.APIGatewayV2HTTPRequest{Version: "2.0", RawPath: "/"}
	e.RequestContext.HTTP.Method = http.MethodGet
	e.RequestContext.HTTP.SourceIP = "192.0.2.1"
	edit(e)
	event, err := json.Marshal(e)
	if err != nil {
		tb.Fatal(err)
	}
	return event
}

// TestTarget holds the URL against the one of net/http's own server.
func TestTarget(t *testing.T) {
	for _, target := range []string{
		"/", "//", "//host/path", "/a", "/a%2Fb", "/a%2fb/%C3%BC", "/a+b", "/a;b=c", "/%2e%2e/x", "/a:b@c", "/a?", "/a?x", "/a?x=1&x=2",
		"/a?b?c", "/a?%zz", "/~!$&'()*+,;=:@", "/a%20b?c=d+e%20f", "/[x]", "/ü", "/%41", "/%", "/%zz", "/%2", "/\x01", "/\x7f", "/a?\x01",
	} {
		t.Run(target, func(t *testing.T) {
			raw, query, _ := strings.Cut(target, "?")
			want, wantErr := http.ReadRequest(bufio.NewReader(strings.NewReader("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n")))
			called := false
			answer, err := lambdahttp.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				called = true
				if wantErr != nil {
					t.Errorf("served %v; net/http: %v", r.URL, wantErr)
					return
				}
				want.URL.ForceQuery = false // The platform tells no "?" that nothing follows.
				if diff := cmp.Diff(want.URL, r.URL); diff != "" {
					t.Errorf("-net/http +ours:\n%s", diff)
				}
				if got := r.URL.EscapedPath(); got != want.URL.EscapedPath() {
					t.Errorf("escaped path %q, want %q", got, want.URL.EscapedPath())
				}
			})).Invoke(t.Context(), get(t, func(e *events.APIGatewayV2HTTPRequest) { e.RawPath, e.RawQueryString = raw, query }))
			if err != nil || called == (wantErr != nil) {
				t.Errorf("Invoke = %s, %v, called %t; net/http: %v", answer, err, called, wantErr)
			}
			if wantErr != nil && decodeAnswer(t, answer).StatusCode != http.StatusBadRequest {
				t.Errorf("answer %s, want 400", answer)
			}
		})
	}
}

func TestRequest(t *testing.T) {
	type event = events.APIGatewayV2HTTPRequest
	tests := []struct {
		name string
		edit func(*event)
		got  func(*seen) string
		want string
	}{
		{"the stage is cut off", func(e *event) { e.RequestContext.Stage, e.RawPath = "prod", "/prod/a" }, func(s *seen) string { return s.RequestURI }, "/a"},
		{"the stage alone is the root", func(e *event) { e.RequestContext.Stage, e.RawPath = "prod", "/prod" }, func(s *seen) string { return s.RequestURI }, "/"},
		{"the stage and a slash", func(e *event) { e.RequestContext.Stage, e.RawPath = "prod", "/prod/" }, func(s *seen) string { return s.RequestURI }, "/"},
		{"the stage is cut off once", func(e *event) { e.RequestContext.Stage, e.RawPath = "t", "/t/t/1Z" }, func(s *seen) string { return s.RequestURI }, "/t/1Z"},
		{"a path that only begins like the stage", func(e *event) { e.RequestContext.Stage, e.RawPath = "prod", "/products" }, func(s *seen) string { return s.RequestURI }, "/products"},
		{"the default stage is in no path", func(e *event) { e.RequestContext.Stage, e.RawPath = "$default", "/$default/a" }, func(s *seen) string { return s.RequestURI }, "/$default/a"},
		{"the context's path where the raw one is missing", func(e *event) { e.RawPath, e.RequestContext.HTTP.Path = "", "/a" }, func(s *seen) string { return s.Path }, "/a"},
		{"the domain where no host is named", func(e *event) { e.RequestContext.DomainName = "x.example" }, func(s *seen) string { return s.Host }, "x.example"},
		{"the host is no header", func(e *event) { e.Headers = map[string]string{"host": "y.example"} }, func(s *seen) string { return s.Host + s.Header.Get("Host") }, "y.example"},
		{"the peer is not what a client says", func(e *event) { e.Headers = map[string]string{"x-forwarded-for": "203.0.113.9"} }, func(s *seen) string { return s.RemoteAddr }, "192.0.2.1:0"},
		{"a peer that is no address is none", func(e *event) { e.RequestContext.HTTP.SourceIP = "AWS Internal" }, func(s *seen) string { return s.RemoteAddr }, ""},
		{"a peer by IPv4 within IPv6", func(e *event) { e.RequestContext.HTTP.SourceIP = "::ffff:192.0.2.7" }, func(s *seen) string { return s.RemoteAddr }, "192.0.2.7:0"},
		{"a cookie that stayed a header", func(e *event) { e.Headers = map[string]string{"cookie": "a=1"} }, func(s *seen) string { return s.Header.Get("Cookie") }, "a=1"},
		{"cookies in both places count once", func(e *event) { e.Headers, e.Cookies = map[string]string{"cookie": "a=1"}, []string{"a=1", "b=2"} }, func(s *seen) string { return strings.Join(s.Header["Cookie"], "|") }, "a=1; b=2"},
		{"spellings of one header", func(e *event) { e.Headers = map[string]string{"X-A": "1", "x-a": "2"} }, func(s *seen) string { return strings.Join(s.Header["X-A"], "|") }, "1|2"},
		{"and the header between them", func(e *event) { e.Headers = map[string]string{"X-A": "1", "b": "3", "x-a": "2"} }, func(s *seen) string { return s.Header.Get("B") }, "3"},
		{"no body has no length", func(*event) {}, func(s *seen) string { return fmt.Sprint(s.Length) }, "0"},
		{"the length is of the decoded body", func(e *event) { e.Body, e.IsBase64Encoded = "AAEC", true }, func(s *seen) string { return fmt.Sprint(s.Length) }, "3"},
		{"base64 only where it is said", func(e *event) { e.Body = "AAEC" }, func(s *seen) string { return s.Body }, "AAEC"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, answer, err := see(t.Context(), get(t, tt.edit))
			if err != nil || s == nil {
				t.Fatalf("Invoke = %s, %v", answer, err)
			}
			if got := tt.got(s); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	const context = `"requestContext":{"http":{"method":"GET","path":"/"}}`
	tests := []struct {
		name, event, want string
	}{
		{"nothing", ``, "lambdahttp: event malformed at byte 0: not JSON"},
		{"no object", `["CANARY"]`, "lambdahttp: event malformed at byte 1: value of another kind"},
		{"null", `null`, "lambdahttp: event is not of payload version 2.0"},
		{"cut", `{"version":"2.0","body":"CANARY`, "lambdahttp: event malformed at byte 23: not JSON"},
		{"more than one", `{"version":"2.0",` + context + `} "CANARY"`, "lambdahttp: event malformed at byte 80: more than one value"},
		{"a member twice", `{"version":"2.0","CANARY":1,"CANARY":2,` + context + `}`, "lambdahttp: event malformed at byte 27: not JSON"},
		{"a body of another kind", `{"version":"2.0","body":{"CANARY":1},` + context + `}`, "lambdahttp: event malformed at byte 36: value of another kind"},
		{"a truth of another kind", `{"version":"2.0","isBase64Encoded":"CANARY",` + context + `}`, "lambdahttp: event malformed at byte 43: value of another kind"},
		{"a REST API's version", `{"version":"1.0","CANARY":1,` + context + `}`, "lambdahttp: event is not of payload version 2.0"},
		{"no version", `{"CANARY":1,` + context + `}`, "lambdahttp: event is not of payload version 2.0"},
		{"no context", `{"version":"2.0","rawPath":"/CANARY"}`, "lambdahttp: event has no request context"},
		{"a null context", `{"version":"2.0","rawPath":"/CANARY","requestContext":null}`, "lambdahttp: event has no request context"},
		{"no method", `{"version":"2.0","rawPath":"/CANARY","requestContext":{}}`, "lambdahttp: event has no method"},
		{"a bad method", `{"version":"2.0","rawPath":"/","requestContext":{"http":{"method":"CAN ARY"}}}`, "lambdahttp: event has no method"},
		{"no path", `{"version":"2.0","requestContext":{"http":{"method":"GET"}}}`, "lambdahttp: event has no absolute path"},
		{"a relative path", `{"version":"2.0","rawPath":"CANARY","requestContext":{"http":{"method":"GET"}}}`, "lambdahttp: event has no absolute path"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, answer, err := see(t.Context(), []byte(tt.event))
			if s != nil || answer != nil || err == nil || err.Error() != tt.want {
				t.Errorf("Invoke = %s, %v, served %t, want %s", answer, err, s != nil, tt.want)
			}
		})
	}
	s, answer, err := see(t.Context(), get(t, func(e *events.APIGatewayV2HTTPRequest) { e.Body, e.IsBase64Encoded = "CANARY!", true }))
	if s != nil || err != nil || decodeAnswer(t, answer).StatusCode != http.StatusBadRequest {
		t.Errorf("bad base64: %s, %v, served %t, want 400", answer, err, s != nil)
	}
}

// TestBodyBytes sends every byte in base64, and every escape of JSON.
func TestBodyBytes(t *testing.T) {
	for c := range 256 {
		for _, want := range []string{string([]byte{byte(c)}), "a" + string([]byte{byte(c), byte(c)}) + "z"} {
			s, _, err := see(t.Context(), get(t, func(e *events.APIGatewayV2HTTPRequest) {
				e.Body, e.IsBase64Encoded = base64.StdEncoding.EncodeToString([]byte(want)), true
			}))
			if err != nil || s.Body != want {
				t.Errorf("byte %#x: %q, %v", c, s.Body, err)
			}
		}
	}
	const event = `{"version":"2.0","rawPath":"/","body":"%s","requestContext":{"http":{"method":"POST"}}}`
	for escaped, want := range map[string]string{
		`\u2028\u2029`: "\u2028\u2029", `\ud83d\ude00`: "😀", `😀`: "😀", `\\`: `\`, `\"`: `"`, `\/`: `/`, `/`: `/`, `\b\f\n\r\t`: "\b\f\n\r\t",
		`\u0000`: "\x00", `\u003c&>`: "<&>", `\\u0041`: `\u0041`, `\\\\n`: `\\n`, `\u00FC\u00fc`: "üü", `\ufffd`: "\ufffd", "\x7f": "\x7f", ``: "",
	} {
		s, _, err := see(t.Context(), fmt.Appendf(nil, event, escaped))
		if err != nil || s.Body != want {
			t.Errorf("%s: %+v, %v, want %q", escaped, s, err, want)
		}
	}
}

// TestEventIsNotKept overwrites an event while its handler runs: the runtime
// uses its memory again.
func TestEventIsNotKept(t *testing.T) {
	event, e := sample(t, "http-repeated-headers")
	want := expected(e)
	_, err := lambdahttp.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		clear(event)
		if r.Header.Get("X-Event") != want.Header.Get("X-Event") || r.URL.Path != want.Path || r.ContentLength != want.Length {
			t.Errorf("request changed with its event: %v %v", r.URL, r.Header)
		}
		if body, err := io.ReadAll(r.Body); err != nil || string(body) != want.Body {
			t.Errorf("body %q, %v, want %q", body, err, want.Body)
		}
	})).Invoke(t.Context(), event)
	if err != nil {
		t.Fatal(err)
	}
}

func TestConcurrent(t *testing.T) {
	h := lambdahttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Context().Value(key{}) != r.URL.Path {
			t.Errorf("%s has the context of %v", r.URL.Path, r.Context().Value(key{}))
		}
		_, _ = io.WriteString(w, r.URL.Path)
	}))
	var wg sync.WaitGroup
	for g := range 50 {
		wg.Go(func() {
			for i := range 20 {
				path := fmt.Sprintf("/%d/%d", g, i)
				event := get(t, func(e *events.APIGatewayV2HTTPRequest) { e.RawPath = path })
				answer, err := h.Invoke(withKey(t.Context(), path), event)
				if err != nil || decodeAnswer(t, answer).Body != path {
					t.Errorf("%s: %s, %v", path, answer, err)
				}
			}
		})
	}
	wg.Wait()
}
