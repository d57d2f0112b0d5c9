// Package notify tells recipients what they should know of a parcel now.
//
// It looks at the shipment and at what was told, never at what has just
// changed: it may be called twice, late, or for nothing. Whoever speaks on a
// thread holds its lease, reads the shipment again under it, sends, and notes
// what was told. So nothing old leaves after something new, and a crash between
// sending and noting repeats that one message and nothing else.
package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/metric"
	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/sender"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
)

const (
	// leaseFor is how long one speaker has a thread. A send must end well
	// before it.
	leaseFor = 30 * time.Second
	sendFor  = 20 * time.Second
	// again is when a message that could not go is tried again.
	again = 5 * time.Minute
	// attempts bounds how often a thread is read again that others write too.
	attempts = 5
)

// Standing is a recipient of every registered parcel: a topic of the
// deployment.
type Standing struct {
	Contact  contact.Contact
	Audience notice.Audience
}

// Notifier is the use case. All fields but Standing, Links and Metrics are needed.
type Notifier struct {
	Shipments store.Shipments
	Orders    store.Orders
	Threads   store.Threads
	Contacts  store.Contacts
	Standing  []Standing
	Sender    sender.Sender
	Links     Links
	Owner     string // of leases: another one for each process
	Now       func() time.Time
	Log       *slog.Logger
	Metrics   *metric.Recorder // nil: nothing is counted
}

// BusyError says that another speaks on a thread of the number. It may have
// read the shipment before it changed: call again, at the latest then.
type BusyError struct{ Until time.Time }

func (e *BusyError) Error() string { return "another speaks on this thread" }

// Notify tells each recipient of a number what is due. An error says that it
// must be called again; what a channel would not take now is none, since that
// thread stays due. A fault is an error too: one parcel must not end the process
// each time it starts.
func (n *Notifier) Notify(ctx context.Context, number string) error {
	_, _, err := n.tell(ctx, number)
	return err
}

// tell returns the shipment as it was before and its threads as they are
// afterwards; nil where nothing is known of the number.
func (n *Notifier) tell(ctx context.Context, number string) (rec *store.Record, threads []store.ThreadRow, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("notify: fault of type %T", fault)
		}
	}()
	found, err := n.Shipments.Get(ctx, number)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("notify: %w", err)
	}
	if found.RegisteredAt.IsZero() {
		return &found, nil, nil // Nobody may hear of a number that nobody registered.
	}
	if threads, err = n.ThreadsOf(ctx, &found.Shipment); err != nil {
		return nil, nil, fmt.Errorf("notify: %w", err)
	}
	var errs []error
	for i := range threads {
		if err := n.speak(ctx, &found, &threads[i]); err != nil {
			errs = append(errs, fmt.Errorf("notify: %w", err))
		}
	}
	return &found, threads, errors.Join(errs...)
}

// ThreadsOf returns who hears of a shipment: the threads that were opened, and
// those of the standing recipients, whose rows are written when they are first
// told something.
func (n *Notifier) ThreadsOf(ctx context.Context, sh *shipment.Shipment) ([]store.ThreadRow, error) {
	threads, err := n.Threads.Of(ctx, sh.Number)
	if err != nil {
		return nil, err
	}
	if sh.RegisteredAt.IsZero() {
		return threads, nil
	}
	for _, s := range n.Standing {
		at := slices.IndexFunc(threads, func(t store.ThreadRow) bool { return t.Recipient == s.Contact.ID })
		switch {
		case at < 0:
			threads = append(threads, store.ThreadRow{Thread: notice.Thread{
				Recipient: s.Contact.ID, Number: sh.Number, Audience: s.Audience, Since: sh.FollowedAt,
			}})
		case threads[at].Since.Before(sh.Begin): // The number stands for another parcel now.
			threads[at].Renew(sh.FollowedAt)
		}
	}
	return threads, nil
}

// speak tells one recipient what is due, until nothing is. After each message
// the lease is given back before the shipment is read again: whoever changes it
// later finds the thread free.
func (n *Notifier) speak(ctx context.Context, rec *store.Record, t *store.ThreadRow) error {
	for range attempts {
		decides, err := n.Context(ctx, rec, &t.Thread)
		if err != nil {
			return err
		}
		c := notice.Next(parcel(rec, t), decides)
		if c == nil {
			return n.rest(ctx, t)
		}
		if n.taken(t) {
			return &BusyError{t.Lease.Until}
		}
		told, err := n.underLease(ctx, t)
		switch {
		case errors.Is(err, store.ErrTaken):
			if err := n.reread(ctx, t); err != nil {
				return err
			}
			continue
		case err != nil || !told:
			return err
		}
		fresh, err := n.Shipments.Get(ctx, t.Number)
		if err != nil {
			return err
		}
		rec = &fresh
	}
	return &BusyError{n.Now()}
}

// parcel is the one that a thread is about: its number may stand for another
// one by now.
func parcel(rec *store.Record, t *store.ThreadRow) *shipment.Shipment {
	if !t.Since.Before(rec.Begin) {
		return &rec.Shipment
	}
	sh := rec.Set.FoldAt(t.Since)
	return &sh
}

// Context is what is to be known beside a shipment to decide on what its
// recipient is told now.
func (n *Notifier) Context(ctx context.Context, rec *store.Record, t *notice.Thread) (c notice.Context, err error) {
	c = notice.Context{Thread: t, Now: n.Now()}
	switch {
	case rec.Status == shipment.Cancelled:
		c.OtherLive, err = n.otherLive(ctx, rec)
	case t.Audience == notice.Seller && (rec.Status == shipment.InfoReceived || rec.Status == shipment.Pending):
		c.OrderWarns, err = n.orderWarns(ctx, rec)
	}
	return c, err
}

// taken tells whether somebody has the lease. One that ends later than any that
// is given now comes from a clock that was wrong, and is none.
func (n *Notifier) taken(t *store.ThreadRow) bool {
	left := t.Lease.Until.Sub(n.Now())
	return t.Lease.Owner != "" && left > 0 && left <= leaseFor
}

// rest takes a thread out of the due index when nothing waits in it.
func (n *Notifier) rest(ctx context.Context, t *store.ThreadRow) error {
	if t.Due.IsZero() || n.taken(t) {
		return nil
	}
	t.Due, t.Lease = time.Time{}, notice.Lease{}
	err := n.Threads.Save(ctx, t)
	if errors.Is(err, store.ErrTaken) {
		return nil // Somebody else looks after it.
	}
	return err
}

// reread takes over what another wrote.
func (n *Notifier) reread(ctx context.Context, t *store.ThreadRow) error {
	return n.Threads.Reread(ctx, t)
}

// underLease takes the lease, decides from a fresh read, sends and notes it. It
// reports whether a message went.
func (n *Notifier) underLease(ctx context.Context, t *store.ThreadRow) (told bool, err error) {
	until := n.Now().Add(leaseFor)
	t.Lease = notice.Lease{Owner: n.Owner, Until: until}
	t.Due = until // Should this process end here, the thread is found again.
	if err := n.Threads.Save(ctx, t); err != nil {
		return false, err
	}
	// From here on whoever ends this process waits for us: a message that was
	// taken and not noted would go twice.
	ctx = context.WithoutCancel(ctx)
	rec, err := n.Shipments.Get(ctx, t.Number)
	if err != nil {
		return false, n.release(ctx, t, n.Now().Add(again), err)
	}
	sh := parcel(&rec, t)
	decides, err := n.Context(ctx, &rec, &t.Thread)
	if err != nil {
		return false, n.release(ctx, t, n.Now().Add(again), err)
	}
	c := notice.Next(sh, decides)
	if c == nil {
		return false, n.release(ctx, t, time.Time{}, nil)
	}
	to, err := n.Recipient(ctx, t.Recipient)
	if err != nil {
		n.Log.ErrorContext(ctx, "recipient cannot be read", "err", err)
		return false, n.release(ctx, t, n.Now().Add(again), nil)
	}
	switch to.State {
	case contact.Confirmed:
	case contact.Pending:
		return false, n.release(ctx, t, n.Now().Add(again), nil)
	default:
		return false, n.note(ctx, t, func(t *notice.Thread) { t.Ended = string(to.State) })
	}
	m, err := render(sh, c, &t.Thread, n.Now())
	if err != nil {
		return false, n.release(ctx, t, n.Now().Add(again), err)
	}
	n.Links.add(&m, t.Audience, to)
	return n.send(ctx, t, m, to, func(t *notice.Thread, providerID string, at time.Time) { t.Tell(c, m.ID, providerID, at) })
}

// Recipient returns the contact of that ID. One that is not known any more has
// ended.
func (n *Notifier) Recipient(ctx context.Context, id string) (contact.Contact, error) {
	for _, s := range n.Standing {
		if s.Contact.ID == id {
			return s.Contact, nil
		}
	}
	to, err := n.Contacts.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return contact.Contact{State: contact.Ended}, nil
	}
	return to, err
}

// send hands a message over and notes it. It reports whether it was taken.
func (n *Notifier) send(ctx context.Context, t *store.ThreadRow, m sender.Message, to contact.Contact, note func(t *notice.Thread, providerID string, at time.Time)) (bool, error) {
	// A process that slept through its lease must not speak: another may have
	// said something newer.
	if left := t.Lease.Until.Sub(n.Now()); left < sendFor {
		return false, &BusyError{t.Lease.Until}
	}
	sending, cancel := context.WithTimeout(ctx, sendFor)
	providerID, err := n.Sender.Send(sending, to, m)
	cancel()
	n.Metrics.Count(metric.Series{Name: metric.Notices, Outcome: outcome(err, n.Now()), Kind: m.Kind}, 1)
	var pace *sender.PaceError
	switch {
	case err == nil:
		at := n.Now()
		return true, n.note(ctx, t, func(t *notice.Thread) { note(t, providerID, at) })
	case errors.As(err, &pace):
		return false, n.release(ctx, t, pace.Until, nil)
	case errors.Is(err, sender.ErrRefused):
		n.Log.WarnContext(ctx, "recipient refused", "channel", to.Channel, "kind", m.Kind)
		return false, n.note(ctx, t, func(t *notice.Thread) { t.Ended = string(contact.Undeliverable) })
	}
	n.Log.ErrorContext(ctx, "message not taken", "channel", to.Channel, "kind", m.Kind, "err", err)
	return false, n.release(ctx, t, n.Now().Add(again), nil)
}

// note changes a thread and gives its lease back. If another wrote the thread
// meanwhile the change is made again on what that one wrote; a store that fails
// is asked a few times. What was told must be known, or it is told again.
func (n *Notifier) note(ctx context.Context, t *store.ThreadRow, change func(*notice.Thread)) (err error) {
	for failed := 0; failed < attempts; {
		change(&t.Thread)
		if t.Lease.Owner == n.Owner { // Else ours has ended, and another speaks.
			t.Due, t.Lease = time.Time{}, notice.Lease{}
		}
		if err = n.Threads.Save(ctx, t); err == nil {
			return nil
		}
		if !errors.Is(err, store.ErrTaken) {
			failed++
		}
		if reread := n.reread(ctx, t); reread != nil {
			err = reread
			failed++
		}
	}
	return err
}

// release gives the lease back and leaves the thread due. It returns err, or
// else what went wrong in doing so.
func (n *Notifier) release(ctx context.Context, t *store.ThreadRow, due time.Time, err error) error {
	t.Due, t.Lease = due, notice.Lease{}
	if saved := n.Threads.Save(ctx, t); err == nil {
		return saved
	}
	return err
}
