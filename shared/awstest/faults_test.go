package awstest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// taker counts the requests that arrive and takes them all.
type taker struct{ done atomic.Int64 }

func (k *taker) Do(*http.Request) (*http.Response, error) {
	k.done.Add(1)
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		Body: io.NopCloser(strings.NewReader("{}")),
	}, nil
}

func configOf(k *taker) aws.Config {
	cfg := ConfigAt("http://127.0.0.1:1")
	cfg.HTTPClient = k
	return cfg
}

func deleteRow(ctx context.Context, db *dynamodb.Client) error {
	_, err := db.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: aws.String("table"), Key: row("p", "s")})
	return err
}

func reset(err error) bool { return errors.Is(err, syscall.ECONNRESET) }

func throttled(err error) bool { return code(err) == "ThrottlingException" }

func TestFaultsAreMetBelowRetries(t *testing.T) {
	attempts := dynamodb.NewFromConfig(configOf(&taker{})).Options().Retryer.MaxAttempts()
	always := func(fault Fault) []Fault { return slices.Repeat([]Fault{fault}, attempts) }
	tests := []struct {
		name     string
		faults   []Fault
		fails    func(error) bool
		done     int
		attempts int
	}{
		{"no fault", nil, nil, 1, 1},
		{"a throttled attempt is not done, and tried again", []Fault{Throttle}, nil, 1, 2},
		{"a cut attempt is not done, and tried again", []Fault{Cut}, nil, 1, 2},
		{"a lost attempt is done, and tried again", []Fault{Lose}, nil, 2, 2},
		{"a slow attempt is done once", []Fault{Slow}, nil, 1, 1},
		{"the faults come in their order, none among them", []Fault{Cut, Lose, 0, Cut}, nil, 2, 3},
		{"a call that is always throttled says so", always(Throttle), throttled, 0, attempts},
		{"a call that is always cut is a reset connection", always(Cut), reset, 0, attempts},
		{"a call whose answers are all lost is a reset connection", always(Lose), reset, attempts, attempts},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k, f := &taker{}, &Faults{Delay: time.Second}
				f.Next(tt.faults...)
				err := deleteRow(t.Context(), dynamodb.NewFromConfig(f.In(configOf(k))))
				if tt.fails == nil && err != nil || tt.fails != nil && !tt.fails(err) {
					t.Errorf("call = %v", err)
				}
				if got := int(k.done.Load()); got != tt.done || f.Attempts() != tt.attempts {
					t.Errorf("done %d times in %d attempts, want %d in %d", got, f.Attempts(), tt.done, tt.attempts)
				}
			})
		})
	}
}

func TestSlowWaitsAndHeedsItsContext(t *testing.T) {
	tests := []struct {
		name    string
		timeout time.Duration
		want    error
		done    int64
		took    time.Duration
	}{
		{"a patient caller waits for the delay", time.Hour, nil, 1, time.Minute},
		{"a caller out of time ends at once, with nothing done", time.Second, context.DeadlineExceeded, 0, time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k, f := &taker{}, &Faults{Delay: time.Minute}
				f.Next(Slow)
				ctx, cancel := context.WithTimeout(t.Context(), tt.timeout)
				defer cancel()
				start := time.Now()
				err := deleteRow(ctx, dynamodb.NewFromConfig(f.In(configOf(k))))
				if !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
					t.Errorf("call = %v, want %v", err, tt.want)
				}
				if took := time.Since(start); took != tt.took || k.done.Load() != tt.done {
					t.Errorf("done %d times, in %v, want %d, %v", k.done.Load(), took, tt.done, tt.took)
				}
			})
		})
	}
}

// outcomes tells what n calls without retries met.
func outcomes(t *testing.T, seed uint64, n int) (met []Fault) {
	synctest.Test(t, func(t *testing.T) {
		k, f := &taker{}, &Faults{Delay: time.Second}
		f.Random(seed, map[Fault]float64{Throttle: 0.1, Cut: 0.1, Lose: 0.2, Slow: 0.3})
		cfg := f.In(configOf(k))
		cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
		db := dynamodb.NewFromConfig(cfg)
		for range n {
			before, start := k.done.Load(), time.Now()
			err := deleteRow(t.Context(), db)
			switch done := k.done.Load() > before; {
			case throttled(err) && !done:
				met = append(met, Throttle)
			case reset(err) && !done:
				met = append(met, Cut)
			case reset(err):
				met = append(met, Lose)
			case err == nil && time.Since(start) == time.Second:
				met = append(met, Slow)
			case err == nil && done:
				met = append(met, 0)
			default:
				t.Fatalf("call = %v, done %t", err, done)
			}
		}
	})
	return met
}

func TestRandomFaultsComeAgainWithTheirSeed(t *testing.T) {
	const n = 1000
	one := outcomes(t, 1, n)
	if !slices.Equal(one, outcomes(t, 1, n)) {
		t.Error("the same seed makes other faults")
	}
	if slices.Equal(one, outcomes(t, 2, n)) {
		t.Error("another seed makes the same faults")
	}
	count := map[Fault]int{}
	for _, fault := range one {
		count[fault]++
	}
	for fault, want := range map[Fault]int{0: 300, Throttle: 100, Cut: 100, Lose: 200, Slow: 300} {
		if got := count[fault]; got < want-60 || got > want+60 {
			t.Errorf("fault %d came %d times in %d, want about %d", fault, got, n, want)
		}
	}
}

func TestNextGoesBeforeRandom(t *testing.T) {
	k, f := &taker{}, &Faults{}
	f.Random(1, map[Fault]float64{Cut: 1})
	f.Next(0, Throttle)
	cfg := f.In(configOf(k))
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	db := dynamodb.NewFromConfig(cfg)
	for i, meets := range []func(error) bool{func(err error) bool { return err == nil }, throttled, reset, reset} {
		if err := deleteRow(t.Context(), db); !meets(err) {
			t.Errorf("call %d = %v", i+1, err)
		}
	}
}

func TestFaultsStayWithTheirConfiguration(t *testing.T) {
	k, one, other := &taker{}, &Faults{}, &Faults{}
	cfg := (&Faults{}).In((&Faults{}).In((&Faults{}).In(configOf(k))))
	cfg.APIOptions = cfg.APIOptions[:0] // room that both could write to
	faulty, sound := one.In(cfg), other.In(cfg)
	one.Next(Cut, Cut)
	for _, cfg := range []aws.Config{cfg, sound} {
		if err := deleteRow(t.Context(), dynamodb.NewFromConfig(cfg)); err != nil {
			t.Error(err)
		}
	}
	faulty.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	if err := deleteRow(t.Context(), dynamodb.NewFromConfig(faulty)); !reset(err) {
		t.Errorf("call = %v, want a reset connection", err)
	}
	if one.Attempts() != 1 || other.Attempts() != 1 {
		t.Errorf("%d and %d attempts, want 1 and 1", one.Attempts(), other.Attempts())
	}
}

func TestFaultsAreSafeForManyGoroutines(t *testing.T) {
	k, f := &taker{}, &Faults{}
	db := dynamodb.NewFromConfig(f.In(configOf(k)))
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			for range 10 {
				f.Random(1, nil)
				f.Next(0)
				if err := deleteRow(t.Context(), db); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if f.Attempts() != 100 || k.done.Load() != 100 {
		t.Errorf("%d attempts, %d done, want 100 of each", f.Attempts(), k.done.Load())
	}
}
