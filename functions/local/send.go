package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/shiptide/shiptide/shared/source"
)

// sent is the result of one sample.
type sent struct {
	File   string `json:"file"`
	Source string `json:"source"`
	Status int    `json:"status"`
}

func send(ctx context.Context, e *env, args []string) int {
	fs := e.flags("send")
	dir := fs.String("data", defaultData, "folder of the data, to find its server")
	to := fs.String("to", "", "URL of the server")
	name := fs.String("source", "", "who sends them; the name of the file's folder")
	rest, code, ok := parse(fs, args)
	if !ok {
		return code
	}
	if len(rest) == 0 {
		return e.usage("send")
	}
	if *to == "" { // The key must not go to whoever listens there by now.
		c, err := findServer(ctx, *dir)
		if err != nil {
			return e.fail(fmt.Errorf("%w; -to names one", err))
		}
		*to = c.base
	}
	keys, err := readKeyring(e.getenv(webhookKeys))
	if err != nil {
		return e.fail(err)
	}
	p := poster{base: *to, keys: keys, now: time.Now}
	worst := exitOK
	for _, file := range rest {
		from := *name
		if from == "" {
			from = folderOf(file)
		}
		if strings.HasPrefix(filepath.Base(file), "pull-") {
			e.say("local: %s is an answer, not a push: see local explain -kind pull", file)
			worst = exitFailed
			continue
		}
		body, err := e.read(file)
		if err != nil {
			return e.fail(err)
		}
		status, err := p.post(ctx, from, body)
		if err != nil {
			return e.fail(err)
		}
		if status != http.StatusOK {
			worst = exitFailed
		}
		if err := e.print(sent{file, from, status}); err != nil {
			return e.fail(err)
		}
	}
	return worst
}

func folderOf(file string) string {
	abs, err := filepath.Abs(file)
	if err != nil {
		return ""
	}
	return filepath.Base(filepath.Dir(abs))
}

// poster signs bodies as their source does and posts them.
type poster struct {
	base string
	keys keyring
	now  func() time.Time
}

func (p *poster) post(ctx context.Context, name string, body []byte) (status int, err error) {
	s, ok := findSource(p.keys.sources(), name)
	if !ok || s.Sign == nil {
		return 0, fmt.Errorf("no source %q that can be signed for; -source names one of: %s", name, strings.Join(sourceNames(), " "))
	}
	key, err := p.keys.first(name)
	if err != nil {
		return 0, err
	}
	d := source.Delivery{Method: http.MethodPost, Path: "/webhooks/" + name, Header: http.Header{}, Body: body}
	if err := s.Sign(&d, key, p.now()); err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, d.Method, strings.TrimSuffix(p.base, "/")+d.Path, bytes.NewReader(d.Body)) // Not what it was made of: some put the time in.
	if err != nil {
		return 0, err
	}
	req.Header = d.Header
	if req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, fmt.Errorf("%w; is the server running?", err)
	}
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, errors.Join(err, res.Body.Close())
}
