package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/store"
)

const (
	killParcels = 250
	killScans   = 40 // a parcel; its shipment keeps them all
	killClients = 64
	killAfter   = 4000 // answers
)

// TestKill kills the server with signal 9 while 10,000 signed pushes come in for
// parcels that three people each watch. It is started again, the senders repeat
// what was not answered, and nothing that was answered is lost.
func TestKill(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "local")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	data := filepath.Join(t.TempDir(), "data")
	pushes := killPushes(t)
	srv := startServer(t, binary, data)
	watch(t, srv.base)

	answered := make([]atomic.Bool, len(pushes))
	var answers atomic.Int64
	load(srv.base, pushes, answered, func() {
		if answers.Add(1) == killAfter {
			_ = srv.cmd.Process.Signal(syscall.SIGKILL)
		}
	})
	_ = srv.cmd.Wait()
	before := int(answers.Load())
	if before < killAfter || before == len(pushes) {
		t.Fatalf("%d of %d pushes answered: the server was not killed under load", before, len(pushes))
	}
	inFlight := checkAfterKill(t, data, pushes, answered)

	srv = startServer(t, binary, data)
	load(srv.base, pushes, answered, func() {})
	if err := srv.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := srv.cmd.Wait(); err != nil {
		t.Fatalf("the second server ended: %v", err)
	}
	twice := checkTheEnd(t, data, answered, inFlight)
	t.Logf("%d of %d pushes were answered before the kill; %d messages were in flight, of which %d stand twice",
		before, len(pushes), len(inFlight), twice)
}

// killPushes are the scans of all parcels, shuffled; the last of each is its
// delivery.
func killPushes(t *testing.T) [][]byte {
	t.Helper()
	first := time.Now().UTC().Add(-10 * time.Hour).Truncate(time.Minute)
	var out [][]byte
	for p := range killParcels {
		for i := range killScans {
			s := demoScan{scanned: time.Duration(i) * 10 * time.Minute, at: louisville, kind: "I", code: "AR", description: "005", text: "Arrived at Facility"}
			switch {
			case i == 0:
				s.code, s.text = "OR", "Origin Scan"
			case i == killScans-1:
				s.kind, s.code, s.description, s.text = "D", "FS", "011", "DELIVERED"
			case i%2 == 0:
				s.code, s.text = "DP", "Departed from Facility"
			}
			body, err := s.body(killNumber(p), first)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, body)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

func killNumber(p int) string { return fmt.Sprintf("1ZE40F7103%08d", p) }

type server struct {
	cmd  *exec.Cmd
	base string
}

func startServer(t *testing.T, binary, data string) server {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, "-addr", "127.0.0.1:0", "-data", data)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	l := newLines(stderr)
	line := l.until("shiptide: ready: console ")
	if line == "" {
		t.Fatal("the server does not start")
	}
	go l.drain()
	return server{cmd, strings.TrimSuffix(strings.Fields(strings.TrimPrefix(line, "shiptide: ready: console "))[0], "/,")}
}

// watch lets the recipients hear of every parcel.
func watch(t *testing.T, base string) {
	t.Helper()
	var wg sync.WaitGroup
	for p := range killParcels {
		wg.Go(func() {
			for _, r := range recipients {
				form := url.Values{"channel": {string(r.channel)}, "address": {r.address}}
				if _, err := newClient(base).do(context.Background(), http.MethodPost, "/shipments/"+killNumber(p)+"/subscriptions", form); err != nil {
					t.Errorf("subscribe: %v", err)
				}
			}
		})
	}
	wg.Wait()
}

// load posts what was not answered yet, from many clients.
func load(base string, pushes [][]byte, answered []atomic.Bool, onAnswer func()) {
	next := make(chan int)
	var wg sync.WaitGroup
	for range killClients {
		wg.Go(func() {
			for i := range next {
				if postTo(base, pushes[i]) == http.StatusOK {
					answered[i].Store(true)
					onAnswer()
				}
			}
		})
	}
	for i := range pushes {
		if !answered[i].Load() {
			next <- i
		}
	}
	close(next)
	wg.Wait()
}

// openAfter opens a data folder when its server is gone, a minute later by the
// clock: leases of the dead have ended.
func openAfter(t *testing.T, data string) *app {
	t.Helper()
	ring, err := readKeyring("")
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Now().Add(time.Minute) }
	a, err := openApp(data, ring.sources(), now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// checkAfterKill finds every answered push in the inbox, and names the messages
// that were in flight: the threads on which somebody held the lease.
func checkAfterKill(t *testing.T, data string, pushes [][]byte, answered []atomic.Bool) map[string]bool {
	t.Helper()
	a := openAfter(t, data)
	defer func() { _ = a.close() }()
	for i, body := range pushes {
		p := store.NewPush("ups", body)
		if !answered[i].Load() {
			continue
		}
		if _, err := a.inbox.Get(t.Context(), p.Key()); err != nil {
			t.Fatalf("a push that was answered is not in the inbox: %v", err)
		}
	}
	inFlight := map[string]bool{}
	for p := range killParcels {
		threads, err := a.threads.Of(t.Context(), killNumber(p))
		if err != nil {
			t.Fatal(err)
		}
		for _, th := range threads {
			if th.Lease.Owner != "" {
				inFlight[th.Number+" "+th.Recipient] = true
			}
		}
	}
	return inFlight
}

// checkTheEnd lets everything settle and checks parcels and messages. It returns
// how many messages stand twice.
func checkTheEnd(t *testing.T, data string, answered []atomic.Bool, inFlight map[string]bool) (twice int) {
	t.Helper()
	for i := range answered {
		if !answered[i].Load() {
			t.Fatalf("push %d was not answered by the second server", i)
		}
	}
	a := openAfter(t, data)
	defer func() { _ = a.close() }()
	if err := a.settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	a.sweep(t.Context())
	for p := range killParcels {
		rec, err := a.shipments.Get(t.Context(), killNumber(p))
		if err != nil || len(rec.Events) != killScans || rec.Status != "DELIVERED" {
			t.Fatalf("parcel %d has %d events and is %s (%v), want %d, DELIVERED", p, len(rec.Events), rec.Status, err, killScans)
		}
	}
	delivered := map[string]int{}
	for day := range 3 { // The clock of openAfter may be past midnight.
		lines, err := a.outbox.Day(t.Context(), time.Now().AddDate(0, 0, 1-day))
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			thread := l.Number + " " + l.Recipient
			if l.Kind == "delivered" && l.Line == 1 {
				delivered[thread]++
			}
			if l.Line == 1 {
				continue
			}
			twice++
			if l.Line > 2 || !inFlight[thread] {
				t.Errorf("%s to %s was handed over %d times and was not in flight", l.Kind, thread, l.Line)
			}
		}
	}
	if want := killParcels * (len(recipients) + 1); len(delivered) != want {
		t.Errorf("%d recipients were told delivered, want %d", len(delivered), want)
	}
	for thread, n := range delivered {
		if n != 1 {
			t.Errorf("%s was told delivered in %d messages", thread, n)
		}
	}
	return twice
}
