package notice

import (
	"slices"
	"time"

	"github.com/shiptide/shiptide/shared/shipment"
)

// What stands in for a status in the rules of what no event says: flags, and
// differences between two states of one parcel.
const (
	flagStatus   shipment.Status = "FLAG"
	changeStatus shipment.Status = "CHANGE"
)

var (
	lost          = shipment.Code{Status: shipment.Exception, SubStatus: shipment.Lost}
	investigation = shipment.Code{Status: shipment.Exception, SubStatus: shipment.Investigation}

	foundAgain = shipment.Code{Status: changeStatus, SubStatus: "FOUND_AGAIN"}
	withdrawn  = shipment.Code{Status: changeStatus, SubStatus: "DELIVERY_WITHDRAWN"}
	renumbered = shipment.Code{Status: changeStatus, SubStatus: "NUMBER_CHANGED"}
	backOnTime = shipment.Code{Status: changeStatus, SubStatus: "BACK_ON_TIME"}
	eddMoved   = shipment.Code{Status: flagStatus, SubStatus: shipment.SubStatus(shipment.EDDMoved)}
)

// derived tells whether a code stands for a flag or a change.
func derived(c shipment.Code) bool { return c.Status == flagStatus || c.Status == changeStatus }

// change takes back what was told: after it, that may be told once more. The
// news told after it carries its date, to who was told what it takes back: to
// others it is the first of its kind, however late the change is heard of.
type change struct {
	code  shipment.Code
	at    time.Time // the same whenever it is looked at
	known time.Time // by the newest word of it
	date  string
	event *shipment.Folded // the scan that found the parcel
}

// collectChanges finds where the parcel turned out to be other than was said.
func (d *decision) collectChanges() {
	d.changes = append(d.withdrawals(), d.finds()...)
	slices.SortStableFunc(d.changes, func(a, b change) int { return a.at.Compare(b.at) })
	for i := range d.candidates {
		c := &d.candidates[i]
		for _, ch := range d.changes {
			if ch.takesBack(c.Kind, c.Code.SubStatus) && !c.At.Before(ch.at) && d.toldWhat(ch) {
				c.Date = ch.date
			}
		}
	}
	for _, ch := range d.changes {
		if d.toldWhat(ch) {
			d.add(Candidate{Code: ch.code, At: ch.at, Date: ch.date, Event: ch.event, known: ch.known})
		}
	}
	if d.Thread.Instead != "" {
		d.add(Candidate{Code: renumbered, At: d.Thread.MovedAt, Date: d.Thread.MovedAt.UTC().Format(time.RFC3339)})
	}
	if p := d.sh.Estimate; p.First != "" && p.Worst > p.First && p.To <= p.First && d.toldKind(Delayed) {
		d.add(Candidate{Code: backOnTime, At: p.AsOf, Date: p.To})
	}
}

// withdrawals are where a delivery was taken back and none stood beside it. A
// delivery of several events is taken back with the last of them.
func (d *decision) withdrawals() (out []change) {
	var gone []*shipment.Folded
	for i := range d.sh.Events {
		if f := &d.sh.Events[i]; !f.WithdrawnAt.IsZero() && f.Status == shipment.Delivered && !d.deliveredBy(f.WithdrawnAt) {
			gone = append(gone, f)
		}
	}
	slices.SortStableFunc(gone, func(a, b *shipment.Folded) int { return a.WithdrawnAt.Compare(b.WithdrawnAt) })
	for _, f := range gone {
		if n := len(out); n > 0 && f.SortTime().Before(out[n-1].at) {
			out = out[:n-1]
		}
		out = append(out, change{code: withdrawn, at: f.WithdrawnAt, known: f.UnlistedAt, date: f.WithdrawnAt.Format(time.DateOnly)})
	}
	return out
}

// finds are the scans that found a parcel which was searched, lost, or given up
// because nobody had scanned it for so long.
func (d *decision) finds() (out []change) {
	missing := false
	var last time.Time
	for i := range d.sh.Events {
		f := &d.sh.Events[i]
		if f.Effect == (shipment.Code{}) {
			continue
		}
		missing = missing || d.givenUp(last, f.SortTime())
		switch {
		case f.Effect == lost || f.Effect == investigation:
			missing = true
		case missing && f.Physical():
			missing = false
			out = append(out, change{code: foundAgain, at: f.SortTime(), date: f.LocalDate(), event: f})
		}
		last = f.SortTime()
	}
	return out
}

// givenUp tells whether the recipient was told that the parcel is likely lost
// for the silence between two events.
func (d *decision) givenUp(from, to time.Time) bool {
	return slices.ContainsFunc(d.Thread.Told, func(t Told) bool {
		return t.Kind == LikelyLost && t.EventAt.After(from) && !t.EventAt.After(to)
	})
}

// deliveredBy tells whether another delivery stood when one was taken back.
func (d *decision) deliveredBy(t time.Time) bool {
	return slices.ContainsFunc(d.sh.Events, func(f shipment.Folded) bool {
		return f.Effect.Status == shipment.Delivered && !f.SortTime().After(t)
	})
}

// takesBack tells whether a change undoes what a kind said.
func (ch change) takesBack(k Kind, sub shipment.SubStatus) bool {
	if ch.code == withdrawn {
		return k == Delivered
	}
	switch k {
	case Problem:
		return sub == shipment.Lost || sub == shipment.Investigation
	case Lost, LikelyLost:
		return true
	}
	return false
}

// toldWhat tells whether the recipient knows what a change takes back. The
// seller hears of every delivery that was taken back.
func (d *decision) toldWhat(ch change) bool {
	if ch.code == withdrawn && d.Thread.Audience == Seller {
		return true
	}
	return slices.ContainsFunc(d.Thread.Told, func(t Told) bool {
		return ch.takesBack(t.Kind, t.SubStatus) && !t.EventAt.After(ch.at)
	})
}

func (d *decision) toldKind(k Kind) bool {
	return slices.ContainsFunc(d.Thread.Told, func(t Told) bool { return t.Kind == k })
}

// add makes a candidate of what is more than an event.
func (d *decision) add(c Candidate) {
	if c.Rule = Rules()[c.Code]; c.Rule == nil {
		return
	}
	if c.Kind = c.Rule.Kind(d.Thread.Audience); c.Kind != None {
		d.candidates = append(d.candidates, c)
	}
}

// collectFlags makes candidates of the flags that are up.
func (d *decision) collectFlags() {
	up, _ := shipment.Evaluate(d.sh, d.Now, shipment.Defaults())
	for _, r := range up {
		code := shipment.Code{Status: flagStatus, SubStatus: shipment.SubStatus(r.Flag)}
		if r.Flag == shipment.NumberReuseSuspect && d.sh.OrderedAt.IsZero() {
			continue // Whose parcel it is, nobody knows.
		}
		date := ""
		if rule := Rules()[code]; rule != nil && rule.Occurrence == PerDate {
			date = d.dateOf(r.Since)
		}
		if r.Flag == shipment.LikelyLost {
			for _, ch := range d.changes {
				if ch.takesBack(LikelyLost, "") && !r.Since.Before(ch.at) && d.toldWhat(ch) {
					date = ch.date
				}
			}
		}
		d.add(Candidate{Code: code, At: r.Since, Date: date})
	}
}

// deadFlag: lateness is not worth a word on the day on which the parcel is on
// the vehicle, and none at all once somebody was at the door. Nor is it that the
// promised day holds after all.
func (d *decision) deadFlag(c *Candidate) bool {
	if c.Code != backOnTime && (c.Code.Status != flagStatus || c.Kind != Delayed) {
		return false
	}
	for i := range d.sh.Events {
		f := &d.sh.Events[i]
		rule := Rules()[f.Effect]
		switch {
		case rule == nil:
		case rule.CustomerKind == AttemptFailed, rule.CustomerKind == ReadyForPickup, rule.CustomerKind == Delivered:
			c.set(Superseded, "somebody was at the door")
			return true
		case rule.CustomerKind == OutForDelivery && f.LocalDate() == d.dateOf(d.Now):
			c.set(NotTrue, "it is on the vehicle today")
			c.Again = d.dayAfter(d.dateOf(d.Now))
			return true
		}
	}
	if c.Code == backOnTime && (d.sh.Final() || d.sh.Status == shipment.Return || c.Date < d.dateOf(d.Now)) {
		c.set(NotTrue, "nothing is expected, or that day has passed")
		return true
	}
	return false
}

// overtaken tells whether what found the parcel, or what came since, says more
// than that it was found, and is no repetition of what was told before.
func (d *decision) overtaken(c *Candidate) bool {
	if c.Code != foundAgain {
		return false
	}
	for i := range d.sh.Events {
		f := &d.sh.Events[i]
		rule := Rules()[f.Effect]
		if rule == nil || rule.CustomerKind.step() < 3 || f.SortTime().Before(c.At) {
			continue
		}
		before := func(t Told) bool {
			return t.Kind == rule.CustomerKind && t.EventAt.Before(c.At) && (rule.Occurrence == Once || t.Date == f.LocalDate())
		}
		if !slices.ContainsFunc(d.Thread.Told, before) {
			c.set(Superseded, "the parcel is past that")
			return true
		}
	}
	return false
}

// repeats tells whether a word on the promised day is none that the recipient
// does not have. A source says its promise with every push: it does not hide
// other news.
func (d *decision) repeats(c *Candidate) bool {
	switch c.Code {
	case eddMoved:
		d.judgeDate(c)
	case backOnTime:
		for _, t := range slices.Backward(d.Thread.Told) {
			if t.Kind == Delayed {
				break
			}
			if t.Kind == BackOnTime {
				c.set(AlreadyTold, "and no delay since")
				break
			}
		}
	}
	return c.Verdict != ""
}
