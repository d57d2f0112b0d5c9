package dynamostore_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

func TestATableThatIsNotThere(t *testing.T) {
	eachCall(t, func(t *testing.T, c call) {
		var f awstest.Faults
		_, err := c.do(t.Context(), dynamostore.New(dynamodb.NewFromConfig(f.In(awstest.Config(t))), "nobody-made-this", now))
		if want := "dynamostore: " + c.text + " nobody-made-this: no such table"; !errors.Is(err, store.ErrNoTable) || err.Error() != want {
			t.Errorf("error = %v, want %s", err, want)
		}
		if f.Attempts() != 1 {
			t.Errorf("%d attempts, want 1", f.Attempts())
		}
	})
}

func TestWhoMayNotIsToldWhat(t *testing.T) {
	var attempts atomic.Int64
	// As DynamoDB answered in 2026.
	aws := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		attempts.Add(1)
		_, action, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"User: arn:aws:iam::123456789012:user/operator`+
			` is not authorized to perform: dynamodb:%s on resource: arn:aws:dynamodb:us-east-1:123456789012:table/rows`+
			` because no identity-based policy allows the dynamodb:%[1]s action"}`, action)
	}))
	defer aws.Close()
	actions := map[string]string{
		"get": "GetItem", "put": "PutItem", "delete": "DeleteItem", "add": "UpdateItem",
		"query": "Query", "query due rows of": "Query", "scan": "Scan", "describe": "DescribeTable", "create": "CreateTable",
	}
	schema := []call{
		{"Check", "describe", func(ctx context.Context, _ *dynamostore.Table) (any, error) {
			return dynamostore.Definition{}.Check(ctx, dynamodb.NewFromConfig(awstest.ConfigAt(aws.URL)), "rows")
		}},
		{"Create", "create", func(ctx context.Context, _ *dynamostore.Table) (any, error) {
			return nil, dynamostore.Definition{}.Create(ctx, dynamodb.NewFromConfig(awstest.ConfigAt(aws.URL)), "rows")
		}},
	}
	for _, c := range append(schema, calls...) {
		t.Run(c.name, func(t *testing.T) {
			attempts.Store(0)
			_, err := c.do(t.Context(), dynamostore.New(dynamodb.NewFromConfig(awstest.ConfigAt(aws.URL)), "rows", now))
			want := "dynamostore: " + c.text + " rows: not allowed: User: arn:aws:iam::123456789012:user/operator is not authorized to perform: dynamodb:" + actions[c.text] + " on "
			if !errors.Is(err, store.ErrDenied) || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("error = %v, want %s…", err, want)
			}
			if strings.Contains(fmt.Sprint(err), canary) {
				t.Errorf("error = %v, with the row's content", err)
			}
			if attempts.Load() != 1 {
				t.Errorf("%d attempts, want 1", attempts.Load())
			}
		})
	}
}

// hung is an AWS that takes connections and never answers. It returns its URL
// and how many connections there were.
func hung(t *testing.T) (url string, taken func() int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var n atomic.Int64
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		var open []net.Conn
		for {
			c, err := l.Accept()
			if err != nil {
				break
			}
			n.Add(1)
			open = append(open, c)
		}
		for _, c := range open {
			_ = c.Close()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-ended
	})
	return "http://" + l.Addr().String(), func() int { return int(n.Load()) }
}

func TestAnAWSThatNeverAnswersIsGivenUp(t *testing.T) {
	const hastier = 60
	eachCall(t, func(t *testing.T, c call) {
		var f awstest.Faults
		url, _ := hung(t)
		o := dynamodb.NewFromConfig(f.In(awstest.ConfigAt(url))).Options()
		patient, ok := o.HTTPClient.(interface {
			GetTimeout() time.Duration
			WithTimeout(time.Duration) *awshttp.BuildableClient
		})
		if !ok || patient.GetTimeout() != 3*time.Second {
			t.Fatalf("the client is %+v, want one that waits for 3s", o.HTTPClient)
		}
		o.HTTPClient = patient.WithTimeout(patient.GetTimeout() / hastier)
		_, err := c.do(t.Context(), dynamostore.New(dynamodb.New(o), "rows", now))
		again(t, c, "rows", err)
		if f.Attempts() != 4 {
			t.Errorf("%d attempts, want 4", f.Attempts())
		}
	})
}

func TestACallEndsWithItsContext(t *testing.T) {
	eachCall(t, func(t *testing.T, c call) {
		url, taken := hung(t)
		table := dynamostore.New(dynamodb.NewFromConfig(awstest.ConfigAt(url)), "rows", now)
		late, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if _, err := c.do(late, table); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error = %v, want context.DeadlineExceeded", err)
		}
		before := taken()
		cancelled, cancel := context.WithCancel(t.Context())
		go func() {
			for taken() == before {
				time.Sleep(time.Millisecond)
			}
			cancel()
		}()
		if _, err := c.do(cancelled, table); !errors.Is(err, context.Canceled) {
			t.Errorf("error = %v, want context.Canceled", err)
		}
	})
}

func TestASlowCallEndsWithItsContext(t *testing.T) {
	name := filled(t)
	eachCall(t, func(t *testing.T, c call) {
		f := awstest.Faults{Delay: time.Hour}
		f.Next(awstest.Slow)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if _, err := c.do(ctx, dynamostore.New(dynamodb.NewFromConfig(f.In(awstest.Config(t))), name, now)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error = %v, want context.DeadlineExceeded", err)
		}
		if f.Attempts() > 1 {
			t.Errorf("%d attempts, want 1", f.Attempts())
		}
	})
}
