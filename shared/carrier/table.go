package carrier

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
)

var (
	//go:embed carriers.tsv
	carriersTable string
	//go:embed aliases.tsv
	aliasesTable string
	//go:embed providers.tsv
	providersTable string
	//go:embed pages.tsv
	pagesTable string
)

// alias is a name as it is looked up, and whose name it is.
type alias struct{ source, name string }

// target is what a name stands for.
type target struct{ carrier, country string }

// company is a carrier as people know it.
type company struct{ name, country string }

// page is an address, and the countries to or from which it shows parcels.
type page struct {
	countries []string
	address   string
}

// tables are the tables in memory.
type tables struct {
	carriers  map[string]company // by code
	names     map[string]string  // codes by what people call a carrier, and by themselves
	aliases   map[alias]target
	providers map[string]string // codes by TikTok's id
	pages     map[string][]page // by code
}

// book is read once, when first asked for. A test reads the same bytes, so the
// error it could have is not one of a running program.
var book = sync.OnceValue(func() *tables {
	t, err := parseTables(carriersTable, aliasesTable, providersTable, pagesTable)
	if err != nil {
		return &tables{}
	}
	return t
})

func parseTables(carriers, aliases, providers, pages string) (*tables, error) {
	t := &tables{map[string]company{}, map[string]string{}, map[alias]target{}, map[string]string{}, map[string][]page{}}
	for _, f := range []struct {
		name, table string
		columns     int
		add         func([]string) error
	}{
		{"carriers.tsv", carriers, 4, t.addCarrier},
		{"aliases.tsv", aliases, 6, t.addAlias},
		{"providers.tsv", providers, 4, t.addProvider},
		{"pages.tsv", pages, 4, t.addPage},
	} {
		if err := eachLine(f.table, f.columns, f.add); err != nil {
			return nil, fmt.Errorf("%s %w", f.name, err)
		}
	}
	return t, nil
}

// eachLine hands the columns of each line after the first to add. "-" is none.
func eachLine(table string, columns int, add func([]string) error) error {
	n := 0
	for line := range strings.Lines(table) {
		n++
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != columns {
			return fmt.Errorf("line %d: %d columns", n, len(f))
		}
		if n == 1 {
			continue // The names of the columns.
		}
		for i := range f {
			if f[i] == "-" {
				f[i] = ""
			}
		}
		if err := add(f); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return nil
}

func (t *tables) addCarrier(f []string) error {
	if _, twice := t.carriers[f[0]]; twice {
		return fmt.Errorf("second row for %s", f[0])
	}
	t.carriers[f[0]] = company{f[1], f[2]}
	if !carries(f[0]) {
		return nil
	}
	if other := t.names[fold(f[1])]; other != "" {
		return fmt.Errorf("%s is what %s is called", f[1], other)
	}
	t.names[fold(f[1])], t.names[f[0]] = f[0], f[0]
	return nil
}

// carries tells whether a code is of one company that carries parcels, so that
// its name means nobody else.
func carries(code string) bool {
	switch code {
	case "dhl-unified", "post", "tiktok-shipping", Other, Freight:
		return false
	}
	return true
}

// addAlias adds a source's key for a carrier, and the name beside it in the
// source's list. A name may stand beside several keys of one carrier.
func (t *tables) addAlias(f []string) error {
	to := target{f[2], f[3]}
	if err := t.known(to.carrier); err != nil {
		return err
	}
	k := key(f[0], f[1])
	if _, twice := t.aliases[k]; twice {
		return fmt.Errorf("second row for %s %s", f[0], f[1])
	}
	t.aliases[k] = to
	if f[4] == "" {
		return nil
	}
	k = key(f[0], f[4])
	if other, twice := t.aliases[k]; twice && other != to {
		return fmt.Errorf("%s %s has two meanings", f[0], f[4])
	}
	t.aliases[k] = to
	return nil
}

func (t *tables) addProvider(f []string) error {
	if _, twice := t.providers[f[0]]; twice {
		return fmt.Errorf("second row for %s", f[0])
	}
	t.providers[f[0]] = f[2]
	return t.known(f[2])
}

func (t *tables) addPage(f []string) error {
	p := page{strings.Split(f[1], ","), f[2]}
	for _, other := range t.pages[f[0]] {
		for _, country := range p.countries {
			if slices.Contains(other.countries, country) {
				return fmt.Errorf("second page of %s for %s", f[0], country)
			}
		}
	}
	t.pages[f[0]] = append(t.pages[f[0]], p)
	return t.known(f[0])
}

// known makes sure that a carrier has a name.
func (t *tables) known(code string) error {
	if _, ok := t.carriers[code]; !ok {
		return fmt.Errorf("carrier %q is not in carriers.tsv", code)
	}
	return nil
}
