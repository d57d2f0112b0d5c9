package storetest

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/shiptide/shiptide/shared/store"
)

var counters = []test{
	{"a counter starts at 0 and returns its sum", func(f *fixture) {
		k := key("COUNT#sms", "-")
		for _, tt := range []struct{ n, want int64 }{{3, 3}, {4, 7}, {-5, 2}, {0, 2}, {8, 10}} {
			if got := f.add(k, tt.n, 10, time.Time{}); got != tt.want {
				f.Errorf("Add %d = %d, want %d", tt.n, got, tt.want)
			}
		}
		it, err := f.table.Get(f.Context(), k)
		if err != nil || it.Count != 10 || it.Version == 0 {
			f.Errorf("Get = count %d, version %d, %v, want 10", it.Count, it.Version, err)
		}
	}},
	{"what would pass the limit changes nothing", func(f *fixture) {
		k := key("COUNT#sms", "-")
		f.overLimit(k, 11, 10)
		f.absent(k)
		f.overLimit(k, 1, 0)
		f.absent(k)
		f.add(k, 9, 10, start.Add(time.Hour))
		before, err := f.table.Get(f.Context(), k)
		if err != nil {
			f.Fatal(err)
		}
		f.overLimit(k, 2, 10)
		f.stored(before)
		f.add(k, 1, 10, time.Time{})
		f.overLimit(k, 1, 10)
	}},
	{"what was given back can be taken again", func(f *fixture) {
		k := key("COUNT#sms", "-")
		f.add(k, 10, 10, time.Time{})
		f.overLimit(k, 1, 10)
		f.add(k, -1, 10, time.Time{})
		if got := f.add(k, 1, 10, time.Time{}); got != 10 {
			f.Errorf("Add = %d, want 10", got)
		}
	}},
	{"a count leaves the rest of a row as it is", func(f *fixture) {
		it := f.put(whole())
		if got := f.add(it.Key, 50, 100, time.Time{}); got != 8 {
			f.Errorf("Add = %d, want 8", got)
		}
		got, err := f.table.Get(f.Context(), it.Key)
		if err != nil {
			f.Fatal(err)
		}
		it.Count, it.Version = 8, got.Version
		f.same(it, got)
	}},
	{"a count is a new version", func(f *fixture) {
		it := f.put(whole())
		f.add(it.Key, 1, 100, time.Time{})
		if stored := f.conflict(it); stored == nil || stored.Count != it.Count+1 {
			f.Errorf("stored = %+v, want the new count", stored)
		}
	}},
	{"50 goroutines take what the limit allows and no more", func(f *fixture) {
		const limit = 60
		k := key("COUNT#sms", "-")
		var taken, refused atomic.Int64
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				for range 2 {
					switch sum, err := f.table.Add(f.Context(), k, 1, limit, start.Add(time.Hour)); {
					case err == nil && sum <= limit:
						taken.Add(1)
					case errors.Is(err, store.ErrLimit):
						refused.Add(1)
					default:
						f.Errorf("Add = %d, %v", sum, err)
					}
				}
			})
		}
		wg.Wait()
		if taken.Load() != limit || refused.Load() != 100-limit {
			f.Errorf("%d taken, %d refused, want %d and %d", taken.Load(), refused.Load(), limit, 100-limit)
		}
		if got := f.add(k, 0, limit, time.Time{}); got != limit {
			f.Errorf("count = %d, want %d", got, limit)
		}
	}},
}

func (f *fixture) overLimit(k store.Key, n, limit int64) {
	f.Helper()
	if sum, err := f.table.Add(f.Context(), k, n, limit, time.Time{}); !errors.Is(err, store.ErrLimit) {
		f.Errorf("Add %d = %d, %v, want ErrLimit", n, sum, err)
	}
}
