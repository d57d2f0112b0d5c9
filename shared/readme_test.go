package shared_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// link is a Markdown link around a Go name: [`pkg.Type.Name`](file).
var link = regexp.MustCompile("\\[`([A-Za-z.]+)`\\]\\(([^)]+)\\)")

// TestReadme keeps the links of the README: each file is there and declares the
// last part of the name.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	links := link.FindAllStringSubmatch(string(text), -1)
	if len(links) < 12 {
		t.Errorf("%d links, want one a line at least", len(links))
	}
	for _, l := range links {
		name, file := l[1][strings.LastIndex(l[1], ".")+1:], l[2]
		src, err := os.ReadFile(file)
		if err != nil {
			t.Errorf("%s: %v", l[0], err)
			continue
		}
		declared := regexp.MustCompile(`(?m)^(func (\([^)]*\) )?|type )` + name + `\b`)
		if !declared.Match(src) {
			t.Errorf("%s: %s does not declare %s", l[0], file, name)
		}
	}
}
