// Package metric counts what a function does and writes it as lines of
// CloudWatch's embedded metric format, from which CloudWatch makes metrics
// without being called.
//
// The format is described in the CloudWatch user guide, "Embedded metric format".
// Each set of dimensions is a metric that is paid for, so there are two: the
// source and the outcome. What else a line says can be searched for in the log.
package metric

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
)

// The metrics. Names are published: alarms and dashboards know them.
const (
	Pushes       = "Pushes"       // by source and outcome
	UnknownCodes = "UnknownCodes" // events whose code nobody mapped, by source
	Parked       = "Parked"       // pushes that could not be done, by source and outcome: malformed, or waiting
	Notices      = "Notices"      // by outcome; the line names the kind
	ParkedAge    = "ParkedAge"    // seconds since a push that waits was first parked, whenever it is parked again
	Ignored      = "Ignored"      // pushes of topics that tell us nothing; the line names source and topic
	SweepLag     = "SweepLag"     // seconds that a row was due when the sweep came
)

// Namespace is that of a stack's metrics.
func Namespace(stack string) string { return "Shiptide/" + stack }

// Outcomes.
const (
	Kept        = "kept"
	Refused     = "refused"     // not signed as it should be, or there is no key to tell
	Rejected    = "rejected"    // no delivery at all: method, size, no such source
	Unavailable = "unavailable" // our fault: the sender comes again
	Sent        = "sent"        // taken by the provider, which is not delivered
	Undelivered = "undelivered" // refused for good
	Postponed   = "postponed"   // must wait: pace, budget, confirmation
	Failed      = "failed"      // tried again
	Held        = "held"        // must wait for more than a day: a budget is used up
	Malformed   = "malformed"   // not to be understood: in quarantine
	Waiting     = "waiting"     // driven again
)

// Series names what is counted together.
type Series struct {
	Name    string
	Source  string // a dimension, unless empty
	Outcome string // a dimension, unless empty
	Kind    string // said on the line, no dimension
}

// Recorder adds up until it is flushed. A nil Recorder counts nothing. It is safe
// for many goroutines.
type Recorder struct {
	Namespace string
	Now       func() time.Time

	mu     sync.Mutex
	counts map[Series]int
	worst  map[Series]time.Duration
}

// Count adds n to a series; with 0 it has a line all the same.
func (r *Recorder) Count(s Series, n int) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.counts == nil {
		r.counts = map[Series]int{}
	}
	r.counts[s] += n
}

// Worst keeps the longest time that a series had.
func (r *Recorder) Worst(s Series, d time.Duration) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.worst == nil {
		r.worst = map[Series]time.Duration{}
	}
	r.worst[s] = max(r.worst[s], d)
}

// Flush writes a line for each series and begins anew.
func (r *Recorder) Flush(w io.Writer) error {
	r.mu.Lock()
	counts, worst := r.counts, r.worst
	r.counts, r.worst = nil, nil
	r.mu.Unlock()
	var out []byte
	add := func(s Series, unit string, value float64) error {
		line, err := r.line(s, unit, value)
		out = append(append(out, line...), '\n')
		return err
	}
	for _, s := range slices.SortedFunc(maps.Keys(counts), compare) {
		if err := add(s, "Count", float64(counts[s])); err != nil {
			return err
		}
	}
	for _, s := range slices.SortedFunc(maps.Keys(worst), compare) {
		if err := add(s, "Seconds", worst[s].Seconds()); err != nil {
			return err
		}
	}
	if len(out) == 0 {
		return nil
	}
	_, err := w.Write(out) // One write, so that no other line comes between.
	return err
}

func compare(a, b Series) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Outcome, b.Outcome), cmp.Compare(a.Kind, b.Kind))
}

// directive is the member "_aws" of a line.
type directive struct {
	Timestamp int64        `json:"Timestamp"` // milliseconds
	Metrics   []definition `json:"CloudWatchMetrics"`
}

type definition struct {
	Namespace  string     `json:"Namespace"`
	Dimensions [][]string `json:"Dimensions"`
	Metrics    []unit     `json:"Metrics"`
}

type unit struct {
	Name string `json:"Name"`
	Unit string `json:"Unit"`
}

func (r *Recorder) line(s Series, unitName string, value float64) ([]byte, error) {
	dimensions := []string{}
	line := map[string]any{s.Name: value}
	for _, d := range [][2]string{{"Source", s.Source}, {"Outcome", s.Outcome}} {
		if d[1] != "" {
			dimensions = append(dimensions, d[0])
			line[d[0]] = d[1]
		}
	}
	if s.Kind != "" {
		line["Kind"] = s.Kind
	}
	line["_aws"] = directive{r.Now().UnixMilli(), []definition{{r.Namespace, [][]string{dimensions}, []unit{{s.Name, unitName}}}}}
	raw, err := json.Marshal(line, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("metric: %w", err)
	}
	return raw, nil
}

// Invoker is a function as Lambda calls it.
type Invoker interface {
	Invoke(ctx context.Context, event []byte) ([]byte, error)
}

// Handler is h, after each invocation of which what was counted is written. What
// cannot be written is lost: no push shall fail for it.
func (r *Recorder) Handler(h Invoker, w io.Writer) Invoker { return recording{h, r, w} }

type recording struct {
	handler  Invoker
	recorder *Recorder
	w        io.Writer
}

func (h recording) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	defer func() { _ = h.recorder.Flush(h.w) }()
	return h.handler.Invoke(ctx, event)
}
