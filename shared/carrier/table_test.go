package carrier

import (
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// rows returns the columns of the lines of a table after the first.
func rows(table string) (out [][]string) {
	for i, line := range strings.Split(strings.TrimSuffix(table, "\n"), "\n") {
		if i > 0 {
			out = append(out, strings.Split(line, "\t"))
		}
	}
	return out
}

func TestTablesAreWhole(t *testing.T) {
	b, err := parseTables(carriersTable, aliasesTable, providersTable, pagesTable)
	if err != nil {
		t.Fatal(err)
	}
	got := [...]int{len(rows(carriersTable)), len(rows(aliasesTable)), len(rows(providersTable)), len(rows(pagesTable))}
	if want := [...]int{110, 121, 52, 93}; got != want {
		t.Errorf("rows of carriers, aliases, providers, pages = %v, want %v", got, want)
	}
	if got := [...]int{len(b.carriers), len(b.providers), len(b.pages)}; got != [...]int{110, 52, 76} {
		t.Errorf("carriers, providers, carriers with pages = %v", got)
	}
}

func TestRowsAreInOurForm(t *testing.T) {
	code := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	country := regexp.MustCompile(`^([A-Z]{2}|-)$`)
	evidence := []string{"seen", "second-hand", "memory"}
	for _, f := range rows(carriersTable) {
		if !code.MatchString(f[0]) || strings.TrimSpace(f[1]) != f[1] || f[1] == "" || !country.MatchString(f[2]) || !slices.Contains(evidence, f[3]) {
			t.Errorf("carriers.tsv: %q", f)
		}
	}
	for _, f := range rows(aliasesTable) {
		if !code.MatchString(f[0]) || strings.TrimSpace(f[1]) != f[1] || f[1] == "" || !country.MatchString(f[3]) || !slices.Contains(evidence, f[5]) {
			t.Errorf("aliases.tsv: %q", f)
		}
	}
	id := regexp.MustCompile(`^[0-9]{19}$`)
	for _, f := range rows(providersTable) {
		if !id.MatchString(f[0]) || !slices.Contains(evidence, f[3]) {
			t.Errorf("providers.tsv: %q", f)
		}
	}
	countries := regexp.MustCompile(`^(\*|[A-Z]{2}(,[A-Z]{2})*)$`)
	for _, f := range rows(pagesTable) {
		u, err := url.Parse(strings.Replace(f[2], placeholder, "1", 1))
		if err != nil || u.Scheme != "https" || strings.ContainsAny(u.String(), "{}") || !countries.MatchString(f[1]) || !slices.Contains(evidence[:2], f[3]) {
			t.Errorf("pages.tsv: %q", f)
		}
	}
}

// An id and the name beside it lead to one carrier, and each name of a provider
// is known without its id.
func TestProvidersAgreeWithNames(t *testing.T) {
	for _, f := range rows(providersTable) {
		if code, known := Of(tiktok, f[1]); !known || code != f[2] {
			t.Errorf("the name %q is %q, %v; the id of the row is %q", f[1], code, known, f[2])
		}
	}
}

// What people call a carrier is read as that carrier, so that a list that was
// written for people can be read again.
func TestNamesLeadBack(t *testing.T) {
	for code, c := range book().carriers {
		if got, _ := OfProvider(c.name, ""); got != code && carries(code) {
			t.Errorf("%q of %s leads to %q", c.name, code, got)
		}
	}
}

// "DHL" is a way to ask, not somebody who carries: no name may lead there.
func TestNoNameLeadsToDHLUnified(t *testing.T) {
	for _, to := range book().aliases {
		if to.carrier == "dhl-unified" {
			t.Error("an alias leads to dhl-unified")
		}
	}
	if code, known := OfProvider("dhl", ""); known {
		t.Errorf("DHL leads to %q", code)
	}
}

// The carriers that the forms of tracking numbers name are known here, and those
// of 17TRACK's decoder have the same codes.
func TestOtherTablesAgree(t *testing.T) {
	for file, column := range map[string]int{
		"../trackingnumber/formats.tsv": 2, "../trackingnumber/posts.tsv": 1, "../source/seventeentrack/carriers.tsv": 1,
	} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range rows(string(text)) {
			code := f[column]
			if _, known := book().carriers[code]; code != "-" && !known {
				t.Errorf("%s: %s has no name", file, code)
			}
			if got, known := Of("17track", f[0]); known && got != code {
				t.Errorf("%s: 17TRACK's %s is %s there and %s here", file, f[0], code, got)
			}
		}
	}
}

func TestFaultyTables(t *testing.T) {
	const (
		carriers  = "carrier\tname\tcountry\tevidence\nups\tUPS\t-\tseen\nfedex\tFedEx\t-\tseen\n"
		aliases   = "source\talias\tcarrier\tcountry\tname\tevidence\n"
		providers = "id\tname\tcarrier\tevidence\n"
		pages     = "carrier\tcountries\tpage\tevidence\n"
	)
	tests := []struct {
		name, carriers, aliases, providers, pages, want string
	}{
		{"a column too few", carriers + "usps\tUSPS\tUS\n", aliases, providers, pages, "carriers.tsv line 4: 3 columns"},
		{"a carrier twice", carriers + "ups\tUPS\t-\tseen\n", aliases, providers, pages, "carriers.tsv line 4: second row for ups"},
		{"two carriers of one name", carriers + "ups-x\tups\t-\tseen\n", aliases, providers, pages, "carriers.tsv line 4: ups is what ups is called"},
		{"an alias twice", carriers, aliases + "a\tUPS\tups\t-\t-\tseen\na\tups\tups\t-\t-\tseen\n", providers, pages, "aliases.tsv line 3: second row for a ups"},
		{"a name with two meanings", carriers, aliases + "a\t1\tups\t-\tX\tseen\na\t2\tfedex\t-\tX\tseen\n", providers, pages, "aliases.tsv line 3: a X has two meanings"},
		{"an alias of nobody", carriers, aliases + "a\t1\tdhl\t-\t-\tseen\n", providers, pages, `aliases.tsv line 2: carrier "dhl" is not in carriers.tsv`},
		{"an id twice", carriers, aliases, providers + "1\tUPS\tups\tseen\n1\tUPS\tups\tseen\n", pages, "providers.tsv line 3: second row for 1"},
		{"an id of nobody", carriers, aliases, providers + "1\tDHL\tdhl\tseen\n", pages, `providers.tsv line 2: carrier "dhl" is not in carriers.tsv`},
		{"two pages for a country", carriers, aliases, providers, pages + "ups\tDE,US\thttps://a\tseen\nups\tUS\thttps://b\tseen\n", "pages.tsv line 3: second page of ups for US"},
		{"a page of nobody", carriers, aliases, providers, pages + "dhl\t*\thttps://a\tseen\n", `pages.tsv line 2: carrier "dhl" is not in carriers.tsv`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := parseTables(tt.carriers, tt.aliases, tt.providers, tt.pages); err == nil || err.Error() != tt.want {
				t.Errorf("parseTables = %v, want %s", err, tt.want)
			}
		})
	}
}
