package lambdahttp_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	gocmp "github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/lambdahttp"
)

type key struct{}

func withKey(ctx context.Context, v string) context.Context { return context.WithValue(ctx, key{}, v) }

func decodeAnswer(tb testing.TB, answer []byte) events.APIGatewayV2HTTPResponse {
	tb.Helper()
	var r events.APIGatewayV2HTTPResponse
	d := json.NewDecoder(bytes.NewReader(answer))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		tb.Errorf("answer %s: %v", answer, err)
	}
	return r
}

func invoke(tb testing.TB, method string, h http.HandlerFunc) ([]byte, error) {
	tb.Helper()
	return lambdahttp.Handler(h).Invoke(tb.Context(), get(tb, func(e *events.APIGatewayV2HTTPRequest) { e.RequestContext.HTTP.Method = method }))
}

// answers are handlers whose answer is held against net/http's own server, and
// whether the body goes out as base64.
var answers = []struct {
	name   string
	base64 bool
	h      http.HandlerFunc
}{
	{"nothing", false, func(http.ResponseWriter, *http.Request) {}},
	{"a status alone", false, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }},
	{"no content", false, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
		if _, err := io.WriteString(w, "x"); !errors.Is(err, http.ErrBodyNotAllowed) {
			panic(err)
		}
	}},
	{"not modified", false, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Etag", `"1"`)
		w.WriteHeader(http.StatusNotModified)
		if _, err := io.WriteString(w, "x"); !errors.Is(err, http.ErrBodyNotAllowed) {
			panic(err)
		}
	}},
	{"the first status counts", false, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		w.WriteHeader(http.StatusOK)
	}},
	{"statuses below 200 do not count", false, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusConflict)
	}},
	{"a body fixes the status", false, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "a")
		w.WriteHeader(http.StatusBadGateway)
	}},
	{"an error", false, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) }},
	{"a redirect", false, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/x", http.StatusSeeOther) }},
	{"sniffed text", false, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "hello ü 😀 \u2028 \" \\ <&>")
	}},
	{"sniffed HTML, in pieces", false, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "<!doc")
		_, _ = io.WriteString(w, "type html><p>x")
	}},
	{"sniffed bytes", true, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte{0, 1, 0xff}) }},
	{"text that is none", true, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = w.Write([]byte("caf\xe9"))
	}},
	{"JSON", false, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json; charset=utf-8")
		_, _ = io.WriteString(w, `{"a":"\n"}`)
	}},
	{"an image of ASCII", true, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		_, _ = io.WriteString(w, "ascii")
	}},
	{"packed text", true, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("Content-Encoding", "br")
		_, _ = io.WriteString(w, "ascii")
	}},
	{"a packed body", true, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = io.WriteString(w, "ascii")
	}},
	{"a type that is not to be sniffed", true, func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = nil
		_, _ = io.WriteString(w, "ascii")
	}},
	{"a header set too late", false, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-A", "1")
		w.WriteHeader(http.StatusAccepted)
		w.Header().Set("X-A", "2")
		w.Header().Set("X-B", "2")
		w.Header().Set("Content-Type", "image/png")
		_, _ = io.WriteString(w, "x")
	}},
	{"many values, and cookies", false, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("Vary", "Accept")
		w.Header().Add("Vary", "Origin")
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "1", Path: "/"})
		http.SetCookie(w, &http.Cookie{Name: "b", Value: "2, 3"})
	}},
	{"headers that are none", false, func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Bad Name"] = []string{"x"}
		w.Header()["X-Empty"] = nil
		w.Header().Set("X-Split", "a\r\nSet-Cookie: b")
		w.Header().Set("Set-Cookie", "a=b\nc")
	}},
	{"framing of its own", false, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "2")
		w.Header().Set("Connection", "close")
		_, _ = io.WriteString(w, "ok")
	}},
	{"the method", false, func(w http.ResponseWriter, r *http.Request) { w.Header().Set("X-Method", r.Method) }},
}

func TestAnswer(t *testing.T) {
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
		for _, tt := range answers {
			t.Run(method+" "+tt.name, func(t *testing.T) {
				out, err := invoke(t, method, tt.h)
				if err != nil {
					t.Fatal(err)
				}
				got := decodeAnswer(t, out)
				if want := tt.base64 && method != http.MethodHead; got.IsBase64Encoded != want {
					t.Errorf("base64 is %t in %s", got.IsBase64Encoded, out)
				}
				if got.IsBase64Encoded {
					body, err := base64.StdEncoding.DecodeString(got.Body)
					if err != nil {
						t.Fatal(err)
					}
					got.Body, got.IsBase64Encoded = string(body), false
				}
				if diff := gocmp.Diff(served(t, method, tt.h), got); diff != "" {
					t.Errorf("-net/http +ours:\n%s", diff)
				}
			})
		}
	}
}

// served returns the answer of net/http's server, but for what the platform
// says itself.
func served(t *testing.T, method string, h http.Handler) events.APIGatewayV2HTTPResponse {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // It tells of a second status.
	s.Start()
	defer s.Close()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "identity") // The client shall unpack nothing.
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	r := events.APIGatewayV2HTTPResponse{StatusCode: resp.StatusCode, Headers: map[string]string{}, Body: string(body), Cookies: resp.Header["Set-Cookie"]}
	for name, values := range resp.Header {
		switch name {
		case "Date", "Content-Length", "Connection", "Set-Cookie":
		default:
			r.Headers[name] = strings.Join(values, ",")
		}
	}
	return r
}

func TestAnswerRefused(t *testing.T) {
	tests := []struct {
		name string
		h    http.HandlerFunc
		want string
	}{
		{"a panic", func(http.ResponseWriter, *http.Request) { panic("CANARY") }, "lambdahttp: handler panicked with string in github.com/shiptide/shiptide/shared/lambdahttp_test.TestAnswerRefused.func1, line "},
		{"a panic of the runtime", func(_ http.ResponseWriter, r *http.Request) { _ = []int(nil)[len(r.Method)] }, "lambdahttp: handler panicked with runtime.boundsError in github.com/shiptide/shiptide/shared/lambdahttp_test.TestAnswerRefused.func2, line "},
		{"a nil pointer", func(_ http.ResponseWriter, r *http.Request) { r.URL = nil; _ = r.URL.Path }, "lambdahttp: handler panicked with runtime.errorString in github.com/shiptide/shiptide/shared/lambdahttp_test.TestAnswerRefused.func3, line "},
		{"an aborted handler", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "lambdahttp: handler panicked with *errors.errorString in "},
		{"no status", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(1000) }, "lambdahttp: handler answered with status 1000"},
		{"a low status", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(-1) }, "lambdahttp: handler answered with status -1"},
		{"too large", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("x", 6<<20)) }, "lambdahttp: answer of 6291539 bytes is larger than Lambda carries"},
		{"too large as base64", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 5<<20)) }, "lambdahttp: answer of 6990613 bytes is larger than Lambda carries"},
		{"headers that are too large", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-A", strings.Repeat("x", 6<<20)) }, "lambdahttp: answer of 6291495 bytes is larger than Lambda carries"},
		{"without end", func(w http.ResponseWriter, _ *http.Request) {
			for n, err := 0, error(nil); err == nil && n < 100; n++ {
				_, err = w.Write(make([]byte, 1<<20))
			}
		}, "lambdahttp: answer of 7340032 bytes is larger than Lambda carries"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, err := invoke(t, http.MethodGet, tt.h)
			if out != nil || err == nil || !strings.HasPrefix(err.Error(), tt.want) || strings.Contains(err.Error(), "CANARY") {
				t.Errorf("Invoke = %.40s, %v, want %s", out, err, tt.want)
			}
		})
	}
	out, err := invoke(t, http.MethodGet, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", 6<<20-100))
	})
	if err != nil || len(decodeAnswer(t, out).Body) != 6<<20-100 {
		t.Errorf("an answer that just fits: %d bytes, %v", len(out), err)
	}
}
