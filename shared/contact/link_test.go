package contact_test

import (
	"strings"
	"testing"

	"github.com/shiptide/shiptide/shared/contact"
)

func signer(t *testing.T, key string) *contact.Signer {
	t.Helper()
	s, err := contact.NewSigner([]byte(strings.Repeat(key, 16)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTokens(t *testing.T) {
	s := signer(t, "k")
	token := s.Token("read", "1")
	if len(token) != 22 || strings.Trim(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
		t.Errorf("token %q is not 22 letters of URL-safe base64", token)
	}
	tests := []struct {
		name                  string
		by                    *contact.Signer
		token, purpose, about string
		want                  bool
	}{
		{"its own", s, token, "read", "1", true},
		{"of something else", s, token, "read", "2", false},
		{"for something else", s, token, "write", "1", false},
		{"cut short", s, token[:21], "read", "1", false},
		{"none", s, "", "read", "1", false},
		{"of another key", signer(t, "x"), token, "read", "1", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.by.Valid(tt.token, tt.purpose, tt.about); got != tt.want {
				t.Errorf("Valid = %t", got)
			}
		})
	}
	if _, err := contact.NewSigner([]byte("short")); err == nil {
		t.Error("a short key makes a signer")
	}
}

func TestLinkOf(t *testing.T) {
	s := signer(t, "k")
	id := strings.Repeat("0af1", 8)
	token, ok := strings.CutPrefix(s.LinkOf(id), "/subscriptions/"+id+"/")
	if !ok || !s.Opens(token, id) || s.Opens(token, strings.Repeat("1", 32)) {
		t.Errorf("link %s does not open its own subscription, or opens another", s.LinkOf(id))
	}
}
