package lambdahttp_test

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/textproto"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	gocmp "github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/lambdahttp"
)

// seen is what a handler saw of a request.
type seen struct {
	Method, Path, Query, RequestURI string
	Host, RemoteAddr, Proto         string
	Header                          http.Header
	Body                            string
	Length                          int64
}

// see invokes a handler and returns what it saw, nil if it was not called.
func see(ctx context.Context, event []byte) (s *seen, answer []byte, err error) {
	answer, err = lambdahttp.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(err)
		}
		s = &seen{
			r.Method, r.URL.Path, r.URL.RawQuery, r.RequestURI,
			r.Host, r.RemoteAddr, r.Proto, r.Header, string(body), r.ContentLength,
		}
	})).Invoke(ctx, event)
	return s, answer, err
}

// expected is what a handler should see of an event that aws-lambda-go decoded.
// It is nil where a client's mistake is answered with 400.
func expected(e *events.APIGatewayV2HTTPRequest) *seen {
	c := e.RequestContext
	raw := cmp.Or(e.RawPath, c.HTTP.Path)
	if c.Stage != "" && c.Stage != "$default" {
		if raw == "/"+c.Stage {
			raw = "/"
		} else if strings.HasPrefix(raw, "/"+c.Stage+"/") {
			raw = raw[1+len(c.Stage):]
		}
	}
	uri := raw
	if e.RawQueryString != "" {
		uri += "?" + e.RawQueryString
	}
	u, err := url.ParseRequestURI(strings.ReplaceAll(raw, "?", "%3F"))
	_, errQuery := url.ParseRequestURI("/?" + e.RawQueryString)
	body := []byte(e.Body)
	errBody := error(nil)
	if e.IsBase64Encoded {
		body, errBody = base64.StdEncoding.DecodeString(e.Body)
	}
	if err != nil || errQuery != nil || errBody != nil {
		return nil
	}
	s := &seen{
		Method: c.HTTP.Method, Path: u.Path, Query: e.RawQueryString, RequestURI: uri,
		Host: c.DomainName, Proto: "HTTP/1.1", Header: http.Header{}, Body: string(body), Length: int64(len(body)),
	}
	if ip, err := netip.ParseAddr(c.HTTP.SourceIP); err == nil {
		s.RemoteAddr = net.JoinHostPort(ip.Unmap().String(), "0")
	}
	for name, value := range e.Headers {
		s.Header[textproto.CanonicalMIMEHeaderKey(name)] = append(s.Header[textproto.CanonicalMIMEHeaderKey(name)], value)
	}
	if host := s.Header.Get("Host"); host != "" {
		s.Host = host
	}
	delete(s.Header, "Host")
	if len(e.Cookies) > 0 {
		s.Header["Cookie"] = []string{strings.Join(e.Cookies, "; ")}
	}
	return s
}

// sample decodes testdata/<name>.json with aws-lambda-go. A Function URL's event
// is one of an HTTP API with less in it.
func sample(tb testing.TB, name string) (event []byte, e *events.APIGatewayV2HTTPRequest) {
	tb.Helper()
	event, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		tb.Fatal(err)
	}
	e = new(events.APIGatewayV2HTTPRequest)
	if !strings.HasPrefix(name, "url-") {
		if err := json.Unmarshal(event, e); err != nil {
			tb.Fatal(err)
		}
		return event, e
	}
	var u events.LambdaFunctionURLRequest
	if err := json.Unmarshal(event, &u); err != nil {
		tb.Fatal(err)
	}
	e.RawPath, e.RawQueryString, e.Cookies, e.Headers = u.RawPath, u.RawQueryString, u.Cookies, u.Headers
	e.Body, e.IsBase64Encoded = u.Body, u.IsBase64Encoded
	e.RequestContext.DomainName = u.RequestContext.DomainName
	e.RequestContext.HTTP = events.APIGatewayV2HTTPRequestContextHTTPDescription(u.RequestContext.HTTP)
	return event, e
}

// TestSamples holds what a handler sees of each sample against aws-lambda-go's
// decoding, and, where that says nothing, against what is written here.
func TestSamples(t *testing.T) {
	tests := map[string]func(*seen) (got, want string){
		"http-named-stage":   func(s *seen) (string, string) { return s.RequestURI, "/webhooks/ups" },
		"http-default-stage": func(s *seen) (string, string) { return s.RemoteAddr, "192.0.2.10:0" },
		"http-form-base64": func(s *seen) (string, string) {
			return s.Body, "number=1ZTEST0000000001&email=buyer%40example.com&note=%C3%BC"
		},
		"http-cookies":          func(s *seen) (string, string) { return s.Header.Get("Cookie"), `session=a1; lang=de; note="x, y"` },
		"http-repeated-headers": func(s *seen) (string, string) { return strings.Join(s.Header["X-Event"], "|"), "one,two" },
		"http-ipv6":             func(s *seen) (string, string) { return s.RemoteAddr, "[2001:db8::1:2]:0" },
		"http-no-body":          func(s *seen) (string, string) { return s.Method + s.Body, "GET" },
		"http-encoded-path":     func(s *seen) (string, string) { return s.Path, "/t/1Z/TEST €+/x" },
		"http-decoded-path":     func(s *seen) (string, string) { return s.Path, "/t/1Z TEST €/what?" },
		"http-text-escapes": func(s *seen) (string, string) {
			return s.Body, "quote \" slash \\ / tab\t nul\x00 del\x7f line\u2028para\u2029 ü € 😀 <&>"
		},
		"url-post": func(s *seen) (string, string) {
			return s.Host, "abcdefghijklmnopqrstuvwxyz012345.lambda-url.eu-central-1.on.aws"
		},
		"url-query": func(s *seen) (string, string) {
			return s.RequestURI, "/webhooks/tiktokshop?a=b%26c&a=%C3%BC+x&empty=&sign=%2F%3D%25"
		},
		"url-root-cookies": func(s *seen) (string, string) {
			return s.Method + " " + s.Header.Get("Cookie"), "HEAD cookie1; cookie2"
		},
		"url-binary": func(s *seen) (string, string) { return s.Body, "\x00\xff\xfe\x80\n\r" },
	}
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) != len(tests) {
		t.Fatalf("%d samples, %d tests, %v", len(files), len(tests), err)
	}
	for _, name := range slices.Sorted(maps.Keys(tests)) {
		t.Run(name, func(t *testing.T) {
			event, e := sample(t, name)
			s, answer, err := see(t.Context(), event)
			if err != nil || s == nil {
				t.Fatalf("Invoke = %s, %v", answer, err)
			}
			if diff := gocmp.Diff(expected(e), s); diff != "" {
				t.Errorf("-aws-lambda-go +ours:\n%s", diff)
			}
			if got, want := tests[name](s); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}
