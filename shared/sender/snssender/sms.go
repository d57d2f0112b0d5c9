package snssender

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/sender"
	"github.com/shiptide/shiptide/shared/store"
)

// Settings are of SMS, which cost.
type Settings struct {
	// MaxPrice is what one message may cost, in US dollars, as "0.05"; "" leaves
	// it to the account.
	MaxPrice string
	// SenderID is shown in place of a number where a country allows it; "" is none.
	SenderID string
	// MonthlyLimit is how many parts a shop may send in a month (UTC); with 0, none.
	MonthlyLimit int64
}

var (
	priceForm = regexp.MustCompile(`^[0-9]{1,4}(\.[0-9]{1,6})?$`)
	// Three to eleven letters and digits, a letter among them: End User Messaging's
	// form, which is narrower than SNS's.
	senderForm = regexp.MustCompile(`^[A-Za-z0-9]{3,11}$`)
	letter     = regexp.MustCompile(`[A-Za-z]`)
)

// Check says what is wrong with settings. SNS would blame each message, in the
// same words as a phone number that is none.
func (t Settings) Check() error {
	switch {
	case t.MaxPrice != "" && !priceForm.MatchString(t.MaxPrice):
		return errors.New("snssender: the highest price of an SMS is not an amount, as 0.05")
	case t.SenderID != "" && (!senderForm.MatchString(t.SenderID) || !letter.MatchString(t.SenderID)):
		return errors.New("snssender: a sender ID has 3 to 11 letters and digits, and a letter among them")
	}
	return nil
}

// noSMS are the codes after which a number is not tried again. That a number
// opted out comes as InvalidParameter too, told from others by its text only.
var noSMS = []string{"OptedOut", "InvalidParameter", "ParameterValueInvalid", "InvalidParameterValue", "EndpointDisabled"}

func (s *Sender) sendSMS(ctx context.Context, to contact.Contact, m *sender.Message) (string, error) {
	if err := s.SMS.Check(); err != nil {
		return "", err
	}
	text := cmp.Or(shorten(m.SMS), shorten(m.Subject), fallback)
	now := s.Now().UTC()
	n := int64(parts(text))
	if err := s.spend(ctx, m.Attrs["shop"], now, n); err != nil {
		return "", err
	}
	id, err := s.publish(ctx, &sns.PublishInput{
		PhoneNumber: aws.String(to.Address), Message: aws.String(text), MessageAttributes: s.SMS.attributes(),
	}, once)
	if err != nil {
		if untouched(err) {
			_ = s.spend(context.WithoutCancel(ctx), m.Attrs["shop"], now, -n) // Else some of the budget is wasted.
		}
		return "", s.fault(ctx, "send SMS", err, noSMS...)
	}
	return id, nil
}

// attributes of an SMS are named by the developer guide, "Publishing to a mobile
// phone"; the types are from memory.
func (t Settings) attributes() map[string]types.MessageAttributeValue {
	attrs := map[string]types.MessageAttributeValue{"AWS.SNS.SMS.SMSType": text("Transactional")}
	if t.MaxPrice != "" {
		attrs["AWS.SNS.SMS.MaxPrice"] = number(t.MaxPrice)
	}
	if t.SenderID != "" {
		attrs["AWS.SNS.SMS.SenderID"] = text(t.SenderID)
	}
	return attrs
}

// spend takes n parts of a shop's month, or gives them back. What has an unknown
// end stays spent: the limit is about money.
func (s *Sender) spend(ctx context.Context, shop string, now time.Time, n int64) error {
	next := time.Date(now.Year(), now.Month()+1, 1, 0, 0, 0, 0, time.UTC)
	key := store.Key{Partition: "COUNT#sms#" + cmp.Or(shop, "-") + "#" + now.Format("2006-01"), Sort: "-"}
	_, err := s.Ledger.Add(ctx, key, n, s.SMS.MonthlyLimit, next.AddDate(0, 0, 3))
	if errors.Is(err, store.ErrLimit) {
		return fmt.Errorf("snssender: SMS of this month: %w", &sender.PaceError{Until: next})
	}
	if err != nil {
		return fmt.Errorf("snssender: %w", err)
	}
	return nil
}
