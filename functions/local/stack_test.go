//go:build stack

package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/store"
)

// newStack builds and deploys the stack, and gives it its keys.
func newStack(t *testing.T) *stack {
	t.Helper()
	if os.Getenv(samHome) == "" {
		t.Fatalf("%s does not name the folder of the Python packages of .ci/python/sam.txt", samHome)
	}
	patches := filepath.Join(t.TempDir(), "patches")
	c := newCloud(t, patches, os.Getenv(samHome)) // The emulator uses SAM's translator.
	dir := t.TempDir()
	var s *stack
	timed(t, "build for this machine", func(t *testing.T) { build(t, dir) })
	market, url := newMarket(t)
	timed(t, "deploy", func(t *testing.T) { s = deployStack(t, c, dir, url) })
	s.built, s.patches, s.market = dir, patches, market
	timed(t, "keys", func(t *testing.T) {
		s.operator(t, "", "keys", "init").check(t, "keys init", exitOK, `"made":["pepper","page","data"]`)
		for _, name := range []string{"ups", "17track"} { // That of TikTok Shop comes with its first shop.
			s.operator(t, stackKeys[name][0]+"\n", "keys", "set", name).check(t, "keys set", exitOK, name)
		}
		var err error
		if s.deployment, err = readStack(t.Context(), stackName); err != nil { // What was read before held no keys.
			t.Fatal(err)
		}
		s.queue = s.listenTo(t, "EVENTS_TOPIC", "events")
	})
	return s
}

// TestStack plays on a deployment what its users do, and what goes wrong.
func TestStack(t *testing.T) {
	s := newStack(t)
	defer func() {
		s.cloud.t = t
		s.explain(t)
	}()
	steps := []struct {
		name string
		do   func(*stack, *testing.T)
	}{
		{"pushes of all samples", (*stack).samples},
		{"what is refused", (*stack).refusals},
		{"a life, as on one machine", (*stack).life},
		{"mail, SMS, events", (*stack).messages},
		{"local demo", (*stack).demo},
		{"pages and the way out", (*stack).pages},
		{"a poison push", (*stack).poison},
		{"ingest killed in mid-batch", (*stack).killed},
		{"DynamoDB throttled", (*stack).throttled},
		{"the sweep by its schedule", (*stack).swept},
		{"a shop and its orders", (*stack).shop},
		{"metrics and logs", (*stack).logged},
		{"start to first poll", (*stack).starts},
	}
	for _, step := range steps {
		timed(t, step.name, func(t *testing.T) {
			s.cloud.t = t
			step.do(s, t)
		})
	}
	s.cloud.t = t
	s.compareCalls(t)
	golden(t, "emulator/patches.txt", sortedLines(t, s.patches))
}

// post posts a push as its source does.
func (s *stack) post(t *testing.T, source string, body []byte, want int) {
	t.Helper()
	if got, err := s.poster.post(t.Context(), source, body); err != nil || got != want {
		t.Fatalf("a push of %s is answered %d, %v, want %d", source, got, err, want)
	}
}

// machine is a server on this machine, by the real clock: what the stack is
// compared with.
type machine struct {
	*app
	poster poster
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	ring := keyring{texts: stackKeys}
	a, err := openApp(t.TempDir(), ring.sources(), time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(a.handler(public, operator))
	t.Cleanup(func() { server.Close(); _ = a.close() })
	return &machine{a, poster{base: server.URL, keys: ring, now: time.Now}}
}

func (m *machine) post(t *testing.T, source string, body []byte) {
	t.Helper()
	if got, err := m.poster.post(t.Context(), source, body); err != nil || got != http.StatusOK {
		t.Fatalf("one machine answers %d, %v", got, err)
	}
	if err := m.settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	m.sweep(t.Context())
}

// publicOf is what is known of a number, for comparison: flags go by the clock.
func publicOf(t *testing.T, r store.Shipments, number string) string {
	t.Helper()
	rec, err := r.Get(t.Context(), number)
	if errors.Is(err, store.ErrNotFound) {
		return "nothing"
	}
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(rec.Public(), json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// same waits until the stack knows of numbers what one machine does.
func (s *stack) same(t *testing.T, m *machine, numbers []string) {
	t.Helper()
	there := s.shipments(t)
	for _, number := range numbers {
		want := publicOf(t, m.shipments, number)
		got := ""
		eventually(t, func() string { return fmt.Sprintf("%s on the stack is as on one machine\n%s\n%s", number, got, want) }, func() bool {
			got = publicOf(t, there, number)
			return got == want
		})
	}
}

// samples posts each sample push, twice.
func (s *stack) samples(t *testing.T) {
	m := newMachine(t)
	n := 0
	for _, source := range []string{"ups", "17track"} {
		files, err := filepath.Glob("../../events/" + source + "/push-*.json")
		if err != nil || len(files) < 20 {
			t.Fatalf("%d samples of %s, %v", len(files), source, err)
		}
		for _, file := range files {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s.post(t, source, body, http.StatusOK)
			s.post(t, source, body, http.StatusOK)
			m.post(t, source, body)
			n++
		}
	}
	numbers, _, err := m.shipments.Day(t.Context(), time.Now().UTC().Format(time.DateOnly), "", 1000)
	if err != nil || len(numbers) < 40 {
		t.Fatalf("%d numbers, %v", len(numbers), err)
	}
	s.same(t, m, numbers)
	t.Logf("%d samples, each twice: %d shipments as on one machine", n, len(numbers))
}

// refusals is what is not for us, or not from whom it says.
func (s *stack) refusals(t *testing.T) {
	body := []byte(`{"trackingNumber":"1Z999AA10000000001"}`)
	forger := s.poster
	forger.keys = keyring{texts: map[string][]string{"ups": {"another-key"}, "17track": {"another-key"}}}
	for _, source := range []string{"ups", "17track"} {
		if got, err := forger.post(t.Context(), source, body); err != nil || got != http.StatusUnauthorized {
			t.Errorf("a forged push of %s is answered %d, %v, want 401", source, got, err)
		}
	}
	tests := []struct {
		name, method, path, contentType string
		want                            int
	}{
		{"a source that there is not", http.MethodPost, "/webhooks/nobody", "application/json", 404},
		{"TikTok Shop, which has no key yet", http.MethodPost, "/webhooks/tiktokshop", "application/json", 404},
		{"another method", http.MethodPut, "/webhooks/ups", "application/json", 405},
		{"another content type", http.MethodPost, "/webhooks/ups", "text/plain", 415},
		{"a sign-up, which comes later", http.MethodPost, "/subscriptions", "application/x-www-form-urlencoded", 404},
		{"a link of nobody", http.MethodGet, "/subscriptions/" + strings.Repeat("0", 32) + "/" + strings.Repeat("A", 22), "", 404},
		{"a number of nobody", http.MethodGet, "/t/1Z999AA10000000001", "", 404},
		{"a number that nobody registered", http.MethodGet, "/t/1Z999AA10555000421", "", 404},
		{"the console", http.MethodGet, "/", "", 404},
		{"the list of shipments", http.MethodGet, "/shipments", "", 404},
		{"the quarantine", http.MethodGet, "/quarantine", "", 404},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, _ := s.request(t, tt.method, tt.path, tt.contentType, ""); got != tt.want {
				t.Errorf("answered %d, want %d", got, tt.want)
			}
		})
	}
}

// request is one of anybody, to the API.
func (s *stack) request(t *testing.T, method, path, contentType, body string) (status int, answer string) {
	t.Helper()
	status, _ = answered(func() (int, error) {
		status, answer = s.requestOnce(t, method, path, contentType, body)
		return status, nil
	})
	return status, answer
}

func (s *stack) requestOnce(t *testing.T, method, path, contentType, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.api+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(answer)
}

// began is when the test did: parcels are told apart by minutes before it.
var began = sync.OnceValue(time.Now)

// recentLife is the day on which a parcel was born that was delivered just now,
// n minutes apart from others of the test.
func recentLife(n int) time.Time {
	return began().UTC().Add(-demoLasts - 5*time.Minute - time.Duration(n)*time.Minute).Truncate(time.Minute)
}

// The people who hear of the parcels of the test.
var stackRecipients = [][]string{{"-email", "one@example.com"}, {"-email", "two@example.com"}, {"-sms", "+12025550123"}}

func (s *stack) subscribe(t *testing.T, number string) {
	t.Helper()
	for _, who := range stackRecipients {
		s.operator(t, "", "subscribe", number, who[0], who[1]).check(t, "subscribe", exitOK, number)
	}
}

// toldOf are the kinds that each recipient was told, in their order.
func toldOf(v whyView) map[string]string {
	out := map[string]string{}
	for _, th := range v.Threads {
		out[th.Recipient] = kinds(th.Told)
	}
	return out
}

// life plays the life of a parcel at the real time, and after each push compares
// what is known and what was told with one machine, which does the same.
func (s *stack) life(t *testing.T) {
	m := newMachine(t)
	day := recentLife(0)
	number := numberOf(day)
	s.subscribe(t, number)
	for _, who := range stackRecipients {
		channel := contact.Channel(strings.TrimPrefix(who[0], "-"))
		if _, err := m.subscriber.ByOperator(t.Context(), number, channel, who[1]); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range demoPushes {
		body, err := p.body(number, day)
		if err != nil {
			t.Fatal(err)
		}
		s.post(t, p.source, body, http.StatusOK)
		m.post(t, p.source, body)
		s.same(t, m, []string{number})
		want, err := m.why(t.Context(), number)
		if err != nil {
			t.Fatal(err)
		}
		told := toldOf(want)
		var got map[string]string
		eventually(t, func() string { return fmt.Sprintf("after %q the stack told %v, as one machine %v", p.scan, got, told) }, func() bool {
			got = toldOf(s.why(t, number))
			return maps.Equal(got, told)
		})
	}
	// What is still worth telling of a life that was over when it was first heard
	// of: that it is late (by how much goes by the hour of this test), the attempt
	// of yesterday evening, the delivery. All else is older than a day.
	got := toldOf(s.why(t, number))
	for who, told := range got {
		if want := map[bool]string{true: "", false: "attempt_failed delivered"}[who == "seller"]; !strings.HasSuffix(told, want) || strings.Trim(strings.ReplaceAll(strings.TrimSuffix(told, want), "delayed", ""), " ") != "" {
			t.Errorf("%s was told %q, want %q after what is late", who, told, want)
		}
	}
	for _, who := range slices.Sorted(maps.Keys(got)) {
		t.Logf("%s was told: %s", who, got[who])
	}
	s.lived = number
}
