package trackingnumber

import (
	"cmp"
	"slices"
)

// miss is a slip by which a number may have missed a rule.
type miss struct {
	rule   *rule
	slip   Slip
	number string // corrected; empty if more than a few would do
	weak   bool   // less likely than others of its kind
	given  string // the number as it was given
	at     int    // the place of the first difference
}

// certain reports whether the number has the form of a rule and is not one of
// it, or would be one but for this slip, rather than being of another length or
// like it by chance.
func (m *miss) certain() bool {
	switch m.slip {
	case WrongCheckDigit, UnknownCountry:
		return true
	case LookAlike, Transposed, WrongCharacter:
		return m.number != ""
	case ExtraCharacter:
		return m.number != "" && m.rule.form.hasLetters()
	default:
		return false
	}
}

// likelihood orders the slips: the first are those that people make and that
// leave the fewest others as an explanation.
func (m *miss) likelihood() int {
	order := []Slip{LookAlike, Transposed, WrongCharacter, ExtraCharacter, MissingCharacter, UnknownCountry, WrongCheckDigit}
	n := slices.Index(order, m.slip)
	if m.number == "" {
		n += len(order)
	}
	return n
}

// nearMisses returns the slips that may have made s of a good number, the
// likeliest first. A carrier that was named restricts it to its formats and
// S10. The work grows with the square of the length, which is bounded.
func nearMisses(s, carrier string) []miss {
	var out []miss
	if len(s) > maxRunes {
		return nil
	}
	bare := countDigits(s) == len(s)
	for n := max(len(s)-1, 0); n <= min(len(s)+1, maxRunes); n++ {
		for _, r := range rules().byLength[n] {
			if carrier == "" && r.tier == hint || carrier != "" && r.carrier != "" && r.carrier != carrier {
				continue
			}
			if bare && r.form.hasLetters() {
				continue // Letters are not guessed into bare digits.
			}
			out = append(out, newTry(r, s, n).misses()...)
		}
	}
	slices.SortStableFunc(out, func(a, b miss) int {
		return cmp.Or(int(a.rule.tier-b.rule.tier), a.likelihood()-b.likelihood(), weight(a)-weight(b))
	})
	return out
}

func weight(m miss) int {
	if m.weak {
		return 1
	}
	return 0
}
