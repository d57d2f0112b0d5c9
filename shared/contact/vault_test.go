package contact_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/shiptide/shiptide/shared/contact"
)

func vault(t *testing.T, pepper, key string) *contact.Vault {
	t.Helper()
	v, err := contact.NewVault([]byte(strings.Repeat(pepper, 16)), []byte(strings.Repeat(key, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVaultID(t *testing.T) {
	v := vault(t, "p", "k")
	id := v.ID(contact.Email, "anna@example.org")
	if len(id) != 32 || strings.Contains(id, "anna") {
		t.Errorf("ID = %q, want 128 bits in hex", id)
	}
	if again := v.ID(contact.Email, "anna@example.org"); again != id {
		t.Errorf("a second ID of the same address: %s, %s", id, again)
	}
	if other := vault(t, "p", "x").ID(contact.Email, "anna@example.org"); other != id {
		t.Error("the data key takes part in the ID")
	}
	for what, other := range map[string]string{
		"another address": v.ID(contact.Email, "bert@example.org"),
		"another channel": v.ID(contact.SMS, "anna@example.org"),
		"another pepper":  vault(t, "q", "k").ID(contact.Email, "anna@example.org"),
	} {
		if other == id {
			t.Errorf("%s has the same ID", what)
		}
	}
}

func TestVaultSeals(t *testing.T) {
	const address = "anna@example.org"
	v := vault(t, "p", "k")
	id := v.ID(contact.Email, address)
	sealed := v.Seal(id, address)
	if bytes.Contains(sealed, []byte("anna")) {
		t.Error("the address can be read")
	}
	if bytes.Equal(sealed, v.Seal(id, address)) {
		t.Error("the same address is sealed to the same bytes")
	}
	if got, err := vault(t, "q", "k").Open(id, sealed); err != nil || got != address {
		t.Errorf("Open = %q, %v, want the address", got, err)
	}
	if _, err := vault(t, "p", "x").Open(id, sealed); err == nil {
		t.Error("another data key opens it")
	}
	if _, err := v.Open(v.ID(contact.Email, "bert@example.org"), sealed); err == nil {
		t.Error("it opens in the row of another contact")
	}
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		if got, err := v.Open(id, bad); err == nil || got != "" {
			t.Fatalf("byte %d changed: Open = %q, %v", i, got, err)
		}
	}
	for n := range len(sealed) {
		if _, err := v.Open(id, sealed[:n]); err == nil {
			t.Fatalf("%d of %d bytes open", n, len(sealed))
		} else if strings.Contains(err.Error(), "anna") {
			t.Fatalf("the error gives the address away: %v", err)
		}
	}
}

func TestNewVault(t *testing.T) {
	tests := []struct {
		name        string
		pepper, key int // bytes
		ok          bool
	}{
		{"the least", 16, 32, true},
		{"a longer pepper", 64, 32, true},
		{"a short pepper", 15, 32, false},
		{"no pepper", 0, 32, false},
		{"a data key for AES-128", 16, 16, false},
		{"a data key of no size", 16, 31, false},
		{"a longer data key", 16, 33, false},
		{"no data key", 16, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, err := contact.NewVault(make([]byte, tt.pepper), make([]byte, tt.key))
			if (err == nil) != tt.ok || (v != nil) != tt.ok {
				t.Errorf("NewVault = %v, %v", v, err)
			}
		})
	}
}

func TestVaultKeepsItsKeys(t *testing.T) {
	pepper, key := []byte(strings.Repeat("p", 16)), []byte(strings.Repeat("k", 32))
	v, err := contact.NewVault(pepper, key)
	if err != nil {
		t.Fatal(err)
	}
	id := v.ID(contact.SMS, "+12025550123")
	clear(pepper)
	clear(key)
	if v.ID(contact.SMS, "+12025550123") != id {
		t.Error("a caller that wiped its key changed the vault's")
	}
}
