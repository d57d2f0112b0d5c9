package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/shiptide/shiptide/shared/carrier"
	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
)

// speech is how news of a parcel come.
type speech string

const (
	byPush     speech = "push"        // somebody else than the marketplace sends it, of numbers that are registered there
	byPoll     speech = "poll"        // somebody else is asked for it
	tiktokOnly speech = "TikTok only" // "delivered" is what the order, or the package, says
	byNobody   speech = "nobody"
)

// speaker is who will tell of some parcels of open orders.
type speaker struct {
	Shipping string `json:"shipping"` // whose labels: TIKTOK or SELLER
	Provider string `json:"provider"` // as TikTok names it; "": it names none
	Parcels  int    `json:"parcels"`
	Speech   speech `json:"speech"`
	// Sources are who speaks beside TikTok, Could who would if they had a key.
	Sources []string `json:"sources"`
	Could   []string `json:"could"`
	// Register: somebody must register the numbers with the sources, since nothing
	// here does.
	Register bool `json:"register"`
}

// talker is a source as far as it matters to who speaks.
type talker struct {
	name                    string
	kind                    shipment.SourceKind
	keyed, polls, registers bool
}

// talkersOf are the sources, and which of them have a key.
func talkersOf(ctx context.Context, sources []source.Source, keyed func(context.Context, string) (bool, error)) ([]talker, error) {
	var out []talker
	for i := range sources {
		s := &sources[i]
		has := false
		if keyed != nil {
			var err error
			if has, err = keyed(ctx, s.Name); err != nil {
				return nil, err
			}
		}
		out = append(out, talker{s.Name, s.Kind, has, s.Poller != nil, s.Registrar != nil})
	}
	return out, nil
}

// speakers tells who will speak of the parcels of a shop's open orders, by whose
// labels they have and who carries them. connected: the shop's orders are asked
// for.
func speakers(orders []order.Order, connected bool, talkers []talker) []speaker {
	type group struct{ shipping, provider string }
	groups := map[group]*speaker{}
	counted := map[string]bool{}
	for i := range orders {
		o := &orders[i]
		if !isOpen(o) {
			continue
		}
		for j := range o.Packages {
			h := &o.Packages[j]
			if h.TrackingNumber == "" || h.Status == "COMPLETED" || h.Status == "CANCELLED" || counted[h.TrackingNumber] {
				continue // In a package may be several orders.
			}
			counted[h.TrackingNumber] = true
			g := group{o.Shipping, h.Provider}
			if groups[g] == nil {
				s := speakerOf(h, o.Shipping, connected, talkers)
				groups[g] = &s
			}
			groups[g].Parcels++
		}
	}
	out := []speaker{}
	for _, s := range groups {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b speaker) int {
		return cmp.Or(cmp.Compare(b.Parcels, a.Parcels), cmp.Compare(a.Shipping, b.Shipping), cmp.Compare(a.Provider, b.Provider))
	})
	return out
}

// speakerOf is who speaks of a package.
func speakerOf(h *order.Held, shipping string, connected bool, talkers []talker) speaker {
	s := speaker{Shipping: shipping, Provider: h.Provider, Speech: byNobody, Sources: []string{}, Could: []string{}}
	if connected {
		s.Speech = tiktokOnly
	}
	code, known := carrier.OfProvider(h.Provider, h.ProviderID)
	polled := true
	for _, t := range talkers {
		switch {
		case known && !carrier.Followed(code): // Its numbers lead nowhere.
		case t.kind == shipment.Aggregator, t.kind == shipment.Carrier && t.name == code && shipping != "TIKTOK":
			// Of a label that is TikTok's the carrier pushes to TikTok's account.
			if !t.keyed {
				s.Could = append(s.Could, t.name)
				continue
			}
			s.Sources = append(s.Sources, t.name)
			polled = polled && t.polls
			s.Register = s.Register || !t.polls && !t.registers
		}
	}
	if len(s.Sources) > 0 {
		s.Speech = byPush
		if polled {
			s.Speech = byPoll
		}
	}
	return s
}

// Which says which parcels they are.
func (s speaker) Which() string {
	labels := map[string]string{"TIKTOK": "labels of TikTok", "SELLER": "labels of the seller"}
	return fmt.Sprintf("%s by %s, %s", howMany(s.Parcels, "parcel"),
		cmp.Or(s.Provider, "a provider without a name"), cmp.Or(labels[s.Shipping], "labels of nobody that is named"))
}

// Says tells who will speak of them.
func (s speaker) Says() string {
	names := namesOfSources(s.Sources, " and ")
	switch s.Speech {
	case byPush:
		if !s.Register {
			return "push: " + names
		}
		return "push: " + names + ", of the numbers that somebody has registered there"
	case byPoll:
		return "poll: " + names + " will be asked"
	case tiktokOnly:
		return "TikTok only: no scans of others; delivered is what TikTok calls DELIVERED or COMPLETED"
	case byNobody:
	}
	return "nobody: the shop is not connected"
}

// How is what to do about it, for who looks at the console.
func (s speaker) How() string {
	return s.Do(func(source string) string { return "set a key of " + carrier.Name(source) })
}

// registering is how a number comes to be pushed by a source.
var registering = map[string]string{
	"ups":     "subscribe each number to Track Alert of UPS",
	"17track": "register each number with 17TRACK",
}

// Do tells what to do so that they are spoken of; "": nothing. set is how a source
// is given a key.
func (s speaker) Do(set func(source string) string) string {
	switch {
	case s.Speech == byPush && s.Register:
		var steps []string
		for _, name := range s.Sources {
			steps = append(steps, cmp.Or(registering[name], "register each number with "+carrier.Name(name)))
		}
		return strings.Join(steps, ", or ") + ": nothing here does it yet"
	case s.Speech == tiktokOnly && s.Shipping != "TIKTOK" && len(s.Could) > 0:
		var steps []string
		for _, name := range s.Could {
			steps = append(steps, set(name))
		}
		return strings.Join(steps, ", or ") + ", and register the numbers there, if scans shall be known"
	}
	return ""
}

// namesOfSources are their names as people write them.
func namesOfSources(sources []string, and string) string {
	var names []string
	for _, s := range sources {
		names = append(names, carrier.Name(s))
	}
	return strings.Join(names, and)
}

// howMany is a number of things.
func howMany(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
