package trackingnumber

import "slices"

// try is a search for the slips between one number and one rule.
type try struct {
	rule       *rule
	s          string
	n          int // the length that is tried
	sets       []symbols
	head, tail int // how many characters fit from the left, and from the right
	buf        [maxRunes]byte
	out        []miss
}

func newTry(r *rule, s string, n int) *try {
	t := &try{rule: r, s: s, n: n, sets: r.form.sets(n, make([]symbols, 0, maxRunes))}
	for t.head < min(len(s), n) && t.sets[t.head].has(s[t.head]) {
		t.head++
	}
	for t.tail < min(len(s), n) && t.sets[n-1-t.tail].has(s[len(s)-1-t.tail]) {
		t.tail++
	}
	return t
}

func (t *try) misses() []miss {
	switch t.n - len(t.s) {
	case -1:
		t.extra()
	case 1:
		t.missing()
	default:
		t.lookAlikes()
		t.transposed()
		t.wrongCharacter()
		t.wrongCheck()
	}
	return t.out
}

func (t *try) add(slip Slip, number string, weak bool) {
	at := 0
	for at < min(len(number), len(t.s)) && number[at] == t.s[at] {
		at++
	}
	t.out = append(t.out, miss{t.rule, slip, number, weak, t.s, at})
}

// good reports whether number fits the rule and its check digit, if any.
func (t *try) good(number []byte) bool {
	v, _ := t.rule.judge(string(number))
	return v >= unchecked
}

// lookAlikes replaces what cannot stand where it does by what looks like it.
// Letters that can, as in UPS's 1Z numbers, are then tried as digits.
func (t *try) lookAlikes() {
	const maxKinds = 2 // one who has typed O for 0 has typed it everywhere, but not four such things
	b := t.buf[:copy(t.buf[:], t.s)]
	var kinds [][2]byte
	replaced := 0
	for i, c := range b {
		if t.sets[i].has(c) {
			continue
		}
		replaced++
		b[i] = alike(c, t.sets[i])
		if kind := [2]byte{c, b[i]}; !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
		if b[i] == 0 || len(kinds) > maxKinds || t.rule.check == nil && replaced > len(b)/4 {
			return // Without a check digit, few may be changed to make a word a number.
		}
	}
	if t.good(b) {
		if len(kinds) > 0 {
			t.add(LookAlike, string(b), false)
		}
		return
	}
	for i, c := range b {
		d := digitLike(c)
		if d == 0 || !t.sets[i].has(d) {
			continue
		}
		b[i] = d
		if t.good(b) {
			t.add(LookAlike, string(b), false)
		}
		b[i] = c
	}
}

// transposed swaps neighbours. Without a check digit only the form can tell, so
// a swap must have been needed for it.
func (t *try) transposed() {
	b := t.buf[:copy(t.buf[:], t.s)]
	for i := 1; i < len(b); i++ {
		if b[i] == b[i-1] {
			continue
		}
		b[i], b[i-1] = b[i-1], b[i]
		if t.good(b) {
			t.add(Transposed, string(b), false)
		}
		b[i], b[i-1] = b[i-1], b[i]
	}
}

// wrongCharacter replaces the only character that cannot stand where it does.
// A digit is not replaced by another one: that it is not the first of this
// format says rather that the number is of another.
func (t *try) wrongCharacter() {
	at := t.head
	if t.head+t.tail != len(t.s)-1 || digits.has(t.s[at]) && t.sets[at]&letters == 0 {
		return
	}
	b := t.buf[:copy(t.buf[:], t.s)]
	var found []string
	for c := range t.sets[at].chars {
		b[at] = c
		if t.good(b) {
			found = append(found, string(b))
		}
	}
	t.addFew(WrongCharacter, found)
}

// wrongCheck says only that something is wrong: each place has a digit that
// would make the check digit right.
func (t *try) wrongCheck() {
	if t.head < len(t.s) {
		return
	}
	if v, _ := t.rule.judge(t.s); v != wrong {
		return
	}
	if t.rule.carrier == "" && !knownCountry(t.s[len(t.s)-2:]) {
		t.add(UnknownCountry, "", false)
		return
	}
	t.add(WrongCheckDigit, "", false)
}

// extra leaves one character out. That one of two equal neighbours is too many
// is the likeliest.
func (t *try) extra() {
	fits := false
	for i := range t.s {
		if i > t.head || len(t.s)-1-i > t.tail || i > 0 && t.s[i] == t.s[i-1] {
			continue // The rest does not fit, or leaving out the one before is the same.
		}
		fits = true
		b := append(append(t.buf[:0], t.s[:i]...), t.s[i+1:]...)
		if v, _ := t.rule.judge(string(b)); v == passed {
			t.add(ExtraCharacter, string(b), i+1 == len(t.s) || t.s[i] != t.s[i+1])
		}
	}
	if fits && t.out == nil {
		t.add(ExtraCharacter, "", false)
	}
}

// missing puts one character in. Most check digits allow one at each place, so
// usually it can only be said that one is missing.
func (t *try) missing() {
	fits := false
	var found []string
	for i := 0; i <= t.head && i <= len(t.s); i++ {
		if len(t.s)-i > t.tail {
			continue
		}
		fits = true
		b := append(append(append(t.buf[:0], t.s[:i]...), 0), t.s[i:]...)
		for c := range t.sets[i].chars {
			b[i] = c
			if t.good(b) && !slices.Contains(found, string(b)) {
				found = append(found, string(b))
			}
		}
	}
	if fits {
		t.addFew(MissingCharacter, found)
	}
}

// addFew adds the numbers found, or none of them if they are too many to mean
// anything.
func (t *try) addFew(slip Slip, found []string) {
	const few = 3
	if len(found) == 0 || len(found) > few {
		t.add(slip, "", false)
		return
	}
	for _, number := range found {
		t.add(slip, number, false)
	}
}
