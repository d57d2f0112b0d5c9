package tiktokshop

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/store"
)

// App is what calls are signed with.
type App struct{ Key, Secret string }

// String hides the secret, wherever an app would be printed.
func (a App) String() string { return "app" }

// GoString hides it too.
func (a App) GoString() string { return "app" }

// LogValue hides it in logs.
func (a App) LogValue() slog.Value { return slog.StringValue("app") }

// MarshalJSON hides it in JSON.
func (a App) MarshalJSON() ([]byte, error) { return []byte(`"app"`), nil }

// Settings are what differs between deployments; zero is the usual.
type Settings struct {
	// API and Auth are where the calls go, without a slash at the end.
	API, Auth string
	// Versions are those of the calls, by name: "orders", "order_search",
	// "package", "package_search", "tracking" and "shops". TikTok retires versions
	// two months after the next one.
	Versions map[string]string
	// Owner begins the names under which leases are held; what follows is drawn by
	// lot, so that it need not be unique.
	Owner string
	// Transport makes the calls in place of the network, for tests and
	// demonstrations.
	Transport http.RoundTripper
}

const (
	usualAPI     = "https://open-api.tiktokglobalshop.com"
	usualAuth    = "https://auth.tiktok-shops.com"
	usualVersion = "202309"
)

// Client asks the Open API for the orders of shops that were connected. It is
// safe for many goroutines, and many of them may run over one table.
type Client struct {
	// Sleep waits; it returns early, with the reason, when ctx ends. Whoever owns
	// the clock of a demonstration may set it before the first call.
	Sleep func(ctx context.Context, d time.Duration) error

	app      func(context.Context) ([]App, error)
	shops    store.Shops
	pace     *store.Pace
	settings Settings
	owner    string
	now      func() time.Time
	log      *slog.Logger
	http     *http.Client

	mu        sync.Mutex
	refreshes map[string]chan struct{} // by grant: held by who refreshes it
	resting   map[string]time.Time     // by grant: no refresh ahead of time before it
	renewed   map[string][]time.Time   // by grant: when it was refreshed here, the last few times
	signs     map[string]App           // by grant: the app whose signature was taken
}

var _ source.Market = (*Client)(nil)

// NewClient returns a client. app gives the apps, the newest first: the others
// sign where its signature is not taken, as after a secret was changed. With a
// nil pace calls are not kept apart.
func NewClient(app func(context.Context) ([]App, error), shops store.Shops, pace *store.Pace, s Settings, now func() time.Time, log *slog.Logger) *Client {
	s.API = strings.TrimSuffix(cmp.Or(s.API, usualAPI), "/")
	s.Auth = strings.TrimSuffix(cmp.Or(s.Auth, usualAuth), "/")
	s.Versions = maps.Clone(s.Versions)
	return &Client{
		Sleep: sleep,
		app:   app, shops: shops, pace: pace, settings: s, now: now,
		owner:     cmp.Or(s.Owner, name) + "-" + rand.Text(),
		log:       log.With("source", name),
		http:      newHTTP(s.Transport),
		refreshes: map[string]chan struct{}{},
		resting:   map[string]time.Time{},
		renewed:   map[string][]time.Time{},
		signs:     map[string]App{},
	}
}

// Source returns TikTok Shop as a source that can be asked too.
func (c *Client) Source(keys source.Keys) source.Source {
	s := New(keys)
	s.Market = c
	return s
}

// newHTTP returns what makes the calls: straight to the host that is named, and
// never on to where an answer points.
func newHTTP(by http.RoundTripper) *http.Client {
	if t, ok := http.DefaultTransport.(*http.Transport); ok && by == nil {
		t = t.Clone()
		t.Proxy = nil
		by = t
	}
	return &http.Client{Transport: by, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// path is that of a call, with its version.
func (c *Client) path(called, category, resource string) string {
	return "/" + category + "/" + cmp.Or(c.settings.Versions[called], usualVersion) + "/" + resource
}

// apps returns the apps, first the one whose signature was taken for a grant.
func (c *Client) apps(ctx context.Context, grant string) ([]App, error) {
	all, err := c.app(ctx)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, &source.Error{Code: source.Auth, Message: "no app key and secret are set"}
	}
	c.mu.Lock()
	first := c.signs[grant]
	c.mu.Unlock()
	var out []App
	for _, a := range all {
		if a == first {
			out = append(out, a)
		}
	}
	for _, a := range all {
		if a != first {
			out = append(out, a)
		}
	}
	return out, nil
}

// signedBy notes whose signature was taken.
func (c *Client) signedBy(grant string, a App) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.signs[grant] = a
}

var errUnknownShop = &source.Error{Code: source.NotFound, Message: "the shop was not connected"}

// shop reads a shop that may be asked for.
func (c *Client) shop(ctx context.Context, id string) (store.Shop, error) {
	s, err := c.shops.Get(ctx, name, id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return s, errUnknownShop
	case err != nil:
		return s, err
	case !s.Open():
		return s, &source.Error{Code: source.Auth, Message: "the seller took the authorisation back: authorise the shop again"}
	}
	return s, nil
}
