package tiktokshop

import (
	"context"
	"net/http"
	"strings"

	"github.com/shiptide/shiptide/shared/payload"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
)

// trackingAnswer are the texts on the way of an order's parcels, as events.
type trackingAnswer []shipment.Event

func (a *trackingAnswer) member(r *payload.Reader, name string) {
	if name != "tracking" {
		r.Skip()
		return
	}
	r.Each(func(int) { a.read(r) })
}

// read reads one text. Its words are the carrier's, or TikTok's, in any language:
// nothing is read from them. The time was seen in seconds too.
func (a *trackingAnswer) read(r *payload.Reader) {
	text, when := "", ""
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "description":
			text = r.Text()
		case "update_time_millis":
			when = r.Trimmed()
		default:
			r.Skip()
		}
	}
	text = strings.Clone(shipment.CleanText(text))
	at, ok := parseUnix(when)
	if text == "" || !ok {
		return
	}
	// Time and text name it, as long as there is neither code nor id.
	*a = append(*a, shipment.Event{
		Code: unmapped, Description: text, OccurredAt: at, LocalTime: at.Format(shipment.LocalLayout),
		Zone: shipment.Reported, Precision: shipment.Second,
	})
}

// Tracking asks for the texts on the way of an order's parcels. One without a
// time or words is left out.
func (c *Client) Tracking(ctx context.Context, shop, order string) ([]shipment.Event, error) {
	if !isID(order) {
		return nil, &source.Error{Code: source.NotFound, Message: "not an id"}
	}
	var got trackingAnswer
	err := c.ask(ctx, shop, request{method: http.MethodGet, path: c.path("tracking", "fulfillment", "orders/"+order+"/tracking")},
		func(body []byte) (envelope, error) {
			got = nil
			return unwrap(body, &got)
		})
	return got, err
}
