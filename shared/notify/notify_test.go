package notify_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/notify"
	"github.com/shiptide/shiptide/shared/sender"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/boltstore"
	"github.com/shiptide/shiptide/shared/store/storetest"
	"github.com/shiptide/shiptide/shared/subscribe"
)

const (
	number  = "1ZE40F710345678121"
	address = "one@example.com"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// scripted is a sender that does as it is told, message by message; after the
// script it takes all.
type scripted struct {
	mu     sync.Mutex
	script []func() error
	sent   []sender.Message
}

func (s *scripted) Send(_ context.Context, _ contact.Contact, m sender.Message) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.script) > 0 {
		step := s.script[0]
		s.script = s.script[1:]
		if err := step(); err != nil {
			return "", err
		}
	}
	s.sent = append(s.sent, m)
	return "provider-1", nil
}

func (s *scripted) kinds() string {
	var out []string
	for _, m := range s.sent {
		out = append(out, m.Kind)
	}
	return strings.Join(out, " ")
}

func fail(err error) func() error { return func() error { return err } }

// desk is a Notifier with one customer on one parcel.
type desk struct {
	*notify.Notifier
	sender *scripted
	clock  time.Time
	logs   bytes.Buffer
	to     contact.Contact
}

func newDesk(t *testing.T, script ...func() error) *desk {
	t.Helper()
	d := &desk{clock: noon.Add(-3 * time.Hour), sender: &scripted{script: script}}
	now := func() time.Time { return d.clock }
	db, err := boltstore.Open(filepath.Join(t.TempDir(), "test.db"), now, boltstore.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	shipments, err := db.Table("shipments", nil)
	if err != nil {
		t.Fatal(err)
	}
	ledger, err := db.Table("ledger", nil)
	if err != nil {
		t.Fatal(err)
	}
	vault, err := contact.NewVault(bytes.Repeat([]byte("p"), 32), bytes.Repeat([]byte("d"), 32))
	if err != nil {
		t.Fatal(err)
	}
	d.Notifier = &notify.Notifier{
		Shipments: store.Shipments{Table: shipments, Now: now}, Threads: store.Threads{Table: ledger},
		Contacts: store.Contacts{Table: ledger, Vault: vault}, Sender: d.sender, Owner: "test", Now: now,
		Log: slog.New(slog.NewJSONHandler(&d.logs, nil)),
	}
	s := subscribe.Subscriber{Shipments: d.Shipments, Threads: d.Threads, Contacts: d.Contacts, Vault: vault, Now: now}
	if d.to, err = s.ByOperator(t.Context(), number, contact.Email, address); err != nil {
		t.Fatal(err)
	}
	d.clock = noon
	return d
}

// scan adds a scan of the carrier at a time.
func (d *desk) scan(t *testing.T, status shipment.Status, sub shipment.SubStatus, at time.Time) {
	t.Helper()
	_, err := d.Shipments.Update(t.Context(), number, "test", func(set *shipment.Set) error {
		set.Add(shipment.Origin{Source: "ups", Kind: shipment.Carrier}, &shipment.Update{Number: number, Carrier: "ups", AsOf: at, Events: []shipment.Event{{
			Code: shipment.Code{Status: status, SubStatus: sub}, RawCode: string(sub), OccurredAt: at,
			LocalTime: at.Format(shipment.LocalLayout), Zone: shipment.Reported, Precision: shipment.Second,
		}}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (d *desk) notify(t *testing.T) {
	t.Helper()
	if err := d.Notify(t.Context(), number); err != nil {
		t.Fatal(err)
	}
}

func (d *desk) thread(t *testing.T) store.ThreadRow {
	t.Helper()
	row, err := d.Threads.Get(t.Context(), number, d.to.ID)
	if err != nil {
		t.Fatal(err)
	}
	return row
}

func (d *desk) wantSent(t *testing.T, want string) {
	t.Helper()
	if got := d.sender.kinds(); got != want {
		t.Errorf("sent %q, want %q", got, want)
	}
}

func TestToldOnce(t *testing.T) {
	d := newDesk(t)
	d.scan(t, shipment.InTransit, shipment.Accepted, noon.Add(-time.Hour))
	d.notify(t)
	d.notify(t)
	d.wantSent(t, "on_its_way")
	row := d.thread(t)
	if len(row.Told) != 1 || row.Told[0].MessageID != d.sender.sent[0].ID || row.Told[0].ProviderID != "provider-1" || !row.Told[0].At.Equal(noon) {
		t.Errorf("told %+v", row.Told)
	}
	if row.Lease.Owner != "" || !row.Due.IsZero() {
		t.Errorf("lease %+v, due %s after the message went", row.Lease, row.Due)
	}
}

func TestNobodyHearsOfANumberThatNobodyRegistered(t *testing.T) {
	d := newDesk(t)
	const other = "1ZE40F710345678130"
	_, err := d.Shipments.Update(t.Context(), other, "test", func(set *shipment.Set) error {
		set.Add(shipment.Origin{Source: "ups", Kind: shipment.Carrier}, &shipment.Update{Events: []shipment.Event{{
			Code: shipment.Code{Status: shipment.Delivered, SubStatus: shipment.Generic}, OccurredAt: noon, LocalTime: "2026-03-02T12:00:00", Zone: shipment.Reported, Precision: shipment.Second,
		}}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	d.Standing = []notify.Standing{{Contact: contact.Contact{ID: "s", Channel: contact.Topic, State: contact.Confirmed}, Audience: notice.Seller}}
	if err := d.Notify(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	if err := d.Notify(t.Context(), "1ZUNKNOWN000000000"); err != nil {
		t.Errorf("a number that is not known: %v", err)
	}
	d.wantSent(t, "")
}

func TestWhatCannotGoComesBack(t *testing.T) {
	tests := []struct {
		name string
		err  error
		due  time.Duration // from noon
	}{
		{"the provider sets a pace", &sender.PaceError{Until: noon.Add(7 * time.Minute)}, 7 * time.Minute},
		{"the provider is down", errors.New("connection refused"), 5 * time.Minute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t, fail(tt.err))
			d.scan(t, shipment.InTransit, shipment.Accepted, noon.Add(-time.Hour))
			d.notify(t)
			d.wantSent(t, "")
			if row := d.thread(t); !row.Due.Equal(noon.Add(tt.due)) || row.Lease.Owner != "" {
				t.Errorf("due %s, lease %+v; want due %s later and no lease", row.Due, row.Lease, tt.due)
			}
			d.clock = noon.Add(tt.due)
			if err := d.Redrive(t.Context()); err != nil {
				t.Fatal(err)
			}
			d.wantSent(t, "on_its_way")
		})
	}
}

func TestWhatIsNoLongerTrueIsNotSaid(t *testing.T) {
	d := newDesk(t, fail(errors.New("connection refused")))
	d.scan(t, shipment.OutForDelivery, shipment.OnVehicle, noon.Add(-time.Hour))
	d.notify(t)
	d.scan(t, shipment.Delivered, shipment.Generic, noon.Add(time.Minute))
	d.clock = noon.Add(10 * time.Minute)
	if err := d.Redrive(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.wantSent(t, "delivered")
}

func TestRefusedEndsTheThread(t *testing.T) {
	d := newDesk(t, fail(sender.ErrRefused))
	d.scan(t, shipment.InTransit, shipment.Accepted, noon.Add(-time.Hour))
	d.notify(t)
	d.scan(t, shipment.Delivered, shipment.Generic, noon)
	d.notify(t)
	d.wantSent(t, "")
	if row := d.thread(t); row.Ended != "undeliverable" || !row.Due.IsZero() {
		t.Errorf("ended %q, due %s; want undeliverable and never", row.Ended, row.Due)
	}
	if strings.Contains(d.logs.String(), address) {
		t.Errorf("the log holds the address: %s", d.logs.String())
	}
}

func TestContactsThatMayNotBeWrittenTo(t *testing.T) {
	tests := []struct {
		state contact.State
		ended string
		due   bool
	}{
		{contact.Pending, "", true},
		{contact.Ended, "ended", false},
		{contact.Undeliverable, "undeliverable", false},
	}
	for _, tt := range tests {
		t.Run(string(tt.state), func(t *testing.T) {
			d := newDesk(t)
			if err := d.Contacts.SetState(t.Context(), d.to.ID, tt.state); err != nil {
				t.Fatal(err)
			}
			d.scan(t, shipment.InTransit, shipment.Accepted, noon.Add(-time.Hour))
			d.notify(t)
			d.wantSent(t, "")
			if row := d.thread(t); row.Ended != tt.ended || row.Due.IsZero() == tt.due {
				t.Errorf("ended %q, due %s", row.Ended, row.Due)
			}
		})
	}
}

func TestSomebodyElseSpeaks(t *testing.T) {
	d := newDesk(t)
	d.scan(t, shipment.InTransit, shipment.Accepted, noon.Add(-time.Hour))
	row := d.thread(t)
	row.Lease = notice.Lease{Owner: "another", Until: noon.Add(30 * time.Second)}
	if err := d.Threads.Save(t.Context(), &row); err != nil {
		t.Fatal(err)
	}
	var busy *notify.BusyError
	if err := d.Notify(t.Context(), number); !errors.As(err, &busy) || !busy.Until.Equal(noon.Add(30*time.Second)) {
		t.Errorf("error %v, want busy for half a minute", err)
	}
	d.wantSent(t, "")
	d.clock = noon.Add(31 * time.Second) // It died.
	d.notify(t)
	d.wantSent(t, "on_its_way")
}

// TestFreshUnderTheLease changes the parcel while a message is on its way: what
// comes next is decided from what is then.
func TestFreshUnderTheLease(t *testing.T) {
	d := newDesk(t)
	d.scan(t, shipment.OutForDelivery, shipment.OnVehicle, noon.Add(-time.Hour))
	d.sender.script = []func() error{func() error {
		d.scan(t, shipment.Delivered, shipment.Generic, noon)
		return nil
	}}
	d.notify(t)
	d.wantSent(t, "out_for_delivery delivered")
}

// TestTwoAtOnce lets many notify at once: one speaks, the others are told so or
// find it told.
func TestTwoAtOnce(t *testing.T) {
	d := newDesk(t)
	d.scan(t, shipment.InTransit, shipment.Accepted, noon.Add(-time.Hour))
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			var busy *notify.BusyError
			if err := d.Notify(t.Context(), number); err != nil && !errors.As(err, &busy) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	d.notify(t)
	d.wantSent(t, "on_its_way")
}

func TestUnsubscribedMeanwhile(t *testing.T) {
	d := newDesk(t)
	d.scan(t, shipment.InTransit, shipment.Accepted, noon.Add(-time.Hour))
	d.sender.script = []func() error{func() error { // Another writes the thread while the message is sent.
		row := d.thread(t)
		row.Ended = "unsubscribed"
		return d.Threads.Save(t.Context(), &row)
	}}
	d.notify(t)
	d.wantSent(t, "on_its_way")
	row := d.thread(t)
	if len(row.Told) != 1 || row.Ended != "unsubscribed" {
		t.Errorf("told %+v, ended %q; want both kept", row.Told, row.Ended)
	}
}

// TestLostStreamRecord never calls Notify: what is due by its time is found.
func TestLostStreamRecord(t *testing.T) {
	d := newDesk(t)
	d.scan(t, shipment.InTransit, shipment.Accepted, noon.Add(-time.Hour))
	d.clock = noon.Add(time.Hour)
	if err := d.Redrive(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.wantSent(t, "on_its_way")
	rec, err := d.Shipments.Get(t.Context(), number)
	// It is looked at again when it would be stalled: 7 days after the scan.
	if want := noon.Add(-time.Hour).AddDate(0, 0, 7); err != nil || !rec.Due.Equal(want) {
		t.Errorf("due %s (%v), want %s", rec.Due, err, want)
	}
}

// TestEndedWhileItSends ends the process in the middle of a hand-over: it is
// noted all the same.
func TestEndedWhileItSends(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	d := newDesk(t, func() error { end(); return nil })
	d.scan(t, shipment.InTransit, shipment.Accepted, noon.Add(-time.Hour))
	if err := d.Notify(ctx, number); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	d.notify(t)
	d.wantSent(t, "on_its_way")
}

// TestASweepThatFailsForgetsNobody lets a read of the sweep fail when a message
// waits: it is still due afterwards.
func TestASweepThatFailsForgetsNobody(t *testing.T) {
	for call := 1; call <= 40; call++ {
		d := newDesk(t, fail(errors.New("connection refused")))
		d.scan(t, shipment.InTransit, shipment.Accepted, noon.Add(-time.Hour))
		d.notify(t)
		d.clock = noon.Add(10 * time.Minute)
		w := storetest.NewWorld()
		w.At(call, storetest.Fail)
		plain, ledger := d.Shipments.Table, d.Threads.Table
		d.Shipments.Table, d.Threads.Table = w.Wrap(plain), w.Wrap(ledger)
		_ = d.Redrive(t.Context()) // One call of it fails.
		d.Shipments.Table, d.Threads.Table = plain, ledger
		for range 3 {
			d.clock = d.clock.Add(10 * time.Minute)
			if err := d.Redrive(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if got := d.sender.kinds(); got != "on_its_way" {
			t.Errorf("call %d failed: sent %q, want on_its_way", call, got)
		}
	}
}

// stale is a table whose n-th answer is old by the time it comes.
type stale struct {
	store.Table
	n     int
	after func()
}

func (s *stale) Get(ctx context.Context, k store.Key) (store.Item, error) {
	it, err := s.Table.Get(ctx, k)
	if s.n--; s.n == 0 {
		s.after()
	}
	return it, err
}

// TestWhoSleptThroughTheLeaseIsSilent stops a process after its read under the
// lease, until another has told what is newer.
func TestWhoSleptThroughTheLeaseIsSilent(t *testing.T) {
	d := newDesk(t)
	d.scan(t, shipment.OutForDelivery, shipment.OnVehicle, noon.Add(-time.Hour))
	sleeper := *d.Notifier
	sleeper.Owner = "sleeper"
	sleeper.Shipments.Table = &stale{Table: d.Shipments.Table, n: 2, after: func() {
		d.clock = d.clock.Add(time.Minute)
		d.scan(t, shipment.Delivered, shipment.Generic, noon)
		d.notify(t)
	}}
	var busy *notify.BusyError
	if err := sleeper.Notify(t.Context(), number); err != nil && !errors.As(err, &busy) {
		t.Fatal(err)
	}
	d.wantSent(t, "delivered")
}

// TestDecidedFromAFreshRead changes the parcel between the first look and the
// lease.
func TestDecidedFromAFreshRead(t *testing.T) {
	d := newDesk(t)
	d.scan(t, shipment.OutForDelivery, shipment.OnVehicle, noon.Add(-time.Hour))
	late := *d.Notifier
	late.Shipments.Table = &stale{Table: d.Shipments.Table, n: 1, after: func() {
		d.scan(t, shipment.Delivered, shipment.Generic, noon)
	}}
	if err := late.Notify(t.Context(), number); err != nil {
		t.Fatal(err)
	}
	d.wantSent(t, "delivered")
}

// TestWhoDiesUnderTheLeaseIsFound lets a process die as it has taken the lease:
// the thread is due when the lease ends.
func TestWhoDiesUnderTheLeaseIsFound(t *testing.T) {
	d := newDesk(t)
	d.scan(t, shipment.InTransit, shipment.Accepted, noon.Add(-time.Hour))
	dying := *d.Notifier
	w := storetest.NewWorld()
	dying.Threads.Table, dying.Shipments.Table = w.Wrap(d.Threads.Table), w.Wrap(d.Shipments.Table)
	w.At(3, storetest.CrashAfter) // A read, the threads, the lease.
	if err := dying.Notify(t.Context(), number); err == nil || !w.Crashed() {
		t.Fatalf("error %v, crashed %v", err, w.Crashed())
	}
	if row := d.thread(t); !row.Due.Equal(row.Lease.Until) || row.Lease.Owner == "" {
		t.Errorf("due %s under a lease until %s", row.Due, row.Lease.Until)
	}
}

// TestALeaseFromAWrongClockIsNone finds a lease that ends tomorrow.
func TestALeaseFromAWrongClockIsNone(t *testing.T) {
	d := newDesk(t)
	d.scan(t, shipment.InTransit, shipment.Accepted, noon.Add(-time.Hour))
	row := d.thread(t)
	row.Lease = notice.Lease{Owner: "another", Until: noon.Add(24 * time.Hour)}
	if err := d.Threads.Save(t.Context(), &row); err != nil {
		t.Fatal(err)
	}
	d.notify(t)
	d.wantSent(t, "on_its_way")
}

// TestOnlyTheShipmentIsDue has a recipient whose thread is not due: the sweep
// still tells, since the shipment is.
func TestOnlyTheShipmentIsDue(t *testing.T) {
	d := newDesk(t)
	row := d.thread(t)
	row.Due = time.Time{}
	if err := d.Threads.Save(t.Context(), &row); err != nil {
		t.Fatal(err)
	}
	d.scan(t, shipment.InTransit, shipment.Accepted, noon.Add(-time.Hour))
	d.clock = noon.Add(time.Hour)
	if err := d.Redrive(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.wantSent(t, "on_its_way")
}

// TestTheSweepLeavesToAnother: that one speaks just now is no fault of the sweep,
// and what it may leave undone stays due.
func TestTheSweepLeavesToAnother(t *testing.T) {
	d := newDesk(t)
	d.scan(t, shipment.OutForDelivery, shipment.OnVehicle, noon.Add(-time.Hour))
	row := d.thread(t)
	row.Lease, row.Due = notice.Lease{Owner: "another", Until: noon.Add(20 * time.Second)}, noon
	if err := d.Threads.Save(t.Context(), &row); err != nil {
		t.Fatal(err)
	}
	if err := d.Redrive(t.Context()); err != nil {
		t.Errorf("Redrive = %v", err)
	}
	d.wantSent(t, "")
	if row := d.thread(t); row.Due.IsZero() || row.Lease.Owner != "another" {
		t.Errorf("the thread is due %s, its lease %v", row.Due, row.Lease)
	}
	d.clock = noon.Add(21 * time.Second)
	if err := d.Redrive(t.Context()); err != nil {
		t.Errorf("Redrive = %v", err)
	}
	d.wantSent(t, "out_for_delivery")
}
