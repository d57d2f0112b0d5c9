package receive_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/receive"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/source/ups"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/webhook"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// memory is an inbox that remembers what was put, or cannot.
type memory struct {
	mu     sync.Mutex
	pushes []store.Push
	err    error
}

func (m *memory) Put(_ context.Context, p *store.Push, _ time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return false, m.err
	}
	m.pushes = append(m.pushes, *p)
	return true, nil
}

const push = `{"trackingNumber":"1ZE40F710345678121","localActivityDate":"20260302","localActivityTime":"101500",` +
	`"activityLocation":{"city":"Reno","stateProvince":"NV","postalCode":"","country":"US"},` +
	`"activityStatus":{"type":"I","code":"OR","description":"Origin Scan","descriptionCode":"005"},` +
	`"gmtActivityDate":"20260302","gmtActivityTime":"181500","gmtOffset":"-08.00","receivedBy":"DOE"}`

func upsWith(t testing.TB, keys ...string) source.Source {
	t.Helper()
	k, err := webhook.ParseKeys(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return ups.New(source.Fixed(k))
}

func request(method, path, contentType, credential, body string) *http.Request {
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if credential != "" {
		req.Header.Set("credential", credential)
	}
	return req
}

func TestAnswers(t *testing.T) {
	const path, kind, key = "/webhooks/ups", "application/json", "k1"
	tests := []struct {
		name   string
		req    *http.Request
		status int
		kept   int
	}{
		{"a genuine push is kept", request("POST", path, kind, key, push), 200, 1},
		{"so is one under the second key", request("POST", path, kind, "k2", push), 200, 1},
		{"a charset changes nothing", request("POST", path, kind+"; charset=utf-8", key, push), 200, 1},
		{"unsigned", request("POST", path, kind, "", push), 401, 0},
		{"signed with another key", request("POST", path, kind, "k3", push), 401, 0},
		{"unknown source", request("POST", "/webhooks/nobody", kind, key, push), 404, 0},
		{"no source", request("POST", "/webhooks/", kind, key, push), 404, 0},
		{"wrong token in the path", request("POST", path+"/0123456789012345678901", kind, "", push), 401, 0},
		{"wrong method", request("GET", path, kind, key, push), 405, 0},
		{"another wrong method", request("PUT", path, kind, key, push), 405, 0},
		{"wrong type", request("POST", path, "text/plain", key, push), 415, 0},
		{"no type", request("POST", path, "", key, push), 415, 0},
		{"larger than images need", request("POST", path, kind, key, strings.Repeat(" ", 5<<20+1)), 413, 0},
		{"large and unsigned", request("POST", path, kind, "", strings.Repeat(" ", 5<<20+1)), 413, 0},
		{"empty, but genuine", request("POST", path, kind, key, ""), 200, 1},
		{"no JSON, but genuine", request("POST", path, kind, key, "{"), 200, 1},
		{"not UTF-8, but genuine", request("POST", path, kind, key, "{\"trackingNumber\":\"\xff\"}"), 200, 1},
		{"duplicate members, but genuine", request("POST", path, kind, key, `{"a":1,"a":2}`), 200, 1},
		{"10,000 levels deep, but genuine", request("POST", path, kind, key, strings.Repeat("[", 10_000)), 200, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inbox := &memory{}
			r := receive.New([]source.Source{upsWith(t, "k1", "k2")}, inbox, clock, slog.New(slog.DiscardHandler))
			rec := httptest.NewRecorder()
			r.ServeHTTP(rec, tt.req)
			if rec.Code != tt.status || len(inbox.pushes) != tt.kept || rec.Body.Len() > 0 {
				t.Errorf("answered %d %q and kept %d, want %d, no body, %d kept", rec.Code, rec.Body, len(inbox.pushes), tt.status, tt.kept)
			}
		})
	}
}

func clock() time.Time { return noon }

func TestSourceWithoutKeyIsNotThere(t *testing.T) {
	inbox := &memory{}
	r := receive.New([]source.Source{upsWith(t)}, inbox, clock, slog.New(slog.DiscardHandler))
	rec := httptest.NewRecorder()
	r.ServeHTTP(rec, request("POST", "/webhooks/ups", "application/json", "", push))
	if rec.Code != 404 || len(inbox.pushes) > 0 {
		t.Errorf("answered %d and kept %d, want 404 and none", rec.Code, len(inbox.pushes))
	}
}

func TestPersonalMembersAreCutBeforeTheStore(t *testing.T) {
	inbox := &memory{}
	r := receive.New([]source.Source{upsWith(t, "k1")}, inbox, clock, slog.New(slog.DiscardHandler))
	r.ServeHTTP(httptest.NewRecorder(), request("POST", "/webhooks/ups", "application/json", "k1", push))
	p := inbox.pushes[0]
	if bytes.Contains(p.Body, []byte("DOE")) || !bytes.Contains(p.Body, []byte("Origin Scan")) || p.Whole {
		t.Errorf("kept %s (whole: %v), want all but the name", p.Body, p.Whole)
	}
	if want := store.NewPush("ups", []byte(push)); p.Key() != want.Key() {
		t.Errorf("row %s, want %s: the hash is of the body as received", p.Key(), want.Key())
	}
	if p.KeyID == "" || !p.VerifiedAt.Equal(noon) {
		t.Errorf("verified by %q at %s, want the key's id and the time of arrival", p.KeyID, p.VerifiedAt)
	}
}

func TestWhatIsNoJSONIsKeptWhole(t *testing.T) {
	inbox := &memory{}
	r := receive.New([]source.Source{upsWith(t, "k1")}, inbox, clock, slog.New(slog.DiscardHandler))
	r.ServeHTTP(httptest.NewRecorder(), request("POST", "/webhooks/ups", "application/json", "k1", "<xml/>"))
	if p := inbox.pushes[0]; string(p.Body) != "<xml/>" || !p.Whole {
		t.Errorf("kept %q (whole: %v), want it as it came", p.Body, p.Whole)
	}
}

func TestOurFaultMakesTheSenderComeAgain(t *testing.T) {
	keysDown := ups.New(func(context.Context) (webhook.Keys, error) {
		return webhook.Keys{}, errors.New("parameter store is down")
	})
	tests := []struct {
		name   string
		source source.Source
		inbox  *memory
		status int
	}{
		{"store down", upsWith(t, "k1"), &memory{err: errors.New("throttled")}, 503},
		{"keys cannot be loaded", keysDown, &memory{}, 503},
		{"too large even when cut", upsWith(t, "k1"), &memory{err: store.ErrTooLarge}, 413},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := receive.New([]source.Source{tt.source}, tt.inbox, clock, slog.New(slog.DiscardHandler))
			rec := httptest.NewRecorder()
			r.ServeHTTP(rec, request("POST", "/webhooks/ups", "application/json", "k1", push))
			if rec.Code != tt.status {
				t.Errorf("answered %d, want %d", rec.Code, tt.status)
			}
			if again := rec.Header().Get("Retry-After"); (again != "") != (tt.status == 503) {
				t.Errorf("Retry-After %q beside %d", again, rec.Code)
			}
		})
	}
}

// brokenBody ends before what its length says.
type brokenBody struct{}

func (brokenBody) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
func (brokenBody) Close() error             { return nil }

func TestHalfABodyIsNotKept(t *testing.T) {
	inbox := &memory{}
	r := receive.New([]source.Source{upsWith(t, "k1")}, inbox, clock, slog.New(slog.DiscardHandler))
	req := request("POST", "/webhooks/ups", "application/json", "k1", "")
	req.Body, req.ContentLength = brokenBody{}, 100
	rec := httptest.NewRecorder()
	r.ServeHTTP(rec, req)
	if rec.Code != 503 || len(inbox.pushes) > 0 {
		t.Errorf("answered %d and kept %d, want 503 and none", rec.Code, len(inbox.pushes))
	}
}

// waiting is a body that comes when it is let.
type waiting struct{ let chan struct{} }

func (w waiting) Read([]byte) (int, error) { <-w.let; return 0, io.EOF }
func (waiting) Close() error               { return nil }

// TestBodiesInFlightAreBounded lets many large bodies come slowly: those for
// which there is no memory are sent away until there is.
func TestBodiesInFlightAreBounded(t *testing.T) {
	r := receive.New([]source.Source{upsWith(t, "k1")}, &memory{}, clock, slog.New(slog.DiscardHandler))
	let := make(chan struct{})
	var wg sync.WaitGroup
	var kept, away atomic.Int64
	for range 50 {
		wg.Go(func() {
			req := request("POST", "/webhooks/ups", "application/json", "k1", "")
			req.Body, req.ContentLength = waiting{let}, -1
			rec := httptest.NewRecorder()
			r.ServeHTTP(rec, req)
			switch rec.Code {
			case http.StatusOK:
				kept.Add(1)
			case http.StatusServiceUnavailable:
				if away.Add(1) == 50-12 { // 12 of 5 MiB fit into 64.
					close(let)
				}
			}
		})
	}
	wg.Wait()
	if kept.Load() != 12 || away.Load() != 38 {
		t.Errorf("%d kept, %d sent away, want 12 and 38", kept.Load(), away.Load())
	}
	rec := httptest.NewRecorder()
	r.ServeHTTP(rec, request("POST", "/webhooks/ups", "application/json", "k1", push))
	if rec.Code != http.StatusOK {
		t.Errorf("answered %d when there is room again", rec.Code)
	}
}

// TestTheTokenEndpointIsNoPush fetches a token: that must not hide that every
// push is refused.
func TestTheTokenEndpointIsNoPush(t *testing.T) {
	r := receive.New([]source.Source{upsWith(t, "basic:client:secret")}, &memory{}, clock, slog.New(slog.DiscardHandler))
	req := request("POST", "/webhooks/ups/token", "application/x-www-form-urlencoded", "", "grant_type=client_credentials")
	req.SetBasicAuth("client", "secret")
	rec := httptest.NewRecorder()
	r.ServeHTTP(rec, req)
	if rec.Code != http.StatusOK {
		t.Fatalf("no token: %d", rec.Code)
	}
	for range 5 {
		req := request("POST", "/webhooks/ups", "application/json", "", push)
		req.Header.Set("Authorization", "Bearer wrong")
		req.Header.Set("X-Api-Key", "client")
		r.ServeHTTP(httptest.NewRecorder(), req)
	}
	if s := r.Stats().Sources(noon); len(s) != 1 || s[0].Kept != 0 || !s[0].KeyWrong {
		t.Errorf("counted %+v, want nothing kept and the key wrong", s)
	}
}

func TestStatsSeeAWrongKey(t *testing.T) {
	now := noon
	r := receive.New([]source.Source{upsWith(t, "k1")}, &memory{}, func() time.Time { return now }, slog.New(slog.DiscardHandler))
	post := func(credential string) {
		r.ServeHTTP(httptest.NewRecorder(), request("POST", "/webhooks/ups", "application/json", credential, push))
	}
	wrong := func() bool { return r.Stats().Sources(now)[0].KeyWrong }
	for i := range 5 {
		if i > 0 && wrong() {
			t.Fatalf("alarm after %d refusals, want it after five", i)
		}
		post("other")
	}
	if !wrong() {
		t.Error("no alarm after five refusals and nothing kept")
	}
	post("k1")
	if wrong() {
		t.Error("alarm although a push was kept")
	}
	now = now.Add(25 * time.Hour)
	if wrong() {
		t.Error("alarm for refusals of yesterday")
	}
	if s := r.Stats().Sources(now)[0]; s.Kept != 1 || s.Refused["bad_signature"] != 5 {
		t.Errorf("counted %+v, want 1 kept and 5 refused", s)
	}
}

func TestLogSaysNothingOfWhatWasSent(t *testing.T) {
	const canary = "canary-7f3a"
	var log bytes.Buffer
	inbox := &memory{}
	r := receive.New([]source.Source{upsWith(t, "k1")}, inbox, clock, slog.New(slog.NewJSONHandler(&log, nil)))
	for _, req := range []*http.Request{
		request("POST", "/webhooks/"+canary, "application/json", "k1", push),
		request("POST", "/webhooks/ups/"+canary+canary+canary, "application/json", "", push),
		request("POST", "/webhooks/ups", "application/json", canary, push),
		request("POST", "/webhooks/ups", canary, "k1", push),
		request("POST", "/webhooks/ups", "application/json", "wrong", strings.ReplaceAll(push, "Origin", canary)),
		request("POST", "/webhooks/ups?"+canary, "application/json", "wrong", push),
		request("POST", "/webhooks/ups/token", "application/json", canary, canary),
	} {
		r.ServeHTTP(httptest.NewRecorder(), req)
	}
	if strings.Contains(log.String(), canary) {
		t.Errorf("the log repeats what was sent:\n%s", log.String())
	}
	if log.Len() == 0 {
		t.Error("refusals were not logged")
	}
}

func BenchmarkReceive(b *testing.B) {
	s := upsWith(b, "k1")
	r := receive.New([]source.Source{s}, forgetful{}, clock, slog.New(slog.DiscardHandler))
	body := strings.Replace(push, "Origin Scan", strings.Repeat("Origin Scan ", 380), 1)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		r.ServeHTTP(httptest.NewRecorder(), request("POST", "/webhooks/ups", "application/json", "k1", body))
	}
}

// forgetful keeps nothing, at no cost.
type forgetful struct{}

func (forgetful) Put(context.Context, *store.Push, time.Time) (bool, error) { return true, nil }
