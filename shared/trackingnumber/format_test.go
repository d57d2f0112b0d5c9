package trackingnumber

import (
	"strings"
	"testing"
)

func TestTables(t *testing.T) {
	b, err := parseBook(formatsTable)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(formatsTable, "\n"); n != 39 {
		t.Errorf("formats.tsv has %d lines", n)
	}
	if !b.carriers["purolator"] || b.carriers[""] || b.carriers["carrier"] {
		t.Errorf("carriers %v", b.carriers)
	}
	for line := range strings.Lines(postsTable) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if len(f) != 4 || f[0] != "country" && !knownCountry(f[0]) {
			t.Errorf("posts.tsv: %q", line)
		}
	}
	if n := len(strings.Fields(countries)); n != 249 {
		t.Errorf("%d countries, ISO 3166-1 has 249", n)
	}
	for _, code := range []string{"XX", "", "D", "ADE"} {
		if knownCountry(code) {
			t.Errorf("%q is a country", code)
		}
	}
}

func TestTableFaults(t *testing.T) {
	row := func(f ...string) string { return "format\n" + strings.Join(f, "\t") }
	tests := []struct{ name, table, want string }{
		{"a short row", row("a", "open"), "line 2: 2 columns"},
		{"a tier that is none", row("a", "sure", "c", "s", `\d`, "-", "none", "e"), `unknown tier "sure"`},
		{"a check that is none", row("a", "open", "c", "s", `\d`, "-", "mod8", "e"), `unknown check "mod8"`},
		{"a span that is none", row("a", "open", "c", "s", `\d`, "5-2", "ups", "e"), `unknown span "5-2"`},
		{"a span beyond the end", row("a", "open", "c", "s", `\d{9}`, "5-10", "ups", "e"), "checks more than there is"},
		{"an open bracket", row("a", "open", "c", "s", `[A`, "-", "ups", "e"), "bracket not closed"},
		{"a character that is in no number", row("a", "open", "c", "s", `a`, "-", "ups", "e"), "no characters"},
		{"a range that runs backwards", row("a", "open", "c", "s", `[Z-A]`, "-", "ups", "e"), "no characters"},
		{"a count that is none", row("a", "open", "c", "s", `\d{x}`, "-", "ups", "e"), "invalid syntax"},
		{"a range of counts that is none", row("a", "open", "c", "s", `\d{1,}`, "-", "ups", "e"), "invalid syntax"},
		{"two lengths that vary", row("a", "open", "c", "s", `A{1,2}\d{1,2}`, "-", "ups", "e"), "more than one length"},
		{"too long", row("a", "open", "c", "s", `\d{61}`, "-", "ups", "e"), "too long"},
		{"an empty group", row("a", "open", "c", "s", `\d()`, "-", "ups", "e"), "empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parseBook(tt.table)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("parseBook = %v, want %q", err, tt.want)
			}
		})
	}
}

func TestPattern(t *testing.T) {
	tests := []struct {
		name, pattern, number, tracked string
		ok                             bool
	}{
		{"characters", "LTN1", "LTN1", "LTN1", true},
		{"another character", "LTN1", "LTN2", "", false},
		{"a class", "[ACX-Z0]", "Y", "Y", true},
		{"outside the class", "[ACX-Z0]", "B", "", false},
		{"the shortest", `J\d{2,4}N`, "J12N", "J12N", true},
		{"the longest", `J\d{2,4}N`, "J1234N", "J1234N", true},
		{"too short", `J\d{2,4}N`, "J1N", "", false},
		{"too long", `J\d{2,4}N`, "J12345N", "", false},
		{"a group in the middle", `3\d(\d{2})4`, "31224", "22", true},
		{"a group of variable length", `42(\d{2,4})`, "42123", "123", true},
		{"a group after one of variable length", `\d{1,3}(A)B`, "12AB", "A", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := parsePattern(tt.pattern)
			if err != nil {
				t.Fatal(err)
			}
			from, to, ok := p.match(tt.number)
			if ok != tt.ok || tt.number[from:to] != tt.tracked {
				t.Errorf("match = %q, %v, want %q, %v", tt.number[from:to], ok, tt.tracked, tt.ok)
			}
			if !ok {
				return
			}
			for i, set := range p.sets(len(tt.number), nil) {
				if !set.has(tt.number[i]) {
					t.Errorf("place %d does not have %c", i, tt.number[i])
				}
			}
		})
	}
}
