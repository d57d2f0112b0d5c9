// Package contact knows who is told of a parcel: their address, by which
// channel, and whether they agreed.
package contact

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Channel is the way to a contact. The values are stored.
type Channel string

// The channels. Topic is one of the deployment's own: the seller's, or the
// machine-readable one of events.
const (
	Email Channel = "email"
	SMS   Channel = "sms"
	Topic Channel = "topic"
)

// The addresses of the deployment's own topics.
const (
	SellerTopic = "seller"
	EventsTopic = "shipment-events"
)

// State says whether a contact may be written to. The values are stored.
type State string

// The states of a contact.
const (
	Pending       State = "pending"   // has not confirmed yet
	Confirmed     State = "confirmed" // agreed, or the operator holds the consent
	Ended         State = "ended"     // does not want any more
	Undeliverable State = "undeliverable"
)

// Contact is somebody who is told of parcels.
type Contact struct {
	// ID is the keyed hash of channel and address: it names the contact
	// everywhere, so that the address stands in one row only, sealed.
	ID       string
	Channel  Channel
	Address  string
	Language string // BCP 47; "" is English
	State    State
	// Consent says when and how the contact agreed.
	ConsentAt  time.Time
	ConsentHow string
}

// CleanEmail brings a mail address to the form under which it is kept, or says
// what is wrong with it. The error does not repeat it.
func CleanEmail(s string) (string, error) {
	s = strings.TrimSpace(s)
	a, err := mail.ParseAddress(s)
	invisible := func(r rune) bool { return !unicode.IsPrint(r) } // The parser takes all beyond ASCII.
	if err != nil || a.Address != s || len(s) > 254 || strings.ContainsFunc(s, invisible) {
		return "", errors.New("not a mail address")
	}
	local, domain, _ := strings.Cut(s, "@")
	if !strings.Contains(domain, ".") || strings.HasPrefix(domain, "[") {
		return "", errors.New("not a mail address: its domain has no dot")
	}
	return local + "@" + strings.ToLower(domain), nil
}

// CleanPhone brings a phone number to E.164: a plus and 8 to 15 digits. The
// zero of "+49 (0)30 …" is dialled within the country only.
func CleanPhone(s string) (string, error) {
	var b strings.Builder
	for i, r := range strings.Replace(strings.TrimSpace(s), "(0)", "", 1) {
		switch {
		case '0' <= r && r <= '9', r == '+' && i == 0:
			b.WriteRune(r)
		case strings.ContainsRune(" -().", r):
		default:
			return "", errors.New("not a phone number")
		}
	}
	n := b.String()
	if !strings.HasPrefix(n, "+") || len(n) < 9 || len(n) > 16 || n[1] == '0' {
		return "", errors.New("not a phone number in international form, as +12025550123")
	}
	return n, nil
}

// Mask shows enough of an address to recognise one's own, and no more.
func Mask(c Contact) string {
	switch c.Channel {
	case Email:
		local, domain, _ := strings.Cut(c.Address, "@")
		_, first := utf8.DecodeRuneInString(local)
		return local[:first] + "…@" + domain
	case SMS:
		return "…" + c.Address[max(0, len(c.Address)-3):]
	case Topic:
	}
	return c.Address
}

// Vault names and seals addresses.
type Vault struct {
	pepper      []byte
	seal        cipher.AEAD
	fingerprint string
}

// NewVault makes a Vault of two keys of at least 16 and exactly 32 bytes.
func NewVault(pepper, dataKey []byte) (*Vault, error) {
	if len(pepper) < 16 {
		return nil, errors.New("contact: pepper shorter than 16 bytes")
	}
	block, err := aes.NewCipher(dataKey)
	if err != nil || len(dataKey) != 32 {
		return nil, errors.New("contact: data key is not 32 bytes")
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("contact: %w", err)
	}
	h := hmac.New(sha256.New, pepper)
	_, _ = h.Write([]byte("fingerprint\x00" + string(dataKey)))
	return &Vault{pepper: bytes.Clone(pepper), seal: gcm, fingerprint: hex.EncodeToString(h.Sum(nil)[:16])}, nil
}

// Fingerprint tells the two keys from others, and tells nothing of them.
func (v *Vault) Fingerprint() string { return v.fingerprint }

// ID is the name of an address on a channel: an HMAC, so that nobody without
// the pepper can try addresses.
func (v *Vault) ID(channel Channel, address string) string {
	h := hmac.New(sha256.New, v.pepper)
	_, _ = h.Write([]byte(string(channel) + "\x00" + address))
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Seal encrypts an address for its contact's row.
func (v *Vault) Seal(id, address string) []byte {
	nonce := make([]byte, v.seal.NonceSize())
	_, _ = rand.Read(nonce) // It never fails.
	return v.seal.Seal(nonce, nonce, []byte(address), []byte(id))
}

// Open decrypts what Seal made for the same contact.
func (v *Vault) Open(id string, sealed []byte) (string, error) {
	n := v.seal.NonceSize()
	if len(sealed) < n {
		return "", errors.New("contact: sealed address too short")
	}
	address, err := v.seal.Open(nil, sealed[:n], sealed[n:], []byte(id))
	if err != nil {
		return "", errors.New("contact: address sealed with another key")
	}
	return string(address), nil
}
