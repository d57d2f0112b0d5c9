package trackingnumber

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// tier says how much it means that a number has a form.
type tier int

const (
	specific tier = iota // letters or a prefix that others do not use
	open                 // bare digits with a check digit: one foreign number in ten passes
	hint                 // nothing speaks for it but a carrier that was named
)

// rule is one form of a format, and the check that goes with it.
type rule struct {
	format, carrier, service string
	tier                     tier
	form                     *pattern
	from, to                 int   // what is checked, of the whole number; to 0: the tracked part
	check                    check // nil: there is none
	doubtful                 bool  // the check is hearsay, and nothing is refused by it
}

// verdict is what a rule says of a number, from worst to best.
type verdict int

const (
	misfit    verdict = iota // another form
	wrong                    // its form, but the check digit fails
	unchecked                // its form, which has no check digit
	passed                   // its form and check digit
)

// judge says what the rule makes of s, and which part of it is tracked.
func (r *rule) judge(s string) (verdict, string) {
	from, to, ok := r.form.match(s)
	if !ok {
		return misfit, ""
	}
	tracked := s[from:to]
	if r.check == nil {
		return unchecked, tracked
	}
	checked := tracked
	if r.to > 0 {
		checked = s[r.from:r.to]
	}
	switch {
	case r.check(checked) && (r.carrier != "" || knownCountry(s[len(s)-2:])):
		return passed, tracked
	case r.doubtful:
		return unchecked, tracked
	}
	return wrong, tracked
}

//go:embed formats.tsv
var formatsTable string

// book holds the rules by the length of the numbers they speak of, each list
// best first.
type book struct {
	byLength [maxRunes + 1][]*rule
	carriers map[string]bool
}

// rules returns the parsed table. It is part of the program and a test reads
// it; a faulty one would identify nothing.
var rules = sync.OnceValue(func() *book {
	b, err := parseBook(formatsTable)
	if err != nil {
		return &book{}
	}
	return b
})

func parseBook(table string) (*book, error) {
	b := &book{carriers: map[string]bool{}}
	for i, line := range strings.Split(strings.TrimSpace(table), "\n") {
		if i == 0 {
			continue // The names of the columns.
		}
		row, patterns, err := parseRule(strings.Split(line, "\t"))
		if err != nil {
			return nil, fmt.Errorf("formats.tsv line %d: %w", i+1, err)
		}
		if row.carrier != "" {
			b.carriers[row.carrier] = true
		}
		for _, p := range patterns {
			r := row
			r.form = p
			if r.to > p.min {
				return nil, fmt.Errorf("formats.tsv line %d: checks more than there is", i+1)
			}
			for n := p.min; n <= p.max; n++ {
				b.byLength[n] = append(b.byLength[n], &r)
			}
		}
	}
	for _, list := range b.byLength {
		slices.SortStableFunc(list, func(x, y *rule) int { return int(x.tier - y.tier) })
	}
	return b, nil
}

func parseRule(f []string) (rule, []*pattern, error) {
	if len(f) != 8 {
		return rule{}, nil, fmt.Errorf("%d columns", len(f))
	}
	r := rule{format: f[0], carrier: strings.TrimPrefix(f[2], "-"), service: f[3]}
	r.tier = tier(slices.Index([]string{"specific", "open", "hint"}, f[1]))
	if r.tier < 0 {
		return r, nil, fmt.Errorf("unknown tier %q", f[1])
	}
	var patterns []*pattern
	for text := range strings.FieldsSeq(f[4]) {
		p, err := parsePattern(text)
		if err != nil {
			return r, nil, err
		}
		patterns = append(patterns, p)
	}
	if from, to, ok := strings.Cut(f[5], "-"); ok && from != "" {
		r.from, _ = strconv.Atoi(from)
		r.to, _ = strconv.Atoi(to)
		r.from-- // The table counts from 1.
		if r.from < 0 || r.to <= r.from {
			return r, nil, fmt.Errorf("unknown span %q", f[5])
		}
	}
	name := f[6]
	name, r.doubtful = strings.CutSuffix(name, "?")
	if r.check = checkOf(name); r.check == nil && name != "none" {
		return r, nil, fmt.Errorf("unknown check %q", name)
	}
	return r, patterns, nil
}
