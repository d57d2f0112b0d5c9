package trackingnumber

import (
	"unicode"
	"unicode/utf8"
)

// maxRunes bounds what is looked at: the longest form has 46 characters, and
// people write blanks between them.
const maxRunes = 60

// tooLong reports whether s has more than maxRunes runes, without counting all
// of a long text.
func tooLong(s string) bool {
	return len(s) > maxRunes*utf8.UTFMax || len(s) > maxRunes && utf8.RuneCountInString(s) > maxRunes
}

// noRune stands for no character: 0 is one.
const noRune = rune(-1)

// clean brings a number to the form under which it is kept: upper case, without
// blanks and dashes, whatever a page or a word processor made of them. The
// first character that can be in no number is returned as foreign, else noRune;
// the number then lacks it and all others like it.
func clean(s string) (number string, foreign rune) {
	if isClean(s) {
		return s, noRune
	}
	foreign = noRune
	b := make([]byte, 0, len(s))
	for _, r := range s {
		switch {
		case 'a' <= r && r <= 'z':
			b = append(b, byte(r)-'a'+'A')
		case '0' <= r && r <= '9' || 'A' <= r && r <= 'Z':
			b = append(b, byte(r))
		case isSeparator(r):
		case foreign == noRune:
			foreign = r
		}
	}
	return string(b), foreign
}

func isClean(s string) bool {
	for i := range len(s) {
		if symbolOf(s[i]) < 0 {
			return false
		}
	}
	return true
}

// isSeparator is true for blanks, dashes (the minus sign is one) and the
// invisible characters that come along when text is copied.
func isSeparator(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.Pd, unicode.Cf) || r == '\u2212'
}
