package notify_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/notify"
	"github.com/shiptide/shiptide/shared/sender"
	"github.com/shiptide/shiptide/shared/shipment"
)

// letters are the messages by whom they went to.
type letters map[string][]sender.Message

func (l letters) Send(_ context.Context, to contact.Contact, m sender.Message) (string, error) {
	l[to.ID] = append(l[to.ID], m)
	return "provider-1", nil
}

// TestLinksAreUnderACustomersMail, and under nothing else: an SMS has no room, and
// to the others they would be those of another.
func TestLinksAreUnderACustomersMail(t *testing.T) {
	signer, err := contact.NewSigner(bytes.Repeat([]byte("l"), 32))
	if err != nil {
		t.Fatal(err)
	}
	links := notify.Links{Base: "https://shop.example.com", Signer: signer}
	to := func(id string, channel contact.Channel, audience notice.Audience) notify.Standing {
		return notify.Standing{Audience: audience, Contact: contact.Contact{ID: id, Channel: channel, Address: id, State: contact.Confirmed}}
	}
	for _, tt := range []struct {
		name  string
		links notify.Links
		want  bool
	}{{"with pages", links, true}, {"without", notify.Links{}, false}} {
		t.Run(tt.name, func(t *testing.T) {
			d, sent := newDesk(t), letters{}
			d.Sender, d.Links = sent, tt.links
			d.Standing = []notify.Standing{
				to("phone", contact.SMS, notice.Customer), to("seller", contact.Topic, notice.Seller), to("seller by mail", contact.Email, notice.Seller),
				to("machine", contact.Topic, notice.Machine), to("machine by mail", contact.Email, notice.Machine),
			}
			d.scan(t, shipment.Exception, shipment.Lost, noon.Add(-time.Hour)) // All are told of it.
			d.notify(t)
			for _, s := range d.Standing {
				id := s.Contact.ID
				if len(sent[id]) == 0 {
					t.Errorf("%s is told nothing, so nothing is tested", id)
				}
				for _, m := range sent[id] {
					if text := m.Subject + m.SMS + m.Text; strings.Contains(text, "://") || strings.Contains(text, "/subscriptions/") {
						t.Errorf("%s is told a link: %q", id, text)
					}
				}
			}
			if len(sent[d.to.ID]) != 1 {
				t.Fatalf("%d mails to the customer, want one", len(sent[d.to.ID]))
			}
			m := sent[d.to.ID][0]
			under := "\n\nWhere it is: https://shop.example.com/t/" + number + "\nNo more messages: https://shop.example.com" + signer.LinkOf(d.to.ID) + "\n"
			if strings.HasSuffix(m.Text, under) != tt.want || strings.Contains(m.Text, "://") != tt.want || strings.Contains(m.SMS+m.Subject, "://") {
				t.Errorf("want the links %t under\n%s\n(SMS %q)", tt.want, m.Text, m.SMS)
			}
		})
	}
}
