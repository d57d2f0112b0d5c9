package tiktokshoptest

import (
	"fmt"
	"slices"
	"time"
)

// grant is what a seller allowed an app, until when.
type grant struct {
	openID, seller, region string
	shops                  []string
	until                  time.Time
}

func (g *grant) over(now time.Time) bool { return len(g.shops) == 0 || !now.Before(g.until) }

// authCode is what the seller's browser brings back.
type authCode struct {
	shops []string
	until time.Time
}

// pair is an access token, and the refresh token that it came with.
type pair struct {
	grant           *grant
	access, refresh string
	until           time.Time // of the access token
	over, spent     bool      // the access token is over, the refresh token spent
	older           *pair     // spent when this one is used
}

const codeLife = 30 * time.Minute

// Authorize lets the seller of these shops allow the app what it asks for. The
// code that it returns is good once, for 30 minutes.
func (s *Server) Authorize(shopIDs ...string) (code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(shopIDs) == 0 {
		panic("tiktokshoptest: authorize: no shops")
	}
	for _, id := range shopIDs {
		s.mustShop(id)
	}
	code = "TTP_" + s.secret("code")
	s.codes[code] = &authCode{slices.Clone(shopIDs), s.now().Add(codeLife)}
	return code
}

// ExpireTokens ends all access tokens, as time would.
func (s *Server) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.access {
		p.until = s.now()
	}
}

// secret makes a text that looks like a token, the same in every run.
func (s *Server) secret(kind string) string {
	return sum(s.app.Secret, fmt.Sprint(kind, s.next(kind)))
}

// grantOf makes a grant of a code.
func (s *Server) grantOf(c *authCode, now time.Time) *grant {
	g := &grant{shops: slices.Clone(c.shops), until: now.Add(s.AuthorizationLife)}
	owner := s.shops[c.shops[0]] // Who has several shops is named after the first.
	g.openID, g.seller, g.region = "open_"+owner.ID, owner.Name, owner.Region
	for _, id := range c.shops {
		s.shops[id].grant, s.shops[id].revoked = g, false
	}
	return g
}

// issue makes a pair of tokens. older is what they were got for, if that was a
// refresh.
func (s *Server) issue(g *grant, older *pair, now time.Time) *pair {
	p := &pair{grant: g, until: now.Add(s.TokenLife), older: older}
	if p.until.After(g.until) {
		p.until = g.until
	}
	p.access, p.refresh = "TTP_"+s.secret("access"), "TTP_"+s.secret("refresh")
	if older != nil && s.RotateAtOnce {
		older.over, older.spent = true, true
	}
	s.access[p.access], s.refresh[p.refresh] = p, p
	return p
}

// use notes that an access token was used: the refresh tokens before it are
// spent.
func (s *Server) use(p *pair) {
	for p.older != nil {
		p.older.spent = true
		p.older, p = nil, p.older
	}
}

func (g *grant) drop(shopID string) {
	g.shops = slices.DeleteFunc(slices.Clone(g.shops), func(id string) bool { return id == shopID })
}
