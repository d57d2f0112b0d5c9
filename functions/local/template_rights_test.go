package main

import (
	"os"
	"strings"
	"testing"
)

// right is an action that a function may do, and to what.
type right struct{ function, action, on, why string }

// rights reads the table of what functions may do. That each of them is needed
// is shown in the last column: what fails without it.
func rights(t testing.TB) (out []right) {
	t.Helper()
	raw, err := os.ReadFile("testdata/rights.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		if f := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); len(f) == 4 && !strings.HasPrefix(line, "#") {
			out = append(out, right{f[0], f[1], f[2], f[3]})
		}
	}
	return out
}

// labelOf is a short name of what a policy's statement names: the ARN of a
// resource, or the template's expression for it.
func labelOf(resource string) string {
	switch {
	case strings.Contains(resource, "parameter/shiptide/"):
		return "keys"
	case strings.Contains(resource, "-mail-"):
		return "mail"
	}
	for _, name := range []string{"SellerTopic", "EventsTopic", "Inbox", "Shipments", "Ledger"} {
		switch {
		case !strings.Contains(resource, name):
		case strings.HasSuffix(resource, "/index/due"):
			return name + "/due"
		default:
			return name
		}
	}
	return resource
}
