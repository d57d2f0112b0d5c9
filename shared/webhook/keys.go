package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strings"
	"sync"
	"unicode"
)

// minPathToken is the length of the shortest path token: 128 bits in base64.
const minPathToken = 22

// urlSafe are the characters that mean nothing in a path.
const urlSafe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// Keys is the prepared set of one source's keys. Two are valid at once while
// one is being replaced. A Keys is never changed: a new set replaces it whole.
type Keys struct {
	// Secrets are what the source's own scheme calls the key.
	Secrets []*Key
	// Pairs are those of the Secrets that have the form USER:SECRET, read so, for
	// schemes that need both.
	Pairs []*Key
	// Basic are client credentials that a source gets a token with.
	Basic []*Key
	// Paths are tokens in the path, for senders that cannot sign.
	Paths []*Key
}

// Key is one key, ready to compare and to sign with. Printed it does not show the
// secret.
type Key struct {
	// ID names the key in rows and logs: the first 8 hex digits of its SHA-256.
	ID string
	// User is the client id of a Basic key, the first part of a pair.
	User string

	sum    [sha256.Size]byte
	macs   *sync.Pool
	reveal func() string
}

// Reveal returns the secret, for schemes in which a call must hold it.
func (k *Key) Reveal() string { return k.reveal() }

// ParseKeys prepares keys as they are written in a setting: "basic:ID:SECRET",
// "path:TOKEN", anything else is a secret, with a colon in it a pair too. An error
// names the key by its place, never by its text.
func ParseKeys(texts ...string) (Keys, error) {
	var keys Keys
	var errs []error
	for i, text := range texts {
		if err := keys.add(text); err != nil {
			errs = append(errs, fmt.Errorf("key %d: %w", i+1, err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return Keys{}, err
	}
	return keys, nil
}

func (k *Keys) add(text string) error {
	if text == "" {
		return errors.New("empty")
	}
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsGraphic(r) }) {
		return errors.New("holds a blank or a control character")
	}
	sum := sha256.Sum256([]byte(text))
	id := hex.EncodeToString(sum[:4])
	if token, ok := strings.CutPrefix(text, "path:"); ok {
		if len(token) < minPathToken {
			return fmt.Errorf("path token shorter than %d characters (128 bit)", minPathToken)
		}
		if strings.Trim(token, urlSafe) != "" {
			return errors.New("path token of other characters than letters, digits, - and _")
		}
		k.Paths = append(k.Paths, newKey(id, "", token))
		return nil
	}
	if basic, ok := strings.CutPrefix(text, "basic:"); ok {
		user, secret, _ := strings.Cut(basic, ":")
		if user == "" || secret == "" {
			return errors.New("not of the form basic:ID:SECRET")
		}
		k.Basic = append(k.Basic, newKey(id, user, secret))
		return nil
	}
	k.Secrets = append(k.Secrets, newKey(id, "", text))
	if user, secret, _ := strings.Cut(text, ":"); user != "" && secret != "" {
		k.Pairs = append(k.Pairs, newKey(id, user, secret))
	}
	return nil
}

func newKey(id, user, secret string) *Key {
	// The first Reset makes crypto/hmac keep the keyed state, so that each
	// later one restores it instead of hashing the key again.
	return &Key{ID: id, User: user, sum: sha256.Sum256([]byte(secret)), reveal: func() string { return secret }, macs: &sync.Pool{New: func() any {
		h := hmac.New(sha256.New, []byte(secret))
		h.Reset()
		return &macState{h: h, plain: sha256.New(), secret: []byte(secret)}
	}}}
}

// Empty tells whether nothing can match.
func (k Keys) Empty() bool { return len(k.Secrets)+len(k.Basic)+len(k.Paths) == 0 }

// Equal reports whether got is the key's secret. Both are hashed first, so the
// time tells neither length nor content.
func (k *Key) Equal(got string) bool {
	var buf [512]byte
	sum := sha256.Sum256(append(buf[:0], got...))
	return got != "" && subtle.ConstantTimeCompare(sum[:], k.sum[:]) == 1
}

// Match returns the ID of the key among keys whose secret is got. All of them
// are compared, whichever matches.
func Match(keys []*Key, got string) (id string, err error) {
	if got == "" {
		return "", ErrUnsigned
	}
	err = ErrBadSignature
	for _, k := range keys {
		if k.Equal(got) {
			id, err = k.ID, nil
		}
	}
	return id, err
}

// MAC is a keyed digest: an HMAC-SHA256, or what [Key.SHA256] makes.
type MAC [sha256.Size]byte

type macState struct {
	h, plain hash.Hash
	secret   []byte
	sum      MAC
}

// MAC signs a message with the key. It does not copy the message.
func (k *Key) MAC(message []byte) MAC {
	s, _ := k.macs.Get().(*macState)
	defer k.macs.Put(s)
	s.h.Reset()
	_, _ = s.h.Write(message) // A hash never fails.
	s.h.Sum(s.sum[:0])
	return s.sum
}

// CheckMAC reports whether sig is the key's HMAC-SHA256 of a message, in
// constant time.
func (k *Key) CheckMAC(message, sig []byte) bool {
	mac := k.MAC(message)
	return hmac.Equal(mac[:], sig)
}

// SHA256 hashes the parts and behind them the secret, for senders that sign so
// in place of an HMAC. It does not copy the parts. Compare in constant time.
func (k *Key) SHA256(parts ...[]byte) MAC {
	s, _ := k.macs.Get().(*macState)
	defer k.macs.Put(s)
	s.plain.Reset()
	for _, part := range parts {
		_, _ = s.plain.Write(part) // A hash never fails.
	}
	_, _ = s.plain.Write(s.secret)
	s.plain.Sum(s.sum[:0])
	return s.sum
}
