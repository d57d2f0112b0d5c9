package snssender

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/sender"
	"github.com/shiptide/shiptide/shared/shipment"
)

// sendTopic sends to one of the deployment's own topics. That it is not there
// is a fault of the deployment, and no refusal.
func (s *Sender) sendTopic(ctx context.Context, to contact.Contact, m *sender.Message) (string, error) {
	arn := s.Topics[to.Address]
	if arn == "" {
		return "", fmt.Errorf("snssender: no topic %q", to.Address)
	}
	in := &sns.PublishInput{TopicArn: aws.String(arn), MessageAttributes: attributes(m.Attrs)}
	if to.Address == contact.EventsTopic {
		event, err := s.event(m)
		if err != nil {
			return "", err
		}
		in.Message = aws.String(event)
	} else {
		in.Subject, in.Message = aws.String(subject(m.Subject)), aws.String(cmp.Or(m.Text, fallback))
	}
	id, err := s.publish(ctx, in)
	if err != nil {
		return "", s.fault(ctx, "publish", err)
	}
	return id, nil
}

// cloudEvent is a message as CloudEvents 1.0 has it, in structured JSON.
type cloudEvent struct {
	SpecVersion     string          `json:"specversion"`
	ID              string          `json:"id"`
	Source          string          `json:"source"`
	Type            string          `json:"type"`
	Subject         string          `json:"subject,omitzero"`
	Time            time.Time       `json:"time"` // when it was said; data tells when it happened
	DataContentType string          `json:"datacontenttype"`
	Data            shipment.Public `json:"data"`
}

func (s *Sender) event(m *sender.Message) (string, error) {
	raw, err := json.Marshal(&cloudEvent{
		SpecVersion: "1.0", ID: m.ID, Source: s.Source, Type: "shiptide.shipment." + m.Kind,
		Subject: m.Event.TrackingNumber, Time: s.Now().UTC(), DataContentType: "application/json", Data: m.Event,
	}, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return "", fmt.Errorf("snssender: event: fault of type %T", err) // Its text may quote.
	}
	return string(raw), nil
}

// attributes are what subscribers' filter policies may look at. SNS takes no
// empty ones, and as Number only what is one.
func attributes(attrs map[string]string) map[string]types.MessageAttributeValue {
	out := map[string]types.MessageAttributeValue{}
	for _, name := range []string{"kind", "shop", "carrier", "country"} {
		if attrs[name] != "" {
			out[name] = text(attrs[name])
		}
	}
	if _, err := strconv.Atoi(attrs["severity"]); err == nil {
		out["severity"] = number(attrs["severity"])
	}
	return out
}

func text(s string) types.MessageAttributeValue {
	return types.MessageAttributeValue{DataType: aws.String("String"), StringValue: aws.String(s)}
}

func number(s string) types.MessageAttributeValue {
	return types.MessageAttributeValue{DataType: aws.String("Number"), StringValue: aws.String(s)}
}
