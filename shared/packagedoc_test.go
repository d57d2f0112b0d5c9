package shared_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestOneDocCommentPerPackage(t *testing.T) {
	for _, problem := range docProblems(t, os.DirFS("..")) {
		t.Error(problem)
	}
}

func TestDocProblems(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{
			"one comment",
			map[string]string{"a/a.go": "// Package a is one.\npackage a", "a/b.go": "package a"},
			nil,
		},
		{
			"one comment of a command",
			map[string]string{"a/main.go": "// Command a runs.\npackage main"},
			nil,
		},
		{
			"none",
			map[string]string{"a/a.go": "package a", "a/b.go": "// Not joined to the clause.\n\npackage a"},
			[]string{"a: package a has no doc comment"},
		},
		{
			"two",
			map[string]string{"a/a.go": "// Package a is one.\npackage a", "a/b.go": "// Package a is two.\npackage a"},
			[]string{"a: package a has 2 doc comments"},
		},
		{
			"another name",
			map[string]string{"a/a.go": "// Package ab is one.\npackage a"},
			[]string{`a: doc comment of package a does not begin with "Package a "`},
		},
		{
			"a command that calls itself a package",
			map[string]string{"a/main.go": "// Package main runs.\npackage main"},
			[]string{`a: doc comment of package main does not begin with "Command "`},
		},
		{
			"tests, testdata and hidden folders do not count",
			map[string]string{"a/a_test.go": "package a", "a/testdata/a.go": "package a", ".a/a.go": "package a"},
			nil,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root := fstest.MapFS{}
			for name, src := range tt.files {
				root[name] = &fstest.MapFile{Data: []byte(src)}
			}
			if got := docProblems(t, root); !slices.Equal(got, tt.want) {
				t.Errorf("docProblems = %q, want %q", got, tt.want)
			}
		})
	}
}

// docProblems returns a line for each package below root that has not exactly
// one doc comment, or one that does not begin as Go's do.
func docProblems(t *testing.T, root fs.FS) []string {
	t.Helper()
	type pkg struct{ dir, name string }
	docs := map[pkg][]string{}
	for _, file := range goFiles(t, root) {
		src, err := fs.ReadFile(root, file)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, src, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		p := pkg{path.Dir(file), f.Name.Name}
		docs[p] = append(docs[p], nonEmpty(f.Doc.Text())...)
	}
	var problems []string
	for p, texts := range docs {
		begin := "Package " + p.name + " "
		if p.name == "main" {
			begin = "Command "
		}
		switch {
		case len(texts) == 0:
			problems = append(problems, fmt.Sprintf("%s: package %s has no doc comment", p.dir, p.name))
		case len(texts) > 1:
			problems = append(problems, fmt.Sprintf("%s: package %s has %d doc comments", p.dir, p.name, len(texts)))
		case !strings.HasPrefix(texts[0], begin):
			problems = append(problems, fmt.Sprintf("%s: doc comment of package %s does not begin with %q", p.dir, p.name, begin))
		}
	}
	slices.Sort(problems)
	return problems
}

// nonEmpty returns the texts that say something.
func nonEmpty(texts ...string) []string {
	return slices.DeleteFunc(texts, func(text string) bool { return text == "" })
}
