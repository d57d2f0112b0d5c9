package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/notice"
)

// step orders the notices that follow each other; 0 for the others. A lower one
// is never told after a higher one.
var step = map[notice.Kind]int{
	notice.OnItsWay: 1, notice.ArrivedInCountry: 2, notice.OutForDelivery: 3, notice.AttemptFailed: 3,
	notice.ReadyForPickup: 3, notice.Delivered: 4, notice.Returning: 5, notice.Returned: 6,
}

// checkTold checks what must hold of every recipient of the demo's parcel, in
// whatever order its pushes came.
func checkTold(t *testing.T, order string, who string, told []notice.Told) {
	t.Helper()
	highest := 0
	seen := map[string]bool{}
	for _, n := range told {
		news := fmt.Sprint(n.Kind, n.SubStatus, n.Date)
		if seen[news] {
			t.Errorf("%s: %s was told %s twice: %s", order, who, news, kinds(told))
		}
		seen[news] = true
		if s := step[n.Kind]; s > 0 && s < highest {
			t.Errorf("%s: %s was told %s after a higher step: %s", order, who, n.Kind, kinds(told))
		} else {
			highest = max(highest, s)
		}
	}
	// The seller hears of nothing but the silence, since the clock stands at the
	// end of the parcel's life while its pushes come.
	if who != contact.SellerTopic && (len(told) == 0 || told[len(told)-1].Kind != notice.Delivered) {
		t.Errorf("%s: %s was told last %q, want delivered", order, who, kinds(told))
	}
}

// TestAnyOrder brings one parcel's pushes in random orders, with repeats and in
// random batches.
func TestAnyOrder(t *testing.T) {
	t.Parallel()
	orders := 1000 / sampled
	if testing.Short() {
		orders = 100
	}
	playOrders(t, inTestFile, orders)
}

func playOrders(t *testing.T, open open, orders int) {
	t.Helper()
	pushes := life(t)
	want := ""
	for seed := range orders {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		order := slices.Clone(pushes)
		for range r.IntN(5) {
			order = append(order, pushes[r.IntN(len(pushes))])
		}
		if seed > 0 { // The first one is in order.
			r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		}
		name := fmt.Sprintf("order %d", seed)
		got, told := playOrder(t, open, r, order)
		if want == "" {
			want = got
		}
		if got != want {
			t.Fatalf("%s: state\n%s\nwant\n%s", name, got, want)
		}
		for who, what := range told {
			checkTold(t, name, who, what)
		}
		delete(told, contact.SellerTopic) // It may have had nothing to hear.
		if len(told) != len(recipients)+1 {
			t.Errorf("%s: told %d recipients, want %d and the events topic", name, len(told), len(recipients))
		}
		if t.Failed() {
			return
		}
	}
}

func playOrder(t *testing.T, open open, r *rand.Rand, order [][]byte) (state string, told map[string][]notice.Told) {
	t.Helper()
	s := newStageOn(t, open)
	defer s.ground.leave()
	if err := s.subscribe(demoNumber); err != nil {
		t.Fatal(err)
	}
	s.clock = firstDay.Add(at(5, 20, 0)) // All has happened.
	for len(order) > 0 {
		batch := order[:min(len(order), 1+r.IntN(4))]
		order = order[len(batch):]
		for _, body := range batch {
			s.mustPost(body)
		}
		s.mustRest()
		s.clock = s.clock.Add(time.Minute)
	}
	rec, err := s.shipments.Get(t.Context(), demoNumber)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(rec.Public())
	if err != nil {
		t.Fatal(err)
	}
	return string(raw), s.told(demoNumber)
}
