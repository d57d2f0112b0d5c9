package tiktokshop

import (
	"context"
	"errors"
	"time"

	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/store"
)

const (
	leaseFor = 30 * time.Second
	answerIn = 18 * time.Second // and so long the answer may take,
	writeIn  = 8 * time.Second  // and so long to write what came of it
	lookGap  = 250 * time.Millisecond
	looks    = 4 // for another's pair, where the old one still does
	saves    = 5
)

// refresh gets a new pair in place of the one with that access token, or returns
// what somebody else has put there meanwhile. One at a time does it: in a
// process, who has the turn; of all processes, who has the lease. Where the old
// pair still does, nobody waits long for another.
//
// The old pair stays in the grant until the new one was seen to work. If the
// process dies after TikTok made a new pair and before it is written, the old
// pair is all there is, and is tried again when the lease is over. No page says
// whether a refresh ends the old refresh token at once; if it does, the
// authorisation is lost then, and the seller must authorise again.
func (c *Client) refresh(ctx context.Context, grant, old string, does bool) (store.Grant, error) {
	free, err := c.turn(ctx, grant)
	if err != nil {
		return store.Grant{}, err
	}
	defer free()
	if does && c.rests(grant) { // Whoever had the turn before did not get one.
		return store.Grant{}, errRests
	}
	for n := 0; ; n++ {
		g, err := c.grant(ctx, grant)
		if err != nil || g.Tokens.Access != old {
			return g, err
		}
		if !c.held(&g) {
			g.Lease = notice.Lease{Owner: c.owner, Until: c.now().Add(leaseFor)}
			switch err := c.shops.SaveGrant(ctx, &g); {
			case err == nil:
				// Who gives up must not lose the pair that is on its way.
				fresh, err := c.renew(context.WithoutCancel(ctx), &g)
				if err != nil && does {
					c.rest(grant)
				}
				return fresh, err
			case !errors.Is(err, store.ErrTaken):
				return g, err
			}
		} else if does && n >= looks {
			return g, &source.Error{Code: source.Unavailable, Message: "another process refreshes the tokens"}
		}
		if err := c.Sleep(ctx, lookGap); err != nil {
			return g, err
		}
	}
}

// errRests says that a refresh ahead of time was just tried in vain.
var errRests = errors.New("tiktokshop: a refresh failed a moment ago")

// believe gives tokens an end that have none, or one that is over: else they would
// be refreshed with each call.
func (c *Client) believe(t *store.Tokens) {
	if now := c.now(); !t.AccessUntil.After(now) {
		t.AccessUntil = now.Add(refreshAhead + time.Hour)
	}
}

// turn waits until nobody else in this process refreshes a grant.
func (c *Client) turn(ctx context.Context, grant string) (free func(), err error) {
	c.mu.Lock()
	turn := c.refreshes[grant]
	if turn == nil {
		turn = make(chan struct{}, 1)
		c.refreshes[grant] = turn
	}
	c.mu.Unlock()
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// renew gets a new pair under the lease, with the newest refresh token and then
// with the one before it, and gives the lease back.
func (c *Client) renew(ctx context.Context, g *store.Grant) (store.Grant, error) {
	asking, stop := context.WithTimeout(ctx, answerIn)
	defer stop()
	var got tokenAnswer
	err := error(errAuthorise)
	used := g.Tokens
	for _, pair := range []store.Tokens{g.Tokens, g.Before} {
		if pair.Refresh == "" || !pair.RefreshUntil.IsZero() && !pair.RefreshUntil.After(c.now()) {
			continue
		}
		if got, err = c.exchangeRefresh(asking, g.ID, pair.Refresh); err == nil {
			used = pair
			break
		}
		if !refusedAs(err, source.Auth) {
			break
		}
	}
	ctx, cancel := context.WithTimeout(ctx, writeIn)
	defer cancel()
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			err = &source.Error{Code: source.Unavailable, Message: "no tokens in time"}
		}
		g.Lease = notice.Lease{}
		if err := c.shops.SaveGrant(ctx, g); err != nil { // It ends by itself.
			c.log.WarnContext(ctx, "give the lease back", "err", err)
		}
		return *g, err
	}
	return c.keep(ctx, g, used, got.tokens(used))
}

// keep writes a new pair. The grant may have changed since it was read: while its
// newest pair is the same, ours follows it; else somebody's is newer, that of the
// seller who authorised again.
func (c *Client) keep(ctx context.Context, g *store.Grant, used, fresh store.Tokens) (store.Grant, error) {
	c.believe(&fresh)
	old := g.Tokens.Access
	for n := 1; ; n++ {
		g.Before, g.Tokens, g.Lease = used, fresh, notice.Lease{}
		err := c.shops.SaveGrant(ctx, g)
		if err == nil {
			c.noteRenewal(g.ID)
			return *g, nil
		}
		if n == saves {
			return *g, err
		}
		if err := c.Sleep(ctx, lookGap<<n); err != nil {
			return *g, err
		}
		now, err := c.grant(ctx, g.ID) // It may be written though it was an error.
		switch {
		case err != nil:
			continue
		case now.Tokens.Access == "":
			return now, errAuthorise
		case now.Tokens.Access != old:
			return now, nil
		}
		*g = now
	}
}
