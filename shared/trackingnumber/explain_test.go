package trackingnumber_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/shiptide/shiptide/shared/trackingnumber"
)

func TestExplain(t *testing.T) {
	type slip = trackingnumber.Slip
	tests := []struct {
		name, number, carrier string
		refuse                bool
		slip                  slip
		suggests              string // "": nothing; else one of them
		says                  string // a part of the text
	}{
		{"a good number", "1Z5R89390357567127", "", false, trackingnumber.NoSlip, "", ""},
		{"a good number of another carrier than named", "1Z5R89390357567127", "fedex", false, trackingnumber.NoSlip, "", ""},
		{"a good form without a check digit", "TBA123456789012", "", false, trackingnumber.NoSlip, "", ""},

		{"nothing", "", "", true, trackingnumber.Empty, "", "no number"},
		{"blanks and dashes", " - \t—", "ups", true, trackingnumber.Empty, "", "no number"},
		{"a novel", strings.Repeat("1", 61), "", true, trackingnumber.TooLong, "", "longer than any"},
		{"longer than is kept", strings.Repeat("1", 51), "jt", true, trackingnumber.TooLong, "", "longer than any"},
		{"a stroke", "1Z5R89390357567/27", "", true, trackingnumber.ForeignCharacter, "", `holds '/'`},
		{"an invisible character", "1Z5R89390357567\u000027", "", true, trackingnumber.ForeignCharacter, "", "invisible"},
		{"a stroke, whatever the carrier", "12/345678", "jt", true, trackingnumber.ForeignCharacter, "", `holds '/'`},
		{"a word", "hello", "", true, trackingnumber.UnknownForm, "", "at least four digits"},
		{"a word, whatever the carrier", "hello", "jt", true, trackingnumber.UnknownForm, "", "at least four digits"},
		{"a form of nobody", "QQ-12-QQ-34-QQ-56", "", true, trackingnumber.UnknownForm, "", "name the carrier"},
		{"a form of nobody's, of a carrier that has others", "QQ-12-QQ-34-QQ-56", "ups", true, trackingnumber.UnknownForm, "", "no form that is known"},
		{"a form of a carrier whose forms are not known", "JT0000000001", "jt", false, trackingnumber.NoSlip, "", ""},
		{"but its S10 numbers are", "LX000000015CN", "china-post", true, trackingnumber.WrongCheckDigit, "", "differs from the label"},

		{"words around it", "UPS: 1Z 5R8 939 03 5756 7127.", "", true, trackingnumber.MoreThanNumber, "1Z5R89390357567127", "more than a number"},
		{"words before it", "UPS 1Z 5R8 939 03 5756 7127", "", true, trackingnumber.MoreThanNumber, "1Z5R89390357567127", ""},
		{"a link", "https://example.com/t?nr=986578788855", "", true, trackingnumber.MoreThanNumber, "986578788855", ""},
		{"a link to a number that is wrong", "https://example.com/t?nr=996578788855", "", true, trackingnumber.ForeignCharacter, "", ""},
		{"a piece of a bare number is not one", "9965 1234567891 78", "", true, trackingnumber.Transposed, "", "one character less"},

		{"O for 0", "1Z5R8939O357567127", "", true, trackingnumber.LookAlike, "1Z5R89390357567127", "At place 9 the letter O is probably the digit 0."},
		{"o for 0", "1z5r8939o357567127", "", true, trackingnumber.LookAlike, "1Z5R89390357567127", ""},
		{"I for 1", "IZ5R89390357567127", "", true, trackingnumber.LookAlike, "1Z5R89390357567127", "the letter I is probably the digit 1"},
		{"l for 1", "rb 473 l24 829 us", "", true, trackingnumber.LookAlike, "RB473124829US", ""},
		{"S for 5 and B for 8", "98657B7BBBS5", "", true, trackingnumber.LookAlike, "986578788855", ""},
		{"all zeros as O", "94OO1OOOOOOOOOOOOOOOO6", "", true, trackingnumber.LookAlike, "9400100000000000000006", ""},
		{"2 for Z", "125R89390357567127", "", true, trackingnumber.LookAlike, "1Z5R89390357567127", ""},
		{"8 for B in letters", "R8473124829US", "", true, trackingnumber.LookAlike, "RB473124829US", "the digit 8 is probably the letter B"},
		{"O for 0 where there is no check digit", "TBA12345678901O", "", true, trackingnumber.LookAlike, "TBA123456789010", ""},
		{"a Cyrillic letter", "L\u0425000000014CN", "", true, trackingnumber.LookAlike, "LX000000014CN", "only looks like"},
		{"full-width digits", "９８６５７８７８８８５５", "", true, trackingnumber.LookAlike, "986578788855", "only looks like"},

		{"two digits swapped", "1Z5R89390357561727", "", true, trackingnumber.Transposed, "1Z5R89390357567127", "may have changed places"},
		{"two letters swapped", "Z15R89390357567127", "", true, trackingnumber.Transposed, "1Z5R89390357567127", ""},
		{"swapped without a check digit", "TY1234567890123456", "", true, trackingnumber.Transposed, "YT1234567890123456", ""},
		{"a country's letters swapped", "LX000000014NC", "", false, trackingnumber.NoSlip, "", ""}, // New Caledonia
		{"a digit too many", "1Z5R893900357567127", "", true, trackingnumber.ExtraCharacter, "1Z5R89390357567127", "one character too many"},
		{"a digit too many without a check digit", "TBA1234567890123", "", true, trackingnumber.ExtraCharacter, "", "16 instead of 15"},
		{"a digit too few", "1Z5R8939035756717", "", true, trackingnumber.MissingCharacter, "", "17 instead of 18"},
		{"the first character is missing", "Z5R89390357567127", "", true, trackingnumber.MissingCharacter, "1Z5R89390357567127", ""},
		{"a letter that looks like no digit", "LX0000X0014CN", "", true, trackingnumber.WrongCharacter, "LX000000014CN", "does not fit"},
		{"one digit wrong", "1Z1111111111111111", "", true, trackingnumber.WrongCheckDigit, "", "differs from the label"},
		{"an S10 number of no country", "RB123456785XX", "", true, trackingnumber.UnknownCountry, "", "XX, are no country"},

		{"12 digits of no check digit may be DHL's", "996578788855", "", false, trackingnumber.NeedsCarrier, "", "name the carrier"},
		{"and with two swapped may be FedEx's", "986578788585", "", false, trackingnumber.Transposed, "986578788855", "name the carrier"},
		{"and are, if that is said", "996578788855", "dhl-parcel-de", false, trackingnumber.NoSlip, "", ""},
		{"but not FedEx's", "996578788855", "fedex", true, trackingnumber.WrongCheckDigit, "", ""},
		{"9 digits need a carrier", "123456789", "", false, trackingnumber.NeedsCarrier, "", "name the carrier"},
		{"9 digits of UPS", "123456789", "ups", false, trackingnumber.NoSlip, "", ""},
		{"an S10 number that DHL eCommerce's prefix does not save", "LX000000015CN", "", true, trackingnumber.WrongCheckDigit, "", ""},
		{"and is, if that is said", "LX000000015CN", "dhl-ecommerce-us", false, trackingnumber.NoSlip, "", ""},
		{"nor one with a digit too many", "LX0000000014CN", "", true, trackingnumber.ExtraCharacter, "LX000000014CN", ""},
		{"a zero byte is a character", "1Z5R89390357567127\x00", "", true, trackingnumber.MoreThanNumber, "1Z5R89390357567127", ""},
		{"10 digits with two swapped", "1234567819", "dhl-express", true, trackingnumber.Transposed, "1234567891", ""},
		{"13 digits", "9865787888855", "", true, trackingnumber.ExtraCharacter, "986578788855", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := trackingnumber.Explain(tt.number, tt.carrier)
			if e.Refuse != tt.refuse || e.Slip != tt.slip {
				t.Errorf("refuse %v, slip %q, want %v, %q\n%s", e.Refuse, e.Slip, tt.refuse, tt.slip, e.Text)
			}
			if tt.suggests != "" && !suggests(e, tt.suggests) {
				t.Errorf("%s is not suggested: %s", tt.suggests, e.Text)
			}
			if !strings.Contains(e.Text, tt.says) {
				t.Errorf("%q does not say %q", e.Text, tt.says)
			}
			t.Log(e.Text)
		})
	}
}

func suggests(e trackingnumber.Explanation, number string) bool {
	return slices.ContainsFunc(e.Suggestions, func(s trackingnumber.Suggestion) bool { return s.Corrected == number })
}
