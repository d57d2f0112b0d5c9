package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/storetest"
)

func shipments(t testing.TB) (store.Shipments, *storetest.World, *storetest.Clock) {
	table, w, _, c := open(t)
	return store.Shipments{Table: table, Now: c.Now}, w, c
}

func mustUpdate(t testing.TB, r store.Shipments, cause string, change func(*shipment.Set) error) store.Record {
	t.Helper()
	rec, err := r.Update(t.Context(), number, cause, change)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func TestUpdateStores(t *testing.T) {
	r, _, _ := shipments(t)
	if _, err := r.Get(t.Context(), number); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("Get of an unknown number: %v, want ErrNotFound", err)
	}
	rec := mustUpdate(t, r, "ups#1", add(shipment.Accepted, shipment.Moving))
	if !rec.Changed || rec.SubStatus != shipment.Moving {
		t.Errorf("changed %t, status %s, want the newest scan", rec.Changed, rec.Code)
	}
	got, err := r.Get(t.Context(), number)
	if err != nil || got.Code != rec.Code || len(got.Events) != 2 || got.Number != number || got.Events[0].ID != rec.Events[0].ID {
		t.Errorf("read %+v, %v, want what was stored", got.Shipment, err)
	}
}

func TestUpdateWritesNothingForNothing(t *testing.T) {
	tests := []struct {
		name   string
		change func(*shipment.Set) error
	}{
		{"the same facts", add(shipment.Accepted)},
		{"no facts", func(*shipment.Set) error { return nil }},
		{"looking at them", func(s *shipment.Set) error { s.Fold(); return nil }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, w, c := shipments(t)
			first := mustUpdate(t, r, "ups#1", func(s *shipment.Set) error { return errors.Join(add(shipment.Accepted)(s), register(s)) })
			c.Advance(24 * time.Hour)
			calls := w.Calls()
			rec := mustUpdate(t, r, "ups#2", tt.change)
			if rec.Changed || w.Calls() != calls+1 || !rec.Due.Equal(first.Due) || len(rec.Trail) != 1 {
				t.Errorf("changed %t, %d calls, due %v, trail %v; want one read only", rec.Changed, w.Calls()-calls, rec.Due, rec.Trail)
			}
		})
	}
	r, w, _ := shipments(t)
	if rec := mustUpdate(t, r, "x", func(*shipment.Set) error { return nil }); rec.Changed || w.Calls() != 1 {
		t.Error("an empty set was stored")
	}
}

// TestUpdateRepeatsNothing: facts as a careless decoder gives them are the same
// facts after they were stored.
func TestUpdateRepeatsNothing(t *testing.T) {
	careless := func(s *shipment.Set) error {
		at := start.Add(123 * time.Millisecond).In(time.FixedZone("", 3600))
		s.Add(ups, &shipment.Update{
			Carrier: "ups", AsOf: at, Headline: shipment.Code{Status: shipment.Exception, SubStatus: shipment.DelayCustoms},
			Events: []shipment.Event{
				{Code: shipment.Code{Status: shipment.InTransit, SubStatus: shipment.Moving}, OccurredAt: at, LocalTime: "2026-03-02T12:00:00", Description: "caf\xe9"},
				{Code: shipment.Code{Status: "ODD", SubStatus: "A.B"}, OccurredAt: time.Unix(0, 0), LocalTime: "1970-01-01"},
			},
			Estimates: []shipment.Estimate{{To: "2026-03-05"}, {From: "2026-03-06", AsOf: at}},
			Links:     []shipment.Link{{Kind: shipment.OrderLink, Value: "a\xffb", At: at, AsOf: at}},
			Answers:   []shipment.Answer{{Code: shipment.Code{Status: shipment.Pending, SubStatus: shipment.NotFound}, AsOf: at}},
		})
		return nil
	}
	r, _, _ := shipments(t)
	mustUpdate(t, r, "ups#1", careless)
	if rec := mustUpdate(t, r, "ups#2", careless); rec.Changed {
		t.Errorf("the same body twice is a change: %+v", rec.Set)
	}
}

func TestUpdateReturnsTheErrorOfItsChange(t *testing.T) {
	r, w, _ := shipments(t)
	mine := errors.New("mine")
	_, err := r.Update(t.Context(), number, "x", func(s *shipment.Set) error { _ = register(s); return mine })
	if err != mine || w.Calls() != 1 { //nolint:errorlint // As it is: not wrapped.
		t.Errorf("Update = %v after %d calls, want my error and nothing stored", err, w.Calls())
	}
}

func TestTrail(t *testing.T) {
	r, _, c := shipments(t)
	for i := range 15 {
		mustUpdate(t, r, fmt.Sprintf("ups#%d", i), func(s *shipment.Set) error {
			s.Add(ups, &shipment.Update{Links: []shipment.Link{{Kind: shipment.AliasLink, Value: fmt.Sprint(i)}, {Kind: shipment.AliasLink, Value: fmt.Sprint("b", i)}}})
			return nil
		})
		c.Advance(time.Minute)
	}
	rec, err := r.Get(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(rec.Trail); n != 12 || rec.Trail[0].Cause != "ups#3" || rec.Trail[11].Cause != "ups#14" {
		t.Fatalf("%d changes remembered, %+v, want the newest 12, oldest first", n, rec.Trail)
	}
	if last := rec.Trail[11]; last.Facts != 2 || !last.At.Equal(start.Add(14*time.Minute)) {
		t.Errorf("last change %+v, want 2 facts at the time of the write", last)
	}
}

func TestTrailOfACauseWithLines(t *testing.T) {
	r, _, _ := shipments(t)
	mustUpdate(t, r, "local add\n1 1 forged\r\nx", register)
	rec, err := r.Get(t.Context(), number)
	if err != nil || len(rec.Trail) != 1 || rec.Trail[0].Cause != "local add 1 1 forged  x" {
		t.Errorf("trail %+v, %v, want one change", rec.Trail, err)
	}
}

// TestUpdateLosesNoRace: whoever comes second starts again from what the first
// one wrote.
func TestUpdateLosesNoRace(t *testing.T) {
	r, _, _ := shipments(t)
	mustUpdate(t, r, "ups#0", add(shipment.Accepted))
	runs := 0
	rec := mustUpdate(t, r, "ups#1", func(s *shipment.Set) error {
		if runs++; runs == 1 {
			mustUpdate(t, r, "ups#2", register)
		}
		return add(shipment.Accepted, shipment.Moving)(s)
	})
	if runs != 2 || !rec.Set.Registered() || rec.SubStatus != shipment.Moving {
		t.Errorf("ran %d times, registered %t, status %s; want both changes", runs, rec.Set.Registered(), rec.Code)
	}
}

func TestUpdateRacesAboutANewNumber(t *testing.T) {
	r, _, _ := shipments(t)
	done := make(chan error)
	for i := range 8 {
		go func() {
			_, err := r.Update(t.Context(), number, "x", func(s *shipment.Set) error {
				s.Add(ups, &shipment.Update{Links: []shipment.Link{{Kind: shipment.AliasLink, Value: fmt.Sprint(i)}}})
				return nil
			})
			done <- err
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if rec, err := r.Get(t.Context(), number); err != nil || len(rec.Set.Links) != 8 {
		t.Errorf("%d links, %v, want all 8", len(rec.Set.Links), err)
	}
}

// TestUpdateWhoseAnswerIsLost: the caller does not know, asks again, and finds
// it done.
func TestUpdateWhoseAnswerIsLost(t *testing.T) {
	r, w, _ := shipments(t)
	w.At(2, storetest.Forget) // The Put.
	if _, err := r.Update(t.Context(), number, "ups#1", add(shipment.Accepted)); !errors.Is(err, storetest.ErrInjected) {
		t.Fatalf("Update = %v, want the fault", err)
	}
	rec := mustUpdate(t, r, "ups#1", add(shipment.Accepted))
	if rec.Changed || len(rec.Trail) != 1 || len(rec.Events) != 1 {
		t.Errorf("changed %t, trail %v, %d events; want it found done", rec.Changed, rec.Trail, len(rec.Events))
	}
}

func TestUpdateMeetsAFault(t *testing.T) {
	for call, what := range map[int]string{1: "reading", 2: "writing"} {
		r, w, _ := shipments(t)
		w.At(call, storetest.Fail)
		if _, err := r.Update(t.Context(), number, "x", register); !errors.Is(err, storetest.ErrInjected) {
			t.Errorf("%s: Update = %v, want the fault", what, err)
		}
		if _, err := r.Get(t.Context(), number); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: stored all the same: %v", what, err)
		}
	}
}

func TestUpdateRefusesWhatNoParcelIs(t *testing.T) {
	flood := func(text func(i int) string, n int) func(*shipment.Set) error {
		return func(s *shipment.Set) error {
			var u shipment.Update
			for i := range n {
				u.Links = append(u.Links, shipment.Link{Kind: shipment.AliasLink, Value: text(i)})
			}
			s.Add(ups, &u)
			return nil
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	noise := func(int) string {
		b := make([]byte, 600)
		for i := range b {
			b[i] = byte('!' + random.IntN(90))
		}
		return string(b)
	}
	tests := []struct {
		name   string
		change func(*shipment.Set) error
		want   error
	}{
		{"much, of what deflates badly", flood(noise, 680), store.ErrTooLarge},
		{"very much, of what deflates well", flood(func(i int) string { return fmt.Sprint(strings.Repeat("a", 9000), i) }, 2000), store.ErrTooLarge},
		{"as much as may be", flood(noise, 300), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, _, _ := shipments(t)
			mustUpdate(t, r, "ups#1", add(shipment.Accepted))
			if _, err := r.Update(t.Context(), number, "ups#2", tt.change); !errors.Is(err, tt.want) {
				t.Errorf("Update = %v, want %v", err, tt.want)
			}
			if rec, err := r.Get(t.Context(), number); err != nil || rec.SubStatus != shipment.Accepted {
				t.Errorf("what was there before: %s, %v", rec.Code, err)
			}
		})
	}
}

func TestBadNumber(t *testing.T) {
	r, _, _ := shipments(t)
	for _, bad := range []string{"A\x00B", strings.Repeat("1", 2000)} {
		if _, err := r.Update(t.Context(), bad, "x", register); !errors.Is(err, store.ErrBadKey) {
			t.Errorf("Update of %.10q: %v, want ErrBadKey", bad, err)
		}
	}
}
