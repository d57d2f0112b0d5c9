package tiktokshop

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/shiptide/shiptide/shared/payload"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/store"
)

// tokenAnswer is what both calls for tokens answer. Times are those of the ends.
type tokenAnswer struct {
	access, accessUntil   string
	refresh, refreshUntil string
	openID, userType      string
}

func (a *tokenAnswer) member(r *payload.Reader, name string) {
	switch name {
	case "access_token":
		a.access = r.Text()
	case "access_token_expire_in":
		a.accessUntil = r.Trimmed()
	case "refresh_token":
		a.refresh = r.Text()
	case "refresh_token_expire_in":
		a.refreshUntil = r.Trimmed()
	case "open_id":
		a.openID = r.Text()
	case "user_type":
		a.userType = r.Trimmed()
	default:
		r.Skip()
	}
}

// tokens returns the pair. What an answer does not say again stays as it was.
func (a *tokenAnswer) tokens(before store.Tokens) store.Tokens {
	t := store.Tokens{Access: a.access, Refresh: cmp.Or(a.refresh, before.Refresh), RefreshUntil: before.RefreshUntil}
	t.AccessUntil, _ = parseUnix(a.accessUntil)
	if until, ok := parseUnix(a.refreshUntil); ok {
		t.RefreshUntil = until
	}
	return t
}

// exchangeCode gets the first pair of an authorisation.
func (c *Client) exchangeCode(ctx context.Context, code string) (tokenAnswer, error) {
	return c.exchange(ctx, "", "token/get", url.Values{"auth_code": {code}, "grant_type": {"authorized_code"}})
}

// exchangeRefresh gets the next pair.
func (c *Client) exchangeRefresh(ctx context.Context, grant, refresh string) (tokenAnswer, error) {
	return c.exchange(ctx, grant, "token/refresh", url.Values{"refresh_token": {refresh}, "grant_type": {"refresh_token"}})
}

// exchange makes a call for tokens. It is not signed: the secret stands in its
// address, which therefore nobody may see. Its refusals have codes that no page
// lists; all of them end in a new authorisation, or in a look at the secret.
func (c *Client) exchange(ctx context.Context, grant, resource string, query url.Values) (tokenAnswer, error) {
	apps, err := c.apps(ctx, grant)
	if err != nil {
		return tokenAnswer{}, err
	}
	var got tokenAnswer
	var first error // The others say less of why.
	err = c.persist(ctx, func() (action, error) {
		do, err := c.sendForTokens(ctx, apps[0], resource, query, &got)
		switch do {
		case done:
			if grant != "" {
				c.signedBy(grant, apps[0])
			}
			return do, nil
		case again, wait:
			return do, err
		default:
		}
		if first == nil {
			first = err
		}
		if apps = apps[1:]; len(apps) == 0 {
			return never, first
		}
		return atOnce, nil
	})
	return got, err
}

func (c *Client) sendForTokens(ctx context.Context, app App, resource string, query url.Values, got *tokenAnswer) (action, error) {
	q := url.Values{"app_key": {app.Key}, "app_secret": {app.Secret}}
	for name, values := range query {
		q[name] = values
	}
	r, err := http.NewRequest(http.MethodGet, c.settings.Auth+"/api/v2/"+resource+"?"+q.Encode(), nil)
	if err != nil { // Its text would quote the address.
		return never, errors.New("tiktokshop: the address of the authorisation is none")
	}
	var a envelope
	status, do, err := c.do(ctx, r, func(body []byte) (_ envelope, err error) {
		*got = tokenAnswer{}
		a, err = unwrap(body, got)
		return a, err
	})
	if do == done && (got.access == "" || got.refresh == "" && query.Has("auth_code")) {
		return never, &source.Error{Code: source.Undecodable, Message: "no tokens"}
	}
	var refused *source.Error
	busy := status == http.StatusTooManyRequests || status == http.StatusRequestTimeout || status >= http.StatusInternalServerError
	if !errors.As(err, &refused) || isMissing(a.code) || busy {
		return do, err
	}
	if _, listed := refusals[a.code]; listed && (do == again || do == wait) {
		return do, err
	}
	return never, &source.Error{Code: source.Auth, Over: true, Message: refused.Message + ": not accepted: authorise the shop again"}
}

// until is when an authorisation ends.
func (a *tokenAnswer) until() time.Time {
	at, _ := parseUnix(a.refreshUntil)
	return at
}
