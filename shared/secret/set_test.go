package secret_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/secret"
)

type setter func(*secret.Store, context.Context, string, string) error

func TestSet(t *testing.T) {
	set, only := setter((*secret.Store).Set), setter((*secret.Store).SetOnly)
	tests := []struct {
		name   string
		do     setter
		before string
		key    string
		after  string
		puts   int
	}{
		{"the first key stands alone", set, "", "a", `["a"]`, 1},
		{"a second has the first beside it", set, `["a"]`, "b", `["b","a"]`, 1},
		{"a third replaces the oldest", set, `["b","a"]`, "c", `["c","b"]`, 1},
		{"the newest again changes nothing", set, `["b","a"]`, "b", `["b","a"]`, 0},
		{"the former becomes the newest again", set, `["b","a"]`, "a", `["a","b"]`, 1},
		{"only: the first key", only, "", "a", `["a"]`, 1},
		{"only: the newest loses the one beside it", only, `["b","a"]`, "b", `["b"]`, 1},
		{"only: the same again changes nothing", only, `["b"]`, "b", `["b"]`, 0},
		{"only: what cannot be read is replaced", only, `CANARY`, "a", `["a"]`, 1},
		{"nothing in a key names another parameter", set, "", `{{{x}}`, `["{\u007b{x}}"]`, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := holding(tt.before)
			s := store(f)
			if err := tt.do(s, t.Context(), "ups", tt.key); err != nil {
				t.Fatal(err)
			}
			if got := f.values[ups]; got != tt.after || len(f.puts) != tt.puts {
				t.Errorf("%s after %d writes, want %s after %d", got, len(f.puts), tt.after, tt.puts)
			}
			if got := key(t, s, tt.key); got != tt.key {
				t.Errorf("newest key is %q, want %q", got, tt.key)
			}
		})
	}
}

func TestSetRefuses(t *testing.T) {
	tests := []struct {
		name, before, source, key, says string
	}{
		{"an empty key", "", "ups", "", "ups: key 1: empty"},
		{"a key with a blank", "", "ups", "CANARY 1", "ups: key 1: holds a blank or a control character"},
		{"a key that is not UTF-8", "", "ups", "CANARY\xff", "ups: key is not UTF-8"},
		{"the development key", "", "ups", "local-ups", "ups: the development key is known to everybody"},
		{"a key that a parameter does not hold", "", "ups", strings.Repeat("CANARY", 700), "ups: 4204 bytes, and a parameter holds 4096"},
		{
			"two keys that one parameter does not hold", `["` + strings.Repeat("CANARY", 400) + `"]`,
			"ups", strings.Repeat("canary", 400), "ups: 4807 bytes, and a parameter holds 4096",
		},
		{"to guess at a damaged value", `["CANARY"`, "ups", "key", "ups: what is there cannot be kept as the former key: not of the form"},
		{"a source that is no part of a path", "", "CANARY/", "key", "the source's name"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := holding(tt.before)
			err := store(f).Set(t.Context(), tt.source, tt.key)
			if err == nil || !strings.HasPrefix(err.Error(), "secret: set") || !strings.Contains(err.Error(), tt.says) || len(f.puts) != 0 {
				t.Fatalf("%v after %d writes, want %q after 0", err, len(f.puts), tt.says)
			}
			if tt.before == "" && f.began() != 0 {
				t.Error("SSM was asked although the key is no good")
			}
			silent(t, "error", err.Error())
		})
	}
}

func TestWhatIsPut(t *testing.T) {
	f := holding("")
	s := store(f)
	if _, err := s.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Set(t.Context(), "ups", canary), s.Set(t.Context(), "ups", canary+"2")); err != nil {
		t.Fatal(err)
	}
	if len(f.puts) != 5 {
		t.Fatalf("%d writes, want 5", len(f.puts))
	}
	for i, in := range f.puts {
		if in.Type != types.ParameterTypeSecureString || in.Tier != types.ParameterTierStandard || in.KeyId != nil {
			t.Errorf("%s: %s, %s, key %v; want a standard SecureString under the account's key", *in.Name, in.Type, in.Tier, in.KeyId)
		}
		if aws.ToBool(in.Overwrite) != (i == 4) {
			t.Errorf("%s: overwrites: %t", *in.Name, aws.ToBool(in.Overwrite))
		}
		text := aws.ToString(in.Description)
		silent(t, *in.Name, text)
		if strings.Contains(text, *in.Value) {
			t.Errorf("%s: its description holds its value", *in.Name)
		}
	}
}

func TestTwoThatSetTheFirstKeyAtOnceBothKeepTheirs(t *testing.T) {
	f := holding("")
	other := store(f)
	once := true
	f.before = func() {
		if once {
			once = false
			if err := other.Set(t.Context(), "ups", "a"); err != nil {
				t.Error(err)
			}
		}
	}
	if err := store(f).Set(t.Context(), "ups", "b"); err != nil {
		t.Fatal(err)
	}
	if got, want := f.values[ups], `["b","a"]`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestSetDoesNotTryForEver(t *testing.T) {
	f := holding("")
	f.before = func() { f.change(func(f *fake) { f.values[ups] = `["a"]` }) }
	f.pause = func(context.Context) error { // What was written is not seen.
		f.change(func(f *fake) { delete(f.values, ups) })
		return nil
	}
	err := store(f).Set(t.Context(), "ups", "b")
	if err == nil || err.Error() != "secret: set ups: others are setting it too" || f.began() != 3 {
		t.Errorf("%v after %d readings, want an error after 3", err, f.began())
	}
}

func TestInitMakesWhatIsMissing(t *testing.T) {
	f := holding("")
	s := store(f)
	f.values[secret.OwnPath("prod", secret.Page)] = canary // Damaged, and yet not replaced.
	made, err := s.Init(t.Context())
	if diff := cmp.Diff([]string{secret.Pepper, secret.Data}, made); diff != "" || err != nil {
		t.Errorf("Init: %v, made differs (-want +got):\n%s", err, diff)
	}
	if got := f.values[secret.OwnPath("prod", secret.Page)]; got != canary {
		t.Errorf("page key is %q, want what it was", got)
	}
	if a, b := f.values[secret.OwnPath("prod", secret.Pepper)], f.values[secret.OwnPath("prod", secret.Data)]; a == b {
		t.Error("two keys are the same")
	}
}

func TestInitNamesWhatItMadeBeforeAnError(t *testing.T) {
	f := holding("")
	f.before = func() { f.change(func(f *fake) { f.err = failAfter(f, 1) }) }
	made, err := store(f).Init(t.Context())
	if diff := cmp.Diff([]string{secret.Pepper}, made); diff != "" || err == nil {
		t.Fatalf("Init: %v, made differs (-want +got):\n%s", err, diff)
	}
	if want := "secret: init: write /shiptide/prod/own/page: ParameterLimitExceeded"; err.Error() != want {
		t.Errorf("error = %q, want %q", err, want)
	}
}

func failAfter(f *fake, puts int) error {
	if len(f.puts) < puts {
		return nil
	}
	return refused("ParameterLimitExceeded")
}
