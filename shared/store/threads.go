package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/notice"
)

// Threads keeps who hears of which number: "S#<number>" / "T#<recipient>" in
// the ledger.
type Threads struct{ Table Table }

// ThreadRow is a thread as stored.
type ThreadRow struct {
	notice.Thread
	subject string // what stands before its number in the key
	version int64
}

// Stored tells whether the row exists; the threads of the deployment's own
// topics are written when they are first told something.
func (t *ThreadRow) Stored() bool { return t.version > 0 }

const threadPrefix = "T#"

// What threads are about. The number of a thread about an order is "<shop>/<order>",
// that of one about a shop "<source>/<shop>".
const (
	ofNumber = "S#"
	ofOrder  = "O#"
	ofShop   = "SHOP#"
)

func threadKey(number, recipient string) Key { return Key{ofNumber + number, threadPrefix + recipient} }

func (t *ThreadRow) key() Key {
	return Key{cmp.Or(t.subject, ofNumber) + t.Number, threadPrefix + t.Recipient}
}

// ErrTaken says that somebody else wrote the row: read it again.
var ErrTaken = errors.New("taken by another")

// Open starts a thread; one that is there stays as it is.
func (r Threads) Open(ctx context.Context, t notice.Thread) error {
	err := r.Save(ctx, &ThreadRow{Thread: t})
	if errors.Is(err, ErrTaken) {
		return nil
	}
	return err
}

// Move opens a thread of a number for the recipient of another number's, from now
// on, and ends that one. Where there is one of the new number already it goes on,
// with what it remembers.
func (r Threads) Move(ctx context.Context, old *ThreadRow, number string, now time.Time) error {
	for {
		t := ThreadRow{Thread: notice.Thread{Recipient: old.Recipient, Number: number, Audience: old.Audience, Since: now}}
		err := r.Reread(ctx, &t)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if t.Stored() && t.Ended == "" {
			break // It hears of that number anyway.
		}
		if t.Ended == "" || t.Ended == notice.Moved {
			t.Ended, t.Instead, t.MovedAt, t.Due = "", old.Number, now, now
			if err := r.Save(ctx, &t); errors.Is(err, ErrTaken) {
				continue
			} else if err != nil {
				return err
			}
		}
		break
	}
	for old.Ended == "" {
		old.Ended = notice.Moved
		err := r.Save(ctx, old)
		if !errors.Is(err, ErrTaken) {
			return err
		}
		if err := r.Reread(ctx, old); err != nil {
			return err
		}
	}
	return nil
}

// Of lists the threads of a number, by one query.
func (r Threads) Of(ctx context.Context, number string) ([]ThreadRow, error) {
	var out []ThreadRow
	for after := ""; ; {
		page, err := r.Table.Query(ctx, Query{Partition: "S#" + number, From: threadPrefix, To: "T$", After: after})
		if err != nil {
			return nil, err
		}
		for _, it := range page.Items {
			t, err := readThread(it)
			if err != nil {
				return nil, err
			}
			out = append(out, t)
		}
		if after = page.Next; after == "" {
			return out, nil
		}
	}
}

// Get reads one thread; ErrNotFound if there is none.
func (r Threads) Get(ctx context.Context, number, recipient string) (ThreadRow, error) {
	it, err := r.Table.Get(ctx, threadKey(number, recipient))
	if err != nil {
		return ThreadRow{}, err
	}
	return readThread(it)
}

// OfOrder reads a thread about an order; one that is not there is new. It is never
// due: its order is.
func (r Threads) OfOrder(ctx context.Context, shop, id, recipient string) (ThreadRow, error) {
	return r.about(ctx, ofOrder, shop+"/"+id, recipient)
}

// OfShop reads a thread about a shop; one that is not there is new. It is never
// due: its shop is.
func (r Threads) OfShop(ctx context.Context, source, shop, recipient string) (ThreadRow, error) {
	return r.about(ctx, ofShop, source+"/"+shop, recipient)
}

func (r Threads) about(ctx context.Context, subject, number, recipient string) (ThreadRow, error) {
	t := ThreadRow{subject: subject, Thread: notice.Thread{Number: number, Recipient: recipient}}
	err := r.Reread(ctx, &t)
	if errors.Is(err, ErrNotFound) {
		return t, nil
	}
	return t, err
}

// Reread reads a thread again; ErrNotFound if it is not there.
func (r Threads) Reread(ctx context.Context, t *ThreadRow) error {
	it, err := r.Table.Get(ctx, t.key())
	if err != nil {
		return err
	}
	fresh, err := readThread(it)
	if err == nil {
		fresh.subject, fresh.Number = t.subject, t.Number
		*t = fresh
	}
	return err
}

// Save writes a thread if it is still as it was read, else ErrTaken.
func (r Threads) Save(ctx context.Context, t *ThreadRow) error {
	told, err := json.Marshal(t.Told, json.Deterministic(true))
	if err != nil {
		return fmt.Errorf("thread: %w", err)
	}
	it := Item{Key: t.key(), Version: t.version, Body: pack(formatDeflate, told), Attrs: map[string]string{
		"audience": string(t.Audience), "since": t.Since.UTC().Format(time.RFC3339),
	}}
	for name, value := range map[string]string{"ended": t.Ended, "owner": t.Lease.Owner, "instead": t.Instead} {
		if value != "" {
			it.Attrs[name] = value
		}
	}
	if !t.MovedAt.IsZero() {
		it.Attrs["moved"] = t.MovedAt.UTC().Format(time.RFC3339)
	}
	if t.subject == "" {
		it.Due = t.Due
	}
	if !t.Lease.Until.IsZero() {
		it.Attrs["until"] = t.Lease.Until.UTC().Format(time.RFC3339Nano)
	}
	err = r.Table.Put(ctx, it)
	var conflict *ConflictError
	if errors.As(err, &conflict) {
		return ErrTaken
	}
	if err == nil {
		t.version++
	}
	return err
}

// Due lists the numbers of threads in which something waits.
func (r Threads) Due(ctx context.Context, shard int, now time.Time, after string) (numbers []string, next string, err error) {
	page, err := r.Table.Query(ctx, Query{Shard: shard, DueUntil: now, After: after, Limit: 100})
	if err != nil {
		return nil, "", err
	}
	for _, it := range page.Items {
		number, ok := strings.CutPrefix(it.Partition, "S#")
		if ok && strings.HasPrefix(it.Sort, threadPrefix) && (len(numbers) == 0 || numbers[len(numbers)-1] != number) {
			numbers = append(numbers, number)
		}
	}
	return numbers, page.Next, nil
}

func readThread(it Item) (ThreadRow, error) {
	raw, err := unpack(it.Body)
	if err != nil {
		return ThreadRow{}, err
	}
	t := ThreadRow{version: it.Version, Thread: notice.Thread{
		Recipient: strings.TrimPrefix(it.Sort, threadPrefix), Number: strings.TrimPrefix(it.Partition, "S#"),
		Audience: notice.Audience(it.Attrs["audience"]), Since: parseTime(it.Attrs["since"]),
		Ended: it.Attrs["ended"], Instead: it.Attrs["instead"], MovedAt: parseTime(it.Attrs["moved"]), Due: it.Due,
		Lease: notice.Lease{Owner: it.Attrs["owner"], Until: parseTime(it.Attrs["until"])},
	}}
	if err := json.Unmarshal(raw, &t.Told); err != nil {
		return ThreadRow{}, fmt.Errorf("thread: %w", err)
	}
	return t, nil
}

// Counters counts per day against limits: "COUNT#<what>#<day>" / "-".
type Counters struct {
	Table Table
	Now   func() time.Time
}

// Take takes one of what a day allows; ErrLimit when it is used up.
func (c Counters) Take(ctx context.Context, what string, limit int64) error {
	now := c.Now().UTC()
	key := Key{"COUNT#" + what + "#" + now.Format(time.DateOnly), "-"}
	_, err := c.Table.Add(ctx, key, 1, limit, now.Truncate(24*time.Hour).AddDate(0, 0, 3))
	return err
}
