package tiktokshoptest

import (
	"crypto/hmac"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// How far from now a call may have been made.
const (
	oldest = 5 * time.Minute
	ahead  = 30 * time.Second
)

// anywhere are the parameters that any call may have.
var anywhere = []string{"app_key", "timestamp", "sign", "access_token", "version"}

// check finds out which call it is, and whether it may be made. The order of the
// checks is a guess.
func (s *Server) check(c *call) *refusal {
	for _, step := range []func() *refusal{
		c.find, c.media, c.names,
		func() *refusal { return s.checkApp(c) },
		c.checkTime,
		func() *refusal { return s.checkSign(c) },
		func() *refusal { return s.checkToken(c) },
		func() *refusal { return s.checkShop(c) },
		func() *refusal { return s.throttle(c) },
	} {
		if refused := step(); refused != nil {
			return refused
		}
	}
	s.use(c.pair)
	return nil
}

func (c *call) media() *refusal {
	if media, _, _ := mime.ParseMediaType(c.Header.Get("Content-Type")); c.Method == http.MethodPost && media != "application/json" {
		return refuse(wrongMedia, "the content type is not application/json")
	}
	return nil
}

// names refuses what is no parameter of the call.
func (c *call) names() *refusal {
	for name := range c.query {
		ours := slices.Contains(anywhere, name) || slices.Contains(c.route.query, name)
		if !ours && (name != "shop_cipher" || !c.route.ofShop) {
			if name == "shop_cipher" {
				return bad("unexpected identifier shop_cipher")
			}
			return bad("unexpected identifier")
		}
	}
	return nil
}

func (s *Server) checkApp(c *call) *refusal {
	if key := c.query.Get("app_key"); key == "" || key != s.app.Key {
		return bad("app_key is missing or unknown")
	}
	return nil
}

func (c *call) checkTime() *refusal {
	text := c.query.Get("timestamp")
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || len(text) != 10 {
		return bad("timestamp is missing or not in seconds")
	}
	if at := time.Unix(n, 0); at.Before(c.now.Add(-oldest)) || at.After(c.now.Add(ahead)) {
		return bad("timestamp is expired or ahead")
	}
	return nil
}

func (s *Server) checkSign(c *call) *refusal {
	got := c.query.Get("sign")
	if got == "" {
		return bad("sign is missing")
	}
	want := callSign(s.app.Secret, c.URL.Path, c.query, c.Header.Get("Content-Type"), c.body)
	if !hmac.Equal([]byte(got), []byte(want)) {
		return refuse(wrongSign, "sign is invalid")
	}
	return nil
}

func (s *Server) checkToken(c *call) *refusal {
	p := s.access[c.Header.Get("X-Tts-Access-Token")]
	switch {
	case p == nil:
		return bad("x-tts-access-token is missing or unknown")
	case p.over || !c.now.Before(p.until) || p.grant.over(c.now):
		return refuse(tokenExpired, "the access token has expired")
	}
	c.pair = p
	return nil
}

func (s *Server) checkShop(c *call) *refusal {
	if !c.route.ofShop {
		return nil
	}
	cipher := c.query.Get("shop_cipher")
	if cipher == "" {
		return refuse(noCipher, "shop_cipher is missing")
	}
	c.shop = s.shopOf(cipher)
	if c.shop == nil || !slices.Contains(c.pair.grant.shops, c.shop.ID) {
		return refuse(noRight, "the token is not of this shop")
	}
	return nil
}
