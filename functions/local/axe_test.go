package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// axeEnv names the file axe.min.js of the npm package axe-core, which is not
// ours to keep here.
const axeEnv = "AXE_CORE"

// axe is the script that looks for what keeps people from using a page.
func axe(t testing.TB) string {
	t.Helper()
	file := os.Getenv(axeEnv)
	if file == "" {
		notInABrowser(t, axeEnv+" does not name the file axe.min.js of axe-core")
	}
	script, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

// axeReport is what it found.
type axeReport struct {
	Version    string         `json:"version"`
	Passes     int            `json:"passes"` // rules that were kept
	Violations []axeViolation `json:"violations"`
}

type axeViolation struct {
	Rule   string    `json:"rule"`
	Impact string    `json:"impact"`
	Help   string    `json:"help"`
	URL    string    `json:"url"`
	Nodes  []axeNode `json:"nodes"`
}

type axeNode struct {
	HTML string `json:"html"`
	Why  string `json:"why"`
}

func (v axeViolation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): %s, see %s", v.Rule, v.Impact, v.Help, v.URL)
	for i, n := range v.Nodes {
		if i == 3 {
			fmt.Fprintf(&b, "\n    and %d more", len(v.Nodes)-i)
			break
		}
		fmt.Fprintf(&b, "\n    %s\n        %s", n.HTML, strings.ReplaceAll(n.Why, "\n", "\n        "))
	}
	return b.String()
}

// axeRun is WCAG 2.2 up to AA, and what is good practice beside it.
const axeRun = `axe.run({
	runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
	rules: {"target-size": {enabled: true}},
	resultTypes: ["violations"],
}).then(found => ({
	version: found.testEngine.version,
	passes: found.passes.length,
	violations: found.violations.map(v => ({
		rule: v.id, impact: v.impact, help: v.help, url: v.helpUrl,
		nodes: v.nodes.map(n => ({html: n.html.slice(0, 300), why: n.failureSummary})),
	})),
}))`

// load brings a script into the page that is open, whatever that forbids.
func (b *tab) load(script string) {
	b.t.Helper()
	evaluate[bool](b, script+";true")
}

// accessible checks that axe-core finds nothing.
func (b *tab) accessible(when string) {
	b.t.Helper()
	report := evaluate[axeReport](b, axeRun)
	for _, v := range report.Violations {
		b.t.Errorf("%s: axe-core: %v", when, v)
	}
	if report.Passes < 15 {
		b.t.Errorf("%s: axe-core %s saw only %d rules kept: it did not look", when, report.Version, report.Passes)
	}
}

// TestAxeSeesFaults plants faults: what finds nothing must be able to.
func TestAxeSeesFaults(t *testing.T) {
	script := axe(t)
	b := newChromium(t).newTab(t)
	b.do(chromedp.Navigate(`data:text/html,<title>x</title><p style="color:%23aaa">pale</p><img src="data:,"><a href="%23a" style="font-size:8px">a</a><a href="%23b" style="font-size:8px">b</a>`))
	b.load(script)
	found := map[string]bool{}
	for _, v := range evaluate[axeReport](b, axeRun).Violations {
		found[v.Rule] = true
	}
	for _, rule := range []string{"color-contrast", "html-has-lang", "image-alt", "landmark-one-main", "page-has-heading-one", "target-size"} {
		if !found[rule] {
			t.Errorf("does not see the fault %s", rule)
		}
	}
}
