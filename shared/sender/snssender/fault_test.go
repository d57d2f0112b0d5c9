package snssender_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/sender"
	"github.com/shiptide/shiptide/shared/sender/sendertest"
)

// verdict is what an error leads to.
func verdict(err error) string {
	var pace *sender.PaceError
	switch {
	case err == nil:
		return "none"
	case errors.Is(err, sender.ErrRefused):
		return "never"
	case errors.As(err, &pace):
		return "paced"
	}
	return "again"
}

// silent fails for an error that tells who it was about.
func silent(t *testing.T, err error) {
	t.Helper()
	for e := err; e != nil; e = errors.Unwrap(e) {
		for _, canary := range canaries {
			if text := fmt.Sprintf("%v %+v", e, e); strings.Contains(text, canary) {
				t.Errorf("error %q tells %q", text, canary)
			}
		}
	}
}

func TestCodes(t *testing.T) {
	tests := []struct {
		code             string
		status           int
		sms, mail, topic string
	}{
		{"OptedOut", 400, "never", "again", "again"},
		{"OptedOutException", 400, "never", "again", "again"},
		{"InvalidParameter", 400, "never", "again", "again"},
		{"InvalidParameterException", 400, "never", "again", "again"},
		{"ParameterValueInvalid", 400, "never", "again", "again"},
		{"InvalidParameterValue", 400, "never", "again", "again"},
		{"EndpointDisabled", 400, "never", "never", "again"},
		{"NotFound", 404, "again", "never", "again"},
		{"AuthorizationError", 403, "again", "again", "again"},
		{"InvalidClientTokenId", 403, "again", "again", "again"},
		{"SignatureDoesNotMatch", 403, "again", "again", "again"},
		{"InternalError", 500, "again", "again", "again"},
		{"InternalFailure", 500, "again", "again", "again"},
		{"ServiceUnavailable", 503, "again", "again", "again"},
		{"KMSThrottling", 400, "again", "again", "again"},
		{"KMSAccessDenied", 400, "again", "again", "again"},
		{"KMSDisabled", 400, "again", "again", "again"},
		{"InvalidSecurity", 403, "again", "again", "again"},
		{"PlatformApplicationDisabled", 400, "again", "again", "again"},
		{"ValidationException", 400, "again", "again", "again"},
		{"SomethingNew", 400, "again", "again", "again"},
		{"Throttled", 429, "paced", "paced", "paced"},
		{"ThrottledException", 429, "paced", "paced", "paced"},
		{"Throttling", 400, "paced", "paced", "paced"},
		{"ThrottlingException", 400, "paced", "paced", "paced"},
		{phone.Address, 400, "again", "again", "again"},
		{"", 400, "again", "again", "again"},
		{strings.Repeat("x", 65), 400, "again", "again", "again"},
	}
	s, f, c, _ := open(t)
	for _, tt := range tests {
		t.Run(tt.code, func(t *testing.T) {
			c.Advance(time.Second) // The pace of mail is not what is looked at.
			f.refuse("Publish", tt.status, tt.code)
			for to, want := range map[*contact.Contact]string{&phone: tt.sms, &mail: tt.mail, &seller: tt.topic, &events: tt.topic} {
				_, err := s.Send(t.Context(), *to, sendertest.Message)
				if got := verdict(err); got != want {
					t.Errorf("by %s: %s (%v), want %s", to.Channel, got, err, want)
				}
				silent(t, err)
				code := strings.TrimSuffix(tt.code, "Exception")
				word := code != phone.Address && len(code) <= 64
				if said := strings.Contains(err.Error(), code); said != word {
					t.Errorf("error %q says %q: %t, want %t", err, code, said, word)
				}
				var pace *sender.PaceError
				if errors.As(err, &pace) && !pace.Until.Equal(c.Now().Add(5*time.Second)) {
					t.Errorf("until %v, want five seconds on", pace.Until)
				}
			}
		})
	}
}

func TestNoAnswer(t *testing.T) {
	tests := []struct {
		name string
		how  func(http.ResponseWriter)
		says string
	}{
		{"a page of a proxy", func(w http.ResponseWriter) {
			w.WriteHeader(503)
			_, _ = w.Write([]byte("<html>" + strings.Join(canaries, " ")))
		}, "503"},
		{"an answer that is none", func(w http.ResponseWriter) { _, _ = w.Write([]byte(strings.Join(canaries, "<"))) }, "snssender"},
		{"an empty answer", func(http.ResponseWriter) {}, "without a message ID"},
		{"a connection cut", func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, "connection cut"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, f, _, _ := open(t)
			f.fail("Publish", tt.how)
			for _, to := range []contact.Contact{phone, mail, seller, events} {
				_, err := s.Send(t.Context(), to, sendertest.Message)
				if verdict(err) != "again" || !strings.Contains(err.Error(), tt.says) {
					t.Errorf("by %s: %v, want again and %q", to.Channel, err, tt.says)
				}
				silent(t, err)
			}
		})
	}
}

func TestSlowSNS(t *testing.T) {
	for _, to := range []contact.Contact{phone, mail, seller} {
		t.Run(string(to.Channel), func(t *testing.T) {
			s, f, _, _ := open(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			slow := func(http.ResponseWriter) {
				cancel()
				panic(http.ErrAbortHandler)
			}
			f.fail("Publish", slow)
			f.fail("ListSubscriptionsByTopic", slow)
			_, err := s.Send(ctx, to, sendertest.Message)
			if !errors.Is(err, context.Canceled) || verdict(err) != "again" {
				t.Errorf("Send: %v, want the end of the context", err)
			}
			silent(t, err)
		})
	}
}

// strange is a client of HTTP that fails in its own way.
type strange struct{ err error }

func (s strange) Do(*http.Request) (*http.Response, error) { return nil, s.err }

type canaryError struct{}

func (*canaryError) Error() string { return strings.Join(canaries, " ") }

type slowError struct{ canaryError }

func (*slowError) Timeout() bool { return true }

func (*slowError) Temporary() bool { return true }

func TestFaultsOfTheNetwork(t *testing.T) {
	tests := []struct {
		name string
		err  error
		says string
	}{
		{"what the network says is told", &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("no route")}, "dial tcp: no route"},
		{"slow", &slowError{}, "no answer in time"},
		{"anything else is told by its type", fmt.Errorf("%v: %w", canaries, &canaryError{}), "*snssender_test.canaryError"},
		{"a fault that says nothing of itself", errors.New(canaries[0]), "*errors.errorString"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, _, _, _ := open(t)
			s.Client = sns.New(sns.Options{
				Region: awstest.Region, HTTPClient: strange{tt.err}, Retryer: aws.NopRetryer{},
				Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
			})
			for _, to := range []contact.Contact{phone, mail, seller} {
				_, err := s.Send(t.Context(), to, sendertest.Message)
				if verdict(err) != "again" || !strings.HasSuffix(err.Error(), ": "+tt.says) {
					t.Errorf("by %s: %v, want again and %q", to.Channel, err, tt.says)
				}
				silent(t, err)
			}
		})
	}
}

// TestWhatPeopleNoticeIsTriedOnce: the SDK does not tell them twice.
func TestWhatPeopleNoticeIsTriedOnce(t *testing.T) {
	s, f, _, _ := open(t)
	f.refuse("Publish", 500, "InternalError")
	f.refuse("Subscribe", 500, "InternalError")
	for to, want := range map[*contact.Contact]int{&phone: 1, &mail: 1, &seller: 4} {
		_, _ = s.Send(t.Context(), *to, sendertest.Message)
		if got := len(f.of("Publish")); got != want {
			t.Errorf("%d attempts by %s, want %d", got, to.Channel, want)
		}
	}
	f.list(none)
	_ = s.Invite(t.Context(), mail)
	if got := len(f.of("Subscribe")); got != 1 {
		t.Errorf("%d attempts to subscribe, want 1", got)
	}
}
