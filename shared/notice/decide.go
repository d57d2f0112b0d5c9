package notice

import (
	"slices"
	"time"

	"github.com/shiptide/shiptide/shared/shipment"
)

// Context is what a decision looks at beside the shipment.
type Context struct {
	Thread *Thread
	// OtherLive tells that the order has another parcel under way: a label that
	// was made again is no cancellation.
	OtherLive bool
	// OrderWarns tells that the order's own deadlines say when the parcel is to be
	// scanned.
	OrderWarns bool
	Now        time.Time
}

// Verdict is what became of a candidate.
type Verdict string

// The verdicts.
const (
	Due         Verdict = "due"
	AlreadyTold Verdict = "told"
	Superseded  Verdict = "superseded"
	NotTrue     Verdict = "no longer true"
	TooOld      Verdict = "too old"
	Suppressed  Verdict = "suppressed"
)

// Candidate is something that could be told, and why it is or is not.
type Candidate struct {
	Kind      Kind
	Code      shipment.Code
	SubStatus shipment.SubStatus // where it is part of what makes the notice
	Date      string             // what makes it this occurrence, "" for once
	At        time.Time          // of the event
	Event     *shipment.Folded   // nil where an answer gave the state
	Rule      *Rule
	Verdict   Verdict
	Reason    string
	// Again is when to look again though nothing may have happened: what is held
	// back for a day may be due then. Zero: only when something happens.
	Again time.Time

	known time.Time // of a change: by its newest word
}

// Decide returns all that could be told to the thread's recipient, newest
// first, each with its verdict. At most one is due.
func Decide(sh *shipment.Shipment, c Context) []Candidate {
	d := decision{sh: sh, Context: c}
	d.collect()
	var speaks *Candidate
	for i := range d.candidates {
		cand := &d.candidates[i]
		if d.dead(cand) || d.untrue(cand) || d.stale(cand) || d.repeats(cand) {
			continue
		}
		if speaks == nil || goesBefore(&d, cand, speaks) {
			if speaks != nil {
				speaks.set(Superseded, "what must be known first goes before it")
			}
			speaks = cand
			continue
		}
		cand.set(Superseded, "something newer speaks")
	}
	if speaks != nil {
		d.judge(speaks)
	}
	return d.candidates
}

// Next returns what is due now, nil if nothing is.
func Next(sh *shipment.Shipment, c Context) *Candidate {
	candidates := Decide(sh, c)
	if i := slices.IndexFunc(candidates, func(c Candidate) bool { return c.Verdict == Due }); i >= 0 {
		return &candidates[i]
	}
	return nil
}

func (c *Candidate) set(v Verdict, reason string) { c.Verdict, c.Reason = v, reason }

type decision struct {
	Context
	sh         *shipment.Shipment
	candidates []Candidate // newest first
	changes    []change
	highest    int // step of the highest kind in the history
	lastStep3  int // index in sh.Events of the newest event of step 3 or more
}

// collect makes a candidate of every event that moved the state and has
// something to say, and of the answer that gives the state.
func (d *decision) collect() {
	rules := Rules()
	d.lastStep3 = -1
	moved := false
	for i := range d.sh.Events {
		f := &d.sh.Events[i]
		if f.Effect == (shipment.Code{}) {
			continue
		}
		moved = true
		rule := rules[f.Effect]
		if rule == nil {
			continue
		}
		// Steps are those of the customer: the seller's kinds stand beside them.
		step := rule.CustomerKind.step()
		d.highest = max(d.highest, step)
		if step >= 3 {
			d.lastStep3 = i
		}
		if kind := rule.Kind(d.Thread.Audience); kind != None {
			d.candidates = append(d.candidates, Candidate{Kind: kind, Code: f.Effect, At: f.SortTime(), Event: f, Rule: rule})
		}
	}
	if rule := rules[d.sh.Code]; !moved && rule != nil && !d.sh.StatusAt.IsZero() {
		if kind := rule.Kind(d.Thread.Audience); kind != None {
			d.candidates = append(d.candidates, Candidate{Kind: kind, Code: d.sh.Code, At: d.sh.StatusAt, Rule: rule})
		}
	}
	d.collectChanges()
	d.collectFlags()
	// Oldest first so far; of one instant the change of a state stands after the
	// event that makes it.
	slices.SortStableFunc(d.candidates, func(a, b Candidate) int { return a.At.Compare(b.At) })
	slices.Reverse(d.candidates)
	for i := range d.candidates {
		if c := &d.candidates[i]; c.Kind.perSubStatus() {
			c.SubStatus = c.Code.SubStatus
		}
	}
}

// dead: a later step of the parcel's life has begun, whatever came last.
func (d *decision) dead(c *Candidate) bool {
	step := c.Kind.step()
	if step > 0 && step < d.highest {
		c.set(Superseded, "the parcel is past that")
		return true
	}
	if c.Kind == Delayed && d.lastStep3 >= 0 && c.Event != nil && d.follows(d.lastStep3, c.Event) {
		c.set(Superseded, "the parcel came to the door after that delay")
		return true
	}
	if c.Code == renumbered && d.sh.Final() {
		c.set(Superseded, "nothing is expected of the parcel any more")
		return true
	}
	return d.deadFlag(c) || d.overtaken(c)
}

// follows tells whether event i stands after f.
func (d *decision) follows(i int, f *shipment.Folded) bool {
	for j := i; j >= 0; j-- {
		if &d.sh.Events[j] == f {
			return j < i
		}
	}
	return false
}

func (d *decision) untrue(c *Candidate) bool {
	if c.Code.SubStatus == shipment.DeliveryRescheduled && d.sh.Estimate.First != "" && d.laterDate() == "" {
		c.set(NotTrue, "the new date is not later than the first")
		return true
	}
	switch c.Rule.ValidFor {
	case WhileState:
		if !derived(c.Code) && d.sh.Code != c.Code {
			c.set(NotTrue, "the state is "+d.sh.Code.String())
			return true
		}
	case SameDay:
		if c.Event != nil && d.Now.Add(c.Event.Offset()).UTC().Format(time.DateOnly) != c.Event.LocalDate() {
			c.set(NotTrue, "that day is over")
			return true
		}
	case For72h:
		return d.past(c, 72*time.Hour)
	case For168h:
		return d.past(c, 168*time.Hour)
	}
	return false
}

func (d *decision) past(c *Candidate, validity time.Duration) bool {
	if d.Now.Sub(c.At) < validity || d.Now.Sub(c.known) < validity {
		return false
	}
	c.set(NotTrue, "older than "+string(c.Rule.ValidFor))
	return true
}

// stale: history from before the recipient asked is not told, except how it
// ended, to somebody who was told something.
func (d *decision) stale(c *Candidate) bool {
	if !c.At.Before(d.Thread.Since.Add(-24*time.Hour)) || c.Code.Final() && len(d.Thread.Told) > 0 {
		return false
	}
	c.set(TooOld, "from before the recipient asked")
	return true
}

// goesBefore tells whether c, which is older than speaks, is told instead, once:
// what the recipient must act on goes before a new date, a correction before what
// is true now, and under which number it is to be found before all of it.
func goesBefore(d *decision, c, speaks *Candidate) bool {
	if c.Code == renumbered {
		return !d.told(c)
	}
	if c.Code == withdrawn {
		return speaks.Code != withdrawn && !d.told(c)
	}
	return speaks.Rule.Occurrence == PerETA && c.Rule.Occurrence != PerETA &&
		string(c.Rule.WhoActs) == string(d.Thread.Audience) && !d.told(c)
}

// judge decides on the one candidate that speaks.
func (d *decision) judge(c *Candidate) {
	switch {
	case c.Code == eddMoved, c.Code == backOnTime: // See repeats.
	case c.Rule.Occurrence == PerETA:
		d.judgeDate(c)
	case d.told(c):
		c.set(AlreadyTold, "")
	}
	switch {
	case c.Verdict != "":
	case d.Thread.Ended != "":
		c.set(Suppressed, "the thread ended: "+d.Thread.Ended)
	case d.sh.RegisteredAt.IsZero():
		c.set(Suppressed, "nobody registered the number")
	case c.Kind == NoFirstScan && d.OrderWarns:
		c.set(Suppressed, "the deadlines of the order speak of that")
	case c.Kind == Cancelled && d.OtherLive:
		c.set(Suppressed, "the order has another parcel under way")
	case d.flaps(c):
		c.set(Suppressed, "told twice today")
		c.Again = d.dayAfter(d.dateOf(d.Now))
	default:
		c.set(Due, "")
	}
}

// flaps: a parcel that goes to and fro is told of at most twice a day. A kind
// that is new to the recipient, and how it ended, always goes. Days are those
// of the calendar where the parcel is: the second attempt of a delivery may be
// less than 24 hours after the first.
func (d *decision) flaps(c *Candidate) bool {
	if c.Code.Final() {
		return false
	}
	again, today := false, 0
	for _, t := range d.Thread.Told {
		again = again || t.Kind == c.Kind
		if !t.Final && d.dateOf(t.At) == d.dateOf(d.Now) {
			today++
		}
	}
	return again && today >= 2
}

// told tells whether the recipient knows this occurrence, and sets its Date.
func (d *decision) told(c *Candidate) bool {
	dates := []string{c.Date}
	if c.Rule.Occurrence == PerDate && c.Event != nil && !derived(c.Code) {
		c.Date = c.Event.LocalDate()
		dates = []string{c.Date}
		if !eachDateCounts(c.Code) {
			dates = d.datesOfRun(c)
		}
	}
	return slices.ContainsFunc(d.Thread.Told, func(t Told) bool {
		switch {
		case t.Kind != c.Kind || t.SubStatus != c.SubStatus:
			return false
		case slices.Contains(dates, t.Date):
			return true
		case c.Rule.Occurrence != PerDate || c.Event == nil:
			return false
		}
		// Where the clock stood is a guess: it opens no new date within a day.
		return c.Event.Zone == shipment.Assumed && c.At.Sub(t.EventAt).Abs() < 24*time.Hour
	})
}

// eachDateCounts: these happen once a day and are news each time. The others go
// on for days, and are news once in one run of a status.
func eachDateCounts(c shipment.Code) bool {
	return c.Status == shipment.FailedAttempt || c.Status == shipment.OutForDelivery || c.SubStatus == shipment.PickupFailed
}

// datesOfRun returns the local dates of all events of the candidate's notice in
// the unbroken run of its status.
func (d *decision) datesOfRun(c *Candidate) []string {
	at := 0
	for &d.sh.Events[at] != c.Event {
		at++
	}
	var dates []string
	for _, direction := range []int{-1, 1} {
		for i := at; i >= 0 && i < len(d.sh.Events); i += direction {
			f := &d.sh.Events[i]
			if f.Effect == (shipment.Code{}) {
				continue
			}
			if f.Effect.Status != c.Code.Status {
				break
			}
			if r := Rules()[f.Effect]; r != nil && r.Kind(d.Thread.Audience) == c.Kind && (c.SubStatus == "" || f.Effect.SubStatus == c.SubStatus) {
				dates = append(dates, f.LocalDate())
			}
		}
	}
	return dates
}

// judgeDate: a delay is told with its new date, and again only when the date
// moved by more than a day or the last one told has passed: a date that creeps
// by a day each night is one message. Earlier is never a delay.
func (d *decision) judgeDate(c *Candidate) {
	c.Date = d.laterDate()
	toldAny, lastDate := false, ""
	for _, t := range d.Thread.Told {
		switch t.Kind {
		case c.Kind:
			toldAny = true
			lastDate = max(lastDate, t.Date)
		case BackOnTime: // Takes the delay back.
			toldAny, lastDate = false, t.Date
		}
	}
	switch {
	case c.Date == "" && toldAny:
		c.set(AlreadyTold, "and no new date since")
	case c.Date == "" || lastDate == "":
	case c.Date <= lastDate:
		c.set(AlreadyTold, "with this date or a later one")
	case lastDate >= d.dateOf(d.Now) && c.Date < addDays(lastDate, 2):
		c.set(Suppressed, "the date moved by a day, and the last one told has not passed")
		c.Again = d.dayAfter(lastDate)
	}
}

// laterDate is the promised day, if it is later than the one first promised.
func (d *decision) laterDate() string {
	if p := d.sh.Estimate; p.First != "" && p.To > p.First {
		return p.To
	}
	return ""
}

// dateOf is the date of an instant at the place of the newest event.
func (d *decision) dateOf(t time.Time) string {
	return t.Add(d.offset()).UTC().Format(time.DateOnly)
}

// dayAfter is when a date is over at that place.
func (d *decision) dayAfter(date string) time.Time {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return time.Time{}
	}
	return t.AddDate(0, 0, 1).Add(-d.offset())
}

func (d *decision) offset() time.Duration {
	if n := len(d.sh.Events); n > 0 {
		return d.sh.Events[n-1].Offset()
	}
	return 0
}

func addDays(date string, days int) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return t.AddDate(0, 0, days).Format(time.DateOnly)
}
