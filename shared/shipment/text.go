package shipment

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText is the length of a description in bytes; carriers stay far below.
const maxText = 512

var (
	takenBy   = regexp.MustCompile(`(?i)\b(?:signed[\s\-]+(?:for[\s\-]+)?by|signed(?:\s+for)?\s*:|received\s+by|received\s*:|recipient\s*:|released\s+to|given\s+to|pod\s*:|left\s+at\s*:|accepted\s+by|collected\s+by|left\s+with|delivered\s+to|handed\s+(?:over\s+)?to|signatory|signature(?:\s+of)?|signee|recipient\s+name)\s*[:\-]?\s*`)
	proseWord = regexp.MustCompile(`\pL{2,}`)
	mail      = regexp.MustCompile(`[^\s<>()]+@[^\s<>()]+`)
	// phone matches runs of digits with the usual separators; a date in front,
	// which ends at a blank, is put back by cutPhones.
	phone   = regexp.MustCompile(`\+?\(?\d[\d\-(). /]{5,}\d`)
	isoDate = regexp.MustCompile(`^(?:(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d\d|(?:19|20)\d\d))(?: |$)`)
)

// nobodysName holds the words that may follow "received by" and its like: they
// name a role or a place, never a person.
var nobodysName = wordSet(`a an and the to of at in on for by from with or its our their your
	carrier courier partner driver agent broker airline airport line haul shipping company service services provider
	ups usps fedex dhl tnt dpd gls royal mail canada australia la poste postnl hermes yunexpress cainiao
	post postal office customs authority authorities government agency local national destination origin country
	facility hub depot station warehouse centre center terminal network delivery sorting gateway
	recipient consignee receiver addressee customer buyer sender shipper seller merchant
	neighbor neighbour neighbors neighbours receptionist reception concierge security guard mailroom mail room front desk
	door porch garage mailbox box locker shop store point pickup location access parcel household member
	individual unit team staff logistics final original regional international import export transport transit handling
	safe place agreed house building address not available required obtained no is was has been on file`)

func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// CleanText makes a carrier's text fit to store and show: one line without
// control characters, at most 512 bytes, without what follows "signed by",
// "received by" and their like unless that is a role ("the local post office"),
// and without mail addresses and phone numbers. Every decoder uses it.
func CleanText(s string) string {
	s = oneLine(s)
	s = cutPhones(cutNames(s))
	if strings.Contains(s, "@") {
		s = mail.ReplaceAllString(s, "…")
	}
	return shorten(s, maxText)
}

// CutPersonal takes out of a text what CleanText does, and leaves all else as it
// is: for bodies that are kept. Only what reads like a sentence can hold a name
// or a phone number; long numbers alone are what parcels are known by.
func CutPersonal(s string) string {
	if strings.Contains(s, "@") {
		s = mail.ReplaceAllString(s, "…")
	}
	if words := len(proseWord.FindAllStringIndex(s, 2)); words < 2 {
		return s
	}
	return cutPhones(cutNames(s))
}

func oneLine(s string) string {
	if s == "" {
		return ""
	}
	clean := true
	for i, r := range s {
		if r < ' ' || r > '~' || r == ' ' && (i == 0 || s[i-1] == ' ') {
			clean = false
			break
		}
	}
	if clean && s[len(s)-1] != ' ' {
		return s
	}
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
	}), " ")
}

// cutNames cuts from the first "signed by" whose rest holds a word that is not
// a role. The words before it stay.
func cutNames(s string) string {
	if !mayName(s) {
		return s
	}
	for _, at := range takenBy.FindAllStringIndex(s, -1) {
		rest := strings.FieldsFunc(strings.ToLower(s[at[1]:]), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		for _, word := range rest {
			if !nobodysName[word] {
				return strings.TrimRight(s[:at[1]], " :-") + " …"
			}
		}
	}
	return s
}

// mayName is false for a line in which takenBy can find nothing: for all but a
// few. The expression takes fifty times as long to say so. Beyond ASCII it is
// always asked, since letters there fold into those of ASCII.
func mayName(line string) bool {
	for i := 0; i < len(line); i++ {
		switch c := line[i] | 0x20; {
		case line[i] >= utf8.RuneSelf:
			return true
		case c < 'a' || c > 's':
		case c == 's' && beginsFold(line[i:], "sign"),
			c == 'r' && (leadsTo(line[i:], "received", "by", ":") || leadsTo(line[i:], "recipient", "name", ":") || leadsTo(line[i:], "released", "to")),
			c == 'g' && leadsTo(line[i:], "given", "to"),
			c == 'p' && leadsTo(line[i:], "pod", ":"),
			c == 'a' && leadsTo(line[i:], "accepted", "by"),
			c == 'c' && leadsTo(line[i:], "collected", "by"),
			c == 'l' && (leadsTo(line[i:], "left", "with") || leadsTo(line[i:], "left", "at") && strings.Contains(line[i:], ":")),
			c == 'd' && leadsTo(line[i:], "delivered", "to"),
			c == 'h' && leadsTo(line[i:], "handed", "to", "over"):
			return true
		}
	}
	return false
}

// leadsTo tells whether s begins with a word that one of these follows, blanks
// between them or not.
func leadsTo(s, word string, next ...string) bool {
	if !beginsFold(s, word) {
		return false
	}
	rest := strings.TrimLeft(s[len(word):], " \t\n\f\r")
	return slices.ContainsFunc(next, func(n string) bool { return beginsFold(rest, n) })
}

func beginsFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// cutPhones replaces what looks like a phone number: nine digits or more, or
// seven after a plus.
func cutPhones(s string) string {
	digits := 0
	for i := 0; i < len(s); i++ {
		if '0' <= s[i] && s[i] <= '9' {
			digits++
		}
	}
	if digits < 7 {
		return s
	}
	return phone.ReplaceAllStringFunc(s, func(m string) string {
		date := isoDate.FindString(m)
		n := 0
		for _, r := range m[len(date):] {
			if unicode.IsDigit(r) {
				n++
			}
		}
		if n >= 9 || n >= 7 && strings.HasPrefix(m, "+") {
			return date + "…"
		}
		return m
	})
}

// shorten cuts s at a rune so that it has at most limit bytes, and no blank at
// its end.
func shorten(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return strings.TrimRight(s[:limit], " ")
}

// CleanPostalCode keeps the first 3 characters of a postal code: enough for a
// region, too little for a house.
func CleanPostalCode(s string) string {
	return strings.TrimRight(firstRunes(strings.ToUpper(oneLine(s)), 3), " ")
}

// CleanCity makes a place name fit to store: one line, at most 80 bytes.
func CleanCity(s string) string { return shorten(oneLine(s), 80) }

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// CleanNumber brings a tracking number to the form under which it is kept:
// upper case, without blanks and dashes, whatever a page or a word processor
// made of them. It returns "" for what cannot be one:
// fewer than 4 or more than 50 characters, or others than letters and digits.
func CleanNumber(s string) string {
	clean := len(s) >= 4 && len(s) <= 50
	for i := 0; i < len(s) && clean; i++ {
		c := s[i]
		clean = '0' <= c && c <= '9' || 'A' <= c && c <= 'Z'
	}
	if clean {
		return s
	}
	if len(s) > 200 {
		return ""
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		switch {
		case 'a' <= r && r <= 'z':
			b = append(b, byte(r)-'a'+'A')
		case '0' <= r && r <= '9' || 'A' <= r && r <= 'Z':
			b = append(b, byte(r))
		case unicode.IsSpace(r), unicode.In(r, unicode.Pd, unicode.Cf), r == '\u2212':
		default:
			return ""
		}
	}
	if len(b) < 4 || len(b) > 50 {
		return ""
	}
	return string(b)
}
