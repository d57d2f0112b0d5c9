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
	// Told is what each of them said, in the order of the fold; Differ tells
	// whether they call the scan different things.
	Told   []Telling
	Differ bool
}

// Telling is what one source says of a scan.
type Telling struct {
	ID     ID
	Source string
	Code   Code
}

// Lines merges for the eye what several sources tell of one scan: what they say
// of the same local minute, under the same code or, where each says one thing
// only, under different ones. A line shows the best source. The facts stay
// apart; events whose meaning nobody knows, and dates under different codes, are
// never merged. Oldest first.
func (s *Shipment) Lines() []Line {
	type key struct {
		Code
		minute string
	}
	var lines []Line
	at := map[key]int{}
	for i := range s.Events {
		f := &s.Events[i]
		k := key{f.Code, f.minute()}
		first, known := at[k]
		if !known || !counts(f) {
			if counts(f) {
				at[k] = len(lines)
			}
			lines = append(lines, newLine(f))
			continue
		}
		lines[first].join(newLine(f))
	}
	return joinMinutes(lines)
}

func newLine(f *Folded) Line {
	return Line{Folded: *f, Sources: []string{f.Source}, Told: []Telling{{f.ID, f.Source, f.Code}}}
}

func (f *Folded) minute() string {
	return f.LocalTime[:min(len(f.LocalTime), len("2006-01-02T15:04"))]
}

// joinMinutes merges the lines of one minute on which no source stands twice: it
// is one scan under different names. Of several that fit, the one of the same
// status does.
func joinMinutes(lines []Line) []Line {
	gone := make([]bool, len(lines))
	for i := range lines {
		if gone[i] {
			continue
		}
		for _, alike := range []bool{true, false} {
			for j := i + 1; j < len(lines); j++ {
				if !gone[j] && lines[j].minute() == lines[i].minute() && (!alike || lines[j].Status == lines[i].Status) && lines[i].fits(&lines[j]) {
					lines[i].join(lines[j])
					lines[i].Differ, gone[j] = true, true
				}
			}
		}
	}
	i := -1
	return slices.DeleteFunc(lines, func(Line) bool { i++; return gone[i] })
}

// fits tells whether another line may be the same scan under another name.
func (l *Line) fits(o *Line) bool {
	if !counts(&l.Folded) || !counts(&o.Folded) || l.Precision != Second || o.Precision != Second {
		return false
	}
	if l.Zone != Assumed && o.Zone != Assumed && !l.OccurredAt.Truncate(time.Minute).Equal(o.OccurredAt.Truncate(time.Minute)) {
		return false // The clocks of two places show the same.
	}
	return !slices.ContainsFunc(o.Sources, func(name string) bool { return slices.Contains(l.Sources, name) })
}

// join takes another line's tellings over and shows the better source.
func (l *Line) join(o Line) {
	names := slices.Concat(l.Sources, o.Sources)
	if o.Kind > l.Kind {
		effect := l.Effect
		l.Folded = o.Folded
		if o.Effect == (Code{}) {
			l.Effect = effect
		}
	}
	l.Told = append(l.Told, o.Told...)
	l.Differ = l.Differ || o.Differ
	slices.Sort(names)
	names = slices.Compact(names)
	best := slices.Index(names, l.Source)
	l.Sources = append([]string{l.Source}, slices.Delete(names, best, best+1)...)
}

// Has tells whether an event stands on the line.
func (l *Line) Has(id ID) bool {
	return slices.ContainsFunc(l.Told, func(t Telling) bool { return t.ID == id })
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
