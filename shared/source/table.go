package source

import "strings"

// Rows returns the fields of the lines of an embedded table, tab-separated,
// without its first line, which names the columns. Shorter lines are left out:
// each source's tests count its rows.
func Rows(table string, fields int) [][]string {
	var out [][]string
	for i, line := range strings.Split(strings.TrimSpace(table), "\n") {
		if f := strings.Split(line, "\t"); i > 0 && len(f) >= fields {
			out = append(out, f)
		}
	}
	return out
}
