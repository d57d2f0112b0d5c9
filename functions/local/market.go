package main

import (
	"cmp"

	"github.com/shiptide/shiptide/shared/shop"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/source/tiktokshop"
	"github.com/shiptide/shiptide/shared/store"
)

// tiktok is the name of the source whose shops are kept up with.
const tiktok = "tiktokshop"

// keepShops makes what keeps up with shops. The keys of the app are those of from.
func (a *app) keepShops(from source.Source, s tiktokshop.Settings) {
	s.Owner = "local"
	a.client = tiktokshop.NewClient(tiktokshop.Apps(from), a.shops, &store.Pace{Table: a.tables.ledger, Now: a.now, PerSecond: cmp.Or(int(from.Limits.PerSecond), 10)}, s, a.now, a.log)
	from.Market = a.client
	a.keeper = &shop.Keeper{
		Sources: []source.Source{from}, Shops: a.shops, Orders: a.orders, Shipments: a.shipments, Threads: a.threads,
		Facts: a.ingester, Teller: a.notifier, Now: a.now, Log: a.log,
	}
}
