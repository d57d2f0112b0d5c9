package trackingnumber

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// The sentences say what is seen and what to compare, never who erred.
const (
	emptyText   = "There is no number."
	tooLongText = "This is longer than any tracking number."
	compare     = "Please compare it with the label."
)

// sentence explains the likeliest miss and lists the suggestions.
func sentence(m miss, e *Explanation) string {
	text := m.text() + " "
	if len(e.Suggestions) > 0 {
		text += didYouMean(e.Suggestions)
	} else {
		text += compare
	}
	if !e.Refuse {
		text += " If it is right, please name the carrier."
	}
	return text
}

func (m *miss) text() string {
	service := m.rule.service
	switch m.slip {
	case LookAlike:
		return fmt.Sprintf("At place %d the %s is probably the %s.", m.at+1, char(m.given[m.at]), char(m.number[m.at]))
	case Transposed:
		return fmt.Sprintf("Two neighbours, %c and %c at places %d and %d, may have changed places (%s).",
			m.given[m.at], m.given[m.at+1], m.at+1, m.at+2, service)
	case WrongCharacter:
		return fmt.Sprintf("One character does not fit (%s).", service)
	case ExtraCharacter:
		return fmt.Sprintf("There is one character too many, perhaps: %d instead of %d (%s).", len(m.given), len(m.given)-1, service)
	case MissingCharacter:
		return fmt.Sprintf("There is one character too few, perhaps: %d instead of %d (%s).", len(m.given), len(m.given)+1, service)
	case UnknownCountry:
		return fmt.Sprintf("It has the form of a post's number, but its last letters, %s, are no country.", m.given[len(m.given)-2:])
	default:
		return fmt.Sprintf("It has the form but not the check digit of its kind (%s), so at least one character differs from the label.", service)
	}
}

func char(c byte) string {
	if digits.has(c) {
		return "digit " + string(c)
	}
	return "letter " + string(c)
}

// didYouMean lists suggestions with what they would be, and how they came about
// where that is not how the first one did.
func didYouMean(list []Suggestion) string {
	var names []string
	for _, s := range list {
		name := s.Corrected + " (" + s.Service
		if s.Slip != list[0].Slip {
			name += ", " + s.Slip.undone()
		}
		names = append(names, name+")")
	}
	return "Is it " + strings.Join(names, " or ") + "? " + compare
}

// undone says how a suggestion differs from what was given.
func (s Slip) undone() string {
	switch s {
	case Transposed:
		return "two neighbours swapped"
	case ExtraCharacter:
		return "one character less"
	case MissingCharacter:
		return "one character more"
	default:
		return "one character changed"
	}
}

func needsCarrierText(list []Candidate) string {
	var names []string
	for _, c := range list {
		if !slices.Contains(names, c.Service) {
			names = append(names, c.Service)
		}
	}
	return "Only the length fits (" + strings.Join(names, ", ") + "). Please name the carrier."
}

func unknownFormText(s, carrier string) string {
	switch {
	case countDigits(s) < fewestDigits:
		return "A tracking number has at least four digits. " + compare
	case carrier == "":
		return "No carrier known here has numbers of this form. If it is right, please name the carrier."
	}
	return "It has no form that is known of this carrier. " + compare
}

func foreignText(r rune) string {
	if !unicode.IsPrint(r) {
		return "A tracking number has only the letters A to Z and digits; this one holds an invisible character."
	}
	return "A tracking number has only the letters A to Z and digits; this one holds " + strconv.QuoteRune(r) + "."
}

func otherScriptText(r rune) string {
	return "The character " + strconv.QuoteRune(r) + " only looks like one of the letters A to Z and digits."
}
