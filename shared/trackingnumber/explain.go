package trackingnumber

import (
	"slices"
	"strings"
)

// Slip names what is probably wrong with a number.
type Slip string

// The slips. NoSlip is that of a number with which nothing is wrong.
const (
	NoSlip           Slip = ""
	Empty            Slip = "empty"
	TooLong          Slip = "too_long"           // far longer than any number
	ForeignCharacter Slip = "foreign_character"  // a character that is in no number
	MoreThanNumber   Slip = "more_than_a_number" // words or a link around a good number
	LookAlike        Slip = "look_alike"         // the letter O for the digit 0 and the like
	Transposed       Slip = "transposed"         // two neighbours changed places
	ExtraCharacter   Slip = "extra_character"    // one too many
	MissingCharacter Slip = "missing_character"  // one too few
	WrongCharacter   Slip = "wrong_character"    // one that cannot stand where it does
	WrongCheckDigit  Slip = "wrong_check_digit"  // the form is right, one character or more is not
	UnknownCountry   Slip = "unknown_country"    // an S10 number whose last letters are no country
	UnknownForm      Slip = "unknown_form"       // like nothing that is known
	NeedsCarrier     Slip = "needs_carrier"      // only the length fits, so the carrier should be named
)

const (
	maxSuggestions = 5  // what a person can compare with a label
	maxKept        = 50 // the longest number that is kept
	fewestDigits   = 4  // asked of carriers whose formats are not known; our choice
)

// Explanation is what to tell somebody whose number is doubtful. It never
// replaces the number: who has the label decides.
type Explanation struct {
	// Refuse: the number should not be watched as it is.
	Refuse bool
	// Slip is the likeliest slip.
	Slip Slip
	// Suggestions are numbers that the likely slips may have been made of, the
	// likeliest first, at most five.
	Suggestions []Suggestion
	// Text says it in a sentence or two, for people. It holds numbers and does
	// not belong in logs.
	Text string
}

// Suggestion is a number that was perhaps meant. Its check digit has been
// verified; where the format has none, each character that was changed could
// not stand where it was, and CheckDigit says None.
type Suggestion struct {
	Candidate        // of the corrected number
	Corrected string // the number as it would be typed
	Slip      Slip
}

// Explain says what is wrong with a number, and whether a registration should
// refuse it. carrier is the one that was named, "" if none was.
//
// Refused is what cannot be a number, and what comes so close to a known format
// that a slip is likelier than a number of somebody unknown. Naming the carrier
// saves a number of which only the length fits, and one of a carrier whose
// formats are not known here; it makes the carrier's own check digits count.
func Explain(number, carrier string) Explanation {
	if tooLong(number) {
		return refuse(TooLong, nil, tooLongText)
	}
	s, foreign := clean(number)
	if e, ok := explainText(number, s, foreign); ok {
		return e
	}
	if len(s) > maxKept {
		return refuse(TooLong, nil, tooLongText)
	}
	res := identify(s)
	_, named := res.Of(carrier)
	if res.Valid || named {
		return Explanation{}
	}
	known := carrier == "" || rules().carriers[carrier]
	misses := nearMisses(s, carrier)
	broken := len(misses) > 0 && misses[0].rule.tier == specific && misses[0].certain()
	switch {
	case !known && !broken && countDigits(s) >= fewestDigits:
		return Explanation{}
	case len(misses) > 0 && (len(res.Candidates) == 0 || misses[0].certain()):
		e := fromMisses(misses)
		e.Refuse = broken || carrier != "" || len(res.Candidates) == 0
		e.Text = sentence(misses[0], &e)
		return e
	case carrier == "" && len(res.Candidates) > 0:
		return Explanation{Slip: NeedsCarrier, Text: needsCarrierText(res.Candidates)}
	}
	return refuse(UnknownForm, nil, unknownFormText(s, carrier))
}

func refuse(slip Slip, suggestions []Suggestion, text string) Explanation {
	return Explanation{Refuse: true, Slip: slip, Suggestions: suggestions, Text: text}
}

// explainText explains what is no number because of what surrounds it or of a
// character in it.
func explainText(number, s string, foreign rune) (Explanation, bool) {
	if s == "" && foreign == noRune {
		return refuse(Empty, nil, emptyText), true
	}
	if foreign == noRune && identify(s).Valid {
		return Explanation{}, false
	}
	if c, ok := inside(number); ok {
		found := []Suggestion{c}
		return refuse(MoreThanNumber, found, "There is more than a number here. "+didYouMean(found)), true
	}
	if foreign == noRune {
		return Explanation{}, false
	}
	if latin, r := toLatin(number); r != noRune {
		t, other := clean(latin)
		if res := identify(t); other == noRune && res.Valid {
			found := []Suggestion{{res.Candidates[0], t, LookAlike}}
			return refuse(LookAlike, found, otherScriptText(r)+" "+didYouMean(found)), true
		}
	}
	return refuse(ForeignCharacter, nil, foreignText(foreign)), true
}

// fromMisses takes the suggestions of the misses that are as good as the best.
// A letter for a digit is seen, not guessed, so then there are no others.
func fromMisses(misses []miss) Explanation {
	e := Explanation{Slip: misses[0].slip}
	for _, m := range misses {
		if m.number == "" || m.rule.tier != misses[0].rule.tier || len(e.Suggestions) == maxSuggestions ||
			e.Slip == LookAlike && m.slip != LookAlike {
			continue
		}
		if slices.ContainsFunc(e.Suggestions, func(s Suggestion) bool { return s.Corrected == m.number }) {
			continue
		}
		v, tracked := m.rule.judge(m.number)
		c := m.rule.candidate(v, tracked)
		if c.Carrier == "" {
			c = s10Candidates(m.number, c)[0]
		}
		e.Suggestions = append(e.Suggestions, Suggestion{c, m.number, m.slip})
	}
	return e
}

// inside looks for a number among words, or in a link: of all runs of words the
// first that is one. Bare digits are taken only if the rest has none.
func inside(text string) (Suggestion, bool) {
	outside := func(r rune) bool {
		_, foreign := clean(string(r))
		return foreign != noRune
	}
	for _, part := range strings.FieldsFunc(text, outside) {
		words := strings.Fields(part)
		for from := range words {
			for to := len(words); to > from; to-- {
				s, _ := clean(strings.Join(words[from:to], ""))
				res := identify(s)
				if !res.Valid {
					continue
				}
				c := res.Candidates[0]
				if c.CheckDigit == OK && (strings.ContainsAny(s, upper) || countDigits(s) == countDigits(text)) {
					return Suggestion{c, s, MoreThanNumber}, true
				}
			}
		}
	}
	return Suggestion{}, false
}
