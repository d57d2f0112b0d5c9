package place

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:embed zones.tsv
var zonesTable string

// row is what the table says of a region. Its zone is nil where the region does
// not decide.
type row struct {
	zone  *zone
	trust Trust
}

// atlas is the table in memory.
type atlas struct {
	rows    map[string]row     // by country, a tab, and region
	zones   map[string][]*zone // of each country, in the order of the table
	aliases map[string]string  // by country, a tab, and abbreviation as people write it: as tzdata does
	names   map[string]*zone   // every zone of the archive by its name in lower case
}

// world is read once, when first asked for. A test reads the same bytes, so the
// error it could have is not one of a running program.
var world = sync.OnceValue(func() *atlas {
	a, err := newAtlas(zonesTable, abbreviationsTable)
	if err != nil {
		return &atlas{}
	}
	return a
})

func newAtlas(zones, abbreviations string) (*atlas, error) {
	names, err := openZones(zoneinfo)
	if err != nil {
		return nil, err
	}
	a := &atlas{rows: map[string]row{}, zones: map[string][]*zone{}, aliases: map[string]string{}, names: names}
	if err := eachLine(zones, 4, a.addRow); err != nil {
		return nil, fmt.Errorf("zones.tsv %w", err)
	}
	if err := eachLine(abbreviations, 3, a.addAlias); err != nil {
		return nil, fmt.Errorf("abbreviations.tsv %w", err)
	}
	return a, nil
}

// eachLine hands the columns of each line after the first to add.
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
		if err := add(f); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return nil
}

// clock is the clock of a zone by its name.
func (a *atlas) clock(name string, t Trust) Clock {
	return newClock(a.names[strings.ToLower(name)], t)
}

func (a *atlas) addRow(f []string) error {
	country, region, name, note := f[0], f[1], f[2], f[3]
	key := country + "\t" + region
	if _, twice := a.rows[key]; twice {
		return fmt.Errorf("second row for %s %s", country, region)
	}
	if name == "-" {
		a.rows[key] = row{}
		return nil
	}
	z := a.names[strings.ToLower(name)]
	if z == nil {
		return fmt.Errorf("zone %s is not in the archive", name)
	}
	r := row{zone: z, trust: Sure}
	if strings.HasPrefix(note, "split: majority") {
		r.trust = Split
	}
	a.rows[key] = r
	if !slices.Contains(a.zones[country], z) {
		a.zones[country] = append(a.zones[country], z)
	}
	return nil
}

func (a *atlas) addAlias(f []string) error {
	key := f[0] + "\t" + f[1]
	if a.aliases[key] != "" {
		return fmt.Errorf("second row for %s %s", f[0], f[1])
	}
	a.aliases[key] = f[2]
	return nil
}
