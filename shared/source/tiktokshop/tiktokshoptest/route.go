package tiktokshoptest

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// route is a call of the API.
type route struct {
	name     string // its resource, "{id}" for an ID in it
	method   string
	versions []string
	ofShop   bool     // wants a shop_cipher
	query    []string // what it takes beside that
	answer   func(*Server, *call) (any, *refusal)
}

var (
	first = []string{"202309"}
	paged = []string{"page_size", "page_token", "sort_field", "sort_order"}
)

var routes = []route{
	{"authorization/shops", http.MethodGet, first, false, nil, (*Server).shopList},
	{"order/orders", http.MethodGet, []string{"202309", "202507"}, true, []string{"ids"}, (*Server).orderDetail},
	{"order/orders/search", http.MethodPost, first, true, paged, (*Server).orderSearch},
	{"fulfillment/packages/search", http.MethodPost, first, true, paged, (*Server).packageSearch},
	{"fulfillment/packages/{id}", http.MethodGet, first, true, nil, (*Server).packageDetail},
	{"fulfillment/orders/{id}/tracking", http.MethodGet, first, true, nil, (*Server).tracking},
}

var idInPath = regexp.MustCompile(`/(\d+)(/|$)`)

// find finds the route of a call: /{category}/{version}/{resource}.
func (c *call) find() *refusal {
	category, rest, _ := strings.Cut(strings.TrimPrefix(c.URL.Path, "/"), "/")
	version, resource, _ := strings.Cut(rest, "/")
	name := category + "/" + resource
	if m := idInPath.FindStringSubmatchIndex(name); m != nil {
		c.id = name[m[2]:m[3]]
		name = name[:m[2]] + "{id}" + name[m[3]:]
	}
	i := slices.IndexFunc(routes, func(r route) bool { return r.name == name })
	switch {
	case i < 0:
		return refuse(noPath, "no such path")
	case !slices.Contains(routes[i].versions, version):
		return refuse(noVersion, "no such version of the API")
	case routes[i].method != c.Method:
		return refuse(noMethod, "no such method")
	}
	c.route = &routes[i]
	return nil
}
