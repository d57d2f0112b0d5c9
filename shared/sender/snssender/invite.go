package snssender

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/store"
)

// ErrTooManyPending says that so many addresses await confirmation that SNS
// would soon take no more. In two days at most there is room again.
var ErrTooManyPending = errors.New("too many mail addresses await confirmation")

// Invite gives a contact of the mail channel a topic and has SNS ask for
// confirmation there. One who confirmed is not asked again, one who did not is
// asked once more. It is sender.ErrRefused for an address that SNS does not
// take, ErrTooManyPending when there is no room; any other error means "again".
func (s *Sender) Invite(ctx context.Context, to contact.Contact) error {
	topic := s.MailPrefix + to.ID
	name := topic[strings.LastIndexByte(topic, ':')+1:]
	if _, err := s.Client.CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String(name)}); err != nil {
		return s.fault(ctx, "create topic", err)
	}
	state, err := s.State(ctx, to.ID)
	if err != nil || state == contact.Confirmed {
		return err
	}
	// With other attributes than before, CreateTopic is an error (from memory).
	if s.MailName != "" {
		_, err := s.Client.SetTopicAttributes(ctx, &sns.SetTopicAttributesInput{
			TopicArn: aws.String(topic), AttributeName: aws.String("DisplayName"), AttributeValue: aws.String(subject(s.MailName)),
		})
		if err != nil {
			return s.fault(ctx, "name topic", err)
		}
	}
	if state == contact.Pending {
		return s.subscribe(ctx, topic, to.Address) // It has its place already.
	}
	now := s.Now().UTC()
	if err := s.reserve(ctx, now); err != nil {
		return err
	}
	if err := s.subscribe(ctx, topic, to.Address); err != nil {
		if errors.Is(err, errNotSubscribed) {
			s.free(ctx, now)
		}
		return err
	}
	return s.invited(ctx, to.ID, now)
}

// errNotSubscribed says that SNS certainly made no subscription.
var errNotSubscribed = errors.New("not subscribed")

func (s *Sender) subscribe(ctx context.Context, topic, address string) error {
	_, err := s.Client.Subscribe(ctx, &sns.SubscribeInput{
		TopicArn: aws.String(topic), Protocol: aws.String("email"), Endpoint: aws.String(address), ReturnSubscriptionArn: true,
	}, once)
	if err == nil {
		return nil
	}
	told := s.fault(ctx, "subscribe", err, "InvalidParameter", "ParameterValueInvalid", "InvalidParameterValue")
	if untouched(err) {
		return fmt.Errorf("%w: %w", told, errNotSubscribed)
	}
	return told
}

// reserve takes a place among those who await confirmation. They are counted by
// the day on which they were asked, so that whoever never answers is forgotten
// when SNS has forgotten them.
func (s *Sender) reserve(ctx context.Context, now time.Time) error {
	before, err := waiting(ctx, s.Ledger, now, 1)
	if err != nil {
		return err
	}
	_, err = s.Ledger.Add(ctx, pendingKey(now), 1, maxPending-before, pendingUntil(now))
	if errors.Is(err, store.ErrLimit) {
		return fmt.Errorf("snssender: %w", ErrTooManyPending)
	}
	if err != nil {
		return fmt.Errorf("snssender: %w", err)
	}
	return nil
}

// Waiting returns how many contacts await confirmation, and how many may before
// nobody more is asked.
func Waiting(ctx context.Context, ledger store.Table, now time.Time) (taken, places int64, err error) {
	taken, err = waiting(ctx, ledger, now, 0)
	return taken, maxPending, err
}

// waiting counts those who were asked from some days ago on and may still answer.
func waiting(ctx context.Context, ledger store.Table, now time.Time, daysAgo int) (n int64, err error) {
	for ; daysAgo < pendingDays; daysAgo++ {
		it, err := ledger.Get(ctx, pendingKey(now.AddDate(0, 0, -daysAgo)))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return 0, fmt.Errorf("snssender: %w", err)
		}
		n += it.Count
	}
	return n, nil
}

// free gives a place back, if it is still taken; failing that, it is free a few
// days later.
func (s *Sender) free(ctx context.Context, since time.Time) {
	if until := pendingUntil(since); s.Now().Before(until) {
		_, _ = s.Ledger.Add(context.WithoutCancel(ctx), pendingKey(since), -1, maxPending, until)
	}
}

func pendingKey(day time.Time) store.Key {
	return store.Key{Partition: "COUNT#mail-pending#" + day.UTC().Format(time.DateOnly), Sort: "-"}
}

func pendingUntil(day time.Time) time.Time {
	return day.UTC().Truncate(24*time.Hour).AddDate(0, 0, pendingDays)
}
