package place

import (
	"strings"
	"testing"

	"github.com/shiptide/shiptide/shared/shipment"
)

func TestLookup(t *testing.T) {
	tests := []struct {
		name  string
		at    shipment.Location
		zone  string
		trust Trust
	}{
		{"a country with one clock", in("DE"), "Europe/Berlin", Sure},
		{"a country by three letters", in("deu"), "Europe/Berlin", Sure},
		{"Kosovo by three letters", in("XKX"), "Europe/Belgrade", Sure},
		{"a code that is not of ISO", in("UK"), "Europe/London", Sure},
		{"blanks around the country", in(" nl "), "Europe/Amsterdam", Sure},
		{"no country: CA may be one or a state", in("", "CA"), "", None},
		{"a country that is none", in("QQ"), "", None},
		{"a country by its name", in("Germany"), "", None},
		{"a region of no country by three letters", in("QQQ"), "", None},
		{"one clock whatever the region", in("IN", "KA"), "Asia/Kolkata", Sure},
		{"all of China is one clock", in("CN", "Xinjiang"), "Asia/Shanghai", Sure},

		{"a state", in("US", "CA"), "America/Los_Angeles", Sure},
		{"a state by its name, in any case", in("us", "new york"), "America/New_York", Sure},
		{"a state in a country of three letters", in("USA", "OH"), "America/New_York", Sure},
		{"the country in front of the state", in("US", "US-CA"), "America/Los_Angeles", Sure},
		{"the country in front of a word", in("US", "us_texas"), "America/Chicago", Split},
		{"points in the abbreviation", in("AU", "N.S.W."), "Australia/Sydney", Split},
		{"a split state", in("US", "TN"), "America/Chicago", Split},
		{"no state", in("US"), "", None},
		{"a state that is none", in("US", "ZZ"), "", None},
		{"a military post", in("US", "AE"), "", None},
		{"a placeholder for the state", in("US", "N/A"), "", None},
		{"NA is Nayarit", in("MX", "NA"), "America/Mazatlan", Split},
		{"a code that means two states", in("MX", "SL"), "", None},

		{"accents", in("MX", "Michoacán"), "America/Mexico_City", Sure},
		{"accents that stand apart", in("CA", "Que\u0301bec"), "America/Toronto", Split},
		{"a stroke is an accent here", in("DK", "Grønland"), "America/Nuuk", Split},
		{"a capital with a stroke", in("DK", "GRØNLAND"), "America/Nuuk", Split},
		{"an apostrophe", in("CD", "N'Djili"), "", None},
		{"a leading zero", in("PT", "01"), "Europe/Lisbon", Sure},
		{"Cyrillic counts as no region", in("RU", "Московская область"), "", None},
		{"Chinese counts as no region", in("CN", "广东省"), "Asia/Shanghai", Sure},

		{"oblast", in("RU", "Novosibirsk oblast"), "Asia/Novosibirsk", Sure},
		{"krai", in("RU", "Primorsky Krai"), "Asia/Vladivostok", Sure},
		{"republic of", in("RU", "Republic of Sakha"), "Asia/Yakutsk", Split},
		{"a name that needs its word", in("RU", "Altai Republic"), "Asia/Barnaul", Sure},
		{"provinsi", in("ID", "Provinsi Bali"), "Asia/Makassar", Sure},
		{"estado de", in("BR", "Estado de São Paulo"), "America/Sao_Paulo", Sure},
		{"state of", in("US", "State of Washington"), "America/Los_Angeles", Sure},
		{"state behind", in("US", "New York State"), "America/New_York", Sure},

		{"a town with a clock of its own", in("US", "TX", "El Paso"), "America/Denver", Sure},
		{"another town of that name", in("US", "IL", "El Paso"), "America/Chicago", Sure},
		{"a town of an undecided state", in("MX", "CHIH", "Ciudad Juárez"), "America/Ciudad_Juarez", Sure},
		{"another town of it", in("MX", "CHIH", "Delicias"), "", None},
		{"a city named like its region", in("ID", "", "Jakarta"), "Asia/Jakarta", Split},
		{"not in the United States", in("US", "", "Washington"), "", None},
		{"no codes of airports", in("BR", "", "AM"), "America/Sao_Paulo", Split},

		{"Réunion by its postal code", in("FR", "", "", "974"), "Indian/Reunion", Sure},
		{"Tahiti by its postal code", in("FR", "", "", "98714"), "Pacific/Tahiti", Split},
		{"Paris by its postal code", in("FR", "", "", "750"), "Europe/Paris", Sure},
		{"a region before the postal code", in("FR", "Guadeloupe", "", "750"), "America/Guadeloupe", Sure},
		{"Las Palmas", in("ES", "", "", "350"), "Atlantic/Canary", Sure},
		{"Tenerife", in("ES", "-", "", "380"), "Atlantic/Canary", Sure},
		{"Madrid", in("ES", "", "", "280"), "Europe/Madrid", Sure},
		{"Spain", in("ES"), "Europe/Madrid", Split},
		{"no postal code of Spain", in("ES", "", "", "990"), "Europe/Madrid", Split},
		{"Madeira", in("PT", "", "", "900"), "Atlantic/Madeira", Sure},
		{"the Azores", in("PT", "", "", "950"), "Atlantic/Azores", Sure},
		{"Lisbon", in("PT", "", "", "100"), "Europe/Lisbon", Sure},
		{"no postal code of Portugal", in("PT", "", "", "0"), "Europe/Lisbon", Split},
		{"letters in a postal code", in("PT", "", "", "AB1"), "Europe/Lisbon", Split},
		{"a text that is no name", in("ES", strings.Repeat("A", 1<<16)), "Europe/Madrid", Split},
	}
	underHosts(t, func(t *testing.T) {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				c := Lookup(tt.at)
				if c.Zone != tt.zone || c.Trust != tt.trust {
					t.Errorf("Lookup = %q, %d, want %q, %d", c.Zone, c.Trust, tt.zone, tt.trust)
				}
				if loc := c.Location(); (loc == nil) != (tt.zone == "") || loc != nil && loc.String() != tt.zone {
					t.Errorf("Location = %v", loc)
				}
			})
		}
	})
}

// Each row is found by its own key, and in lower case with the country in front.
func TestLookupFindsEachRow(t *testing.T) {
	a := world()
	for key, r := range a.rows {
		country, region, _ := strings.Cut(key, "\t")
		want := newClock(r.zone, r.trust)
		if got := Lookup(in(country, region)); got != want {
			t.Errorf("%s = %s, want %s", key, got.Zone, want.Zone)
		}
		if region == "" {
			continue
		}
		lower := strings.ToLower(country + "-" + strings.ReplaceAll(region, " ", ", "))
		if got := Lookup(in(country, lower)); got != want {
			t.Errorf("%s = %s, want %s", lower, got.Zone, want.Zone)
		}
	}
}
