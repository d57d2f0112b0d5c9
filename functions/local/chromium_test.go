package main

import (
	"context"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take. A machine that does much else is slow.
const patience = time.Minute

// notInABrowser ends a test that has not all it needs. The gate has it all.
func notInABrowser(t testing.TB, missing string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s; .ci/run installs it", missing)
	}
	t.Skipf("NOT TESTED IN A BROWSER: %s", missing)
}

// chromium is a headless browser of one test.
type chromium struct{ ctx context.Context }

// newChromium starts a browser, wherever chromedp finds one. Its profile is new.
func newChromium(t testing.TB) *chromium {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.DisableGPU, chromedp.Flag("disable-component-update", true))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // It refuses to be root's otherwise.
	}
	// Not the context of the test: that ends before the browser is closed.
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	err := chromedp.Do(ctx)
	if errors.Is(err, exec.ErrNotFound) {
		notInABrowser(t, "no chromium, chromium-browser or google-chrome on the path")
	}
	if err != nil {
		t.Fatal("chromium does not start: ", err)
	}
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Error("chromium does not end: ", err)
		}
	})
	return &chromium{ctx}
}

// tab is one tab, and what went on in it.
type tab struct {
	ctx context.Context
	t   testing.TB

	mu       sync.Mutex
	errors   []string // of the console
	requests []string // their URLs
}

// newTab opens a tab. It is closed with its test.
func (c *chromium) newTab(t testing.TB) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(c.ctx)
	t.Cleanup(cancel)
	b := &tab{t: t}
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatal(err)
	}
	b.ctx, cancel = context.WithTimeout(ctx, patience)
	t.Cleanup(cancel)
	return b
}

func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	case *log.EventEntryAdded: // A resource that does not load, what the policy forbids.
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			b.errors = append(b.errors, e.Entry.Text+" "+e.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		b.errors = append(b.errors, e.ExceptionDetails.Text)
	}
}

// do does what a person does; all of it must work.
func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// open goes to a page.
func (b *tab) open(url string) {
	b.t.Helper()
	b.leads(chromedp.Navigate(url))
}

// leads does what brings another page, and waits until that is there.
func (b *tab) leads(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	got, err := chromedp.RunResponse(b.ctx, steps...)
	if err != nil {
		b.t.Fatal(err)
	}
	if got.Status != http.StatusOK {
		b.t.Fatalf("%s: answered %d", got.URL, got.Status)
	}
}

// evaluate returns what an expression is in the tab. It comes from outside the
// page, so that the page may go on to forbid all scripts.
func evaluate[T any](b *tab, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

// sees waits until a text can be seen within an element.
func (b *tab) sees(element, text string) {
	b.t.Helper()
	path := "//" + element + "[contains(normalize-space(.), '" + text + "')]"
	ctx, cancel := context.WithTimeout(b.ctx, patience/4)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.WaitVisible(chromedp.Search(path))); err != nil {
		b.t.Fatalf("no %s with %q: %v\n%s", element, text, err, evaluate[string](b, "document.body.innerText"))
	}
}

// quiet checks that the console has no error and that only the server was asked.
func (b *tab) quiet(server string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.errors {
		b.t.Error("the browser's console says: ", e)
	}
	for _, url := range b.requests {
		if !strings.HasPrefix(url, server+"/") {
			b.t.Errorf("the page asks another host: %s", url)
		}
	}
	if len(b.requests) == 0 {
		b.t.Error("no request was seen: the test listens in the wrong place")
	}
}
