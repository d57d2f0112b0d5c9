package secret_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/secret"
)

// stacks counts the stacks, which share the emulator.
var stacks atomic.Int64

func newStack() string { return fmt.Sprintf("stack-%d", stacks.Add(1)) }

// hasty has a client wait a millisecond at most before it tries again.
func hasty(o *ssm.Options) { o.Retryer = retry.AddWithMaxBackoffDelay(o.Retryer, time.Millisecond) }

func client(t *testing.T, f *awstest.Faults) *ssm.Client {
	t.Helper()
	return ssm.NewFromConfig(f.In(awstest.Config(t)), hasty)
}

// onSSM returns a stack on the emulator that has the three own keys and these
// keys of source ups, set one after the other.
func onSSM(t *testing.T, f *awstest.Faults, keys ...string) (*secret.Store, string) {
	t.Helper()
	stack := newStack()
	undisturbed := secret.New(client(t, &awstest.Faults{}), stack, time.Now)
	if _, err := undisturbed.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		if err := undisturbed.Set(t.Context(), "ups", key); err != nil {
			t.Fatal(err)
		}
	}
	return secret.New(client(t, f), stack, time.Now), stack
}

func TestKeysComeBackFromSSM(t *testing.T) {
	s, stack := onSSM(t, &awstest.Faults{}, "path:0123456789abcdef-012345", "basic:id:secret", `"quotes"<é>`)
	keys, err := s.Source("ups")(t.Context())
	if err != nil || len(keys.Secrets) != 1 || len(keys.Basic) != 1 || len(keys.Paths) != 0 {
		t.Fatalf("keys = %+v, %v, want a secret and, beside it, a Basic key", keys, err)
	}
	if !keys.Secrets[0].Equal(`"quotes"<é>`) || !keys.Basic[0].Equal("secret") {
		t.Error("the keys are others than those that were set")
	}
	if keys, err := s.Source("fedex")(t.Context()); !keys.Empty() || err != nil {
		t.Errorf("a source without keys: %v, %v, want none", keys, err)
	}
	raw := client(t, &awstest.Faults{})
	for _, path := range []string{secret.SourcePath(stack, "ups"), secret.OwnPath(stack, secret.Pepper)} {
		out, err := raw.GetParameter(t.Context(), &ssm.GetParameterInput{Name: &path})
		if err != nil {
			t.Fatal(err)
		}
		if p := out.Parameter; p.Type != types.ParameterTypeSecureString || strings.Contains(*p.Value, "secret") {
			t.Errorf("%s is a %s, readable without its KMS key: %s", path, p.Type, *p.Value)
		}
	}
}

func TestMoreParametersThanFitOnAPage(t *testing.T) {
	s, stack := onSSM(t, &awstest.Faults{})
	near := secret.New(client(t, &awstest.Faults{}), stack+"-b", time.Now)
	for i := range 25 {
		name := fmt.Sprintf("source-%d", i)
		if err := s.Set(t.Context(), name, "key-of-"+name); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 25 {
		name := fmt.Sprintf("source-%d", i)
		keys, err := s.Source(name)(t.Context())
		if err != nil || len(keys.Secrets) != 1 || !keys.Secrets[0].Equal("key-of-"+name) {
			t.Errorf("%s: %v, %v, want its key", name, keys, err)
		}
		if keys, err := near.Source(name)(t.Context()); !keys.Empty() || err != nil {
			t.Errorf("%s of a stack whose name begins alike: %v, %v, want none", name, keys, err)
		}
	}
}

func TestRotation(t *testing.T) {
	s, stack := onSSM(t, &awstest.Faults{})
	steps := []struct {
		do    setter
		key   string
		valid []string
	}{
		{(*secret.Store).Set, "a", []string{"a"}},
		{(*secret.Store).Set, "b", []string{"b", "a"}},
		{(*secret.Store).Set, "b", []string{"b", "a"}},
		{(*secret.Store).Set, "c", []string{"c", "b"}},
		{(*secret.Store).SetOnly, "c", []string{"c"}},
	}
	for i, step := range steps {
		if err := step.do(s, t.Context(), "ups", step.key); err != nil {
			t.Fatal(err)
		}
		other := secret.New(client(t, &awstest.Faults{}), stack, time.Now)
		for _, s := range []*secret.Store{s, other} {
			keys, err := s.Source("ups")(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, k := range keys.Secrets {
				got = append(got, matching(k, "a", "b", "c"))
			}
			if diff := cmp.Diff(step.valid, got); diff != "" {
				t.Errorf("step %d: keys differ (-want +got):\n%s", i+1, diff)
			}
		}
	}
}

func TestInitTwice(t *testing.T) {
	s := secret.New(client(t, &awstest.Faults{}), newStack(), time.Now)
	made, err := s.Init(t.Context())
	if diff := cmp.Diff([]string{secret.Pepper, secret.Page, secret.Data}, made); diff != "" || err != nil {
		t.Fatalf("Init: %v, made differs (-want +got):\n%s", err, diff)
	}
	first, err := s.Own(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if made, err := s.Init(t.Context()); made != nil || err != nil {
		t.Errorf("second Init = %q, %v, want nothing made", made, err)
	}
	second, err := s.Own(t.Context())
	if diff := cmp.Diff(first, second); diff != "" || err != nil {
		t.Errorf("the keys changed: %v\n%s", err, diff)
	}
	if bytes.Equal(first.Pepper, first.Page) || bytes.Equal(first.Page, first.Data) || len(first.Data) != 32 {
		t.Error("the keys are not three of 32 bytes")
	}
}

func TestInitBySeveralAtOnce(t *testing.T) {
	const n = 8
	stack := newStack()
	type result struct {
		made []string
		own  secret.Own
		err  error
	}
	results := make(chan result, n)
	for range n {
		s := secret.New(client(t, &awstest.Faults{}), stack, time.Now)
		go func() {
			var r result
			if r.made, r.err = s.Init(t.Context()); r.err == nil {
				r.own, r.err = s.Own(t.Context())
			}
			results <- r
		}()
	}
	var first *secret.Own
	made := map[string]int{}
	for range n {
		r := <-results
		if r.err != nil {
			t.Fatal(r.err)
		}
		for _, name := range r.made {
			made[name]++
		}
		if first == nil {
			first = &r.own
		}
		if diff := cmp.Diff(*first, r.own); diff != "" {
			t.Errorf("two have different keys:\n%s", diff)
		}
	}
	if diff := cmp.Diff(map[string]int{secret.Pepper: 1, secret.Page: 1, secret.Data: 1}, made); diff != "" {
		t.Errorf("how often each was made (-want +got):\n%s", diff)
	}
}

func TestSetKeepsTheParameterPlain(t *testing.T) {
	_, stack := onSSM(t, &awstest.Faults{}, canary, canary+"2")
	out, err := client(t, &awstest.Faults{}).DescribeParameters(t.Context(), &ssm.DescribeParametersInput{
		ParameterFilters: []types.ParameterStringFilter{{
			Key: aws.String("Path"), Option: aws.String("Recursive"), Values: []string{secret.Root(stack)},
		}},
	})
	if err != nil || len(out.Parameters) != 4 {
		t.Fatalf("%d parameters, %v, want 4", len(out.Parameters), err)
	}
	for _, p := range out.Parameters {
		if p.Tier != types.ParameterTierStandard || aws.ToString(p.KeyId) != "alias/aws/ssm" {
			t.Errorf("%s: tier %s, key %s, want a standard one under the account's key", *p.Name, p.Tier, aws.ToString(p.KeyId))
		}
		silent(t, *p.Name, aws.ToString(p.Description))
	}
}
