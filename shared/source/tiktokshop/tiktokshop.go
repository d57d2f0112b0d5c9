package tiktokshop

import (
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
)

const name = "tiktokshop"

// New returns TikTok Shop as a source. Its keys are an app key and its secret.
func New(keys source.Keys) source.Source {
	return source.Source{
		Name:     name,
		Kind:     shipment.Marketplace,
		Receiver: &Receiver{keys: keys},
		Answer:   answer,
		Sign:     sign,
		// The shared list cuts addresses and senders. Messages to the customer
		// service come whole; what TikTok itself writes there we do not need.
		Personal: []string{"content", "message", "buyer_message", "buyer_email", "buyer_nickname", "buyer_user_id", "user_id", "im_user_id"},
		// An order call takes 50 ids. 50 calls a second and shop are allowed by
		// its page, 20 are reported: 10 leave room for the shop's other programs.
		Limits: source.Limits{PerCall: 50, PerSecond: 10},
	}
}
