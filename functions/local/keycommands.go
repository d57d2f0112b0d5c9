package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/shiptide/shiptide/shared/secret"
)

// keysCommand stores keys for a deployment: `keys set SOURCE` one that is read
// from standard input, so that it stands in no history of commands, and
// `keys init` those of its own.
func keysCommand(ctx context.Context, e *env, args []string) int {
	fs := e.flags("keys")
	stack := fs.String("stack", "", "name of the deployment")
	only := fs.Bool("only", false, "let the key before end at once")
	rest, code, ok := parse(fs, args)
	if !ok {
		return code
	}
	if *stack == "" || len(rest) == 0 {
		return e.usage("keys")
	}
	switch {
	case rest[0] == "set" && len(rest) == 2:
		return e.setKey(ctx, *stack, rest[1], *only)
	case rest[0] == "init" && len(rest) == 1 && !isSet(fs, "only"):
		return e.initKeys(ctx, *stack)
	}
	return e.usage("keys")
}

func isSet(fs *flag.FlagSet, name string) (set bool) {
	fs.Visit(func(f *flag.Flag) { set = set || f.Name == name })
	return set
}

// keyResult is what a command on keys did. No key is in it.
type keyResult struct {
	Stack  string   `json:"stack"`
	Source string   `json:"source,omitempty"`
	Made   []string `json:"made,omitempty"`
}

func (e *env) setKey(ctx context.Context, stack, source string, only bool) int {
	if !slices.Contains(sourceNames(), source) {
		return e.unknownSource(source)
	}
	e.say("local: the key of %s, then return:", source)
	line := bufio.NewScanner(e.stdin)
	if !line.Scan() {
		return e.fail(errors.Join(errors.New("no key on standard input"), line.Err()))
	}
	store, err := secrets(ctx, stack)
	if err != nil {
		return e.fail(err)
	}
	set := store.Set
	if only {
		set = store.SetOnly
	}
	if err := set(ctx, source, strings.TrimSpace(line.Text())); err != nil {
		return e.fail(err)
	}
	e.say("local: functions that run take it within five minutes")
	if err := e.print(keyResult{Stack: stack, Source: source}); err != nil {
		return e.fail(err)
	}
	return exitOK
}

func (e *env) initKeys(ctx context.Context, stack string) int {
	store, err := secrets(ctx, stack)
	if err != nil {
		return e.fail(err)
	}
	made, err := store.Init(ctx)
	if err != nil {
		return e.fail(err)
	}
	if made == nil {
		e.say("local: %s has its keys already", stack)
	}
	if err := e.print(keyResult{Stack: stack, Made: made}); err != nil {
		return e.fail(err)
	}
	return exitOK
}

// secrets opens the keys of a deployment under the operator's own identity.
func secrets(ctx context.Context, stack string) (*secret.Store, error) {
	cfg, err := operatorConfig(ctx)
	if err != nil {
		return nil, err
	}
	return secret.New(secret.Narrow(ssm.NewFromConfig(cfg)), stack, time.Now), nil
}
