package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/notice"
)

// Shops keeps the shops whose orders are asked for, "SHOP#<source>" / shop, and
// the authorisations to do so, "TOKEN#<source>#<grant>" / "-", in the ledger. One
// authorisation may be for several shops, so the tokens are not the shop's: who
// refreshes a pair twice may lose it.
type Shops struct {
	Table Table
	Vault *contact.Vault // seals the tokens; nil where none are read
}

// Shop is a shop that was connected.
type Shop struct {
	Source, ID   string `json:"-"`
	Name         string
	Region       string // of its market: "US"
	CrossBorder  bool   // it sends from another country
	Cipher       string // what calls name it by
	Grant        string // the authorisation
	ConnectedAt  time.Time
	AuthorisedAt time.Time // for the last time
	RevokedAt    time.Time `json:",omitzero"` // by the seller; zero: it was not
	// RevokeSaid is when a push said so; whether it is so, the next call shows.
	RevokeSaid   time.Time `json:",omitzero"`
	ExpiresAt    time.Time `json:",omitzero"` // the authorisation, as far as is known
	OrdersUpTo   time.Time // changes before it are known
	PackagesUpTo time.Time
	// Fault is why calls are refused, since when; "": they are not. Until RestsUntil
	// its orders are not asked for.
	Fault      string    `json:",omitempty"`
	FaultSince time.Time `json:",omitzero"`
	RestsUntil time.Time `json:",omitzero"`
	Due        time.Time `json:"-"` // when it is asked next

	version int64
}

// Open tells whether the shop's orders may be asked for.
func (s *Shop) Open() bool { return s.RevokedAt.IsZero() }

const shopPrefix = "SHOP#"

// List returns the shops of a source, by ID.
func (r Shops) List(ctx context.Context, source string) ([]Shop, error) {
	var out []Shop
	for after := ""; ; {
		page, err := r.Table.Query(ctx, Query{Partition: shopPrefix + source, After: after})
		if err != nil {
			return nil, err
		}
		for _, it := range page.Items {
			s, err := readShop(source, it)
			if err != nil {
				return nil, err
			}
			out = append(out, s)
		}
		if after = page.Next; after == "" {
			return out, nil
		}
	}
}

// Get reads a shop; ErrNotFound if it was never connected.
func (r Shops) Get(ctx context.Context, source, id string) (Shop, error) {
	it, err := r.Table.Get(ctx, Key{shopPrefix + source, id})
	if err != nil {
		return Shop{}, err
	}
	return readShop(source, it)
}

func readShop(source string, it Item) (Shop, error) {
	s := Shop{Source: source, ID: it.Sort, Due: it.Due, version: it.Version}
	if err := json.Unmarshal(it.Body, &s); err != nil {
		return Shop{}, fmt.Errorf("shop: %w", err)
	}
	return s, nil
}

// Save writes a shop if it is still as it was read, else ErrTaken.
func (r Shops) Save(ctx context.Context, s *Shop) error {
	body, err := json.Marshal(s, json.Deterministic(true))
	if err != nil {
		return fmt.Errorf("shop: %w", err)
	}
	return saved(r.Table.Put(ctx, Item{Key: Key{shopPrefix + s.Source, s.ID}, Version: s.version, Due: s.Due.Truncate(time.Millisecond), Body: body}), &s.version)
}

// Change changes a shop, also while others do. change may run more than once.
func (r Shops) Change(ctx context.Context, source, id string, change func(*Shop)) (Shop, error) {
	for {
		s, err := r.Get(ctx, source, id)
		if err != nil {
			return Shop{}, err
		}
		change(&s)
		if err := r.Save(ctx, &s); !errors.Is(err, ErrTaken) {
			return s, err
		}
	}
}

// Due lists the shops of all sources in a shard that are to be asked now, by
// source and ID.
func (r Shops) Due(ctx context.Context, shard int, now time.Time) (keys [][2]string, err error) {
	err = eachDue(ctx, r.Table, shard, now, func(k Key) {
		if source, ok := cut(k.Partition, shopPrefix); ok {
			keys = append(keys, [2]string{source, k.Sort})
		}
	})
	return keys, err
}

// Grant is an authorisation to ask for the orders of shops.
type Grant struct {
	Source, ID string
	Tokens     Tokens // the newest pair
	// Before is the pair before it, until the newest was seen to work.
	Before Tokens
	// Lease is held by who gets a new pair.
	Lease notice.Lease

	version int64
}

// Tokens are a pair: what calls are made with, and what gets the next pair.
type Tokens struct {
	Access       string
	AccessUntil  time.Time
	Refresh      string
	RefreshUntil time.Time
}

// String hides them, wherever they would be printed.
func (Tokens) String() string { return "tokens" }

// GoString hides them too.
func (Tokens) GoString() string { return "tokens" }

// LogValue hides them in logs.
func (Tokens) LogValue() slog.Value { return slog.StringValue("tokens") }

func grantKey(source, id string) Key { return Key{"TOKEN#" + source + "#" + id, "-"} }

// sealed is what of a grant nobody may read.
type sealed struct{ Tokens, Before Tokens }

// Grant reads an authorisation; ErrNotFound if there is none. With ErrOtherKeys its
// tokens are lost, and it may be written over.
func (r Shops) Grant(ctx context.Context, source, id string) (Grant, error) {
	key := grantKey(source, id)
	it, err := r.Table.Get(ctx, key)
	if err != nil {
		return Grant{}, err
	}
	g := Grant{Source: source, ID: id, version: it.Version, Lease: notice.Lease{Owner: it.Attrs["owner"], Until: parseTime(it.Attrs["until"])}}
	text, err := r.Vault.Open(key.Partition, it.Body)
	if err != nil {
		return g, fmt.Errorf("tokens: %w", ErrOtherKeys)
	}
	var in sealed
	if err := json.Unmarshal([]byte(text), &in); err != nil {
		return Grant{}, errors.New("tokens: not readable") // The error would quote them.
	}
	g.Tokens, g.Before = in.Tokens, in.Before
	return g, nil
}

// SaveGrant writes an authorisation if it is still as it was read, else
// ErrTaken.
func (r Shops) SaveGrant(ctx context.Context, g *Grant) error {
	key := grantKey(g.Source, g.ID)
	text, err := json.Marshal(sealed{g.Tokens, g.Before})
	if err != nil {
		return errors.New("tokens: not writable")
	}
	it := Item{Key: key, Version: g.version, Body: r.Vault.Seal(key.Partition, string(text)), Attrs: map[string]string{}}
	if g.Lease.Owner != "" {
		it.Attrs["owner"], it.Attrs["until"] = g.Lease.Owner, g.Lease.Until.UTC().Format(time.RFC3339Nano)
	}
	return saved(r.Table.Put(ctx, it), &g.version)
}

// saved makes ErrTaken of a conflict, and counts the version on.
func saved(err error, version *int64) error {
	var conflict *ConflictError
	if errors.As(err, &conflict) {
		return ErrTaken
	}
	if err == nil {
		*version++
	}
	return err
}
