package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/shipment"
)

// How long a number is kept: one that nobody registered, and one that is done.
const (
	UnregisteredLife = 14 * 24 * time.Hour
	FinalLife        = 180 * 24 * time.Hour
)

// maxShipment is what the facts of a number may come to, deflated. A parcel
// stays below 20 KB; more is abuse, and is parked.
const maxShipment = 300 << 10

// maxFacts is what they may come to as they are: what is written must be
// readable, however well it deflates.
const maxFacts = 4 << 20

// trailLength is how many changes a record remembers.
const trailLength = 12

// Record is a number as it is stored, and its fold.
type Record struct {
	shipment.Shipment
	Set   *shipment.Set
	Trail []Change // oldest first
	Due   time.Time
	// Changed tells whether the Update that returned the record wrote it.
	Changed bool

	item Item
}

// Change is one step of how a record came to be: for `local why` and the
// console, neither folded nor published.
type Change struct {
	At    time.Time
	Cause string // the inbox row, or the operator's command
	Facts int    // new or newer
}

// Shipments keeps the facts of every number and folds them.
type Shipments struct {
	Table Table
	Now   func() time.Time
}

// ShipmentKey names the row of a number.
func ShipmentKey(number string) Key { return Key{"S#" + number, "META"} }

// ShipmentNumber returns the number of a row of ShipmentKey; "" for other rows.
func ShipmentNumber(k Key) string {
	if number, ok := strings.CutPrefix(k.Partition, "S#"); ok && k.Sort == "META" {
		return number
	}
	return ""
}

// Get reads a number. ErrNotFound: nothing is known of it.
func (r Shipments) Get(ctx context.Context, number string) (Record, error) {
	it, err := r.Table.Get(ctx, ShipmentKey(number))
	if err != nil {
		return Record{}, err
	}
	rec, _, err := readRecord(number, it)
	if err != nil {
		return Record{}, err
	}
	rec.Shipment = rec.Set.Fold()
	return rec, nil
}

// Find is Get for a number of which perhaps nothing is known: then its record has
// no facts.
func (r Shipments) Find(ctx context.Context, number string) (Record, error) {
	rec, err := r.Get(ctx, number)
	if errors.Is(err, ErrNotFound) {
		return Record{Set: &shipment.Set{Number: number}, Shipment: shipment.Shipment{Number: number}}, nil
	}
	return rec, err
}

// Update lets change add facts to a number and stores the result if it differs.
// change only adds, and may run more than once: whoever loses a race starts
// again from what the other wrote. An error of change is returned as it is, and
// nothing is stored.
func (r Shipments) Update(ctx context.Context, number, cause string, change func(*shipment.Set) error) (Record, error) {
	it, err := r.Table.Get(ctx, ShipmentKey(number))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Record{}, err
	}
	for {
		rec, facts, err := readRecord(number, it)
		if err != nil {
			return Record{}, err
		}
		var before shipment.Shipment // Nobody hears of a number that nobody registered.
		if rec.Set.Registered() {
			before = rec.Set.Fold()
		}
		known := len(rec.Set.Versions) + len(rec.Set.Links)
		if err := change(rec.Set); err != nil {
			return Record{}, err
		}
		added := len(rec.Set.Versions) + len(rec.Set.Links) - known
		rec.Set.Bound()
		rec.Shipment = rec.Set.Fold()
		encoded := encodeFacts(make([]byte, 0, len(facts)+1024), rec.Set)
		if bytes.Equal(encoded, facts) || rec.Set.Empty() {
			return rec, nil
		}
		rec.note(Change{At: r.Now().UTC().Truncate(time.Second), Cause: cause, Facts: max(added, 1)})
		next, err := r.item(&rec, &before, encoded)
		if err != nil {
			return Record{}, err
		}
		err = r.Table.Put(ctx, next)
		var conflict *ConflictError
		switch {
		case err == nil:
			next.Version++
			rec.Changed, rec.Due, rec.item = true, next.Due, next
			return rec, nil
		case !errors.As(err, &conflict):
			return Record{}, err
		case conflict.Stored == nil:
			it = Item{}
		default:
			it = *conflict.Stored
		}
	}
}

func (rec *Record) note(c Change) {
	rec.Trail = append(rec.Trail, c)
	rec.Trail = rec.Trail[max(0, len(rec.Trail)-trailLength):]
}

// item makes the row of a record that has changed.
func (r Shipments) item(rec *Record, before *shipment.Shipment, facts []byte) (Item, error) {
	it := Item{
		Key: ShipmentKey(rec.Number), Version: rec.item.Version,
		Body: pack(formatFacts, facts, []byte{'\n'}, encodeTrail(rec.Trail)),
		Attrs: map[string]string{
			"status": rec.Code.String(), "carrier": rec.Carrier,
			"at": rec.StatusAt.UTC().Format(time.RFC3339),
		},
	}
	if len(it.Body) > maxShipment || len(facts) > maxFacts {
		return Item{}, fmt.Errorf("%w: %d bytes of facts, deflated %d", ErrTooLarge, len(facts), len(it.Body))
	}
	now := r.Now()
	if !rec.Set.Registered() {
		it.Expires = now.Add(UnregisteredLife).Truncate(time.Hour)
		return it, nil
	}
	if rec.Final() {
		it.Expires = now.Add(FinalLife).Truncate(24 * time.Hour)
	}
	it.Due = nextLook(rec, before, now)
	return it, nil
}

// nextLook is when the sweep looks again at a shipment that has just changed. If
// somebody may have something to hear, within the hour, so that a notice whose
// stream record was lost is late by no more; else when a flag may go up. A due
// that is earlier stays: moving it costs two writes of the index.
func nextLook(rec *Record, before *shipment.Shipment, now time.Time) time.Time {
	due := rec.item.Due
	var next time.Time
	// Of an earlier parcel of the number the fold says nothing.
	if len(rec.Set.Generations()) > 1 || notice.News(before, &rec.Shipment, now) {
		next = now.Add(45 * time.Minute)
	} else {
		_, next = shipment.Evaluate(&rec.Shipment, now, shipment.Defaults())
	}
	if next.IsZero() || !due.IsZero() && due.Before(next) {
		return due
	}
	return roundUp(next)
}

// roundUp rounds up to the next quarter of an hour.
func roundUp(t time.Time) time.Time {
	const step = 15 * time.Minute
	if r := t.Truncate(step); r.Before(t) {
		return r.Add(step)
	}
	return t
}

// Due lists the numbers that are due in one shard, a page at a time.
func (r Shipments) Due(ctx context.Context, shard int, now time.Time, after string) (numbers []string, next string, err error) {
	page, err := r.Table.Query(ctx, Query{Shard: shard, DueUntil: now, After: after, Limit: 100})
	if err != nil {
		return nil, "", err
	}
	for _, it := range page.Items {
		if number := ShipmentNumber(it.Key); number != "" {
			numbers = append(numbers, number)
		}
	}
	return numbers, page.Next, nil
}

// Rest sets when a shipment is looked at again, rounded up to a quarter of an
// hour; zero: when it changes. Only the sweep calls it, after it has looked. If
// the shipment changed meanwhile it is left due.
func (r Shipments) Rest(ctx context.Context, rec *Record, due time.Time) error {
	it := rec.item
	it.Due = due
	if !due.IsZero() {
		it.Due = roundUp(due)
	}
	err := r.Table.Put(ctx, it)
	var conflict *ConflictError
	if errors.As(err, &conflict) {
		return nil
	}
	return err
}

// NoteDay puts a number on the list of a day (2006-01-02, UTC).
func (r Shipments) NoteDay(ctx context.Context, day, number string) error {
	err := r.Table.Put(ctx, Item{Key: Key{"DAY#" + day, number}, Expires: r.Now().Add(FinalLife).Truncate(24 * time.Hour)})
	var conflict *ConflictError
	if errors.As(err, &conflict) {
		return nil
	}
	return err
}

// Day lists the numbers first heard of on a day.
func (r Shipments) Day(ctx context.Context, day, after string, limit int) (numbers []string, next string, err error) {
	page, err := r.Table.Query(ctx, Query{Partition: "DAY#" + day, After: after, Limit: limit})
	if err != nil {
		return nil, "", err
	}
	for _, it := range page.Items {
		numbers = append(numbers, it.Sort)
	}
	return numbers, page.Next, nil
}

// readRecord decodes a row without folding it; a zero Item is an empty set.
func readRecord(number string, it Item) (Record, []byte, error) {
	rec := Record{Set: &shipment.Set{Number: number}, Due: it.Due, item: it}
	if it.Version == 0 {
		return rec, nil, nil
	}
	raw, err := unpack(it.Body)
	if err != nil {
		return Record{}, nil, err
	}
	facts, trail, _ := bytes.Cut(raw, []byte{'\n'})
	if rec.Set, err = decodeFacts(number, facts); err != nil {
		return Record{}, nil, err
	}
	rec.Trail = decodeTrail(string(trail))
	return rec, facts, nil
}

var oneLine = strings.NewReplacer("\n", " ", "\r", " ")

// A trail is a line for each change: seconds, facts, cause. A cause that has
// lines itself is an operator's slip, and becomes one.
func encodeTrail(trail []Change) []byte {
	var b []byte
	for _, c := range trail {
		b = strconv.AppendInt(b, c.At.Unix(), 10)
		b = strconv.AppendInt(append(b, ' '), int64(c.Facts), 10)
		b = append(append(append(b, ' '), oneLine.Replace(c.Cause)...), '\n')
	}
	return b
}

func decodeTrail(text string) []Change {
	var trail []Change
	for line := range strings.Lines(text) {
		at, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		facts, cause, _ := strings.Cut(rest, " ")
		seconds, err1 := strconv.ParseInt(at, 10, 64)
		n, err2 := strconv.Atoi(facts)
		if err1 == nil && err2 == nil {
			trail = append(trail, Change{At: unix(seconds), Cause: cause, Facts: n})
		}
	}
	return trail
}
