package notify

import (
	"net/url"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/sender"
)

// Links are to the pages of a deployment. The zero Links: it has none.
type Links struct {
	Base   string // of the pages, as "https://example.com"
	Signer *contact.Signer
}

// add puts under a customer's mail where the parcel can be seen, and where the
// messages can be ended. An SMS has no room for either; its way out is STOP.
func (l Links) add(m *sender.Message, who notice.Audience, to contact.Contact) {
	if l.Base == "" || who != notice.Customer || to.Channel != contact.Email {
		return
	}
	m.Text += "\nWhere it is: " + l.Base + "/t/" + url.PathEscape(m.Event.TrackingNumber) +
		"\nNo more messages: " + l.Base + l.Signer.LinkOf(to.ID) + "\n"
}
