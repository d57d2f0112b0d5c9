package notify

import (
	"errors"
	"time"

	"github.com/shiptide/shiptide/shared/metric"
	"github.com/shiptide/shiptide/shared/sender"
)

// outcome is what is counted of a hand-over.
func outcome(err error, now time.Time) string {
	var pace *sender.PaceError
	switch {
	case err == nil:
		return metric.Sent
	case errors.As(err, &pace) && pace.Until.Sub(now) > 24*time.Hour:
		return metric.Held
	case errors.As(err, &pace):
		return metric.Postponed
	case errors.Is(err, sender.ErrRefused):
		return metric.Undelivered
	}
	return metric.Failed
}
