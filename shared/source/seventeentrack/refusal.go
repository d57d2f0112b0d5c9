package seventeentrack

import (
	"fmt"
	"net/http"
	"regexp"

	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
)

// rejections are the codes of refused numbers that tell of the parcel. A number
// that is registered already is no trouble, and nothing is told of it.
var rejections = map[string]shipment.Code{
	"-18010018": {Status: shipment.Pending, SubStatus: shipment.NeedsInput}, // Country and postal code.
	"-18010019": {Status: shipment.Pending, SubStatus: shipment.NeedsInput}, // Postal code.
	"-18010020": {Status: shipment.Pending, SubStatus: shipment.NeedsInput}, // Phone number.
	"-18010022": {Status: shipment.Pending, SubStatus: shipment.NeedsInput},
	"-18019901": {},
	"-18019903": {Status: shipment.Pending, SubStatus: shipment.CarrierUnknown},
	"-18019909": {Status: shipment.Pending, SubStatus: shipment.AwaitingData},
}

// refusals are the codes that say more than "not now". All that is left are
// faults of theirs, of a call of ours, or of settings.
var refusals = map[string]source.ErrorCode{
	"-18010001": source.Auth, // The address that asks is not on the list.
	"-18010002": source.Auth, // Wrong key.
	"-18010004": source.Auth, // Account disabled.
	"-18010005": source.Auth,
	"-18019902": source.NotFound, // Not registered.
	"-18019910": source.NotFound, // Wrong carrier.
	"-18019911": source.NotFound,
	"-18019907": source.RateLimited, // The day's limit.
	"-18019908": source.RateLimited, // Quota used up.
}

// invalid are the codes of a refused number that mean its members. Of a whole
// call they mean what we sent beside it.
var invalid = map[string]bool{"-18010010": true, "-18010011": true, "-18010012": true, "-18010013": true, "-18010015": true}

// codeForm is what a code of 17TRACK looks like: others are not shown, since
// they could be anything.
var codeForm = regexp.MustCompile(`^-?[0-9]{3,9}$`)

// refusal makes an error of an HTTP status and the codes in its body, of which
// the first known one decides. 17TRACK does not say when to come again.
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
