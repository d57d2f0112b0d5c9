// Package all is the one list of sources.
package all

import (
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/source/seventeentrack"
	"github.com/shiptide/shiptide/shared/source/ups"
)

// Sources returns every source, sorted by name. keys gives each its keys.
func Sources(keys func(name string) source.Keys) []source.Source {
	return []source.Source{
		seventeentrack.New(keys("17track")),
		ups.New(keys("ups")),
	}
}
