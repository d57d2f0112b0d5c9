package shipment

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// Origin is the source that an update comes from. It is stamped into the facts,
// so that a decoder cannot speak in another's name.
type Origin struct {
	Source string
	Kind   SourceKind
}

// Set holds the facts of one tracking number. It only ever grows by facts, or
// by a newer time for one it has; [Set.Bound] keeps it small. The zero Set with
// a Number is empty and ready.
//
// The slices are sorted and belong to the Set: read them, do not change them.
type Set struct {
	Number    string
	Versions  []Version
	Estimates []Estimate
	Links     []Link
	Answers   []Answer
	Coverages []Coverage
}

// Restore makes a Set of facts that were stored before, in any order.
func Restore(s *Set) *Set {
	for i := range s.Versions {
		s.Versions[i] = newVersion(s.Number, s.Versions[i].Event, s.Versions[i].AsOf)
	}
	order(s.Versions, compareOrder)
	order(s.Estimates, compareEstimateKey)
	order(s.Links, compareLinkKey)
	order(s.Answers, compareAnswerKey)
	order(s.Coverages, compareCoverageKey)
	return s
}

// order sorts facts. Those that were stored are sorted already.
func order[T any](list []T, compare func(a, b *T) int) {
	for i := 1; i < len(list); i++ {
		if compare(&list[i-1], &list[i]) > 0 {
			slices.SortFunc(list, func(a, b T) int { return compare(&a, &b) })
			return
		}
	}
}

// find returns where x is in a sorted list, or would be.
func find[T any](list []T, x *T, compare func(a, b *T) int) (at int, found bool) {
	return sort.Find(len(list), func(i int) int { return compare(x, &list[i]) })
}

// Registered tells whether anybody asked to follow the number: an order or a
// registration that was not withdrawn. Others are kept for a short time, and
// nobody is told about them.
func (s *Set) Registered() bool {
	return slices.ContainsFunc(s.Links, func(l Link) bool { return l.Registers() })
}

// Empty tells whether the set holds no fact.
func (s *Set) Empty() bool {
	return len(s.Versions)+len(s.Estimates)+len(s.Links)+len(s.Answers)+len(s.Coverages) == 0
}

// Add makes facts of what a source says and returns how many were new or
// newer. Adding the same update again adds none.
func (s *Set) Add(from Origin, u *Update) int {
	n, asOf := 0, seconds(u.AsOf)
	var newest Version
	var listed []Version
	// Whoever still calls the parcel done takes nothing back: which event says so
	// may differ from body to body.
	whole := u.Complete && !u.Headline.Final()
	for _, e := range u.Events {
		e.Source, e.Kind = from.Source, from.Kind
		e.Carrier = cmp.Or(e.Carrier, u.Carrier)
		e.normalise()
		if e.OccurredAt.IsZero() {
			whole = false
			continue // Without a time it has no place in the order.
		}
		v := newVersion(s.Number, e, asOf)
		if s.addVersion(&v) {
			n++
		}
		if newest.row == nil || compareOrder(&v, &newest) > 0 {
			newest = v
		}
		if whole {
			listed = append(listed, v)
		}
	}
	if whole {
		n += s.addCoverage(from.Source, listed, asOf)
	}
	if s.addHeadline(from, u, &newest) {
		n++
	}
	for _, e := range u.Estimates {
		e.Source, e.Kind = from.Source, from.Kind
		e.Carrier = cmp.Or(e.Carrier, u.Carrier)
		if e.AsOf.IsZero() {
			e.AsOf = asOf
		}
		e.normalise()
		if e.To != "" && s.addEstimate(e) {
			n++
		}
	}
	for _, l := range u.Links {
		l.Source, l.SourceKind = from.Source, from.Kind
		n += s.addLink(l)
	}
	if u.Carrier != "" && from.Kind >= Aggregator {
		basis := Explicit
		if from.Kind == Carrier {
			basis = Direct
		}
		// No time: saying it again is no news.
		n += s.addLink(Link{Kind: CarrierLink, Value: u.Carrier, Basis: basis, Source: from.Source, SourceKind: from.Kind})
	}
	for _, a := range u.Answers {
		a.Source, a.Kind = from.Source, from.Kind
		if a.AsOf.IsZero() {
			a.AsOf = asOf
		}
		a.AsOf = seconds(a.AsOf)
		if s.addAnswer(a) {
			n++
		}
	}
	return n
}

func (s *Set) addVersion(v *Version) bool {
	at, found := sort.Find(len(s.Versions), func(i int) int { return compareOrder(v, &s.Versions[i]) })
	if !found {
		s.Versions = slices.Insert(s.Versions, at, *v)
		return true
	}
	if old := &s.Versions[at]; newerText(v, old) {
		*old = *v
		return true
	}
	return false
}

// compareEstimateKey sorts estimates by source and carrier; those of one by age.
func compareEstimateKey(a, b *Estimate) int {
	if c := cmp.Or(strings.Compare(a.Source, b.Source), strings.Compare(a.Carrier, b.Carrier)); c != 0 {
		return c
	}
	return compareEstimate(a, b)
}

// addEstimate keeps, of each source, carrier and month, the first promise, the
// latest one, and the one with the latest day.
func (s *Set) addEstimate(e Estimate) bool {
	at, found := find(s.Estimates, &e, compareEstimateKey)
	if found {
		return false
	}
	s.Estimates = slices.Insert(s.Estimates, at, e)
	same := func(o *Estimate) bool {
		return o.Source == e.Source && o.Carrier == e.Carrier && month(o.AsOf.Unix()) == month(e.AsOf.Unix())
	}
	from, to := at, at+1
	for from > 0 && same(&s.Estimates[from-1]) {
		from--
	}
	for to < len(s.Estimates) && same(&s.Estimates[to]) {
		to++
	}
	worst := from
	for i := from; i < to; i++ {
		if s.Estimates[i].To >= s.Estimates[worst].To {
			worst = i
		}
	}
	kept := s.Estimates[:from:from]
	stays := false
	for i := from; i < to; i++ {
		if i == from || i == to-1 || i == worst {
			kept = append(kept, s.Estimates[i])
			stays = stays || i == at
		}
	}
	s.Estimates = append(kept, s.Estimates[to:]...)
	return stays
}

func (s *Set) addLink(l Link) int {
	l.normalise()
	at, found := find(s.Links, &l, compareLinkKey)
	if !found {
		s.Links = slices.Insert(s.Links, at, l)
		return 1
	}
	if compareLinkAge(&l, &s.Links[at]) > 0 {
		s.Links[at] = l
		return 1
	}
	return 0
}

func (s *Set) addAnswer(a Answer) bool {
	at, found := find(s.Answers, &a, compareAnswerKey)
	if !found {
		s.Answers = slices.Insert(s.Answers, at, a)
		return true
	}
	if compareAnswer(&a, &s.Answers[at]) > 0 {
		s.Answers[at] = a
		return true
	}
	return false
}
