package lambdahttp_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	jsonv2 "github.com/go-json-experiment/json"
	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/shiptide/shiptide/shared/lambdahttp"
)

// FuzzInvoke has the event answered and what was sent sent back: there is an
// error or JSON. What aws-lambda-go decodes as well is seen alike. It decodes
// with the strict JSON package: the standard one takes "BODY" for "body".
func FuzzInvoke(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		event, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(event)
	}
	echo := lambdahttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		maps.Copy(w.Header(), r.Header)
		w.Header().Set("Set-Cookie", r.RequestURI)
		if err := r.Write(w); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	f.Fuzz(func(t *testing.T, event []byte) {
		answer, err := echo.Invoke(t.Context(), slices.Clone(event))
		if err == nil && !json.Valid(answer) || err != nil && answer != nil {
			t.Errorf("Invoke = %s, %v", answer, err)
		}
		s, answer, err := see(t.Context(), slices.Clone(event))
		var e events.APIGatewayV2HTTPRequest
		if err != nil || jsonv2.Unmarshal(event, &e) != nil {
			return
		}
		compare(t, &e, s, answer)
	})
}

// FuzzAgree has aws-lambda-go write the event.
func FuzzAgree(f *testing.F) {
	f.Add("POST", "/prod/a%2Fb", "a=%C3%BC", "prod", "192.0.2.1", "x-a", "1,2", "a=1", "e30=", true)
	f.Add("GET", "/ü ?", "", "$default", "2001:db8::1", "host", "x", "", "\"\\\u2028", false)
	f.Fuzz(func(t *testing.T, method, path, query, stage, ip, name, value, cookie, body string, base64 bool) {
		event := get(t, func(e *events.APIGatewayV2HTTPRequest) {
			e.RequestContext.HTTP.Method, e.RawPath, e.RawQueryString, e.RequestContext.Stage = method, path, query, stage
			e.RequestContext.HTTP.SourceIP, e.Headers, e.Body, e.IsBase64Encoded = ip, map[string]string{name: value, "a": "b"}, body, base64
			if cookie != "" {
				e.Cookies = []string{cookie, "c=d"}
			}
		})
		var e events.APIGatewayV2HTTPRequest
		if err := json.Unmarshal(event, &e); err != nil {
			t.Fatal(err)
		}
		s, answer, err := see(t.Context(), event)
		switch {
		case err == nil:
			compare(t, &e, s, answer)
		case strings.HasPrefix(e.RawPath, "/") && e.RequestContext.HTTP.Method == http.MethodPost:
			t.Errorf("Invoke = %v", err)
		}
	})
}

func compare(t *testing.T, e *events.APIGatewayV2HTTPRequest, s *seen, answer []byte) {
	t.Helper()
	want := expected(e)
	if want == nil {
		if decodeAnswer(t, answer).StatusCode != http.StatusBadRequest {
			t.Errorf("served %+v, want 400", s)
		}
		return
	}
	// Spellings of one header are joined in any order.
	sorted := cmpopts.SortSlices(func(a, b string) bool { return a < b })
	if diff := gocmp.Diff(want, s, sorted, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("-aws-lambda-go +ours:\n%s", diff)
	}
}
