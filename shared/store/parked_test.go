package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/storetest"
)

func TestParkOfAPushThatIsGone(t *testing.T) {
	b, _, c := inbox(t)
	p := push("body")
	mustPut(t, b, &p, c.Now())
	p = read(t, b, p.Key())
	c.Advance(31 * day)
	if err := b.Park(t.Context(), &p, store.Parked{Reason: "x", Since: c.Now(), Next: c.Now()}); err != nil {
		t.Errorf("Park = %v, want nothing: there is nothing left to do", err)
	}
	if _, err := b.Get(t.Context(), p.Key()); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the push came back: %v", err)
	}
}

func TestParkMeetsAFault(t *testing.T) {
	b, w, c := inbox(t)
	p := push("body")
	mustPut(t, b, &p, c.Now())
	p = read(t, b, p.Key())
	w.At(w.Calls()+1, storetest.Fail)
	if err := b.Park(t.Context(), &p, store.Parked{Reason: "x", Since: start, Next: start}); !errors.Is(err, storetest.ErrInjected) {
		t.Errorf("Park = %v, want the fault: the batch must come again", err)
	}
	w.At(w.Calls()+1, storetest.Forget)
	parked := store.Parked{Reason: "x", Since: start, Next: start}
	if err := b.Park(t.Context(), &p, parked); !errors.Is(err, storetest.ErrInjected) {
		t.Errorf("Park = %v, want the fault", err)
	}
	if err := b.Park(t.Context(), &p, parked); err != nil {
		t.Errorf("after a lost answer: %v", err)
	}
}

func TestParkedPushes(t *testing.T) {
	b, _, c := inbox(t)
	for i := range 30 {
		p := push(fmt.Sprint("body ", i))
		mustPut(t, b, &p, c.Now())
		if i%2 == 0 {
			if err := b.Park(t.Context(), &p, store.Parked{Reason: "x", Since: start, Next: start.Add(time.Duration(i) * day)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for limit, want := range map[int]int{100: 15, 15: 15, 4: 4} {
		got, err := b.ParkedPushes(t.Context(), limit)
		if err != nil || len(got) != want {
			t.Errorf("limit %d: %d pushes, %v, want %d", limit, len(got), err, want)
		}
	}
}

func TestPutTooLarge(t *testing.T) {
	b, _, c := inbox(t)
	var noise strings.Builder
	for i := range 400_000 {
		noise.WriteByte(byte(i*i*i>>3) ^ byte(i>>7) ^ byte(i*2654435761>>13))
	}
	p := push(noise.String())
	if _, err := b.Put(t.Context(), &p, c.Now()); !errors.Is(err, store.ErrTooLarge) {
		t.Errorf("Put = %v, want ErrTooLarge", err)
	}
}
