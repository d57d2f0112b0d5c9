// Package ingest turns kept pushes into shipments.
//
// It decodes a batch, groups what it says by tracking number and makes one
// write a number. Everything may be done twice: facts that are there already
// change nothing. What cannot be done is noted on the push's own row (parked)
// and driven again later, so that one bad push never holds up the others.
package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/shiptide/shiptide/shared/metric"
	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/store"
)

const (
	// parallel is how many numbers are written side by side.
	parallel = 16
	// tries is how often a number is tried before its push is parked.
	tries = 3
	// maxUnregistered is how many numbers that nobody registered one source may
	// bring in a day: whoever has a key shall not fill the table with it.
	maxUnregistered = 10_000
	// maxCauses is how many rows the trail names for one change.
	maxCauses = 4
)

// Ingester is the use case. All fields but Metrics are needed.
type Ingester struct {
	Sources   []source.Source
	Inbox     store.Inbox
	Shipments store.Shipments
	Orders    store.Orders
	Shops     store.Shops
	Counters  store.Counters
	Now       func() time.Time
	Log       *slog.Logger
	Metrics   *metric.Recorder // nil: nothing is counted
}

// job is what becomes of one push.
type job struct {
	push      *store.Push // nil: the facts are those of an answer
	cause     string      // where the facts come from, for the trail
	origin    shipment.Origin
	updates   []shipment.Update
	orders    []order.Change
	shop      *order.ShopChange
	malformed []string // what could not be understood, in our words
	failed    []failure
}

// failure is a number, or an order, that could not be written.
type failure struct {
	number string
	err    error
}

// group is what a batch says of one number, in the order of the batch.
type group struct {
	number string
	parts  []part
}

type part struct {
	job    *job
	update *shipment.Update
}

// Ingest does what a batch of pushes says. It returns an error for each push
// that could be neither done nor parked, nil for the others, in their order;
// such a push must be brought again.
func (in *Ingester) Ingest(ctx context.Context, pushes []store.Push) []error {
	jobs := make([]job, len(pushes))
	for i := range pushes {
		jobs[i].push, jobs[i].cause = &pushes[i], pushes[i].Key()
		in.decode(&jobs[i])
	}
	in.write(ctx, groups(jobs))
	in.mark(ctx, jobs)
	errs := make([]error, len(jobs))
	for i := range jobs {
		errs[i] = in.settle(ctx, &jobs[i])
	}
	return errs
}

// decode reads a push. What it cannot read becomes a word in malformed; so does
// a fault of the decoder, which must not take the other pushes along, nor end
// the process each time it starts.
func (in *Ingester) decode(j *job) {
	defer func() {
		if fault := recover(); fault != nil {
			in.Log.Error("decoder fault", "source", j.push.Source, "event_id", j.push.Hash, "err", faultOf(fault))
			j.updates, j.orders, j.shop, j.malformed = nil, nil, nil, []string{"fault of the decoder"}
		}
	}()
	at := slices.IndexFunc(in.Sources, func(s source.Source) bool { return s.Name == j.push.Source && s.Receiver != nil })
	if at < 0 {
		j.malformed = []string{"no source of this name"}
		return
	}
	s := &in.Sources[at]
	j.origin = shipment.Origin{Source: s.Name, Kind: s.Kind}
	report, err := s.Decode(j.push.Body)
	if err != nil {
		j.malformed = []string{err.Error()}
		return
	}
	for _, m := range report.Malformed {
		j.malformed = append(j.malformed, m.Path+": "+m.Reason)
	}
	j.updates, j.orders, j.shop = report.Shipments, report.Orders, report.Shop
	if report.Ignored {
		in.Metrics.Count(metric.Series{Name: metric.Ignored, Kind: s.Name + "/" + report.Topic}, 1)
	}
	if n := unknown(report.Shipments); n > 0 {
		in.Metrics.Count(metric.Series{Name: metric.UnknownCodes, Source: s.Name}, n)
	}
}

// unknown counts the events whose code nobody has mapped.
func unknown(updates []shipment.Update) (n int) {
	for i := range updates {
		for k := range updates[i].Events {
			if updates[i].Events[k].Code == (shipment.Code{Status: shipment.Unknown, SubStatus: shipment.Unmapped}) {
				n++
			}
		}
	}
	return n
}

// groups sorts what a batch says by number.
func groups(jobs []job) []*group {
	byNumber := map[string]*group{}
	var out []*group
	for i := range jobs {
		j := &jobs[i]
		for k := range j.updates {
			u := &j.updates[k]
			number := shipment.CleanNumber(u.Number)
			if number == "" {
				j.malformed = append(j.malformed, fmt.Sprintf("shipment %d: no tracking number", k))
				continue
			}
			g := byNumber[number]
			if g == nil {
				g = &group{number: number}
				byNumber[number] = g
				out = append(out, g)
			}
			g.parts = append(g.parts, part{j, u})
		}
	}
	return out
}

// write makes one write for each number, several side by side.
func (in *Ingester) write(ctx context.Context, all []*group) {
	var wg sync.WaitGroup
	var mu sync.Mutex // guards the jobs: numbers of one push may fail together
	next := make(chan *group)
	for range min(parallel, len(all)) {
		wg.Go(func() {
			for g := range next {
				if err := in.writeNumber(ctx, g); err != nil {
					mu.Lock()
					g.fail(err)
					mu.Unlock()
				}
			}
		})
	}
	for _, g := range all {
		next <- g
	}
	close(next)
	wg.Wait()
}

func (g *group) fail(err error) {
	for _, p := range g.parts {
		known := func(f failure) bool { return f.number == g.number }
		if !slices.ContainsFunc(p.job.failed, known) {
			p.job.failed = append(p.job.failed, failure{g.number, err})
		}
	}
}

func (in *Ingester) writeNumber(ctx context.Context, g *group) error {
	return in.attempt(func() error { return in.update(ctx, g) })
}

// attempt does what may fail a few times.
func (in *Ingester) attempt(do func() error) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("fault: %s", faultOf(fault))
		}
	}()
	for range tries {
		if err = do(); err == nil || never(err) {
			return err
		}
	}
	return err
}

// faultOf names a fault without what it was about: that may be anything.
func faultOf(fault any) string {
	if err, ok := fault.(runtime.Error); ok {
		return fmt.Sprintf("%T", err)
	}
	return "panic"
}

// never tells whether trying again at once is of no use.
func never(err error) bool {
	return errors.Is(err, store.ErrTooLarge) || errors.Is(err, store.ErrLimit) || errors.Is(err, store.ErrBadKey)
}

// errFirst stops an update of a number that has no row yet and is not admitted.
var errFirst = errors.New("number not known yet")

func (in *Ingester) update(ctx context.Context, g *group) error {
	admitted := false
	add := func(set *shipment.Set) error {
		if set.Empty() && !admitted {
			return errFirst
		}
		for _, p := range g.parts {
			set.Add(p.job.origin, p.update)
		}
		set.Add(ourselves, partners(set))
		return nil
	}
	rec, err := in.Shipments.Update(ctx, g.number, g.cause(), add)
	switch {
	case errors.Is(err, errFirst) && !slices.ContainsFunc(g.parts, part.says):
		return nil // It says nothing of the number: there is nothing to write.
	case errors.Is(err, errFirst):
		if err := in.admit(ctx, g); err != nil {
			return err
		}
		admitted = true
		rec, err = in.Shipments.Update(ctx, g.number, g.cause(), add)
	}
	if err != nil {
		return err
	}
	if err := in.join(ctx, &rec, g.cause()); err != nil || g.parts[0].job.origin.Kind == shipment.Marketplace {
		return err // Who adds what a marketplace answers looks at its order anyway.
	}
	return in.prompt(ctx, &rec)
}

// admit lets a number in. It is put on the list of the day before its first row is
// written; one that nobody registers with it is counted.
func (in *Ingester) admit(ctx context.Context, g *group) error {
	if !slices.ContainsFunc(g.parts, part.registers) {
		if err := in.Counters.Take(ctx, "unregistered#"+g.parts[0].job.origin.Source, maxUnregistered); err != nil {
			return fmt.Errorf("new numbers of this source today: %w", err)
		}
	}
	return in.Shipments.NoteDay(ctx, in.Now().UTC().Format(time.DateOnly), g.number)
}

// says tells whether an update holds any fact.
func (p part) says() bool {
	u := p.update
	return len(u.Events)+len(u.Estimates)+len(u.Links)+len(u.Answers) > 0 || u.Carrier != ""
}

// registers tells whether an update says that the number is followed.
func (p part) registers() bool {
	return slices.ContainsFunc(p.update.Links, func(l shipment.Link) bool { return l.Registers() })
}

// cause names the rows that a write comes from.
func (g *group) cause() string {
	var keys []string
	for _, p := range g.parts {
		if key := p.job.cause; !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	if len(keys) > maxCauses {
		keys = append(keys[:maxCauses], "…")
	}
	return strings.Join(keys, ",")
}
