package ups

import (
	"fmt"
	"net/http"
	"regexp"

	"github.com/shiptide/shiptide/shared/source"
)

// refusals are the error codes of the Track API and of its sign-in that say more
// than the HTTP status. 10429 is known from users only.
var refusals = map[string]source.ErrorCode{
	"TW0001": source.NotFound,
	"TV1002": source.InvalidNumber,
	"UJ0001": source.Auth, // Token missing or invalid.
	"250002": source.Auth,
	"250003": source.Auth, // Invalid licence.
	"251004": source.Auth, // Token expired.
	"10429":  source.RateLimited,
	"10004":  source.Unavailable, // Transient.
	"VSS100": source.Unavailable,
}

// codeForm is what a code of UPS looks like: others are not shown, since they
// could be anything.
var codeForm = regexp.MustCompile(`^[A-Z]{0,3}[0-9]{3,6}$`)

// refusal makes an error of an HTTP status and the codes in its body, of which
// the first known one decides. UPS does not say when to come again.
func refusal(status int, codes []string) *source.Error {
	shown := ""
	for _, code := range codes {
		if c, ok := refusals[code]; ok {
			return &source.Error{Code: c, Message: code}
		}
		if shown == "" && codeForm.MatchString(code) {
			shown = code
		}
	}
	e := &source.Error{Code: source.Unavailable, Message: shown}
	switch status {
	case http.StatusNotFound:
		e.Code = source.NotFound
	case http.StatusUnauthorized, http.StatusForbidden:
		e.Code = source.Auth
	case http.StatusTooManyRequests:
		e.Code = source.RateLimited
	}
	switch {
	case shown == "" && status == 0:
		e.Message = "error without a known code"
	case shown == "":
		e.Message = fmt.Sprintf("HTTP %d", status)
	}
	return e
}

// nothingFound is the other form of "not found": HTTP 200, a warning, and no
// package.
func nothingFound(codes []string) *source.Error {
	for _, code := range codes {
		if c, ok := refusals[code]; ok {
			return &source.Error{Code: c, Message: code}
		}
	}
	return &source.Error{Code: source.NotFound, Message: "no package"}
}
