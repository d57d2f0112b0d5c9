package seventeentrack

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/webhook"
)

// sign makes d a push of 17TRACK, or one with a token in its path. No time is
// part of it.
func sign(d *source.Delivery, key string, _ time.Time) error {
	keys, err := webhook.ParseKeys(key)
	if err != nil {
		return fmt.Errorf("seventeentrack: sign: %w", err)
	}
	if d.Header == nil {
		d.Header = http.Header{}
	}
	d.Header.Del(signHeader)
	d.Method, d.Path = http.MethodPost, "/webhooks/"+name
	d.Header.Set("Content-Type", "application/json")
	switch {
	case len(keys.Secrets) == 1:
		sum := keys.Secrets[0].SHA256(d.Body, separator)
		d.Header.Set(signHeader, hex.EncodeToString(sum[:]))
	case len(keys.Paths) == 1:
		d.Path += "/" + strings.TrimPrefix(key, "path:")
	default:
		return errors.New("seventeentrack: sign: neither an API key nor a path token")
	}
	return nil
}
