package lambdahttp_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/shiptide/shiptide/shared/lambdahttp"
)

// push returns a JSON body of 5 KB with a dozen events, as a carrier sends it,
// and the event of an HTTP API that carries it.
func push(tb testing.TB) (body string, event []byte) {
	tb.Helper()
	var b strings.Builder
	b.WriteString(`{"trackingNumber":"1ZTEST0000000001","events":[`)
	for i := range 12 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"gmtDate":"202603%02d","gmtTime":"101500","gmtOffset":"+01:00","status":{"type":"I","code":"DP","description":"Departed from Facility","statusCode":"005"},"location":{"address":{"city":"KÖLN","stateProvince":"","postalCode":"","countryCode":"DE","country":"DE"},"slic":"%05d"},"package":"1ZTEST0000000001","scan":"%s"}`, i+1, i, strings.Repeat("0", 100))
	}
	b.WriteString(`]}`)
	body = b.String()
	_, e := sample(tb, "http-default-stage")
	e.Body = body
	event, err := json.Marshal(e)
	if err != nil {
		tb.Fatal(err)
	}
	return body, event
}

func BenchmarkHandler(b *testing.B) {
	body, event := push(b)
	h := lambdahttp.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if n, err := io.Copy(io.Discard, r.Body); err != nil || n != r.ContentLength {
			b.Fatal(n, err)
		}
	}))
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := h.Invoke(b.Context(), event); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEvents is what a function pays that takes its event as a struct,
// without making a request of it.
func BenchmarkEvents(b *testing.B) {
	body, event := push(b)
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		var e events.APIGatewayV2HTTPRequest
		if err := json.Unmarshal(event, &e); err != nil {
			b.Fatal(err)
		}
		if _, err := json.Marshal(events.APIGatewayV2HTTPResponse{StatusCode: http.StatusOK}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSHA256(b *testing.B) {
	text, _ := push(b)
	body := []byte(text)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		sha256.Sum256(body)
	}
}
