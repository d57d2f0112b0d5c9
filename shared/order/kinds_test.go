package order

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
)

func TestEveryKindHasARule(t *testing.T) {
	rules, err := parseRules(kindsTable)
	if err != nil {
		t.Fatal(err)
	}
	kinds := kindConstants(t)
	if len(kinds) == 0 {
		t.Fatal("no constants of type Kind in kinds.go")
	}
	for _, k := range kinds {
		if rules[k] == nil {
			t.Errorf("no row for %s", k)
		}
	}
	if len(rules) != len(kinds) {
		t.Errorf("%d rows for %d kinds", len(rules), len(kinds))
	}
	for k, r := range rules {
		if n := strings.Count(r.NextStep, ". ") + 1; n != 1 || !strings.HasSuffix(r.NextStep, ".") {
			t.Errorf("next step of %s is not one sentence: %q", k, r.NextStep)
		}
		if Rules()[k] == nil || k.severity() != r.Severity {
			t.Errorf("severity of %s = %d, want %d", k, k.severity(), r.Severity)
		}
	}
	if Kind("x").severity() != 0 {
		t.Error("an unknown kind has a severity")
	}
}

// kindConstants reads the constants of type Kind from the source, as nothing
// lists them.
func kindConstants(t *testing.T) (kinds []Kind) {
	f, err := parser.ParseFile(token.NewFileSet(), "kinds.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); ok && name.Name == "Kind" {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			kinds = append(kinds, Kind(value))
		}
		return true
	})
	return kinds
}

func TestParseRules(t *testing.T) {
	const head = "kind\tseverity\tnext_step\n"
	tests := []struct{ name, table, want string }{
		{"a column is missing", head + "a\t1", "kinds.tsv line 2: 2 columns"},
		{"a severity that is none", head + "a\t4\tDo.", `kinds.tsv line 2: severity "4"`},
		{"no severity", head + "a\t\tDo.", `kinds.tsv line 2: severity ""`},
		{"two rows for a kind", head + "a\t1\tDo.\na\t1\tDo.", "kinds.tsv line 3: second row for a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := parseRules(tt.table); err == nil || err.Error() != tt.want {
				t.Errorf("error = %v, want %s", err, tt.want)
			}
		})
	}
}
