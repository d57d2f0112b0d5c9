package place

import (
	"errors"
	"strings"
	"time"
)

// ErrTime is the error of [Read]. It does not hold the text.
var ErrTime = errors.New("not a date or a time")

// Reading is a time as a source wrote it: the face of a clock, and what was said
// of whose clock it is.
type Reading struct {
	Face time.Time // the date and the hands; its Location is not looked at
	Zone string    // as written: -06:00, Z, CST, America/Chicago; often empty
	Date bool      // a date was written, or what is one: Face's hands say nothing
}

// Read takes apart the forms of ISO 8601 that sources use, and those near them:
// 2026-03-02, 2026/03/02 08:10, 2026-03-02T08:10:00.123Z, 2026-03-02 08:10:00
// -06:00, 2026-03-02 08:10:00 CST. Parts of a second are cut. What follows the
// time is the zone, unread: [Resolve] judges it. Years are 1970 to 2199, those
// that a shipment can hold; null dates (0001-01-01) are errors.
func Read(text string) (Reading, error) {
	text = strings.TrimSpace(text)
	if len(text) < len("2006-01-02") || text[4] != text[7] || text[4] != '-' && text[4] != '/' {
		return Reading{}, ErrTime
	}
	f := fields{ok: true}
	year, month, day := f.number(text[:4], 1970, 2199), f.number(text[5:7], 1, 12), f.number(text[8:10], 1, 31)
	rest := text[10:]
	r := Reading{Date: rest == ""}
	var hour, minute, second int
	if !r.Date {
		if rest[0] != 'T' && rest[0] != 't' && rest[0] != ' ' {
			return Reading{}, ErrTime
		}
		clock := strings.TrimLeft(rest[1:], " ")
		if len(clock) < len("15:04") || clock[2] != ':' {
			return Reading{}, ErrTime
		}
		hour, minute, rest = f.number(clock[:2], 0, 23), f.number(clock[3:5], 0, 59), clock[5:]
		if len(rest) >= len(":05") && rest[0] == ':' {
			second, rest = f.number(rest[1:3], 0, 59), cutFraction(rest[3:])
		}
		r.Zone = strings.TrimSpace(rest)
	}
	r.Face = time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
	if !f.ok || r.Face.Day() != day {
		return Reading{}, ErrTime
	}
	return r, nil
}

// Promise returns what an estimate promises by r: a day (2006-01-02), and an
// hour (15:04) unless r is a date. Midnight is one too, whatever offset or Z
// follows: nobody delivers at 00:00:00.
func (r Reading) Promise() (day, hour string) {
	day = r.Face.Format(time.DateOnly)
	if h, m, s := r.Face.Clock(); r.Date || h == 0 && m == 0 && s == 0 {
		return day, ""
	}
	return day, r.Face.Format("15:04")
}

// fields reads numbers and remembers whether one was wrong.
type fields struct{ ok bool }

func (f *fields) number(s string, least, most int) int {
	n := int(number(s))
	f.ok = f.ok && digits(s) && n >= least && n <= most
	return n
}

// cutFraction cuts the parts of a second: .123 or ,123.
func cutFraction(s string) string {
	if s == "" || s[0] != '.' && s[0] != ',' {
		return s
	}
	return strings.TrimLeft(s[1:], "0123456789")
}
