package place

import "time"

// moment is an instant at which the clock of a zone shows a given face, or
// would show it if it had not been changed.
type moment struct {
	at           int64 // Unix seconds
	abbreviation string
}

// widest is more than any clock was away from UTC since 1970, in seconds. The
// extremes are −12 h and +14 h.
const widest = 15 * 60 * 60

// moments appends to list the moments of face, which is the local time read as
// if it were UTC, in Unix seconds. There is always one. There are two when the
// clock was changed around that time, the one by the clock that has not been
// changed yet in front: of a face that comes twice both are real; of one that is
// skipped neither is, and the zone never showed it.
//
// It compares the offsets on both sides, since Time.ZoneBounds is wrong on 31
// December of leap years. No zone was ever changed twice within 30 hours.
func moments(list []moment, loc *time.Location, face int64) []moment {
	from, to := face-widest, face+widest
	before, after := offset(loc, from), offset(loc, to)
	if before == after {
		return append(list, momentOf(loc, face-before, face-before))
	}
	for to-from > 1 {
		if middle := from + (to-from)/2; offset(loc, middle) == before {
			from = middle
		} else {
			to = middle
		}
	}
	old, now := face-before, face-after
	if old < to || now < to { // Else only the new clock shows it.
		list = append(list, momentOf(loc, old, min(old, from)))
	}
	if now >= to || old >= to { // Else only the old one.
		list = append(list, momentOf(loc, now, max(now, to)))
	}
	return list
}

// momentOf is the moment at, by the name of the clock that is used at named.
func momentOf(loc *time.Location, at, named int64) moment {
	name, _ := time.Unix(named, 0).In(loc).Zone()
	return moment{at, name}
}

// offset returns the seconds by which loc is ahead of UTC.
func offset(loc *time.Location, at int64) int64 {
	_, seconds := time.Unix(at, 0).In(loc).Zone()
	return int64(seconds)
}
