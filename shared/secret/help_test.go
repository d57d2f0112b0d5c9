package secret_test

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go"

	"github.com/shiptide/shiptide/shared/secret"
	"github.com/shiptide/shiptide/shared/webhook"
)

// canary is in every key here that must not show.
const canary = "CANARY"

// fake is SSM with one parameter a page.
type fake struct {
	mu     sync.Mutex
	values map[string]string
	err    error // of the next calls
	reads  int   // that began at the first page
	puts   []*ssm.PutParameterInput
	// pause, if set, holds up each reading's first page.
	pause func(context.Context) error
	// before, if set, is done before each put.
	before func()
}

func (f *fake) GetParametersByPath(ctx context.Context, in *ssm.GetParametersByPathInput, _ ...func(*ssm.Options)) (*ssm.GetParametersByPathOutput, error) {
	f.mu.Lock()
	out, err := f.page(in)
	pause := f.pause
	f.mu.Unlock()
	if pause != nil && in.NextToken == nil {
		if err := pause(ctx); err != nil {
			return nil, err
		}
	}
	return out, err
}

func (f *fake) page(in *ssm.GetParametersByPathInput) (*ssm.GetParametersByPathOutput, error) {
	at := 0
	if in.NextToken != nil {
		at, _ = strconv.Atoi(*in.NextToken)
	} else {
		f.reads++
	}
	if f.err != nil {
		return nil, f.err
	}
	out := &ssm.GetParametersByPathOutput{}
	paths := slices.Sorted(maps.Keys(f.values))
	if at < len(paths) && strings.HasPrefix(paths[at], *in.Path+"/") && aws.ToBool(in.WithDecryption) && aws.ToBool(in.Recursive) {
		out.Parameters = []types.Parameter{{Name: &paths[at], Value: aws.String(f.values[paths[at]])}}
	}
	if at+1 < len(paths) {
		out.NextToken = aws.String(strconv.Itoa(at + 1))
	}
	return out, nil
}

func (f *fake) PutParameter(_ context.Context, in *ssm.PutParameterInput, _ ...func(*ssm.Options)) (*ssm.PutParameterOutput, error) {
	if f.before != nil {
		f.before()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return nil, f.err
	}
	if _, there := f.values[*in.Name]; there && !aws.ToBool(in.Overwrite) {
		return nil, &types.ParameterAlreadyExists{}
	}
	f.puts = append(f.puts, in)
	f.values[*in.Name] = *in.Value
	return &ssm.PutParameterOutput{}, nil
}

// change changes the fake under its lock.
func (f *fake) change(do func(*fake)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	do(f)
}

// began returns how many readings have begun.
func (f *fake) began() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.reads
}

// ups is the path of the one source that most tests have.
var ups = secret.SourcePath("prod", "ups")

// holding returns a fake with these values of source ups, or none.
func holding(value string) *fake {
	f := &fake{values: map[string]string{secret.SourcePath("prod", "fedex"): `["other"]`}}
	if value != "" {
		f.values[ups] = value
	}
	return f
}

func store(f *fake) *secret.Store { return secret.New(f, "prod", time.Now) }

// key returns which of the texts is the newest key of source ups, "" if it has
// none.
func key(t *testing.T, s *secret.Store, texts ...string) string {
	t.Helper()
	keys, err := s.Source("ups")(t.Context())
	if err != nil {
		t.Fatalf("Source: %v", err)
	}
	if keys.Empty() {
		return ""
	}
	return matching(keys.Secrets[0], texts...)
}

func matching(k *webhook.Key, texts ...string) string {
	i := slices.IndexFunc(texts, k.Equal)
	if i < 0 {
		return "another"
	}
	return texts[i]
}

// refused is an error of SSM that repeats what it was sent.
func refused(code string) error {
	return &smithy.GenericAPIError{Code: code, Message: "Value '" + canary + "' failed to satisfy constraint"}
}

// silent checks that a text is there and holds no key.
func silent(t *testing.T, what, text string) {
	t.Helper()
	if text == "" || strings.Contains(text, canary) {
		t.Errorf("%s = %q, want some text without a key", what, text)
	}
}
