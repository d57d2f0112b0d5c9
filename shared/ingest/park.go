package ingest

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/shiptide/shiptide/shared/metric"
	"github.com/shiptide/shiptide/shared/store"
)

// gaps are the times between the tries of a parked push; the last one repeats
// until the push expires.
var gaps = []time.Duration{
	time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 24 * time.Hour,
}

const (
	// maxReason bounds what a row says of why it is parked, in bytes.
	maxReason = 500
	// maxNumbers bounds the numbers that a row names; driving it again does all.
	maxNumbers = 50
)

// settle notes on the push's row how it went.
func (in *Ingester) settle(ctx context.Context, j *job) error {
	if len(j.failed)+len(j.malformed) == 0 {
		if j.push.Parked.Is() {
			return in.Inbox.Settle(ctx, j.push)
		}
		return nil
	}
	parked := j.parked(in.Now())
	in.Log.WarnContext(ctx, "push parked", "source", j.push.Source, "event_id", j.push.Hash,
		"reason", parked.Reason, "tries", parked.Tries)
	in.count(j.push.Source, &parked)
	return in.Inbox.Park(ctx, j.push, parked)
}

// count counts what is parked: what cannot be understood once, since it may stay
// so, and what waits each time, with how long it has.
func (in *Ingester) count(source string, p *store.Parked) {
	switch {
	case !p.Malformed:
		in.Metrics.Count(metric.Series{Name: metric.Parked, Source: source, Outcome: metric.Waiting}, 1)
		in.Metrics.Worst(metric.Series{Name: metric.ParkedAge}, in.Now().Sub(p.Since))
	case p.Tries == 1:
		in.Metrics.Count(metric.Series{Name: metric.Parked, Source: source, Outcome: metric.Malformed}, 1)
	}
}

// parked is the note of why a push waits, and until when.
func (j *job) parked(now time.Time) store.Parked {
	p := store.Parked{
		Malformed: len(j.malformed) > 0, Tries: j.push.Parked.Tries + 1, Since: j.push.Parked.Since,
		Next: now.Add(gaps[min(j.push.Parked.Tries, len(gaps)-1)]),
	}
	if p.Since.IsZero() {
		p.Since = now
	}
	reasons := j.malformed
	for _, f := range j.failed {
		p.Numbers = append(p.Numbers, f.number)
		if reason := f.err.Error(); len(reasons) == 0 || reasons[len(reasons)-1] != reason {
			reasons = append(reasons, reason)
		}
	}
	p.Numbers = p.Numbers[:min(len(p.Numbers), maxNumbers)]
	p.Reason = strings.Join(reasons, "; ")
	if len(p.Reason) > maxReason {
		p.Reason = strings.ToValidUTF8(p.Reason[:maxReason], "") + "…"
	}
	return p
}

// Redrive drives parked pushes again whose next try has come, and returns how
// many it drove. The sweep calls it, and locally the pump. One push that cannot
// be read or parked does not keep the others from being driven.
func (in *Ingester) Redrive(ctx context.Context) (n int, err error) {
	var errs []error
	for shard := range store.Shards {
		driven, err := in.redrive(ctx, shard)
		n, errs = n+driven, append(errs, err)
	}
	return n, errors.Join(errs...)
}

// RedriveShard is Redrive for one shard of the due index. Shards may be driven
// side by side, and by several processes.
func (in *Ingester) RedriveShard(ctx context.Context, shard int) error {
	_, err := in.redrive(ctx, shard)
	return err
}

func (in *Ingester) redrive(ctx context.Context, shard int) (n int, err error) {
	now := in.Now()
	var errs []error
	for after := ""; ; {
		keys, next, err := in.Inbox.Due(ctx, shard, now, after)
		if err != nil {
			return n, errors.Join(append(errs, err)...)
		}
		pushes, err := in.Load(ctx, keys)
		errs = append(append(errs, err), in.Ingest(ctx, pushes)...)
		n += len(pushes)
		if after = next; next == "" {
			return n, errors.Join(errs...)
		}
	}
}

// Load reads pushes by the names of their rows. Those that are gone are left
// out; those that cannot be read are in the error.
func (in *Ingester) Load(ctx context.Context, keys []string) ([]store.Push, error) {
	pushes := make([]store.Push, 0, len(keys))
	var errs []error
	for _, key := range keys {
		p, err := in.Inbox.Get(ctx, key)
		switch {
		case err == nil:
			pushes = append(pushes, p)
		case !errors.Is(err, store.ErrNotFound):
			errs = append(errs, err)
		}
	}
	return pushes, errors.Join(errs...)
}
