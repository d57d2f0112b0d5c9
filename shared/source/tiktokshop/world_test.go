package tiktokshop_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/source/tiktokshop"
	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/boltstore"
	"github.com/shiptide/shiptide/shared/store/storetest"
)

var (
	start = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	ours  = tiktokshop.App{Key: "tts_test_app_key", Secret: "tts_test_app_secret_0123456789"}
)

// world is a TikTok Shop, a table, and what clients do between them.
type world struct {
	*testing.T
	clock  *storetest.Clock
	server *tiktokshoptest.Server
	shops  store.Shops
	log    *safeBuffer

	mu   sync.Mutex
	naps []time.Duration
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, clock: storetest.NewClock(start), log: new(safeBuffer)}
	db, err := boltstore.Open(filepath.Join(t.TempDir(), "test.db"), w.clock.Now, boltstore.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	w.shops.Table, err = db.Table("ledger", nil)
	if err != nil {
		t.Fatal(err)
	}
	w.shops.Vault, err = contact.NewVault(bytes.Repeat([]byte("p"), 32), bytes.Repeat([]byte("d"), 32))
	if err != nil {
		t.Fatal(err)
	}
	w.server = tiktokshoptest.New(tiktokshoptest.App(ours), w.clock.Now)
	return w
}

// client returns a client of its own process. Whoever waits moves the clock.
func (w *world) client(change ...func(*tiktokshop.Settings)) *tiktokshop.Client {
	return w.clientOf([]tiktokshop.App{ours}, w.shops, change...)
}

func (w *world) clientOf(apps []tiktokshop.App, shops store.Shops, change ...func(*tiktokshop.Settings)) *tiktokshop.Client {
	s := tiktokshop.Settings{Transport: w.server.Transport()}
	for _, f := range change {
		f(&s)
	}
	pace := &store.Pace{Table: w.shops.Table, Now: w.clock.Now, PerSecond: 10}
	log := slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	c := tiktokshop.NewClient(func(context.Context) ([]tiktokshop.App, error) { return apps, nil }, shops, pace, s, w.clock.Now, log)
	c.Sleep = w.sleep
	return c
}

func (w *world) sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.clock.Advance(d)
	w.mu.Lock()
	defer w.mu.Unlock()
	if d > 200*time.Millisecond { // Longer than the pace makes anybody wait.
		w.naps = append(w.naps, d)
	}
	return nil
}

// connect opens a shop, and connects it.
func (w *world) connect(c *tiktokshop.Client) tiktokshoptest.Shop {
	w.Helper()
	sh := w.server.AddShop(tiktokshoptest.Shop{})
	if _, err := c.Connect(w.Context(), w.server.Authorize(sh.ID)); err != nil {
		w.Fatal(err)
	}
	w.server.Forget()
	return sh
}

// grant is the authorisation of a shop, as it is kept.
func (w *world) grant(shop string) store.Grant {
	w.Helper()
	s, err := w.shops.Get(w.Context(), "tiktokshop", shop)
	if err != nil {
		w.Fatal(err)
	}
	g, err := w.shops.Grant(w.Context(), "tiktokshop", s.Grant)
	if err != nil {
		w.Fatal(err)
	}
	return g
}

// count counts the calls of paths that hold a text.
func (w *world) count(part string) int {
	n := 0
	for _, c := range w.server.Calls() {
		if strings.Contains(c.Path, part) {
			n++
		}
	}
	return n
}

// by answers calls in place of the server, in order; the last one for ever.
type by struct {
	mu      sync.Mutex
	calls   []*http.Request
	bodies  []string
	answers []func(*http.Request) (*http.Response, error)
}

func (b *by) RoundTrip(r *http.Request) (*http.Response, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	body := []byte(nil)
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	b.bodies = append(b.bodies, string(body))
	b.calls = append(b.calls, r)
	return b.answers[min(len(b.calls), len(b.answers))-1](r)
}

func says(status int, body string) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	}
}

// through makes a client's calls go to b.
func through(b http.RoundTripper) func(*tiktokshop.Settings) {
	return func(s *tiktokshop.Settings) { s.Transport = b }
}

// codeOf is the code of an error, "" of none.
func codeOf(t *testing.T, err error) source.ErrorCode {
	t.Helper()
	var refused *source.Error
	if err != nil && !errors.As(err, &refused) {
		t.Fatalf("an error without a code: %v", err)
	}
	if refused == nil {
		return ""
	}
	return refused.Code
}
