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
	defaultAddr = "127.0.0.1:8080"
	defaultData = ".shiptide"
	// addrFile in the data folder says where its server listens.
	addrFile = "addr"
)

func serve(ctx context.Context, e *env, args []string) int {
	fs := e.flags("serve")
	addr := fs.String("addr", defaultAddr, "address to listen on")
	dir := fs.String("data", defaultData, "folder of the data")
	rest, code, ok := parse(fs, args)
	if !ok {
		return code
	}
	if len(rest) > 0 {
		return e.usage("serve")
	}
	keys, err := readKeyring(e.getenv(webhookKeys))
	if err != nil {
		return e.fail(err)
	}
	if keys.development && !loopback(*addr) {
		return e.fail(fmt.Errorf("%s is not an address of this machine alone: set %s, since the development keys are known to everybody", *addr, webhookKeys))
	}
	e.say("shiptide: starting on http://%s, data in %s", *addr, *dir)
	log := slog.New(slog.NewTextHandler(e.stderr, nil))
	a, err := openApp(*dir, keys.sources(), time.Now, log)
	if errors.Is(err, boltstore.ErrLocked) {
		return e.fail(fmt.Errorf("%s is in use: another server runs on it (%s)", *dir, serverOf(*dir)))
	}
	if err != nil {
		return e.fail(err)
	}
	err = a.serve(ctx, e, *addr, *dir, keys)
	if err := errors.Join(err, a.close()); err != nil {
		return e.fail(err)
	}
	return exitOK
}

// serve listens until the context ends.
func (a *app) serve(ctx context.Context, e *env, addr, dir string, keys keyring) error {
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("%w; -addr takes another address", err)
	}
	file := filepath.Join(dir, addrFile)
	if err := os.WriteFile(file, []byte("http://"+ln.Addr().String()), 0o600); err != nil {
		return errors.Join(err, ln.Close())
	}
	defer func() { _ = os.Remove(file) }()
	if keys.development {
		for _, name := range sourceNames() {
			e.say("shiptide: development key of %s: %s (this machine only; %s sets real ones)", name, keys.texts[name][0], webhookKeys)
		}
	}
	e.say("shiptide: ready: console http://%s/, webhooks http://%s/webhooks/{source}", ln.Addr(), ln.Addr())
	return a.run(ctx, ln)
}

// run serves a listener and pumps until the context ends; then what is under
// way is finished.
func (a *app) run(ctx context.Context, ln net.Listener) error {
	server := &http.Server{
		Handler: a.handler(ln.Addr().String()), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelWarn),
	}
	pumping, stopPump := context.WithCancel(context.WithoutCancel(ctx))
	pumped := make(chan struct{})
	go func() {
		defer close(pumped)
		a.pump(pumping)
	}()
	served := make(chan error, 1)
	go func() { served <- server.Serve(ln) }()
	var err error
	select {
	case err = <-served:
	case <-ctx.Done():
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		err = server.Shutdown(closing)
		cancel()
	}
	stopPump()
	<-pumped
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// serverOf returns the URL of the server that runs on a data folder, as it
// wrote it there.
func serverOf(dir string) string {
	raw, err := os.ReadFile(filepath.Join(dir, addrFile))
	if err != nil {
		return "http://" + defaultAddr
	}
	return string(raw)
}
