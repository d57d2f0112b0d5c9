package contact

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
)

// Signer makes the tokens of links that let whoever holds one do one thing: 128
// bits of an HMAC, so that nothing need be stored of them. They do not expire.
type Signer struct{ key []byte }

// NewSigner makes a Signer of a key of at least 16 bytes.
func NewSigner(key []byte) (*Signer, error) {
	if len(key) < 16 {
		return nil, errors.New("contact: key of links shorter than 16 bytes")
	}
	return &Signer{bytes.Clone(key)}, nil
}

// Token is that of a purpose and of what it is about: 22 letters of URL-safe
// base64.
func (s *Signer) Token(purpose, about string) string {
	h := hmac.New(sha256.New, s.key)
	_, _ = h.Write([]byte(purpose + "\x00" + about)) // A hash never fails.
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:16])
}

// Valid compares in constant time.
func (s *Signer) Valid(token, purpose, about string) bool {
	return hmac.Equal([]byte(token), []byte(s.Token(purpose, about)))
}

// LinkOf is the path under which a contact sees and ends what it is told.
func (s *Signer) LinkOf(id string) string {
	return "/subscriptions/" + id + "/" + s.Token(subscription, id)
}

// Opens tells whether a token is that of LinkOf.
func (s *Signer) Opens(token, id string) bool { return s.Valid(token, subscription, id) }

const subscription = "subscription"
