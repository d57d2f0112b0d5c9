package trackingnumber_test

import (
	"bytes"
	"flag"
	"fmt"
	"testing"

	"github.com/shiptide/shiptide/shared/trackingnumber"
)

var update = flag.Bool("update", false, "rewrite testdata/*.txt")

// tally counts what became of changed numbers.
type tally struct{ made, format, all int }

// count adds one changed number. It is caught by its format if it is no
// candidate of it with a good check digit, or, where there is none, with its
// form; and by all if no format vouches for it any more.
func (c *tally) count(s *sample, changed string) {
	r := trackingnumber.Identify(changed)
	candidate, ok := of(r, s.format, s.carrier)
	c.made++
	if !ok || candidate.CheckDigit != s.check {
		c.format++
	}
	if !r.Valid {
		c.all++
	}
}

// TestCaught changes every digit of every good number to each other digit, and
// swaps every pair of unlike neighbours. The table says what is noticed.
func TestCaught(t *testing.T) {
	var out bytes.Buffer
	out.WriteString("How many slips in a good number are noticed: each digit changed to each other one, and each pair of\n" +
		"unlike neighbours swapped. \"Format\": the number is none of its format any more. \"All\": no format\n" +
		"vouches for it, so that it is not valid.\n\n")
	table := []byte("format\tcheck digit\tdigits\tchanges\tformat\tall\tswaps\tformat\tall\t\n")
	var names [][2]string
	digits, changes, swaps := map[[2]string]int{}, map[[2]string]*tally{}, map[[2]string]*tally{}
	for _, s := range samples {
		name := [2]string{s.format, s.check}
		if changes[name] == nil {
			names = append(names, name)
			changes[name], swaps[name] = new(tally), new(tally)
		}
		for _, number := range s.valid {
			for i := range number {
				b := []byte(number)
				if i > 0 && b[i] != b[i-1] {
					b[i], b[i-1] = b[i-1], b[i]
					swaps[name].count(&s, string(b))
					b[i], b[i-1] = b[i-1], b[i]
				}
				if number[i] > '9' {
					continue
				}
				digits[name]++
				for b[i] = '0'; b[i] <= '9'; b[i]++ {
					if b[i] != number[i] {
						changes[name].count(&s, string(b))
					}
				}
			}
		}
	}
	for _, name := range names {
		c, s := changes[name], swaps[name]
		table = fmt.Appendf(table, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n", name[0], name[1], digits[name], c.made, c.format, c.all, s.made, s.format, s.all)
	}
	align(t, &out, table)
	golden(t, "testdata/caught.txt", out.Bytes())
}

// TestCheckDigitChanged: of a format with a check digit, no number passes whose
// check digit alone is another, whatever the rule misses elsewhere.
func TestCheckDigitChanged(t *testing.T) {
	places := map[string]int{"s10": 10, "fedex-astra32": 27}
	for _, s := range samples {
		if s.check != trackingnumber.OK {
			continue
		}
		for _, number := range s.valid {
			if s.format == "fedex-economy20" && number[:2] == "02" {
				continue // Either of two prefixes may be thought before it, so two digits are good.
			}
			at, ok := places[s.format]
			if !ok {
				at = len(number) - 1
			}
			b := []byte(number)
			for b[at] = '0'; b[at] <= '9'; b[at]++ {
				c, found := of(trackingnumber.Identify(string(b)), s.format, s.carrier)
				if good := found && c.CheckDigit == trackingnumber.OK; good != (b[at] == number[at]) {
					t.Errorf("%s: %s is good: %v", s.format, b, good)
				}
			}
		}
	}
}
