package storetest

import (
	"encoding/binary"
	"errors"
	"sync"

	"github.com/shiptide/shiptide/shared/store"
)

var concurrency = []test{
	{"no increment of 200 goroutines is lost", func(f *fixture) {
		k := key("counter", "-")
		// They come a few at a time, or most of their tries would be in vain.
		turns := make(chan struct{}, 12)
		var wg sync.WaitGroup
		for range 200 {
			wg.Go(func() {
				turns <- struct{}{}
				defer func() { <-turns }()
				f.increment(k)
			})
		}
		wg.Wait()
		it := text(k, string(binary.BigEndian.AppendUint64(nil, 200)))
		it.Version = 200
		f.stored(it)
	}},
	{"of those who make the same row one succeeds", func(f *fixture) {
		k := key("claim", "-")
		var wg sync.WaitGroup
		won := make(chan string, 20)
		for i := range 20 {
			wg.Go(func() {
				name := string(rune('a' + i))
				err := f.table.Put(f.Context(), text(k, name))
				var conflict *store.ConflictError
				switch {
				case err == nil:
					won <- name
				case !errors.As(err, &conflict):
					f.Errorf("Put = %v", err)
				case conflict.Stored == nil:
					f.Error("conflict with nothing stored")
				}
			})
		}
		wg.Wait()
		if len(won) != 1 {
			f.Fatalf("%d succeeded, want 1", len(won))
		}
		it := text(k, <-won)
		it.Version = 1
		f.stored(it)
	}},
	{"writers of different rows do not disturb each other", func(f *fixture) {
		var wg sync.WaitGroup
		for i := range 50 {
			wg.Go(func() {
				it := text(key("p", string(rune('A'+i))), "x")
				if err := f.table.Put(f.Context(), it); err != nil {
					f.Errorf("Put = %v", err)
				}
			})
		}
		wg.Wait()
		if got := len(f.all(store.Query{Partition: "p"})); got != 50 {
			f.Errorf("%d rows, want 50", got)
		}
	}},
}

// increment adds 1 to the number in a row's body, from what the conflict says is
// stored, until it succeeds.
func (f *fixture) increment(k store.Key) {
	it := store.Item{Key: k, Body: make([]byte, 8)}
	for {
		binary.BigEndian.PutUint64(it.Body, binary.BigEndian.Uint64(it.Body)+1)
		err := f.table.Put(f.Context(), it)
		if err == nil {
			return
		}
		var conflict *store.ConflictError
		if !errors.As(err, &conflict) || conflict.Stored == nil || len(conflict.Stored.Body) != 8 {
			f.Errorf("Put = %v, want a conflict with the stored row", err)
			return
		}
		it = *conflict.Stored
	}
}
