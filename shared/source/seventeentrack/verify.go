package seventeentrack

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
	"time"

	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/webhook"
)

// signHeader is the header "sign", in the form in which net/http keeps it.
const signHeader = "Sign"

// separator stands between the body and the key.
var separator = []byte("/")

// Receiver takes the pushes of 17TRACK.
type Receiver struct{ keys source.Keys }

var _ source.Receiver = (*Receiver)(nil)

// Verify checks the signature and the token in the path. Each that came, and
// for whose form there is a key, must be right: with a path token 17TRACK still
// signs.
func (r *Receiver) Verify(ctx context.Context, d source.Delivery, _ time.Time) (string, error) {
	keys, err := r.keys(ctx)
	if err != nil {
		return "", err
	}
	if keys.Empty() {
		return "", webhook.ErrNotConfigured
	}
	signature, path := "", d.PathToken()
	switch values := d.Header[signHeader]; len(values) {
	case 0:
	case 1:
		signature = values[0]
	default: // Whoever stands before us may have looked at the other.
		return "", webhook.ErrBadSignature
	}
	if signature == "" && path == "" {
		return "", webhook.ErrUnsigned
	}
	keyID := ""
	if path != "" && len(keys.Paths) > 0 {
		if keyID, err = webhook.Match(keys.Paths, path); err != nil {
			return "", err
		}
	}
	if signature != "" && len(keys.Secrets) > 0 {
		if keyID, err = match(keys.Secrets, d.Body, signature); err != nil {
			return "", err
		}
	}
	if keyID == "" {
		return "", webhook.ErrBadSignature // Nothing came that a key is for.
	}
	return keyID, nil
}

// match returns the ID of the key that signed a body. All of them are compared,
// whichever matches.
func match(keys []*webhook.Key, body []byte, signature string) (id string, err error) {
	var text [2 * len(webhook.MAC{})]byte
	var got webhook.MAC
	if len(signature) != len(text) {
		return "", webhook.ErrBadSignature
	}
	copy(text[:], signature)
	if _, err := hex.Decode(got[:], text[:]); err != nil {
		return "", webhook.ErrBadSignature
	}
	err = webhook.ErrBadSignature
	for _, k := range keys {
		if sum := k.SHA256(body, separator); subtle.ConstantTimeCompare(sum[:], got[:]) == 1 {
			id, err = k.ID, nil
		}
	}
	return id, err
}
