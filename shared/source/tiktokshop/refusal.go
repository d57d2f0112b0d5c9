package tiktokshop

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/shiptide/shiptide/shared/source"
)

// action is what a caller of the Open API does about a refusal.
type action string

// The actions. Whoever asks again does it with growing gaps and a limit.
const (
	again   action = "again"   // a fault of theirs, or of the network
	wait    action = "wait"    // too many calls: later, and not all at once
	refresh action = "refresh" // the access token is over: get another, then once more
	restamp action = "restamp" // the timestamp is wrong: once more, with another one
	another action = "another" // our app or its secret is: with another one, if there is one
	never   action = "never"   // the call, the rights or the settings are wrong
	done    action = "done"    // nothing: it is no refusal
)

type verdict struct {
	code source.ErrorCode
	do   action
}

// refusals are the codes that say more than the HTTP status: of page common-
// errors, and of the specifications of the order and package calls.
var refusals = map[string]verdict{
	otherShop:  {source.Auth, never}, // The token is of another kind of user, or of another shop.
	"105002":   {source.Auth, refresh},
	"105005":   {source.Auth, never},        // A scope is missing: the seller must authorise again.
	"106001":   {source.Auth, another},      // The signature is wrong: a bug, or another secret.
	"106013":   {source.Unavailable, never}, // No shop_cipher.
	"36009002": {source.RateLimited, wait},
	"36009003": {source.Unavailable, again},
	"36009007": {source.Unavailable, again}, // Took too long: ask for less.
	"36009009": {source.Unavailable, never}, // No such path, method or version.
	"36009010": {source.Unavailable, never},
	"36009014": {source.Unavailable, never},
	"36009022": {source.Unavailable, never}, // Wrong content type.
	"36009023": {source.Unavailable, never},
	"36009033": {source.Auth, never}, // Our address is not on the app's list.

	"10006402": {source.NotFound, never}, // The order or package is of another shop.
	"21008111": {source.NotFound, never},
	"21011028": {source.NotFound, never},

	"10002014": {source.Unavailable, again}, // The order could not be fetched.
	"10002015": {source.Unavailable, again},
	"10037002": {source.Unavailable, again},
	"10037003": {source.Unavailable, again},
	"10037004": {source.Unavailable, again},
}

// otherShop is the code of a token that is not the shop's, or not any more.
const otherShop = "101000"

// general is the code of a call that is wrong in some way; only its message says
// in which.
const general = "36009004"

// hints are looked for in the message of a general refusal, in this order. No
// page shows its wording, so they are the names of what may be wrong, and a
// message without one of them is never asked again. A timestamp is wrong when our
// clock is, or when the call was long under way.
var hints = []struct {
	word string
	verdict
}{
	{"timestamp", verdict{source.Unavailable, restamp}},
	{"page_token", verdict{source.Unavailable, never}},
	{"token", verdict{source.Auth, refresh}},
	{"sign", verdict{source.Auth, another}},
	{"app_key", verdict{source.Auth, another}},
	{"shop_cipher", verdict{source.Unavailable, never}},
}

// refusal makes an error of an answer's HTTP status (0: not known), code and
// message, and says what to do about it. The code decides before the status:
// codes come under all of them. TikTok does not say when to come again.
func refusal(status int, code, message string) (*source.Error, action) {
	if v, ok := refusals[code]; ok {
		return &source.Error{Code: v.code, Message: code, Over: v.do == refresh || code == otherShop}, v.do
	}
	if code == general {
		message = strings.ToLower(message)
		for _, h := range hints {
			if strings.Contains(message, h.word) {
				return &source.Error{Code: h.code, Message: code + ", " + h.word, Over: h.do == refresh}, h.do
			}
		}
		return &source.Error{Code: source.Unavailable, Message: code}, never
	}
	v := byStatus(status)
	e := &source.Error{Code: v.code, Message: fmt.Sprintf("HTTP %d", status)}
	const longest = 9
	switch known := isDigits(code) && !isMissing(code) && len(code) <= longest; {
	case known: // Others could be anything.
		e.Message = code
	case status == 0:
		e.Message = "error without a known code"
	}
	return e, v.do
}

// byStatus judges by the HTTP status alone: what came may be no answer of the
// API at all.
func byStatus(status int) verdict {
	switch {
	case status == http.StatusUnauthorized:
		return verdict{source.Auth, refresh}
	case status == http.StatusForbidden:
		return verdict{source.Auth, never}
	case status == http.StatusTooManyRequests:
		return verdict{source.RateLimited, wait}
	case status == http.StatusServiceUnavailable: // They protect themselves.
		return verdict{source.Unavailable, wait}
	case status >= 400 && status < 500 && status != http.StatusRequestTimeout:
		return verdict{source.Unavailable, never}
	}
	return verdict{source.Unavailable, again}
}
