package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/go-json-experiment/json"
)

func (p *player) state(ctx context.Context) (v whyView, err error) {
	raw, err := p.do(ctx, http.MethodGet, "/shipments/"+p.number+"/why", nil)
	if err != nil {
		return whyView{}, err
	}
	return v, json.Unmarshal(raw, &v)
}

// changed tells whether the newest change of a parcel is another one.
func changed(before, after *whyView) bool {
	return len(after.Changes) > 0 && (len(before.Changes) == 0 || after.Changes[0].Pushes[0] != before.Changes[0].Pushes[0])
}

// untilQuiet prints messages until none has gone for a while.
func (p *player) untilQuiet(ctx context.Context) error {
	for before := -1; before != len(p.told); {
		before = len(p.told)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(quiet):
		}
		if err := p.notices(ctx); err != nil {
			return err
		}
	}
	return nil
}

// threads prints what the parcel's recipients were told that is new.
func (p *player) threads(ctx context.Context) error {
	v, err := p.state(ctx)
	if err != nil {
		return err
	}
	for _, t := range v.Threads {
		for _, told := range t.Told {
			key := t.Recipient + " " + told.MessageID + " " + told.At.String()
			if p.told[key] {
				continue
			}
			p.told[key] = true
			if err := p.print(demoNotice{At: told.At.Truncate(time.Second), Notice: string(told.Kind), To: t.Recipient}); err != nil {
				return err
			}
		}
	}
	return nil
}

// notices prints the messages of the parcel that are new.
func (p *player) notices(ctx context.Context) error {
	if p.sent {
		return p.threads(ctx)
	}
	raw, err := p.do(ctx, http.MethodGet, "/outbox", nil)
	if err != nil {
		return err
	}
	var days []outboxDay
	if err := json.Unmarshal(raw, &days); err != nil {
		return err
	}
	for _, d := range days {
		for _, l := range d.Lines {
			key := fmt.Sprintf("%s#%d", l.ID, l.Line)
			if l.Number != p.number || p.told[key] {
				continue
			}
			p.told[key] = true
			if err := p.print(demoNotice{l.At.Truncate(time.Second), l.Kind, l.Channel, l.Address, l.Subject}); err != nil {
				return err
			}
		}
	}
	return nil
}

// poll waits until a push has changed the parcel on a server that runs, or has
// had the time to.
func (p *player) poll(ctx context.Context, seen whyView) (v whyView, err error) {
	for late := time.Now().Add(pollFor); time.Now().Before(late); {
		if v, err = p.state(ctx); err != nil || changed(&seen, &v) {
			return v, err
		}
		select {
		case <-ctx.Done():
			return v, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return v, nil
}

const (
	// pollFor is enough for a deployment on AWS that has slept.
	pollFor = 15 * time.Second
	quiet   = 3 * time.Second
)
