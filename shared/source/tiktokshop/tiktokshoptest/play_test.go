package tiktokshoptest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
)

// rank is how far an order is. It never goes back but by what is cancelled.
var rank = map[string]int{
	"AWAITING_SHIPMENT": 0, "PARTIALLY_SHIPPING": 1, "AWAITING_COLLECTION": 2, "IN_TRANSIT": 3, "DELIVERED": 4, "COMPLETED": 5, "CANCELLED": 6,
}

// Whatever is played: orders go forward, our source reads all of the answers and
// pushes, and a search that follows the changes ends up with what the details say.
func TestPlay(t *testing.T) {
	src := open(t)
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, rapid.SampledFrom([]string{"US", "GB", "TH"}).Draw(rt, "region"))
		w.Lag = rapid.SampledFrom([]time.Duration{0, 90 * time.Second}).Draw(rt, "lag")
		var orders []string
		seen := map[string]orderSeen{}
		mark := int64(0)
		follow := func() {
			next := mark
			for _, id := range w.walk("orders", "sort_field=update_time&sort_order=ASC&page_size=3", since(mark), nil) {
				seen[id] = w.order(id)
				next = max(next, seen[id].Updated-90)
			}
			mark = next
		}
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			w.clock.add(time.Duration(rapid.IntRange(0, 90).Draw(rt, "wait")) * time.Second)
			if len(orders) == 0 || rapid.IntRange(0, 3).Draw(rt, "place") == 0 {
				orders = append(orders, w.Place(tiktokshoptest.Order{Shop: w.shop.ID, Units: rapid.IntRange(1, 3).Draw(rt, "units")}))
				continue
			}
			id := rapid.SampledFrom(orders).Draw(rt, "order")
			before := w.Look(id)
			what := rapid.SampledFrom([]string{"ship", "split", "combine", "collect", "deliver", "lose", "cancel", "complete", "follow"}).Draw(rt, "what")
			if what == "follow" {
				follow()
			} else if try(func() { w.play(rt, what, before, id, orders) }) {
				if after := w.Look(id).Status; rank[after] < rank[before.Status] {
					rt.Fatalf("%s: from %s to %s", what, before.Status, after)
				}
			}
		}
		w.clock.add(2 * time.Minute)
		follow()
		for _, id := range orders {
			if seen[id].Updated != w.order(id).Updated {
				rt.Fatalf("order %s was missed", id)
			}
			for _, p := range w.Look(id).Packages {
				report, err := src.Answer(200, w.get("/fulfillment/202309/packages/"+p, "").Body)
				if err != nil || len(report.Malformed) > 0 {
					rt.Fatalf("package %s is not read: %+v, %v", p, report, err)
				}
			}
		}
		for what, size := range map[string]string{"orders": "page_size=100", "packages": "page_size=50"} {
			report, err := src.Answer(200, w.search(what, size, "{}").Body)
			if err != nil || len(report.Malformed) > 0 {
				rt.Fatalf("%s are not read: %+v, %v", what, report, err)
			}
		}
		for _, p := range w.Pushes() {
			if report, err := src.Receiver.Decode(p.Body); err != nil || len(report.Malformed) > 0 {
				rt.Fatalf("%s is not read: %+v, %v", p.Body, report, err)
			}
		}
	})
}

// try tells whether the world allows something.
func try(do func()) (allowed bool) {
	defer func() {
		switch why := recover(); {
		case why == nil:
		case strings.HasPrefix(fmt.Sprint(why), "tiktokshoptest: "):
			allowed = false
		default: // Rapid wants to stop, or there is a bug.
			panic(why)
		}
	}()
	do()
	return true
}

func (w *world) play(rt *rapid.T, what string, o tiktokshoptest.View, id string, orders []string) {
	parcel := tiktokshoptest.Parcel{Number: "9400100000000000000000"}
	one := func() string {
		if len(o.Packages) == 0 {
			panic("tiktokshoptest: no package")
		}
		return o.Packages[rapid.IntRange(0, len(o.Packages)-1).Draw(rt, "package")]
	}
	switch what {
	case "ship":
		w.Ship(id, parcel, o.Unshipped[:min(1, len(o.Unshipped))]...)
	case "split":
		w.Split(one(), parcel, parcel)
	case "combine":
		w.Combine(append(w.Look(rapid.SampledFrom(orders).Draw(rt, "other")).Packages, one())...)
	case "collect":
		w.Collect(one())
	case "deliver":
		w.Deliver(one())
	case "lose":
		w.Lose(one())
	case "cancel":
		w.Cancel(id, o.Unshipped[:min(1, len(o.Unshipped))]...)
	case "complete":
		w.Complete(id)
	}
}
