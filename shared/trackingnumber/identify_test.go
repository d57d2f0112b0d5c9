package trackingnumber_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/trackingnumber"
)

// of returns the candidate of a format and carrier.
func of(r trackingnumber.Result, format, carrier string) (trackingnumber.Candidate, bool) {
	i := slices.IndexFunc(r.Candidates, func(c trackingnumber.Candidate) bool { return c.Format == format && c.Carrier == carrier })
	if i < 0 {
		return trackingnumber.Candidate{}, false
	}
	return r.Candidates[i], true
}

func TestSamples(t *testing.T) {
	for _, s := range samples {
		for i, number := range s.valid {
			t.Run(s.format+" "+number, func(t *testing.T) {
				r := trackingnumber.Identify(number)
				c, ok := of(r, s.format, s.carrier)
				if !ok {
					t.Fatalf("no candidate of %s in %+v", s.format, r.Candidates)
				}
				if c.CheckDigit != s.check {
					t.Errorf("check digit %q, want %q", c.CheckDigit, s.check)
				}
				if !r.Valid && !c.NeedsHint {
					t.Error("not valid")
				}
				want := number
				if i == 0 && s.tracked != "" {
					want = s.tracked
				}
				if c.Number != want {
					t.Errorf("tracked as %s, want %s", c.Number, want)
				}
			})
		}
		for _, number := range s.invalid {
			t.Run(s.format+" not "+number, func(t *testing.T) {
				r := trackingnumber.Identify(number)
				for _, c := range r.Candidates {
					if c.Format == s.format || c.CheckDigit == trackingnumber.OK {
						t.Errorf("candidate %+v", c)
					}
				}
				if r.Valid {
					t.Error("valid")
				}
			})
		}
	}
}

// TestSpelling: blanks, dashes and lower case change nothing.
func TestSpelling(t *testing.T) {
	spell := map[string]func(string) string{
		"lower case":         strings.ToLower,
		"blanks in fours":    func(s string) string { return grouped(s, " ") },
		"dashes":             func(s string) string { return grouped(s, "-") },
		"typographic dashes": func(s string) string { return grouped(s, "–") },
		"minus signs":        func(s string) string { return grouped(s, "\u2212") },
		"narrow blanks":      func(s string) string { return grouped(s, "\u202f") },
		"around it":          func(s string) string { return "\ufeff\t" + s + " \r\n" },
	}
	for _, s := range samples {
		for _, number := range s.valid {
			want := trackingnumber.Identify(number)
			for name, f := range spell {
				if diff := cmp.Diff(want, trackingnumber.Identify(f(number))); diff != "" {
					t.Errorf("%s, %s (-want +got):\n%s", number, name, diff)
				}
			}
		}
	}
}

func grouped(s, separator string) string {
	var parts []string
	for part := range slices.Chunk([]byte(s), 4) {
		parts = append(parts, string(part))
	}
	return strings.Join(parts, separator)
}

func TestRank(t *testing.T) {
	tests := []struct {
		name, number string
		valid        bool
		want         []string
	}{
		{"letters settle it", "1Z5R89390357567127", true, []string{"ups-1z ok"}},
		{"a parcel of USPS, whoever sold the label", "9400100000000000000006", true, []string{"usps-impb ok", "ups-mi ok"}},
		{"and of FedEx", "9261293148703201595357", true, []string{"usps-impb ok", "fedex-economy22 ok", "ups-mi ok"}},
		{"a postal code before it", "420100019400100000000000000006", true, []string{"usps-impb ok", "ups-mi ok"}},
		{"a long postal code", "4201000112349400100000000000000006", true, []string{"usps-impb ok", "ups-mi ok"}},
		{"a postal code that can be cut in two ways", "4201000192019400100000000000000006", true, []string{"usps-impb ok", "ups-mi ok"}},
		{"S10 before DHL eCommerce", "LX000000014CN", true, []string{"s10 ok", "dhl-ecommerce none"}},
		{"S10 that fails leaves what needs a hint", "LX000000015CN", false, []string{"dhl-ecommerce none"}},
		{"DHL Express or Yodel", "JD0146000000000001", true, []string{"dhl-express-piece none", "yodel none"}},
		{"12 digits are many things", "986578788855", true, []string{"fedex-12 ok", "dhl-paket-12 none", "ups-infonotice none"}},
		{"12 digits that fit none need a hint", "996578788855", false, []string{"dhl-paket-12 none", "ups-infonotice none"}},
		{"20 digits of two carriers", "02931503799192766595", true, []string{"fedex-economy20 ok", "usps-91 ok"}},
		{"the prefix of DHL Paket stands before a foreign check digit", "00340434161094000007", true, []string{"dhl-paket-20 ok", "usps-20 ok"}},
		{"and is not refused", "00340434161094000001", true, []string{"dhl-paket-20 none"}},
		{"10 digits", "2873008051", true, []string{"dhl-express-awb ok", "fedex-freight none"}},
		{"9 digits need a hint", "123456789", false, []string{"ups-freight none", "fedex-freight none"}},
		{"15 digits", "041441760228964", true, []string{"fedex-15 ok"}},
		{"34 digits", "1001921334250001000300779017972697", true, []string{"fedex-34 ok"}},
		{"nothing", "", false, nil},
		{"a word", "HELLO", false, nil},
		{"a foreign character", "1Z5R89390357567127!", false, nil},
		{"a zero byte", "1Z5R89390357567127\x00", false, nil},
		{"bytes that are no text", "1Z5R89390357567127\xff", false, nil},
		{"another script", "1Z5R8939О357567127", false, nil},
		{"60 characters are looked at", strings.Repeat(" ", 42) + "1Z5R89390357567127", true, []string{"ups-1z ok"}},
		{"61 are not", strings.Repeat(" ", 43) + "1Z5R89390357567127", false, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := trackingnumber.Identify(tt.number)
			var got []string
			for _, c := range r.Candidates {
				got = append(got, c.Format+" "+c.CheckDigit)
			}
			if r.Valid != tt.valid || !slices.Equal(got, tt.want) {
				t.Errorf("valid %v %q, want %v %q", r.Valid, got, tt.valid, tt.want)
			}
			if r.Candidates == nil {
				t.Error("candidates are nil")
			}
		})
	}
}

func TestJSON(t *testing.T) {
	tests := []struct{ name, number, want string }{
		{"one", "1z5r8939-0357567127", `{"valid":true,"candidates":[{"carrier":"ups","service":"UPS parcel","checkDigit":"ok"}]}`},
		{"none", "?", `{"valid":false,"candidates":[]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := json.Marshal(trackingnumber.Identify(tt.number))
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestOf(t *testing.T) {
	r := trackingnumber.Identify("986578788855")
	if c, ok := r.Of("dhl-parcel-de"); !ok || !c.NeedsHint {
		t.Errorf("Of = %+v, %v", c, ok)
	}
	if c, ok := r.Of("usps"); ok {
		t.Errorf("Of = %+v", c)
	}
}

func TestS10(t *testing.T) {
	tests := []struct {
		name, number, country string
		carriers              []string
		service               string
	}{
		{"China", "LX000000014CN", "CN", []string{"china-post"}, "tracked letter of a post"},
		{"China's EMS first", "EX000000014CN", "CN", []string{"china-ems", "china-post"}, "express item of a post (EMS)"},
		{"a German parcel", "CX000000014DE", "DE", []string{"dhl-parcel-de", "deutsche-post"}, "parcel of a post"},
		{"a German letter", "RX000000014DE", "DE", []string{"deutsche-post"}, "registered item of a post"},
		{"spelled by hand", "rb 473 124 829 us", "US", []string{"usps"}, "registered item of a post"},
		{"a post without a name here", "UA000000014KE", "KE", []string{trackingnumber.Post}, "untracked letter of a post"},
		{"insured", "VA000000014NL", "NL", []string{"postnl"}, "insured item of a post"},
		{"e-commerce", "HA000000014NL", "NL", []string{"postnl"}, "e-commerce parcel of a post"},
		{"printed matter", "MA000000014NL", "NL", []string{"postnl"}, "bag of printed matter of a post"},
		{"a reply", "QA000000014NL", "NL", []string{"postnl"}, "reply item of a post"},
		{"no reply", "QN000000014NL", "NL", []string{"postnl"}, "item of a post"},
		{"another", "ZA000000014NL", "NL", []string{"postnl"}, "item of a post"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if country, ok := trackingnumber.IsS10(tt.number); !ok || country != tt.country {
				t.Errorf("IsS10 = %q, %v, want %q", country, ok, tt.country)
			}
			var carriers []string
			for _, c := range trackingnumber.Identify(tt.number).Candidates {
				if c.Format != "s10" {
					continue
				}
				carriers = append(carriers, c.Carrier)
				if c.Country != tt.country || c.Service != tt.service {
					t.Errorf("%s: country %q, service %q", c.Carrier, c.Country, c.Service)
				}
			}
			if !slices.Equal(carriers, tt.carriers) {
				t.Errorf("carriers %q, want %q", carriers, tt.carriers)
			}
		})
	}
	for _, number := range []string{
		"", "LX000000015CN", "LX000000014XX", "LX000000014 C", "LX000000014CNX", "1X000000014CN", "LX000000014C!",
		"1Z5R89390357567127", strings.Repeat("-", 100) + "LX000000014CN",
	} {
		if country, ok := trackingnumber.IsS10(number); ok {
			t.Errorf("IsS10(%q) = %q", number, country)
		}
	}
}
