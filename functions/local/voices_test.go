package main

import (
	"bytes"
	"fmt"
	"math/bits"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/subscribe"
)

// say posts a push as its source does, when it comes, and lets all be done that
// follows from it.
func (s *stage) say(v voice) {
	s.t.Helper()
	if s.clock.Before(v.came) {
		s.clock = v.came
	}
	d := source.Delivery{Header: http.Header{}, Body: v.body}
	if err := sourceOf(s.t, v.from.Source).Sign(&d, developmentKey(v.from.Source), s.clock); err != nil {
		s.t.Fatal(err)
	}
	req := httptest.NewRequest(d.Method, d.Path, bytes.NewReader(v.body))
	req.Header = d.Header
	rec := httptest.NewRecorder()
	if s.receiver.ServeHTTP(rec, req); rec.Code != http.StatusOK {
		s.t.Fatalf("%s %s: answered %d", v.from.Source, v.name, rec.Code)
	}
	s.mustRest()
}

// newVoicedStage is a stage on which the parcel is ordered, and three ask to be
// told of it.
func newVoicedStage(t *testing.T) *stage {
	t.Helper()
	return newVoicedStageOn(t, inTestFile)
}

func newVoicedStageOn(t *testing.T, open open) *stage {
	t.Helper()
	s := newStageOn(t, open)
	s.clock = ordered
	if _, err := s.subscriber.Add(t.Context(), subscribe.Watch{Number: twoVoiced, Carrier: "ups", Order: "421"}); err != nil {
		t.Fatal(err)
	}
	if err := s.subscribe(twoVoiced); err != nil {
		t.Fatal(err)
	}
	s.mustRest()
	return s
}

func (s *stage) parcel() *shipment.Set {
	s.t.Helper()
	rec, err := s.shipments.Get(s.t.Context(), twoVoiced)
	if err != nil {
		s.t.Fatal(err)
	}
	return rec.Set
}

func named(all []voice, names ...string) (out []voice) {
	for _, v := range all {
		if slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(v.name, n) }) {
			out = append(out, v)
		}
	}
	return out
}

// interleavings are the orders of two lists that keep the order of each.
func interleavings(a, b []voice) (out [][]voice) {
	if len(a) == 0 || len(b) == 0 {
		return [][]voice{slices.Concat(a, b)}
	}
	for _, rest := range interleavings(a[1:], b) {
		out = append(out, slices.Concat(a[:1], rest))
	}
	for _, rest := range interleavings(a, b[1:]) {
		out = append(out, slices.Concat(b[:1], rest))
	}
	return out
}

func permutations(list []voice) (out [][]voice) {
	if len(list) == 0 {
		return [][]voice{nil}
	}
	for i := range list {
		for _, rest := range permutations(slices.Delete(slices.Clone(list), i, i+1)) {
			out = append(out, slices.Concat(list[i:i+1], rest))
		}
	}
	return out
}

// TestTwoVoicesInEveryOrder brings a short history of both sources through the
// whole app: in every order that keeps that of each source, and a shorter one
// in every order at all.
func TestTwoVoicesInEveryOrder(t *testing.T) {
	t.Parallel()
	ups, track := voices(t, "ups"), voices(t, "17track")
	for _, tt := range []struct {
		name    string
		orders  [][]voice
		n, sets int    // orders, and different sets of pushes on their way
		told    string // in the order in which they come
	}{
		{"as each source tells it", interleavings(named(ups, "03", "06", "09", "12"), named(track, "04", "10", "12")), 35, 19, "on_its_way delayed out_for_delivery attempt_failed delivered"},
		{"as nobody tells it", permutations(slices.Concat(named(ups, "03", "09", "12"), named(track, "10", "12"))), 120, 31, "on_its_way out_for_delivery attempt_failed delivered"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			seen := map[uint]string{} // what is shown, by the pushes that came
			inOrder := slices.SortedFunc(slices.Values(tt.orders[0]), func(a, b voice) int { return a.came.Compare(b.came) })
			want := playVoices(t, inOrder, inOrder, seen)
			if want.lastTold != tt.told {
				t.Fatalf("in order told %s, want %s", want.lastTold, tt.told)
			}
			for _, order := range tt.orders {
				if got := playVoices(t, inOrder, order, seen); got.page != want.page {
					t.Fatalf("%s: shown differs (-in order +so):\n%s", namesOf(order), cmp.Diff(want.page, got.page))
				}
			}
			if len(tt.orders) != tt.n || len(seen) != tt.sets {
				t.Errorf("%d orders, %d sets of pushes, want %d, %d", len(tt.orders), len(seen), tt.n, tt.sets)
			}
		})
	}
}

func namesOf(order []voice) string {
	var out []string
	for _, v := range order {
		out = append(out, v.from.Source+" "+v.name)
	}
	return strings.Join(out, ", ")
}

// played is what is left when a history was told.
type played struct {
	page     string // as a program gets it
	lastTold string // to the first recipient
}

// playVoices tells a history in an order and checks what must hold of any. The
// same pushes show the same whatever came first.
func playVoices(t *testing.T, all, order []voice, seen map[uint]string) (out played) {
	t.Helper()
	s := newVoicedStage(t)
	defer s.ground.leave()
	var came uint
	for _, v := range order {
		s.say(v)
		came |= 1 << slices.IndexFunc(all, func(o voice) bool { return &o.body[0] == &v.body[0] })
		now := state(t, s.parcel())
		if want, again := seen[came]; again && now != want {
			t.Fatalf("%s: %d pushes show another state (-before +now):\n%s", namesOf(order), bits.OnesCount(came), cmp.Diff(want, now))
		}
		seen[came] = now
	}
	if n := rows(t, s.ground.sound.shipments); n != 2 {
		t.Errorf("%s: %d rows, want one parcel and its day", namesOf(order), n)
	}
	s.clock = settled
	out.page = s.get("/shipments/" + twoVoiced)
	told, lines := s.told(twoVoiced), s.lines()
	for who, what := range told {
		fault := faultIn(what)
		if last := what[max(0, len(what)-1):]; fault == "" && who != contact.SellerTopic && (len(last) == 0 || last[0].Kind != "delivered") {
			fault = "the last is not delivered"
		}
		if fault != "" {
			t.Fatalf("%s: %s was told %s: %s", namesOf(order), who, kinds(what), fault)
		}
	}
	if want := len(recipients) + 1; len(told) < want || len(lines) != len(told) {
		t.Errorf("%s: told %d, sent to %d, want both %d or one more", namesOf(order), len(told), len(lines), want)
	}
	sent := 0
	for _, list := range lines {
		sent += len(list)
	}
	for _, what := range told {
		sent -= len(what)
	}
	if sent != 0 {
		t.Errorf("%s: %d messages more sent than told", namesOf(order), sent)
	}
	out.lastTold = kinds(told[contact.Mask(contact.Contact{Channel: recipients[0].channel, Address: recipients[0].address})])
	return out
}

// get reads a page as a program does.
func (s *stage) get(path string) string {
	s.t.Helper()
	req := httptest.NewRequest(http.MethodGet, path, nil)
	req.Host = "127.0.0.1"
	req.Header.Set("Accept", "application/json")
	rec := httptest.NewRecorder()
	if s.handler(operator).ServeHTTP(rec, req); rec.Code != http.StatusOK {
		s.t.Fatal(fmt.Sprint(path, ": ", rec.Code, " ", rec.Body))
	}
	return rec.Body.String()
}
