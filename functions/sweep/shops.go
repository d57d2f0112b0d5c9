package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/shiptide/shiptide/shared/awsnotify"
	"github.com/shiptide/shiptide/shared/ingest"
	"github.com/shiptide/shiptide/shared/shop"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/source/tiktokshop"
	"github.com/shiptide/shiptide/shared/store"
)

// shops keeps up with shops. It reads the keys when they are first needed; until
// they are there every call fails, and only its own.
type shops struct {
	notifier *awsnotify.Notifier
	ingester *ingest.Ingester
	market   tiktokshop.Settings
	log      *slog.Logger

	mu    sync.Mutex
	ready *shop.Keeper
}

// RedriveShard asks for what is due in a shard; see [shop.Keeper].
func (s *shops) RedriveShard(ctx context.Context, shard int) error {
	ready, err := s.open(ctx)
	if err != nil {
		return err
	}
	return ready.RedriveShard(ctx, shard)
}

// open makes what keeps up with shops once the stack's own keys are there, which
// never change. Those of the app are looked up with each call.
func (s *shops) open(ctx context.Context) (*shop.Keeper, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ready != nil {
		return s.ready, nil
	}
	n := s.notifier
	vault, err := n.Keys.Vault(ctx)
	if err != nil {
		return nil, err
	}
	kept := store.Shops{Table: n.Ledger, Vault: vault}
	from := tiktokshop.New(n.Keys.Source("tiktokshop"))
	pace := &store.Pace{Table: n.Ledger, Now: time.Now, PerSecond: int(from.Limits.PerSecond)}
	from.Market = tiktokshop.NewClient(tiktokshop.Apps(from), kept, pace, s.market, time.Now, s.log)
	s.ready = &shop.Keeper{
		Sources: []source.Source{from}, Shops: kept, Orders: n.Orders, Shipments: n.Shipments, Threads: store.Threads{Table: n.Ledger},
		Facts: s.ingester, Teller: n, Now: time.Now, Log: s.log,
	}
	return s.ready, nil
}
