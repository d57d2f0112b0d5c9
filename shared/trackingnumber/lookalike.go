package trackingnumber

import "strings"

const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

func countDigits(s string) int {
	n := 0
	for i := range len(s) {
		if '0' <= s[i] && s[i] <= '9' {
			n++
		}
	}
	return n
}

// digitLike returns the digit that a letter is mistaken for, else 0.
func digitLike(letter byte) byte {
	switch letter {
	case 'O', 'Q', 'D':
		return '0'
	case 'I', 'L':
		return '1'
	case 'Z':
		return '2'
	case 'S':
		return '5'
	case 'G':
		return '6'
	case 'B':
		return '8'
	}
	return 0
}

// lettersLike returns the letters that a digit is mistaken for, the likeliest
// first.
func lettersLike(digit byte) string {
	switch digit {
	case '0':
		return "OQD"
	case '1':
		return "IL"
	case '2':
		return "Z"
	case '5':
		return "S"
	case '6':
		return "G"
	case '8':
		return "B"
	}
	return ""
}

// alike returns the character of set that c is mistaken for, else 0.
func alike(c byte, set symbols) byte {
	if d := digitLike(c); d != 0 && set.has(d) {
		return d
	}
	for _, l := range []byte(lettersLike(c)) {
		if set.has(l) {
			return l
		}
	}
	return 0
}

// toLatin replaces full-width, Cyrillic and Greek characters that look like
// those of numbers, and returns the first of them, noRune if there is none.
func toLatin(s string) (string, rune) {
	const (
		others = "АВСЕНІЈКМОРЅТУХЗавсеіјкморѕтухΑΒΕΗΙΚΜΝΟΡΤΥΧΖο"
		latins = "ABCEHIJKMOPSTYX3ABCEIJKMOPSTYXABEHIKMNOPTYXZO"
	)
	first := noRune
	replace := func(r rune) rune {
		to := r
		if at := strings.IndexRune(others, r); at >= 0 && r > 0x7f {
			to = rune(latins[len([]rune(others[:at]))])
		} else if '！' <= r && r <= '～' {
			to = r - '！' + '!'
		}
		if to != r && first == noRune {
			first = r
		}
		return to
	}
	return strings.Map(replace, s), first
}
