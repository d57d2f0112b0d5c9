package ups

import (
	"strings"
	"time"

	"github.com/shiptide/shiptide/shared/place"
	"github.com/shiptide/shiptide/shared/shipment"
)

// clock is a time as UPS writes it: local, in GMT, and how far they are apart.
// Any part may be missing.
type clock struct{ date, time, gmtDate, gmtTime, offset string }

// set gives e its time. It returns false if there is none. Pushes name their
// GMT time first; in answers that is the less reliable one, so there byOffset
// lets the local time with its offset decide.
func (c *clock) set(e *shipment.Event, byOffset bool) bool {
	d, h := parseDay(c.date), parseHour(c.time)
	hasLocal := d.ok && h.ok
	offset, hasOffset := parseOffset(c.offset)
	e.Zone, e.Precision = shipment.Reported, shipment.Second
	if hasLocal && hasOffset && byOffset {
		e.LocalTime, e.OccurredAt = localText(d, h), at(d, h).Add(-offset)
		return true
	}
	gd, gh := parseDay(c.gmtDate), parseHour(c.gmtTime)
	hasGMT := gd.ok && gh.ok
	switch {
	case hasLocal && hasGMT:
		e.LocalTime, e.OccurredAt = localText(d, h), at(gd, gh)
		return true
	case hasGMT: // Without an offset GMT is the time as reported.
		e.OccurredAt = at(gd, gh)
		e.LocalTime = e.OccurredAt.Add(offset).Format(shipment.LocalLayout)
		return true
	case hasLocal:
	case d.ok && isMissing(c.time):
		e.Precision, h = shipment.Day, hour{}
	default:
		e.Zone, e.Precision = "", ""
		return false
	}
	if !hasOffset { // The clock of the place, if that is known.
		place.Resolve(place.Reading{Face: at(d, h), Date: e.Precision == shipment.Day}, e.Location).Stamp(e)
		return true
	}
	e.LocalTime, e.OccurredAt = localText(d, h), at(d, h).Add(-offset)
	return true
}

// day and hour are parsed texts; ok is false for missing and wrong ones.
type day struct {
	year, month, day int
	ok               bool
}

type hour struct {
	hour, minute, second int
	ok                   bool
}

func at(d day, h hour) time.Time {
	return time.Date(d.year, time.Month(d.month), d.day, h.hour, h.minute, h.second, 0, time.UTC)
}

// localText writes shipment.LocalLayout at a tenth of the price of a Format.
func localText(d day, h hour) string {
	b := [...]byte{'2', '0', '0', '6', '-', '0', '1', '-', '0', '2', 'T', '1', '5', ':', '0', '4', ':', '0', '5'}
	twoDigits(b[0:], d.year/100)
	twoDigits(b[2:], d.year%100)
	twoDigits(b[5:], d.month)
	twoDigits(b[8:], d.day)
	twoDigits(b[11:], h.hour)
	twoDigits(b[14:], h.minute)
	twoDigits(b[17:], h.second)
	return string(b[:])
}

func twoDigits(b []byte, n int) { b[0], b[1] = byte('0'+n/10), byte('0'+n%10) }

func isMissing(s string) bool { return strings.TrimSpace(s) == "" }

// parseDay reads YYYYMMDD. Years outside 1990–2099 are faults, not dates.
func parseDay(s string) day {
	s = strings.TrimSpace(s)
	if len(s) != 8 {
		return day{}
	}
	n, ok := parseDigits(s)
	d := day{n / 10000, n / 100 % 100, n % 100, ok}
	d.ok = ok && d.year >= 1990 && d.year < 2100 && d.month >= 1 && d.month <= 12 && d.day >= 1 && d.day <= monthDays(d.year, d.month)
	return d
}

func monthDays(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// parseHour reads HHMMSS, which may have lost leading zeros (74700), and
// HH:MM:SS.
func parseHour(s string) hour {
	s = strings.TrimSpace(s)
	if len(s) == 8 && s[2] == ':' && s[5] == ':' {
		s = s[:2] + s[3:5] + s[6:]
	}
	if s == "" || len(s) > 6 {
		return hour{}
	}
	n, ok := parseDigits(s)
	h := hour{n / 10000, n / 100 % 100, n % 100, ok}
	h.ok = ok && h.hour < 24 && h.minute < 60 && h.second < 60
	return h
}

// parseOffset reads -04.00 as pushes have it, and -05:00 of answers.
func parseOffset(s string) (time.Duration, bool) {
	s = strings.TrimSpace(s)
	if len(s) != 6 || s[3] != '.' && s[3] != ':' || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	h, okHour := parseDigits(s[1:3])
	m, okMinute := parseDigits(s[4:])
	if !okHour || !okMinute || h > 14 || m > 59 {
		return 0, false
	}
	offset := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	if s[0] == '-' {
		offset = -offset
	}
	return offset, true
}

func parseDigits(s string) (n int, ok bool) {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// estimate makes a promise of a day and the hours of it. ok is false if the day
// is missing or none.
func estimate(date, from, to string, asOf time.Time) (e shipment.Estimate, ok bool) {
	d := parseDay(date)
	if !d.ok {
		return shipment.Estimate{}, false
	}
	e.From = localText(d, hour{})[:len(time.DateOnly)]
	e.To, e.AsOf = e.From, asOf
	e.FromTime, e.ToTime = clockText(from), clockText(to)
	return e, true
}

func clockText(s string) string {
	h := parseHour(s)
	if !h.ok {
		return ""
	}
	return localText(day{}, h)[len("2006-01-02T"):len("2006-01-02T15:04")]
}
