package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/shipment"
)

var (
	// ordered is when the parcel was ordered, and settled when all has been told
	// of it: within a day of the delivery, which is then news to everybody.
	ordered = time.Date(2026, 11, 12, 12, 0, 0, 0, time.UTC)
	settled = time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	// midway is when the flags of a state are read: some are up then.
	midway = time.Date(2026, 11, 18, 20, 0, 0, 0, time.UTC)
)

// placed is the order of the parcel, which names its carrier.
func placed() voice {
	return voice{name: "order", from: shipment.Origin{Source: "operator", Kind: shipment.Operator}, came: ordered, said: &shipment.Update{Links: []shipment.Link{
		{Kind: shipment.OrderLink, Value: "shop/421", At: ordered, AsOf: ordered},
		{Kind: shipment.CarrierLink, Value: "ups", Basis: shipment.Provider},
	}}}
}

// listener is somebody who wants to know, and what was told.
type listener struct {
	notice.Thread
	name string
}

// telling tells of a parcel what the use cases do, without a store.
type telling struct {
	set       shipment.Set
	now       time.Time
	listeners []*listener
	messages  int
}

func newTelling() *telling {
	return &telling{set: shipment.Set{Number: twoVoiced}, now: ordered}
}

func (p *telling) open(name string, a notice.Audience, since time.Time) {
	p.listeners = append(p.listeners, &listener{notice.Thread{Audience: a, Since: since}, name})
}

// hear takes a batch in, as one write does, and tells what is due then.
func (p *telling) hear(t testing.TB, batch ...voice) {
	t.Helper()
	for _, v := range batch {
		p.set.Add(v.from, v.said)
	}
	p.set.Bound()
	sh := p.set.Fold()
	if !sh.RegisteredAt.IsZero() && len(p.listeners) == 0 {
		p.open("buyer", notice.Customer, p.now)
		p.open("seller", notice.Seller, sh.RegisteredAt)
		p.open("machine", notice.Machine, sh.RegisteredAt)
	}
	for _, l := range p.listeners {
		p.tell(t, &sh, l)
	}
}

func (p *telling) tell(t testing.TB, sh *shipment.Shipment, l *listener) {
	t.Helper()
	for range 9 {
		c := notice.Next(sh, notice.Context{Thread: &l.Thread, Now: p.now})
		if c == nil {
			return
		}
		p.messages++
		l.Tell(c, fmt.Sprint(p.messages), "", p.now)
	}
	t.Fatalf("the %s hears no end: %s", l.name, kinds(l.Told))
}

// state is all that is shown of a set.
func state(t testing.TB, set *shipment.Set) string {
	t.Helper()
	sh := set.Fold()
	lines := [][]string{}
	for _, l := range sh.Lines() {
		lines = append(lines, append([]string{l.ID.String(), l.Effect.String()}, l.Sources...))
	}
	raw, err := json.Marshal([]any{
		sh.Public(shipment.Flags(&sh, midway)...), shipment.Flags(&sh, settled.AddDate(0, 1, 0)), lines,
		sh.Voices(), sh.Attempts, sh.Estimate.Worst, len(sh.Others), sh.DecidedBy.String(),
	}, json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// news is what makes a message another one than those before.
func news(n notice.Told) string { return fmt.Sprint(n.Kind, " ", n.SubStatus, " ", n.Date) }

// faultIn says what is wrong in the messages of one listener: something told
// twice, or a lower step after a higher one. After a correction the parcel is
// where it was, and may be delivered once more.
func faultIn(told []notice.Told) string {
	seen := map[string]bool{}
	highest, deliveries, corrections := 0, 0, 0
	for _, n := range told {
		if seen[news(n)] {
			return "told twice: " + news(n)
		}
		seen[news(n)] = true
		s := step[n.Kind]
		switch {
		case n.Kind == notice.Correction:
			highest = 0
			corrections++
		case s > 0 && s < highest:
			return fmt.Sprintf("%s after a higher step", n.Kind)
		case n.Kind == notice.Delivered:
			deliveries++
		}
		highest = max(highest, s)
	}
	if deliveries > 1+corrections {
		return "delivered twice, and never taken back"
	}
	return ""
}

// faultAgainst says whether the messages end otherwise than they would in order,
// or hold a kind more often.
func faultAgainst(expected []string, told []notice.Told) string {
	left := map[string]int{}
	for _, k := range expected {
		left[k]++
	}
	for _, n := range told {
		if left[string(n.Kind)]--; left[string(n.Kind)] < 0 {
			return "too often: " + string(n.Kind)
		}
	}
	if len(told) == 0 || told[len(told)-1].Kind != notice.Delivered {
		return "the last message is not that it is delivered"
	}
	return ""
}
