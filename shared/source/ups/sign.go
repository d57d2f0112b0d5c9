package ups

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/webhook"
)

// sign makes d a push of Track Alert: of version 2 under a Basic key, else of
// version 1, or one with a token in its path.
func sign(d *source.Delivery, key string, now time.Time) error {
	keys, err := webhook.ParseKeys(key)
	if err != nil {
		return fmt.Errorf("ups: sign: %w", err)
	}
	if d.Header == nil {
		d.Header = http.Header{}
	}
	for _, h := range []string{credentialHeader, "Authorization", apiKeyHeader} {
		d.Header.Del(h)
	}
	d.Method, d.Path = http.MethodPost, "/webhooks/"+name
	d.Header.Set("Content-Type", "application/json")
	d.Header.Set("User-Agent", "UPSPubSubTrackingService")
	switch {
	case len(keys.Basic) == 1:
		d.Header.Set("Authorization", "Bearer "+mint(keys.Basic[0], now))
		d.Header.Set(apiKeyHeader, keys.Basic[0].User)
	case len(keys.Paths) == 1:
		d.Path += "/" + strings.TrimPrefix(key, "path:")
	case len(keys.Secrets) == 1:
		d.Header.Set(credentialHeader, key)
	default:
		return errors.New("ups: sign: no key")
	}
	return nil
}
