package webhook_test

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/webhook"
)

func TestErrors(t *testing.T) {
	tests := []struct {
		name   string
		err    error
		status int
		reason string
	}{
		{"no signature", webhook.ErrUnsigned, 401, "unsigned"},
		{"a wrong signature", webhook.ErrBadSignature, 401, "bad_signature"},
		{"a wrong time", webhook.ErrStale, 401, "stale"},
		{"an unknown source", webhook.ErrNotConfigured, 404, "not_configured"},
		{"a body too large", webhook.ErrTooLarge, 413, "too_large"},
		{"another method", webhook.ErrMethod, 405, "method"},
		{"another content type", webhook.ErrContentType, 415, "content_type"},
		{"a body that cannot be read", webhook.ErrMalformed, 400, "malformed"},
		{"wrapped", fmt.Errorf("ups: verify: %w", webhook.ErrStale), 401, "stale"},
		{"joined", errors.Join(errors.New("x"), webhook.ErrTooLarge), 413, "too_large"},
		{"a fault of ours", errors.New("keys: throttled"), 503, "unavailable"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := webhook.StatusCode(tt.err); got != tt.status {
				t.Errorf("StatusCode = %d, want %d", got, tt.status)
			}
			if got := webhook.Reason(tt.err); got != tt.reason {
				t.Errorf("Reason = %q, want %q", got, tt.reason)
			}
		})
	}
	if got := webhook.StatusCode(nil); got != 200 {
		t.Errorf("StatusCode(nil) = %d, want 200", got)
	}
}

func TestCheckTime(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name   string
		signed time.Time
		want   error
	}{
		{"now", now, nil},
		{"five minutes ago", now.Add(-5 * time.Minute), nil},
		{"in five minutes", now.Add(5 * time.Minute), nil},
		{"longer ago", now.Add(-5*time.Minute - 1), webhook.ErrStale},
		{"later", now.Add(5*time.Minute + 1), webhook.ErrStale},
		{"in another zone", now.In(time.FixedZone("", 8*3600)), nil},
		{"no time at all", time.Time{}, webhook.ErrStale},
		{"longer ago than a duration can say", now.AddDate(-400, 0, 0), webhook.ErrStale},
		{"later than a duration can say", now.AddDate(400, 0, 0), webhook.ErrStale},
		{"the last second there is", time.Unix(math.MaxInt64, 0), webhook.ErrStale},
		{"the first second there is", time.Unix(math.MinInt64, 0), webhook.ErrStale},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := webhook.CheckTime(tt.signed, now, 5*time.Minute); !errors.Is(got, tt.want) {
				t.Errorf("CheckTime = %v, want %v", got, tt.want)
			}
		})
	}
}
