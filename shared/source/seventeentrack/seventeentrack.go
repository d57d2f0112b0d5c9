package seventeentrack

import (
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
)

const name = "17track"

// New returns 17TRACK as a source. It takes keys of two forms: the API key,
// which signs the pushes, and path:TOKEN.
func New(keys source.Keys) source.Source {
	return source.Source{
		Name:     name,
		Kind:     shipment.Aggregator,
		Receiver: &Receiver{keys: keys},
		Answer:   answer,
		Sign:     sign,
		// The shared list cuts streets and coordinates. A param holds what a
		// carrier asks for: the recipient's postal code or phone number.
		Personal: []string{"param", "remark", "customer_number", "reference_number"},
		Limits:   source.Limits{PerCall: 40, PerSecond: 3},
	}
}
