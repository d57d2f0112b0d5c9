package shop

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/store"
)

const (
	// soon is how long what failed waits at least.
	soon = 5 * time.Minute
	// refusedAgain is when a shop is tried again that does not let us.
	refusedAgain = time.Hour
)

// gone tells whether there is no such thing, or it is another shop's.
func gone(err error) bool { return coded(err, source.NotFound) }

// refused tells whether the marketplace will not answer until somebody does
// something.
func refused(err error) bool { return coded(err, source.Auth) }

// over tells whether an authorisation has ended.
func over(err error) bool {
	var e *source.Error
	return errors.As(err, &e) && e.Over
}

func coded(err error, code source.ErrorCode) bool {
	var e *source.Error
	return errors.As(err, &e) && e.Code == code
}

// failed notes that a shop's calls are refused, so that nobody has to wonder, and
// that its orders rest. It returns the error.
func (k *Keeper) failed(ctx context.Context, s *store.Shop, err error) error {
	if refused(err) {
		_, saved := k.Shops.Change(ctx, s.Source, s.ID, func(row *store.Shop) {
			if row.AuthorisedAt.Equal(s.AuthorisedAt) { // Else the refusal is of the one before.
				k.fault(row, err)
			}
		})
		k.fault(s, err)
		err = errors.Join(err, saved)
	}
	return fmt.Errorf("shop: %w", err)
}

// fault notes a refusal, without what is another in each answer.
func (k *Keeper) fault(s *store.Shop, err error) {
	var e *source.Error
	if !errors.As(err, &e) {
		return
	}
	if s.Fault == "" {
		s.FaultSince = k.Now()
	}
	s.Fault, _, _ = strings.Cut(e.Error(), ", request ")
	s.RestsUntil = k.Now().Add(refusedAgain)
}
