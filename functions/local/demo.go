package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/shiptide/shiptide/shared/shipment"
)

// The people who hear of the demo's parcel; nobody has these addresses.
var demoRecipients = []url.Values{
	{"channel": {"email"}, "address": {"demo@example.com"}},
	{"channel": {"sms"}, "address": {"+12025550123"}},
}

// demoStep is what one push changed.
type demoStep struct {
	At        time.Time `json:"at"`
	Source    string    `json:"source"`
	Push      string    `json:"push"`
	Answer    int       `json:"answer"`
	Facts     int       `json:"facts"` // new ones; 0: it changed nothing
	Status    string    `json:"status"`
	SubStatus string    `json:"subStatus"`
}

// demoNotice is a message as it went.
type demoNotice struct {
	At      time.Time `json:"at"`
	Notice  string    `json:"notice"`
	Channel string    `json:"channel,omitzero"`
	To      string    `json:"to"`
	Subject string    `json:"subject,omitzero"`
}

// demo plays the life of a parcel: by itself on a store and a clock of its own,
// with -to on a server that runs, and if that is a deployment on AWS, with its
// tables (-stack) to register the parcel and to read what became of it.
func demo(ctx context.Context, e *env, args []string) int {
	fs := e.flags("demo")
	to := fs.String("to", "", "URL of a server that runs, instead of one of its own")
	start := fs.String("start", "", "day on which it begins, as 2026-03-02 or a time; six days ago")
	shop := fs.Bool("shop", false, "play an order of TikTok Shop instead, from its placing on")
	w, rest, code, ok := e.placed(fs, args)
	if !ok {
		return code
	}
	day, err := demoDay(*start, *to != "")
	if err != nil || len(rest) > 0 || *to == "" && w.store == inDynamoDB || *shop && *to != "" {
		return e.usage("demo")
	}
	switch {
	case *shop:
		err = demoShop(ctx, e, day)
	case *to == "":
		err = demoAlone(ctx, e, day)
	case w.store == inDynamoDB:
		err = withServer(ctx, e, w, func(ctx context.Context, c *client) error { return demoOn(ctx, e, c, *to, day, true) })
	default:
		if err = demoOn(ctx, e, newClient(*to), *to, day, false); err == nil {
			e.say("demo: see %s/shipments/%s", *to, numberOf(day))
		}
	}
	if err != nil {
		return e.fail(err)
	}
	return exitOK
}

// demoOn plays on a server that runs, whose clock is not ours: pushes go to a URL,
// and what they do is seen by a client of the console. Where messages are really
// sent there is no outbox, and the parcel's threads tell what went.
func demoOn(ctx context.Context, e *env, c *client, to string, day time.Time, sent bool) error {
	keys, err := readKeyring(e.getenv(webhookKeys))
	if err != nil {
		return err
	}
	d := &player{env: e, client: c, poster: poster{base: to, keys: keys, now: time.Now}, number: numberOf(day), sent: sent}
	d.await = d.poll
	return d.play(ctx, day)
}

// demoDay is the midnight, in UTC, of the day on which the parcel is born. On a
// server that runs, whose clock is not ours, it is a minute, and if none is given
// the parcel is delivered by now.
func demoDay(start string, running bool) (time.Time, error) {
	if start == "" {
		now := time.Now().UTC()
		if running {
			return now.Add(-demoLasts - 5*time.Minute).Truncate(time.Minute), nil
		}
		return now.Truncate(24*time.Hour).AddDate(0, 0, -6), nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		t, err := time.Parse(layout, start)
		switch {
		case err != nil || t.Year() < 2000 || t.Year() >= 2100:
		case running:
			return t.UTC().Truncate(time.Minute), nil
		default:
			return t.UTC().Truncate(24 * time.Hour), nil
		}
	}
	return time.Time{}, errors.New("no day")
}

func demoAlone(ctx context.Context, e *env, day time.Time) (err error) {
	dir, err := os.MkdirTemp("", "shiptide-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	keys, err := readKeyring("")
	if err != nil {
		return err
	}
	clock := day
	now := func() time.Time { return clock }
	a, err := openApp(dir, keys.sources(), now, slog.New(slog.NewTextHandler(e.stderr, nil)))
	if err != nil {
		return err
	}
	err = a.withClient(ctx, func(ctx context.Context, c *client) error {
		d := &player{env: e, client: c, poster: poster{base: c.base, keys: keys, now: now}, number: demoNumber}
		d.arrive = func(t time.Time) { clock = t }
		d.await = func(ctx context.Context, _ whyView) (whyView, error) {
			if err := a.settle(ctx); err != nil {
				return whyView{}, err
			}
			a.sweep(ctx)
			return d.state(ctx)
		}
		return d.play(ctx, day)
	})
	return errors.Join(err, a.close())
}

// player posts the pushes of a life and prints what they did.
type player struct {
	*env
	*client
	poster poster
	number string
	arrive func(time.Time) // sets the clock; nil: it is not ours
	// await returns the parcel's state when a push has done what it does to what
	// was seen before.
	await func(ctx context.Context, seen whyView) (whyView, error)
	told  map[string]bool
	sent  bool // messages are sent; else they are in the outbox
}

func (p *player) play(ctx context.Context, day time.Time) error {
	p.told = map[string]bool{}
	p.say("demo: parcel %s, from Shenzhen to Ohio, told by signed pushes of UPS and 17TRACK from %s on; late ones and repeats included", p.number, day.Format(time.DateOnly))
	if p.arrive != nil {
		p.arrive(day)
	}
	for _, form := range demoRecipients {
		if _, err := p.do(ctx, http.MethodPost, "/shipments/"+p.number+"/subscriptions", form); err != nil {
			return err
		}
	}
	seen, err := p.state(ctx)
	if err != nil {
		return err
	}
	posted := map[string]bool{}
	for _, s := range demoPushes {
		body, err := s.body(p.number, day)
		if err != nil {
			return err
		}
		at := time.Now().UTC().Truncate(time.Second)
		if p.arrive != nil {
			at = day.Add(s.arrives)
			p.arrive(at)
		}
		answer, err := p.poster.post(ctx, s.source, body)
		if err != nil {
			return err
		}
		if answer != http.StatusOK {
			return fmt.Errorf("%s of %s was answered %d; does the server have the key of %s?", s.scan, s.source, answer, webhookKeys)
		}
		after := seen
		if !posted[string(body)] || p.arrive != nil { // Else it was kept before, and nothing comes of it.
			if after, err = p.await(ctx, seen); err != nil {
				return err
			}
		}
		posted[string(body)] = true
		line := demoStep{At: at, Source: s.source, Push: strings.TrimSuffix(s.scan+", "+s.note, ", "), Answer: answer, Status: string(after.Shipment.Status), SubStatus: string(after.Shipment.SubStatus)}
		if changed(&seen, &after) {
			line.Facts = after.Changes[0].Facts
		}
		seen = after
		if err := p.print(line); err != nil {
			return err
		}
		if err := p.notices(ctx); err != nil {
			return err
		}
	}
	if seen.Shipment.Status != shipment.Delivered {
		return fmt.Errorf("the parcel ended %s", seen.Shipment.Status)
	}
	if p.sent { // The last ones are on their way.
		if err := p.untilQuiet(ctx); err != nil {
			return err
		}
	}
	p.say("demo: ended %s after %d pushes and %d messages", seen.Shipment.Status, len(demoPushes), len(p.told))
	return nil
}
