package tiktokshop

import (
	"fmt"
	"time"

	"github.com/shiptide/shiptide/shared/webhook"
)

// isMissing: TikTok writes an absent id or time as an empty text or as 0.
func isMissing(s string) bool { return s == "" || s == "0" }

// isID tells whether s is an id of an order, a package or a shop: decimal, of up
// to 19 digits so far. They come as texts and as numbers, so whoever reads them
// keeps the digits.
func isID(s string) bool {
	const longest = 32
	return len(s) <= longest && !isMissing(s) && isDigits(s)
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// parseUnix reads seconds since 1970. Older interfaces gave milliseconds in the
// same members. Times before 2000 are faults.
func parseUnix(s string) (time.Time, bool) {
	const longest, milliseconds, year2000 = 13, 1e12, 946684800
	if len(s) > longest || !isDigits(s) {
		return time.Time{}, false
	}
	n := int64(0)
	for i := range len(s) {
		n = n*10 + int64(s[i]-'0')
	}
	if n >= milliseconds {
		n /= 1000
	}
	if n < year2000 {
		return time.Time{}, false
	}
	return time.Unix(n, 0).UTC(), true
}

// word returns a text that looks like one of TikTok's words, or like one of the
// short numbers that were there before them, and "" for others: they may be
// anything.
func word(s string) string {
	const longest, longestNumber = 48, 4
	for i := range len(s) {
		if c := s[i]; c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return ""
		}
	}
	if len(s) > longest || isDigits(s) && len(s) > longestNumber {
		return ""
	}
	return s
}

// fault names a member and what is wrong with it, and never its value.
type fault struct{ path, reason string }

func (f fault) Error() string { return f.path + ": " + f.reason }

func malformed(err error) error {
	return fmt.Errorf("tiktokshop: decode push: %w: %w", webhook.ErrMalformed, err)
}

// faulty says what is wrong with the value of a member.
func faulty(path, value, reason string) fault {
	if isMissing(value) {
		reason = "missing"
	}
	return fault{path, reason}
}
