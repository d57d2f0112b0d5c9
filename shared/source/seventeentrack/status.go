package seventeentrack

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
)

// The tables give 17TRACK's words a status of ours. Words and meanings are those
// of 17TRACK's public API documentation (version 2.4); the choice of status is
// ours, for the stages and the old numbers with little to go by: there the
// column evidence may say "proposal" or "second-hand".
var (
	//go:embed status.tsv
	subTable string // by sub_status
	//go:embed status-main.tsv
	mainTable string // by status, which is the sub_status up to its "_"
	//go:embed status-legacy.tsv
	legacyTable string // by status as version 1 numbered it
	//go:embed status-stage.tsv
	stageTable string // by stage and key_stage
)

type statusTables struct{ subs, mains, stages map[string]shipment.Code }

var tables = sync.OnceValue(func() *statusTables {
	t := &statusTables{map[string]shipment.Code{}, map[string]shipment.Code{}, map[string]shipment.Code{}}
	for _, table := range []struct {
		text string
		into map[string]shipment.Code
	}{{subTable, t.subs}, {mainTable, t.mains}, {legacyTable, t.mains}, {stageTable, t.stages}} {
		for _, f := range source.Rows(table.text, 3) {
			table.into[f[0]] = shipment.Code{Status: shipment.Status(f[1]), SubStatus: shipment.SubStatus(f[2])}
		}
	}
	return t
})

var unmapped = shipment.Code{Status: shipment.Unknown, SubStatus: shipment.Unmapped}

// ofEvent returns the code of an event, and 17TRACK's own: by its sub-status,
// else by what byParts finds.
func ofEvent(sub, stage string) (shipment.Code, string) {
	if c, ok := tables().subs[sub]; ok {
		return c, sub
	}
	return byParts(sub, stage), rawCode(sub, stage)
}

// byParts returns the code of an event by the beginning of its sub-status, to
// which the stage may add detail, else by the stage.
func byParts(sub, stage string) shipment.Code {
	t := tables()
	byStage, hasStage := t.stages[stage]
	if begin, _, _ := strings.Cut(sub, "_"); begin != "" {
		c, ok := t.mains[begin]
		switch {
		case ok && hasStage && byStage.Status == c.Status:
			return byStage
		case ok && c.Status == shipment.Delivered:
			return unmapped // A word that nobody knows delivers nothing.
		case ok:
			return c
		}
	}
	if hasStage {
		return byStage
	}
	return unmapped
}

// ofParcel returns the code of a latest_status, zero if there is none.
func ofParcel(sub, main string) shipment.Code {
	t := tables()
	if c, ok := t.subs[sub]; ok {
		return c
	}
	if c, ok := t.mains[main]; ok {
		return c
	}
	if sub == "" && main == "" {
		return shipment.Code{}
	}
	return unmapped
}

// isAnswer tells whether a code is what a source says where it has no scan to
// tell.
func isAnswer(c shipment.Code) bool {
	return c.Status == shipment.Pending || c.Status == shipment.Expired
}

// The sub-statuses that mean more at a border; see refine.
const (
	departure = "InTransit_Departure"
	arrival   = "InTransit_Arrival"
)

// refine tells the departure that leaves the sender's country, and the arrival
// that reaches the recipient's, from those within a country.
func refine(c shipment.Code, sub, country, origin, target string) shipment.Code {
	switch {
	case country == "" || origin == "" || target == "" || origin == target:
	case sub == departure && country == origin:
		c.SubStatus = shipment.LeftOriginCountry
	case sub == arrival && country == target:
		c.SubStatus = shipment.ArrivedDestinationCountry
	}
	return c
}

// rawCode keeps of a word what looks like one of 17TRACK's: it may be anything.
func rawCode(sub, stage string) string {
	const longest = 48
	word := sub
	if word == "" {
		word = stage
	}
	keep := func(r rune) rune {
		if 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '_' {
			return r
		}
		return -1
	}
	return strings.Map(keep, word[:min(len(word), longest)])
}
