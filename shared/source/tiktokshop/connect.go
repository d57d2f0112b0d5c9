package tiktokshop

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/shiptide/shiptide/shared/payload"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/store"
)

// Where sellers authorise an app. Of the US two hosts are documented.
const (
	authorizeUS   = "https://services.us.tiktokshop.com/open/authorize"
	authorizeRest = "https://services.tiktokshop.com/open/authorize"
)

// AuthorizeURL is where a seller authorises the app with that service id. region
// is "US" or another; what begins with https:// is the address itself, as the
// Partner Center shows it. state comes back with the code, and must be checked.
func AuthorizeURL(region, serviceID, state string) string {
	base := authorizeRest
	switch {
	case strings.EqualFold(region, "US"):
		base = authorizeUS
	case strings.HasPrefix(region, "https://"):
		base, _, _ = strings.Cut(region, "?")
	}
	return base + "?" + url.Values{"service_id": {serviceID}, "state": {state}}.Encode()
}

// shopsAnswer are the shops of an authorisation.
type shopsAnswer []store.Shop

func (a *shopsAnswer) member(r *payload.Reader, name string) {
	if name != "shops" {
		r.Skip()
		return
	}
	r.Each(func(int) {
		s := store.Shop{Source: "tiktokshop"}
		for ok := r.Enter('{'); ok && r.More(); {
			switch string(r.Name()) {
			case "id":
				s.ID = strings.Clone(r.Trimmed())
			case "name":
				s.Name = strings.Clone(shipment.CleanText(r.Text()))
			case "region":
				s.Region = word(strings.Clone(r.Trimmed()))
			case "seller_type":
				s.CrossBorder = r.Trimmed() == "CROSS_BORDER"
			case "cipher":
				s.Cipher = strings.Clone(r.Text())
			default:
				r.Skip()
			}
		}
		*a = append(*a, s)
	})
}

// Connect gets the first tokens for a code, which is good once and for half an
// hour, and keeps them and each shop that they are for. Nothing is kept if the
// shops cannot be had. A shop that was connected before stays where it was.
func (c *Client) Connect(ctx context.Context, code string) ([]store.Shop, error) {
	if code == "" || code == "null" { // So a refusal comes back.
		return nil, &source.Error{Code: source.Auth, Message: "no code: the seller did not agree"}
	}
	got, err := c.exchangeCode(ctx, code)
	if err != nil {
		return nil, err
	}
	switch {
	case !isMissing(got.userType):
		return nil, &source.Error{Code: source.Auth, Message: "not the authorisation of a seller"}
	case !isOpenID(got.openID):
		return nil, &source.Error{Code: source.Undecodable, Message: "no open_id"}
	}
	shops, err := c.listShops(ctx, &got)
	if err != nil {
		return nil, err
	}
	if err := c.keepGrant(ctx, got.openID, got.tokens(store.Tokens{})); err != nil {
		return nil, err
	}
	for i := range shops {
		if shops[i], err = c.keepShop(ctx, shops[i], &got); err != nil {
			return nil, err
		}
	}
	return shops, nil
}

// isOpenID tells whether a text may name an authorisation. Its form is not
// documented.
func isOpenID(s string) bool {
	const longest = 200
	return s != "" && len(s) <= longest && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// listShops asks for the shops of an authorisation that is not kept yet.
func (c *Client) listShops(ctx context.Context, got *tokenAnswer) ([]store.Shop, error) {
	q := request{method: http.MethodGet, path: c.path("shops", "authorization", "shops"), pace: got.openID}
	t := &token{grant: store.Grant{ID: got.openID}, access: got.access, alone: true}
	var shops shopsAnswer
	err := c.insist(ctx, &q, t, func(body []byte) (envelope, error) {
		shops = nil
		return unwrap(body, &shops)
	})
	if err != nil {
		return nil, err
	}
	for _, s := range shops {
		if !isID(s.ID) || s.Cipher == "" {
			return nil, &source.Error{Code: source.Undecodable, Message: "a shop without an id or a cipher"}
		}
	}
	if len(shops) == 0 {
		return nil, &source.Error{Code: source.NotFound, Message: "the authorisation is for no shop"}
	}
	return shops, nil
}

// keepGrant writes the first pair of an authorisation over those before it.
func (c *Client) keepGrant(ctx context.Context, id string, t store.Tokens) error {
	for n := 1; ; n++ {
		g, err := c.shops.Grant(ctx, name, id)
		if err != nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrOtherKeys) {
			return err
		}
		c.believe(&t)
		g.Source, g.ID, g.Tokens, g.Before = name, id, t, store.Tokens{}
		g.Lease.Owner = "" // Whoever refreshes the old pair finds that it is not the newest.
		if err := c.shops.SaveGrant(ctx, &g); !errors.Is(err, store.ErrTaken) || n == saves {
			return err
		}
	}
}

// keepShop writes a shop, over what is known of it already.
func (c *Client) keepShop(ctx context.Context, s store.Shop, got *tokenAnswer) (store.Shop, error) {
	for n := 1; ; n++ {
		now := c.now()
		kept, err := c.shops.Get(ctx, name, s.ID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return s, err
		}
		if err != nil {
			kept = store.Shop{Source: name, ID: s.ID, ConnectedAt: now}
		}
		kept.Name, kept.Region, kept.CrossBorder = cmp.Or(s.Name, kept.Name), s.Region, s.CrossBorder
		kept.Cipher, kept.Grant, kept.ExpiresAt = s.Cipher, got.openID, got.until()
		kept.AuthorisedAt = now
		var never time.Time
		kept.RevokedAt, kept.RevokeSaid, kept.RestsUntil = never, never, never
		kept.Fault, kept.FaultSince, kept.Due = "", never, now
		if err := c.shops.Save(ctx, &kept); !errors.Is(err, store.ErrTaken) || n == saves {
			return kept, err
		}
	}
}
