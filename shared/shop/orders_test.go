package shop_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
)

// tale is the life of one order, in steps that are 90 minutes apart: TikTok sends
// nothing again that is older than 16 hours.
type tale struct {
	w     *world
	id    string
	packs []string
}

// steps are what happens, each with the pushes that it causes. One package changes
// its number, the other is delivered first, and of that nothing is pushed.
var steps = []func(*tale){
	func(a *tale) { a.id = a.w.place(2) },
	func(a *tale) {
		a.packs = []string{a.w.market.Ship(a.id, upsParcel(upsNumber), a.w.market.Look(a.id).Items[0])}
	},
	func(a *tale) {
		a.packs = append(a.packs, a.w.market.Ship(a.id, tiktokshoptest.Parcel{Number: tiktokNumber, Provider: "TT Virtual express", ShippingType: "TIKTOK"}))
	},
	func(a *tale) { a.w.market.Renumber(a.packs[0], otherUPS, "UPS") },
	func(a *tale) { a.w.market.AskCancel(a.id) },
	func(a *tale) { a.w.market.Withdraw(a.id) },
	func(a *tale) { a.w.market.Collect(a.packs[1]) },
	func(a *tale) { a.w.market.Collect(a.packs[0]) },
	func(a *tale) { a.w.market.Deliver(a.packs[1]) },
	func(a *tale) { a.w.market.Deliver(a.packs[0]) },
}

// told plays the life; of each push, counted from 0, when says after which steps it
// comes in, if at all. Everything is looked at in the end.
func told(t *testing.T, looks bool, when func(push, step int) []int) string {
	t.Helper()
	w := newWorld(t)
	w.connect()
	w.buyer(upsNumber)
	w.buyer(tiktokNumber)
	a := &tale{w: w}
	due := map[int][]tiktokshoptest.Push{}
	pushes := 0
	for i, step := range steps {
		w.pass(noon.Add(time.Duration(i+1) * 90 * time.Minute).Sub(w.now())) // However long the calls took.
		step(a)
		for _, p := range w.market.Pushes() {
			for _, after := range when(pushes, i) {
				due[after] = append(due[after], p)
			}
			pushes++
		}
		w.hear(func([]tiktokshoptest.Push) []tiktokshoptest.Push { return due[i] })
		if looks {
			w.until(w.now().Add(15 * time.Minute))
		}
	}
	for _, i := range sorted(due) {
		if i >= len(steps) {
			w.hear(func([]tiktokshoptest.Push) []tiktokshoptest.Push { return due[i] })
			w.look()
		}
	}
	w.until(w.now().Add(15 * time.Minute))
	w.tell(upsNumber, otherUPS, tiktokNumber)
	deliveries := 2
	if !looks {
		deliveries = 1 // That the number of the other was another once, nobody knew.
	}
	return w.end(a.id, deliveries)
}

func sorted[V any](m map[int]V) []int {
	var keys []int
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// end is all that is known in the end: of the order, of its parcels, and what the
// buyer was told.
func (w *world) end(id string, deliveries int) string {
	w.t.Helper()
	o := w.order(id)
	var b strings.Builder
	fmt.Fprintf(&b, "order %s, stale %t", o.Status, !o.Stale.IsZero())
	for _, p := range o.Packages {
		fmt.Fprintf(&b, ", %s %s %s", p.PackageID, p.TrackingNumber, p.Status)
	}
	for _, number := range []string{upsNumber, otherUPS, tiktokNumber} {
		rec, err := w.Shipments.Find(w.t.Context(), number)
		if err != nil {
			w.t.Fatal(err)
		}
		public := rec.Public(shipment.Flags(&rec.Shipment, w.now())...)
		raw, err := json.Marshal(&public, json.Deterministic(true))
		if err != nil {
			w.t.Fatal(err)
		}
		fmt.Fprintf(&b, "\n%s followed %t %s", number, !rec.RegisteredAt.IsZero(), raw)
	}
	count := map[string]int{}
	for _, line := range w.sent {
		if strings.HasSuffix(line, " to buyer") {
			count[line]++
		}
	}
	for line, n := range count {
		if n > 2 || n > 1 && !strings.HasPrefix(line, "on_its_way") && !strings.HasPrefix(line, "delivered") { // Of two parcels.
			w.t.Errorf("%s %d times", line, n)
		}
	}
	if count["delivered to buyer"] != deliveries {
		w.t.Errorf("told %v, want %d deliveries", w.sent, deliveries)
	}
	return b.String()
}

// TestAnyOrderOfPushes: those of one order in every order, doubled, late, and with
// any one lost, or all of them: the same end.
func TestAnyOrderOfPushes(t *testing.T) {
	at := func(_, step int) []int { return []int{step} }
	want := told(t, true, at)
	pushes := 0
	told(t, true, func(n, step int) []int { pushes = max(pushes, n+1); return []int{step} })
	if pushes != 6 || !strings.Contains(want, "order DELIVERED, stale false") {
		t.Fatalf("%d pushes, and in the end\n%s", pushes, want)
	}
	t.Logf("%d pushes; in the end\n%s", pushes, want)
	check := func(name string, looks bool, when func(push, step int) []int) {
		t.Run(name, func(t *testing.T) {
			if got := told(t, looks, when); got != want && looks {
				t.Errorf("ends as\n%s\nwant\n%s", got, want)
			}
		})
	}
	check("all lost", true, func(int, int) []int { return nil })
	check("all twice", true, func(_, step int) []int { return []int{step, step} })
	for n := range pushes {
		check(fmt.Sprintf("push %d lost", n), true, func(push, step int) []int {
			if push == n {
				return nil
			}
			return []int{step}
		})
		for i, late := range []int{0, 1, 3, 100} {
			if (n+i)%4 >= max(1, 4/sampled) {
				continue
			}
			check(fmt.Sprintf("push %d again %d steps later", n, late), true, func(push, step int) []int {
				if push == n {
					return []int{step, step + late}
				}
				return []int{step}
			})
			check(fmt.Sprintf("push %d late by %d steps", n, late), true, func(push, step int) []int {
				if push == n {
					return []int{step + late}
				}
				return []int{step}
			})
		}
	}
}

// TestAnyOrderAtOnce brings the pushes at once when all has happened, in every order
// that there is, one of them twice and one lost. Nothing was looked at before.
func TestAnyOrderAtOnce(t *testing.T) {
	const pushes = 6
	first := ""
	played := 0
	for i, order := range orders(pushes) {
		if i%sampled > 0 {
			continue
		}
		played++
		lost, twice := i%(pushes+1), i/(pushes+1)%(pushes+1) // The last of each: none.
		got := told(t, false, func(push, _ int) []int {
			at := 100 + slices.Index(order, push)
			switch push {
			case lost:
				return nil
			case twice:
				return []int{at, 200}
			}
			return []int{at}
		})
		if first = cmp.Or(first, got); got != first {
			t.Fatalf("order %v without %d, and %d twice, ends as\n%s\nwant\n%s", order, lost, twice, got, first)
		}
	}
	t.Logf("%d orders", played)
}

// orders are all orders of the numbers below n.
func orders(n int) [][]int {
	if n == 0 {
		return [][]int{nil}
	}
	var out [][]int
	for _, rest := range orders(n - 1) {
		for at := range n {
			out = append(out, slices.Insert(slices.Clone(rest), at, n-1))
		}
	}
	return out
}
