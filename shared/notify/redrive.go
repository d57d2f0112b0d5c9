package notify

import (
	"context"
	"errors"
	"time"

	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
)

// Redrive comes back to what is due: threads in which a message waits, and
// shipments that changed a while ago, in case the word of it was lost. The
// sweep calls it, and locally the pump. One that fails stays due and does not
// keep the others waiting.
func (n *Notifier) Redrive(ctx context.Context) error {
	var errs []error
	for shard := range store.Shards {
		errs = append(errs, n.RedriveShard(ctx, shard))
	}
	return errors.Join(errs...)
}

// RedriveShard is Redrive for one shard of the due index. Shards may be driven
// side by side, and by several processes.
func (n *Notifier) RedriveShard(ctx context.Context, shard int) error {
	return errors.Join(n.each(ctx, shard, n.Threads.Due, n.Notify), n.each(ctx, shard, n.Shipments.Due, n.look))
}

type dueList func(ctx context.Context, shard int, now time.Time, after string) (numbers []string, next string, err error)

func (n *Notifier) each(ctx context.Context, shard int, due dueList, do func(context.Context, string) error) error {
	now := n.Now()
	var errs []error
	for after := ""; ; {
		numbers, next, err := due(ctx, shard, now, after)
		if err != nil {
			return errors.Join(append(errs, err)...)
		}
		for _, number := range numbers {
			err := do(ctx, number)
			var busy *BusyError
			if !errors.As(err, &busy) { // Else another looks after it, and if that one ends, it is due.
				errs = append(errs, err)
			}
		}
		if after = next; next == "" {
			return errors.Join(errs...)
		}
	}
}

// look tells what is due of a shipment and then lets it rest, until the next
// time at which a flag may go up, or at which a recipient may hear what is held
// back for a day. It is read before: if it changes meanwhile it stays due.
func (n *Notifier) look(ctx context.Context, number string) error {
	rec, threads, err := n.tell(ctx, number)
	if err != nil || rec == nil {
		return err
	}
	_, next := shipment.Evaluate(&rec.Shipment, n.Now(), shipment.Defaults())
	for i := range threads {
		decides, err := n.Context(ctx, rec, &threads[i].Thread)
		if err != nil {
			return err
		}
		for _, c := range notice.Decide(parcel(rec, &threads[i]), decides) {
			if !c.Again.IsZero() && (next.IsZero() || c.Again.Before(next)) {
				next = c.Again
			}
		}
	}
	return n.Shipments.Rest(ctx, rec, next)
}
