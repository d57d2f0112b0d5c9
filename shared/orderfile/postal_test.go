package orderfile_test

import (
	"testing"

	"github.com/shiptide/shiptide/shared/orderfile"
)

func TestPostalArea(t *testing.T) {
	tests := []struct{ name, country, code, want string }{
		{"five digits", "US", "95110", "951"},
		{"a ZIP+4", "US", "95110-1234", "951"},
		{"a ZIP+4 without its dash", "US", "951101234", "951"},
		{"a ZIP+4 with a blank", "US", "95110 1234", "951"},
		{"a zero that is there", "US", "07030", "070"},
		{"a zero that was lost", "US", "7030", "070"},
		{"two zeros that were lost", "US", "501", "005"},
		{"a ZIP+4 that lost a zero", "US", "70301234", "070"},
		{"one that lost a zero and kept its dash", "US", "7030-1234", "070"},
		{"one that lost two", "US", "5011234", "005"},
		{"a bare area is taken for a code that lost two", "US", "951", "009"},
		{"and none of the United States begins so", "US", "432", ""},
		{"three digits are missing", "US", "70", ""},
		{"six digits are of another country", "US", "951101", ""},
		{"too long", "US", "95110123456", ""},
		{"as a number with a fraction", "US", "7030.0", ""},
		{"in the short form of numbers", "US", "9.51E+08", ""},
		{"text to a spreadsheet program", "US", "'07030\t", "070"},
		{"a formula", "US", `="07030"`, "070"},
		{"nothing but zeros", "US", "00000", ""},
		{"a letter", "US", "9511O", ""},
		{"a word", "US", "Columbus", ""},
		{"digits of another script", "US", "９５１１０", ""},
		{"none", "US", "", ""},
		{"a sign for none", "US", "N/A", ""},
		{"masked behind the first digit", "US", "9****", ""},
		{"masked behind the second", "US", "95***", ""},
		{"masked behind the third", "US", "951**", "951"},
		{"masked and too short", "US", "703*", ""},
		{"a masked ZIP+4", "US", "95110-****", "951"},
		{"all masked", "US", "*****", ""},

		{"Saxony", "DE", "01067", "010"},
		{"Saxony without its zero", "DE", "1067", "010"},
		{"no code of Germany has two zeros", "DE", "106", ""},
		{"France", "FR", "1000", "010"},
		{"Spain", "ES", "8001", "080"},
		{"Rome", "IT", "118", "001"},
		{"nothing but zeros where codes begin with three", "IT", "00000", ""},
		{"Mexico", "MX", "6600", "066"},
		{"Malaysia", "MY", "1000", "010"},
		{"no code of Thailand has a zero", "TH", "1010", ""},
		{"Thailand", "TH", "10110", "101"},
		{"Singapore", "SG", "18906", "018"},
		{"Brazil", "BR", "01310-100", "013"},
		{"Brazil without its zero", "BR", "1310100", "013"},
		{"Japan", "JP", "060-0001", "060"},
		{"Japan without its zero", "JP", "600001", "060"},
		{"Poland", "PL", "00-950", "009"},
		{"Portugal", "PT", "1000-001", "100"},
		{"Portugal in short", "PT", "1000", "100"},
		{"Sweden", "SE", "111 22", "111"},
		{"the Netherlands", "NL", "1012 AB", "101"},
		{"the Netherlands without the letters", "NL", "1012", "101"},
		{"Austria has none with a zero", "AT", "101", ""},
		{"Darwin", "AU", "800", "080"},

		{"London", "GB", "sw1a 1aa", "SW1"},
		{"London without a blank", "GB", "SW1A1AA", "SW1"},
		{"a short outward code", "GB", "E1 6AN", "E1"},
		{"an outward code alone", "GB", "LS1", "LS1"},
		{"masked in Britain", "GB", "S******", ""},
		{"digits in Britain", "GB", "95110", ""},
		{"no code at all", "GB", "Flat 2", ""},
		{"a sentence", "GB", "E1 is where Jane lives", ""},
		{"Canada", "CA", "K1A 0B1", "K1A"},
		{"Dublin", "IE", "D02 X285", "D02"},
		{"digits of a country whose form is not known", "XK", "10000", ""},
		{"no country", "", "95110", ""},
		{"letters of no country", "", "SW1A 1AA", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := orderfile.PostalArea(tt.code, tt.country)
			if got != tt.want || got != "" && !orderfile.IsPostalArea(got, tt.country) {
				t.Fatalf("PostalArea(%q, %q) = %q, want %q", tt.code, tt.country, got, tt.want)
			}
			// What is written of it is read as the same.
			text := exported(t, []orderfile.Row{{Order: "577100000000000101", Country: tt.country, PostalCode: got}})
			if back := one(t, text); back.PostalCode != tt.want {
				t.Errorf("read back as %q of %q", back.PostalCode, text)
			}
		})
	}
}

func TestIsPostalArea(t *testing.T) {
	for _, tt := range []struct {
		area, country string
		want          bool
	}{
		{"951", "US", true},
		{"95", "US", false},
		{"9511", "US", false},
		{"SW1", "US", false},
		{"000", "US", false},
		{"005", "DE", false},
		{"SW1", "GB", true},
		{"E1", "GB", true},
		{"sw1", "GB", false},
		{"SW1A", "GB", false},
		{"101", "GB", false},
		{"JAN", "GB", false},
		{"", "GB", false},
		{"SW1", "", false},
	} {
		if got := orderfile.IsPostalArea(tt.area, tt.country); got != tt.want {
			t.Errorf("IsPostalArea(%q, %q) = %v", tt.area, tt.country, got)
		}
	}
}
