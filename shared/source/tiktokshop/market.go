package tiktokshop

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/shiptide/shiptide/shared/source"
)

// perCall is how many orders are asked for in one call.
const perCall = 50

// Orders asks for orders by their ids. What cannot be an id is left out, like one
// of another shop.
func (c *Client) Orders(ctx context.Context, shop string, ids []string) (source.Report, error) {
	var all source.Report
	for some := range slices.Chunk(unique(ids), perCall) {
		if err := c.orders(ctx, shop, some, &all); err != nil {
			return source.Report{}, err
		}
	}
	return all, nil
}

// orders asks in one call, and when that is refused because of one id, for each
// half: no page says whether the call names those that it can.
func (c *Client) orders(ctx context.Context, shop string, ids []string, all *source.Report) error {
	got, err := c.result(ctx, shop, request{
		method: http.MethodGet, path: c.path("orders", "order", "orders"),
		query: url.Values{"ids": {strings.Join(ids, ",")}},
	})
	switch {
	case refusedAs(err, source.NotFound) && len(ids) == 1:
		return nil
	case refusedAs(err, source.NotFound):
		half := len(ids) / 2
		if err := c.orders(ctx, shop, ids[:half], all); err != nil {
			return err
		}
		return c.orders(ctx, shop, ids[half:], all)
	case err != nil:
		return err
	case got == nil:
		return nil
	}
	r, err := got.of(shop)
	all.Orders = append(all.Orders, r.Orders...)
	all.Shipments = append(all.Shipments, r.Shipments...)
	all.Malformed = append(all.Malformed, r.Malformed...)
	return err
}

// Package asks for one package.
func (c *Client) Package(ctx context.Context, shop, id string) (source.Report, error) {
	if !isID(id) {
		return source.Report{}, &source.Error{Code: source.NotFound, Message: "not an id"}
	}
	got, err := c.result(ctx, shop, request{method: http.MethodGet, path: c.path("package", "fulfillment", "packages/"+id)})
	switch {
	case err != nil:
		return source.Report{}, err
	case got == nil:
		return source.Report{}, &source.Error{Code: source.NotFound, Message: "no data"}
	}
	return got.of(shop)
}

// Changed asks for a page of what was updated in a window. TikTok counts in whole
// seconds: a window that does not is made wider.
func (c *Client) Changed(ctx context.Context, shop string, what source.Listing, w source.Window, page string) (source.Report, string, error) {
	q := request{method: http.MethodPost, query: url.Values{"sort_field": {"update_time"}, "sort_order": {"ASC"}}}
	switch what {
	case source.Orders:
		q.path = c.path("order_search", "order", "orders/search")
		q.query.Set("page_size", "100")
	case source.Packages:
		q.path = c.path("package_search", "fulfillment", "packages/search")
		q.query.Set("page_size", "50")
	default:
		return source.Report{}, "", fmt.Errorf("tiktokshop: nothing lists %q", what)
	}
	if page != "" {
		q.query.Set("page_token", page)
	}
	q.body = fmt.Appendf(nil, `{"update_time_ge":%d,"update_time_lt":%d}`, w.From.Unix(), w.To.Add(time.Second-1).Unix())
	got, err := c.result(ctx, shop, q)
	switch {
	case err != nil || got == nil: // Without data nothing has changed.
		return source.Report{}, "", err
	case got.next != "" && got.next == page:
		return source.Report{}, "", &source.Error{Code: source.Undecodable, Message: "a page that follows itself"}
	}
	r, err := got.of(shop)
	if err != nil {
		return source.Report{}, "", err
	}
	return r, got.next, nil
}

// result makes a call that tells of orders or packages. Nil: it has no data.
func (c *Client) result(ctx context.Context, shop string, q request) (*result, error) {
	var got result
	var a envelope
	err := c.ask(ctx, shop, q, func(body []byte) (_ envelope, err error) {
		got = result{}
		a, err = unwrap(body, &got)
		return a, err
	})
	if err != nil || a.empty {
		return nil, err
	}
	return &got, nil
}

// of returns what a result says, of a shop.
func (a *result) of(shop string) (source.Report, error) {
	r, err := a.report()
	for i := range r.Orders {
		r.Orders[i].ShopID = shop
	}
	return r, err
}
