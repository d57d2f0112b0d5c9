package seventeentrack

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/shiptide/shiptide/shared/source"
)

// carrierTable gives 17TRACK's carrier numbers the names that the rest of the
// program knows. They are of the carrier list in 17TRACK's public API
// documentation, as of 2024.
//
//go:embed carriers.tsv
var carrierTable string

type carrierTables struct{ byKey, byName map[string]string }

var carriers = sync.OnceValue(func() *carrierTables {
	t := &carrierTables{map[string]string{}, map[string]string{}}
	for _, f := range source.Rows(carrierTable, 5) {
		t.byKey[f[0]], t.byName[strings.ToLower(f[3])] = f[1], f[1]
	}
	return t
})

// carrierOf returns our name of a carrier, by its number, else by its name. A
// carrier that is in no table is not nobody: it keeps its number
// ("17track:190999"), so that its parcel is not taken for another's. It returns
// "" where none is named.
func carrierOf(key, called string) string {
	t := carriers()
	key = strings.TrimSpace(key)
	if carrier, ok := t.byKey[key]; ok {
		return carrier
	}
	if called != "" {
		if carrier, ok := t.byName[strings.ToLower(strings.TrimSpace(called))]; ok {
			return carrier
		}
	}
	const longest = 9
	if n, ok := parseDigits(key); !ok || n == 0 || len(key) > longest {
		return ""
	}
	return name + ":" + key
}
