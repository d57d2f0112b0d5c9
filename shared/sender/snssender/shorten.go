package snssender

import (
	"slices"
	"strings"
	"unicode"
)

const dots = "..."

// plain writes typographic characters with those of the SMS alphabet.
var plain = strings.NewReplacer(
	"“", `"`, "”", `"`, "„", `"`, "‘", "'", "’", "'", "‚", "'",
	"–", "-", "—", "-", "\u2011", "-", "…", dots, "\u00a0", " ", "\u202f", " ", "\u00ad", "",
)

// clean makes a text fit to be an SMS. Typographic characters stay if others
// outside the alphabet do: then they cost nothing.
func clean(text string) string {
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "?")))
	if p := plain.Replace(text); isGSM(p) {
		return p
	}
	return text
}

// shorten cleans a text, and cuts it at a word to what may be sent. A link at
// its end stays whole, or goes whole.
func shorten(text string) string {
	text = clean(text)
	if parts(text) <= maxParts {
		return text
	}
	body, link := text, ""
	if at := strings.LastIndexFunc(text, unicode.IsSpace); at > 0 && isLink(strings.TrimSpace(text[at:])) {
		body, link = strings.TrimSpace(text[:at]), " "+strings.TrimSpace(text[at:])
		if parts(dots+link) > maxParts {
			link = ""
		}
	}
	for _, ends := range []func(string) []int{words, runes} {
		for _, end := range slices.Backward(ends(body)) {
			if short := body[:end] + dots + link; parts(short) <= maxParts {
				return short
			}
		}
	}
	return dots + link
}

func isLink(word string) bool {
	return strings.HasPrefix(word, "https://") || strings.HasPrefix(word, "http://")
}

// longest is more characters than any message has.
const longest = maxParts*gsmJoined + 1

// words are the ends of the words that may fit.
func words(s string) []int {
	var ends []int
	n, space := 0, true
	for i, r := range s {
		if n++; n > longest {
			return ends
		}
		if now := unicode.IsSpace(r); now != space {
			if space = now; space {
				ends = append(ends, i)
			}
		}
	}
	return append(ends, len(s))
}

// runes are where the characters that may fit begin.
func runes(s string) []int {
	var ends []int
	for i := range s {
		if len(ends) > longest {
			break
		}
		ends = append(ends, i)
	}
	return ends
}
