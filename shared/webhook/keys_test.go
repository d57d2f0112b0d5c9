package webhook_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/shiptide/shiptide/shared/webhook"
)

const (
	token  = "0123456789abcdefABCDEF" // 22 characters
	canary = "CANARY"
)

func parse(t testing.TB, texts ...string) webhook.Keys {
	t.Helper()
	keys, err := webhook.ParseKeys(texts...)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestParseKeys(t *testing.T) {
	tests := []struct {
		name                   string
		texts                  []string
		secrets, basics, paths int
		wrong                  string // what the error says; "" for none
	}{
		{"none", nil, 0, 0, 0, ""},
		{"a secret", []string{"s3cret"}, 1, 0, 0, ""},
		{"two at once", []string{"old", "new"}, 2, 0, 0, ""},
		{"a secret with colons", []string{"appkey:secret"}, 1, 0, 0, ""},
		{"client credentials", []string{"basic:id:secret"}, 0, 1, 0, ""},
		{"client credentials with a colon in the secret", []string{"basic:id:se:cret"}, 0, 1, 0, ""},
		{"a path token", []string{"path:" + token}, 0, 0, 1, ""},
		{"one of each", []string{"s", "basic:id:secret", "path:" + token}, 1, 1, 1, ""},
		{"an empty key", []string{""}, 0, 0, 0, "key 1: empty"},
		{"an empty key beside a good one", []string{"good", ""}, 0, 0, 0, "key 2: empty"},
		{"a blank", []string{canary + " x"}, 0, 0, 0, "blank"},
		{"a line end, as of a file", []string{canary + "\n"}, 0, 0, 0, "blank"},
		{"a non-breaking blank", []string{canary + "\u00a0"}, 0, 0, 0, "blank"},
		{"a control character", []string{canary + "\x00"}, 0, 0, 0, "control"},
		{"an invisible character, as pasted", []string{"\ufeff" + canary}, 0, 0, 0, "control"},
		{"a short path token", []string{"path:" + token[1:]}, 0, 0, 0, "22 characters"},
		{"credentials without a secret", []string{"basic:" + canary + ":"}, 0, 0, 0, "basic:ID:SECRET"},
		{"credentials without an id", []string{"basic::" + canary}, 0, 0, 0, "basic:ID:SECRET"},
		{"credentials without a colon", []string{"basic:" + canary}, 0, 0, 0, "basic:ID:SECRET"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			keys, err := webhook.ParseKeys(tt.texts...)
			if (err != nil) != (tt.wrong != "") || err != nil && !strings.Contains(err.Error(), tt.wrong) {
				t.Fatalf("ParseKeys: %v, want %q", err, tt.wrong)
			}
			if err != nil && strings.Contains(err.Error(), canary) {
				t.Errorf("the error gives the key away: %v", err)
			}
			if len(keys.Secrets) != tt.secrets || len(keys.Basic) != tt.basics || len(keys.Paths) != tt.paths {
				t.Errorf("%d secrets, %d credentials, %d paths, want %d, %d, %d",
					len(keys.Secrets), len(keys.Basic), len(keys.Paths), tt.secrets, tt.basics, tt.paths)
			}
			if keys.Empty() != (tt.secrets+tt.basics+tt.paths == 0) {
				t.Errorf("Empty = %t", keys.Empty())
			}
		})
	}
}

func TestParseKeysNamesEachBadKey(t *testing.T) {
	_, err := webhook.ParseKeys("", "good", "b d")
	if err == nil || !strings.Contains(err.Error(), "key 1") || !strings.Contains(err.Error(), "key 3") || strings.Contains(err.Error(), "key 2") {
		t.Errorf("ParseKeys = %v, want words on key 1 and key 3", err)
	}
}

func TestKeyID(t *testing.T) {
	for _, text := range []string{"s3cret", "basic:id:secret", "path:" + token} {
		keys := parse(t, text)
		all := append(append(keys.Secrets, keys.Basic...), keys.Paths...)
		sum := sha256.Sum256([]byte(text))
		if want := hex.EncodeToString(sum[:])[:8]; all[0].ID != want {
			t.Errorf("ID of %q is %s, want %s", text, all[0].ID, want)
		}
	}
	if got := parse(t, "basic:id:secret").Basic[0].User; got != "id" {
		t.Errorf("user %q, want id", got)
	}
}

// A source whose scheme has two parts reads a secret as both; for the others it
// stays one.
func TestPairs(t *testing.T) {
	keys := parse(t, "app:se:cret", "plain", ":secret", "app:", "basic:id:secret", "path:"+token)
	if len(keys.Secrets) != 4 || len(keys.Pairs) != 1 {
		t.Fatalf("%d secrets, %d pairs", len(keys.Secrets), len(keys.Pairs))
	}
	if p := keys.Pairs[0]; p.User != "app" || !p.Equal("se:cret") || p.ID != keys.Secrets[0].ID || !keys.Secrets[0].Equal("app:se:cret") {
		t.Errorf("pair of %q, ID %s", p.User, p.ID)
	}
}

func TestMatch(t *testing.T) {
	keys := parse(t, "old", "new", "basic:id:se:cret", "path:"+token)
	tests := []struct {
		name string
		keys []*webhook.Key
		got  string
		want error
		id   string
	}{
		{"the first of two", keys.Secrets, "old", nil, keys.Secrets[0].ID},
		{"the second of two", keys.Secrets, "new", nil, keys.Secrets[1].ID},
		{"another", keys.Secrets, "other", webhook.ErrBadSignature, ""},
		{"a beginning of it", keys.Secrets, "ol", webhook.ErrBadSignature, ""},
		{"more than it", keys.Secrets, "old ", webhook.ErrBadSignature, ""},
		{"very long", keys.Secrets, strings.Repeat("old", 5000), webhook.ErrBadSignature, ""},
		{"in other letters", keys.Secrets, "OLD", webhook.ErrBadSignature, ""},
		{"nothing is given", keys.Secrets, "", webhook.ErrUnsigned, ""},
		{"there is no key", nil, "old", webhook.ErrBadSignature, ""},
		{"there is no key and nothing is given", nil, "", webhook.ErrUnsigned, ""},
		{"credentials by their secret", keys.Basic, "se:cret", nil, keys.Basic[0].ID},
		{"not by their whole text", keys.Basic, "basic:id:se:cret", webhook.ErrBadSignature, ""},
		{"a path token", keys.Paths, token, nil, keys.Paths[0].ID},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			id, err := webhook.Match(tt.keys, tt.got)
			if !errors.Is(err, tt.want) || id != tt.id {
				t.Errorf("Match = %q, %v, want %q, %v", id, err, tt.id, tt.want)
			}
		})
	}
}

func TestCheckMAC(t *testing.T) {
	body := []byte(`{"trackingNumber":"1Z"}`)
	sign := func(key string, message []byte) []byte {
		h := hmac.New(sha256.New, []byte(key))
		h.Write(message)
		return h.Sum(nil)
	}
	good := sign("s3cret", body)
	flipped := bytes.Clone(good)
	flipped[31] ^= 1
	tests := []struct {
		name    string
		message []byte
		sig     []byte
		want    bool
	}{
		{"signed", body, good, true},
		{"an empty body signed", nil, sign("s3cret", nil), true},
		{"one bit of the signature", body, flipped, false},
		{"one byte of the body", append([]byte("{"), body...), good, false},
		{"another key", body, sign("other", body), false},
		{"an empty key", body, sign("", body), false},
		{"no signature", body, nil, false},
		{"a part of it", body, good[:31], false},
		{"more than it", body, append(bytes.Clone(good), 0), false},
		{"its text in hex", body, []byte(hex.EncodeToString(good)), false},
	}
	key := parse(t, "s3cret").Secrets[0]
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for i := range 2 { // The keyed state is used again.
				if got := key.CheckMAC(tt.message, tt.sig); got != tt.want {
					t.Errorf("time %d: CheckMAC = %t, want %t", i, got, tt.want)
				}
			}
		})
	}
	long := parse(t, strings.Repeat("k", 200)).Secrets[0] // Longer than a block.
	if !long.CheckMAC(body, sign(strings.Repeat("k", 200), body)) {
		t.Error("a key longer than a block does not verify")
	}
}

func TestSHA256(t *testing.T) {
	body := []byte(`{"event":"TRACKING_UPDATED","data":{"number":"RR123456789CN","carrier":3011,"tag":null}}`)
	slash := []byte("/")
	tests := []struct {
		name  string
		key   string
		parts [][]byte
		want  string // what is hashed
	}{
		{"parts and the secret", "123456ABCDEF", [][]byte{body, slash}, string(body) + "/123456ABCDEF"},
		{"an empty part", "s3cret", [][]byte{nil, slash}, "/s3cret"},
		{"no parts", "s3cret", nil, "s3cret"},
		{"a secret longer than a block", strings.Repeat("k", 200), [][]byte{body}, string(body) + strings.Repeat("k", 200)},
		{"the secret of client credentials", "basic:id:s3cret", [][]byte{slash}, "/s3cret"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			keys := parse(t, tt.key)
			key := append(keys.Secrets, keys.Basic...)[0]
			for i := range 2 { // The state is used again.
				if i == 1 {
					key.MAC(body)
				}
				if got := key.SHA256(tt.parts...); got != sha256.Sum256([]byte(tt.want)) {
					t.Errorf("time %d: SHA256 = %x", i, got)
				}
			}
		})
	}
	// 17TRACK's own example.
	if got := parse(t, "123456ABCDEF").Secrets[0].SHA256(body, slash); hex.EncodeToString(got[:]) != "45acb4a6f4a194a6ac1f0f712182c4e314b1ae9399941ea086987408f3166994" {
		t.Errorf("SHA256 = %x", got)
	}
	if text := fmt.Sprintf("%v %+v %#v", keysOf("s3cret-canary"), *keysOf("s3cret-canary"), keysOf("s3cret-canary")); strings.Contains(text, "canary") {
		t.Errorf("a printed key shows its secret: %s", text)
	}
}

func keysOf(text string) *webhook.Key {
	keys, _ := webhook.ParseKeys(text)
	return keys.Secrets[0]
}

func TestKeysInParallel(t *testing.T) {
	key := parse(t, "s3cret").Secrets[0]
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			message := bytes.Repeat([]byte{byte(i)}, 1000+i)
			h := hmac.New(sha256.New, []byte("s3cret"))
			h.Write(message)
			sum := h.Sum(nil)
			for range 200 {
				if !key.CheckMAC(message, sum) {
					t.Errorf("message %d does not verify", i)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestVerifyingAllocatesNothing(t *testing.T) {
	keys := parse(t, "old", "s3cret")
	body := bytes.Repeat([]byte("x"), 5<<10)
	mac, slash := keys.Secrets[1].MAC(body), []byte("/")
	for what, f := range map[string]func(){
		"Match":    func() { _, _ = webhook.Match(keys.Secrets, "s3cret") },
		"a miss":   func() { _, _ = webhook.Match(keys.Secrets, "other") },
		"CheckMAC": func() { keys.Secrets[1].CheckMAC(body, mac[:]) },
		"SHA256":   func() { keys.Secrets[1].SHA256(body, slash) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 && !raceEnabled {
			t.Errorf("%s allocates %v times", what, n)
		}
	}
}

// BenchmarkVerify checks a body of 5 KB. Its bar is 1.15 times BenchmarkSHA256.
func BenchmarkVerify(b *testing.B) {
	key := parse(b, "s3cret").Secrets[0]
	body := bytes.Repeat([]byte("shiptide!\n"), 512)
	mac := key.MAC(body)
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if !key.CheckMAC(body, mac[:]) {
			b.Fatal("does not verify")
		}
	}
}

// BenchmarkSHA256 hashes the same bytes, to compare with.
func BenchmarkSHA256(b *testing.B) {
	body := bytes.Repeat([]byte("shiptide!\n"), 512)
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		sha256.Sum256(body)
	}
}
