package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
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
	Region string   `json:"region"`
	Source string   `json:"source,omitempty"`
	Made   []string `json:"made,omitempty"`
}

func (e *env) setKey(ctx context.Context, stack, source string, only bool) int {
	if !slices.Contains(sourceNames(), source) {
		return e.unknownSource(source)
	}
	d, err := readStack(ctx, stack)
	if err != nil {
		return e.fail(err)
	}
	e.say("local: the key of %s for %s in %s, then return:", source, stack, d.cfg.Region)
	line := bufio.NewScanner(e.stdin)
	if !line.Scan() {
		return e.fail(errors.Join(errors.New("no key on standard input"), line.Err()))
	}
	set := d.keys.Set
	if only {
		set = d.keys.SetOnly
	}
	key := strings.TrimSpace(line.Text())
	if err := checkPair(source, key); err != nil {
		return e.fail(fmt.Errorf("the key of %s is %w", source, err))
	}
	if err := set(ctx, source, key); err != nil {
		return e.fail(err)
	}
	e.say("local: functions that run take it within five minutes")
	if err := e.print(keyResult{Stack: stack, Region: d.cfg.Region, Source: source}); err != nil {
		return e.fail(err)
	}
	return exitOK
}

func (e *env) initKeys(ctx context.Context, stack string) int {
	d, err := readStack(ctx, stack)
	if err != nil {
		return e.fail(err)
	}
	made, err := d.keys.Init(ctx)
	if err != nil {
		return e.fail(err)
	}
	if made == nil {
		e.say("local: %s has its keys already", stack)
	}
	if err := e.print(keyResult{Stack: stack, Region: d.cfg.Region, Made: made}); err != nil {
		return e.fail(err)
	}
	return exitOK
}
