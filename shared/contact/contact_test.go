package contact_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/shiptide/shiptide/shared/contact"
)

func TestCleanEmail(t *testing.T) {
	long := strings.Repeat("a", 61) + "@" + strings.Repeat("b.", 93) + "example" // 255 bytes
	tests := []struct {
		name, address, want string // "": refused
	}{
		{"plain", "anna@example.org", "anna@example.org"},
		{"blanks around it", "  anna@example.org\n", "anna@example.org"},
		{"the domain is lower case", "Anna.B@EXAMPLE.Org", "Anna.B@example.org"},
		{"a tag", "anna+shop@example.org", "anna+shop@example.org"},
		{"a domain of its own letters", "anna@bücher.example", "anna@bücher.example"},
		{"nothing", "", ""},
		{"no domain", "anna", ""},
		{"an empty domain", "anna@", ""},
		{"no local part", "@example.org", ""},
		{"a domain without a dot", "anna@localhost", ""},
		{"a domain that ends with a dot", "anna@example.", ""},
		{"an address of a machine", "anna@[127.0.0.1]", ""},
		{"two addresses", "anna@example.org,bert@example.org", ""},
		{"two at signs", "anna@bert@example.org", ""},
		{"a name in front", "Anna <anna@example.org>", ""},
		{"only brackets", "<anna@example.org>", ""},
		{"a comment", "anna@example.org (home)", ""},
		{"a quoted local part", `"anna b"@example.org`, ""},
		{"a blank within", "anna b@example.org", ""},
		{"a header behind it", "anna@example.org\r\nBcc: all@example.org", ""},
		{"a header in it", "anna\r\nBcc: x@example.org", ""},
		{"a NUL byte", "anna\x00@example.org", ""},
		{"a line separator", "anna\u2028x@example.org", ""},
		{"a next line of Latin-1", "anna\u0085x@example.org", ""},
		{"a non-breaking blank", "anna\u00a0x@example.org", ""},
		{"a bidi override", "anna\u202egro@example.org", ""},
		{"an invisible character", "anna\u200b@example.org", ""},
		{"invalid UTF-8", "anna\xff@example.org", ""},
		{"as long as may be", long[1:], long[1:]},
		{"longer", long, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := contact.CleanEmail(tt.address)
			if got != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("CleanEmail(%q) = %q, %v, want %q", tt.address, got, err, tt.want)
			}
			checkSilent(t, err, tt.address)
		})
	}
}

func TestCleanPhone(t *testing.T) {
	tests := []struct {
		name, number, want string // "": refused
	}{
		{"international", "+12025550123", "+12025550123"},
		{"with blanks, brackets, dots and dashes", " +1 (202) 555-01.23 ", "+12025550123"},
		{"the national zero in brackets does not belong", "+49 (0)30 1234567", "+49301234567"},
		{"eight digits are the fewest", "+12345678", "+12345678"},
		{"seven are too few", "+1234567", ""},
		{"fifteen are the most", "+123456789012345", "+123456789012345"},
		{"sixteen are too many", "+1234567890123456", ""},
		{"without a plus", "12025550199", ""},
		{"with the zeros of a call abroad", "0012025550123", ""},
		{"no country begins with 0", "+02025550123", ""},
		{"a plus within", "+1202+5550123", ""},
		{"two pluses", "++12025550123", ""},
		{"letters", "+1202555HELP", ""},
		{"an extension", "+12025550123 ext 4", ""},
		{"digits of another script", "+١٢٠٢٥٥٥٠١٢٣", ""},
		{"full-width digits", "+１２０２５５５０１２３", ""},
		{"a line end within", "+1202555\r\n0123", ""},
		{"a NUL byte", "+12025550123\x00", ""},
		{"invalid UTF-8", "+1202555\xff0123", ""},
		{"only a plus", "+", ""},
		{"nothing", "", ""},
		{"separators only", "+ ()-.", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := contact.CleanPhone(tt.number)
			if got != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("CleanPhone(%q) = %q, %v, want %q", tt.number, got, err, tt.want)
			}
			checkSilent(t, err, tt.number)
		})
	}
}

// checkSilent fails if an error repeats what it refuses.
func checkSilent(t *testing.T, err error, address string) {
	t.Helper()
	if err != nil && len(address) > 3 && strings.Contains(err.Error(), address) {
		t.Errorf("the error repeats the address: %v", err)
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"anna@example.org", "+49 (0)30 1234567", "a\r\n@b.c", "ü@é.x", "@", "+"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if a, err := contact.CleanEmail(s); err == nil {
			if again, err := contact.CleanEmail(a); err != nil || again != a {
				t.Errorf("%q cleaned twice: %q, %v", a, again, err)
			}
			if strings.ContainsAny(a, " \r\n\t\x00,;<>") || strings.Count(a, "@") != 1 || !utf8.ValidString(a) {
				t.Errorf("kept %q", a)
			}
		}
		if n, err := contact.CleanPhone(s); err == nil {
			if again, err := contact.CleanPhone(n); err != nil || again != n {
				t.Errorf("%q cleaned twice: %q, %v", n, again, err)
			}
			if len(n) < 9 || len(n) > 16 || strings.Trim(n[1:], "0123456789") != "" {
				t.Errorf("kept %q", n)
			}
		}
	})
}

func TestMask(t *testing.T) {
	tests := []struct {
		name string
		c    contact.Contact
		want string
	}{
		{"a mail address", contact.Contact{Channel: contact.Email, Address: "anna@example.org"}, "a…@example.org"},
		{"one that begins beyond ASCII", contact.Contact{Channel: contact.Email, Address: "änne@example.org"}, "ä…@example.org"},
		{"a phone number", contact.Contact{Channel: contact.SMS, Address: "+12025550123"}, "…123"},
		{"a short one", contact.Contact{Channel: contact.SMS, Address: "+1"}, "…+1"},
		{"a topic is no secret", contact.Contact{Channel: contact.Topic, Address: contact.SellerTopic}, "seller"},
		{"no address", contact.Contact{Channel: contact.Email}, "…@"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := contact.Mask(tt.c); got != tt.want {
				t.Errorf("Mask = %q, want %q", got, tt.want)
			}
		})
	}
}
