package main

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/secret"
)

// TestKeys stores keys of a deployment as an operator does. They stand nowhere
// else: neither on the screen nor in the history of commands.
func TestKeys(t *testing.T) {
	onAWS(t, awstest.Endpoint(t))
	stack := "t" + strings.ToLower(rand.Text())
	local(t, "canary-of-a-key", "keys", "set", "ups", "-stack", stack).check(t, "no such stack", exitFailed, "there is no stack "+stack+" in us-east-1")
	local(t, "", "keys", "init", "-stack", stack).check(t, "no such stack", exitFailed, "there is no stack "+stack+" in us-east-1")
	says(t, stack, map[string]string{"STACK": stack})
	const canary = "canary-of-a-key"
	steps := []struct {
		name, stdin string
		args        []string
		code        int
		want        string
	}{
		{"its own", "", []string{"init", "-stack", stack}, exitOK, `"made":["pepper","page","data"]`},
		{"which are not made twice", "", []string{"init", "-stack", stack}, exitOK, "has its keys already"},
		{"one of a source", canary + "-1\n", []string{"set", "ups", "-stack", stack}, exitOK, `"source":"ups"`},
		{"the next", canary + "-2\n", []string{"set", "-stack", stack, "ups"}, exitOK, "within five minutes"},
		{"no key", "", []string{"set", "ups", "-stack", stack}, exitFailed, "no key on standard input"},
		{"an empty key", "\n", []string{"set", "ups", "-stack", stack}, exitFailed, "empty"},
		{"a key with a blank", canary + " two\n", []string{"set", "ups", "-stack", stack}, exitFailed, "blank"},
		{"a secret of TikTok Shop without its app", canary + "\n", []string{"set", "tiktokshop", "-stack", stack}, exitFailed, "the key of tiktokshop is not of the form APPKEY:SECRET"},
		{"an app of TikTok Shop without its secret", canary + ":\n", []string{"set", "tiktokshop", "-stack", stack, "-only"}, exitFailed, "the key of tiktokshop is not of the form APPKEY:SECRET"},
		{"credentials of TikTok Shop", "basic:a:" + canary + "\n", []string{"set", "tiktokshop", "-stack", stack}, exitFailed, "the key of tiktokshop is not of the form APPKEY:SECRET"},
		{"an app of TikTok Shop and its secret", "6app:" + canary + "\n", []string{"set", "tiktokshop", "-stack", stack}, exitOK, `"source":"tiktokshop"`},
		{"a source that there is not", canary, []string{"set", "nobody", "-stack", stack}, exitUsage, "nobody"},
		{"no stack", canary, []string{"set", "ups"}, exitUsage, "usage: local keys"},
		{"another word", canary, []string{"get", "ups", "-stack", stack}, exitUsage, "usage: local keys"},
		{"only of its own", "", []string{"init", "-only", "-stack", stack}, exitUsage, "usage: local keys"},
	}
	for _, tt := range steps {
		got := local(t, tt.stdin, append([]string{"keys"}, tt.args...)...)
		got.check(t, tt.name, tt.code, tt.want)
		if strings.Contains(got.stdout+got.stderr, canary) {
			t.Errorf("%s: shows the key:\n%s%s", tt.name, got.stdout, got.stderr)
		}
	}
	store := secret.New(ssm.NewFromConfig(awstest.Config(t)), stack, time.Now)
	keys, err := store.Source("ups")(t.Context())
	if err != nil || len(keys.Secrets) != 2 {
		t.Errorf("%d keys, %v, want both", len(keys.Secrets), err)
	}
	if own, err := store.Own(t.Context()); err != nil || len(own.Pepper) != 32 {
		t.Errorf("own keys: %v", err)
	}
	if got := local(t, canary+"-3\n", "keys", "set", "ups", "-only", "-stack", stack); got.code != exitOK {
		t.Errorf("set -only ended with %d:\n%s", got.code, got.stderr)
	}
	if keys, err = secret.New(ssm.NewFromConfig(awstest.Config(t)), stack, time.Now).Source("ups")(t.Context()); err != nil || len(keys.Secrets) != 1 {
		t.Errorf("%d keys, %v, want the new one only", len(keys.Secrets), err)
	}
}
