// Package setting reads the settings of a function from its environment.
package setting

import (
	"fmt"
	"strings"
)

// Required returns the values of names, in their order. The error names all that
// are missing.
func Required(getenv func(string) string, names ...string) ([]string, error) {
	values := make([]string, len(names))
	var missing []string
	for i, name := range names {
		if values[i] = getenv(name); values[i] == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("not set: %s", strings.Join(missing, ", "))
	}
	return values, nil
}
