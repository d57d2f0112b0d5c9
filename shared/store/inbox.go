package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"
)

// How long pushes are kept.
const (
	InboxLife = 30 * 24 * time.Hour
	// RawLife is for bodies that could not be cut of personal data.
	RawLife = 7 * 24 * time.Hour
)

// Push is one verified webhook body as it is kept: cut of personal data, or
// whole where it could not be read.
type Push struct {
	Source string
	Hash   string // 128 bits of the SHA-256 of the body as received, in hex
	// KeyID names the key that verified it at VerifiedAt; replay never verifies
	// again.
	KeyID      string
	VerifiedAt time.Time
	Whole      bool // kept as received: it is no JSON, so nothing could be cut
	Body       []byte
	Parked     Parked
	expires    time.Time
	version    int64
}

// Parked says why a push, or a part of it, waits to be driven again. The zero
// Parked: it does not.
type Parked struct {
	Reason    string    // in our words, without a value of the body
	Numbers   []string  // what it concerns; empty: the whole push
	Malformed bool      // not to be understood: quarantine
	Tries     int       // how often it was parked
	Next      time.Time // when it is driven again
	Since     time.Time
}

// Is tells whether something waits.
func (p Parked) Is() bool { return !p.Since.IsZero() }

// Key is the name of the push's row: "<source>#<hash>".
func (p *Push) Key() string { return p.Source + "#" + p.Hash }

// NewPush names the row of a body as received. The caller says what is kept of
// it, and who verified it.
func NewPush(source string, received []byte) Push {
	sum := sha256.Sum256(received)
	return Push{Source: source, Hash: hex.EncodeToString(sum[:16])}
}

// Inbox keeps verified pushes and knows which of them are parked.
type Inbox struct{ Table Table }

const inboxSort = "-"

// Put keeps a push and reports whether it is new. A push that is there already
// changes nothing, except that a parked one becomes due at once: the sender
// asks for it again.
func (b Inbox) Put(ctx context.Context, p *Push, now time.Time) (fresh bool, err error) {
	life := InboxLife
	if p.Whole {
		life = RawLife
	}
	p.expires = now.Add(life).Truncate(time.Second)
	err = b.Table.Put(ctx, pushItem(p))
	var conflict *ConflictError
	if !errors.As(err, &conflict) {
		return err == nil, err
	}
	if conflict.Stored == nil || conflict.Stored.Due.IsZero() || !conflict.Stored.Due.After(now) {
		return false, nil
	}
	return false, b.touch(ctx, conflict.Stored, now)
}

// touch makes a parked row due now. If somebody else has just written it, that
// is as good.
func (b Inbox) touch(ctx context.Context, it *Item, now time.Time) error {
	it.Due = now.Truncate(time.Millisecond)
	err := b.Table.Put(ctx, *it)
	var conflict *ConflictError
	if errors.As(err, &conflict) {
		return nil
	}
	return err
}

// Get returns a push by the name of its row.
func (b Inbox) Get(ctx context.Context, key string) (Push, error) {
	it, err := b.Table.Get(ctx, Key{key, inboxSort})
	if err != nil {
		return Push{}, err
	}
	return PushOf(it)
}

// Park notes on a push's row why it waits, and until when. A malformed one is
// kept as long as it was to be.
func (b Inbox) Park(ctx context.Context, p *Push, parked Parked) error {
	p.Parked = parked
	return b.rewrite(ctx, p)
}

// Settle takes the note away.
func (b Inbox) Settle(ctx context.Context, p *Push) error {
	p.Parked = Parked{}
	return b.rewrite(ctx, p)
}

func (b Inbox) rewrite(ctx context.Context, p *Push) error {
	for {
		err := b.Table.Put(ctx, pushItem(p))
		var conflict *ConflictError
		switch {
		case err == nil:
			p.version++
			return nil
		case !errors.As(err, &conflict):
			return err
		case conflict.Stored == nil:
			return nil // Expired meanwhile.
		}
		p.version = conflict.Stored.Version // A repeat moved its due: ours is the newer word.
	}
}

// Due lists parked pushes whose next try has come, a page at a time.
func (b Inbox) Due(ctx context.Context, shard int, now time.Time, after string) (keys []string, next string, err error) {
	page, err := b.Table.Query(ctx, Query{Shard: shard, DueUntil: now, After: after, Limit: 100})
	if err != nil {
		return nil, "", err
	}
	for _, it := range page.Items {
		keys = append(keys, it.Partition)
	}
	return keys, page.Next, nil
}

// farFuture is later than any due.
var farFuture = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)

// ParkedKeys lists what is parked now, whenever it is due, without reading it.
func (b Inbox) ParkedKeys(ctx context.Context, limit int) (keys []string, err error) {
	for shard := range Shards {
		for after := ""; ; {
			page, next, err := b.Due(ctx, shard, farFuture, after)
			if err != nil {
				return nil, err
			}
			keys = append(keys, page...)
			if len(keys) >= limit {
				return keys[:limit], nil
			}
			if after = next; next == "" {
				break
			}
		}
	}
	return keys, nil
}

// ParkedPushes reads what is parked now.
func (b Inbox) ParkedPushes(ctx context.Context, limit int) ([]Push, error) {
	keys, err := b.ParkedKeys(ctx, limit)
	if err != nil {
		return nil, err
	}
	var out []Push
	for _, key := range keys {
		p, err := b.Get(ctx, key)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

func pushItem(p *Push) Item {
	it := Item{
		Key: Key{p.Key(), inboxSort}, Version: p.version, Expires: p.expires, Due: p.Parked.Next.Truncate(time.Millisecond),
		Attrs: map[string]string{"key": p.KeyID, "verified": p.VerifiedAt.UTC().Format(time.RFC3339)},
		Body:  pack(formatPushes, p.Body),
	}
	if p.Whole {
		it.Attrs["whole"] = "yes"
	}
	if p.Parked.Is() {
		it.Attrs["parked"] = p.Parked.Reason
		it.Attrs["since"] = p.Parked.Since.UTC().Format(time.RFC3339)
		it.Attrs["tries"] = strconv.Itoa(p.Parked.Tries)
		if p.Parked.Malformed {
			it.Attrs["malformed"] = "yes"
		}
		if len(p.Parked.Numbers) > 0 {
			it.Attrs["numbers"] = strings.Join(p.Parked.Numbers, " ")
		}
	}
	return it
}

// PushOf reads a push from its row, as the inbox's stream brings it.
func PushOf(it Item) (Push, error) {
	source, hash, _ := strings.Cut(it.Partition, "#")
	body, err := unpack(it.Body)
	if err != nil {
		return Push{}, err
	}
	p := Push{
		Source: source, Hash: hash, KeyID: it.Attrs["key"], VerifiedAt: parseTime(it.Attrs["verified"]),
		Whole: it.Attrs["whole"] != "", Body: body, version: it.Version, expires: it.Expires,
	}
	if since := parseTime(it.Attrs["since"]); !since.IsZero() {
		p.Parked = Parked{Reason: it.Attrs["parked"], Malformed: it.Attrs["malformed"] != "", Next: it.Due, Since: since}
		p.Parked.Tries, _ = strconv.Atoi(it.Attrs["tries"])
		p.Parked.Numbers = strings.Fields(it.Attrs["numbers"])
	}
	return p, nil
}

// parseTime reads what we wrote; what cannot be read is the zero time.
func parseTime(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t
}
