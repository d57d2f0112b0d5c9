package tiktokshop

import (
	"fmt"

	"github.com/shiptide/shiptide/shared/payload"
	"github.com/shiptide/shiptide/shared/source"
)

// answer reads what the Open API says of orders (detail and search) or of
// packages (detail and search), or why it says nothing. Which shop they are of
// stands in the call, not in the answer: the changes have no ShopID.
func answer(httpStatus int, body []byte) (source.Report, error) {
	var a envelope
	err := payload.Object(body, a.read)
	switch {
	case httpStatus >= 400, err == nil && a.code != "" && a.code != "0":
		// An answer of another form comes from something before the API.
		refused, _ := refusal(httpStatus, a.code, a.message)
		refused.Message += a.request()
		return source.Report{}, refused
	case err != nil:
		return source.Report{}, &source.Error{Code: source.Undecodable, Message: err.Error()}
	case a.code == "":
		return source.Report{}, &source.Error{Code: source.Undecodable, Message: "no code"}
	case a.data.empty:
		return source.Report{}, &source.Error{Code: source.NotFound, Message: "no data"}
	}
	return a.data.report()
}

// envelope is what every answer of the Open API comes in. Only the code says
// whether it is an error; the message may be anything, and is never shown.
type envelope struct {
	code, message, requestID string
	data                     result
}

func (a *envelope) read(r *payload.Reader) {
	a.data.empty = true
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "code":
			a.code = r.Trimmed()
		case "message":
			a.message = r.Text()
		case "request_id":
			a.requestID = r.Trimmed()
		case "data":
			a.data.read(r)
		default:
			r.Skip()
		}
	}
}

// request names the call as TikTok's support wants to hear it.
func (a *envelope) request() string {
	if id := word(a.requestID); id != "" {
		return ", request " + id
	}
	return ""
}

// result is the data of an answer. That of a package stands in it directly; its
// orders are then those in the package, ids alone.
type result struct {
	detail              packageAnswer
	orders              []orderAnswer
	packages            []packageAnswer
	total               string
	hasOrders, hasMatch bool // a list is there, if perhaps empty
	empty               bool
}

func (a *result) read(r *payload.Reader) {
	for ok := r.Enter('{'); ok && r.More(); {
		a.empty = false
		switch name := string(r.Name()); name {
		case "orders":
			a.hasOrders = true
			r.Each(func(int) {
				a.orders = append(a.orders, orderAnswer{})
				a.orders[len(a.orders)-1].read(r)
			})
		case "packages":
			a.hasMatch = true
			r.Each(func(int) {
				a.packages = append(a.packages, packageAnswer{})
				p := &a.packages[len(a.packages)-1]
				for ok := r.Enter('{'); ok && r.More(); {
					p.member(r, string(r.Name()))
				}
			})
		case "total_count":
			a.total = r.Trimmed()
		case "id": // Of something else: here a package has its id in package_id.
			r.Skip()
		default:
			a.detail.member(r, name)
		}
	}
}

// teller collects what an answer tells.
type teller struct {
	source.Report
	changes changes
}

func (t *teller) fault(f fault) {
	t.Malformed = append(t.Malformed, source.Malformed{Path: f.path, Reason: f.reason})
}

func (a *result) report() (source.Report, error) {
	var t teller
	switch {
	case a.detail.id != "":
		for i := range a.orders {
			a.detail.orders = append(a.detail.orders, a.orders[i].id)
		}
		a.detail.tell(&t, "data.")
	case a.hasMatch:
		for i := range a.packages {
			a.packages[i].tell(&t, fmt.Sprintf("data.packages[%d].", i))
		}
	case a.hasOrders:
		for i := range a.orders {
			a.orders[i].tell(&t, fmt.Sprintf("data.orders[%d].", i))
		}
	case a.total != "0":
		return source.Report{}, &source.Error{Code: source.Undecodable, Message: "neither orders nor packages"}
	}
	t.Orders = t.changes.list
	return t.Report, nil
}
