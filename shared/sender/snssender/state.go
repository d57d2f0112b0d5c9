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

// mailRow is what is known of a contact's topic: "MAIL#<contact id>" / "-".
type mailRow struct {
	id      string
	version int64
	state   contact.State
	read    time.Time // when SNS said so; zero: not since the invitation
	since   time.Time // of the last invitation; zero: none is known of
}

func (s *Sender) row(ctx context.Context, id string) (mailRow, error) {
	row := mailRow{id: id}
	it, err := s.Ledger.Get(ctx, mailKey(id))
	if errors.Is(err, store.ErrNotFound) {
		return row, nil
	}
	if err != nil {
		return row, fmt.Errorf("snssender: %w", err)
	}
	row.version, row.state = it.Version, contact.State(it.Attrs["state"])
	row.read, _ = time.Parse(time.RFC3339Nano, it.Attrs["read"]) // What is no time is long ago.
	row.since, _ = time.Parse(time.RFC3339Nano, it.Attrs["since"])
	return row, nil
}

func mailKey(id string) store.Key { return store.Key{Partition: "MAIL#" + id, Sort: "-"} }

func (s *Sender) item(row *mailRow) store.Item {
	return store.Item{
		Key: mailKey(row.id), Version: row.version, Expires: s.Now().Add(rowLife).Truncate(time.Hour),
		Attrs: map[string]string{
			"state": string(row.state),
			"read":  row.read.UTC().Format(time.RFC3339Nano), "since": row.since.UTC().Format(time.RFC3339Nano),
		},
	}
}

// known returns a contact's state, from SNS only if it was not read lately.
func (s *Sender) known(ctx context.Context, id string) (contact.State, error) {
	row, err := s.row(ctx, id)
	if err != nil {
		return "", err
	}
	fresh := stateFresh
	if row.state == contact.Pending {
		fresh = stateFreshPending
	}
	if age := s.Now().Sub(row.read); age >= 0 && age < fresh {
		return row.state, nil
	}
	return s.State(ctx, id)
}

// State reads from SNS whether a contact confirmed, and notes it. One who is
// not subscribed, or not any more, is Ended.
func (s *Sender) State(ctx context.Context, id string) (contact.State, error) {
	row, err := s.row(ctx, id)
	if err != nil {
		return "", err
	}
	state, err := s.listed(ctx, id)
	if err != nil {
		return "", err
	}
	now := s.Now()
	waited := row.state == contact.Pending
	if waited && state == contact.Ended && now.Sub(row.since) < settle {
		state = contact.Pending
	}
	row.state, row.read = state, now
	err = s.Ledger.Put(ctx, s.item(&row))
	var conflict *store.ConflictError
	switch {
	case errors.As(err, &conflict): // Another noted something just now.
		return state, nil
	case err != nil:
		return "", fmt.Errorf("snssender: %w", err)
	case waited && state != contact.Pending:
		s.free(ctx, row.since)
	}
	return state, nil
}

// listed is the best state of a topic's mail subscriptions.
func (s *Sender) listed(ctx context.Context, id string) (contact.State, error) {
	state := contact.Ended
	in := &sns.ListSubscriptionsByTopicInput{TopicArn: aws.String(s.MailPrefix + id)}
	for {
		out, err := s.Client.ListSubscriptionsByTopic(ctx, in)
		if err != nil && codeOf(err) == "NotFound" {
			return contact.Ended, nil
		}
		if err != nil {
			return "", s.fault(ctx, "list subscriptions", err)
		}
		for _, sub := range out.Subscriptions {
			switch arn := aws.ToString(sub.SubscriptionArn); {
			case aws.ToString(sub.Protocol) != "email":
			case strings.HasPrefix(arn, "arn:"):
				return contact.Confirmed, nil
			case arn == "PendingConfirmation":
				state = contact.Pending
			}
		}
		if in.NextToken = out.NextToken; aws.ToString(in.NextToken) == "" {
			return state, nil
		}
	}
}

// invited notes that a contact was asked, whatever was known before.
func (s *Sender) invited(ctx context.Context, id string, at time.Time) error {
	row := mailRow{id: id, state: contact.Pending, since: at}
	for {
		err := s.Ledger.Put(ctx, s.item(&row))
		var conflict *store.ConflictError
		switch {
		case errors.As(err, &conflict):
			row.version = 0
			if conflict.Stored != nil {
				row.version = conflict.Stored.Version
			}
		case err != nil:
			return fmt.Errorf("snssender: %w", err)
		default:
			return nil
		}
	}
}
