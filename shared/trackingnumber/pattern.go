package trackingnumber

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// symbols is a set of the 36 characters of tracking numbers: bits 0 to 9 are the
// digits, the following ones the letters.
type symbols uint64

const (
	digits  symbols = 1<<10 - 1
	letters symbols = (1<<26 - 1) << 10
)

// symbolOf returns the bit of c, and -1 for what is in no number.
func symbolOf(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'A' <= c && c <= 'Z':
		return int(c-'A') + 10
	}
	return -1
}

func symbolChar(i int) byte { return "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[i] }

func (s symbols) has(c byte) bool {
	i := symbolOf(c)
	return i >= 0 && s>>i&1 == 1
}

// chars calls yield with each character of s, digits first.
func (s symbols) chars(yield func(byte) bool) {
	for s != 0 {
		i := bits.TrailingZeros64(uint64(s))
		if !yield(symbolChar(i)) {
			return
		}
		s &= s - 1
	}
}

// run is a part of a pattern: so many characters of one set.
type run struct {
	set      symbols
	min, max int
}

// pattern is a regular expression of the few kinds that numbers need:
// characters, \d, [A-Z0-9], {n} and {n,m}, and one group around the part under
// which the carrier tracks it. At most one run is of variable length, so the
// length of a number settles which set each of its places has. That is what an
// ordinary regular expression cannot say, and what naming a slip needs.
type pattern struct {
	runs     []run
	min, max int
	from, to int // the group: runs[from:to]
}

// sets returns the set of each place of a number of n characters, in buf.
func (p *pattern) sets(n int, buf []symbols) []symbols {
	buf = buf[:0]
	slack := n - p.min
	for _, r := range p.runs {
		for range r.min + min(slack, r.max-r.min) {
			buf = append(buf, r.set)
		}
	}
	return buf
}

// match reports whether s has the form, and returns where the group is.
func (p *pattern) match(s string) (from, to int, ok bool) {
	if len(s) < p.min || len(s) > p.max {
		return 0, 0, false
	}
	slack, at := len(s)-p.min, 0
	for i, r := range p.runs {
		if i == p.from {
			from = at
		}
		for range r.min + min(slack, r.max-r.min) {
			if !r.set.has(s[at]) {
				return 0, 0, false
			}
			at++
		}
		if i == p.to-1 {
			to = at
		}
	}
	return from, to, true
}

// hasLetters reports whether the form has a place where only a letter can be.
func (p *pattern) hasLetters() bool {
	for _, r := range p.runs {
		if r.set&digits == 0 {
			return true
		}
	}
	return false
}

func parsePattern(text string) (*pattern, error) {
	p := &pattern{to: -1}
	for rest := text; rest != ""; {
		switch rest[0] {
		case '(':
			p.from, rest = len(p.runs), rest[1:]
			continue
		case ')':
			p.to, rest = len(p.runs), rest[1:]
			continue
		}
		r, after, err := parseRun(rest)
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %w", text, err)
		}
		p.runs, rest = append(p.runs, r), after
		p.min, p.max = p.min+r.min, p.max+r.max
	}
	if p.to < 0 {
		p.to = len(p.runs)
	}
	variable := 0
	for _, r := range p.runs {
		if r.min != r.max {
			variable++
		}
	}
	if variable > 1 || p.min == 0 || p.max > maxRunes || p.from >= p.to {
		return nil, fmt.Errorf("pattern %q: empty, too long, or more than one length that varies", text)
	}
	return p, nil
}

// parseRun reads one set and its count.
func parseRun(text string) (r run, rest string, err error) {
	switch {
	case strings.HasPrefix(text, `\d`):
		r.set, rest = digits, text[2:]
	case text[0] == '[':
		class, after, ok := strings.Cut(text[1:], "]")
		if !ok {
			return r, "", fmt.Errorf("bracket not closed")
		}
		r.set, rest = parseClass(class), after
	default:
		r.set, rest = parseClass(text[:1]), text[1:]
	}
	if r.set == 0 {
		return r, "", fmt.Errorf("no characters at %q", text)
	}
	r.min, r.max = 1, 1
	if !strings.HasPrefix(rest, "{") {
		return r, rest, nil
	}
	count, rest, _ := strings.Cut(rest[1:], "}")
	low, high, ranged := strings.Cut(count, ",")
	if !ranged {
		high = low
	}
	if r.min, err = strconv.Atoi(low); err != nil {
		return r, "", err
	}
	r.max, err = strconv.Atoi(high)
	return r, rest, err
}

// parseClass reads characters and ranges; what is neither makes it empty.
func parseClass(class string) symbols {
	var s symbols
	for i := 0; i < len(class); i++ {
		low, high := symbolOf(class[i]), symbolOf(class[i])
		if i+2 < len(class) && class[i+1] == '-' {
			i += 2
			high = symbolOf(class[i])
		}
		if low < 0 || high < low {
			return 0
		}
		for ; low <= high; low++ {
			s |= 1 << low
		}
	}
	return s
}
