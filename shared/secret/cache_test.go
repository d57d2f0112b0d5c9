package secret_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shiptide/shiptide/shared/secret"
)

func TestKeysAreReadAgainAfterFiveMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := holding(`["old"]`)
		s := store(f)
		if got := key(t, s, "old"); got != "old" {
			t.Errorf("at first: %q, want the key", got)
		}
		f.change(func(f *fake) { delete(f.values, ups) })
		time.Sleep(5*time.Minute - time.Nanosecond)
		if got := key(t, s, "old"); got != "old" || f.began() != 1 {
			t.Errorf("just before: %q after %d readings, want the key after 1", got, f.began())
		}
		time.Sleep(time.Nanosecond)
		if got := key(t, s, "old"); got != "" || f.began() != 2 {
			t.Errorf("after five minutes: %q after %d readings, want none after 2", got, f.began())
		}
	})
}

var errDown = errors.New("SSM is down")

func TestOldKeysServeForAnHourOfFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := holding(`["old"]`)
		s := store(f)
		key(t, s)
		f.change(func(f *fake) { f.err, f.values[ups] = errDown, `["new"]` })
		for range 59 {
			time.Sleep(time.Minute)
			if got := key(t, s, "old"); got != "old" {
				t.Fatalf("within the hour: %q, want the old key", got)
			}
		}
		if want := 1 + 55; f.began() != want {
			t.Errorf("%d readings, want %d", f.began(), want)
		}
		time.Sleep(time.Minute)
		if _, err := s.Source("ups")(t.Context()); !errors.Is(err, errDown) {
			t.Errorf("after an hour: %v, want %v", err, errDown)
		}
		if _, err := s.Own(t.Context()); !errors.Is(err, errDown) {
			t.Errorf("Own after an hour: %v, want %v", err, errDown)
		}
		f.change(func(f *fake) { f.err = nil })
		time.Sleep(10 * time.Second)
		if got := key(t, s, "new"); got != "new" {
			t.Errorf("when it is well again: %q, want the new key", got)
		}
	})
}

func TestAFloodDuringAFailureIsOneReadingInTenSeconds(t *testing.T) {
	tests := []struct {
		name  string
		first bool // a reading succeeds before
	}{{"with nothing read before", false}, {"with older keys", true}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := holding(`["old"]`)
				s := store(f)
				if tt.first {
					key(t, s)
					time.Sleep(5 * time.Minute)
				}
				f.change(func(f *fake) { f.err, f.reads = errDown, 0 })
				for range 200 { // pushes in twenty seconds
					if _, err := s.Source("ups")(t.Context()); (err == nil) != tt.first {
						t.Fatalf("error = %v, want one: %t", err, !tt.first)
					}
					time.Sleep(100 * time.Millisecond)
				}
				if f.began() != 2 {
					t.Errorf("%d readings, want 2", f.began())
				}
			})
		})
	}
}

func TestAClockThatIsSetBackMakesNoKeyLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, set := holding(`["old"]`), time.Hour
		s := secret.New(f, "prod", func() time.Time { return time.Now().Add(set) })
		key(t, s)
		set = 0
		f.change(func(f *fake) { f.values[ups] = `["new"]` })
		if got := key(t, s, "new"); got != "new" {
			t.Errorf("%q, want the new key", got)
		}
	})
}

func TestWhatIsWrittenIsReadAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := holding(`["old"]`)
		s := store(f)
		key(t, s)
		time.Sleep(5 * time.Minute)
		f.change(func(f *fake) { f.values = map[string]string{ups: `["old"]`} }) // on the page that is held
		release := held(f)
		go func() { _, _ = s.Source("ups")(t.Context()) }() // reads what was before
		synctest.Wait()
		f.change(func(f *fake) { f.pause = nil })
		if err := s.Set(t.Context(), "ups", "new"); err != nil {
			t.Fatal(err)
		}
		if got := key(t, s, "new"); got != "new" {
			t.Errorf("after Set: %q, want the new key", got)
		}
		release()
		synctest.Wait()
		if got := key(t, s, "new"); got != "new" {
			t.Errorf("after a reading that began before: %q, want the new key", got)
		}
	})
}

func TestAFailureIsLoggedWhileOldKeysServe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, log := holding(`["old"]`), bytes.Buffer{}
		s := store(f)
		s.Log = slog.New(slog.NewTextHandler(&log, nil))
		key(t, s)
		if log.Len() > 0 {
			t.Errorf("log of a reading that succeeds: %s", log.String())
		}
		f.change(func(f *fake) { f.err = refused("InternalServerError") })
		time.Sleep(5 * time.Minute)
		for range 3 {
			key(t, s)
		}
		if got := log.String(); strings.Count(got, "keys not read") != 1 || !strings.Contains(got, "/shiptide/prod: InternalServerError") {
			t.Errorf("log = %q, want one line with the path and the reason", got)
		}
		silent(t, "log", log.String())
	})
}
