package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/shiptide/shiptide/shared/notify"
	"github.com/shiptide/shiptide/shared/store/boltstore"
)

// client speaks with a server as an operator's program does.
type client struct {
	base string
	http http.Client
}

func newClient(base string) *client {
	return &client{base: strings.TrimSuffix(base, "/"), http: http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// do sends a request and returns the JSON that answers it.
func (c *client) do(ctx context.Context, method, path string, form url.Values) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, 64<<20))
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", res.Status, strings.TrimSpace(string(body)))
	}
	return body, nil
}

// withServer runs do against the server that has the data folder open; if none
// has, or the data is on DynamoDB, against one of its own for the moment.
func withServer(ctx context.Context, e *env, w where, do func(context.Context, *client) error) error {
	keys, err := w.keyring(e)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(e.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	a, err := w.open(ctx, keys.sources(), time.Now, log)
	if errors.Is(err, boltstore.ErrLocked) {
		c, err := findServer(ctx, w.dir)
		if err != nil {
			return fmt.Errorf("%s is in use: %w", w.dir, err)
		}
		return do(ctx, c)
	}
	if err != nil {
		return err
	}
	a.useKeyring(keys)
	err = a.withClient(ctx, do)
	if a.file == nil {
		return err
	}
	settled := a.settle(ctx)
	var busy *notify.BusyError
	if errors.As(settled, &busy) {
		settled = nil // A process died while it spoke; the next server looks after it.
	}
	return errors.Join(err, settled, a.close())
}

// withClient serves the app on a free port of this machine while do runs. The
// pump stands still: whoever calls this settles.
func (a *app) withClient(ctx context.Context, do func(context.Context, *client) error) error {
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: a.handler(public, operator), ReadHeaderTimeout: 5 * time.Second}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(ln) // Until it is closed.
	}()
	err = do(ctx, newClient("http://"+ln.Addr().String()))
	err = errors.Join(err, server.Close())
	<-served
	return err
}

// ask is a command that prints the answer to one request.
func ask(ctx context.Context, e *env, w where, method, path string, form url.Values) int {
	err := withServer(ctx, e, w, func(ctx context.Context, c *client) error {
		answer, err := c.do(ctx, method, path, form)
		if err != nil {
			return err
		}
		_, err = e.stdout.Write(answer)
		return err
	})
	if err != nil {
		return e.fail(err)
	}
	return exitOK
}

func subscribeCommand(ctx context.Context, e *env, args []string) int {
	fs := e.flags("subscribe")
	email := fs.String("email", "", "mail address")
	sms := fs.String("sms", "", "phone number, as +12025550123")
	w, rest, code, ok := e.placed(fs, args)
	if !ok {
		return code
	}
	form := url.Values{"channel": {"email"}, "address": {*email}}
	if *sms != "" {
		form = url.Values{"channel": {"sms"}, "address": {*sms}}
	}
	if len(rest) != 1 || (*email == "") == (*sms == "") {
		return e.usage("subscribe")
	}
	return ask(ctx, e, w, http.MethodPost, "/shipments/"+url.PathEscape(rest[0])+"/subscriptions", form)
}

func addCommand(ctx context.Context, e *env, args []string) int {
	fs := e.flags("add")
	carrier := fs.String("carrier", "", "who carries it, as ups")
	order := fs.String("order", "", "order that it belongs to")
	country := fs.String("country", "", "country of the destination, as US")
	postal := fs.String("postal", "", "postal code of the destination, of which 3 characters are kept; with -country")
	w, rest, code, ok := e.placed(fs, args)
	if !ok {
		return code
	}
	if len(rest) != 1 {
		return e.usage("add")
	}
	form := url.Values{"number": rest, "carrier": {*carrier}, "order": {*order}, "country": {*country}, "postalCode": {*postal}}
	return ask(ctx, e, w, http.MethodPost, "/shipments", form)
}

func quarantine(ctx context.Context, e *env, args []string) int {
	fs := e.flags("quarantine")
	w, rest, code, ok := e.placed(fs, args)
	if !ok {
		return code
	}
	if len(rest) > 0 {
		return e.usage("quarantine")
	}
	return ask(ctx, e, w, http.MethodGet, "/quarantine", nil)
}

func replay(ctx context.Context, e *env, args []string) int {
	fs := e.flags("replay")
	since := fs.String("since", "", "drive again all pushes from this time on, as 2026-03-02T00:00:00Z")
	w, rest, code, ok := e.placed(fs, args)
	if !ok {
		return code
	}
	if len(rest) > 0 {
		return e.usage("replay")
	}
	form := url.Values{}
	if *since != "" {
		form.Set("since", *since)
	}
	return ask(ctx, e, w, http.MethodPost, "/quarantine/replay", form)
}

func why(ctx context.Context, e *env, args []string) int {
	fs := e.flags("why")
	w, rest, code, ok := e.placed(fs, args)
	if !ok {
		return code
	}
	if len(rest) != 1 {
		return e.usage("why")
	}
	return ask(ctx, e, w, http.MethodGet, "/shipments/"+url.PathEscape(rest[0])+"/why", nil)
}
