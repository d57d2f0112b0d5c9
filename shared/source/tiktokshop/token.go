package tiktokshop

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/store"
)

const (
	refreshAhead = 24 * time.Hour  // of the end of an access token
	restAfter    = 5 * time.Minute // a refresh that failed ahead of time
)

// errAuthorise is the end of an authorisation.
var errAuthorise = &source.Error{Code: source.Auth, Over: true, Message: "the authorisation is over: authorise the shop again"}

// token is what a call is made with, while it is tried.
type token struct {
	grant     store.Grant // as it was read
	access    string
	refused   []string // access tokens that were not taken
	refreshed bool
	alone     bool // of a grant that is not kept yet: it cannot be refreshed
}

// token returns what to begin a call with.
func (c *Client) token(ctx context.Context, grant string) (*token, error) {
	g, err := c.grant(ctx, grant)
	if err != nil {
		return nil, err
	}
	t := &token{grant: g, access: g.Tokens.Access}
	left := g.Tokens.AccessUntil.Sub(c.now())
	if left > refreshAhead || left > 0 && c.rests(grant) {
		return t, nil
	}
	fresh, err := c.refresh(ctx, grant, t.access, left > 0)
	switch {
	case errors.Is(err, errRests):
		return t, nil
	case err == nil:
		if ahead := fresh.Tokens.AccessUntil.Sub(c.now()); ahead <= refreshAhead { // They live so short: not with each call.
			c.restFor(grant, ahead/2)
		}
		return &token{grant: fresh, access: fresh.Tokens.Access, refreshed: true}, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case left > 0: // It is good for a while.
		c.rest(grant)
		c.log.WarnContext(ctx, "refresh ahead of time", "err", err)
		return t, nil
	}
	return nil, err
}

// next returns what to try after a token that was refused: what somebody else
// got meanwhile, else the one before it, else a new one, once. Nil: there is
// nothing left to try.
func (c *Client) next(ctx context.Context, t *token) (*token, error) {
	g, err := c.grant(ctx, t.grant.ID)
	if err != nil {
		return nil, err
	}
	n := &token{grant: g, refused: append(slices.Clone(t.refused), t.access), refreshed: t.refreshed}
	for _, access := range []string{g.Tokens.Access, g.Before.Access} {
		if access != "" && !slices.Contains(n.refused, access) && len(n.refused) < tries {
			n.access = access
			return n, nil
		}
	}
	if t.refreshed || c.renewedOften(g.ID) {
		return nil, nil
	}
	if g, err = c.refresh(ctx, g.ID, g.Tokens.Access, false); err != nil {
		return nil, err
	}
	n.grant, n.access, n.refreshed = g, g.Tokens.Access, true
	return n, nil
}

// worked drops the pair before the newest one, as soon as that was seen to work.
// While somebody refreshes it is left to them.
func (c *Client) worked(ctx context.Context, t *token) {
	g := t.grant
	if t.alone || g.Before == (store.Tokens{}) || t.access != g.Tokens.Access || c.held(&g) {
		return
	}
	g.Before = store.Tokens{}
	if err := c.shops.SaveGrant(ctx, &g); err != nil && !errors.Is(err, store.ErrTaken) { // The next call does it.
		c.log.WarnContext(ctx, "drop the tokens of before", "err", err)
	}
}

func (c *Client) grant(ctx context.Context, id string) (store.Grant, error) {
	g, err := c.shops.Grant(ctx, name, id)
	if errors.Is(err, store.ErrNotFound) {
		return g, errAuthorise
	}
	return g, err
}

// held tells whether somebody refreshes a grant.
func (c *Client) held(g *store.Grant) bool {
	// One that ends later than any that is given now comes from a clock that was wrong.
	left := g.Lease.Until.Sub(c.now())
	return g.Lease.Owner != "" && g.Lease.Owner != c.owner && left > 0 && left <= 2*leaseFor
}

// rests tells whether a refresh ahead of time failed a moment ago.
func (c *Client) rests(grant string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now().Before(c.resting[grant])
}

func (c *Client) rest(grant string) { c.restFor(grant, restAfter) }

func (c *Client) restFor(grant string, d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.resting[grant] = c.now().Add(d)
}

// renewals are how often tokens are refreshed because they were refused, in the time
// of two rests: after that it is something else that is refused.
const renewals = 3

func (c *Client) noteRenewal(grant string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	times := append(c.renewed[grant], c.now())
	c.renewed[grant] = times[max(0, len(times)-renewals):]
}

func (c *Client) renewedOften(grant string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	times := c.renewed[grant]
	return len(times) == renewals && c.now().Sub(times[0]) < 2*restAfter
}
