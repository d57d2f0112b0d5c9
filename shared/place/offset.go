package place

import "strings"

// The offsets from UTC that clocks have, in seconds.
const (
	minOffset = -12 * 60 * 60
	maxOffset = 14 * 60 * 60
)

// parseOffset reads an offset from UTC in seconds, as sources write it: Z, UTC,
// GMT, +08:00, +0800, +8, -04.00 (UPS), UTC+8, GMT-05:00. East is positive in
// all of them; the reversed sign of Etc/GMT+5 is a matter of IANA names. GMT is
// taken at its word in British summers too.
func parseOffset(s string) (seconds int64, ok bool) {
	if s == "Z" || s == "z" {
		return 0, true
	}
	for _, utc := range [...]string{"UTC", "GMT"} {
		if len(s) >= len(utc) && strings.EqualFold(s[:len(utc)], utc) {
			s = strings.TrimSpace(s[len(utc):])
			if s == "" {
				return 0, true
			}
			break
		}
	}
	if rest, minus := strings.CutPrefix(s, "−"); minus {
		s = "-" + rest
	}
	if len(s) < 2 || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	hours, minutes, ok := cutHours(s[1:])
	if !ok || !digits(hours) || !digits(minutes) {
		return 0, false
	}
	seconds = number(hours)*60*60 + number(minutes)*60
	if s[0] == '-' {
		seconds = -seconds
	}
	return seconds, seconds >= minOffset && seconds <= maxOffset && number(minutes) < 60
}

// cutHours splits 8, 08, 08:00, 8:00, 08.00, 0800 and 800.
func cutHours(s string) (hours, minutes string, ok bool) {
	if i := strings.IndexAny(s, ":."); i >= 0 {
		return s[:i], s[i+1:], i >= 1 && i <= 2 && len(s) == i+3
	}
	switch len(s) {
	case 1, 2:
		return s, "00", true
	case 3, 4:
		return s[:len(s)-2], s[len(s)-2:], true
	}
	return "", "", false
}

// digits tells whether s holds nothing but digits.
func digits[T string | []byte](s T) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// number reads digits.
func number(s string) (n int64) {
	for i := range len(s) {
		n = n*10 + int64(s[i]-'0')
	}
	return n
}
