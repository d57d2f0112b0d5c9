package shipment

import (
	"cmp"
	"slices"
	"time"
)

// Line is one scan as it is shown: several sources may have told it.
type Line struct {
	Folded
	Sources []string // the one that is shown first, then the others by name
}

// Lines merges for the eye what several sources tell of one scan: events with
// the same code and the same local minute share a line, which shows the best
// source. The facts stay apart; events whose meaning nobody knows are never
// merged. Oldest first.
func (s *Shipment) Lines() []Line {
	type key struct {
		Code
		minute string
	}
	var lines []Line
	at := map[key]int{}
	for _, f := range s.Events {
		k := key{f.Code, f.LocalTime[:min(len(f.LocalTime), len("2006-01-02T15:04"))]}
		i, merged := at[k]
		if !merged || !counts(&f) {
			if counts(&f) {
				at[k] = len(lines)
			}
			lines = append(lines, Line{Folded: f, Sources: []string{f.Source}})
			continue
		}
		l := &lines[i]
		names := l.Sources
		if !slices.Contains(names, f.Source) {
			names = append(names, f.Source)
		}
		if f.Kind > l.Kind {
			effect := l.Effect
			l.Folded = f
			if f.Effect == (Code{}) {
				l.Effect = effect
			}
		}
		slices.Sort(names)
		best := slices.Index(names, l.Source)
		l.Sources = append([]string{l.Source}, slices.Delete(names, best, best+1)...)
	}
	return lines
}

// Voice is the newest word of one source.
type Voice struct {
	Source string    `json:"source"`
	Code   Code      `json:"code"`
	At     time.Time `json:"at"`
}

// Voices returns the newest word of each source on the parcel that moves or
// could move its state, the best source first.
func (s *Shipment) Voices() []Voice {
	out := []Voice{}
	kinds := map[string]SourceKind{}
	for i := range s.Events {
		f := &s.Events[i]
		if !counts(f) {
			continue
		}
		kinds[f.Source] = f.Kind
		code := f.Code
		if f.Effect != (Code{}) {
			code = f.Effect
		}
		v := Voice{f.Source, code, f.OccurredAt}
		if at := slices.IndexFunc(out, func(o Voice) bool { return o.Source == f.Source }); at >= 0 {
			out[at] = v
		} else {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b Voice) int {
		return cmp.Or(cmp.Compare(kinds[b.Source], kinds[a.Source]), cmp.Compare(a.Source, b.Source))
	})
	return out
}
