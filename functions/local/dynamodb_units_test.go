package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/sender"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

// taker is a sender that takes everything and counts it: what sending costs is
// not of the store.
type taker map[contact.Channel]int

func (t taker) Send(_ context.Context, to contact.Contact, _ sender.Message) (string, error) {
	t[to.Channel]++
	return "id", nil
}

// cost is what a step took, by table.
type cost map[string]awstest.Units

func (c cost) read() (n float64) {
	for _, u := range c {
		n += u.Read
	}
	return n
}

func (c cost) calls() (n int) {
	for _, u := range c {
		n += u.Calls
	}
	return n
}

// metered is a stage on which it is measured what the calls of each table take.
type metered struct {
	*stage
	meters map[string]*awstest.Meter
	taken  taker
}

func newMetered(t *testing.T) *metered {
	t.Helper()
	cfg := awstest.Config(t)
	m := &metered{meters: map[string]*awstest.Meter{}, taken: taker{}}
	m.stage = newVoicedStageOn(t, func(t testing.TB, now func() time.Time) ground {
		names := makeTables(t)
		g := groundOf(t, dynamodb.NewFromConfig(cfg), cfg, names, now)
		for table, place := range g.tables.byName() {
			m.meters[table] = &awstest.Meter{}
			*place = dynamostore.New(dynamodb.NewFromConfig(m.meters[table].In(cfg)), names[table], now)
		}
		return g
	})
	m.notifier.Sender = m.taken
	m.take()
	return m
}

func (m *metered) take() cost {
	c := cost{}
	for table, meter := range m.meters {
		c[table] = meter.Take()
	}
	return c
}

// costs is what it takes to receive a push, to fold it, and to tell those who
// hear of it.
func (m *metered) costs(v voice) cost {
	m.t.Helper()
	clear(m.taken)
	m.say(v)
	return m.take()
}

// compact is a push without the blanks of our samples, as senders send it.
func compact(t *testing.T, v voice) voice {
	t.Helper()
	body := jsontext.Value(slices.Clone(v.body))
	if err := body.Compact(); err != nil {
		t.Fatal(err)
	}
	out := heard(t, v.from.Source, body)
	out.name = v.name
	return out
}

// longer tells of n further scans before the others, one an hour.
func longer(n int) func(history) {
	return func(h history) {
		scans := h.scans()
		oldest := scans[len(scans)-1]
		for i := range n {
			scan := maps.Clone(oldest)
			day, hour := 1+i/24, i%24
			scan["time_raw"] = map[string]any{"date": fmt.Sprintf("2026-11-%02d", day), "time": fmt.Sprintf("%02d:15:00", hour), "timezone": nil}
			scan["description"] = fmt.Sprintf("Processed at facility %d", i)
			scan["sub_status"], scan["stage"] = "InTransit_Other", nil
			scans = append(scans, scan)
		}
		h.setScans(scans)
	}
}

// measure adds a push to a row.
func (m *metered) measure(r *unitsRow, v voice) cost {
	m.t.Helper()
	c := m.costs(v)
	r.bytes += len(v.body)
	r.add(rowOf(c, m.taken), 1)
	return c
}

func rowOf(c cost, sent taker) *unitsRow {
	return &unitsRow{
		inbox:     c["inbox"].Write + c["inbox"].Index,
		shipments: c["shipments"].Write,
		index:     c["shipments"].Index,
		ledger:    c["ledger"].Write + c["ledger"].Index,
		read:      c.read(), calls: float64(c.calls()), pump: c["inbox"].Read,
		mails: float64(sent[contact.Email]), sms: float64(sent[contact.SMS]), topics: float64(sent[contact.Topic]),
	}
}

// TestUnits measures what DynamoDB bills for, holds it against the budget, and
// against units.tsv and the table in the README (-update writes both).
func TestUnits(t *testing.T) {
	rows := []unitsRow{
		lifeUnits(t, "life-scans", "a push of one scan (UPS), mean of a life of 12", "ups"),
		lifeUnits(t, "life-histories", "a push of the whole history (17TRACK), mean of a life of 12", "17track"),
	}
	for _, r := range rows {
		if r.inbox > 2 || r.shipments > 1.25 || r.index > 1.5 || r.shipments+r.index > 2.5 {
			t.Errorf("%s: %+v is over the budget", r.name, r)
		}
	}
	rows = append(rows, onePush(t)...)
	table := unitsFile(rows)
	checkFile(t, "units.tsv", table)
	rows, err := readUnits(table)
	if err != nil {
		t.Fatal(err)
	}
	checkReadme(t, "units", unitsTable(rows))
}

// lifeUnits is the mean of the pushes of the parcel's life. Between them the sweep
// looks at the shipment, as it does within the hour; that is another row.
func lifeUnits(t *testing.T, key, name, source string) unitsRow {
	t.Helper()
	m := newMetered(t)
	var sum unitsRow
	all := voices(t, source)
	for _, v := range all {
		m.measure(&sum, compact(t, v))
		m.look()
	}
	mean := unitsRow{key: key, name: name, bytes: sum.bytes / len(all)}
	mean.add(&sum, 1/float64(len(all)))
	return mean
}

// look lets an hour pass and has the sweep look at what is due.
func (m *metered) look() cost {
	m.t.Helper()
	m.clock = m.clock.Add(time.Hour)
	m.take()
	if err := m.notifier.RedriveShard(m.t.Context(), store.Shard(store.ShipmentKey(twoVoiced).Partition)); err != nil {
		m.t.Fatal(err)
	}
	return m.take()
}

// onePush measures single pushes of which the budget speaks.
func onePush(t *testing.T) []unitsRow {
	t.Helper()
	m := newMetered(t)
	var rows []unitsRow
	measure := func(key, name string, v voice) cost {
		r := unitsRow{key: key, name: name}
		c := m.measure(&r, v)
		rows = append(rows, r)
		return c
	}
	all := voices(t, "17track")
	for _, v := range all[:4] {
		m.costs(compact(t, v))
	}
	if c := measure("push", "a push of 5 KB", compact(t, all[4])); c["inbox"].Write > 2 || c["shipments"].Write > 1 {
		t.Errorf("5 KB: %+v", c)
	}
	again := measure("repeat", "the same once more", compact(t, all[4]))
	same := compact(t, all[4].retold(t, func(h history) { h.data()["tag"] = "another" }))
	none := measure("same", "another body with the same facts", same)
	for name, c := range map[string]cost{"a repeat": again, "nothing new": none} {
		if w := c["shipments"].Write + c["shipments"].Index + c["ledger"].Write; w > 0 {
			t.Errorf("%s writes %v units", name, w)
		}
	}
	for _, v := range all[5:11] {
		m.costs(compact(t, v))
	}
	m.look()
	measure("delivery", "a delivery, told to three recipients and the events topic", compact(t, all[11]))
	look := unitsRow{key: "look", name: "the sweep's look at one due shipment"}
	look.add(rowOf(m.look(), nil), 1)
	m = newMetered(t)
	long := compact(t, all[10].retold(t, longer(46)))
	if n := len(long.body); n < 24<<10 || n > 27<<10 {
		t.Fatalf("the long history has %d bytes, want about 25 KB", n)
	}
	measure("history", "a history of 25 KB, first heard of", long)
	return append(rows, look)
}

// unitsFile is units.tsv.
func unitsFile(rows []unitsRow) string {
	var b strings.Builder
	b.WriteString("key\twhat\tbytes\tinbox\tshipments\tindex\tledger\tread\tcalls\tpump\tmails\tsms\ttopics\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "%s\t%s\t%d", r.key, r.name, r.bytes)
		for _, n := range []float64{r.inbox, r.shipments, r.index, r.ledger, r.read, r.calls, r.pump, r.mails, r.sms, r.topics} {
			fmt.Fprintf(&b, "\t%.2f", n)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func unitsTable(rows []unitsRow) string {
	var b strings.Builder
	b.WriteString("| what | bytes | inbox | shipments | its due index | ledger | units read | calls |\n|---|---|---|---|---|---|---|---|\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %d | %.2f | %.2f | %.2f | %.2f | %.2f | %.1f |\n", r.name, r.bytes, r.inbox, r.shipments, r.index, r.ledger, r.read, r.calls)
	}
	return b.String()
}

// checkReadme compares a part of the README that a test makes, or writes it.
func checkReadme(t *testing.T, name, want string) {
	t.Helper()
	const file = "../../README.md"
	readme, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	part := regexp.MustCompile(`(?s)(<!-- ` + name + ` -->\n).*(<!-- /` + name + ` -->)`)
	if !part.Match(readme) {
		t.Fatalf("the README has no part %q", name)
	}
	literal := strings.ReplaceAll(want, "$", "$$")
	checkFile(t, file, string(part.ReplaceAll(readme, []byte("${1}"+literal+"${2}"))))
}

// checkFile compares a file that a test makes, or writes it.
func checkFile(t *testing.T, file, want string) {
	t.Helper()
	got, err := os.ReadFile(file)
	if err != nil && !*update {
		t.Fatal(err)
	}
	diff := cmp.Diff(string(got), want)
	if diff == "" {
		return
	}
	if !*update {
		t.Fatalf("%s says something else than the test finds (-update writes it, -file +test):\n%s", file, diff)
	}
	if err := os.WriteFile(file, []byte(want), 0o644); err != nil { //nolint:gosec // It is for everybody.
		t.Fatal(err)
	}
}

// TestUnitsOfCalls measures each call of the repositories.
func TestUnitsOfCalls(t *testing.T) {
	m := newMetered(t)
	ctx := context.Background()
	push := store.NewPush("ups", []byte("{}"))
	push.Body, push.VerifiedAt = []byte("{}"), m.clock
	thread := notice.Thread{Number: "N1", Recipient: "r", Audience: notice.Customer, Since: m.clock}
	row := store.ThreadRow{Thread: thread}
	register := func(s *shipment.Set) error {
		s.Add(shipment.Origin{Source: "operator", Kind: shipment.Operator}, &shipment.Update{
			AsOf: m.clock, Links: []shipment.Link{{Kind: shipment.OrderLink, Value: "local/1", At: m.clock, AsOf: m.clock}},
		})
		return nil
	}
	counters := store.Counters{Table: m.tables.ledger, Now: m.now}
	var rec store.Record
	tests := []struct {
		name               string
		do                 func() error
		calls              int
		read, write, index float64
	}{
		{"Inbox.Put", func() error { _, err := m.inbox.Put(ctx, &push, m.clock); return err }, 1, 0, 1, 0},
		{"Inbox.Put of a repeat", func() error { _, err := m.inbox.Put(ctx, &push, m.clock); return err }, 1, 0, 1, 0},
		{"Inbox.Get", func() (err error) { push, err = m.inbox.Get(ctx, push.Key()); return err }, 1, 1, 0, 0},
		{"Inbox.Park", func() error {
			return m.inbox.Park(ctx, &push, store.Parked{Reason: "malformed", Since: m.clock, Next: m.clock.Add(time.Minute)})
		}, 1, 0, 1, 1},
		{"Inbox.Due", func() error { _, _, err := m.inbox.Due(ctx, 0, m.clock, ""); return err }, 1, 0.5, 0, 0},
		{"Inbox.Settle", func() error { return m.inbox.Settle(ctx, &push) }, 1, 0, 1, 1},
		{"Shipments.Update of a new number", func() error { _, err := m.shipments.Update(ctx, "N1", "x", register); return err }, 2, 1, 1, 1},
		{"Shipments.Update with nothing new", func() error { _, err := m.shipments.Update(ctx, "N1", "x", register); return err }, 1, 1, 0, 0},
		{"Shipments.Get", func() (err error) { rec, err = m.shipments.Get(ctx, "N1"); return err }, 1, 1, 0, 0},
		{"Shipments.Rest", func() error { return m.shipments.Rest(ctx, &rec, m.clock.AddDate(0, 0, 3)) }, 1, 0, 1, 2},
		{"Shipments.Due", func() error { _, _, err := m.shipments.Due(ctx, 0, m.clock, ""); return err }, 1, 0.5, 0, 0},
		{"Shipments.NoteDay", func() error { return m.shipments.NoteDay(ctx, "2026-03-02", "N1") }, 1, 0, 1, 0},
		{"Shipments.Day", func() error { _, _, err := m.shipments.Day(ctx, "2026-03-02", "", 100); return err }, 1, 1, 0, 0},
		{"Threads.Open", func() error { return m.threads.Open(ctx, thread) }, 1, 0, 1, 0},
		{"Threads.Of", func() error { _, err := m.threads.Of(ctx, "N1"); return err }, 1, 1, 0, 0},
		{"Threads.Get", func() (err error) { row, err = m.threads.Get(ctx, "N1", "r"); return err }, 1, 1, 0, 0},
		{"Threads.Save of a lease", func() error {
			row.Lease, row.Due = notice.Lease{Owner: "me", Until: m.clock.Add(time.Minute)}, m.clock.Add(time.Minute)
			return m.threads.Save(ctx, &row)
		}, 1, 0, 1, 1},
		{"Threads.Save of what was told", func() error {
			row.Lease, row.Due = notice.Lease{}, time.Time{}
			return m.threads.Save(ctx, &row)
		}, 1, 0, 1, 1},
		// Asked whether there is a count, which costs a write, and made.
		{"Counters.Take, first of a day", func() error { return counters.Take(ctx, "x", 9) }, 2, 0, 2, 0},
		{"Counters.Take", func() error { return counters.Take(ctx, "x", 9) }, 1, 0, 1, 0},
	}
	for _, tt := range tests {
		m.take()
		if err := tt.do(); err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		var got awstest.Units
		for _, u := range m.take() {
			got.Calls, got.Read, got.Write, got.Index = got.Calls+u.Calls, got.Read+u.Read, got.Write+u.Write, got.Index+u.Index
		}
		if want := (awstest.Units{Calls: tt.calls, Read: tt.read, Write: tt.write, Index: tt.index}); got != want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, want)
		}
	}
}
