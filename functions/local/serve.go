package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/shiptide/shiptide/shared/store/boltstore"
)

const (
	defaultAddr    = "127.0.0.1:8080"
	defaultConsole = "127.0.0.1:8081"
	defaultData    = ".shiptide"
)

// firstSensible is a time before which no clock is right: rows would expire at
// once when it is set.
var firstSensible = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func serve(ctx context.Context, e *env, args []string) int {
	fs := e.flags("serve")
	addr := fs.String("addr", defaultAddr, "address to listen on")
	console := fs.String("console", defaultConsole, "address of the console where -addr is no address of this machine alone")
	w, rest, code, ok := e.placed(fs, args)
	if !ok {
		return code
	}
	if len(rest) > 0 {
		return e.usage("serve")
	}
	if loopback(*addr) {
		*console = "" // The same listener.
	} else if !loopback(*console) {
		return e.fail(fmt.Errorf("-console %s is not an address of this machine alone", *console))
	}
	if now := time.Now(); now.Before(firstSensible) {
		return e.fail(fmt.Errorf("the clock of this machine says %s: set it first", now.Format(time.DateOnly)))
	}
	keys, err := w.keyring(e)
	if err != nil {
		return e.fail(err)
	}
	if keys.development && !loopback(*addr) {
		return e.fail(fmt.Errorf("%s is not an address of this machine alone: set %s, since the development keys are known to everybody", *addr, webhookKeys))
	}
	e.say("shiptide: starting on http://%s, data in %s", *addr, &w)
	log := slog.New(slog.NewTextHandler(e.stderr, nil))
	a, err := w.open(ctx, keys.sources(), time.Now, log)
	if errors.Is(err, boltstore.ErrLocked) {
		return e.fail(w.inUse(ctx))
	}
	if err != nil {
		return e.fail(err)
	}
	a.development = keys.development
	a.useKeyring(keys)
	err = a.serve(ctx, e, *addr, *console, w.dir, keys)
	if err := errors.Join(err, a.close()); err != nil {
		return e.fail(err)
	}
	return exitOK
}

// serve listens until the context ends.
func (a *app) serve(ctx context.Context, e *env, addr, console, dir string, keys keyring) error {
	listeners, err := listen(ctx, addr, console)
	if err != nil {
		return err
	}
	own := listeners[len(listeners)-1].Addr().String() // Of the console.
	if a.file == nil {
		e.say("shiptide: what is written here is done and told by the functions on AWS")
	} else { // So that commands find who has the file open.
		if err := writeAddress(dir, address{"http://" + own, a.id}); err != nil {
			return err
		}
		defer func() { _ = os.Remove(filepath.Join(dir, addrFile)) }()
	}
	if keys.development {
		for _, name := range sourceNames() {
			e.say("shiptide: development key of %s: %s (this machine only; %s sets real ones)", name, keys.texts[name][0], webhookKeys)
		}
	}
	e.say("shiptide: ready: console http://%s/, webhooks http://%s/webhooks/{source}", own, listeners[0].Addr())
	return a.run(ctx, listeners...)
}

// listen opens the listener of the webhooks, and that of the console where it
// has one of its own.
func listen(ctx context.Context, addr, console string) ([]net.Listener, error) {
	first, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%w; -addr takes another address", err)
	}
	if console == "" {
		return []net.Listener{first}, nil
	}
	second, err := new(net.ListenConfig).Listen(ctx, "tcp", console)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%w; -console takes another address", err), first.Close())
	}
	return []net.Listener{first, second}, nil
}

// run serves listeners and pumps until the context ends; then what is under way
// is finished.
func (a *app) run(ctx context.Context, listeners ...net.Listener) error {
	pumping, stopPump := context.WithCancel(context.WithoutCancel(ctx))
	pumped := make(chan struct{})
	go func() {
		defer close(pumped)
		if a.newPushes != nil {
			a.pump(pumping)
		}
	}()
	served := make(chan error, len(listeners))
	servers := make([]*http.Server, len(listeners))
	for i, ln := range listeners {
		servers[i] = a.server(groupsOf(ln.Addr().String()))
		go func() { served <- servers[i].Serve(ln) }()
	}
	var err error
	select {
	case err = <-served:
	case <-ctx.Done():
	}
	for _, s := range servers {
		err = errors.Join(err, shutdown(ctx, s))
	}
	stopPump()
	<-pumped
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

func (a *app) server(groups []group) *http.Server {
	return &http.Server{
		Handler: a.handler(groups...), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelWarn),
	}
}

// shutdown lets answers be finished, and does not wait for ever for clients
// that stand still.
func shutdown(ctx context.Context, s *http.Server) error {
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := s.Shutdown(closing); errors.Is(err, context.DeadlineExceeded) {
		return s.Close()
	} else if err != nil {
		return err
	}
	return nil
}
