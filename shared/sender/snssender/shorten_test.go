package snssender

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestShorten(t *testing.T) {
	rep := strings.Repeat
	const link = "https://track.example.com/1Z999AA10123456784"
	tests := []struct {
		name string
		text string
		want string
	}{
		{"what fits stays", "Your parcel was delivered.", "Your parcel was delivered."},
		{"306 stay", rep("a", 306), rep("a", 306)},
		{"a long word is cut anywhere", rep("a", 307), rep("a", 303) + "..."},
		{"a word is not", rep("word ", 70), rep("word ", 59) + "word..."},
		{"nor a wide one", rep("słowo ", 30), rep("słowo ", 21) + "słowo..."},
		{"emoji stay whole", rep("🚚", 80), rep("🚚", 65) + "..."},
		{"a link at the end stays whole", rep("word ", 70) + link, rep("word ", 50) + "word... " + link},
		{"a link that is too long goes whole", "Look here: https://example.com/" + rep("x", 300), "Look here:..."},
		{"a link alone is cut", "https://" + rep("x", 400), "https://" + rep("x", 295) + "..."},
		{"typographic characters are made plain", "“Don’t” – it’s ‘late’…\u00a0wait — „so“", `"Don't" - it's 'late'... wait - "so"`},
		{"but not where it gains nothing", "„Paczka” jest w drodze… ł", "„Paczka” jest w drodze… ł"},
		{"control characters go", "\x00a\tb\r\nc\u0085d\x1b\n", "a b\ncd"},
		{"what is no text does not", "a\xffb", "a?b"},
		{"nothing stays nothing", " \r\n ", ""},
		{"what is cut away does not make it wide", rep("word ", 70) + "🚚", rep("word ", 59) + "word..."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := shorten(tt.text); got != tt.want {
				t.Errorf("shorten =\n%q, want\n%q", got, tt.want)
			}
		})
	}
}

// words of all kinds; links at the end are frequent.
func anyText() *rapid.Generator[string] {
	word := rapid.OneOf(
		rapid.StringMatching(`[a-z]{1,12}`), rapid.StringMatching(`[€\[\]^{}]{1,5}`), rapid.StringMatching(`[ąćęłạấ“’…]{1,8}`),
		rapid.StringMatching(`[🚚📦👍]{1,6}`), rapid.String(), rapid.StringMatching(`https://[a-z]{3,12}/[a-zA-Z0-9]{0,150}`),
		rapid.SampledFrom([]string{"\n", "\t", "\u00a0", "\xff", "\xf0\x9f", "", strings.Repeat("x", 200)}),
	)
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(word, 0, 80).Draw(t, "words"), rapid.SampledFrom([]string{" ", "", "\n"}).Draw(t, "between"))
	})
}

func TestShortenedTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := anyText().Draw(t, "text")
		got, cleaned := shorten(text), clean(text)
		if !utf8.ValidString(got) || parts(got) > 2 {
			t.Fatalf("%d parts, valid %t: %q", parts(got), utf8.ValidString(got), got)
		}
		if parts(cleaned) <= 2 {
			if got != cleaned {
				t.Fatalf("%q was cut to %q", cleaned, got)
			}
			return
		}
		start, link := got, ""
		if at := strings.LastIndexFunc(cleaned, unicode.IsSpace); at >= 0 && isLink(strings.TrimSpace(cleaned[at:])) {
			link = strings.TrimSpace(cleaned[at:])
			var whole bool
			if start, whole = strings.CutSuffix(got, " "+link); !whole && parts("... "+link) <= 2 {
				t.Fatalf("the link is gone from %q", got)
			}
		}
		start, dotted := strings.CutSuffix(start, "...")
		if !dotted || !strings.HasPrefix(cleaned, start) {
			t.Fatalf("%q is no beginning of %q with dots", got, cleaned)
		}
		if rest := []rune(cleaned[len(start):]); strings.ContainsFunc(start, unicode.IsSpace) && !unicode.IsSpace(rest[0]) {
			t.Fatalf("%q is cut within a word of %q", got, cleaned)
		}
	})
}

func TestSubject(t *testing.T) {
	rep := strings.Repeat
	tests := []struct {
		name string
		text string
		want string
	}{
		{"what fits stays", "Your parcel was delivered", "Your parcel was delivered"},
		{"lines become one", "a\r\nBcc: x\u2028b\u0085c\x00d\te", "a Bcc: x b c d e"},
		{"nothing is not sent", " \n\x07", "Shipment update"},
		{"99 stay", rep("a", 99), rep("a", 99)},
		{"100 are cut", rep("a", 100), rep("a", 96) + "..."},
		{"no space before the dots", rep("a", 95) + " " + rep("b", 30), rep("a", 95) + "..."},
		{"an emoji counts two", rep("🚚", 50), rep("🚚", 48) + "..."},
		{"what is no text goes", "a\xffb", "ab"},
		{"what turns writing around goes", "a\u202eb\u2066c", "abc"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := subject(tt.text); got != tt.want {
				t.Errorf("subject = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAnySubject(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := anyText().Draw(t, "text")
		got := subject(text)
		switch {
		case got == "", !utf8.ValidString(got), strings.TrimSpace(got) != got:
			t.Fatalf("subject %q", got)
		case len(utf16.Encode([]rune(got))) >= 100:
			t.Fatalf("subject of %d characters", utf8.RuneCountInString(got))
		case strings.ContainsFunc(got, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }):
			t.Fatalf("subject %q has control characters", got)
		}
	})
}
