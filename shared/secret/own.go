package secret

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/shiptide/shiptide/shared/contact"
)

// ErrMissing says that some of the stack's own keys have not been made.
var ErrMissing = errors.New("own key missing")

// ownLength is the length of each own key in bytes.
const ownLength = 32

// Own is the three keys of a stack's own, of 32 bytes each. Whoever loses them
// loses the addresses of all recipients. It is written as "hidden keys" however it
// is formatted, unless it is in an unexported field, where fmt asks nobody.
type Own struct {
	Pepper []byte // names recipients
	Page   []byte // signs links to pages
	Data   []byte // seals addresses
}

const hidden = "hidden keys"

// Format implements [fmt.Formatter]; String and GoString do not help against %d.
func (Own) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// LogValue implements [slog.LogValuer].
func (Own) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText implements [encoding.TextMarshaler], by which JSON is written too.
func (Own) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// key returns the place of the key of a name of ownNames.
func (o *Own) key(name string) *[]byte {
	switch name {
	case Pepper:
		return &o.Pepper
	case Page:
		return &o.Page
	}
	return &o.Data
}

func (o *Own) clone() Own {
	return Own{Pepper: bytes.Clone(o.Pepper), Page: bytes.Clone(o.Page), Data: bytes.Clone(o.Data)}
}

// parseOwn decodes a stack's own keys, or says all that is wrong with them.
func parseOwn(stack string, values map[string]string) (own Own, err error) {
	var missing []string
	var errs []error
	for _, name := range ownNames() {
		path := OwnPath(stack, name)
		text, ok := values[path]
		if !ok {
			missing = append(missing, path)
			continue
		}
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(raw) != ownLength {
			errs = append(errs, fmt.Errorf("%s: not %d bytes in base64", path, ownLength))
		}
		*own.key(name) = raw
	}
	if missing != nil {
		errs = append(errs, fmt.Errorf("%w: %s", ErrMissing, strings.Join(missing, ", ")))
	}
	if err := errors.Join(errs...); err != nil {
		return Own{}, fmt.Errorf("secret: %w", err)
	}
	return own, nil
}

// Vault returns what names and seals recipients with the stack's own keys; its
// errors are those of Own.
func (s *Store) Vault(ctx context.Context) (*contact.Vault, error) {
	own, err := s.Own(ctx)
	if err != nil {
		return nil, err
	}
	return contact.NewVault(own.Pepper, own.Data)
}

// Signer returns what signs links with the stack's own key of pages; its errors
// are those of Own.
func (s *Store) Signer(ctx context.Context) (*contact.Signer, error) {
	own, err := s.Own(ctx)
	if err != nil {
		return nil, err
	}
	return contact.NewSigner(own.Page)
}
