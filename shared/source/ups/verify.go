package ups

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/webhook"
)

// The headers of a push, in the form in which net/http keeps them.
const (
	credentialHeader = "Credential"
	apiKeyHeader     = "X-Api-Key"
)

// Receiver takes the pushes of Track Alert.
type Receiver struct{ keys source.Keys }

var _ source.Receiver = (*Receiver)(nil)

// Verify checks the credential (version 1), the bearer token with its x-api-key
// (version 2) and the token in the path. Each that came, and for whose form
// there is a key, must be right: with a path token UPS still sends a credential.
func (r *Receiver) Verify(ctx context.Context, d source.Delivery, now time.Time) (string, error) {
	keys, err := r.keys(ctx)
	if err != nil {
		return "", err
	}
	if keys.Empty() {
		return "", webhook.ErrNotConfigured
	}
	credential, err := single(d.Header, credentialHeader)
	if err != nil {
		return "", err
	}
	authorization, err := single(d.Header, "Authorization")
	if err != nil {
		return "", err
	}
	client, err := single(d.Header, apiKeyHeader)
	if err != nil {
		return "", err
	}
	path := d.PathToken()
	if credential == "" && authorization == "" && path == "" {
		return "", webhook.ErrUnsigned
	}
	keyID := ""
	if path != "" && len(keys.Paths) > 0 {
		if keyID, err = webhook.Match(keys.Paths, path); err != nil {
			return "", err
		}
	}
	if authorization != "" && len(keys.Basic) > 0 {
		bearer, ok := cutScheme(authorization, "Bearer")
		if !ok {
			return "", webhook.ErrBadSignature
		}
		if keyID, err = checkToken(keys.Basic, client, bearer, now); err != nil {
			return "", err
		}
	}
	if credential != "" && len(keys.Secrets) > 0 {
		if keyID, err = webhook.Match(keys.Secrets, credential); err != nil {
			return "", err
		}
	}
	if keyID == "" {
		return "", webhook.ErrBadSignature // Nothing came that a key is for.
	}
	return keyID, nil
}

// single returns the one value of a header. Two are refused: whoever stands
// between UPS and us may have looked at the other.
func single(h http.Header, canonical string) (string, error) {
	switch values := h[canonical]; len(values) {
	case 0:
		return "", nil
	case 1:
		return values[0], nil
	}
	return "", webhook.ErrBadSignature
}

// cutScheme returns what follows the scheme of an Authorization header, whose
// case does not matter.
func cutScheme(authorization, scheme string) (string, bool) {
	n := len(scheme)
	if len(authorization) <= n || authorization[n] != ' ' || !strings.EqualFold(authorization[:n], scheme) {
		return "", false
	}
	return strings.TrimLeft(authorization[n:], " "), true
}
