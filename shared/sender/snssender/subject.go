package snssender

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf16"
)

// fallback stands for a text that is empty.
const fallback = "Shipment update"

// subject makes a text fit to be a subject: no line breaks or control
// characters, fewer than 100 characters (seen in the API model of Publish), not
// empty. Characters are counted as UTF-16 units, which is the stricter reading.
// Older documentation took ASCII only (from memory); so what is cut ends with
// dots and not with an ellipsis, and a subject in ASCII stays in it.
func subject(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case unicode.In(r, unicode.Bidi_Control, unicode.Noncharacter_Code_Point):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.Join(strings.Fields(s), " ") // The separators of lines and paragraphs are space.
	units, fits := 0, 0
	for i, r := range s {
		if units <= subjectUnits-len(dots) {
			fits = i
		}
		units += utf16.RuneLen(r)
	}
	if units > subjectUnits {
		s = strings.TrimRight(s[:fits], " ") + dots
	}
	return cmp.Or(s, fallback)
}
