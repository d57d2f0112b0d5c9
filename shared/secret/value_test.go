package secret_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/secret"
	"github.com/shiptide/shiptide/shared/webhook"
)

func TestValuesOfASource(t *testing.T) {
	tests := []struct {
		name  string
		value string
		keys  int
		says  string // "": no error
	}{
		{"no parameter is no key", "", 0, ""},
		{"one key", `["CANARY"]`, 1, ""},
		{"two keys", `["CANARY","CANARY2"]`, 2, ""},
		{"a path token", `["path:CANARY0123456789abcdef"]`, 1, ""},
		{"no array", `CANARY`, 0, "not of the form"},
		{"an array cut off", `["CANARY"`, 0, "not of the form"},
		{"other things than texts", `[{"CANARY":1}]`, 0, "not of the form"},
		{"an empty array", `[]`, 0, "not of the form"},
		{"null", `null`, 0, "not of the form"},
		{"three keys", `["CANARY","CANARY2","CANARY3"]`, 0, "not of the form"},
		{"a key with a blank", `["good","CANARY 2"]`, 0, "key 2: holds a blank"},
		{"an empty key", `[""]`, 0, "key 1: empty"},
		{"a short path token", `["path:CANARY"]`, 0, "key 1: path token shorter"},
		{"the development key", `["CANARY","local-ups"]`, 0, "development key"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := store(holding(tt.value))
			keys, err := s.Source("ups")(t.Context())
			if n := len(keys.Secrets) + len(keys.Paths); n != tt.keys || (err == nil) != (tt.says == "") {
				t.Errorf("%d keys, %v, want %d and error %q", n, err, tt.keys, tt.says)
			}
			if err != nil {
				silent(t, "error", err.Error())
				if text := err.Error(); !strings.HasPrefix(text, "secret: "+ups+": ") || !strings.Contains(text, tt.says) {
					t.Errorf("error = %q, want the parameter and %q", text, tt.says)
				}
				if webhook.StatusCode(err) != 503 {
					t.Errorf("answered %d, want 503", webhook.StatusCode(err))
				}
			}
			if keys, err := s.Source("fedex")(t.Context()); len(keys.Secrets) != 1 || err != nil {
				t.Errorf("another source: %v, %v, want its key", keys, err)
			}
		})
	}
}

func TestValuesOfOwnKeys(t *testing.T) {
	text := func(n int) string { return base64.StdEncoding.EncodeToString([]byte(strings.Repeat("K", n))) }
	good := map[string]string{secret.Pepper: text(32), secret.Page: text(32), secret.Data: text(32)}
	tests := []struct {
		name    string
		with    map[string]string
		says    string
		missing bool
	}{
		{"all three", nil, "", false},
		{"one missing", map[string]string{secret.Page: ""}, "own key missing: /shiptide/prod/own/page", true},
		{
			"all missing",
			map[string]string{secret.Pepper: "", secret.Page: "", secret.Data: ""},
			"own key missing: /shiptide/prod/own/pepper, /shiptide/prod/own/page, /shiptide/prod/own/data", true,
		},
		{"one too short", map[string]string{secret.Pepper: text(31)}, "/shiptide/prod/own/pepper: not 32 bytes in base64", false},
		{"one too long", map[string]string{secret.Data: text(33)}, "/shiptide/prod/own/data: not 32 bytes in base64", false},
		{"one not base64", map[string]string{secret.Data: canary + "%"}, "/shiptide/prod/own/data: not 32 bytes in base64", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := holding("")
			for _, values := range []map[string]string{good, tt.with} {
				for name, value := range values {
					if f.values[secret.OwnPath("prod", name)] = value; value == "" {
						delete(f.values, secret.OwnPath("prod", name))
					}
				}
			}
			own, err := store(f).Own(t.Context())
			if tt.says == "" {
				want := secret.Own{Pepper: bytes.Repeat([]byte("K"), 32), Page: bytes.Repeat([]byte("K"), 32), Data: bytes.Repeat([]byte("K"), 32)}
				if diff := cmp.Diff(want, own); diff != "" || err != nil {
					t.Errorf("Own: %v, differs:\n%s", err, diff)
				}
				return
			}
			if err == nil || err.Error() != "secret: "+tt.says {
				t.Fatalf("error = %v, want secret: %s", err, tt.says)
			}
			if errors.Is(err, secret.ErrMissing) != tt.missing {
				t.Errorf("error is ErrMissing: %t, want %t", !tt.missing, tt.missing)
			}
			if diff := cmp.Diff(secret.Own{}, own); diff != "" {
				t.Errorf("keys beside an error:\n%s", diff)
			}
		})
	}
}

func TestOwnKeysAreTheCallersOwn(t *testing.T) {
	f := holding("")
	s := store(f)
	if _, err := s.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	one, err := s.Own(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := bytes.Clone(one.Data)
	clear(one.Data)
	two, err := s.Own(t.Context())
	if !bytes.Equal(two.Data, want) || err != nil {
		t.Errorf("the keys changed with those of another caller (%v)", err)
	}
}

func TestPaths(t *testing.T) {
	got := []string{secret.Root("prod"), secret.SourcePath("prod", "dhl-unified"), secret.OwnPath("prod", secret.Data)}
	want := []string{"/shiptide/prod", "/shiptide/prod/keys/dhl-unified", "/shiptide/prod/own/data"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("paths differ (-want +got):\n%s", diff)
	}
}

func TestAStackThatIsNoPartOfAPathIsNotAskedFor(t *testing.T) {
	for _, stack := range []string{"", "a/b", "a*", "über"} {
		f := holding("")
		s := secret.New(f, stack, time.Now)
		_, source := s.Source("ups")(t.Context())
		_, own := s.Own(t.Context())
		_, init := s.Init(t.Context())
		for _, err := range []error{source, own, init, s.Set(t.Context(), "ups", "key")} {
			if err == nil || !strings.Contains(err.Error(), "stack's name") {
				t.Errorf("stack %q: %v, want what is wrong with its name", stack, err)
			}
		}
		if f.began() != 0 || f.puts != nil {
			t.Errorf("stack %q: %d readings, %d writes", stack, f.began(), len(f.puts))
		}
	}
}
