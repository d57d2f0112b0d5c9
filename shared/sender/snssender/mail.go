package snssender

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/sender"
	"github.com/shiptide/shiptide/shared/store"
)

// sendMail publishes to a contact's topic, if somebody listens there: publishing
// to an empty topic succeeds.
func (s *Sender) sendMail(ctx context.Context, to contact.Contact, m *sender.Message) (string, error) {
	state, err := s.known(ctx, to.ID)
	if err != nil {
		return "", err
	}
	switch state {
	case contact.Confirmed:
	case contact.Pending:
		return "", fmt.Errorf("snssender: mail awaits confirmation: %w", &sender.PaceError{Until: s.Now().Add(pendingFor)})
	default:
		return "", fmt.Errorf("snssender: mail has no subscriber: %w", sender.ErrRefused)
	}
	if err := s.pace(ctx); err != nil {
		return "", err
	}
	id, err := s.publish(ctx, &sns.PublishInput{
		TopicArn: aws.String(s.MailPrefix + to.ID), Subject: aws.String(subject(m.Subject)), Message: aws.String(cmp.Or(m.Text, fallback)),
	}, once)
	if err != nil {
		return "", s.fault(ctx, "send mail", err, "NotFound", "EndpointDisabled")
	}
	return id, nil
}

// pace takes one of the mails of this second.
func (s *Sender) pace(ctx context.Context) error {
	second := s.Now().Truncate(time.Second)
	key := store.Key{Partition: "COUNT#mail#" + strconv.FormatInt(second.Unix(), 10), Sort: "-"}
	_, err := s.Ledger.Add(ctx, key, 1, mailPerSecond, second.Add(time.Minute))
	if errors.Is(err, store.ErrLimit) {
		return fmt.Errorf("snssender: mail of this second: %w", &sender.PaceError{Until: second.Add(time.Second)})
	}
	if err != nil {
		return fmt.Errorf("snssender: %w", err)
	}
	return nil
}
