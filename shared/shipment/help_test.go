package shipment_test

import (
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/shiptide/shiptide/shared/shipment"
)

const number = "1Z999AA10123456784"

var (
	ups    = shipment.Origin{Source: "ups", Kind: shipment.Carrier}
	dhl    = shipment.Origin{Source: "dhl-express", Kind: shipment.Carrier}
	track  = shipment.Origin{Source: "17track", Kind: shipment.Aggregator}
	tiktok = shipment.Origin{Source: "tiktokshop", Kind: shipment.Marketplace}
)

// code reads "IN_TRANSIT.MOVING"; "" is the zero code.
func code(text string) shipment.Code {
	status, sub, _ := strings.Cut(text, ".")
	return shipment.Code{Status: shipment.Status(status), SubStatus: shipment.SubStatus(sub)}
}

// when reads "2 14:30" as a time of March 2026, UTC.
func when(text string) time.Time {
	t, err := time.Parse("2006-01 2 15:04", "2026-03 "+text)
	if err != nil {
		panic(err)
	}
	return t
}

// scan is an event at a time of March 2026 whose clock shows UTC.
func scan(at, c string) shipment.Event {
	return shipment.Event{
		Code: code(c), RawCode: c, OccurredAt: when(at), LocalTime: when(at).Format(shipment.LocalLayout),
		Zone: shipment.Reported, Precision: shipment.Second,
	}
}

// date is an event of which only the day is known.
func date(day, c string) shipment.Event {
	e := scan(day+" 00:00", c)
	e.Precision = shipment.Day
	return e
}

func in(country string, e shipment.Event) shipment.Event {
	e.Location.Country = country
	return e
}

func body(asOf string, events ...shipment.Event) *shipment.Update {
	return &shipment.Update{Number: number, AsOf: when(asOf), Events: events}
}

func answer(at, c string) *shipment.Update {
	return &shipment.Update{Number: number, Answers: []shipment.Answer{{Code: code(c), AsOf: when(at)}}}
}

func links(l ...shipment.Link) *shipment.Update {
	return &shipment.Update{Number: number, Links: l}
}

// word is what a source said.
type word struct {
	from shipment.Origin
	said *shipment.Update
}

func set(words ...word) *shipment.Set {
	s := &shipment.Set{Number: number}
	for _, w := range words {
		s.Add(w.from, w.said)
	}
	return s
}

// public is the published form of a set, indented.
func public(t testing.TB, s *shipment.Set) string {
	t.Helper()
	sh := s.Fold()
	b, err := json.Marshal(sh.Public(), jsontext.WithIndent("  "))
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + "\n"
}
