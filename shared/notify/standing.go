package notify

import (
	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/notice"
)

// Topics are the deployment's own as standing recipients: the seller's, and that
// of events for machines.
func Topics(vault *contact.Vault) []Standing {
	topic := func(name string, audience notice.Audience) Standing {
		return Standing{Audience: audience, Contact: contact.Contact{
			ID: vault.ID(contact.Topic, name), Channel: contact.Topic, Address: name, State: contact.Confirmed,
		}}
	}
	return []Standing{topic(contact.SellerTopic, notice.Seller), topic(contact.EventsTopic, notice.Machine)}
}
