package tiktokshop

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/webhook"
)

// sign makes d a push that TikTok Shop makes now. A sample has an old timestamp,
// so it gets another one, in a body of its own: d.Body is what was signed.
func sign(d *source.Delivery, key string, now time.Time) error {
	keys, err := webhook.ParseKeys(key)
	if err != nil {
		return fmt.Errorf("tiktokshop: sign: %w", err)
	}
	apps := pairs(keys)
	if len(apps) != 1 {
		return errors.New("tiktokshop: sign: not an app key with its secret")
	}
	if d.Header == nil {
		d.Header = http.Header{}
	}
	d.Body = stamped(d.Body, now)
	mac := apps[0].MAC(append([]byte(apps[0].User), d.Body...))
	d.Method, d.Path = http.MethodPost, "/webhooks/"+name
	d.Header.Set("Content-Type", "application/json")
	d.Header.Set("Authorization", hex.EncodeToString(mac[:]))
	return nil
}
