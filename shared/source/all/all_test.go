package all_test

import (
	"os"
	"slices"
	"testing"

	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/source/all"
	"github.com/shiptide/shiptide/shared/source/sourcetest"
	"github.com/shiptide/shiptide/shared/webhook"
)

func none(string) source.Keys { return source.Fixed(webhook.Keys{}) }

func TestEveryFolderIsListed(t *testing.T) {
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	var folders []string
	for _, e := range entries {
		if e.IsDir() && e.Name() != "all" && e.Name() != "sourcetest" {
			folders = append(folders, e.Name())
		}
	}
	var names, listed []string
	for _, s := range all.Sources(none) {
		names = append(names, s.Name)
		listed = append(listed, sourcetest.Folder(s.Name))
	}
	slices.Sort(folders)
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("names are not sorted, or not unique: %q", names)
	}
	slices.Sort(listed)
	if !slices.Equal(folders, listed) {
		t.Errorf("folders %q, listed %q", folders, listed)
	}
}

func TestKeysAreAskedByName(t *testing.T) {
	var asked []string
	list := all.Sources(func(name string) source.Keys {
		asked = append(asked, name)
		return source.Fixed(webhook.Keys{})
	})
	for i, s := range list {
		if !slices.Contains(asked, s.Name) || len(asked) != len(list) {
			t.Errorf("source %d, %s: keys asked for %q", i, s.Name, asked)
		}
	}
}

func TestContract(t *testing.T) {
	for _, s := range all.Sources(none) {
		t.Run(s.Name, func(t *testing.T) {
			sourcetest.Contract(t, func(keys source.Keys) source.Source {
				for _, s2 := range all.Sources(func(string) source.Keys { return keys }) {
					if s2.Name == s.Name {
						return s2
					}
				}
				return source.Source{}
			})
		})
	}
}
