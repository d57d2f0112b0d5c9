package ups

import (
	"context"
	"time"

	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
)

const name = "ups"

// New returns UPS as a source. It takes keys of three forms: a secret (Track
// Alert 1: the credential), basic:ID:SECRET (Track Alert 2: the client that
// fetches tokens) and path:TOKEN.
func New(keys source.Keys) source.Source {
	r := &Receiver{keys: keys}
	return source.Source{
		Name:     name,
		Kind:     shipment.Carrier,
		Receiver: r,
		Answer:   answer,
		Endpoints: map[string]func(context.Context, source.Delivery, time.Time) (source.Reply, error){
			"token": r.token,
		},
		Sign: sign,
		// Of deliveryInformation and packageAddress the shared list cuts most.
		Personal: []string{
			"receivedBy", "deliveryPhoto", "signature", "pod", "attentionName",
			"referenceNumber", "paymentInformation", "shipperAccountNumber",
		},
		// Enhanced subscriptions carry a photo of the delivered parcel.
		Limits: source.Limits{PerCall: 1, BodySize: 5 << 20},
	}
}
