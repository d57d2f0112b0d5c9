package main

import (
	"errors"
	"io"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/shiptide/shiptide/shared/notify"
	"github.com/shiptide/shiptide/shared/secret"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source/tiktokshop"
	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
	"github.com/shiptide/shiptide/shared/store"
)

const (
	appKey, appSecret = "6hbgxyzinvented", "a-secret-of-this-test"
	ordered           = "1Z999AA10555000421" // the number of a package
)

// connected is a shop of a deployment, with an order that was shipped and
// one that must be shipped within a day.
type connected struct {
	market           *tiktokshoptest.Server
	shop             string
	shipped, waiting string
}

// connect sells something. What the function asks is asked on this machine.
func (d *deployment) connect(t *testing.T) connected {
	t.Helper()
	c := connected{market: tiktokshoptest.New(tiktokshoptest.App{Key: appKey, Secret: appSecret}, time.Now)}
	server := httptest.NewServer(c.market)
	t.Cleanup(server.Close)
	d.environment["TIKTOK_API"], d.environment["TIKTOK_AUTH"] = server.URL, server.URL
	vault, err := d.keys.Vault(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.keys.Set(t.Context(), "tiktokshop", appKey+":"+appSecret); err != nil {
		t.Fatal(err)
	}
	settings, err := tiktokshop.ReadSettings(func(name string) string { return d.environment[name] })
	if err != nil {
		t.Fatal(err)
	}
	from := tiktokshop.New(d.keys.Source("tiktokshop"))
	client := tiktokshop.NewClient(tiktokshop.Apps(from), store.Shops{Table: d.ledger, Vault: vault}, nil, settings, time.Now, slog.New(slog.DiscardHandler))
	c.shop = c.market.AddShop(tiktokshoptest.Shop{Region: "US"}).ID
	if _, err := client.Connect(t.Context(), c.market.Authorize(c.shop)); err != nil {
		t.Fatal(err)
	}
	c.shipped = c.market.Place(tiktokshoptest.Order{Shop: c.shop})
	c.market.Ship(c.shipped, tiktokshoptest.Parcel{Number: ordered, Provider: "UPS"})
	soon := time.Now().Add(20 * time.Hour)
	c.waiting = c.market.Place(tiktokshoptest.Order{Shop: c.shop, Deadlines: tiktokshoptest.Deadlines{RTS: soon, TTS: soon}})
	return c
}

// told are the kinds that the seller was told of an order.
func (d *deployment) told(t *testing.T, shop, order string) (kinds []string) {
	t.Helper()
	vault, err := d.keys.Vault(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range notify.Topics(vault) {
		row, err := store.Threads{Table: d.ledger}.OfOrder(t.Context(), shop, order, s.Contact.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, told := range row.Told {
			kinds = append(kinds, string(told.Kind))
		}
	}
	return kinds
}

func (d *deployment) function(t *testing.T) lambda.Handler {
	t.Helper()
	h, err := newHandler(func(name string) string { return d.environment[name] }, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestShopsAreKeptUpWith: what changed in a shop is asked for, its parcels are
// followed, and the seller hears of a deadline.
func TestShopsAreKeptUpWith(t *testing.T) {
	d := deploy(t)
	c := d.connect(t)
	h := d.function(t)
	if answer, err := h.Invoke(t.Context(), sample(t)); err != nil || string(answer) != "{}" {
		t.Fatalf("answer %s, %v", answer, err)
	}
	rec, err := d.shipments.Get(t.Context(), ordered)
	if err != nil || rec.Status != shipment.InfoReceived || rec.Carrier != "ups" || rec.RegisteredAt.IsZero() {
		t.Errorf("the parcel is %s of %q, registered at %s, %v", rec.Code, rec.Carrier, rec.RegisteredAt, err)
	}
	order, err := store.Orders{Table: d.shipments.Table, Now: time.Now}.Get(t.Context(), c.shop, c.shipped)
	if err != nil || order.Status != tiktokshoptest.AwaitingCollection || !order.Stale.IsZero() || order.Due.Before(time.Now()) {
		t.Errorf("the order is %+v, %v", order, err)
	}
	if told := d.told(t, c.shop, c.waiting); len(told) != 1 || told[0] != "ship_deadline" {
		t.Errorf("of the order that must be shipped the seller was told %q, want its deadline", told)
	}
	asked := len(c.market.Calls())
	if _, err := h.Invoke(t.Context(), sample(t)); err != nil || len(c.market.Calls()) != asked || len(d.told(t, c.shop, c.waiting)) != 1 {
		t.Errorf("the next sweep: %v, asked %d times more, and told %q", err, len(c.market.Calls())-asked, d.told(t, c.shop, c.waiting))
	}
	for _, call := range c.market.Calls() {
		if call.Status != 200 {
			t.Errorf("refused: %+v", call)
		}
	}
}

// TestAShopThatCannotBeAskedStopsNobody else.
func TestAShopThatCannotBeAskedStopsNobody(t *testing.T) {
	d := deploy(t)
	c := d.connect(t)
	if err := d.keys.SetOnly(t.Context(), "tiktokshop", appKey+":another-secret"); err != nil {
		t.Fatal(err)
	}
	d.subscribe(t, 2*time.Hour)
	before := sms(t)
	answer, err := d.function(t).Invoke(t.Context(), sample(t))
	if err != nil || string(answer) != "{}" { // That is the shop's fault, and its seller hears of it.
		t.Errorf("answer %s, %v", answer, err)
	}
	shop, err := store.Shops{Table: d.ledger}.Get(t.Context(), "tiktokshop", c.shop)
	if err != nil || shop.Fault != "AUTH: 106001" {
		t.Errorf("noted is %q, %v", shop.Fault, err)
	}
	if n := sms(t) - before; n != 1 {
		t.Errorf("%d messages arrived, want one", n)
	}
}

// TestWithoutKeysPushesAreDone: whoever tells, and whoever asks shops, waits for
// them.
func TestWithoutKeysPushesAreDone(t *testing.T) {
	d := deploy(t)
	d.environment["STACK"] += "-without"
	d.park(t, `{"trackingNumber":"`+pushed+`","localActivityDate":"20261112","localActivityTime":"213045","activityStatus":{"type":"I","code":"OR"}}`, 20*time.Minute)
	answer, err := d.function(t).Invoke(t.Context(), sample(t))
	if !errors.Is(err, secret.ErrMissing) || answer != nil {
		t.Errorf("answer %s, %v, want %v", answer, err, secret.ErrMissing)
	}
	if rec, err := d.shipments.Get(t.Context(), pushed); err != nil || rec.Status != shipment.InTransit {
		t.Errorf("the shipment is %s, %v, want that the push was done", rec.Code, err)
	}
}
