package secret_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shiptide/shiptide/shared/secret"
)

// held makes a fake wait, each time, until release is called.
func held(f *fake) (release func()) {
	gate := make(chan struct{})
	f.change(func(f *fake) {
		f.pause = func(ctx context.Context) error {
			select {
			case <-gate:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	})
	return func() { close(gate) }
}

// crowd asks for the key of ups fifty times at once, and counts who got it.
func crowd(t *testing.T, s *secret.Store, text string) (wait func(), got func() int) {
	t.Helper()
	var wg sync.WaitGroup
	var mu sync.Mutex
	n := 0
	for range 50 {
		wg.Go(func() {
			keys, err := s.Source("ups")(t.Context())
			if err != nil || keys.Empty() || matching(keys.Secrets[0], text) != text {
				t.Errorf("%v, %v, want the key %q", keys, err, text)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			n++
		})
	}
	synctest.Wait()
	return wg.Wait, func() int { mu.Lock(); defer mu.Unlock(); return n }
}

func TestOneReadsWhileTheOthersWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := holding(`["old"]`)
		release := held(f)
		wait, got := crowd(t, store(f), "old")
		if got() != 0 || f.began() != 1 {
			t.Errorf("%d answered during %d readings, want 0 during 1", got(), f.began())
		}
		release()
		wait()
		if f.began() != 1 {
			t.Errorf("%d readings, want 1", f.began())
		}
	})
}

func TestOneReadsWhileTheOthersUseTheOldKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := holding(`["old"]`)
		s := store(f)
		key(t, s)
		time.Sleep(5 * time.Minute)
		release := held(f)
		wait, got := crowd(t, s, "old")
		if got() != 49 || f.began() != 2 {
			t.Errorf("%d answered during reading %d, want 49 during 2", got(), f.began())
		}
		release()
		wait()
		if f.began() != 2 {
			t.Errorf("%d readings, want 2", f.began())
		}
	})
}

func TestACallerThatGivesUpEndsItsWaitOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := holding(`["old"]`)
		s, release := store(f), held(f)
		ctx, cancel := context.WithCancel(t.Context())
		failed := make(chan error, 1)
		go func() {
			_, err := s.Source("ups")(ctx)
			failed <- err
		}()
		synctest.Wait()
		wait, _ := crowd(t, s, "old")
		cancel()
		if err := <-failed; !errors.Is(err, context.Canceled) {
			t.Errorf("error = %v, want %v", err, context.Canceled)
		}
		release()
		wait() // The others got the key from the reading that the first began.
		if f.began() != 1 {
			t.Errorf("%d readings, want 1", f.began())
		}
	})
}

func TestASlowReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := holding(`["old"]`)
		s := store(f)
		key(t, s)
		time.Sleep(5 * time.Minute)
		f.change(func(f *fake) { f.values[ups] = `["new"]` })
		release := held(f)
		began := time.Now()
		if got := key(t, s, "old"); got != "old" || time.Since(began) != time.Second {
			t.Errorf("%q after %s, want the old key after 1s", got, time.Since(began))
		}
		release()
		synctest.Wait()
		if got := key(t, s, "new"); got != "new" || f.began() != 2 {
			t.Errorf("%q after %d readings, want the new key of the second", got, f.began())
		}
	})
}

func TestAReadingThatHangsFailsAfterTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := holding("")
		held(f)
		began := time.Now()
		_, err := store(f).Source("ups")(t.Context())
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 10*time.Second {
			t.Errorf("%v after %s, want %v after 10s", err, time.Since(began), context.DeadlineExceeded)
		}
	})
}
