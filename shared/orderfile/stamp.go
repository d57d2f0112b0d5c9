package orderfile

import (
	"strings"
	"time"
)

// dateOrder is what is known of how a file writes dates with slashes.
type dateOrder int

const (
	unknown    dateOrder = iota
	monthFirst           // 08/25/2026
	dayFirst             // 25/08/2026
	mixed                // it writes both
)

// and joins what two dates show.
func (o dateOrder) and(other dateOrder) dateOrder {
	switch {
	case o == unknown:
		return other
	case other == unknown || other == o:
		return o
	}
	return mixed
}

// stamp is a time as a file has it, before it is known which number is the month.
// The zero value is none.
type stamp struct {
	year, first, second int
	order               dateOrder // unknown where the form leaves it open
	half                bool      // the clock has 12 hours
	clock               time.Duration
}

// readStamp reads year-month-day, or numbers with slashes or dashes and the year
// at the end, or day.month.year; then a time of day, or none. It returns the zero
// value for everything else.
func readStamp(cell string) stamp {
	s := plain(cell)
	var n [3]int
	var mark [2]byte
	for i := range n {
		var ok bool
		if n[i], s, ok = digits(s); !ok {
			return stamp{}
		}
		if i < 2 {
			if s == "" {
				return stamp{}
			}
			mark[i], s = s[0], s[1:]
		}
	}
	st := stamp{year: n[2], first: n[0], second: n[1]}
	switch {
	case mark[0] != mark[1] || !strings.Contains("-/.", string(mark[0])):
		return stamp{}
	case n[0] > 31:
		st = stamp{year: n[0], first: n[1], second: n[2], order: monthFirst}
	case mark[0] == '.':
		st.order = dayFirst
	}
	return st.withClock(s)
}

// digits cuts up to four digits from the beginning of s.
func digits(s string) (n int, rest string, ok bool) {
	i := 0
	for i < len(s) && i < 4 && '0' <= s[i] && s[i] <= '9' {
		n = 10*n + int(s[i]-'0')
		i++
	}
	return n, s[i:], i > 0
}

// The times of day that may follow a date, on clocks of 24 and of 12 hours.
var (
	full = []string{"15:04:05", "15:04"}
	half = []string{"3:04:05 PM", "3:04 PM", "3:04:05PM", "3:04PM"}
)

// withClock adds the time of day.
func (st stamp) withClock(s string) stamp {
	s = strings.TrimLeft(s, " ,T")
	if s == "" {
		return st
	}
	s = strings.ToUpper(strings.Join(strings.Fields(s), " ")) // Some write a narrow blank before PM.
	layouts := full
	if st.half = strings.HasSuffix(s, "M"); st.half {
		layouts = half
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			st.clock = t.Sub(t.Truncate(24 * time.Hour))
			return st
		}
	}
	return stamp{}
}

// shows says what a date tells of how its file writes them.
func (st stamp) shows() dateOrder {
	switch month, day := st.date(monthFirst), st.date(dayFirst); {
	case st.order != unknown || month.IsZero() == day.IsZero():
		return unknown
	case day.IsZero():
		return monthFirst
	default:
		return dayFirst
	}
}

// time is the instant in a file that writes dates in this order, and the zero
// time where there is none, or nobody can tell which.
func (st stamp) time(order dateOrder) time.Time {
	switch {
	case st.order != unknown:
		order = st.order
	case st.shows() != unknown:
		order = st.shows()
	case st.first == st.second:
		order = monthFirst
	case order == unknown && st.half:
		order = monthFirst
	}
	return st.date(order)
}

// date reads the numbers in one order. Only years of this century are believed.
func (st stamp) date(order dateOrder) time.Time {
	month, day := st.first, st.second
	switch order {
	case dayFirst:
		month, day = day, month
	case monthFirst:
	case unknown, mixed:
		return time.Time{}
	}
	t := time.Date(st.year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if t.Day() != day || int(t.Month()) != month || t.Year()/100 != 20 {
		return time.Time{}
	}
	return t.Add(st.clock)
}
