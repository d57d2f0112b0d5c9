package storetest

import (
	"time"

	"github.com/shiptide/shiptide/shared/store"
)

var expiry = []test{
	{"a row is there until the moment it expires", func(f *fixture) {
		it := f.put(f.put(whole()))
		f.clock.Set(it.Expires.Add(-time.Nanosecond))
		f.stored(it)
		f.sorts(store.Query{Partition: it.Partition}, it.Sort)
		f.clock.Set(it.Expires)
		f.absent(it.Key)
		f.sorts(store.Query{Partition: it.Partition})
		f.scanned()
	}},
	{"an expired row conflicts as one that is gone", func(f *fixture) {
		it := f.put(whole())
		f.clock.Set(it.Expires)
		if got := f.conflict(it); got != nil {
			f.Errorf("stored = %+v, want nil", got)
		}
		f.absent(it.Key)
	}},
	{"an expired row is replaced at version 0", func(f *fixture) {
		it := f.put(f.put(whole()))
		f.clock.Set(it.Expires)
		next := f.put(text(it.Key, "next"))
		f.stored(next)
		f.sorts(store.Query{Partition: it.Partition}, it.Sort)
		f.same(&next, f.conflict(it))
	}},
	{"to delete an expired row is no error at any version", func(f *fixture) {
		it := f.put(whole())
		f.clock.Set(it.Expires)
		it.Version = 9
		f.delete(it)
		f.absent(it.Key)
		f.stored(f.put(text(it.Key, "next")))
	}},
	{"an expired counter starts again", func(f *fixture) {
		k := key("COUNT#sms", "-")
		f.add(k, 5, 5, start.Add(time.Minute))
		f.clock.Set(start.Add(time.Minute))
		if got := f.add(k, 2, 5, start.Add(time.Hour)); got != 2 {
			f.Errorf("Add = %d, want 2", got)
		}
		f.clock.Set(start.Add(time.Hour - time.Second))
		if got := f.add(k, 1, 5, time.Time{}); got != 3 {
			f.Errorf("Add = %d, want 3", got)
		}
	}},
	{"a counter keeps the expiry it started with", func(f *fixture) {
		k := key("COUNT#sms", "-")
		f.add(k, 1, 5, start.Add(time.Minute))
		f.add(k, 1, 5, start.Add(time.Hour))
		f.add(k, 1, 5, time.Time{})
		f.clock.Set(start.Add(time.Minute))
		f.absent(k)
	}},
	{"a page is filled past expired rows", func(f *fixture) {
		for _, sort := range []string{"a", "b", "c", "d", "e"} {
			it := text(key("p", sort), sort)
			if sort != "b" && sort != "e" {
				it.Expires = start.Add(time.Minute)
			}
			f.put(it)
		}
		f.clock.Set(start.Add(time.Minute))
		for limit := range 4 {
			f.sorts(store.Query{Partition: "p", Limit: limit}, "b", "e")
			f.sorts(store.Query{Partition: "p", Limit: limit, Reverse: true}, "e", "b")
		}
	}},
}
