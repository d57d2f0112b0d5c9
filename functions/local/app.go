package main

import (
	"context"
	"encoding/hex"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"github.com/shiptide/shiptide/shared/archive"
	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/ingest"
	"github.com/shiptide/shiptide/shared/notify"
	"github.com/shiptide/shiptide/shared/receive"
	"github.com/shiptide/shiptide/shared/sender/outbox"
	"github.com/shiptide/shiptide/shared/shop"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/source/tiktokshop"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/boltstore"
	"github.com/shiptide/shiptide/shared/subscribe"
)

// app is all use cases over one store.
type app struct {
	now     func() time.Time
	log     *slog.Logger
	file    *boltstore.DB // nil on DynamoDB
	sources []source.Source
	id      string // of this process, so that commands know whom they speak with
	// identity is that of the store, in the state in which it was opened.
	identity string
	// development: the webhook keys are the well-known ones.
	development bool
	// keyed tells which sources have a key that is theirs; nil: none has.
	keyed func(ctx context.Context, source string) (bool, error)

	tables tables
	// What the pump has yet to do. nil on DynamoDB, where streams bring it to the
	// functions.
	newPushes, changedShipments feed
	wake                        <-chan struct{} // gets a value when they have something

	inbox      store.Inbox
	shipments  store.Shipments
	threads    store.Threads
	contacts   store.Contacts
	outbox     outbox.Outbox
	receiver   *receive.Receiver
	ingester   *ingest.Ingester
	notifier   *notify.Notifier
	subscriber *subscribe.Subscriber
	signer     *contact.Signer
	shops      store.Shops
	// How TikTok Shop is called, and with whose keys; none: those of the sources.
	market tiktokshop.Settings
	seller source.Source
	orders store.Orders
	client *tiktokshop.Client
	keeper *shop.Keeper
}

// dbFile in the data folder is the database.
const dbFile = "shiptide.db"

// tables are where an app keeps what it knows.
type tables struct{ inbox, shipments, ledger archive.Rows }

// feed lists rows that were written and that nobody has dealt with yet.
type feed interface {
	Pending(after string, limit int) (entries []boltstore.Pending, next string, err error)
	Done(ctx context.Context, entries []boltstore.Pending) error
}

// openApp opens the data folder and joins the use cases. The caller closes it.
func openApp(dir string, sources []source.Source, now func() time.Time, log *slog.Logger) (*app, error) {
	keys, err := loadKeys(dir)
	if err != nil {
		return nil, err
	}
	file, err := boltstore.Open(filepath.Join(dir, dbFile), now, boltstore.Options{})
	if err != nil {
		return nil, err
	}
	a := newApp(sources, now, log)
	t, err := a.openFile(file)
	if err == nil {
		err = a.join(keys, t)
	}
	if err == nil {
		err = otherKeys(a.contacts.UseKeys(context.Background()))
	}
	if err == nil {
		a.identity, err = file.State()
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return a, nil
}

func newApp(sources []source.Source, now func() time.Time, log *slog.Logger) *app {
	return &app{now: now, log: log, sources: sources, id: hex.EncodeToString(random(16))}
}

// openFile opens the tables of a file, with the feeds that are streams on AWS: new
// pushes, and shipments whenever they are written. So are orders: on AWS their
// turn comes with the sweep.
func (a *app) openFile(file *boltstore.DB) (tables, error) {
	newPush := func(_ store.Key, inserted bool) bool { return inserted }
	anyShipment := func(k store.Key, _ bool) bool {
		_, order := store.OrderOf(k)
		return order != "" || store.ShipmentNumber(k) != ""
	}
	inbox, err := file.Table("inbox", newPush)
	if err != nil {
		return tables{}, err
	}
	shipments, err := file.Table("shipments", anyShipment)
	if err != nil {
		return tables{}, err
	}
	ledger, err := file.Table("ledger", nil)
	a.file, a.newPushes, a.changedShipments, a.wake = file, inbox, shipments, file.Wake()
	return tables{inbox, shipments, ledger}, err
}

// join makes the use cases over the tables.
func (a *app) join(keys ownKeys, t tables) error {
	vault, err := contact.NewVault(keys.Pepper, keys.Data)
	if err != nil {
		return err
	}
	if a.signer, err = contact.NewSigner(keys.Page); err != nil {
		return err
	}
	counters := store.Counters{Table: t.ledger, Now: a.now}
	a.tables = t
	a.inbox = store.Inbox{Table: t.inbox}
	a.shipments = store.Shipments{Table: t.shipments, Now: a.now}
	a.threads = store.Threads{Table: t.ledger}
	a.shops = store.Shops{Table: t.ledger, Vault: vault}
	a.orders = store.Orders{Table: t.shipments, Now: a.now}
	a.contacts = store.Contacts{Table: t.ledger, Vault: vault}
	a.outbox = outbox.Outbox{Table: t.ledger, Now: a.now}
	a.receiver = receive.New(a.sources, a.inbox, a.now, a.log)
	a.ingester = &ingest.Ingester{
		Sources: a.sources, Inbox: a.inbox, Shipments: a.shipments, Orders: a.orders, Shops: a.shops, Counters: counters,
		Now: a.now, Log: a.log,
	}
	a.notifier = &notify.Notifier{
		Shipments: a.shipments, Orders: a.orders, Threads: a.threads, Contacts: a.contacts, Standing: notify.Topics(vault),
		Sender: a.outbox, Owner: hex.EncodeToString(random(8)), Now: a.now, Log: a.log,
	}
	a.subscriber = &subscribe.Subscriber{
		Shipments: a.shipments, Threads: a.threads, Contacts: a.contacts, Vault: vault, Now: a.now,
	}
	if a.seller.Receiver == nil {
		a.seller, _ = findSource(a.sources, tiktok)
	}
	a.keepShops(a.seller, a.market)
	return nil
}

func (a *app) close() error {
	if a.file == nil {
		return nil
	}
	return a.file.Close()
}

// replay drives pushes again: those that are parked, and with since all that
// were verified from then on. It returns how many.
func (a *app) replay(ctx context.Context, since time.Time) (n int, err error) {
	var errs []error
	drive := func(keys []string) {
		for chunk := range slices.Chunk(keys, replayBatch) {
			pushes, err := a.ingester.Load(ctx, chunk)
			errs = append(errs, err)
			pushes = slices.DeleteFunc(pushes, func(p store.Push) bool { return !p.Parked.Is() && p.VerifiedAt.Before(since) })
			errs = append(errs, a.ingester.Ingest(ctx, pushes)...)
			n += len(pushes)
		}
	}
	if since.IsZero() {
		keys, err := a.inbox.ParkedKeys(ctx, maxReplay)
		drive(keys)
		return n, errors.Join(append(errs, err)...)
	}
	for after := ""; ; {
		page, err := a.tables.inbox.Scan(ctx, after)
		if err != nil {
			return n, errors.Join(append(errs, err)...)
		}
		var keys []string
		for _, it := range page.Items {
			keys = append(keys, it.Partition)
		}
		drive(keys)
		if after = page.Next; after == "" {
			return n, errors.Join(errs...)
		}
	}
}

const (
	// maxReplay bounds how many parked pushes one replay drives.
	maxReplay = 10_000
	// replayBatch bounds how many bodies it has in memory at once.
	replayBatch = 16
)
