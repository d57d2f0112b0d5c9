package shipment

import "slices"

// How much of one group is kept: a group is what one source says of one
// carrier's network in one month.
const (
	keepNewest = 40
	keepSevere = 20 // of severity 2 and 3
)

type group struct {
	source, carrier string
	month           int
}

// Bound drops scans so that a parcel that is scanned for ever stays small. Of
// each group it keeps the first, the newest 40, the newest 20 of severity 2 and
// more, and the first and last of each status, of each final code and of
// RETURNING. Since each of these is the top of an order, bounding early and
// bounding late come to the same:
//
//	keep(keep(A) ∪ B) = keep(A ∪ B)
func (s *Set) Bound() {
	if len(s.Versions) <= keepNewest {
		return // Even a single group keeps all of them.
	}
	groups := map[group][]int{}
	for i := range s.Versions {
		v := &s.Versions[i]
		g := group{v.Source, v.Carrier, month(v.sortAt)}
		groups[g] = append(groups[g], i)
	}
	keep := make([]bool, len(s.Versions))
	for _, members := range groups {
		s.mark(members, keep)
	}
	i := -1
	s.Versions = slices.DeleteFunc(s.Versions, func(Version) bool { i++; return !keep[i] })
}

// mark marks what is kept of one group, whose members are in fold order.
func (s *Set) mark(members []int, keep []bool) {
	keep[members[0]] = true
	first, last := map[Code]int{}, map[Code]int{}
	severe := 0
	for n, i := range slices.Backward(members) {
		v := &s.Versions[i]
		if n >= len(members)-keepNewest {
			keep[i] = true
		}
		if v.row.Severity >= 2 && severe < keepSevere {
			severe++
			keep[i] = true
		}
		for _, class := range classes(v.Code) {
			if _, seen := last[class]; !seen {
				last[class] = i
			}
			first[class] = i
		}
	}
	for _, i := range first {
		keep[i] = true
	}
	for _, i := range last {
		keep[i] = true
	}
}

// classes returns what the first and last of is kept: the status, and the code
// itself where it closes a parcel or turns it back.
func classes(c Code) []Code {
	if c.Final() || c == (Code{Return, Returning}) {
		return []Code{{Status: c.Status}, c}
	}
	return []Code{{Status: c.Status}}
}
