// Package snssender hands messages to Amazon SNS: an SMS to its number, mail to
// a topic of its contact alone, and what is for the deployment itself to its own
// topics.
//
// That SNS took a message does not say that it arrived. One ledger, shared by
// all instances, keeps the pace of mail, the budget of SMS, and what is known of
// mail topics.
package snssender

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/sender"
	"github.com/shiptide/shiptide/shared/store"
)

// API is what is called of SNS.
type API interface {
	Publish(context.Context, *sns.PublishInput, ...func(*sns.Options)) (*sns.PublishOutput, error)
	CreateTopic(context.Context, *sns.CreateTopicInput, ...func(*sns.Options)) (*sns.CreateTopicOutput, error)
	SetTopicAttributes(context.Context, *sns.SetTopicAttributesInput, ...func(*sns.Options)) (*sns.SetTopicAttributesOutput, error)
	Subscribe(context.Context, *sns.SubscribeInput, ...func(*sns.Options)) (*sns.SubscribeOutput, error)
	ListSubscriptionsByTopic(context.Context, *sns.ListSubscriptionsByTopicInput, ...func(*sns.Options)) (*sns.ListSubscriptionsByTopicOutput, error)
}

var _ API = (*sns.Client)(nil)

// Sender sends by SNS. All fields but MailName are needed for what they are
// about. It is safe for many goroutines.
type Sender struct {
	Client API
	Ledger store.Table
	// Topics are the ARNs of the deployment's own, by contact.SellerTopic and
	// contact.EventsTopic.
	Topics map[string]string
	// MailPrefix and a contact's ID are the ARN of the contact's topic:
	// "arn:aws:sns:<region>:<account>:<stack>-mail-".
	MailPrefix string
	MailName   string // who mail is from, as mailboxes show it; "" leaves that to SNS
	Source     string // of CloudEvents: a URI reference, as "/shiptide/<stack>"
	SMS        Settings
	Now        func() time.Time
}

var _ sender.Sender = (*Sender)(nil)

// Send hands a message to SNS and returns the ID that SNS gave it.
func (s *Sender) Send(ctx context.Context, to contact.Contact, m sender.Message) (string, error) {
	switch to.Channel {
	case contact.SMS:
		return s.sendSMS(ctx, to, &m)
	case contact.Email:
		return s.sendMail(ctx, to, &m)
	case contact.Topic:
		return s.sendTopic(ctx, to, &m)
	}
	return "", fmt.Errorf("snssender: no channel %q", to.Channel)
}

// publish returns SNS's own error, but for a message that it would never take.
func (s *Sender) publish(ctx context.Context, in *sns.PublishInput, options ...func(*sns.Options)) (string, error) {
	size := len(*in.Message)
	for name, value := range in.MessageAttributes {
		size += len(name) + len(*value.DataType) + len(*value.StringValue)
	}
	if size > maxMessage {
		return "", errTooLarge // Else it would be tried for ever.
	}
	out, err := s.Client.Publish(ctx, in, options...)
	if err != nil {
		return "", err
	}
	if aws.ToString(out.MessageId) == "" {
		return "", errNoID
	}
	return *out.MessageId, nil
}

// once is for calls that a person notices. The SDK would try again where an
// answer was lost, and so tell them twice, unpaced and unpaid.
func once(o *sns.Options) { o.Retryer = aws.NopRetryer{} }
