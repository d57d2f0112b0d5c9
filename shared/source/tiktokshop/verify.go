package tiktokshop

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/webhook"
)

// Receiver takes the pushes of TikTok Shop.
type Receiver struct{ keys source.Keys }

var _ source.Receiver = (*Receiver)(nil)

// pairs are the keys that sign: an app key (User) and its secret.
func pairs(keys webhook.Keys) []*webhook.Key { return keys.Pairs }

// Verify checks the signature, then the time that the signed body holds. What
// follows in the path is not looked at: it may name the topic, and no secret can
// stand there that says more than the signature.
func (r *Receiver) Verify(ctx context.Context, d source.Delivery, now time.Time) (string, error) {
	keys, err := r.keys(ctx)
	if err != nil {
		return "", err
	}
	apps := pairs(keys)
	if len(apps) == 0 {
		return "", webhook.ErrNotConfigured // A key of another form can verify nothing.
	}
	signature := ""
	switch values := d.Header["Authorization"]; len(values) {
	case 0:
	case 1:
		signature = values[0]
	default: // Whoever stands before us may have looked at the other.
		return "", webhook.ErrBadSignature
	}
	if signature == "" {
		return "", webhook.ErrUnsigned
	}
	s, _ := scratches.Get().(*scratch)
	defer s.free()
	keyID, err := s.match(apps, d.Body, signature)
	if err != nil {
		return "", err
	}
	if err := s.checkTime(d.Body, now); err != nil {
		return "", err
	}
	return keyID, nil
}

// match returns the ID of the key that signed a body. All of them are compared,
// whichever matches.
func (s *scratch) match(apps []*webhook.Key, body []byte, signature string) (id string, err error) {
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
	for _, k := range apps {
		s.message = append(append(s.message[:0], k.User...), body...)
		if k.CheckMAC(s.message, got[:]) {
			id, err = k.ID, nil
		}
	}
	return id, err
}
