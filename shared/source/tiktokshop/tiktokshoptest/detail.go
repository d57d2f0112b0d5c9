package tiktokshoptest

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

const mostIDs = 50

var idForm = regexp.MustCompile(`^\d{1,32}$`)

// orderDetail answers of up to 50 orders. Those that nobody has are left out.
func (s *Server) orderDetail(c *call) (any, *refusal) {
	ids := strings.Split(c.query.Get("ids"), ",")
	if len(ids) > mostIDs || slices.ContainsFunc(ids, func(id string) bool { return !idForm.MatchString(id) }) {
		return nil, bad("ids are missing, are no ids, or are more than 50")
	}
	var out struct {
		Orders []*orderAnswer `json:"orders"`
	}
	for _, id := range ids {
		o := s.orders[id]
		if o == nil {
			continue
		}
		if o.shop != c.shop {
			return nil, refuse(foreignOrder, "no permission for an order")
		}
		answer, _ := o.history.last()
		out.Orders = append(out.Orders, answer)
	}
	return out, nil
}

func (s *Server) packageDetail(c *call) (any, *refusal) {
	p := s.packages[c.id]
	if p == nil || p.shop != c.shop || p.status == gone {
		return nil, refuse(foreignPackage, "no permission for the package")
	}
	answer, _ := p.history.last()
	detail := *answer
	detail.ID, detail.Status = "", "" // Those of a search.
	return &detail, nil
}

// note is a text on an order, in words that nobody should read a status from.
type note struct {
	Text string `json:"description"`
	At   int64  `json:"update_time_millis"`
}

func (o *order) note(at time.Time, text string) {
	o.notes = append(o.notes, note{text, at.UnixMilli()})
}

// tracking answers with the texts on an order, the newest first.
func (s *Server) tracking(c *call) (any, *refusal) {
	o := s.orders[c.id]
	if o == nil || o.shop != c.shop {
		return nil, refuse(foreignParcels, "no permission for the order")
	}
	var out struct {
		Tracking []note `json:"tracking"`
	}
	out.Tracking = slices.Clone(o.notes)
	slices.Reverse(out.Tracking)
	return out, nil
}
