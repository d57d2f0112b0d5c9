package secret_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/secret"
)

func TestOutputs(t *testing.T) {
	tests := []struct {
		name, value string
		want        map[string]string
		absent      bool
		fault       string
	}{
		{name: "a stack without keys", value: `{"INBOX_TABLE":"shop-Inbox-1","URL":"https://example.com"}`, want: map[string]string{
			"INBOX_TABLE": "shop-Inbox-1", "URL": "https://example.com",
		}},
		{name: "no such stack", absent: true, fault: "secret: /shiptide/prod/outputs: no such stack"},
		{name: "cut short", value: `{"INBOX_TABLE":"` + canary, fault: "secret: /shiptide/prod/outputs is damaged: deploy the stack again"},
		{name: "a value that is no text", value: `{"INBOX_TABLE":["` + canary + `"]}`, fault: "secret: /shiptide/prod/outputs is damaged: deploy the stack again"},
		{name: "a list", value: `["` + canary + `"]`, fault: "secret: /shiptide/prod/outputs is damaged: deploy the stack again"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := holding("")
			if tt.value != "" {
				f.values[secret.OutputsPath("prod")] = tt.value
			}
			got, err := store(f).Outputs(t.Context())
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("outputs (-want +got):\n%s", diff)
			}
			if fault := text(err); fault != tt.fault || errors.Is(err, secret.ErrNoStack) != tt.absent {
				t.Errorf("error %q, want %q, and that there is no such stack: %t", fault, tt.fault, tt.absent)
			}
		})
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestOutputsOfAStackThatCannotBeRead: that is no stack that there is not.
func TestOutputsOfAStackThatCannotBeRead(t *testing.T) {
	f := holding("")
	f.err = errDown
	if got, err := store(f).Outputs(t.Context()); got != nil || !errors.Is(err, errDown) || errors.Is(err, secret.ErrNoStack) {
		t.Errorf("Outputs = %v, %v, want %v", got, err, errDown)
	}
}

// owned is a stack whose three keys differ; without those of these names.
func owned(without ...string) *fake {
	f := holding("")
	for name, letter := range map[string]string{secret.Pepper: "p", secret.Page: "l", secret.Data: "d"} {
		f.values[secret.OwnPath("prod", name)] = base64.StdEncoding.EncodeToString(bytes.Repeat([]byte(letter), 32))
	}
	for _, name := range without {
		delete(f.values, secret.OwnPath("prod", name))
	}
	return f
}

func TestVaultAndSignerAreOfTheStacksKeys(t *testing.T) {
	s := store(owned())
	vault, err := s.Vault(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	signer, err := s.Signer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wantVault, err := contact.NewVault(bytes.Repeat([]byte("p"), 32), bytes.Repeat([]byte("d"), 32))
	if err != nil {
		t.Fatal(err)
	}
	wantSigner, err := contact.NewSigner(bytes.Repeat([]byte("l"), 32))
	if err != nil {
		t.Fatal(err)
	}
	if vault.Fingerprint() != wantVault.Fingerprint() {
		t.Error("the vault is not of the pepper and the data key")
	}
	if !signer.Valid(wantSigner.Token("read", "1"), "read", "1") {
		t.Error("the signer is not of the page key")
	}
}

func TestVaultAndSignerNeedAllOwnKeys(t *testing.T) {
	down := owned()
	down.err = errDown
	tests := []struct {
		name  string
		f     *fake
		want  error
		names string
	}{
		{"none has been made", holding(""), secret.ErrMissing, ": /shiptide/prod/own/pepper, /shiptide/prod/own/page, /shiptide/prod/own/data"},
		{"one is missing", owned(secret.Page), secret.ErrMissing, ": /shiptide/prod/own/page"},
		{"SSM is down", down, errDown, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := store(tt.f)
			vault, err := s.Vault(t.Context())
			if vault != nil || !errors.Is(err, tt.want) || !strings.HasSuffix(text(err), tt.names) {
				t.Errorf("Vault = %v, %v, want %v%s", vault, err, tt.want, tt.names)
			}
			signer, err := s.Signer(t.Context())
			if signer != nil || !errors.Is(err, tt.want) || !strings.HasSuffix(text(err), tt.names) {
				t.Errorf("Signer = %v, %v, want %v%s", signer, err, tt.want, tt.names)
			}
		})
	}
}

// TestNarrow: it calls SSM with what it was given, and can do no more than that.
func TestNarrow(t *testing.T) {
	stack := newStack()
	api := secret.Narrow(client(t, &awstest.Faults{}))
	options := 0
	count := func(*ssm.Options) { options++ }
	_, err := api.PutParameter(t.Context(), &ssm.PutParameterInput{
		Name: aws.String(secret.OutputsPath(stack)), Value: aws.String(`{"STACK":"` + stack + `"}`), Type: types.ParameterTypeString,
	}, count)
	if err != nil {
		t.Fatal(err)
	}
	page, err := api.GetParametersByPath(t.Context(), &ssm.GetParametersByPathInput{Path: aws.String(secret.Root(stack))}, count)
	if err != nil || len(page.Parameters) != 1 {
		t.Errorf("read %+v, %v, want the parameter", page, err)
	}
	if options != 2 {
		t.Errorf("%d of 2 options arrived", options)
	}
	if got, err := secret.New(api, stack, time.Now).Outputs(t.Context()); err != nil || got["STACK"] != stack {
		t.Errorf("Outputs = %v, %v, want what was written as plain text", got, err)
	}
	if methods := reflect.TypeOf(api).NumMethod(); methods != 2 {
		t.Errorf("%d methods would be kept by the linker, want 2", methods)
	}
}
