package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// mix is how many of a hundred pushes are of each kind.
type mix map[string]int

// mixKinds are those of a mix, each a row of units.tsv.
var mixKinds = []string{"push", "history", "repeat", "same", "delivery"}

const defaultMix = "push=60,history=5,repeat=20,same=10,delivery=5"

func parseMix(s string) (mix, error) {
	m, sum := mix{}, 0
	for part := range strings.SplitSeq(s, ",") {
		kind, percent, _ := strings.Cut(part, "=")
		n, err := strconv.ParseUint(percent, 10, 7)
		switch _, twice := m[kind]; {
		case !slices.Contains(mixKinds, kind):
			return nil, fmt.Errorf("mix: no kind %q of pushes: %s", kind, strings.Join(mixKinds, ", "))
		case twice:
			return nil, fmt.Errorf("mix: %s twice", kind)
		case err != nil:
			return nil, fmt.Errorf("mix: %s is %q, not a share of 100", kind, percent)
		}
		m[kind] = int(n)
		sum += int(n)
	}
	if sum != 100 {
		return nil, fmt.Errorf("mix: the shares come to %d, not to 100", sum)
	}
	return m, nil
}

// billLine is one item of a bill.
type billLine struct {
	What     string  `json:"what"`
	From     origin  `json:"from"`
	Quantity float64 `json:"quantity"`
	Price    price   `json:"price"`
	Dollars  float64 `json:"dollars"`
}

// origin tells where a quantity is from, so that nobody takes a guess for a
// measurement. What rests on both is assumed.
type origin string

const (
	counted  origin = "counted"
	measured origin = "measured"
	assumed  origin = "assumed"
)

// bill is what some pushes cost, or a month without any.
type bill struct {
	Of    string     `json:"of"`
	Mix   mix        `json:"mix,omitempty"`
	Lines []billLine `json:"lines"`
	Total float64    `json:"total"`
	Apart []billLine `json:"apart"` // not in the total, nor in the budget: what is kept
	SMS   float64    `json:"sms"`   // messages; not in the total: each country has its price
}

func (b *bill) sum() {
	for _, l := range b.Lines {
		b.Total = micro(b.Total + l.Dollars)
	}
}

// micro rounds to a millionth, so that sums are those of what is printed.
func micro(x float64) float64 { return math.Round(x*1e6) / 1e6 }

func (r *rates) line(key, what string, from origin, quantity float64) billLine {
	p := r.prices[key]
	return billLine{what, from, micro(quantity), p, micro(quantity / p.Per * p.Dollars)}
}

// effect is what a push of a mix brings about, on average.
type effect struct {
	unitsRow
	fresh, changed float64 // records of the streams
	kept           float64 // of inbox: units of new rows
	looks          float64 // of the sweep
}

func (r *rates) effect(m mix) (x effect) {
	for _, kind := range mixKinds {
		row, share := r.units[kind], float64(m[kind])/100
		x.add(&row, share)
		if row.pump > 0 { // It was brought to ingest.
			x.fresh += share
			x.kept += share * row.inbox
		}
		switch {
		case row.messages() > 0:
			x.changed += share
			x.looks += share * r.guesses["looks-told"]
		case row.shipments > 0:
			x.changed += share
			x.looks += share * r.guesses["looks-new"]
		}
	}
	return x
}

// invocations of functions that a push brings about.
func (x *effect) invocations(batch float64) float64 { return 1 + (x.fresh+x.changed+x.looks)/batch }

// seconds that functions run for a push. A look's write comes to notify as well.
func (r *rates) seconds(x *effect, batch float64) float64 {
	told := x.changed + x.looks
	ms := r.guesses["receive-ms"] +
		x.fresh*(r.guesses["ingest-ms"]/batch+r.guesses["ingest-record-ms"]) +
		told*(r.guesses["notify-ms"]/batch+r.guesses["notify-record-ms"]) +
		x.messages()*r.guesses["message-ms"] + x.looks*r.guesses["look-ms"]
	return ms / 1000
}

// bill is that of pushes which come to the functions in batches.
func (r *rates) bill(of string, m mix, batch, pushes float64) bill {
	x, look := r.effect(m), r.units["look"]
	invoked := x.invocations(batch)
	line := func(key, what string, from origin, each float64) billLine {
		return r.line(key, what, from, pushes*each)
	}
	kept := x.kept * 1024 * r.guesses["inbox-months"] * 1e-9
	parcels := r.guesses["parcel-bytes"] * r.guesses["parcel-months"] / r.guesses["parcel-pushes"] * 1e-9
	b := bill{Of: of, Mix: m, SMS: micro(pushes * x.sms), Lines: []billLine{
		line("http", "HTTP API requests", counted, 1),
		line("write", "DynamoDB writes: inbox", measured, x.inbox),
		line("write", "DynamoDB writes: shipments, due index", measured, x.shipments+x.index),
		line("write", "DynamoDB writes: ledger", measured, x.ledger),
		line("read", "DynamoDB reads", measured, x.read-x.pump),
		line("write", "DynamoDB writes: looks of the sweep", assumed, x.looks*(look.shipments+look.index+look.ledger)),
		line("read", "DynamoDB reads: looks of the sweep", assumed, x.looks*(look.read+r.guesses["look-reads"])),
		line("streams", "DynamoDB streams", assumed, x.fresh+x.changed+x.looks),
		line("requests", "Lambda requests", assumed, invoked),
		line("time", "Lambda time", assumed, r.seconds(&x, batch)*r.guesses["memory"]),
		line("logs", "CloudWatch Logs", assumed, (r.guesses["access-line"]+invoked*r.guesses["metrics-line"])*1e-9),
		line("publish", "SNS publishes", measured, x.messages()),
		line("mail", "SNS e-mails", measured, x.mails),
	}, Apart: []billLine{
		line("storage", "DynamoDB storage", assumed, kept+parcels),
		line("backup", "DynamoDB point-in-time recovery", assumed, parcels),
	}}
	b.sum()
	return b
}

// month is the bill of a month in which nothing comes, with one shop connected.
func (r *rates) month() bill {
	sweeps, polls := r.guesses["sweeps"], r.guesses["polls"]
	b := bill{Of: "a month without pushes", Lines: []billLine{
		r.line("schedule", "EventBridge Scheduler", assumed, sweeps),
		r.line("requests", "Lambda requests", assumed, sweeps),
		r.line("time", "Lambda time", assumed, sweeps*r.guesses["sweep-ms"]/1000*r.guesses["memory"]),
		r.line("read", "DynamoDB reads", assumed, sweeps*r.guesses["sweep-reads"]),
		r.line("write", "DynamoDB writes: polls of a shop", assumed, polls*r.guesses["poll-writes"]),
		r.line("read", "DynamoDB reads: polls of a shop", assumed, polls*r.guesses["poll-reads"]),
		r.line("time", "Lambda time: polls of a shop", assumed, polls*r.guesses["poll-ms"]/1000*r.guesses["memory"]),
		r.line("logs", "CloudWatch Logs", assumed, sweeps*r.guesses["metrics-line"]*1e-9),
		r.line("metric", "CloudWatch metrics", assumed, r.guesses["metrics"]),
		r.line("alarm", "CloudWatch alarms", assumed, r.guesses["alarms"]),
	}}
	b.sum()
	return b
}

// billView is what `local bill` prints.
type billView struct {
	Pushes  int          `json:"pushes"`
	Bills   []bill       `json:"bills"`
	Month   bill         `json:"month"`
	Assumed []assumption `json:"assumed"`
	Without []string     `json:"without"`
}

func (r *rates) view(m mix, pushes int) billView {
	n, only := float64(pushes), mix{"push": 100}
	few, many := r.guesses["batch"], r.guesses["batch-busy"]
	return billView{pushes, []bill{
		r.bill("the mix", m, few, n),
		r.bill("only pushes of 5 KB", only, few, n),
		r.bill(fmt.Sprintf("the same, %v a batch", many), only, many, n),
	}, r.month(), r.assumed, []string{
		"free tiers and discounts", "SMS", "data sent out", "what the SNS sender writes to keep its pace", "asking for orders that changed", "the console",
	}}
}

// billCommand prints what AWS bills for a number of pushes. It asks nobody.
func billCommand(_ context.Context, e *env, args []string) int {
	fs := e.flags("bill")
	pushes := fs.Int("pushes", 1_000_000, "how many")
	shares := fs.String("mix", defaultMix, "how many of a hundred are of each kind")
	rest, code, ok := parse(fs, args)
	if !ok {
		return code
	}
	if len(rest) > 0 || *pushes < 1 {
		return e.usage("bill")
	}
	m, err := parseMix(*shares)
	if err != nil {
		e.say("local: %v", err)
		return exitUsage
	}
	r, err := readRates(unitsText, pricesText, assumptionsText)
	if err != nil {
		return e.fail(err)
	}
	v := r.view(m, *pushes)
	for _, b := range v.Bills {
		e.say("local: %s: $%.2f", b.Of, b.Total)
	}
	if err := e.print(v, indented()); err != nil {
		return e.fail(err)
	}
	return exitOK
}
