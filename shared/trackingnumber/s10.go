package trackingnumber

import (
	_ "embed"
	"strings"
	"sync"
)

// Post is the carrier of an S10 number whose post has no name in this project;
// the candidate's Country says whose it is.
const Post = "post"

// IsS10 reports whether number is of UPU standard S10, with a valid check digit,
// and which country's post issued it (ISO 3166). That post, and the one of the
// destination, are partners of whatever carrier an order names. A country that
// does not exist is no S10 number, though its check digit may be right.
func IsS10(number string) (countryCode string, ok bool) {
	if tooLong(number) {
		return "", false
	}
	s, foreign := clean(number)
	if foreign != noRune {
		return "", false
	}
	for _, r := range rules().byLength[len(s)] {
		if r.carrier != "" {
			continue
		}
		if v, _ := r.judge(s); v == passed {
			return s[11:], true
		}
	}
	return "", false
}

//go:embed posts.tsv
var postsTable string

// post is one that issues numbers for a country. letters restricts it to
// numbers that begin with one of them.
type post struct{ carrier, letters string }

var posts = sync.OnceValue(func() map[string][]post {
	m := map[string][]post{}
	for line := range strings.Lines(postsTable) {
		if f := strings.Fields(line); len(f) == 4 && len(f[0]) == 2 {
			m[f[0]] = append(m[f[0]], post{f[1], strings.TrimPrefix(f[2], "-")})
		}
	}
	return m
})

// Posts returns the posts that issue S10 numbers of a country (ISO 3166), by
// the names of the project; none where it has no name for them.
func Posts(country string) (carriers []string) {
	for _, p := range posts()[country] {
		carriers = append(carriers, p.carrier)
	}
	return carriers
}

// s10Candidates returns a candidate for each post that may have issued s.
func s10Candidates(s string, c Candidate) []Candidate {
	var out []Candidate
	c.Country, c.Service = s[len(s)-2:], s10Service(s)
	for _, p := range posts()[c.Country] {
		if p.letters == "" || strings.IndexByte(p.letters, s[0]) >= 0 {
			c.Carrier = p.carrier
			out = append(out, c)
		}
	}
	if out == nil {
		c.Carrier = Post
		out = append(out, c)
	}
	return out
}

// s10Service says what the first letter of an S10 number stands for.
func s10Service(s string) string {
	switch s[0] {
	case 'E':
		return "express item of a post (EMS)"
	case 'C':
		return "parcel of a post"
	case 'H':
		return "e-commerce parcel of a post"
	case 'R':
		return "registered item of a post"
	case 'V':
		return "insured item of a post"
	case 'L':
		return "tracked letter of a post"
	case 'U':
		return "untracked letter of a post"
	case 'M':
		return "bag of printed matter of a post"
	case 'Q':
		if s[1] <= 'M' {
			return "reply item of a post"
		}
	}
	return "item of a post"
}

// knownCountry reports whether two letters are a country of ISO 3166-1, which is
// what the standard takes them from.
func knownCountry(code string) bool {
	return len(code) == 2 && strings.Contains(countries, code)
}

const countries = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ " +
	"CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR " +
	"GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP " +
	"KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ " +
	"NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW " +
	"SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ " +
	"UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
