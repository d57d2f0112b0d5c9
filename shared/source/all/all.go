// Package all is the one list of sources.
package all

import (
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/source/seventeentrack"
	"github.com/shiptide/shiptide/shared/source/tiktokshop"
	"github.com/shiptide/shiptide/shared/source/ups"
	"github.com/shiptide/shiptide/shared/webhook"
)

// Sources returns every source, sorted by name. keys gives each its keys.
func Sources(keys func(name string) source.Keys) []source.Source {
	return []source.Source{
		seventeentrack.New(keys("17track")),
		tiktokshop.New(keys("tiktokshop")),
		ups.New(keys("ups")),
	}
}

// Unverified returns every source without a key: for whoever decodes what was
// verified before, or wants to know what there is.
func Unverified() []source.Source {
	return Sources(func(string) source.Keys { return source.Fixed(webhook.Keys{}) })
}
