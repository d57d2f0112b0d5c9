package tiktokshop

import (
	"fmt"
	"slices"

	"github.com/shiptide/shiptide/shared/payload"
	"github.com/shiptide/shiptide/shared/source"
)

// answer reads what the Open API says of orders (detail and search) or of
// packages (detail and search), or why it says nothing. Which shop they are of
// stands in the call, not in the answer: the changes have no ShopID.
func answer(httpStatus int, body []byte) (source.Report, error) {
	var got result
	a, err := unwrap(body, &got)
	if refused, _ := a.judge(httpStatus, err); refused != nil {
		return source.Report{}, refused
	}
	if a.empty {
		return source.Report{}, &source.Error{Code: source.NotFound, Message: "no data"}
	}
	return got.report()
}

// envelope is what every answer of the Open API comes in. Only the code says
// whether it is an error; the message may be anything, and is never shown.
type envelope struct {
	code, message, requestID string
	empty                    bool // no data
}

// content is the data of an answer, read member by member.
type content interface {
	member(r *payload.Reader, name string)
}

// unwrap reads an answer, and its data into one that is empty yet.
func unwrap(body []byte, data content) (a envelope, err error) {
	err = payload.Object(body, func(r *payload.Reader) { a.read(r, data) })
	return a, err
}

// judge tells why an answer is none, and what to do about it; nil: it is one. err
// is what is wrong with its form.
func (a *envelope) judge(httpStatus int, err error) (*source.Error, action) {
	switch {
	case httpStatus >= 400, err == nil && a.code != "" && a.code != "0":
		// An answer of another form comes from something before the API.
		refused, do := refusal(httpStatus, a.code, a.message)
		refused.Message += a.request()
		return refused, do
	case err != nil:
		return &source.Error{Code: source.Undecodable, Message: err.Error()}, never
	case a.code == "":
		return &source.Error{Code: source.Undecodable, Message: "no code"}, never
	}
	return nil, done
}

func (a *envelope) read(r *payload.Reader, data content) {
	a.empty = true
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "code":
			a.code = r.Trimmed()
		case "message":
			a.message = r.Text()
		case "request_id":
			a.requestID = r.Trimmed()
		case "data":
			for ok := r.Enter('{'); ok && r.More(); {
				a.empty = false
				data.member(r, string(r.Name()))
			}
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
	next                string // the page that follows, "" if none does
	hasOrders, hasMatch bool   // a list is there, if perhaps empty
}

func (a *result) member(r *payload.Reader, name string) {
	switch name {
	case "orders":
		a.hasOrders = true
		r.Each(func(i int) {
			if i > maxEntries { // One more than there may be.
				r.Skip()
				return
			}
			a.orders = append(a.orders, orderAnswer{})
			a.orders[len(a.orders)-1].read(r)
		})
	case "packages":
		a.hasMatch = true
		r.Each(func(i int) {
			if i > maxEntries {
				r.Skip()
				return
			}
			a.packages = append(a.packages, packageAnswer{})
			p := &a.packages[len(a.packages)-1]
			for ok := r.Enter('{'); ok && r.More(); {
				p.member(r, string(r.Name()))
			}
		})
	case "total_count":
		a.total = r.Trimmed()
	case "next_page_token":
		a.next = r.Text()
	case "id": // Of something else: here a package has its id in package_id.
		r.Skip()
	default:
		a.detail.member(r, name)
	}
}

// teller collects what an answer tells.
type teller struct {
	source.Report
	changes changes
	faults  map[source.Malformed]bool
}

// maxEntries bounds the lists of an answer, and maxFaults what is said of them. Pages
// have up to 100 entries, and an order a line for each unit.
const maxEntries, maxFaults = 2000, 100

// tooMany tells whether a list is longer than any answer of theirs.
func (a *result) tooMany() bool {
	return len(a.orders) > maxEntries || len(a.packages) > maxEntries ||
		slices.ContainsFunc(a.orders, func(o orderAnswer) bool { return len(o.lines) > maxEntries || len(o.packages) > maxEntries })
}

// fault notes what is wrong, once: some members are read for more than one
// purpose.
func (t *teller) fault(f fault) {
	m := source.Malformed{Path: f.path, Reason: f.reason}
	if t.faults[m] || len(t.faults) == maxFaults {
		return
	}
	if t.faults == nil {
		t.faults = map[source.Malformed]bool{}
	}
	t.faults[m] = true
	t.Malformed = append(t.Malformed, m)
}

func (a *result) report() (source.Report, error) {
	var t teller
	switch {
	case a.tooMany():
		return source.Report{}, &source.Error{Code: source.Undecodable, Message: "too many entries"}
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
