package place

import (
	"strings"
	"testing"
	"time"
)

func TestTableIsWhole(t *testing.T) {
	a, err := newAtlas(zonesTable, abbreviationsTable)
	if err != nil {
		t.Fatal(err)
	}
	countries, splits, nones := 0, 0, 0
	names := map[*zone]bool{}
	for key, r := range a.rows {
		if strings.HasSuffix(key, "\t") {
			countries++
		}
		switch {
		case r.zone == nil:
			nones++
		case r.trust == Split:
			splits++
		}
		names[r.zone] = true
		country, region, _ := strings.Cut(key, "\t")
		if got := string(appendFolded(nil, region)); got != region || len(country) != 2 {
			t.Errorf("%q would not be found: it is looked up as %q", key, got)
		}
	}
	delete(names, nil)
	got := [...]int{len(a.rows), countries, splits, nones, len(names)}
	want := [...]int{1595, 257, 11 + 84, 12 + 23, 347} // country rows and region rows
	if got != want {
		t.Errorf("rows, countries, splits, undecided, zones = %v, want %v", got, want)
	}
}

func TestExceptionsAreInTheArchive(t *testing.T) {
	a := world()
	for key, name := range exceptions {
		f := strings.Split(key, "\t")
		if a.named(name) == nil || f[2] != "-" && a.named(f[2]) == nil {
			t.Errorf("%s: no zone %s", key, name)
		}
		if got := string(appendFolded(nil, f[1])); got != f[1] {
			t.Errorf("%s would not be found: it is looked up as %q", key, got)
		}
	}
}

// Each abbreviation that people write stands for one that a zone of the country
// has in 2026, and is not itself one.
func TestAbbreviationsExist(t *testing.T) {
	a := world()
	at := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC).Unix()
	for key, abbreviation := range a.aliases {
		country, text, _ := strings.Cut(key, "\t")
		exists := false
		for _, z := range a.zones[country] {
			exists = exists || has(z.rules(), abbreviation, at)
			if has(z.rules(), text, at) {
				t.Errorf("%s: %s has it", key, z.name)
			}
		}
		if !exists {
			t.Errorf("%s: no zone there has %s", key, abbreviation)
		}
	}
}

func TestFaultyTables(t *testing.T) {
	const zones, abbreviations = "country\tregion\tzone\tnote\n", "country\tabbreviation\ttzdata\n"
	tests := []struct {
		name, zones, abbreviations, want string
	}{
		{"a column too few", zones + "DE\t\tEurope/Berlin\n", abbreviations, "zones.tsv line 2: 3 columns"},
		{"no such zone", zones + "DE\t\tEurope/Atlantis\t\n", abbreviations, "zones.tsv line 2: zone Europe/Atlantis is not in the archive"},
		{"an empty zone", zones + "DE\t\t\t\n", abbreviations, "zones.tsv line 2: zone  is not in the archive"},
		{"a row twice", zones + "US\tAA\t-\t\nUS\tAA\t-\t\n", abbreviations, "zones.tsv line 3: second row for US AA"},
		{"an abbreviation twice", zones, abbreviations + "BD\tBST\t+06\nBD\tBST\t+06\n", "abbreviations.tsv line 3: second row for BD BST"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := newAtlas(tt.zones, tt.abbreviations); err == nil || err.Error() != tt.want {
				t.Errorf("newAtlas = %v, want %s", err, tt.want)
			}
		})
	}
}
