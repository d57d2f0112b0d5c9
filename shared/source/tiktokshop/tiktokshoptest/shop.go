package tiktokshoptest

import (
	"cmp"
	"fmt"
)

// Shop is a shop of a seller.
type Shop struct {
	ID         string // decimal; AddShop makes one up if it is empty, like the rest
	Name       string
	Region     string // "US", "GB", "DE" …: it decides when packages are made
	SellerType string // LOCAL or CROSS_BORDER
	// Cipher names the shop in calls. One that is made up must be escaped in a
	// query.
	Cipher string
	// Code is the name of the shop in the Seller Center.
	Code string
}

type shop struct {
	Shop
	grant   *grant // the newest
	revoked bool   // and not authorised again
}

// AddShop adds a shop, and returns it with all that it lacked.
func (s *Server) AddShop(in Shop) Shop {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.next("shop")
	in.ID = cmp.Or(in.ID, fmt.Sprintf("749%016d", n))
	in.Name = cmp.Or(in.Name, fmt.Sprintf("Invented shop %d", n))
	in.Region = cmp.Or(in.Region, "US")
	in.SellerType = cmp.Or(in.SellerType, "LOCAL")
	in.Cipher = cmp.Or(in.Cipher, fmt.Sprintf("ROW_%04d+/AAAA-_==", n))
	in.Code = cmp.Or(in.Code, fmt.Sprintf("%sLC%06d", in.Region, n))
	if s.shops[in.ID] != nil || s.shopOf(in.Cipher) != nil {
		panic("tiktokshoptest: add shop: there is one already")
	}
	s.shops[in.ID] = &shop{Shop: in}
	return in
}

func (s *Server) mustShop(id string) *shop {
	found := s.shops[id]
	if found == nil {
		panic("tiktokshoptest: no shop " + id)
	}
	return found
}

// shopOf returns the shop of a cipher, nil if there is none.
func (s *Server) shopOf(cipher string) *shop {
	for _, one := range s.shops {
		if one.Cipher == cipher {
			return one
		}
	}
	return nil
}

// shopAnswer is a shop as the call for shops has it.
type shopAnswer struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Region     string `json:"region"`
	SellerType string `json:"seller_type"`
	Cipher     string `json:"cipher"`
	Code       string `json:"code"`
}

func (s *Server) shopList(c *call) (any, *refusal) {
	var out struct {
		Shops []shopAnswer `json:"shops"`
	}
	for _, id := range c.pair.grant.shops {
		out.Shops = append(out.Shops, shopAnswer(s.shops[id].Shop))
	}
	return out, nil
}

// Revoke lets the seller take back what he allowed the app for a shop: topic 6,
// then nothing more of it. Tokens without another shop are over.
func (s *Server) Revoke(shopID string) {
	s.change(func(c *change) {
		sh := s.mustShop(shopID)
		c.push(6, sh, map[string]any{"message": "invented: the seller has revoked the authorization"})
		sh.revoked = true
		for _, p := range s.access {
			p.grant.drop(shopID)
		}
	})
}

// Warn tells that the authorisation of a shop expires, as is done from 30 days
// before it on: topic 7.
func (s *Server) Warn(shopID string) {
	s.change(func(c *change) {
		sh := s.mustShop(shopID)
		if sh.grant == nil {
			panic("tiktokshoptest: warn: shop " + shopID + " is not authorised")
		}
		c.push(7, sh, map[string]any{
			"message":         "invented: the authorization expires",
			"expiration_time": fmt.Sprint(second(sh.grant.until)), // A text, as documented.
		})
	})
}
