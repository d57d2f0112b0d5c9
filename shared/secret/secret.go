// Package secret keeps the keys of a deployment in SSM Parameter Store: one
// SecureString per source, and the three keys of its own.
//
// All of a stack's parameters are read at first use, and again when five minutes
// have passed. While they cannot be read, those of the last hour are used. No
// error, log line or formatted value of this package holds a key.
package secret

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/webhook"
)

// API is what is used of SSM. Its PutParameter may be done twice.
type API interface {
	GetParametersByPath(context.Context, *ssm.GetParametersByPathInput, ...func(*ssm.Options)) (*ssm.GetParametersByPathOutput, error)
	PutParameter(context.Context, *ssm.PutParameterInput, ...func(*ssm.Options)) (*ssm.PutParameterOutput, error)
}

var _ API = (*ssm.Client)(nil)

// Store is the keys of one stack. Many goroutines may use it.
type Store struct {
	// Log, if set before the first use, is told when keys cannot be read, also
	// while older ones are still used.
	Log *slog.Logger

	client API
	stack  string
	now    func() time.Time

	held atomic.Pointer[reading] // the last that succeeded

	mu   sync.Mutex
	last *attempt // the one that runs, or ran last
}

// New returns the keys of a stack. It reads nothing yet.
func New(client API, stack string, now func() time.Time) *Store {
	return &Store{client: client, stack: stack, now: now}
}

// Source returns the keys of a source. One that has none gets empty keys and no
// error. Any error means that the keys cannot be had now.
func (s *Store) Source(name string) source.Keys {
	return func(ctx context.Context) (webhook.Keys, error) {
		r, err := s.current(ctx)
		if err != nil {
			return webhook.Keys{}, err
		}
		found := r.sources[name]
		return found.keys, found.err
	}
}

// Own returns the stack's own keys. If some are missing, the error wraps
// [ErrMissing] and names all that are.
func (s *Store) Own(ctx context.Context) (Own, error) {
	r, err := s.current(ctx)
	if err != nil {
		return Own{}, err
	}
	return r.own.clone(), r.ownErr
}
