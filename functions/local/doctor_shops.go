package main

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/source/all"
	"github.com/shiptide/shiptide/shared/store"
)

const (
	// endsSoon is how long before the end of an authorisation it is to be renewed.
	endsSoon = 30 * 24 * time.Hour
	// askedLately is how old the newest list of what changed may be: three of them
	// failed.
	askedLately = 30 * time.Minute
)

// advice is how what is to be done is done where the data is.
type advice struct {
	connect func(region string) string // a command
	key     func(source string) string // gives a source a key
	asks    string                     // who asks for orders, and where it says why not
}

// connectAdvice is the command that connects a shop.
func connectAdvice(where string) func(string) string {
	return func(region string) string {
		if region != "US" {
			region = "rest"
		}
		return "local connect " + tiktok + " -service-id ID -region " + region + " " + where
	}
}

// shopSpeech is a shop and who speaks of its parcels.
type shopSpeech struct {
	shopView
	Speakers []speaker `json:"speakers"`
}

// speechOf reads what the doctor says of shops.
func speechOf(ctx context.Context, shops store.Shops, orders store.Orders, talkers []talker, now time.Time) ([]shopSpeech, error) {
	connected, err := shops.List(ctx, tiktok)
	if err != nil {
		return nil, err
	}
	var out []shopSpeech
	for i := range connected {
		v := viewOfShop(&connected[i])
		recent, err := recentOrders(ctx, orders, v.ID, order.Rates(nil, nil, v.Region, now).Window, now)
		if err != nil {
			return nil, err
		}
		out = append(out, shopSpeech{v, speakers(recent.orders, connected[i].Open(), talkers)})
	}
	return out, nil
}

// ofShops are the findings about shops. keyed: TikTok Shop has a key.
func ofShops(shops []shopSpeech, keyed bool, now time.Time, do advice) []finding {
	switch {
	case len(shops) == 0 && keyed:
		return []finding{about("shops", warning(do.connect("US")+", or with -region rest", "none is connected, though TikTok Shop has a key: of its pushes nothing can be asked"))}
	case len(shops) == 0:
		return []finding{about("shops", fine("none is connected"))}
	}
	var out []finding
	for i := range shops {
		s := &shops[i]
		out = append(out, about("shop "+s.Title(), ofShop(&s.shopView, now, do)))
		for _, who := range s.Speakers {
			out = append(out, about("parcels of "+s.Title(), ofSpeaker(who, s.Region, do)))
		}
	}
	return out
}

// about makes a finding one of a check.
func about(check string, f finding) finding {
	f.Check = check
	return f
}

// ofShop says whether the orders of a shop are known.
func ofShop(s *shopView, now time.Time, do advice) finding {
	since := "connected since " + s.ConnectedAt.UTC().Format(time.DateOnly)
	asked, upTo := s.UpTo, "orders known up to "+minute(s.UpTo)
	if asked.IsZero() {
		asked, upTo = s.ConnectedAt, "its orders were never asked for"
	}
	left := s.ExpiresAt.Sub(now)
	switch {
	case !s.RevokedAt.IsZero():
		return failure(do.connect(s.Region), "the seller took the authorisation back on %s: its orders are not asked for", s.RevokedAt.UTC().Format(time.DateOnly))
	case !s.ExpiresAt.IsZero() && left <= 0:
		return failure(do.connect(s.Region), "the authorisation ended on %s; %s", s.ExpiresAt.UTC().Format(time.DateOnly), upTo)
	case s.Fault != "":
		return failure("mend what it names: the key is "+do.key(tiktok)+", an authorisation "+do.connect(s.Region),
			"its calls are refused since %s (%s); %s", minute(s.FaultSince), s.Fault, upTo)
	case now.Sub(asked) > askedLately:
		return warning(do.asks, "%s; %s, %s ago", since, upTo, duration(now.Sub(asked)))
	case !s.ExpiresAt.IsZero() && left < endsSoon:
		return warning(do.connect(s.Region), "%s; %s; the authorisation ends in %s", since, upTo, duration(left))
	case s.ExpiresAt.IsZero():
		return fine("%s; %s", since, upTo)
	}
	return fine("%s; %s; the authorisation ends in %s", since, upTo, duration(left))
}

// minute is a time for a line.
func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// ofSpeaker says who will tell of parcels.
func ofSpeaker(s speaker, region string, do advice) finding {
	says := s.Which() + ": " + s.Says()
	switch step := s.Do(do.key); {
	case s.Speech == byNobody:
		return failure(do.connect(region), "%s", says)
	case step != "":
		return warning(step, "%s", says)
	}
	return fine("%s", says)
}

// here is how things are done on this machine.
func here(dir string) advice {
	return advice{
		connect: connectAdvice("-data " + dir),
		key:     func(source string) string { return "a key of " + source + " in " + webhookKeys },
		asks:    "local serve -data " + dir + " asks for them while it runs; if it runs, its log says why it cannot",
	}
}

// shopsHere are the findings about the shops in a database; nil: there is none yet.
func shopsHere(ctx context.Context, dir string, a *app, ring keyring, now time.Time) []finding {
	var shops []shopSpeech
	if a != nil {
		talkers, err := talkersOf(ctx, all.Unverified(), ring.keyed)
		if err == nil {
			shops, err = speechOf(ctx, a.shops, a.orders, talkers, now)
		}
		if err != nil {
			return []finding{about("shops", failure("put a copy of the database back", "%s", sentence(err)))}
		}
	}
	return ofShops(shops, ring.has(tiktok), now, here(dir))
}

// shopsInUse asks the server that has a database in use.
func shopsInUse(ctx context.Context, dir string, ring keyring, now time.Time) []finding {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	shops, err := shopsOfServer(ctx, dir)
	if err != nil {
		return []finding{about("shops", unknown("check again when it is free", "not looked at: the database is in use"))}
	}
	return ofShops(shops, ring.has(tiktok), now, here(dir))
}

// shopsOfServer asks the server that has a data folder in use.
func shopsOfServer(ctx context.Context, dir string) (shops []shopSpeech, err error) {
	c, err := findServer(ctx, dir)
	if err != nil {
		return nil, err
	}
	body, err := c.do(ctx, http.MethodGet, "/shops", nil)
	if err != nil {
		return nil, err
	}
	return shops, json.Unmarshal(body, &shops)
}

// shops are the findings about the shops of a deployment.
func (p *patient) shops(ctx context.Context) []finding {
	tables := p.tables()
	for _, name := range []string{"ledger", "shipments"} {
		if tables[name] == "" {
			return []finding{about("shops", p.unnamed(strings.ToUpper(name)+"_TABLE"))}
		}
	}
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	keyed := func(ctx context.Context, name string) (bool, error) { return p.hasKey(ctx, name), nil }
	talkers, err := talkersOf(ctx, all.Unverified(), keyed)
	var shops []shopSpeech
	if err == nil {
		shops, err = speechOf(ctx, store.Shops{Table: p.table(tables["ledger"])}, store.Orders{Table: p.table(tables["shipments"]), Now: p.now}, talkers, p.now())
	}
	if err != nil {
		return []finding{about("shops", unanswered(err, "dynamodb:Query"))}
	}
	return ofShops(shops, p.hasKey(ctx, tiktok), p.now(), advice{
		connect: connectAdvice("-stack " + p.stack),
		key:     func(source string) string { return p.command("keys set " + source) },
		asks:    "the sweep asks for them: CloudWatch, Logs of its function in " + p.stack + " say why it cannot",
	})
}

// hasKey tells whether a source has a key, as far as that can be read.
func (p *patient) hasKey(ctx context.Context, name string) bool {
	keys, err := p.keys.Source(name)(ctx)
	return err == nil && !keys.Empty()
}
