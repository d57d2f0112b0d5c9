package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/storetest"
)

func inbox(t testing.TB) (store.Inbox, *storetest.World, *storetest.Clock) {
	table, w, _, c := open(t)
	return store.Inbox{Table: table}, w, c
}

// push is a push as a receiver keeps it.
func push(body string) store.Push {
	p := store.NewPush("ups", []byte(body))
	p.KeyID, p.VerifiedAt, p.Body = "0a1b2c3d", start, []byte(body)
	return p
}

func same(t *testing.T, want, got store.Push) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(store.Push{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("push differs (-want +got):\n%s", diff)
	}
}

func mustPut(t *testing.T, b store.Inbox, p *store.Push, now time.Time) (fresh bool) {
	t.Helper()
	fresh, err := b.Put(t.Context(), p, now)
	if err != nil {
		t.Fatal(err)
	}
	return fresh
}

func read(t *testing.T, b store.Inbox, key string) store.Push {
	t.Helper()
	p, err := b.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestNewPush(t *testing.T) {
	p := push("body")
	if p.Key() != "ups#230d8358dc8e8890b4c58deeb62912ee" { // The first half of SHA-256("body").
		t.Errorf("Key = %s", p.Key())
	}
	if other := store.NewPush("fedex", []byte("body")); other.Hash != p.Hash || other.Key() == p.Key() {
		t.Error("another source with the same body has the same row")
	}
}

func TestPutTwice(t *testing.T) {
	b, w, c := inbox(t)
	p := push(`{"a":"é\u0000"}`)
	if !mustPut(t, b, &p, c.Now()) {
		t.Error("the first push is not new")
	}
	same(t, p, read(t, b, p.Key()))
	again := push(`{"a":"é\u0000"}`)
	again.KeyID, again.VerifiedAt = "other", start.Add(time.Hour)
	calls := w.Calls()
	if mustPut(t, b, &again, c.Now()) {
		t.Error("the second push is new")
	}
	if n := w.Calls() - calls; n != 1 {
		t.Errorf("a repeat takes %d calls, want 1", n)
	}
	same(t, p, read(t, b, p.Key()))
}

func TestPutWhoseAnswerIsLost(t *testing.T) {
	b, w, c := inbox(t)
	p := push("body")
	w.At(1, storetest.Forget)
	if _, err := b.Put(t.Context(), &p, c.Now()); !errors.Is(err, storetest.ErrInjected) {
		t.Fatalf("Put = %v, want the fault", err)
	}
	if mustPut(t, b, &p, c.Now()) {
		t.Error("the sender's second try is new")
	}
	same(t, p, read(t, b, p.Key()))
}

func TestLifeOfAPush(t *testing.T) {
	for whole, life := range map[bool]time.Duration{false: 30 * day, true: 7 * day} {
		b, _, c := inbox(t)
		p := push("body")
		p.Whole = whole
		mustPut(t, b, &p, c.Now())
		// Parking does not lengthen it.
		c.Advance(day)
		if err := b.Park(t.Context(), &p, store.Parked{Reason: "x", Since: c.Now(), Next: c.Now().Add(day)}); err != nil {
			t.Fatal(err)
		}
		c.Advance(life - day - time.Second)
		if got := read(t, b, p.Key()); got.Whole != whole {
			t.Errorf("whole = %t, want %t", got.Whole, whole)
		}
		c.Advance(time.Second)
		if _, err := b.Get(t.Context(), p.Key()); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("whole %t: after %v: %v, want ErrNotFound", whole, life, err)
		}
		if keys := due(t, b, c.Now().Add(day)); len(keys) != 0 {
			t.Errorf("whole %t: due after its life: %v", whole, keys)
		}
	}
}

// due are the keys of all that is due by a time.
func due(t *testing.T, b store.Inbox, now time.Time) (keys []string) {
	t.Helper()
	for shard := range store.Shards {
		for after := ""; ; {
			some, next, err := b.Due(t.Context(), shard, now, after)
			if err != nil {
				t.Fatal(err)
			}
			keys = append(keys, some...)
			if after = next; next == "" {
				break
			}
		}
	}
	slices.Sort(keys)
	return keys
}

func TestParkAndSettle(t *testing.T) {
	b, _, c := inbox(t)
	p := push("body")
	mustPut(t, b, &p, c.Now())
	if keys := due(t, b, c.Now().Add(365*day)); len(keys) != 0 {
		t.Errorf("due though not parked: %v", keys)
	}
	parked := store.Parked{Reason: "store: throttled", Numbers: []string{"A1111", "B2222"}, Malformed: true, Tries: 3, Since: start, Next: start.Add(5 * time.Minute)}
	if err := b.Park(t.Context(), &p, parked); err != nil {
		t.Fatal(err)
	}
	want := p
	want.Parked = parked
	same(t, want, read(t, b, p.Key()))
	if keys := due(t, b, start.Add(5*time.Minute-time.Millisecond)); len(keys) != 0 {
		t.Errorf("due too early: %v", keys)
	}
	if keys := due(t, b, start.Add(5*time.Minute)); !slices.Equal(keys, []string{p.Key()}) {
		t.Errorf("due: %v, want the push", keys)
	}
	again := read(t, b, p.Key())
	if err := b.Settle(t.Context(), &again); err != nil {
		t.Fatal(err)
	}
	got := read(t, b, p.Key())
	if got.Parked.Is() || string(got.Body) != "body" || len(due(t, b, start.Add(365*day))) != 0 {
		t.Errorf("settled: %+v", got.Parked)
	}
}

func TestParkWithoutAReason(t *testing.T) {
	b, _, c := inbox(t)
	p := push("body")
	mustPut(t, b, &p, c.Now())
	if err := b.Park(t.Context(), &p, store.Parked{Since: start, Next: start}); err != nil {
		t.Fatal(err)
	}
	if !read(t, b, p.Key()).Parked.Is() {
		t.Error("a parked push without a reason reads as not parked")
	}
}

func TestRepeatOfAParkedPush(t *testing.T) {
	parked := store.Parked{Reason: "x", Tries: 2, Since: start, Next: start.Add(6 * time.Hour)}
	b, w, c := inbox(t)
	p := push("body")
	mustPut(t, b, &p, c.Now())
	if err := b.Park(t.Context(), &p, parked); err != nil {
		t.Fatal(err)
	}
	c.Advance(time.Hour)
	again := push("body")
	if mustPut(t, b, &again, c.Now()) {
		t.Error("a repeat is new")
	}
	if keys := due(t, b, c.Now()); !slices.Equal(keys, []string{p.Key()}) {
		t.Errorf("due after the repeat: %v, want the push", keys)
	}
	if got := read(t, b, p.Key()); got.Parked.Reason != "x" || got.Parked.Tries != 2 {
		t.Errorf("the note is now %+v", got.Parked)
	}
	calls := w.Calls()
	mustPut(t, b, &again, c.Now())
	if n := w.Calls() - calls; n != 1 {
		t.Errorf("a repeat of one that is due takes %d calls, want 1", n)
	}
	// Whoever was at it does not know of the repeat, and has the newer word.
	parked.Tries, parked.Next = 3, c.Now().Add(12*time.Hour)
	if err := b.Park(t.Context(), &p, parked); err != nil {
		t.Fatal(err)
	}
	if got := read(t, b, p.Key()); got.Parked.Tries != 3 || !got.Parked.Next.Equal(parked.Next) {
		t.Errorf("the note is now %+v, want that of the last try", got.Parked)
	}
}
