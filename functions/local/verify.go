package main

import (
	"context"
	"net/http"
	"net/textproto"
	"strings"
	"time"

	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/webhook"
)

// texts is a flag that may stand several times.
type texts []string

func (t *texts) String() string { return "" }

func (t *texts) Set(s string) error {
	*t = append(*t, s)
	return nil
}

func verify(ctx context.Context, e *env, args []string) int {
	fs := e.flags("verify")
	var keys, headers texts
	name := fs.String("source", "", "who is said to have sent it")
	fs.Var(&keys, "key", "a key of that source; may stand twice")
	fs.Var(&headers, "header", "a header, as 'Name: value'; may stand several times")
	method := fs.String("method", http.MethodPost, "method")
	path := fs.String("path", "", "path; /webhooks/{source}")
	at := fs.String("now", "", "time of arrival, as 2026-03-02T00:00:00Z; now")
	rest, code, ok := parse(fs, args)
	if !ok {
		return code
	}
	now := time.Now()
	if *at != "" {
		t, err := time.Parse(time.RFC3339, *at)
		if err != nil {
			e.say("local: -now is not of the form 2026-03-02T00:00:00Z")
			return exitUsage
		}
		now = t
	}
	d := source.Delivery{Method: *method, Path: *path, Header: http.Header{}}
	for _, h := range headers {
		name, value, ok := strings.Cut(h, ":")
		if !ok {
			return e.usage("verify")
		}
		d.Header.Add(textproto.TrimString(name), textproto.TrimString(value))
	}
	if len(rest) != 1 {
		return e.usage("verify")
	}
	if _, err := webhook.ParseKeys(keys...); err != nil {
		e.say("local: -key: %v", err)
		return exitUsage
	}
	s, ok := findSource(keyring{texts: map[string][]string{*name: keys}}.sources(), *name)
	if !ok {
		return e.unknownSource(*name)
	}
	if d.Path == "" {
		d.Path = "/webhooks/" + *name
	}
	var err error
	if d.Body, err = e.read(rest[0]); err != nil {
		return e.fail(err)
	}
	if d.Method != http.MethodPost {
		e.say("refused: %v", webhook.ErrMethod)
		return exitFailed
	}
	keyID, err := s.Verify(ctx, d, now)
	if err != nil {
		e.say("refused: %v", err)
		return exitFailed
	}
	if err := e.print(map[string]string{"source": *name, "verifiedBy": keyID}); err != nil {
		return e.fail(err)
	}
	return exitOK
}
