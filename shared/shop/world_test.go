package shop_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/ingest"
	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/notify"
	"github.com/shiptide/shiptide/shared/sender"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/shop"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/source/tiktokshop"
	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
	"github.com/shiptide/shiptide/shared/source/ups"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/boltstore"
	"github.com/shiptide/shiptide/shared/subscribe"
	"github.com/shiptide/shiptide/shared/webhook"
)

const (
	appKey, appSecret = "6abc", "0123456789abcdef"
	shopID            = "7490000000000000001"
	upsNumber         = "1Z999AA10555000421"
	otherUPS          = "1Z999AA10700000039"
	tiktokNumber      = "TTS880000000000017"
)

// noon is a Monday.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// world is a marketplace, and a seller who keeps up with it.
type world struct {
	*shop.Keeper
	t          *testing.T
	mu         sync.Mutex
	clock      time.Time
	market     *tiktokshoptest.Server
	client     *tiktokshop.Client
	inbox      store.Inbox
	ingester   *ingest.Ingester
	notifier   *notify.Notifier
	subscriber *subscribe.Subscriber
	sent       []string // "kind to audience: subject"
	texts      []string
	to         []string // addresses
	numbers    []string // that they are of
	logs       bytes.Buffer
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.clock
}

// pass lets time pass, without anybody looking.
func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock = w.clock.Add(d)
}

// Send takes a message.
func (w *world) Send(_ context.Context, to contact.Contact, m sender.Message) (string, error) {
	who := to.Address
	if to.Channel != contact.Topic {
		who = "buyer"
	}
	w.sent, w.texts = append(w.sent, m.Kind+" to "+who), append(w.texts, m.Subject+"\n"+m.Text)
	w.to, w.numbers = append(w.to, to.Address), append(w.numbers, m.Event.TrackingNumber)
	return "1", nil
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, clock: noon}
	db, err := boltstore.Open(filepath.Join(t.TempDir(), "test.db"), w.now, boltstore.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	table := func(name string) store.Table {
		tab, err := db.Table(name, nil)
		if err != nil {
			t.Fatal(err)
		}
		return tab
	}
	ledger, shipments := table("ledger"), table("shipments")
	vault, err := contact.NewVault(bytes.Repeat([]byte("p"), 32), bytes.Repeat([]byte("d"), 32))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := webhook.ParseKeys(appKey + ":" + appSecret)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(&w.logs, nil))
	w.market = tiktokshoptest.New(tiktokshoptest.App{Key: appKey, Secret: appSecret}, w.now)
	shops := store.Shops{Table: ledger, Vault: vault}
	from := tiktokshop.New(source.Fixed(keys))
	pace := &store.Pace{Table: ledger, Now: w.now, PerSecond: 10}
	w.client = tiktokshop.NewClient(tiktokshop.Apps(from), shops, pace, tiktokshop.Settings{Transport: w.market.Transport()}, w.now, log)
	w.client.Sleep = func(_ context.Context, d time.Duration) error { w.pass(d); return nil }
	from.Market = w.client
	carrier := ups.New(source.Fixed(keys))
	w.inbox = store.Inbox{Table: table("inbox")}
	repo := store.Shipments{Table: shipments, Now: w.now}
	orders := store.Orders{Table: shipments, Now: w.now}
	w.ingester = &ingest.Ingester{
		Sources: []source.Source{from, carrier}, Inbox: w.inbox, Shipments: repo, Orders: orders, Shops: shops,
		Counters: store.Counters{Table: ledger, Now: w.now}, Now: w.now, Log: log,
	}
	w.notifier = &notify.Notifier{
		Shipments: repo, Orders: orders, Threads: store.Threads{Table: ledger}, Contacts: store.Contacts{Table: ledger, Vault: vault},
		Standing: notify.Topics(vault)[:1], Sender: w, Owner: "test", Now: w.now, Log: log,
	}
	w.subscriber = &subscribe.Subscriber{Shipments: repo, Threads: w.notifier.Threads, Contacts: w.notifier.Contacts, Vault: vault, Now: w.now}
	w.Keeper = &shop.Keeper{
		Sources: []source.Source{from}, Shops: shops, Orders: orders, Shipments: repo, Threads: w.notifier.Threads,
		Facts: w.ingester, Teller: w.notifier, Now: w.now, Log: log,
	}
	w.market.AddShop(tiktokshoptest.Shop{ID: shopID, Name: "Mugs", Region: "US"})
	return w
}

// connect authorises the shop.
func (w *world) connect() {
	w.t.Helper()
	if _, err := w.client.Connect(w.t.Context(), w.market.Authorize(shopID)); err != nil {
		w.t.Fatal(err)
	}
}

// hear takes the pushes of the marketplace in, as many times and in the order
// that change gives them.
func (w *world) hear(change func([]tiktokshoptest.Push) []tiktokshoptest.Push) {
	w.t.Helper()
	pushes := w.market.Pushes()
	if change != nil {
		pushes = change(pushes)
	}
	for _, p := range pushes {
		w.take("tiktokshop", http.Header{"Authorization": {p.Authorization}}, p.Body)
	}
}

// take takes one push in, as receive and ingest do.
func (w *world) take(name string, header http.Header, body []byte) {
	w.t.Helper()
	src := w.ingester.Sources[slices.IndexFunc(w.ingester.Sources, func(s source.Source) bool { return s.Name == name })]
	if header != nil {
		if _, err := src.Verify(w.t.Context(), source.Delivery{Header: header, Body: body}, w.now()); err != nil {
			w.t.Fatal(err)
		}
	}
	p := store.NewPush(name, body)
	p.Body, p.VerifiedAt = body, w.now()
	if _, err := w.inbox.Put(w.t.Context(), &p, w.now()); err != nil {
		w.t.Fatal(err)
	}
	if err := errors.Join(w.ingester.Ingest(w.t.Context(), []store.Push{p})...); err != nil {
		w.t.Fatal(err)
	}
}

// look is what the sweep does.
func (w *world) look() {
	w.t.Helper()
	if err := errors.Join(w.Redrive(w.t.Context()), w.notifier.Redrive(w.t.Context())); err != nil {
		w.t.Fatal(err)
	}
}

// until lets time pass, with a sweep every five minutes.
func (w *world) until(t time.Time) {
	w.t.Helper()
	for w.now().Before(t) {
		w.pass(5 * time.Minute)
		w.look()
	}
}

// scan is what a carrier says of a number now.
func (w *world) scan(number string, code shipment.Code) {
	w.t.Helper()
	at := w.now()
	err := w.ingester.Add(w.t.Context(), shipment.Origin{Source: "ups", Kind: shipment.Carrier}, "test", []shipment.Update{{
		Number: number, Carrier: "ups", AsOf: at, Events: []shipment.Event{{
			Code: code, RawCode: string(code.SubStatus), OccurredAt: at, LocalTime: at.Format(shipment.LocalLayout),
			Zone: shipment.Reported, Precision: shipment.Second, Location: shipment.Location{City: "Reno", Region: "NV", Country: "US"},
		}},
	}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.tell(number)
}

func (w *world) tell(numbers ...string) {
	w.t.Helper()
	for _, n := range numbers {
		if err := w.notifier.Notify(w.t.Context(), n); err != nil {
			w.t.Fatal(err)
		}
	}
}

// buyer lets a buyer hear of a number.
func (w *world) buyer(number string) {
	w.t.Helper()
	if _, err := w.subscriber.ByOperator(w.t.Context(), number, contact.Email, "buyer@example.com"); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) order(id string) *store.OrderRow {
	w.t.Helper()
	o, err := w.Orders.Get(w.t.Context(), shopID, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return &o
}

func (w *world) shop() store.Shop {
	w.t.Helper()
	s, err := w.Shops.Get(w.t.Context(), "tiktokshop", shopID)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) status(number string) string {
	w.t.Helper()
	rec, err := w.Shipments.Find(w.t.Context(), number)
	if err != nil {
		w.t.Fatal(err)
	}
	if rec.RegisteredAt.IsZero() {
		return "nobody follows it"
	}
	return rec.Code.String()
}

func (w *world) want(what string, got, want any) {
	w.t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		w.t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func (w *world) wantSent(want ...string) {
	w.t.Helper()
	w.want("told", strings.Join(w.sent, ", "), strings.Join(want, ", "))
}

var (
	_ shop.Facts  = (*ingest.Ingester)(nil)
	_ shop.Teller = (*notify.Notifier)(nil)
	_             = notice.Seller
)
