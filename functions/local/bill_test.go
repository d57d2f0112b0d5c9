package main

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/store"
)

const million = 1_000_000

// Of a million pushes of 5 KB: what must not be passed.
const billBar = 4.50

func ratesOfTables(t *testing.T) *rates {
	t.Helper()
	r, err := readRates(unitsText, pricesText, assumptionsText)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func billsOf(t *testing.T, r *rates, pushes int) billView {
	t.Helper()
	m, err := parseMix(defaultMix)
	if err != nil {
		t.Fatal(err)
	}
	return r.view(m, pushes)
}

// TestBillByHand computes the bills of a million pushes again, from the README's
// units and in the prices of a million.
func TestBillByHand(t *testing.T) {
	const (
		api, write, read, request = 1.00, 0.625, 0.125, 0.20
		ms                        = 0.25 * 0.0000133334 * million / 1000 // of 256 MB, a million times
		hundredBytes              = 0.05                                 // of log, a million times
		publish, mail             = 0.50, 20.00
	)
	v := billsOf(t, ratesOfTables(t), million)
	want := []float64{
		// 1.6 of 16 units of the ledger, 0.16 looks of 3 writes and 5 reads; 1 + 0.8 + 0.7 + 0.16 invocations.
		api + (1.05+0.9+1.6+0.48)*write + (3.3+0.8)*read + 2.66*request +
			(10+0.8*20+0.86*20+0.4*50+0.16*20)*ms + (1.5+2.66*3)*hundredBytes + 0.4*publish + 0.2*mail,
		// 2 writes, 3 reads and a tenth of a look; 3.1 invocations.
		api + (2+0.3)*write + (3+0.5)*read + 3.1*request + (10+20+1.1*20+2)*ms + (1.5+3.1*3)*hundredBytes,
		// The same in 1 + 0.1 + 0.11 invocations.
		api + (2+0.3)*write + (3+0.5)*read + 1.21*request + (10+1+10+1.1+11+2)*ms + (1.5+1.21*3)*hundredBytes,
	}
	for i, b := range v.Bills {
		if math.Abs(b.Total-want[i]) > 1e-5 {
			t.Errorf("%s: $%f, want $%f", b.Of, b.Total, want[i])
		}
		if i > 0 && b.Total > billBar {
			t.Errorf("%s: $%.2f is over the budget of $%.2f", b.Of, b.Total, billBar)
		}
	}
	// 8,640 sweeps: invoked twice over, 0.2 s of 256 MB, 64 reads, 300 bytes; with every second one a shop is polled in
	// 0.6 s; 30 metrics, and 57 that alarms look at.
	const sweeps, polls = 0.00864, 0.00432
	if want := sweeps*(1.00+request+200*ms+64*read+3*hundredBytes) + polls*(7*write+7*read+600*ms) + 30*0.30 + 57*0.10; math.Abs(v.Month.Total-want) > 1e-5 {
		t.Errorf("a month: $%f, want $%f", v.Month.Total, want)
	}
	// A KB a month; 3 KB for seven months, of every twelfth push.
	if b := v.Bills[1]; math.Abs(apart(b)-(1.024*0.25+1.75*(0.25+0.20))) > 1e-5 {
		t.Errorf("what is kept: $%f", apart(b))
	}
	if got := v.Bills[0].SMS; got != million/10 {
		t.Errorf("%v SMS, want one of ten pushes", got)
	}
}

func apart(b bill) (dollars float64) {
	for _, l := range b.Apart {
		dollars += l.Dollars
	}
	return dollars
}

func TestBillIsTheSumOfItsLines(t *testing.T) {
	r := ratesOfTables(t)
	one, three := billsOf(t, r, million), billsOf(t, r, 3*million)
	for i, b := range append(one.Bills, one.Month) {
		var sum float64
		for _, l := range b.Lines {
			sum += l.Dollars
			if l.Price.Region != "us-east-1" || l.Price.Per == 0 {
				t.Errorf("%s: %s has the price %+v", b.Of, l.What, l.Price)
			}
		}
		if math.Abs(sum-b.Total) > 1e-9 || sum == 0 {
			t.Errorf("%s: the lines come to $%f, the total to $%f", b.Of, sum, b.Total)
		}
		if i < len(three.Bills) && math.Abs(three.Bills[i].Total-3*b.Total) > 1e-5 {
			t.Errorf("%s: three million cost $%f, one $%f", b.Of, three.Bills[i].Total, b.Total)
		}
	}
}

// TestBillRates counts the tables, and changes each of their lines: there must be
// a bill that hears of it.
func TestBillRates(t *testing.T) {
	r := ratesOfTables(t)
	if len(r.units) != 8 || len(r.prices) != 14 || len(r.assumed) != 28 || len(r.guesses) != 28 {
		t.Errorf("%d units, %d prices, %d assumptions", len(r.units), len(r.prices), len(r.assumed))
	}
	if n := r.guesses["sweep-reads"]; n != (2*3+2)*store.Shards*0.5 { // The lag, and what is due; shops and orders are beside others.
		t.Errorf("%v reads for %d shards", n, store.Shards)
	}
	text := func() string {
		v := billsOf(t, r, million)
		return fmt.Sprint(v.Bills, v.Month)
	}
	before := text()
	for key, n := range maps.Clone(r.guesses) {
		r.guesses[key] = 2 * n
		if text() == before {
			t.Errorf("assumptions.tsv: nothing uses %s", key)
		}
		r.guesses[key] = n
	}
	for key, p := range maps.Clone(r.prices) {
		dearer := p
		dearer.Dollars = 2*p.Dollars + 1
		r.prices[key] = dearer
		if text() == before {
			t.Errorf("prices.tsv: nothing uses %s", key)
		}
		r.prices[key] = p
	}
	for _, kind := range append([]string{"look"}, mixKinds...) {
		if r.units[kind].name == "" {
			t.Errorf("units.tsv: no %s", kind)
		}
	}
	if _, err := readRates(unitsText, strings.Replace(pricesText, "0.625", "O.625", 1), assumptionsText); err == nil {
		t.Error("a price with a letter is taken")
	}
}

func TestBillMix(t *testing.T) {
	tests := []struct{ name, mix, want string }{
		{"the default", defaultMix, ""},
		{"one kind", "same=100", ""},
		{"too little", "push=60,history=39", "the shares come to 99, not to 100"},
		{"too much", "push=60,history=41", "the shares come to 101"},
		{"a kind that there is not", "pull=100", `no kind "pull"`},
		{"twice", "push=50,push=50", "push twice"},
		{"no number", "push=all", `push is "all"`},
		{"no share", "push", `push is ""`},
		{"less than nothing", "push=110,history=-10", `history is "-10"`},
		{"nothing", "", `no kind ""`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parseMix(tt.mix)
			if got := fmt.Sprint(err); tt.want == "" && err != nil || !strings.Contains(got, tt.want) {
				t.Errorf("parseMix = %v, want %q", err, tt.want)
			}
		})
	}
}

func TestBillCommand(t *testing.T) {
	call := func(args ...string) result {
		var stdout, stderr bytes.Buffer
		code := billCommand(t.Context(), &env{stdout: &stdout, stderr: &stderr}, args)
		return result{code, stdout.String(), stderr.String()}
	}
	got := call("-pushes", "2000000", "-mix", "repeat=100")
	var v billView
	if err := json.Unmarshal([]byte(got.stdout), &v); err != nil || got.code != exitOK {
		t.Fatalf("ended with %d, %v:\n%s", got.code, err, got.stderr)
	}
	// Repeats cost the request, one write and one short run.
	if b := v.Bills[0]; v.Pushes != 2*million || b.Mix["repeat"] != 100 || math.Abs(b.Total-2*(1+0.625+0.2+0.033333+0.225)) > 1e-4 {
		t.Errorf("%d pushes, %v: $%f", v.Pushes, b.Mix, b.Total)
	}
	for _, want := range []string{`"assumed": [`, `"from": "measured"`, `"how": "from memory"`, `"without": [`} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("says nothing of %s", want)
		}
	}
	call("-mix", "push=99").check(t, "a mix of 99", exitUsage, "not to 100")
	call("-pushes", "0").check(t, "no pushes", exitUsage, "")
	call("all").check(t, "an argument", exitUsage, "")
}

// TestBillInReadme holds the README's table against the bills (-update writes it,
// in a run after the one that wrote units.tsv).
func TestBillInReadme(t *testing.T) {
	r := ratesOfTables(t)
	v := billsOf(t, r, million)
	mixed, only := v.Bills[0], v.Bills[1]
	var b strings.Builder
	b.WriteString(billTable(v.Bills))
	var parts []string
	for _, kind := range mixKinds {
		parts = append(parts, fmt.Sprintf("%d × %s", mixed.Mix[kind], r.units[kind].name))
	}
	fmt.Fprintf(&b, "\nA hundred pushes of the mix: %s.\n", strings.Join(parts, "; "))
	fmt.Fprintf(&b, "Not in the totals: what is kept ($%.2f for pushes of 5 KB), SMS (%v a push of the mix), and $%.2f a month for metrics, alarms, the sweep and one TikTok shop.\n",
		apart(only), mixed.SMS/million, v.Month.Total)
	checkReadme(t, "bill", b.String())
}

func billTable(bills []bill) string {
	var b strings.Builder
	row := func(first, from, price string, cell func(bill) float64) {
		fmt.Fprintf(&b, "| %s | %s | %s |", first, from, price)
		for _, x := range bills {
			fmt.Fprintf(&b, " %.3f |", cell(x))
		}
		b.WriteByte('\n')
	}
	b.WriteString("| what | quantity | price |")
	for _, x := range bills {
		fmt.Fprintf(&b, " %s |", x.Of)
	}
	b.WriteString("\n|---|---|---|" + strings.Repeat("---|", len(bills)) + "\n")
	for i, l := range bills[0].Lines {
		row(l.What, string(l.From), priceText(l.Price), func(x bill) float64 { return x.Lines[i].Dollars })
	}
	row("total, in dollars", "", "", func(x bill) float64 { return x.Total })
	return b.String()
}

func priceText(p price) string {
	if p.Dollars == 0 {
		return "free, " + p.How
	}
	dollars := strconv.FormatFloat(p.Dollars, 'f', -1, 64)
	if cents := fmt.Sprintf("%.2f", p.Dollars); len(cents) > len(dollars) {
		dollars = cents
	}
	when := p.Read
	if when == "-" {
		when = p.How
	}
	per := map[float64]string{1: "", 100_000: "100,000 ", million: "million "}[p.Per]
	return fmt.Sprintf("$%s per %s%s, %s", dollars, per, p.Unit, when)
}
