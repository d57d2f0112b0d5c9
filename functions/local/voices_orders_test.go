package main

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/shipment"
)

// tale is one way in which two sources tell of one parcel, and what comes of
// it.
type tale struct {
	name   string
	pushes []voice
	late   bool // the order becomes known while they come
	// unnamed: the order does not say who carries the parcel. Until the carrier
	// speaks the aggregator is believed, so that what is told may be wrong.
	unnamed bool

	told, seller          string // in order
	also                  string // may be told when out of order
	code, delivered       string // what is said last of the delivery; its first time
	attempts              int
	lines, shared, others int // lines, those that both tell, scans of another parcel
}

func tales(t *testing.T) []tale {
	ups, track := voices(t, "ups"), voices(t, "17track")
	both := func(list ...[]voice) []voice { return slices.Concat(list...) }
	upsWithout := func(names ...string) []voice {
		return slices.DeleteFunc(slices.Clone(ups), func(v voice) bool { return slices.Contains(names, v.name) })
	}
	mistaken := slices.Clone(track)
	mistaken[8] = mistaken[8].retold(t, tooEarly)
	list := []tale{
		{name: "as they come", pushes: both(ups, track), lines: 13, shared: 11},
		{name: "with zones", pushes: both(ups, voices(t, "17track", zoned)), lines: 13, shared: 11},
		// Read as UTC, the aggregator's scans lie before those of the carrier.
		{name: "without a place", pushes: both(ups, voices(t, "17track", nowhere)), delivered: "2026-11-19T13:19:04Z", lines: 13, shared: 11},
		{name: "a minute late", code: "DELIVERED.GENERIC", pushes: both(ups, voices(t, "17track", offBy(time.Minute))), lines: 24, shared: 0},
		{name: "a minute early", pushes: both(ups, voices(t, "17track", offBy(-time.Minute))), delivered: "2026-11-19T21:18:04Z", lines: 23, shared: 1},
		{name: "dates without hours", code: "DELIVERED.GENERIC", pushes: both(ups, voices(t, "17track", datesOnly)), lines: 15, shared: 9},
		{name: "scans that either misses", code: "DELIVERED.GENERIC", pushes: both(
			upsWithout("03-accepted", "09-out-for-delivery", "12-delivered"),
			voices(t, "17track", holes("Picked up", "Severe weather conditions have delayed delivery.")),
		), lines: 13, shared: 6},
		{name: "of another carrier at first", pushes: both(ups, voices(t, "17track", fedex)[3:], track[9:]), lines: 13, shared: 11, others: 12},
		{name: "of another carrier, as nobody knows yet", pushes: both(ups, voices(t, "17track", fedex)[3:], track[9:]), unnamed: true, lines: 13, shared: 11, others: 12},
		{name: "of another carrier under the name of ours", pushes: both(ups, voices(t, "17track", fedexUnasked)[3:], track[9:]), lines: 13, shared: 11, others: 12},
		{
			name: "a delivery taken back", pushes: both(ups, mistaken), lines: 14, shared: 11,
			told: "on_its_way delayed out_for_delivery delivered correction out_for_delivery delivered", seller: "delayed mismatch", also: "delayed attempt_failed",
		},
		{name: "each history twice", pushes: both(ups, track, voices(t, "17track", anHourLater)), lines: 13, shared: 11},
		{name: "ordered late", pushes: both(ups, track), late: true, lines: 13, shared: 11},
	}
	for i := range list {
		ta := &list[i]
		ta.attempts = 1
		ta.told = cmp.Or(ta.told, "on_its_way delayed out_for_delivery attempt_failed out_for_delivery delivered")
		ta.also = cmp.Or(ta.also, "delayed") // Once without the new date.
		ta.seller = cmp.Or(ta.seller, "delayed")
		ta.code = cmp.Or(ta.code, "DELIVERED.SAFE_PLACE") // Of one moment, the carrier's word.
		ta.delivered = cmp.Or(ta.delivered, "2026-11-19T21:19:04Z")
	}
	return list
}

// order is the fact that starts a tale.
func (ta *tale) order() voice {
	v := placed()
	if ta.unnamed {
		v.said.Links = slices.DeleteFunc(v.said.Links, func(l shipment.Link) bool { return l.Kind == shipment.CarrierLink })
	}
	return v
}

// inOrder plays a tale as it comes.
func (ta *tale) inOrder(t *testing.T) *telling {
	t.Helper()
	p := newTelling()
	p.hear(t, ta.order())
	for _, v := range slices.SortedStableFunc(slices.Values(ta.pushes), func(a, b voice) int { return a.came.Compare(b.came) }) {
		p.now = v.came
		p.hear(t, v)
	}
	return p
}

// TestTwoVoicesInOrder: what comes of each tale when nothing is out of order.
func TestTwoVoicesInOrder(t *testing.T) {
	for _, ta := range tales(t) {
		t.Run(ta.name, func(t *testing.T) {
			p := ta.inOrder(t)
			sh := p.set.Fold()
			var shared int
			for _, l := range sh.Lines() {
				if slices.Equal(l.Sources, []string{"ups", "17track"}) {
					shared++
				}
			}
			ta.pushes = nil
			got := ta
			got.told, got.seller = kinds(p.listeners[0].Told), kinds(p.listeners[1].Told)
			got.code, got.delivered, got.attempts = sh.Code.String(), sh.DeliveredAt.Format(time.RFC3339), sh.Attempts
			got.lines, got.shared, got.others = len(sh.Lines()), shared, len(sh.Others)
			if diff := gocmp.Diff(ta, got, gocmp.AllowUnexported(tale{}, voice{})); diff != "" {
				t.Errorf("differs (-want +got):\n%s", diff)
			}
			if sh.Carrier != "ups" {
				t.Errorf("carrier %q, want ups", sh.Carrier)
			}
			if e := sh.Estimate; e.Source != "ups" || e.First != "2026-11-17" || e.To != "2026-11-19" || e.Worst != "2026-11-19" {
				t.Errorf("promised %+v, want the words of ups", e)
			}
		})
	}
}

// TestTwoVoicesInAnyOrder brings each tale in sampled orders, with repeats, in
// batches, stored in between.
func TestTwoVoicesInAnyOrder(t *testing.T) {
	orders := 800
	if testing.Short() {
		orders = 50
	}
	for i, ta := range tales(t) {
		want := ta.inOrder(t)
		wantState := state(t, &want.set)
		t.Run(ta.name, func(t *testing.T) {
			t.Parallel()
			for seed := range orders {
				s := sample{tale: &ta, r: rand.New(rand.NewPCG(uint64(seed), uint64(i)))}
				got := s.play(t, seed)
				if now := state(t, &got.set); now != wantState {
					t.Fatalf("order %d: state differs (-in order +so):\n%s", seed, gocmp.Diff(wantState, now))
				}
				if !reflect.DeepEqual(want.set, got.set) {
					t.Fatalf("order %d: other facts are kept", seed)
				}
				for _, l := range got.listeners {
					if fault := ta.fault(l); fault != "" {
						t.Fatalf("order %d: the %s was told %s: %s", seed, l.name, kinds(l.Told), fault)
					}
				}
			}
		})
	}
}

// fault says what is wrong in what somebody was told, out of order or not.
func (ta *tale) fault(l *listener) string {
	if ta.unnamed {
		return ""
	}
	fault, expected := faultIn(l.Told), ta.told+" "+ta.also
	switch {
	case fault != "" || l.Audience == notice.Seller:
		return fault
	case l.Audience == notice.Machine: // It hears of silence, as the seller does.
		expected += " no_first_scan stalled mismatch"
	}
	return faultAgainst(strings.Fields(expected), l.Told)
}

// sample is one order in which a tale is told.
type sample struct {
	*tale
	r *rand.Rand
}

// play tells it in one of three ways: in any order with the clock at the end or
// at the newest of what came, and each push late by up to two days.
func (s *sample) play(t *testing.T, seed int) *telling {
	t.Helper()
	order := slices.Clone(s.pushes)
	for range s.r.IntN(8) {
		order = append(order, s.pushes[s.r.IntN(len(s.pushes))])
	}
	s.r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	if seed%3 == 2 {
		for i := range order {
			order[i].came = order[i].came.Add(time.Duration(s.r.IntN(48*60)) * time.Minute)
		}
		slices.SortStableFunc(order, func(a, b voice) int { return a.came.Compare(b.came) })
	}
	p := newTelling()
	if s.late {
		at := s.r.IntN(len(order))
		order = slices.Insert(order, at, s.order())
	} else {
		p.hear(t, s.order())
	}
	middle, look := s.r.IntN(len(order)), s.r.IntN(len(order))
	for i := 0; i < len(order); {
		batch := order[i:min(len(order), i+1+s.r.IntN(8))]
		i += len(batch)
		for _, v := range batch {
			if p.now.Before(v.came) {
				p.now = v.came
			}
		}
		if p.now.After(settled) || seed%3 == 0 {
			p.now = settled
		}
		p.hear(t, batch...)
		if len(p.listeners) == 3 && i > middle {
			p.open("late buyer", notice.Customer, p.now)
			p.hear(t) // A thread that was opened is due at once.
		}
		if s.r.IntN(2) == 0 {
			p.set = *shipment.Restore(&p.set)
		}
		if look < i {
			look = len(order)
			s.compare(t, seed, &p.set, order[:i])
		}
	}
	return p
}

// compare looks at a state on the way: it is that of the same pushes in order.
func (s *sample) compare(t *testing.T, seed int, got *shipment.Set, pushes []voice) {
	t.Helper()
	want := newTelling()
	if !s.late {
		want.set.Add(s.order().from, s.order().said)
	}
	for _, v := range slices.SortedStableFunc(slices.Values(pushes), func(a, b voice) int { return a.said.AsOf.Compare(b.said.AsOf) }) {
		want.set.Add(v.from, v.said)
	}
	if a, b := state(t, &want.set), state(t, got); a != b {
		t.Fatalf("order %d: after %s the state differs (-in order +so):\n%s", seed, fmt.Sprint(len(pushes), " pushes"), gocmp.Diff(a, b))
	}
}
