package trackingnumber_test

import (
	"strings"
	"testing"

	"github.com/shiptide/shiptide/shared/trackingnumber"
)

// seeds are what people and machines send that no sample is.
var seeds = []string{
	"", " ", "-", "0", "1Z", "LX000000014XX", "1Z5R8939O357567127", "98657B7BBBS5", "Z15R89390357567127", "420", "4201000194",
	"https://example.com/t?nr=986578788855", "UPS: 1Z 5R8 939 03 5756 7127.", "９８６５７８７８８８５５", "1Z5R8939О357567127",
	"1Z5R89390357567127\x00", "\xff\xfe", strings.Repeat("0", 60), strings.Repeat("O", 60), strings.Repeat("9", 61), strings.Repeat("1 ", 30),
}

// FuzzIdentify checks what holds of any input: no panic, no candidate of a long
// text, the same answer for the cleaned number, and explanations that are true.
func FuzzIdentify(f *testing.F) {
	for _, s := range samples {
		for _, number := range append(s.valid, s.invalid...) {
			f.Add(number, s.carrier)
		}
	}
	for _, s := range seeds {
		f.Add(s, "")
	}
	f.Fuzz(func(t *testing.T, number, carrier string) {
		r := trackingnumber.Identify(number)
		if len([]rune(number)) > 60 && (r.Valid || len(r.Candidates) > 0) {
			t.Errorf("%d characters: %+v", len(number), r)
		}
		if r.Candidates == nil || r.Valid && len(r.Candidates) == 0 {
			t.Errorf("valid %v, candidates %v", r.Valid, r.Candidates)
		}
		if again := trackingnumber.Identify(r.Number); again.Number != r.Number || len(again.Candidates) != len(r.Candidates) {
			t.Errorf("cleaned %q is %+v, was %+v", r.Number, again, r)
		}
		s10 := false
		for _, c := range r.Candidates {
			if c.Carrier == "" || c.Service == "" || !strings.Contains(r.Number, c.Number) || c.Number == "" {
				t.Errorf("candidate %+v", c)
			}
			s10 = s10 || c.Format == "s10"
		}
		if _, ok := trackingnumber.IsS10(number); ok != s10 {
			t.Errorf("S10 is %v, of %+v", ok, r)
		}
		checkExplanation(t, number, trackingnumber.Explain(number, ""))
		checkExplanation(t, number, trackingnumber.Explain(number, carrier))
	})
}
