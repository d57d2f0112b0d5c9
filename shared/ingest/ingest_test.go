package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/ingest"
	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/boltstore"
	"github.com/shiptide/shiptide/shared/store/storetest"
	"github.com/shiptide/shiptide/shared/webhook"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// lister is a source whose body is a list of tracking numbers, each with another
// number of the same parcel behind a "=" perhaps, or of orders of shop 1, as "#577";
// "?" is a part that cannot be understood, "!" a body that cannot.
type lister struct{}

func (lister) Verify(context.Context, source.Delivery, time.Time) (string, error) { return "", nil }

func (lister) Decode(body []byte) (source.Report, error) {
	var r source.Report
	for i, number := range strings.Fields(string(body)) {
		switch number {
		case "panic":
			panic("canary")
		case "!":
			return source.Report{}, fmt.Errorf("lister: %w", webhook.ErrMalformed)
		case "?":
			r.Malformed = append(r.Malformed, source.Malformed{Path: fmt.Sprintf("[%d]", i), Reason: "no number"})
			continue
		}
		if id, ok := strings.CutPrefix(number, "#"); ok {
			r.Orders = append(r.Orders, order.Change{ShopID: "1", OrderID: id, Status: "IN_TRANSIT", UpdatedAt: noon})
			continue
		}
		number, other, _ := strings.Cut(number, "=")
		u := shipment.Update{Number: number, AsOf: noon, Events: []shipment.Event{{
			Code: shipment.Code{Status: shipment.InTransit, SubStatus: shipment.Arrived}, RawCode: "AR " + number,
			OccurredAt: noon.Add(-time.Hour), LocalTime: "2026-03-02T11:00:00", Zone: shipment.Reported, Precision: shipment.Second,
		}}}
		if other != "" {
			u.Links = []shipment.Link{{Kind: shipment.AliasLink, Value: other}}
		}
		r.Shipments = append(r.Shipments, u)
	}
	return r, nil
}

// bench is an Ingester over a file, through a World.
type bench struct {
	*ingest.Ingester
	world *storetest.World
	clock time.Time
	table *boltstore.Table
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{world: storetest.NewWorld(), clock: noon}
	now := func() time.Time { return b.clock }
	db, err := boltstore.Open(filepath.Join(t.TempDir(), "test.db"), now, boltstore.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	inbox, err := db.Table("inbox", nil)
	if err != nil {
		t.Fatal(err)
	}
	b.table, err = db.Table("shipments", nil)
	if err != nil {
		t.Fatal(err)
	}
	b.Ingester = &ingest.Ingester{
		Sources:   []source.Source{{Name: "lister", Kind: shipment.Aggregator, Receiver: lister{}}},
		Inbox:     store.Inbox{Table: inbox},
		Shipments: store.Shipments{Table: b.world.Wrap(b.table), Now: now},
		Orders:    store.Orders{Table: b.world.Wrap(b.table), Now: now},
		Shops:     store.Shops{Table: b.table},
		Counters:  store.Counters{Table: b.table, Now: now},
		Now:       now, Log: slog.New(slog.DiscardHandler),
	}
	return b
}

// keep puts bodies into the inbox, as the receiver does.
func (b *bench) keep(t *testing.T, bodies ...string) []store.Push {
	t.Helper()
	var keys []string
	for _, body := range bodies {
		p := store.NewPush("lister", []byte(body))
		p.Body, p.VerifiedAt = []byte(body), b.clock
		if _, err := b.Inbox.Put(t.Context(), &p, b.clock); err != nil {
			t.Fatal(err)
		}
		keys = append(keys, p.Key())
	}
	pushes, err := b.Load(t.Context(), keys)
	if err != nil || len(pushes) != len(bodies) {
		t.Fatalf("%d pushes, %v", len(pushes), err)
	}
	return pushes
}

func (b *bench) ingest(t *testing.T, bodies ...string) {
	t.Helper()
	if err := errors.Join(b.Ingest(t.Context(), b.keep(t, bodies...))...); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) parked(t *testing.T) []store.Push {
	t.Helper()
	parked, err := b.Inbox.ParkedPushes(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	return parked
}

func (b *bench) known(t *testing.T, number string) bool {
	t.Helper()
	_, err := store.Shipments{Table: b.table, Now: b.Now}.Get(t.Context(), number)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		t.Fatal(err)
	}
	return err == nil
}

func TestOneWriteANumber(t *testing.T) {
	b := newBench(t)
	b.ingest(t, "PARCEL0001 PARCEL0002", "PARCEL0001")
	calls := b.world.Calls()
	// Of each of two new numbers: two reads, the row of the day, the shipment.
	if want := 2 * 4; calls != want {
		t.Errorf("%d store calls for two numbers in three updates, want %d", calls, want)
	}
	b.ingest(t, "PARCEL0001 PARCEL0002 ", " PARCEL0001")
	if again := b.world.Calls() - calls; again != 2 {
		t.Errorf("%d store calls for what is known already, want two reads", again)
	}
	rec, err := b.Shipments.Get(t.Context(), "PARCEL0001")
	if err != nil || len(rec.Events) != 1 || rec.Events[0].Source != "lister" || rec.Events[0].Kind != shipment.Aggregator {
		t.Errorf("record %+v (%v), want one event stamped with its source", rec.Events, err)
	}
	if len(rec.Trail) != 1 || strings.Count(rec.Trail[0].Cause, "lister#") != 2 {
		t.Errorf("trail %+v, want one change that names both pushes", rec.Trail)
	}
}

func TestNumbersAreCleaned(t *testing.T) {
	b := newBench(t)
	b.ingest(t, "parcel-0001")
	if !b.known(t, "PARCEL0001") {
		t.Error("parcel-0001 is not known as PARCEL0001")
	}
}

func TestUnknownSourceIsParked(t *testing.T) {
	b := newBench(t)
	p := b.keep(t, "PARCEL0001")
	p[0].Source = "gone"
	b.Ingest(t.Context(), p)
	if b.known(t, "PARCEL0001") {
		t.Error("a push of no source was done")
	}
}

func TestMalformedIsParked(t *testing.T) {
	b := newBench(t)
	b.ingest(t, "!", "PARCEL0001 ? PARCEL0002", "PARCEL0003")
	parked := b.parked(t)
	if len(parked) != 2 {
		t.Fatalf("%d parked, want the two that hold something malformed", len(parked))
	}
	for _, p := range parked {
		if !p.Parked.Malformed || !p.Parked.Next.Equal(noon.Add(time.Minute)) || p.Parked.Tries != 1 {
			t.Errorf("parked as %+v, want malformed, try 1, next in a minute", p.Parked)
		}
	}
	for _, number := range []string{"PARCEL0001", "PARCEL0002", "PARCEL0003"} {
		if !b.known(t, number) {
			t.Errorf("%s is not known: the rest of a push must be done", number)
		}
	}
}

func TestAFaultOfTheDecoderIsParked(t *testing.T) {
	b := newBench(t)
	b.ingest(t, "panic", "PARCEL0001")
	if parked := b.parked(t); len(parked) != 1 || !parked[0].Parked.Malformed || strings.Contains(parked[0].Parked.Reason, "canary") {
		t.Errorf("parked %+v, want the push with the fault", parked)
	}
	if !b.known(t, "PARCEL0001") {
		t.Error("the fault took another push along")
	}
}

func TestThreeFailuresPark(t *testing.T) {
	b := newBench(t)
	for n := range 3 { // The first read of each try.
		b.world.At(n+1, storetest.Fail)
	}
	b.ingest(t, "PARCEL0001")
	parked := b.parked(t)
	if len(parked) != 1 || parked[0].Parked.Malformed || len(parked[0].Parked.Numbers) != 1 || parked[0].Parked.Numbers[0] != "PARCEL0001" {
		t.Fatalf("parked %+v, want PARCEL0001", parked)
	}
	if b.world.Calls() != 3 {
		t.Errorf("tried %d times, want three", b.world.Calls())
	}
}

func TestTwoFailuresDoNot(t *testing.T) {
	b := newBench(t)
	b.world.At(1, storetest.Fail)
	b.world.At(2, storetest.Fail)
	b.ingest(t, "PARCEL0001")
	if len(b.parked(t)) > 0 || !b.known(t, "PARCEL0001") {
		t.Error("not done at the third try")
	}
}

func TestRedriveWithGrowingGaps(t *testing.T) {
	b := newBench(t)
	b.ingest(t, "!")
	for i, gap := range []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 24 * time.Hour, 24 * time.Hour} {
		b.clock = b.clock.Add(gap - time.Second)
		if n, err := b.Redrive(t.Context()); n != 0 || err != nil {
			t.Fatalf("gap %d: drove %d (%v) a second too early", i, n, err)
		}
		b.clock = b.clock.Add(time.Second)
		if n, err := b.Redrive(t.Context()); n != 1 || err != nil {
			t.Fatalf("gap %d: drove %d (%v), want one", i, n, err)
		}
	}
	if p := b.parked(t)[0].Parked; p.Tries != 8 || !p.Since.Equal(noon) {
		t.Errorf("parked as %+v, want try 8 since noon", p)
	}
	b.clock = noon.Add(store.InboxLife + time.Hour)
	if n, err := b.Redrive(t.Context()); n != 0 || err != nil {
		t.Errorf("drove %d (%v) after the push expired", n, err)
	}
}

func TestRedriveSettles(t *testing.T) {
	b := newBench(t)
	for n := range 3 {
		b.world.At(n+1, storetest.Fail)
	}
	b.ingest(t, "PARCEL0001")
	b.clock = b.clock.Add(time.Minute)
	if n, err := b.Redrive(t.Context()); n != 1 || err != nil {
		t.Fatalf("drove %d (%v), want one", n, err)
	}
	if len(b.parked(t)) > 0 || !b.known(t, "PARCEL0001") {
		t.Error("still parked although it was done")
	}
}

func TestARepeatIsDrivenAtOnce(t *testing.T) {
	b := newBench(t)
	b.ingest(t, "!")
	p := store.NewPush("lister", []byte("!"))
	if fresh, err := b.Inbox.Put(t.Context(), &p, b.clock); fresh || err != nil {
		t.Fatalf("put again: fresh %v, %v", fresh, err)
	}
	if n, err := b.Redrive(t.Context()); n != 1 || err != nil {
		t.Errorf("drove %d (%v), want one at once", n, err)
	}
}

func TestNumbersThatNobodyRegisteredAreLimited(t *testing.T) {
	b := newBench(t)
	const limit = 10_000
	key := store.Key{Partition: "COUNT#unregistered#lister#2026-03-02", Sort: "-"}
	if _, err := b.table.Add(t.Context(), key, limit-1, limit, time.Time{}); err != nil {
		t.Fatal(err)
	}
	b.ingest(t, "PARCEL0001")
	b.ingest(t, "PARCEL0002 PARCEL0001")
	if !b.known(t, "PARCEL0001") || b.known(t, "PARCEL0002") {
		t.Error("want the last one of the day known and no further one")
	}
	if parked := b.parked(t); len(parked) != 1 || parked[0].Parked.Numbers[0] != "PARCEL0002" {
		t.Errorf("parked %+v, want PARCEL0002 for another day", parked)
	}
	b.clock = b.clock.Add(24 * time.Hour)
	if _, err := b.Redrive(t.Context()); err != nil || !b.known(t, "PARCEL0002") {
		t.Errorf("PARCEL0002 is not known a day later (%v)", err)
	}
}

// register lets somebody follow a number.
func (b *bench) register(t *testing.T, number string) {
	t.Helper()
	_, err := b.Shipments.Update(t.Context(), number, "test", func(set *shipment.Set) error {
		set.Add(shipment.Origin{Source: "operator", Kind: shipment.Operator}, &shipment.Update{
			Links: []shipment.Link{{Kind: shipment.RegistrationLink, Value: "test", At: noon}},
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestNumbersOfOneParcel tells of a parcel under two numbers, in any order:
// both know the whole way, and only the one that was registered is followed.
func TestNumbersOfOneParcel(t *testing.T) {
	orders := [][]string{
		{"PARCEL0001=PARCEL0009", "PARCEL0009", "PARCEL0001"},
		{"PARCEL0009", "PARCEL0001=PARCEL0009"},
		{"PARCEL0001", "PARCEL0009", "PARCEL0001=PARCEL0009", "PARCEL0009"},
	}
	for i, order := range orders {
		b := newBench(t)
		b.register(t, "PARCEL0001")
		for _, body := range order {
			b.ingest(t, body)
		}
		for _, number := range []string{"PARCEL0001", "PARCEL0009"} {
			rec, err := b.Shipments.Get(t.Context(), number)
			if err != nil || len(rec.Events) != 2 || rec.RegisteredAt.IsZero() == (number == "PARCEL0001") {
				t.Errorf("order %d: %s has %d events, registered %s (%v)", i, number, len(rec.Events), rec.RegisteredAt, err)
			}
		}
	}
}

func TestAnAliasOfANumberThatNobodyFollowsIsNotMadeKnown(t *testing.T) {
	b := newBench(t)
	b.ingest(t, "PARCEL0001=PARCEL0009")
	if !b.known(t, "PARCEL0001") || b.known(t, "PARCEL0009") {
		t.Error("want the number itself known, and not the other")
	}
}

func TestThePostOfANumberIsAPartner(t *testing.T) {
	b := newBench(t)
	b.ingest(t, "LX000000014CN", "PARCEL0001")
	for number, want := range map[string]bool{"LX000000014CN": true, "PARCEL0001": false} {
		rec, err := b.Shipments.Get(t.Context(), number)
		if err != nil {
			t.Fatal(err)
		}
		got := slices.ContainsFunc(rec.Set.Links, func(l shipment.Link) bool { return l.Kind == shipment.PartnerLink && l.Value == "china-post" })
		if got != want {
			t.Errorf("%s: china-post is a partner: %v, want %v", number, got, want)
		}
	}
}

func TestARegisteredNumberIsNotCounted(t *testing.T) {
	b := newBench(t)
	b.register(t, "PARCEL0001")
	b.ingest(t, "PARCEL0001")
	if _, err := b.table.Get(t.Context(), store.Key{Partition: "COUNT#unregistered#lister#2026-03-02", Sort: "-"}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("counted: %v", err)
	}
}

func TestWhatCannotBeParkedFails(t *testing.T) {
	b := newBench(t)
	pushes := b.keep(t, "PARCEL0001", "!")
	w := storetest.NewWorld()
	w.Random(1, 1, 0)
	b.Inbox.Table = w.Wrap(b.Inbox.Table)
	errs := b.Ingest(t.Context(), pushes)
	if errs[0] != nil || errs[1] == nil {
		t.Errorf("errors %v, want only the second push to fail", errs)
	}
}
