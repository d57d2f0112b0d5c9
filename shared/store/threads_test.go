package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/storetest"
)

func threads(t testing.TB) (store.Threads, *storetest.World, *storetest.Clock) {
	table, w, _, c := open(t)
	return store.Threads{Table: table}, w, c
}

func thread(recipient string) notice.Thread {
	return notice.Thread{Recipient: recipient, Number: number, Audience: notice.Customer, Since: start, Due: start}
}

func getThread(t *testing.T, r store.Threads, recipient string) store.ThreadRow {
	t.Helper()
	row, err := r.Get(t.Context(), number, recipient)
	if err != nil {
		t.Fatal(err)
	}
	return row
}

func sameThread(t *testing.T, want, got notice.Thread) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("thread differs (-want +got):\n%s", diff)
	}
}

func TestOpen(t *testing.T) {
	r, _, _ := threads(t)
	if _, err := r.Get(t.Context(), number, "a"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Get of no thread: %v, want ErrNotFound", err)
	}
	if err := r.Open(t.Context(), thread("a")); err != nil {
		t.Fatal(err)
	}
	again := thread("a")
	again.Since, again.Audience = start.Add(time.Hour), notice.Seller
	if err := r.Open(t.Context(), again); err != nil {
		t.Errorf("opened again: %v", err)
	}
	row := getThread(t, r, "a")
	sameThread(t, thread("a"), row.Thread)
	if !row.Stored() {
		t.Error("a thread that was read is not stored")
	}
}

func TestSave(t *testing.T) {
	r, _, _ := threads(t)
	row := store.ThreadRow{Thread: thread("a")}
	if row.Stored() {
		t.Error("a new thread is stored")
	}
	if err := r.Save(t.Context(), &row); err != nil || !row.Stored() {
		t.Fatalf("Save = %v, stored %t", err, row.Stored())
	}
	row.Ended, row.Due = "unsubscribed", time.Time{}
	row.Lease = notice.Lease{Owner: "host#1", Until: start.Add(30*time.Second + 123_456_789)}
	row.Told = []notice.Told{
		{Kind: "problem", SubStatus: "LOST", EventAt: start, Final: true, MessageID: "m1", ProviderID: "p1", At: start.Add(time.Second)},
		{Kind: "out_for_delivery", Date: "2026-03-02", MessageID: "m2 \"\n", At: start},
	}
	if err := r.Save(t.Context(), &row); err != nil {
		t.Fatalf("saved twice by the one who has it: %v", err)
	}
	sameThread(t, row.Thread, getThread(t, r, "a").Thread)
}

// TestLeaseIsTakenOnce: of two who read the same thread one may write.
func TestLeaseIsTakenOnce(t *testing.T) {
	r, _, _ := threads(t)
	if err := r.Open(t.Context(), thread("a")); err != nil {
		t.Fatal(err)
	}
	first, second := getThread(t, r, "a"), getThread(t, r, "a")
	first.Lease, second.Lease = notice.Lease{Owner: "first", Until: start}, notice.Lease{Owner: "second", Until: start}
	if err := r.Save(t.Context(), &first); err != nil {
		t.Fatal(err)
	}
	if err := r.Save(t.Context(), &second); !errors.Is(err, store.ErrTaken) {
		t.Errorf("the second one: %v, want ErrTaken", err)
	}
	if got := getThread(t, r, "a").Lease.Owner; got != "first" {
		t.Errorf("the lease is with %q", got)
	}
	fresh := store.ThreadRow{Thread: thread("a")}
	if err := r.Save(t.Context(), &fresh); !errors.Is(err, store.ErrTaken) {
		t.Errorf("a thread made anew over one that is there: %v, want ErrTaken", err)
	}
}

// TestSaveWhoseAnswerIsLost: whoever does not know whether it wrote reads again.
func TestSaveWhoseAnswerIsLost(t *testing.T) {
	r, w, _ := threads(t)
	row := store.ThreadRow{Thread: thread("a")}
	w.At(1, storetest.Forget)
	if err := r.Save(t.Context(), &row); !errors.Is(err, storetest.ErrInjected) {
		t.Fatalf("Save = %v, want the fault", err)
	}
	if err := r.Save(t.Context(), &row); !errors.Is(err, store.ErrTaken) {
		t.Errorf("Save again = %v, want ErrTaken", err)
	}
}

func TestThreadsOfANumber(t *testing.T) {
	r, _, _ := threads(t)
	var want []string
	for i := range 30 {
		recipient := fmt.Sprintf("%032x", i)
		want = append(want, recipient)
		if err := r.Open(t.Context(), thread(recipient)); err != nil {
			t.Fatal(err)
		}
	}
	other := thread("other")
	other.Number = number + "1"
	if err := r.Open(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	for _, sort := range []string{"META", "U#other"} { // What else a number may have.
		if err := r.Table.Put(t.Context(), store.Item{Key: store.Key{Partition: "S#" + number, Sort: sort}}); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := r.Of(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range rows {
		got = append(got, row.Recipient)
	}
	if !slices.Equal(got, want) {
		t.Errorf("threads %v, want %v", got, want)
	}
}

func TestDueThreads(t *testing.T) {
	r, _, _ := threads(t)
	for i, wait := range []time.Duration{0, 0, time.Hour} {
		th := thread(fmt.Sprint("r", i))
		th.Due = start.Add(wait)
		if err := r.Open(t.Context(), th); err != nil {
			t.Fatal(err)
		}
	}
	resting := thread("resting")
	resting.Number, resting.Due = "RESTING1", time.Time{}
	if err := r.Open(t.Context(), resting); err != nil {
		t.Fatal(err)
	}
	var got []string
	for shard := range store.Shards {
		numbers, next, err := r.Due(t.Context(), shard, start, "")
		if err != nil || next != "" {
			t.Fatal(err, next)
		}
		got = append(got, numbers...)
	}
	if !slices.Equal(got, []string{number}) {
		t.Errorf("due: %v, want the number once", got)
	}
}

func TestCounters(t *testing.T) {
	table, _, _, c := open(t)
	counters := store.Counters{Table: table, Now: c.Now}
	take := func(what string, limit int64) error { return counters.Take(t.Context(), what, limit) }
	for range 3 {
		if err := take("sms", 3); err != nil {
			t.Fatal(err)
		}
	}
	if err := take("sms", 3); !errors.Is(err, store.ErrLimit) {
		t.Errorf("a fourth of three: %v, want ErrLimit", err)
	}
	if err := take("mail", 3); err != nil {
		t.Errorf("another counter: %v", err)
	}
	if err := take("none", 0); !errors.Is(err, store.ErrLimit) {
		t.Errorf("one of none: %v, want ErrLimit", err)
	}
	c.Advance(12*time.Hour - time.Second) // One second to midnight, UTC.
	if err := take("sms", 3); !errors.Is(err, store.ErrLimit) {
		t.Errorf("before midnight: %v, want ErrLimit", err)
	}
	c.Advance(time.Second)
	if err := take("sms", 3); err != nil {
		t.Errorf("the next day: %v", err)
	}
}
