package awsnotify

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/shiptide/shiptide/shared/sender/snssender"
	"github.com/shiptide/shiptide/shared/setting"
)

// Settings are what a deployment consists of, as far as telling needs it.
type Settings struct {
	Stack, Shipments, Ledger string
	SellerTopic, EventsTopic string // ARNs
	// URL is where the pages are, MailPrefix and MailName are those of
	// [snssender.Sender].
	URL, MailPrefix, MailName string
	SMS                       snssender.Settings
}

// Read reads them from the environment of a function, or from what a stack says
// of itself.
func Read(getenv func(string) string) (Settings, error) {
	v, err := setting.Required(getenv, "STACK", "SHIPMENTS_TABLE", "LEDGER_TABLE", "SELLER_TOPIC", "EVENTS_TOPIC", "MAIL_PREFIX", "URL")
	if err != nil {
		return Settings{}, err
	}
	s := Settings{
		Stack: v[0], Shipments: v[1], Ledger: v[2], SellerTopic: v[3], EventsTopic: v[4], MailPrefix: v[5], URL: v[6],
		MailName: getenv("MAIL_NAME"),
		SMS:      snssender.Settings{MaxPrice: getenv("SMS_MAX_PRICE"), SenderID: getenv("SMS_SENDER_ID")},
	}
	if limit := getenv("SMS_MONTHLY_LIMIT"); limit != "" {
		if s.SMS.MonthlyLimit, err = strconv.ParseInt(limit, 10, 64); err != nil || s.SMS.MonthlyLimit < 0 {
			return Settings{}, errors.New("SMS_MONTHLY_LIMIT is no number of messages")
		}
	}
	if err := s.SMS.Check(); err != nil {
		return Settings{}, fmt.Errorf("SMS_MAX_PRICE, SMS_SENDER_ID: %w", err)
	}
	return s, nil
}
