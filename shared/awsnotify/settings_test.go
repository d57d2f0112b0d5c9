package awsnotify_test

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/awsnotify"
	"github.com/shiptide/shiptide/shared/sender/snssender"
)

func TestRead(t *testing.T) {
	needed := map[string]string{
		"STACK": "shop", "SHIPMENTS_TABLE": "s", "LEDGER_TABLE": "l", "SELLER_TOPIC": "arn:seller", "EVENTS_TOPIC": "arn:events",
		"MAIL_PREFIX": "arn:mail-", "URL": "https://example.com",
	}
	base := awsnotify.Settings{
		Stack: "shop", Shipments: "s", Ledger: "l", SellerTopic: "arn:seller", EventsTopic: "arn:events", MailPrefix: "arn:mail-", URL: "https://example.com",
	}
	full := base
	full.MailName, full.SMS = "Our Shop", snssender.Settings{MaxPrice: "0.05", SenderID: "SHOP", MonthlyLimit: 500}
	tests := []struct {
		name  string
		more  map[string]string
		want  awsnotify.Settings
		fault string
	}{
		{"what must be", nil, base, ""},
		{"all", map[string]string{"MAIL_NAME": "Our Shop", "SMS_MAX_PRICE": "0.05", "SMS_SENDER_ID": "SHOP", "SMS_MONTHLY_LIMIT": "500"}, full, ""},
		{"what is missing is named", map[string]string{"URL": "", "STACK": ""}, awsnotify.Settings{}, "not set: STACK, URL"},
		{"a limit that is none", map[string]string{"SMS_MONTHLY_LIMIT": "many"}, awsnotify.Settings{}, "SMS_MONTHLY_LIMIT is no number of messages"},
		{"less than nothing", map[string]string{"SMS_MONTHLY_LIMIT": "-1"}, awsnotify.Settings{}, "SMS_MONTHLY_LIMIT is no number of messages"},
		{"a price that is none", map[string]string{"SMS_MAX_PRICE": "cheap"}, awsnotify.Settings{}, "SMS_MAX_PRICE, SMS_SENDER_ID: snssender: the highest price of an SMS is not an amount, as 0.05"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			all := maps.Clone(needed)
			maps.Copy(all, tt.more)
			got, err := awsnotify.Read(func(name string) string { return all[name] })
			if err == nil != (tt.fault == "") || err != nil && err.Error() != tt.fault {
				t.Fatalf("Read = %v, want %q", err, tt.fault)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("settings (-want +got):\n%s", diff)
			}
		})
	}
}
