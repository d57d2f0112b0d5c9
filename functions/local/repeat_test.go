package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/store/storetest"
)

// TestRepeats posts one push 1,000 times from 50 clients at once to a server
// whose pump runs.
func TestRepeats(t *testing.T) {
	s := newStage(t)
	s.clock = repeatedAt()
	if err := s.subscribe(demoNumber); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.run(ctx, ln) }()
	repeat(t, 1000, "http://"+ln.Addr().String())
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	s.mustRest()
	s.checkRepeated()
}

// repeatedAt is when the push comes that is repeated.
func repeatedAt() time.Time { return firstDay.Add(at(5, 18, 0)) }

// repeat posts one push n times from 50 clients at once, to servers in turn.
func repeat(t *testing.T, n int, servers ...string) {
	t.Helper()
	const clients = 50
	body, err := demoLife[demoIndex("delivered")].body(demoNumber, firstDay)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for i := c; i < n; i += clients {
				if status := postTo(servers[i%len(servers)], body); status != http.StatusOK {
					t.Errorf("answered %d", status)
				}
			}
		})
	}
	wg.Wait()
}

// checkRepeated checks that the push did once what it does.
func (s *stage) checkRepeated() {
	s.t.Helper()
	if n := rows(s.t, s.ground.sound.inbox); n != 1 {
		s.t.Errorf("%d rows in the inbox, want one", n)
	}
	rec, err := s.shipments.Get(s.t.Context(), demoNumber)
	if err != nil || len(rec.Events) != 1 {
		s.t.Errorf("%d events (%v), want one", len(rec.Events), err)
	}
	lines := s.lines()
	if len(lines) != len(recipients)+1 {
		s.t.Errorf("%d recipients were told, want %d and the events topic", len(lines), len(recipients))
	}
	for who, what := range lines {
		if len(what) != 1 || what[0].Kind != "delivered" {
			s.t.Errorf("%s was handed %d messages, want delivered once", who, len(what))
		}
	}
}

// postTo sends a push as UPS does; 0: there was no answer.
func postTo(base string, body []byte) (status int) {
	req, err := http.NewRequest(http.MethodPost, base+"/webhooks/ups", bytes.NewReader(body)) //nolint:noctx // The client has a timeout.
	if err != nil {
		return 0
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("credential", "local-ups")
	res, err := loadClient.Do(req)
	if err != nil {
		return 0
	}
	_, err = io.Copy(io.Discard, res.Body)
	if err != nil || res.Body.Close() != nil {
		return 0
	}
	return res.StatusCode
}

// loadClient keeps its connections.
var loadClient = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}

// TestForgedWritesNothing counts store calls of deliveries that are not genuine.
func TestForgedWritesNothing(t *testing.T) {
	s := newStage(t)
	s.mustPost([]byte(`{"trackingNumber":"` + demoNumber + `"}`))
	s.mustRest()
	s.restart(storetest.NewWorld())
	h := s.handler(public, operator)
	for name, req := range forged() {
		t.Run(name, func(t *testing.T) {
			rec := &answer{header: http.Header{}}
			h.ServeHTTP(rec, req)
			if rec.status == http.StatusOK {
				t.Error("answered 200")
			}
			if calls := s.world.Calls(); calls > 0 {
				t.Errorf("%d store calls, want none", calls)
			}
		})
	}
}

// answer keeps what a handler answers.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) { a.status = status }

func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.body.Write(p)
}
