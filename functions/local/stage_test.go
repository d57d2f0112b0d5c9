package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/archive"
	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/notify"
	"github.com/shiptide/shiptide/shared/sender/outbox"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/boltstore"
	"github.com/shiptide/shiptide/shared/store/storetest"
)

// firstDay is the day on which the parcels of the tests are born.
var firstDay = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// stage is a place on which processes live and die: what they stored stays.
type stage struct {
	*app
	t      testing.TB
	ground ground
	keys   ownKeys
	world  *storetest.World
	clock  time.Time
	logs   *logBuffer
}

// ground is what outlives the processes.
type ground struct {
	tables                      tables
	sound                       tables // the same, of which nothing fails
	file                        *boltstore.DB
	newPushes, changedShipments feed
	wake                        <-chan struct{}
	leave                       func()
}

// open makes an empty ground that goes by a clock.
type open func(t testing.TB, now func() time.Time) ground

type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// inTestFile is a ground in a database that does not wait for the disk: what is
// killed here is not the machine.
func inTestFile(t testing.TB, now func() time.Time) ground {
	t.Helper()
	file, err := boltstore.Open(filepath.Join(t.TempDir(), "test.db"), now, boltstore.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	var a app
	g := ground{file: file, leave: func() { _ = file.Close() }}
	if g.tables, err = a.openFile(file); err != nil {
		t.Fatal(err)
	}
	g.sound = g.tables
	g.newPushes, g.changedShipments, g.wake = a.newPushes, a.changedShipments, a.wake
	return g
}

// newStage sets a stage in a file and starts a process on it.
func newStage(t testing.TB) *stage {
	t.Helper()
	return newStageOn(t, inTestFile)
}

func newStageOn(t testing.TB, open open) *stage {
	t.Helper()
	s := &stage{
		t: t, clock: firstDay, logs: &logBuffer{},
		keys: ownKeys{Pepper: bytes.Repeat([]byte("p"), 32), Page: bytes.Repeat([]byte("l"), 32), Data: bytes.Repeat([]byte("d"), 32)},
	}
	s.ground = open(t, s.now)
	t.Cleanup(s.ground.leave)
	s.restart(storetest.NewWorld())
	return s
}

func (s *stage) now() time.Time { return s.clock }

// restart starts a new process in a world, whatever became of the last one.
func (s *stage) restart(w *storetest.World) {
	s.t.Helper()
	ring, err := readKeyring("")
	if err != nil {
		s.t.Fatal(err)
	}
	s.world = w
	s.app = newApp(ring.sources(), s.now, slog.New(slog.NewJSONHandler(s.logs, nil)))
	s.file, s.wake = s.ground.file, s.ground.wake
	s.newPushes, s.changedShipments = s.ground.newPushes, s.ground.changedShipments
	wrapped := s.ground.tables
	for _, table := range wrapped.byName() {
		*table = w.Wrap(*table).(archive.Rows)
	}
	if err := s.join(s.keys, wrapped); err != nil {
		s.t.Fatal(err)
	}
}

// onlyLook starts a process for which nothing goes wrong, to see what is there.
func (s *stage) onlyLook() {
	s.t.Helper()
	s.ground.tables = s.ground.sound
	s.restart(storetest.NewWorld())
}

// post sends a push as UPS does.
func (s *stage) post(body []byte) (status int) {
	req := httptest.NewRequest(http.MethodPost, "/webhooks/ups", bytes.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("credential", "local-ups")
	rec := httptest.NewRecorder()
	s.receiver.ServeHTTP(rec, req)
	return rec.Code
}

// mustPost posts what must be taken.
func (s *stage) mustPost(body []byte) {
	s.t.Helper()
	if status := s.post(body); status != http.StatusOK {
		s.t.Fatalf("answered %d", status)
	}
}

// rest lets the pump run until nothing is left to do, and the clock as far as
// leases of dead processes need.
func (s *stage) rest() error {
	for range 10 {
		err := s.settle(s.t.Context())
		var busy *notify.BusyError
		switch {
		case errors.As(err, &busy):
			s.clock = s.clock.Add(time.Minute)
		case err != nil || s.world.Crashed():
			return errors.Join(err, errors.New("not settled"))
		default:
			return nil
		}
	}
	return errors.New("never settles")
}

func (s *stage) mustRest() {
	s.t.Helper()
	if err := s.rest(); err != nil {
		s.t.Fatal(err)
	}
}

// recipients of the tests' parcels.
var recipients = []struct {
	channel contact.Channel
	address string
}{
	{contact.Email, "one@example.com"},
	{contact.Email, "two@example.com"},
	{contact.SMS, "+12025550123"},
}

func (s *stage) subscribe(number string) error {
	for _, r := range recipients {
		if _, err := s.subscriber.ByOperator(s.t.Context(), number, r.channel, r.address); err != nil {
			return err
		}
	}
	return nil
}

// lines returns what was handed over, by address, in its order.
func (s *stage) lines() map[string][]outbox.Line {
	s.t.Helper()
	out := map[string][]outbox.Line{}
	for day := firstDay; !day.After(s.clock.AddDate(0, 0, 1)); day = day.AddDate(0, 0, 1) {
		lines, err := s.outbox.Day(s.t.Context(), day)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, l := range lines {
			out[l.Address] = append(out[l.Address], l)
		}
	}
	for _, lines := range out {
		slices.SortFunc(lines, func(a, b outbox.Line) int { return a.At.Compare(b.At) })
	}
	return out
}

// told returns what each recipient of a number was told, in its order.
func (s *stage) told(number string) map[string][]notice.Told {
	s.t.Helper()
	threads, err := s.threads.Of(s.t.Context(), number)
	if err != nil {
		s.t.Fatal(err)
	}
	out := map[string][]notice.Told{}
	for _, t := range threads {
		to, err := s.notifier.Recipient(s.t.Context(), t.Recipient)
		if err != nil {
			s.t.Fatal(err)
		}
		out[contact.Mask(to)] = t.Told
	}
	return out
}

// kinds are the kinds of what was told, in a line.
func kinds(told []notice.Told) string {
	var out []string
	for _, t := range told {
		out = append(out, string(t.Kind))
	}
	return strings.Join(out, " ")
}

// rows counts the rows of a table.
func rows(t testing.TB, table store.Scanner) int {
	t.Helper()
	n := 0
	for after := ""; ; {
		page, err := table.Scan(context.Background(), after)
		if err != nil {
			t.Fatal(err)
		}
		n += len(page.Items)
		if after = page.Next; after == "" {
			return n
		}
	}
}

// life are the distinct pushes of the demo's parcel, in the order of its scans.
func life(t testing.TB) [][]byte {
	t.Helper()
	scans := slices.Clone(demoLife)
	slices.SortStableFunc(scans, func(a, b demoScan) int { return int(a.scanned - b.scanned) })
	var out [][]byte
	for _, s := range scans {
		body, err := s.body(demoNumber, firstDay)
		if err != nil {
			t.Fatal(err)
		}
		if len(out) == 0 || !bytes.Equal(out[len(out)-1], body) {
			out = append(out, body)
		}
	}
	return out
}
