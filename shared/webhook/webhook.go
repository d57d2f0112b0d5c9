// Package webhook holds what every receiver of webhooks needs: the reasons to
// refuse a delivery, and keys that are prepared once and compared in constant
// time.
package webhook

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Reasons to refuse a delivery. None of them is worth a resend.
var (
	ErrUnsigned     = errors.New("signature missing")
	ErrBadSignature = errors.New("signature does not match")
	ErrStale        = errors.New("timestamp outside tolerance")
	ErrTooLarge     = errors.New("body too large")
	ErrMethod       = errors.New("method not allowed")
	ErrContentType  = errors.New("content type not allowed")
	// ErrNotConfigured stands for an unknown source and for one without a key:
	// a push is answered the same.
	ErrNotConfigured = errors.New("source not configured")
	// ErrInterrupted: the body ended early, or there is no room for it now.
	ErrInterrupted = errors.New("body not received")
	// ErrMalformed: a body that cannot be decoded. A verified one is kept.
	ErrMalformed = errors.New("body malformed")
)

// StatusCode is the HTTP status that answers an error. It is the only place
// where one becomes the other. Whatever has no reason above is our own fault,
// and the sender shall come again.
func StatusCode(err error) int {
	switch {
	case err == nil:
		return http.StatusOK
	case errors.Is(err, ErrUnsigned), errors.Is(err, ErrBadSignature), errors.Is(err, ErrStale):
		return http.StatusUnauthorized
	case errors.Is(err, ErrNotConfigured):
		return http.StatusNotFound
	case errors.Is(err, ErrTooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, ErrMethod):
		return http.StatusMethodNotAllowed
	case errors.Is(err, ErrContentType):
		return http.StatusUnsupportedMediaType
	case errors.Is(err, ErrMalformed):
		return http.StatusBadRequest
	}
	return http.StatusServiceUnavailable
}

// Reason names an error of this package in one word, for counters and logs that
// must not hold what the sender sent.
func Reason(err error) string {
	for _, r := range []struct {
		err  error
		name string
	}{
		{ErrUnsigned, "unsigned"},
		{ErrBadSignature, "bad_signature"},
		{ErrStale, "stale"},
		{ErrTooLarge, "too_large"},
		{ErrMethod, "method"},
		{ErrContentType, "content_type"},
		{ErrNotConfigured, "not_configured"},
		{ErrMalformed, "malformed"},
		{ErrInterrupted, "interrupted"},
	} {
		if errors.Is(err, r.err) {
			return r.name
		}
	}
	return "unavailable"
}

// CheckTime refuses a signed time that is more than tolerance away from now, in
// either direction.
func CheckTime(signed, now time.Time, tolerance time.Duration) error {
	if d := now.Sub(signed).Abs(); d > tolerance {
		return fmt.Errorf("%w: %s off", ErrStale, d.Round(time.Second))
	}
	return nil
}
