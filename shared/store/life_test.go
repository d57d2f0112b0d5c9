package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
)

const day = 24 * time.Hour

func both(changes ...func(*shipment.Set) error) func(*shipment.Set) error {
	return func(s *shipment.Set) (err error) {
		for _, change := range changes {
			err = errors.Join(err, change(s))
		}
		return err
	}
}

// TestLifeOfARow: how long a number is kept, and when it is looked at again.
func TestLifeOfARow(t *testing.T) {
	tests := []struct {
		name       string
		change     func(*shipment.Set) error
		kept, gone time.Duration // there until, absent from
		due        bool
	}{
		{"a number that nobody registered is kept 14 days", add(shipment.Accepted), 14*day - time.Hour, 14 * day, false},
		{"one that is followed stays", both(add(shipment.Accepted), register), 3 * 365 * day, 0, true},
		{"one that is done 180 days", both(add(shipment.Accepted, shipment.Signed), register), 179 * day, 180 * day, true},
		{"one that is done and was never registered 14 days", add(shipment.Signed), 14*day - time.Hour, 14 * day, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, _, c := shipments(t)
			rec := mustUpdate(t, r, "ups#1", tt.change)
			if rec.Due.IsZero() == tt.due {
				t.Errorf("due %v", rec.Due)
			}
			c.Advance(tt.kept)
			if _, err := r.Get(t.Context(), number); err != nil {
				t.Errorf("after %v: %v", tt.kept, err)
			}
			if tt.gone == 0 {
				return
			}
			c.Advance(tt.gone - tt.kept)
			if _, err := r.Get(t.Context(), number); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("after %v: %v, want ErrNotFound", tt.gone, err)
			}
			if rec := mustUpdate(t, r, "ups#2", register); len(rec.Events) != 0 || !rec.Changed {
				t.Errorf("a number that was gone begins with %d events", len(rec.Events))
			}
		})
	}
}

// TestDueOfAChange: a change of which somebody may have to hear is looked at
// within the hour, another when a flag may go up, and a due that comes earlier is
// left alone.
func TestDueOfAChange(t *testing.T) {
	r, _, c := shipments(t)
	first := mustUpdate(t, r, "ups#1", both(add(shipment.Accepted), register))
	if wait := first.Due.Sub(start); wait <= 30*time.Minute || wait > time.Hour || !first.Due.Equal(first.Due.Truncate(15*time.Minute)) {
		t.Errorf("due in %v, want within the hour, at a quarter", wait)
	}
	c.Advance(10 * time.Minute)
	if rec := mustUpdate(t, r, "ups#2", add(shipment.Accepted, shipment.Moving)); !rec.Due.Equal(first.Due) {
		t.Errorf("due moved from %v to %v", first.Due, rec.Due)
	}
	rec, err := r.Get(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Rest(t.Context(), &rec, start.Add(30*day)); err != nil {
		t.Fatal(err)
	}
	rec = mustUpdate(t, r, "ups#3", add(shipment.Accepted, shipment.Moving, shipment.Arrived))
	// Nothing that anybody would be told; stalled seven days after the last scan.
	if want := start.Add(2*time.Hour + 7*day); !rec.Due.Equal(want) {
		t.Errorf("due %v, want %v, when it would be stalled", rec.Due, want)
	}
	rec = mustUpdate(t, r, "ups#4", add(shipment.Accepted, shipment.Moving, shipment.Arrived, shipment.Processing))
	if want := start.Add(2*time.Hour + 7*day); !rec.Due.Equal(want) {
		t.Errorf("due moved to %v from %v, which was early enough", rec.Due, want)
	}
	rec = mustUpdate(t, r, "ups#5", add(shipment.Accepted, shipment.Moving, shipment.Arrived, shipment.Processing, shipment.Signed))
	if wait := rec.Due.Sub(c.Now()); wait > time.Hour {
		t.Errorf("delivered: due in %v, want within the hour", wait)
	}
}

func TestDueLists(t *testing.T) {
	r, _, c := shipments(t)
	var want []string
	for i := range 40 {
		n := fmt.Sprintf("NUMBER%03d", i)
		want = append(want, n)
		if _, err := r.Update(t.Context(), n, "x", register); err != nil {
			t.Fatal(err)
		}
	}
	list := func(now time.Time) (got []string) {
		for shard := range store.Shards {
			for after := ""; ; {
				numbers, next, err := r.Due(t.Context(), shard, now, after)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, numbers...)
				if after = next; next == "" {
					break
				}
			}
		}
		slices.Sort(got)
		return got
	}
	if got := list(c.Now()); len(got) != 0 {
		t.Errorf("due at once: %v", got)
	}
	if got := list(c.Now().Add(time.Hour)); !slices.Equal(got, want) {
		t.Errorf("due within the hour: %v, want all", got)
	}
}

func TestRest(t *testing.T) {
	tests := []struct {
		name    string
		read    func(t *testing.T, r store.Shipments) store.Record
		between bool // somebody changes it meanwhile
		rests   bool
	}{
		{"after it was read", mustGet, false, true},
		{"after it was changed by who rests it", func(t *testing.T, r store.Shipments) store.Record {
			return mustUpdate(t, r, "poll", add(shipment.Accepted, shipment.Departed))
		}, false, true},
		{"changed by another: it stays due", mustGet, true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, _, _ := shipments(t)
			mustUpdate(t, r, "ups#1", both(add(shipment.Accepted), register))
			rec := tt.read(t, r)
			if tt.between {
				mustUpdate(t, r, "ups#2", add(shipment.Accepted, shipment.Moving))
			}
			if err := r.Rest(t.Context(), &rec, start.Add(30*day)); err != nil {
				t.Fatal(err)
			}
			if got := mustGet(t, r); got.Due.Equal(start.Add(30*day)) != tt.rests {
				t.Errorf("due %v, rests %t", got.Due, tt.rests)
			}
		})
	}
}

func mustGet(t *testing.T, r store.Shipments) store.Record {
	t.Helper()
	rec, err := r.Get(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func TestDays(t *testing.T) {
	r, _, _ := shipments(t)
	for _, n := range []string{"B2222", "A1111", "A1111", "C3333"} {
		if err := r.NoteDay(t.Context(), "2026-03-02", n); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.NoteDay(t.Context(), "2026-03-03", "D4444"); err != nil {
		t.Fatal(err)
	}
	var got []string
	for after := ""; ; {
		numbers, next, err := r.Day(t.Context(), "2026-03-02", after, 2)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, numbers...)
		if after = next; next == "" {
			break
		}
	}
	if !slices.Equal(got, []string{"A1111", "B2222", "C3333"}) {
		t.Errorf("numbers of the day: %v", got)
	}
}

func TestShipmentNumber(t *testing.T) {
	tests := []struct {
		name string
		key  store.Key
		want string
	}{
		{"a shipment", store.ShipmentKey(number), number},
		{"a thread", store.Key{Partition: "S#" + number, Sort: "T#x"}, ""},
		{"an order", store.Key{Partition: "O#shop#1", Sort: "META"}, ""},
		{"a day", store.Key{Partition: "DAY#2026-03-02", Sort: number}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := store.ShipmentNumber(tt.key); got != tt.want {
				t.Errorf("ShipmentNumber = %q, want %q", got, tt.want)
			}
		})
	}
}
