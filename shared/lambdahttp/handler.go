// Package lambdahttp serves API Gateway HTTP API (payload version 2.0) and
// Lambda Function URL events with a net/http handler, and carries its answer
// back.
//
// An event is pulled apart member by member and only what a request is made of
// is kept, so the envelope costs less than what it carries; the answer is
// written as JSON once.
package lambdahttp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"

	"github.com/aws/aws-lambda-go/lambda"
)

// Handler makes h a function for lambda.Start. It may be invoked concurrently
// if h may.
//
// A handler is served as a net/http server would, except that its answer goes
// out when it returns: there is no flushing, hijacking or trailer, and statuses
// below 200 are dropped. The answer's framing is the platform's, so
// Content-Length, Transfer-Encoding and Connection are dropped too.
//
// Invoke returns an error, and the function stays alive, when the event is none
// of the kinds above, the handler panics or answers with a status that is none,
// or the answer is larger than Lambda carries. No error quotes the event or the
// value of a panic. What a client may have done wrong (an escape in its path,
// base64) is an answer of 400 instead.
func Handler(h http.Handler) lambda.Handler { return function{h} }

type function struct{ handler http.Handler }

const badRequest = `{"statusCode":400,"headers":{}}`

func (f function) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	e, err := decode(event)
	if err != nil {
		return nil, fmt.Errorf("lambdahttp: %w", err)
	}
	req, err := e.request(ctx)
	if errors.Is(err, errClient) {
		return []byte(badRequest), nil
	}
	if err != nil {
		return nil, fmt.Errorf("lambdahttp: %w", err)
	}
	w := &answer{}
	if err := f.serve(w, req); err != nil {
		return nil, fmt.Errorf("lambdahttp: %w", err)
	}
	out, err := w.encode(req.Method == http.MethodHead)
	if err != nil {
		return nil, fmt.Errorf("lambdahttp: %w", err)
	}
	return out, nil
}

// serve turns a panic of the handler into an error that says where, but not the
// value: that may hold what was sent.
func (f function) serve(w http.ResponseWriter, req *http.Request) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("handler panicked with %T in %s", v, panicPlace())
		}
	}()
	f.handler.ServeHTTP(w, req)
	return nil
}

// panicPlace names the function and line that panicked. It is called by a
// deferred function, whose stack still has them below runtime's frames.
func panicPlace() string {
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(0, pcs[:])])
	panicking := false
	for {
		frame, more := frames.Next()
		switch inRuntime := strings.HasPrefix(frame.Function, "runtime."); {
		case frame.Function == "runtime.gopanic":
			panicking = true
		case panicking && !inRuntime:
			return fmt.Sprintf("%s, line %d", frame.Function, frame.Line)
		}
		if !more {
			return "a place unknown"
		}
	}
}
