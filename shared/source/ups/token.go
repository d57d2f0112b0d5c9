package ups

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/webhook"
)

const (
	tokenLife = time.Hour
	// tokenMargin is how much sooner UPS is told to fetch the next token: it
	// does not send again what came with one that has just expired.
	tokenMargin = time.Minute
	stampSize   = 8
	tokenSize   = stampSize + len(webhook.MAC{})
)

var tokenEncoding = base64.RawURLEncoding.Strict()

// mint makes a token: the second at which it expires, and the key's MAC of it.
// So nothing is stored, and every instance knows it.
func mint(k *webhook.Key, now time.Time) string {
	var token [tokenSize]byte
	stamp := binary.BigEndian.AppendUint64(token[:0], uint64(now.Add(tokenLife).Unix()))
	mac := k.MAC(tokenMessage(k.User, stamp))
	copy(token[stampSize:], mac[:])
	return tokenEncoding.EncodeToString(token[:])
}

// tokenMessage is what a token's MAC is of: it names the use, so that nothing
// else that is signed with the key can serve as a token.
func tokenMessage(user string, stamp []byte) []byte {
	return append(append([]byte("ups token\x00"), stamp...), user...)
}

// checkToken returns the ID of the key of client that minted a token.
func checkToken(keys []*webhook.Key, client, text string, now time.Time) (id string, err error) {
	var token [tokenSize]byte
	if base64.RawURLEncoding.EncodedLen(tokenSize) != len(text) {
		return "", webhook.ErrBadSignature
	}
	if n, err := tokenEncoding.Decode(token[:], []byte(text)); err != nil || n != tokenSize {
		return "", webhook.ErrBadSignature
	}
	stamp, mac := token[:stampSize], token[stampSize:]
	for _, k := range keys {
		if k.CheckMAC(tokenMessage(k.User, stamp), mac) && client == k.User {
			id = k.ID
		}
	}
	if id == "" {
		return "", webhook.ErrBadSignature
	}
	expiry := time.Unix(int64(binary.BigEndian.Uint64(stamp)), 0)
	// One of the far future can only come from a clock that was wrong.
	if left := expiry.Sub(now); left <= 0 || left > tokenLife+tokenMargin {
		return "", webhook.ErrStale
	}
	return id, nil
}

// token answers POST /webhooks/ups/token: client credentials (RFC 6749, 4.4),
// the client named by HTTP Basic.
func (r *Receiver) token(ctx context.Context, d source.Delivery, now time.Time) (source.Reply, error) {
	keys, err := r.keys(ctx)
	if err != nil {
		return source.Reply{}, err
	}
	if len(keys.Basic) == 0 {
		return source.Reply{}, webhook.ErrNotConfigured
	}
	key, err := client(keys.Basic, d.Header)
	if err != nil {
		return source.Reply{}, err
	}
	if form, err := url.ParseQuery(string(d.Body)); err == nil {
		if grant := form.Get("grant_type"); grant != "" && grant != "client_credentials" {
			return source.Reply{}, fmt.Errorf("ups: token: %w: other grant type", webhook.ErrMalformed)
		}
	}
	body := fmt.Appendf(nil, `{"access_token":"%s","token_type":"Bearer","expires_in":%d}`,
		mint(key, now), int((tokenLife-tokenMargin)/time.Second))
	return source.Reply{
		Status: http.StatusOK,
		Header: http.Header{"Content-Type": {"application/json"}, "Cache-Control": {"no-store"}},
		Body:   body,
	}, nil
}

// client returns the key whose id and secret stand in the Basic header. RFC
// 6749 wants both form-encoded there; many clients do not do it.
func client(keys []*webhook.Key, h http.Header) (*webhook.Key, error) {
	authorization, err := single(h, "Authorization")
	if err != nil {
		return nil, err
	}
	if authorization == "" {
		return nil, webhook.ErrUnsigned
	}
	user, secret, ok := (&http.Request{Header: h}).BasicAuth()
	if !ok {
		return nil, webhook.ErrBadSignature
	}
	key := matchClient(keys, user, secret)
	if key == nil {
		user, userErr := url.QueryUnescape(user)
		secret, secretErr := url.QueryUnescape(secret)
		if userErr == nil && secretErr == nil {
			key = matchClient(keys, user, secret)
		}
	}
	if key == nil {
		return nil, webhook.ErrBadSignature
	}
	return key, nil
}

func matchClient(keys []*webhook.Key, user, secret string) (found *webhook.Key) {
	for _, k := range keys {
		if k.Equal(secret) && k.User == user {
			found = k
		}
	}
	return found
}
