package place

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxName is how many bytes of a name are read: the longest in the table has
// 45. What is longer is no name of a place.
const maxName = 100

// appendFolded appends s as the table writes names: upper case, accents off, and
// every run of anything but A–Z and 0–9 as one blank. What has no such letter
// (Cyrillic, Chinese, "-") becomes empty.
func appendFolded(b []byte, s string) []byte {
	if len(s) > maxName {
		return b
	}
	start := len(b)
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			b = appendLetter(b, start, rune(s[i]))
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		parts := norm.NFKD.PropertiesString(s[i : i+size]).Decomposition()
		if parts == nil {
			b = appendUnaccented(b, start, r)
		}
		for len(parts) > 0 {
			part, n := utf8.DecodeRune(parts)
			b, parts = appendUnaccented(b, start, part), parts[n:]
		}
		i += size
	}
	if len(b) > start && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	return b
}

// appendUnaccented appends a part of what NFKD takes a letter apart into. The
// stroke of Ø is no part to it.
func appendUnaccented(b []byte, start int, r rune) []byte {
	switch {
	case unicode.Is(unicode.Mn, r):
		return b
	case r == 'Ø' || r == 'ø':
		r = 'O'
	}
	return appendLetter(b, start, unicode.ToUpper(r))
}

// appendLetter appends r, or one blank for a run of what is no letter.
func appendLetter(b []byte, start int, r rune) []byte {
	switch {
	case 'a' <= r && r <= 'z':
		return append(b, byte(r-'a'+'A'))
	case 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		return append(b, byte(r))
	case len(b) > start && b[len(b)-1] != ' ':
		return append(b, ' ')
	}
	return b
}

// The words that say what a region is, longest first. The table has names
// without them, apart from names that need them.
var (
	wordsBefore = []string{"REPUBLIC OF ", "RESPUBLIKA ", "PROVINCIA DE ", "PROVINSI ", "ESTADO DE ", "STATE OF ", "REPUBLIC "}
	wordsAfter  = []string{" AUTONOMOUS OKRUG", " RESPUBLIKA", " REPUBLIC", " PROVINCE", " PROVINSI", " OBLAST", " REGION", " STATE", " KRAI", " KRAY"}
)

// plain cuts such words off a folded name: "KALUGA OBLAST" is KALUGA.
func plain(name string) string {
	for _, w := range wordsBefore {
		if rest, ok := strings.CutPrefix(name, w); ok {
			name = rest
			break
		}
	}
	for _, w := range wordsAfter {
		if rest, ok := strings.CutSuffix(name, w); ok {
			return rest
		}
	}
	return name
}
