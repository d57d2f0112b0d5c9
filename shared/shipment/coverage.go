package shipment

import (
	"cmp"
	"slices"
	"time"
)

// retractAfter is how much younger a body must be that no longer lists a final
// event. What is kept of times for it is cut to this, so that a source that is
// read every hour does not change the facts every hour.
const retractAfter = 6 * time.Hour

// maxCovered bounds the months that one body covers: no parcel is under way for
// longer.
const maxCovered = 36

// Coverage says that a body which holds the whole history of a source spoke of
// one month of one carrier's network. A final event of that month that the body
// does not list was taken back. AsOf is the greatest of such bodies, cut to six
// hours.
type Coverage struct {
	Source, Carrier string
	Month           int // since year 0
	AsOf            time.Time
}

func compareCoverageKey(a, b *Coverage) int {
	return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Carrier, b.Carrier), cmp.Compare(a.Month, b.Month))
}

// addCoverage notes what a complete body covers: of each carrier the months
// from its oldest event to its stamp. A body without events covers nothing, as
// little as one without a stamp.
func (s *Set) addCoverage(source string, events []Version, asOf time.Time) (n int) {
	if asOf.IsZero() {
		return 0
	}
	oldest := map[string]int64{}
	for i := range events {
		at, seen := oldest[events[i].Carrier]
		if !seen || events[i].sortAt < at {
			oldest[events[i].Carrier] = events[i].sortAt
		}
	}
	last := month(asOf.Unix())
	for carrier, from := range oldest {
		for m := max(month(from), last-maxCovered); m <= last; m++ {
			if s.cover(Coverage{Source: source, Carrier: carrier, Month: m, AsOf: asOf.Truncate(retractAfter)}) {
				n++
			}
		}
	}
	return n
}

func (s *Set) cover(c Coverage) bool {
	at, found := find(s.Coverages, &c, compareCoverageKey)
	if found && !c.AsOf.After(s.Coverages[at].AsOf) {
		return false
	}
	if !found {
		s.Coverages = slices.Insert(s.Coverages, at, Coverage{})
	}
	s.Coverages[at] = c
	return true
}

// retractions tells which final events their sources do not list any more. The
// zero value: none.
type retractions struct {
	coverages []Coverage
	listed    map[ID]time.Time // by the newest body
}

func (s *Set) retractions() retractions {
	if len(s.Coverages) == 0 {
		return retractions{}
	}
	listed := map[ID]time.Time{}
	for i := range s.Versions {
		if v := &s.Versions[i]; v.AsOf.After(listed[v.id]) {
			listed[v.id] = v.AsOf
		}
	}
	return retractions{s.Coverages, listed}
}

// of returns since when at the earliest an event of which v is the version that
// counts is not listed any more, which does not move when later bodies are
// silent too, and the newest body that is; zero: it is listed.
func (r *retractions) of(v *Version) (since, newest time.Time) {
	if len(r.coverages) == 0 || !v.Final() {
		return since, newest
	}
	key := Coverage{Source: v.Source, Carrier: v.Carrier, Month: month(v.sortAt)}
	at, found := find(r.coverages, &key, compareCoverageKey)
	last := r.listed[v.id].Truncate(retractAfter)
	if !found || r.coverages[at].AsOf.Sub(last) <= retractAfter {
		return since, newest
	}
	return last.Add(2 * retractAfter), r.coverages[at].AsOf
}
