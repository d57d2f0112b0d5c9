package shipment_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/shiptide/shiptide/shared/shipment"
)

func TestCleanText(t *testing.T) {
	tests := []struct {
		name, text, want string
	}{
		{"plain text stays", "Arrived at DHL facility, Leipzig (DE)", "Arrived at DHL facility, Leipzig (DE)"},
		{"nothing", "", ""},
		{"blanks only", " \t\n ", ""},
		{"blanks are one blank", "  Arrived   at\tfacility \n", "Arrived at facility"},
		{"non-breaking and ideographic blanks too", "Arrived\u00a0at\u3000facility", "Arrived at facility"},
		{"one line", "Arrived\r\nat\u2028facility\u2029x\u0085y", "Arrived at facility x y"},
		{"no control characters", "A\x00rr\x1bived\x7f", "A rr ived"},
		{"no bidi overrides", "to \u202egro.elpmaxe\u202c end \u2066x\u2069", "to gro.elpmaxe end x"},
		{"no byte order mark or zero width space", "\ufeffArrived\u200b", "Arrived"},
		{"invalid UTF-8 is replaced", "caf\xe9 \xf0\x28", "caf\ufffd \ufffd("},
		{"other scripts stay", "已签收 Посылка прибыла שלום", "已签收 Посылка прибыла שלום"},
		{"markup is only text", "<script>alert(1)</script>", "<script>alert(1)</script>"},

		{"who signed is cut", "Delivered, signed by JOHN Q. PUBLIC", "Delivered, signed by …"},
		{"with a colon", "Signed By: CANARY", "Signed By …"},
		{"signed for by", "Your item was signed for by CANARY on 2 March", "Your item was signed for by …"},
		{"received by", "Package received by Canary", "Package received by …"},
		{"accepted by a person", "Accepted by Canary at the door", "Accepted by …"},
		{"collected by", "Collected by Ms Canary", "Collected by …"},
		{"left with", "Left with neighbour Canary", "Left with …"},
		{"delivered to a person", "Delivered to CANARY", "Delivered to …"},
		{"handed over to a person", "Handed over to Canary", "Handed over to …"},
		{"a signatory", "Signatory: CANARY", "Signatory …"},
		{"in any letters", "SIGNED FOR BY CANARY", "SIGNED FOR BY …"},
		{"over two lines", "Signed\nby\nCANARY", "Signed by …"},
		{"a name in another script", "Received by: 王小明", "Received by …"},
		{"signed and a colon", "POD signed: CANARY", "POD signed …"},
		{"signed for and a colon", "Signed for: CANARY", "Signed for …"},
		{"a role stays", "Received by the local delivery company", "Received by the local delivery company"},
		{"the carrier stays", "Accepted by carrier", "Accepted by carrier"},
		{"a logistics company stays", "Received by Logistics Company", "Received by Logistics Company"},
		{"an agent stays", "Delivered to Agent for Final Delivery", "Delivered to Agent for Final Delivery"},
		{"no name, no cut", "Delivered, Left with Individual", "Delivered, Left with Individual"},
		{"a role and then a name", "Received by neighbour: CANARY", "Received by …"},
		{"it is cut from the first one on", "Handed to courier, signed by CANARY", "Handed to …"},
		{"a design is not signed by anybody", "Redesigned route", "Redesigned route"},

		{"a mail address", "Contact canary@example.org for details", "Contact … for details"},
		{"a mail address in brackets", "Contact <canary@example.org>", "Contact <…>"},
		{"an international phone number", "Call +49 30 1234567 now", "Call … now"},
		{"with brackets and dots", "Call +1 (202) 555.0123", "Call …"},
		{"a short one with a plus", "Call +3531234567", "Call …"},
		{"a national one", "Tel. 030 123 456 78", "Tel. …"},
		{"with dashes", "Call 202-555-0123", "Call …"},
		{"a French one with dots", "Tel 06.12.34.56.78", "Tel …"},
		{"a French one with dashes", "Tel 01-23-45-67-89", "Tel …"},
		{"one that begins as a date would", "Tel 0171-23-4567890", "Tel …"},
		{"one that begins as another date would", "Tel 12-34-5678901", "Tel …"},
		{"a date is none", "Expected 2026-03-02", "Expected 2026-03-02"},
		{"a date and a time are none", "Arrived 2026-03-02 10:15:00", "Arrived 2026-03-02 10:15:00"},
		{"a German date is none", "Zustellung 02.03.2026", "Zustellung 02.03.2026"},
		{"a phone number behind a date", "On 2026-03-02 030 1234567", "On 2026-03-02 …"},
		{"a postal code and a box are none", "PO Box 123456, 10115 Berlin", "PO Box 123456, 10115 Berlin"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := shipment.CleanText(tt.text); got != tt.want {
				t.Errorf("CleanText(%q) = %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestCleanTextIsShort(t *testing.T) {
	for _, text := range []string{strings.Repeat("a", 5000), strings.Repeat("é", 5000), "a" + strings.Repeat("é", 5000), strings.Repeat("ab ", 2000)} {
		got := shipment.CleanText(text)
		if len(got) > 512 || len(got) < 500 || !utf8.ValidString(got) {
			t.Errorf("%d bytes, valid %t, want up to 512, cut at a character", len(got), utf8.ValidString(got))
		}
	}
}

func FuzzCleanText(f *testing.F) {
	for _, s := range []string{
		"Arrived at facility", "Signed by: CANARY", "Received\u00a0by the local post office", "call +49 (30) 1234567-0",
		"06.12.34.56.78", "a@b.c", "2026-03-02 030 1234567", "\u202e\x00\xff", "ſigned by X", strings.Repeat("delivered to ", 60),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := shipment.CleanText(s)
		if len(got) > 512 || !utf8.ValidString(got) {
			t.Errorf("%d bytes, valid %t", len(got), utf8.ValidString(got))
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
				t.Errorf("%q holds %U", got, r)
			}
		}
		if strings.Contains(got, "  ") || strings.TrimSpace(got) != got {
			t.Errorf("%q has loose blanks", got)
		}
		if again := shipment.CleanText(got); again != got {
			t.Errorf("cleaned twice %q, once %q", again, got)
		}
		if name := shipment.CleanText("signed by " + s + " Canaryname"); strings.Contains(name, "Canaryname") {
			t.Errorf("a name stays in %q", name)
		}
	})
}

func TestCleanCity(t *testing.T) {
	tests := []struct {
		name, city, want string
	}{
		{"plain", "Reno", "Reno"},
		{"letters stay as they are", "Köln", "Köln"},
		{"blanks and lines", " New\n York ", "New York"},
		{"control and bidi characters", "Re\x00no\u202e", "Re no"},
		{"at most 80 bytes, cut at a character", strings.Repeat("é", 60), strings.Repeat("é", 40)},
		{"no blank where it was cut", strings.Repeat("a", 79) + " bcd", strings.Repeat("a", 79)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := shipment.CleanCity(tt.city); got != tt.want {
				t.Errorf("CleanCity(%q) = %q, want %q", tt.city, got, tt.want)
			}
		})
	}
}

func TestCleanPostalCode(t *testing.T) {
	tests := []struct {
		name, code, want string
	}{
		{"of five digits three stay", "89501", "895"},
		{"of an extended one too", "89501-1234", "895"},
		{"upper case", "sw1a 1aa", "SW1"},
		{"blanks in front do not count", "  10115", "101"},
		{"a short one stays", "10", "10"},
		{"none", "", ""},
		{"characters, not bytes", "ÄÖÜß", "ÄÖÜ"},
		{"no blank at the end", "AB 123", "AB"},
		{"control characters", "1\x0023", "1 2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := shipment.CleanPostalCode(tt.code); got != tt.want {
				t.Errorf("CleanPostalCode(%q) = %q, want %q", tt.code, got, tt.want)
			}
		})
	}
}

func TestCleanNumber(t *testing.T) {
	tests := []struct {
		name, number, want string
	}{
		{"clean already", "1Z999AA10123456784", "1Z999AA10123456784"},
		{"upper case", "rr123456785de", "RR123456785DE"},
		{"blanks and dashes", " 9400-1000 0000\t0000 0000 00 ", "9400100000000000000000"},
		{"a line end of a copied number", "RR123456785DE\r\n", "RR123456785DE"},
		{"a non-breaking blank of a copied number", "RR\u00a0123456785\u202fDE", "RR123456785DE"},
		{"a typeset dash", "9400\u20131000\u2010000\u2212000", "94001000000000"},
		{"four characters are the fewest", "AB12", "AB12"},
		{"three are too few", "AB1", ""},
		{"dashes do not count", "A-B-1", ""},
		{"fifty are the most", strings.Repeat("1", 50), strings.Repeat("1", 50)},
		{"fifty-one are too many", strings.Repeat("1", 51), ""},
		{"fifty spread by blanks", strings.Repeat("1 ", 50), strings.Repeat("1", 50)},
		{"very long", strings.Repeat(" ", 1<<20) + "1234", ""},
		{"nothing", "", ""},
		{"other characters", "1Z/999", ""},
		{"other scripts", "1Z９９９ＡＡ", ""},
		{"letters that only look alike", "АВ123456785", ""},
		{"a NUL byte", "1Z\x00999", ""},
		{"invalid UTF-8", "1Z\xff999", ""},
		{"key syntax", "S#1Z999", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := shipment.CleanNumber(tt.number)
			if got != tt.want {
				t.Errorf("CleanNumber(%.60q) = %q, want %q", tt.number, got, tt.want)
			}
			if got != "" && shipment.CleanNumber(got) != got {
				t.Errorf("cleaned twice %q", shipment.CleanNumber(got))
			}
		})
	}
}
