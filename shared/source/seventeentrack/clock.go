package seventeentrack

import (
	"strings"
	"time"

	"github.com/shiptide/shiptide/shared/place"
	"github.com/shiptide/shiptide/shared/shipment"
)

// clock is a time as 17TRACK writes it: with its offset, in UTC, and as the
// carrier wrote it. Any part may be missing.
type clock struct {
	iso, utc, date, time, zone string

	// settled: iso alone decides, and is parsed; the rest was not read.
	settled bool
	stamp   stamp
}

// readISO takes time_iso. With an offset it decides, unless its midnight may
// stand for a date.
func (c *clock) readISO(text string) {
	c.iso = strings.TrimSpace(text)
	c.stamp = parseStamp(c.iso)
	c.settled = c.stamp.zoned && c.stamp.hour != hour{}
}

// localISO is the local part of time_iso, mostly without a copy.
func (c *clock) localISO() string {
	const n = len(shipment.LocalLayout)
	if len(c.iso) > n && c.iso[n-len("15:04:05")-1] == 'T' && c.iso[n-len(":05")] == ':' {
		return c.iso[:n]
	}
	return c.stamp.text()
}

func (c *clock) readUTC(r reader) {
	if c.settled {
		r.Skip()
		return
	}
	c.utc = r.Text()
}

func (c *clock) readRaw(r reader) {
	if c.settled {
		r.Skip()
		return
	}
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "date":
			c.date = r.Text()
		case "time":
			c.time = r.Text()
		case "timezone":
			c.zone = r.Text()
		default:
			r.Skip()
		}
	}
}

// set gives e its time. It returns false if there is none. The time with its
// offset comes first: only in it local time and instant cannot contradict each
// other. The place of e must be set.
func (c *clock) set(e *shipment.Event) bool {
	e.Zone, e.Precision = shipment.Reported, shipment.Second
	if c.settled {
		e.LocalTime, e.OccurredAt = c.localISO(), c.stamp.instant()
		return true
	}
	iso, raw := parseStamp(c.iso), parseStamp(c.date)
	if raw.ok && !isMissing(c.time) {
		raw.hour, raw.ok = parseHour(c.time)
		raw.timed = raw.ok
	}
	local := iso
	if !iso.ok {
		local = raw
	}
	if local.ok && (!local.timed || raw.ok && !raw.timed && local.hour == hour{}) {
		e.Precision = shipment.Day // What the carrier wrote has no hour.
	}
	if iso.ok && iso.zoned {
		e.LocalTime, e.OccurredAt = iso.text(), iso.instant()
		return true
	}
	if utc := parseStamp(c.utc); utc.ok {
		e.OccurredAt = utc.instant()
		switch {
		case raw.ok && fits(raw, e.OccurredAt):
			e.LocalTime = raw.text()
		case iso.ok && fits(iso, e.OccurredAt):
			e.LocalTime = iso.text()
		default:
			e.LocalTime = e.OccurredAt.Format(shipment.LocalLayout)
			if !utc.timed {
				e.Precision = shipment.Day
			}
		}
		return true
	}
	if !local.ok {
		e.Zone, e.Precision = "", ""
		return false
	}
	e.LocalTime = local.text()
	if local.offset, local.zoned = parseOffset(strings.TrimSpace(c.zone)); local.zoned {
		e.OccurredAt = local.instant()
		return true
	}
	// No offset: what the carrier wrote for a zone, and the place, decide.
	face := local
	face.offset = 0
	place.Resolve(place.Reading{Face: face.instant(), Zone: c.zone, Date: e.Precision == shipment.Day}, e.Location).Stamp(e)
	return true
}

// fits tells whether a local time can stand on some clock at an instant.
func fits(local stamp, at time.Time) bool {
	local.offset = 0
	ahead := local.instant().Sub(at)
	return ahead >= -12*time.Hour && ahead <= 14*time.Hour && ahead%(15*time.Minute) == 0
}

// fault says which part of a time that set refused is at fault.
func (c *clock) fault() fault {
	switch {
	case isMissing(c.iso) && isMissing(c.utc) && isMissing(c.date):
		return fault{"time_raw", "missing"}
	case parseStamp(c.date).ok:
		return fault{"time_raw.time", "not a time"}
	case isMissing(c.date):
		return fault{"time_iso", "not a time"}
	}
	return fault{"time_raw.date", "not a date"}
}

// stamp is a parsed time. Its parts are zero where they were missing.
type stamp struct {
	day
	hour
	offset time.Duration
	ok     bool
	timed  bool // there is an hour
	zoned  bool // there is an offset
}

type (
	day  struct{ year, month, day int }
	hour struct{ hours, minutes, seconds int }
)

func (s *stamp) instant() time.Time {
	return time.Date(s.year, time.Month(s.month), s.day.day, s.hours, s.minutes, s.seconds, 0, time.UTC).Add(-s.offset)
}

// text writes shipment.LocalLayout at a tenth of the price of a Format.
func (s *stamp) text() string {
	b := [...]byte{'2', '0', '0', '6', '-', '0', '1', '-', '0', '2', 'T', '1', '5', ':', '0', '4', ':', '0', '5'}
	for i, n := range [...]int{s.year / 100, s.year % 100} {
		twoDigits(b[2*i:], n)
	}
	for i, n := range [...]int{s.month, s.day.day, s.hours, s.minutes, s.seconds} {
		twoDigits(b[5+3*i:], n)
	}
	return string(b[:])
}

func twoDigits(b []byte, n int) { b[0], b[1] = byte('0'+n/10), byte('0'+n%10) }

func isMissing(s string) bool { return strings.TrimSpace(s) == "" }

// parseStamp reads 2006-01-02, and behind it, each if it is there, T15:04:05 and
// an offset.
func parseStamp(s string) (t stamp) {
	s = strings.TrimSpace(s)
	const date = len(time.DateOnly)
	if len(s) < date {
		return stamp{}
	}
	if t.day, t.ok = parseDay(s[:date]); !t.ok || len(s) == date {
		return t
	}
	if s[date] != 'T' && s[date] != ' ' {
		return stamp{}
	}
	end := date + 1
	for end < len(s) && (s[end] == ':' || s[end] == '.' || '0' <= s[end] && s[end] <= '9') {
		end++
	}
	if t.hour, t.timed = parseHour(s[date+1 : end]); !t.timed {
		return stamp{}
	}
	if end < len(s) {
		if t.offset, t.zoned = parseOffset(s[end:]); !t.zoned {
			return stamp{}
		}
	}
	return t
}

// parseDay reads 2006-01-02. Years outside 1990–2099 are faults, not dates.
func parseDay(s string) (d day, ok bool) {
	if len(s) != len(time.DateOnly) || s[4] != '-' || s[7] != '-' {
		return day{}, false
	}
	century, ok1 := twoDigitsOf(s)
	year, ok2 := twoDigitsOf(s[2:])
	month, ok3 := twoDigitsOf(s[5:])
	n, ok4 := twoDigitsOf(s[8:])
	d = day{century*100 + year, month, n}
	if !ok1 || !ok2 || !ok3 || !ok4 || d.year < 1990 || d.year > 2099 || month < 1 || month > 12 || n < 1 || n > monthDays(d.year, month) {
		return day{}, false
	}
	return d, true
}

func monthDays(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 { // 2000 is the one century among the years that parseDay takes.
			return 29
		}
		return 28
	}
	return 31
}

// parseHour reads 15:04, 15:04:05, and leaves out fractions of a second.
func parseHour(s string) (h hour, ok bool) {
	s = strings.TrimSpace(s)
	if len(s) > len(time.TimeOnly) && s[len(time.TimeOnly)] == '.' {
		s = s[:len(time.TimeOnly)]
	}
	ok = len(s) >= len("15:04") && s[2] == ':'
	if ok {
		var ok1, ok2 bool
		h.hours, ok1 = twoDigitsOf(s)
		h.minutes, ok2 = twoDigitsOf(s[3:])
		ok = ok1 && ok2
	}
	if ok && len(s) > len("15:04") {
		ok = len(s) == len(time.TimeOnly) && s[5] == ':'
		if ok {
			h.seconds, ok = twoDigitsOf(s[6:])
		}
	}
	if !ok || h.hours > 23 || h.minutes > 59 || h.seconds > 59 {
		return hour{}, false
	}
	return h, true
}

// parseOffset reads Z, UTC, GMT, -06:00, -0600 and -06.
func parseOffset(s string) (time.Duration, bool) {
	switch s {
	case "Z", "z", "UTC", "GMT":
		return 0, true
	}
	if len(s) < len("-06") || s[0] != '-' && s[0] != '+' {
		return 0, false
	}
	hours, ok := twoDigitsOf(s[1:])
	minutes := 0
	if rest := s[3:]; ok && rest != "" {
		rest = strings.TrimPrefix(rest, ":")
		if ok = len(rest) == 2; ok {
			minutes, ok = twoDigitsOf(rest)
		}
	}
	offset := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if s[0] == '-' {
		offset = -offset
	}
	if !ok || minutes > 59 || offset < -12*time.Hour || offset > 14*time.Hour {
		return 0, false
	}
	return offset, true
}

// twoDigitsOf reads the first two bytes of s, which has them.
func twoDigitsOf(s string) (int, bool) {
	a, b := s[0]-'0', s[1]-'0'
	return int(a)*10 + int(b), a <= 9 && b <= 9
}

func parseDigits(s string) (n int, ok bool) {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, s != ""
}
