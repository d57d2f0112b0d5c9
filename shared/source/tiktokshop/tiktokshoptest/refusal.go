package tiktokshoptest

import "net/http"

// The codes of page common-errors, and those of the calls.
const (
	noRight        = 101000
	tokenExpired   = 105002
	wrongSign      = 106001
	noCipher       = 106013
	foreignOrder   = 10006402 // of the calls for orders; which code is whose is a guess
	foreignParcels = 21008111 // of the call for tracking
	foreignPackage = 21011028 // of the calls for packages
	tooMany        = 36009002
	general        = 36009004
	noPath         = 36009009
	noMethod       = 36009010
	noVersion      = 36009014
	wrongMedia     = 36009022
)

// refusal is a code and a message. The wording is a guess; a message names what
// is wrong, and never a value.
type refusal struct {
	code    int
	message string
	good    bool // comes under HTTP 200
}

func refuse(code int, message string) *refusal { return &refusal{code: code, message: message} }

// bad is the refusal of a call that is wrong in some way.
func bad(message string) *refusal { return refuse(general, message) }

// status is the HTTP status of a refusal. Those of 106001 and 36009002 were
// seen, and that some come under 200; which ones is a guess.
func (r *refusal) status() int {
	if r.good {
		return http.StatusOK
	}
	switch r.code {
	case wrongSign, tokenExpired:
		return http.StatusUnauthorized
	case noRight:
		return http.StatusForbidden
	case tooMany:
		return http.StatusTooManyRequests
	case noPath, noVersion:
		return http.StatusNotFound
	case noMethod:
		return http.StatusMethodNotAllowed
	case wrongMedia:
		return http.StatusUnsupportedMediaType
	case general, noCipher:
		return http.StatusBadRequest
	}
	return http.StatusOK
}
