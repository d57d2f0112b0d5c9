package awstest

import (
	"context"
	"math/rand/v2"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
)

// Fault is what happens to one attempt of a call, below the SDK's retries.
type Fault int

// The faults. The zero Fault is none.
const (
	Throttle Fault = iota + 1 // refused, not done
	Cut                       // the connection broke before anything arrived
	Lose                      // done, but the connection broke before the answer
	Slow                      // done, after Faults.Delay
)

// Faults decides what happens to the attempts of the clients that it is in.
type Faults struct {
	Delay time.Duration // of a slow attempt

	mu       sync.Mutex
	next     []Fault
	random   *rand.Rand
	p        map[Fault]float64
	attempts int
}

// In returns a configuration whose clients meet the faults.
func (f *Faults) In(cfg aws.Config) aws.Config {
	cfg.APIOptions = append(cfg.APIOptions[:len(cfg.APIOptions):len(cfg.APIOptions)], func(s *middleware.Stack) error {
		return s.Finalize.Insert(middleware.FinalizeMiddlewareFunc("Faults", f.finalize), "Retry", middleware.After)
	})
	return cfg
}

// Next has the next attempts meet these faults, one each.
func (f *Faults) Next(faults ...Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.next = append(f.next, faults...)
}

// Random has every attempt that Next names no fault for meet one with these
// probabilities.
func (f *Faults) Random(seed uint64, p map[Fault]float64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.random, f.p = rand.New(rand.NewPCG(seed, seed)), p
}

// Attempts returns how many attempts there were.
func (f *Faults) Attempts() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.attempts
}

func (f *Faults) draw() Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.attempts++
	if len(f.next) > 0 {
		fault := f.next[0]
		f.next = f.next[1:]
		return fault
	}
	if f.random == nil {
		return 0
	}
	x := f.random.Float64()
	for _, fault := range []Fault{Throttle, Cut, Lose, Slow} {
		if x -= f.p[fault]; x < 0 {
			return fault
		}
	}
	return 0
}

func (f *Faults) finalize(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (out middleware.FinalizeOutput, md middleware.Metadata, err error) {
	switch f.draw() {
	case Throttle:
		return out, md, &smithy.GenericAPIError{Code: "ThrottlingException", Message: "Rate of requests exceeds the allowed throughput."}
	case Cut:
		return out, md, broken()
	case Lose:
		_, md, _ = next.HandleFinalize(ctx, in)
		return out, md, broken()
	case Slow:
		select {
		case <-time.After(f.Delay):
		case <-ctx.Done():
			return out, md, ctx.Err()
		}
	}
	return next.HandleFinalize(ctx, in)
}

// broken is what the network says of a connection that the other side reset.
func broken() error {
	return &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
}
