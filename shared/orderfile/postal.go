package orderfile

import (
	"strings"

	"github.com/shiptide/shiptide/shared/shipment"
)

const (
	area    = 3  // characters of a postal code that are kept
	maxCode = 12 // bytes of a whole one
)

// codeForm is how the postal codes of a country are written that has no letters in
// the part that is kept.
type codeForm struct {
	digits int
	more   int    // characters that may follow: +4 in the United States, letters in the Netherlands
	first  string // the least area
}

// codeForms are from memory. Of countries that are not here only codes with letters
// are read: a number that lost its zeros cannot be told from a whole one.
var codeForms = map[string]codeForm{
	"US": {5, 4, "005"}, "PR": {5, 4, "006"}, "MX": {5, 0, "010"}, "BR": {8, 0, "010"},
	"DE": {5, 0, "010"}, "FR": {5, 0, "010"}, "ES": {5, 0, "010"}, "IT": {5, 0, "000"}, "AT": {4, 0, "100"}, "BE": {4, 0, "100"},
	"NL": {4, 2, "100"}, "LU": {4, 0, "100"}, "CH": {4, 0, "100"}, "PT": {4, 3, "100"}, "PL": {5, 0, "000"}, "CZ": {5, 0, "100"},
	"SK": {5, 0, "010"}, "HU": {4, 0, "100"}, "RO": {6, 0, "010"}, "GR": {5, 0, "100"}, "HR": {5, 0, "100"}, "EE": {5, 0, "100"},
	"DK": {4, 0, "055"}, "SE": {5, 0, "100"}, "FI": {5, 0, "001"}, "NO": {4, 0, "000"}, "TR": {5, 0, "010"}, "SA": {5, 0, "100"},
	"JP": {7, 0, "001"}, "KR": {5, 0, "010"}, "CN": {6, 0, "010"}, "ID": {5, 0, "100"}, "MY": {5, 0, "010"}, "PH": {4, 0, "040"},
	"SG": {6, 0, "010"}, "TH": {5, 0, "100"}, "IN": {6, 0, "110"}, "LT": {5, 0, "001"}, "BG": {4, 0, "100"}, "SI": {4, 0, "100"}, "UA": {5, 0, "010"},
	"AU": {4, 0, "020"}, "NZ": {4, 0, "011"},
}

// PostalArea returns the first three characters of a postal code of a country, and
// "" where it is none, or damaged so that nobody can tell which.
//
// A spreadsheet program makes 7030 of 07030. Where one digit or two are missing they
// were zeros, if the country has such codes. Of a masked code enough must be left:
// 951** will do, 9**** will not. A bare 951 is such a damaged code, and no area: as
// an area [Write] writes 951**.
func PostalArea(code, country string) string {
	code = plainID(code)
	form, ok := codeForms[country]
	switch {
	case len(code) > maxCode:
		return ""
	case ok:
		code = form.whole(code)
	}
	if got := shipment.CleanPostalCode(code); IsPostalArea(got, country) {
		return strings.Clone(got)
	}
	return ""
}

// whole returns the digits of a code, with the zeros that it lost and an asterisk for
// each that is masked, and "" for what is no code.
func (f codeForm) whole(code string) string {
	code = joined.Replace(code)
	for _, length := range [...]int{f.digits, f.digits + f.more} {
		missing := length - len(code)
		if missing != 0 && (missing < 0 || missing > 2 || !isDigits(code)) {
			continue
		}
		digits := (strings.Repeat("0", missing) + code)[:f.digits]
		if strings.Trim(digits, "0123456789*") == "" && strings.Trim(digits, "0") != "" {
			return digits
		}
	}
	return ""
}

// joined takes out what stands between the parts of a code.
var joined = strings.NewReplacer(" ", "", "-", "")

// IsPostalArea reports whether s is what [PostalArea] returns for some code of a
// country.
func IsPostalArea(s, country string) bool {
	if form, ok := codeForms[country]; ok {
		return len(s) == area && isDigits(s) && s >= form.first
	}
	letter, digit := false, false
	for i := range len(s) {
		switch c := s[i]; {
		case 'A' <= c && c <= 'Z':
			letter = true
		case '0' <= c && c <= '9':
			digit = true
		case c != '-' && c != ' ':
			return false
		}
	}
	return len(s) <= area && letter && digit && len(country) == 2
}

// writeArea writes an area so that it is not taken for a code that lost its zeros.
func writeArea(s, country string) string {
	s = shipment.CleanPostalCode(s)
	if !IsPostalArea(s, country) {
		return ""
	}
	if form, ok := codeForms[country]; ok {
		s += strings.Repeat("*", form.digits-area)
	}
	return asText(s)
}
