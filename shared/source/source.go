// Package source is the contract of everything that tells us of parcels:
// carriers, aggregators and marketplaces. Each has a folder of its own below
// this one; package source/all lists them.
package source

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/webhook"
)

// Delivery is one webhook call as it came in. The body is the bytes as
// received: what is verified is never copied or encoded again.
type Delivery struct {
	Method, Path string
	Header       http.Header
	Body         []byte
	RemoteIP     netip.Addr
}

// PathToken returns the part of the path behind the source's name, "" if there
// is none: /webhooks/{source}/{token}.
func (d *Delivery) PathToken() string {
	rest, _ := strings.CutPrefix(d.Path, "/webhooks/")
	_, token, _ := strings.Cut(rest, "/")
	return token
}

// Report is what one body says.
type Report struct {
	Shipments []shipment.Update `json:"shipments"`
	Orders    []order.Change    `json:"orders"`
	Malformed []Malformed       `json:"malformed"`
	Topic     string            `json:"topic"`
	Ignored   bool              `json:"ignored"` // understood, and of no use to us
	// Shop is what the body says of a shop as a whole; nil: nothing.
	Shop *order.ShopChange `json:"-"`
}

// Malformed names a part of a body that could not be understood while the rest
// could. It holds no values: they may be anything.
type Malformed struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

// Receiver takes the webhooks of a source.
type Receiver interface {
	// Verify checks that the source itself sent d, and returns the ID of the key
	// that says so. Its errors wrap those of package webhook; any other error
	// means that the keys could not be had now.
	Verify(ctx context.Context, d Delivery, now time.Time) (keyID string, err error)
	// Decode reads a body that was verified before. It is pure: no clock, no
	// log, no network. An error wraps webhook.ErrMalformed, and then the Report
	// is empty.
	Decode(body []byte) (Report, error)
}

// Poller asks a source for many numbers in one call. It returns one Result for
// each Query, in their order; the error speaks of the call as a whole.
type Poller interface {
	Poll(ctx context.Context, q []Query) ([]Result, error)
}

// Registrar subscribes numbers to a source's pushes. Asking twice does no harm.
type Registrar interface {
	Register(ctx context.Context, q []Query) ([]Result, error)
}

// Market is asked for the orders of a shop. Its changes are those of answers; a
// call may be made twice. Errors are coded *Error, or a fault of ours.
type Market interface {
	// Orders asks for orders by their ids, up to Limits.PerCall. One that is not of
	// the shop is left out.
	Orders(ctx context.Context, shop string, ids []string) (Report, error)
	// Package asks for one package.
	Package(ctx context.Context, shop, id string) (Report, error)
	// Changed asks for what was updated in a window, oldest first: a page of it.
	// next is "" at its end, else what to ask the next page with.
	Changed(ctx context.Context, shop string, what Listing, w Window, page string) (r Report, next string, err error)
	// Tracking asks for the texts on the way of an order's parcels, as events that
	// tell nothing of a status, since they name neither package nor code.
	Tracking(ctx context.Context, shop, order string) ([]shipment.Event, error)
}

// Listing is what a Market lists.
type Listing string

// What a Market lists.
const (
	Orders   Listing = "orders"
	Packages Listing = "packages"
)

// Window is a span of time, From up to but not including To.
type Window struct{ From, To time.Time }

// Source is all that we know of a source. What it cannot do is nil.
type Source struct {
	Name string
	Kind shipment.SourceKind
	Receiver
	Poller
	Registrar
	Market
	// Answer decodes what Poll reads. Pure; status 0 judges by the body alone.
	// An answer that carries an error is a coded *Error beside an empty Report.
	Answer func(status int, body []byte) (Report, error)
	// Endpoints answer POST /webhooks/{source}/{name}. They store nothing.
	Endpoints map[string]func(context.Context, Delivery, time.Time) (Reply, error)
	// Sign makes d what the source itself would send under a key, for samples
	// and demonstrations; now is the time of sending.
	Sign func(d *Delivery, key string, now time.Time) error
	// Personal names members that are cut beside the shared list.
	Personal []string
	// Reply replaces the usual answers where the source needs another form.
	Reply  func(error) Reply
	Limits Limits
}

// Limits are what a source allows and needs. A zero is the usual value.
type Limits struct {
	PerCall      int      // numbers a call
	PerSecond    float64  // calls
	PerDay       int      // calls
	BodySize     int64    // bytes of a webhook body; 1 MiB
	ContentTypes []string // of webhooks; application/json
}

// Reply is an HTTP answer.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// Query asks for one number. Country and PostalCode are of the destination;
// some carriers answer only with them.
type Query struct{ Number, Carrier, Country, PostalCode string }

// Result is the answer to one Query. Err is a coded *Error.
type Result struct {
	Number string
	Update shipment.Update
	Err    error
}

// Keys loads the prepared keys of a source; it is called for every delivery and
// therefore cached by whoever provides it.
type Keys func(context.Context) (webhook.Keys, error)

// Fixed gives the same keys for ever.
func Fixed(keys webhook.Keys) Keys {
	return func(context.Context) (webhook.Keys, error) { return keys, nil }
}

// ErrorCode says why a source gives no tracking.
type ErrorCode string

// The error codes, as `local explain` prints them.
const (
	NotFound      ErrorCode = "NOT_FOUND"
	InvalidNumber ErrorCode = "INVALID_NUMBER"
	Auth          ErrorCode = "AUTH"
	RateLimited   ErrorCode = "RATE_LIMITED"
	Unavailable   ErrorCode = "UNAVAILABLE"
	Undecodable   ErrorCode = "MALFORMED"
)

// Error is a source's refusal in our words. Message is safe to show: it holds
// the source's own code and never a body.
type Error struct {
	Code    ErrorCode
	Message string
	// RetryAfter is when the source wants to be asked again; 0: it does not say.
	RetryAfter time.Duration
	// Over: an authorisation has ended, and only who gave it can give another.
	Over bool
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }
