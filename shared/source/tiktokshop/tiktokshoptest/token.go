package tiktokshoptest

import "net/http"

// tokens is the data of both calls for tokens. Its times are absolute.
type tokens struct {
	Access        string   `json:"access_token"`
	AccessExpire  int64    `json:"access_token_expire_in"`
	Refresh       string   `json:"refresh_token"`
	RefreshExpire int64    `json:"refresh_token_expire_in"`
	OpenID        string   `json:"open_id"`
	Seller        string   `json:"seller_name"`
	Region        string   `json:"seller_base_region"`
	UserType      int      `json:"user_type"` // 0: a seller
	Scopes        []string `json:"granted_scopes"`
}

// The first of the scopes was seen, the others are made after it.
var scopes = []string{"seller.order.info", "seller.authorization.info", "seller.fulfillment.basic", "seller.logistics"}

// deny is a refusal of the authorisation. Its codes are not documented, and that
// it comes under 200 is a guess.
func deny(message string) *refusal { return &refusal{code: general, message: message, good: true} }

// tokenCall returns what answers a call of the authorisation, nil if the path is
// not one of its.
func (s *Server) tokenCall(path string) func(*call) (any, *refusal) {
	switch path {
	case "/api/v2/token/get":
		return s.getToken
	case "/api/v2/token/refresh":
		return s.refreshToken
	}
	return nil
}

// checkClient checks what both calls must have.
func (s *Server) checkClient(c *call, grantType string) *refusal {
	switch {
	case c.Method != http.MethodGet:
		return refuse(noMethod, "no such method")
	case s.app.Key == "" || c.query.Get("app_key") != s.app.Key:
		return deny("app_key is invalid")
	case s.app.Secret == "" || c.query.Get("app_secret") != s.app.Secret:
		return deny("app_secret is invalid")
	case c.query.Get("grant_type") != grantType:
		return deny("grant_type is invalid")
	}
	return nil
}

func (s *Server) getToken(c *call) (any, *refusal) {
	if refused := s.checkClient(c, "authorized_code"); refused != nil {
		return nil, refused
	}
	text := c.query.Get("auth_code")
	code := s.codes[text]
	if code == nil || !c.now.Before(code.until) {
		return nil, deny("auth_code is invalid")
	}
	delete(s.codes, text) // It is good once.
	return s.issue(s.grantOf(code, c.now), nil, c.now).answer(), nil
}

func (s *Server) refreshToken(c *call) (any, *refusal) {
	if refused := s.checkClient(c, "refresh_token"); refused != nil {
		return nil, refused
	}
	older := s.refresh[c.query.Get("refresh_token")]
	if older == nil || older.spent || older.grant.over(c.now) {
		return nil, deny("refresh_token is invalid")
	}
	return s.issue(older.grant, older, c.now).answer(), nil
}

func (p *pair) answer() tokens {
	return tokens{
		Access: p.access, AccessExpire: second(p.until),
		Refresh: p.refresh, RefreshExpire: second(p.grant.until),
		OpenID: p.grant.openID, Seller: p.grant.seller, Region: p.grant.region, Scopes: scopes,
	}
}
