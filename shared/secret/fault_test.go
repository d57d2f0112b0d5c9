package secret_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/secret"
)

// calls is each call of a store, as it is done on a stack whose source ups has
// the key CANARY.
var calls = []struct {
	name  string
	do    func(context.Context, *secret.Store) error
	says  string // of the first request's failure
	calls int    // attempts if nothing fails
}{
	{"Source", func(ctx context.Context, s *secret.Store) error { _, err := s.Source("ups")(ctx); return err }, "secret: read ", 1},
	{"Own", func(ctx context.Context, s *secret.Store) error { _, err := s.Own(ctx); return err }, "secret: read ", 1},
	{"Set", func(ctx context.Context, s *secret.Store) error { return s.Set(ctx, "ups", canary+"2") }, "secret: set ups: read ", 2},
	{"SetOnly", func(ctx context.Context, s *secret.Store) error { return s.SetOnly(ctx, "ups", canary+"2") }, "secret: set ups: read ", 2},
	{"Init", func(ctx context.Context, s *secret.Store) error { _, err := s.Init(ctx); return err }, "secret: init: read ", 1},
}

func TestACallIsTriedAgain(t *testing.T) {
	for _, c := range calls {
		for name, fault := range map[string]awstest.Fault{"throttled": awstest.Throttle, "cut": awstest.Cut, "lost": awstest.Lose} {
			for at := range c.calls {
				var f awstest.Faults
				s, _ := onSSM(t, &f, canary)
				f.Next(make([]awstest.Fault, at)...)
				f.Next(fault)
				if err := c.do(t.Context(), s); err != nil || f.Attempts() != c.calls+1 {
					t.Errorf("%s, attempt %d %s: %v after %d attempts, want no error after %d", c.name, at+1, name, err, f.Attempts(), c.calls+1)
				}
			}
		}
	}
}

func TestALostAnswerToAFirstKeyIsNoError(t *testing.T) {
	var f awstest.Faults
	stack := newStack()
	f.Next(0, awstest.Lose)
	if err := secret.New(client(t, &f), stack, time.Now).Set(t.Context(), "ups", "a"); err != nil {
		t.Fatal(err)
	}
	if got := key(t, secret.New(client(t, &f), stack, time.Now), "a"); got != "a" {
		t.Errorf("newest key is %q, want a", got)
	}
}

func TestACallThatNothingHelps(t *testing.T) {
	for _, c := range calls {
		for fault, says := range map[awstest.Fault]string{awstest.Throttle: ": ThrottlingException", awstest.Cut: "connection reset"} {
			for at := range c.calls {
				var f awstest.Faults
				s, stack := onSSM(t, &f, canary)
				f.Next(make([]awstest.Fault, at)...)
				f.Random(1, map[awstest.Fault]float64{fault: 1})
				err := c.do(t.Context(), s)
				if err == nil || f.Attempts() != at+4 {
					t.Fatalf("%s: %v after %d attempts, want an error after %d", c.name, err, f.Attempts(), at+4)
				}
				begin := strings.Replace(c.says, "read ", []string{"read ", "write "}[at], 1) + "/shiptide/" + stack
				if text := err.Error(); !strings.HasPrefix(text, begin) || !strings.Contains(text, says) {
					t.Errorf("%s: %q, want %s… %s", c.name, text, begin, says)
				}
				silent(t, c.name, err.Error())
			}
		}
	}
}

func TestNoErrorRepeatsWhatSSMSays(t *testing.T) {
	denied := &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "User: x is not authorized to perform: ssm:PutParameter"}
	tests := []struct {
		name string
		err  error
		says string
		want error
	}{
		{"a refusal with the value in it", refused("ValidationException"), "ValidationException", nil},
		{"no right", denied, "not allowed: User: x is not authorized to perform: ssm:PutParameter", secret.ErrDenied},
		{"an error on the way", errDown, errDown.Error(), errDown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := holding(`["CANARY"]`)
			f.before = func() { f.change(func(f *fake) { f.err = tt.err }) }
			put := store(f).Set(t.Context(), "ups", canary+"2")
			_, read := store(f).Source("ups")(t.Context())
			for text, err := range map[string]error{"secret: set ups: write " + ups: put, "secret: read /shiptide/prod": read} {
				if err == nil || err.Error() != text+": "+tt.says {
					t.Errorf("error = %v, want %s: %s", err, text, tt.says)
					continue
				}
				silent(t, "error", err.Error())
				if tt.want != nil && !errors.Is(err, tt.want) {
					t.Errorf("error %v does not wrap %v", err, tt.want)
				}
			}
		})
	}
}

func TestNoErrorRepeatsAnAnswer(t *testing.T) {
	for _, body := range []string{
		`{"Parameters":[{"Name":"/a","Version":"CANARY"}]}`, // The SDK's own error quotes this.
		`{"Parameters":[{"Name":"/a","Value":"CANARY`,
		`CANARY`,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }))
		s := secret.New(ssm.NewFromConfig(awstest.ConfigAt(server.URL), hasty), "prod", time.Now)
		_, err := s.Source("ups")(t.Context())
		server.Close()
		if err == nil || err.Error() != "secret: read /shiptide/prod: answer not understood" {
			t.Errorf("error of %s = %v", body, err)
		}
	}
}
