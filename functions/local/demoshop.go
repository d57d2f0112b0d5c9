package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source/tiktokshop"
	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
)

// The shop of the demo, and the numbers of its two packages. Nobody has them.
const (
	demoShopID   = "7490000000000000001"
	demoByUPS    = "1ZE40F710345678130"
	demoByTikTok = "TTS880000000000017"
)

// demoEvery is how often the sweep comes by while the demo's time passes.
const demoEvery = 15 * time.Minute

// shopPlayer plays an order: what happens in the shop is pushed by a stand-in of
// TikTok Shop, and asked for at its API, both over HTTP.
type shopPlayer struct {
	*env
	*client
	app    *app
	poster poster
	market *tiktokshoptest.Server
	day    time.Time

	mu    sync.Mutex
	clock time.Time

	order string
	packs []string
	told  map[string]bool
	heard map[string]int // what the buyer heard, by notice and number
	warns int            // what the seller heard before the deadline
}

func (d *shopPlayer) now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.clock
}

// demoShop plays an order of two packages, one with a label of the seller's own at
// UPS, one with TikTok's.
func demoShop(ctx context.Context, e *env, day time.Time) (err error) {
	dir, err := os.MkdirTemp("", "shiptide-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	keys, err := readKeyring("")
	if err != nil {
		return err
	}
	d := &shopPlayer{env: e, day: day, clock: day, told: map[string]bool{}, heard: map[string]int{}}
	key, secret, _ := strings.Cut(developmentKey(tiktok), ":")
	d.market = tiktokshoptest.New(tiktokshoptest.App{Key: key, Secret: secret}, d.now)
	d.market.AddShop(tiktokshoptest.Shop{ID: demoShopID, Name: "Demo shop", Region: "US"})
	server := httptest.NewServer(d.market)
	defer server.Close()
	a, err := openApp(dir, keys.sources(), d.now, slog.New(slog.NewTextHandler(e.stderr, nil)))
	if err != nil {
		return err
	}
	a.keepShops(a.seller, tiktokshop.Settings{API: server.URL, Auth: server.URL})
	a.client.Sleep = func(context.Context, time.Duration) error { return nil } // Its time does not pass by itself.
	err = a.withClient(ctx, func(ctx context.Context, c *client) error {
		d.app, d.client, d.poster = a, c, poster{base: c.base, keys: keys, now: d.now}
		return d.play(ctx)
	})
	return errors.Join(err, a.close())
}

// shopStep is something that happens.
type shopStep struct {
	at   time.Duration
	does string
	do   func(context.Context) error
}

func (d *shopPlayer) play(ctx context.Context) error {
	d.say("demo: an order of two packages, one with UPS and one with TikTok's own shipping; TikTok Shop is a stand-in, its pushes, its API and their signatures are real")
	if _, err := d.app.client.Connect(ctx, d.market.Authorize(demoShopID)); err != nil {
		return err
	}
	in := demoScan{at: columbus}
	scan := func(kind, code, description, text string) func(context.Context) error {
		return func(ctx context.Context) error {
			s := in
			s.scanned, s.kind, s.code, s.description, s.text = d.now().Sub(d.day)-5*time.Minute, kind, code, description, text
			body, err := s.body(demoByUPS, d.day)
			if err != nil {
				return err
			}
			return d.post(ctx, "ups", text, func() (int, error) { return d.poster.post(ctx, "ups", body) })
		}
	}
	happens := func(do func()) func(context.Context) error { return func(context.Context) error { do(); return nil } }
	steps := []shopStep{
		{at(0, 9, 0), "an order is placed", happens(func() {
			d.order = d.market.Place(tiktokshoptest.Order{Shop: demoShopID, Units: 2, Deadlines: tiktokshoptest.Deadlines{
				RTS: d.day.Add(at(1, 23, 59)), TTS: d.day.Add(at(2, 23, 59)), DeliverySLA: d.day.Add(at(8, 23, 59)),
			}})
		})},
		{at(0, 11, 0), "it is packed in two packages", happens(func() {
			d.packs = d.market.Pack(d.order, tiktokshoptest.Parcel{Number: demoByUPS, Provider: "UPS"},
				tiktokshoptest.Parcel{Number: demoByTikTok, Provider: "TT Virtual express", ShippingType: "TIKTOK"})
		})},
		{at(0, 11, 30), "the buyer asks to hear of both", d.subscribe},
		{at(2, 8, 5), "UPS has the first", scan("I", "OR", "005", "Origin Scan")},
		{at(2, 10, 0), "TikTok sees the second", happens(func() { d.market.Collect(d.packs[1]) })},
		{at(2, 12, 0), "and the first", happens(func() { d.market.Collect(d.packs[0]) })},
		{at(3, 9, 5), "the first is out for delivery", scan("I", "OT", "021", "Out For Delivery Today")},
		{at(3, 14, 5), "and delivered", scan("D", "FS", "011", "DELIVERED")},
		{at(3, 16, 0), "as TikTok says too", happens(func() { d.market.Deliver(d.packs[0]) })},
		{at(4, 15, 0), "the second is delivered, as TikTok alone knows", happens(func() { d.market.Deliver(d.packs[1]) })},
	}
	for _, s := range steps {
		if err := d.pass(ctx, d.day.Add(s.at)); err != nil {
			return err
		}
		if err := d.print(demoNews{At: d.now(), Happens: s.does}); err != nil {
			return err
		}
		if err := s.do(ctx); err != nil {
			return err
		}
		if err := d.pushes(ctx); err != nil {
			return err
		}
		if err := d.settle(ctx); err != nil {
			return err
		}
	}
	if err := d.pass(ctx, d.day.Add(at(5, 0, 0))); err != nil {
		return err
	}
	return d.judge(ctx)
}

// demoNews is something that happened.
type demoNews struct {
	At      time.Time `json:"at"`
	Happens string    `json:"happens"`
}

// shopNotice is a message as it went, and of which package.
type shopNotice struct {
	demoNotice `json:",inline"`
	Number     string `json:"trackingNumber"`
}

// shopPush is a push and its answer.
type shopPush struct {
	At     time.Time `json:"at"`
	Source string    `json:"source"`
	Push   string    `json:"push"`
	Answer int       `json:"answer"`
}

// pass lets the demo's time pass, with a sweep now and then.
func (d *shopPlayer) pass(ctx context.Context, until time.Time) error {
	for d.now().Before(until) && ctx.Err() == nil {
		d.mu.Lock()
		if d.clock = d.clock.Add(demoEvery); d.clock.After(until) {
			d.clock = until
		}
		d.mu.Unlock()
		if err := d.settle(ctx); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// settle has everything done that is to be done now, and prints what was told.
func (d *shopPlayer) settle(ctx context.Context) error {
	if err := errors.Join(d.app.settle(ctx), d.app.keeper.Redrive(ctx), d.app.redrive(ctx), d.app.settle(ctx)); err != nil {
		return err
	}
	return d.notices(ctx)
}

// pushes posts what TikTok Shop has to push.
func (d *shopPlayer) pushes(ctx context.Context) error {
	for _, p := range d.market.Pushes() {
		from, _ := findSource(d.app.sources, tiktok)
		told, err := from.Decode(p.Body)
		if err != nil {
			return err
		}
		err = d.post(ctx, tiktok, told.Topic, func() (int, error) {
			return tiktokshoptest.Post(ctx, http.DefaultClient, d.base+"/webhooks/"+tiktok, p)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *shopPlayer) post(_ context.Context, source, what string, send func() (int, error)) error {
	answer, err := send()
	if err != nil {
		return err
	}
	if answer != http.StatusOK {
		return fmt.Errorf("%s of %s was answered %d", what, source, answer)
	}
	return d.print(shopPush{At: d.now(), Source: source, Push: what, Answer: answer})
}

// subscribe lets the buyer hear of both packages.
func (d *shopPlayer) subscribe(ctx context.Context) error {
	for _, number := range []string{demoByUPS, demoByTikTok} {
		if _, err := d.do(ctx, http.MethodPost, "/shipments/"+number+"/subscriptions", demoRecipients[0]); err != nil {
			return err
		}
	}
	return nil
}

// notices prints the messages that are new.
func (d *shopPlayer) notices(ctx context.Context) error {
	raw, err := d.do(ctx, http.MethodGet, "/outbox", url.Values{})
	if err != nil {
		return err
	}
	var days []outboxDay
	if err := json.Unmarshal(raw, &days); err != nil {
		return err
	}
	for _, day := range slices.Backward(days) {
		for _, l := range slices.Backward(day.Lines) {
			key := fmt.Sprintf("%s#%d", l.ID, l.Line)
			if d.told[key] || l.Address == contact.EventsTopic {
				continue
			}
			d.told[key] = true
			switch {
			case l.Channel == "email":
				d.heard[l.Kind+" "+l.Number]++
			case l.Kind == "no_scan" && l.At.Before(d.day.Add(at(1, 23, 59))):
				d.warns++
			}
			if err := d.print(shopNotice{demoNotice{l.At.Truncate(time.Second), l.Kind, l.Channel, l.Address, l.Subject}, l.Number}); err != nil {
				return err
			}
		}
	}
	return nil
}

// judge looks at how it ended.
func (d *shopPlayer) judge(ctx context.Context) error {
	var errs []error
	for number, from := range map[string]string{demoByUPS: "ups", demoByTikTok: tiktok} {
		rec, err := d.app.shipments.Get(ctx, number)
		if err != nil {
			return err
		}
		voices := rec.Voices()
		if rec.Status != shipment.Delivered || voices[0].Source != from {
			errs = append(errs, fmt.Errorf("%s ended %s by the word of %s", number, rec.Status, voices[0].Source))
		}
		for _, kind := range []string{"on_its_way", "delivered"} {
			if n := d.heard[kind+" "+number]; n != 1 {
				errs = append(errs, fmt.Errorf("the buyer heard %d times %s of %s", n, kind, number))
			}
		}
	}
	if d.warns == 0 {
		errs = append(errs, errors.New("the seller was not warned a day before the deadline"))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	d.say("demo: both were delivered, by the word of UPS and of TikTok, after %d calls of the API; the buyer heard %d things, each once", len(d.market.Calls()), len(d.heard))
	return nil
}
