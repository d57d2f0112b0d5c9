package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/store"
)

func vaultOf(t *testing.T, key string) *contact.Vault {
	t.Helper()
	v, err := contact.NewVault(bytes.Repeat([]byte("p"), 32), bytes.Repeat([]byte(key), 32))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestTokensAreSealed: nothing of them stands in a row, nor in what is printed, and
// who has another key reads none.
func TestTokensAreSealed(t *testing.T) {
	_, _, table, _ := open(t)
	r, clock := store.Shops{Table: table, Vault: vaultOf(t, "d")}, start
	pair := store.Tokens{Access: "canary-access", AccessUntil: clock, Refresh: "canary-refresh", RefreshUntil: clock}
	g := store.Grant{Source: "tiktokshop", ID: "open", Tokens: pair, Before: pair, Lease: notice.Lease{Owner: "me", Until: clock}}
	if err := r.SaveGrant(t.Context(), &g); err != nil {
		t.Fatal(err)
	}
	row, err := r.Table.Get(t.Context(), store.Key{Partition: "TOKEN#tiktokshop#open", Sort: "-"})
	if err != nil || strings.Contains(fmt.Sprint(row.Attrs)+string(row.Body), "canary") {
		t.Errorf("the row holds a token (%v)", err)
	}
	if s := fmt.Sprintf("%v %+v %#v %s", g, g, g.Tokens, pair); strings.Contains(s, "canary") {
		t.Errorf("printed: %s", s)
	}
	read, err := r.Grant(t.Context(), "tiktokshop", "open")
	if err != nil || read.Tokens != pair || read.Before != pair || read.Lease.Owner != "me" || !read.Lease.Until.Equal(clock) {
		t.Errorf("read lease %+v, %v, or other tokens", read.Lease, err)
	}
	stale := read
	if err := r.SaveGrant(t.Context(), &read); err != nil {
		t.Fatal(err)
	}
	if err := r.SaveGrant(t.Context(), &stale); !errors.Is(err, store.ErrTaken) {
		t.Errorf("a second writer: %v, want %v", err, store.ErrTaken)
	}
	other := store.Shops{Table: r.Table, Vault: vaultOf(t, "o")}
	lost, err := other.Grant(t.Context(), "tiktokshop", "open")
	if !errors.Is(err, store.ErrOtherKeys) || lost.Tokens != (store.Tokens{}) {
		t.Errorf("with another key: %v", err)
	}
	lost.Tokens = pair // It can be written over all the same.
	if err := other.SaveGrant(t.Context(), &lost); err != nil {
		t.Error(err)
	}
	if _, err := r.Grant(t.Context(), "tiktokshop", "none"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("one that is not there: %v", err)
	}
}

func TestShops(t *testing.T) {
	_, _, table, _ := open(t)
	r, clock := store.Shops{Table: table}, start
	for _, id := range []string{"2", "1"} {
		if err := r.Save(t.Context(), &store.Shop{Source: "tiktokshop", ID: id, Name: "Shop " + id, Due: clock}); err != nil {
			t.Fatal(err)
		}
	}
	list, err := r.List(t.Context(), "tiktokshop")
	if err != nil || len(list) != 2 || list[0].ID != "1" || list[1].Name != "Shop 2" || !list[0].Due.Equal(clock) {
		t.Errorf("listed %+v, %v", list, err)
	}
	if list, err := r.List(t.Context(), "another"); err != nil || len(list) > 0 {
		t.Errorf("listed %+v, %v", list, err)
	}
	clock = clock.Add(time.Minute)
	shop, err := r.Change(t.Context(), "tiktokshop", "1", func(s *store.Shop) { s.Due = clock.Add(time.Hour) })
	if err != nil || !shop.Due.Equal(clock.Add(time.Hour)) {
		t.Errorf("changed to %+v, %v", shop, err)
	}
	var due []string
	for shard := range store.Shards {
		keys, err := r.Due(t.Context(), shard, clock)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range keys {
			due = append(due, k[0]+"/"+k[1])
		}
	}
	if strings.Join(due, " ") != "tiktokshop/2" {
		t.Errorf("due %q", due)
	}
}

// TestOrderRows: they are due when something is to be asked, listed by the day they
// were placed on, and gone a while after the last that is known.
func TestOrderRows(t *testing.T) {
	_, _, table, c := open(t)
	r, clock := store.Orders{Table: table, Now: c.Now}, start
	if err := r.Mark(t.Context(), &order.Change{ShopID: "1", OrderID: "577", Status: "UNPAID", UpdatedAt: clock}); err != nil {
		t.Fatal(err)
	}
	due := func() (n int) {
		for shard := range store.Shards {
			keys, err := r.Due(t.Context(), shard, clock)
			if err != nil {
				t.Fatal(err)
			}
			n += len(keys)
		}
		return n
	}
	if n := due(); n != 1 {
		t.Errorf("%d due, want one", n)
	}
	if err := r.Prompt(t.Context(), "1", "none", clock); err != nil { // No row is made.
		t.Error(err)
	}
	o, err := r.Get(t.Context(), "1", "none")
	if err != nil || o.Stored() {
		t.Errorf("%+v, %v", o, err)
	}
	if o, err = r.Get(t.Context(), "1", "577"); err != nil || !o.Stored() || o.Stale.IsZero() {
		t.Fatalf("%+v, %v", o, err)
	}
	again := o
	o.Due, o.CreatedAt = time.Time{}, clock
	if err := r.Save(t.Context(), &o); err != nil || due() != 0 {
		t.Errorf("%d due (%v), want none", due(), err)
	}
	if err := r.Save(t.Context(), &again); !errors.Is(err, store.ErrTaken) {
		t.Errorf("a second writer: %v", err)
	}
	for range 2 {
		if err := r.List(t.Context(), &o.Order); err != nil {
			t.Fatal(err)
		}
	}
	if ids, err := r.Day(t.Context(), "1", clock); err != nil || len(ids) != 1 || ids[0] != "577" {
		t.Errorf("of the day %q, %v", ids, err)
	}
	c.Advance(store.UnregisteredLife)
	if o, err := r.Get(t.Context(), "1", "577"); err != nil || o.Stored() {
		t.Errorf("of which only a push was known: %+v, %v", o, err)
	}
}

// TestThreadsOfOrdersAreNotDue: their order is. Nor are they those of a number.
func TestThreadsOfOrdersAreNotDue(t *testing.T) {
	_, _, table, _ := open(t)
	r, clock := store.Threads{Table: table}, start
	one, err := r.OfOrder(t.Context(), "1", "577", "seller")
	if err != nil || one.Stored() {
		t.Fatalf("%+v, %v", one, err)
	}
	one.Due = clock
	one.Warn("no_scan", []string{"a", "b"}, "m1", "p1", clock)
	if err := r.Save(t.Context(), &one); err != nil {
		t.Fatal(err)
	}
	two, err := r.OfShop(t.Context(), "tiktokshop", "1", "seller")
	if err != nil || two.Stored() {
		t.Fatalf("%+v, %v", two, err)
	}
	if err := r.Save(t.Context(), &two); err != nil {
		t.Fatal(err)
	}
	read, err := r.OfOrder(t.Context(), "1", "577", "seller")
	if err != nil || !read.Stored() || !read.Has("a") || !read.Has("b") || read.Has("c") || !read.Due.IsZero() {
		t.Errorf("%+v, %v", read, err)
	}
	for shard := range store.Shards {
		page, err := r.Table.Query(t.Context(), store.Query{Shard: shard, DueUntil: clock.AddDate(1, 0, 0)})
		if err != nil || len(page.Items) > 0 {
			t.Errorf("due %v, %v", page.Items, err)
		}
	}
	if of, err := r.Of(t.Context(), "1/577"); err != nil || len(of) > 0 {
		t.Errorf("threads of a number %v, %v", of, err)
	}
}
