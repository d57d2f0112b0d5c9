package place

import (
	_ "embed"
	"slices"
	"strings"
	"time"

	"github.com/shiptide/shiptide/shared/shipment"
)

//go:embed abbreviations.tsv
var abbreviationsTable string

// byAbbreviation reads face by an abbreviation such as CST, as the people at the
// place mean it. It asks the zone of the place; if that never has the
// abbreviation and is not sure, every zone of the country.
//
// Reported: the zones that have the abbreviation at that time agree on the
// instant; Sure if those that have it only in the other half of the year would
// say the same. Inferred: none has it at that time (EST in July), but those that
// have it in winter agree on their own clock's instant. Assumed: not believed.
func (a *atlas) byAbbreviation(text, country string, c Clock, face int64) (at int64, how shipment.Zone, trust Trust) {
	text = strings.ToUpper(text)
	if alias := a.aliases[country+"\t"+text]; alias != "" {
		text = alias
	}
	if c.zone != nil {
		now, another := votes([]*zone{c.zone}, text, face)
		switch {
		case len(now) == 1:
			return now[0], shipment.Reported, Sure
		case len(another) > 0:
			return another[0], shipment.Inferred, Split
		case len(now) > 1 || c.Trust == Sure:
			return 0, shipment.Assumed, None
		}
	}
	now, another := votes(a.zones[country], text, face)
	switch {
	case len(now) == 1 && slices.ContainsFunc(another, func(at int64) bool { return at != now[0] }):
		return now[0], shipment.Reported, Split
	case len(now) == 1:
		return now[0], shipment.Reported, Sure
	case len(now) == 0 && len(another) == 1:
		return another[0], shipment.Inferred, Split
	}
	return 0, shipment.Assumed, None
}

// votes returns the distinct instants of face in the zones that have the
// abbreviation then (of both, where the clock is changed from and to one name),
// and in those that have it only at another time of the year.
func votes(zones []*zone, abbreviation string, face int64) (now, another []int64) {
	for _, z := range zones {
		loc := z.rules()
		if loc == nil {
			continue
		}
		var buf [4]moment
		all := moments(buf[:0], loc, face)
		had := false
		for _, m := range all {
			if m.abbreviation == abbreviation {
				now, had = addNew(now, m.at), true
			}
		}
		if !had && has(loc, abbreviation, all[0].at) {
			another = addNew(another, all[0].at)
		}
	}
	return now, another
}

// has tells whether loc calls its time by the abbreviation within half a year.
func has(loc *time.Location, abbreviation string, at int64) bool {
	const step = 60 * 24 * 60 * 60
	for d := int64(-3); d <= 3; d++ {
		if name, _ := time.Unix(at+d*step, 0).In(loc).Zone(); name == abbreviation {
			return true
		}
	}
	return false
}

func addNew(list []int64, at int64) []int64 {
	if slices.Contains(list, at) {
		return list
	}
	return append(list, at)
}
