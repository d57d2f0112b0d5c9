package awsnotify

import (
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/metric"
	"github.com/shiptide/shiptide/shared/notify"
	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/secret"
	"github.com/shiptide/shiptide/shared/sender/snssender"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
	"github.com/shiptide/shiptide/shared/subscribe"
)

const number = "1Z999AA10700000039"

// deployment is one without keys. It reads them by a clock and by a line to SSM
// that a test may move and cut.
type deployment struct {
	*Notifier
	metrics *metric.Recorder
	ssm     awstest.Faults
	clock   time.Time
}

func deploy(t *testing.T) *deployment {
	t.Helper()
	cfg := awstest.Config(t)
	topics := sns.NewFromConfig(cfg)
	s := Settings{
		Stack: "t" + strings.ToLower(rand.Text()), URL: "https://example.com", SMS: snssender.Settings{MonthlyLimit: 10},
	}
	s.MailPrefix = "arn:aws:sns:us-east-1:000000000000:" + s.Stack + "-mail-"
	for name, arn := range map[string]*string{"-seller": &s.SellerTopic, "-events": &s.EventsTopic} {
		made, err := topics.CreateTopic(t.Context(), &sns.CreateTopicInput{Name: aws.String(s.Stack + name)})
		if err != nil {
			t.Fatal(err)
		}
		*arn = *made.TopicArn
	}
	tables := map[string]*string{"shipments": &s.Shipments, "ledger": &s.Ledger}
	for _, def := range dynamostore.Definitions() {
		if name := tables[def.Table]; name != nil {
			def.Kept, *name = false, s.Stack+"-"+def.Table
			if err := def.Create(t.Context(), dynamodb.NewFromConfig(cfg), *name); err != nil {
				t.Fatal(err)
			}
		}
	}
	d := &deployment{clock: time.Now()}
	d.metrics = &metric.Recorder{Namespace: metric.Namespace(s.Stack), Now: time.Now}
	d.Notifier = New(cfg, s, slog.New(slog.DiscardHandler), d.metrics)
	hasty := func(o *ssm.Options) { o.Retryer = retry.AddWithMaxBackoffDelay(o.Retryer, time.Millisecond) }
	d.Keys = secret.New(secret.Narrow(ssm.NewFromConfig(d.ssm.In(cfg), hasty)), s.Stack, func() time.Time { return d.clock })
	return d
}

// makeKeys makes the keys, as the operator does, who then has a vault of them.
func (d *deployment) makeKeys(t *testing.T) *contact.Vault {
	t.Helper()
	operator := secret.New(secret.Narrow(ssm.NewFromConfig(awstest.Config(t))), d.settings.Stack, time.Now)
	if _, err := operator.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	vault, err := operator.Vault(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return vault
}

// subscribe lets a phone hear of the number, which is then scanned for the first
// time.
func (d *deployment) subscribe(t *testing.T, vault *contact.Vault, phone string) {
	t.Helper()
	s := subscribe.Subscriber{
		Shipments: d.Shipments, Threads: store.Threads{Table: d.Ledger}, Contacts: store.Contacts{Table: d.Ledger, Vault: vault},
		Vault: vault, Now: func() time.Time { return time.Now().Add(-2 * time.Hour) },
	}
	if _, err := s.ByOperator(t.Context(), number, contact.SMS, phone); err != nil {
		t.Fatal(err)
	}
	_, err := d.Shipments.Update(t.Context(), number, "test", func(set *shipment.Set) error {
		at := time.Now().UTC().Add(-time.Hour)
		set.Add(shipment.Origin{Source: "ups", Kind: shipment.Carrier}, &shipment.Update{Carrier: "ups", AsOf: at, Events: []shipment.Event{{
			Code: shipment.Code{Status: shipment.InTransit, SubStatus: shipment.Accepted}, RawCode: "I/OR", OccurredAt: at,
			LocalTime: at.Format(shipment.LocalLayout), Zone: shipment.Reported, Precision: shipment.Second,
		}}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// sms counts what a phone has got, by all tests.
func sms(t *testing.T, phone string) int {
	t.Helper()
	res, err := http.Get(awstest.Endpoint(t) + "/_ministack/sns/sms-messages")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var sent struct {
		Messages map[string][]any `json:"sms_messages"`
	}
	if err := json.UnmarshalRead(res.Body, &sent); err != nil {
		t.Fatal(err)
	}
	return len(sent.Messages[phone])
}

// TestNothingIsToldWithoutKeys: each call fails until the keys can be had, and
// then tells what has waited.
func TestNothingIsToldWithoutKeys(t *testing.T) {
	tests := []struct {
		name, phone string
		before      bool // the keys are there, and SSM is not
		want        error
		wait        time.Duration
	}{
		{"they are not made yet", "+12025550131", false, secret.ErrMissing, 5 * time.Minute},
		{"SSM is down", "+12025550132", true, nil, 10 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, before := deploy(t), sms(t, tt.phone)
			var vault *contact.Vault
			if tt.before {
				vault = d.makeKeys(t)
				d.ssm.Random(1, map[awstest.Fault]float64{awstest.Cut: 1})
			}
			fails := func() {
				t.Helper()
				_, ofOrder := d.TellOrder(t.Context(), &order.Order{ShopID: "1", OrderID: "2"})
				_, ofShop := d.TellShop(t.Context(), &store.Shop{Source: "test", ID: "1"})
				for what, err := range map[string]error{
					"Notify": d.Notify(t.Context(), number), "RedriveShard": d.RedriveShard(t.Context(), 0), "TellOrder": ofOrder, "TellShop": ofShop,
				} {
					if err == nil || errors.Is(err, secret.ErrMissing) != (tt.want != nil) {
						t.Errorf("%s = %v, want that it fails, with %v", what, err, tt.want)
					}
				}
			}
			fails()
			if tt.before {
				d.ssm.Random(1, nil)
			} else {
				vault = d.makeKeys(t)
			}
			d.subscribe(t, vault, tt.phone)
			d.clock = d.clock.Add(tt.wait - time.Second)
			fails()
			if n := sms(t, tt.phone) - before; n > 0 {
				t.Errorf("%d messages went without keys", n)
			}
			d.clock = d.clock.Add(time.Second)
			if err := d.Notify(t.Context(), number); err != nil {
				t.Errorf("with the keys, Notify = %v", err)
			}
			if n := sms(t, tt.phone) - before; n != 1 {
				t.Errorf("%d messages arrived, want one", n)
			}
			var lines strings.Builder
			if err := d.metrics.Flush(&lines); err != nil || !strings.Contains(lines.String(), `"Outcome":"sent"`) {
				t.Errorf("counted %q, %v, want what was sent", lines.String(), err)
			}
			d.ssm.Random(1, map[awstest.Fault]float64{awstest.Cut: 1})
			d.clock = d.clock.Add(24 * time.Hour)
			if err := d.Notify(t.Context(), number); err != nil {
				t.Errorf("once it has the keys, Notify = %v, want that it needs SSM no more", err)
			}
		})
	}
}

// TestAShardIsDriven tells what is due in one shard, and in no other.
func TestAShardIsDriven(t *testing.T) {
	const phone = "+12025550133"
	d, before := deploy(t), sms(t, phone)
	d.subscribe(t, d.makeKeys(t), phone)
	due := store.Shard(store.ShipmentKey(number).Partition)
	for _, step := range []struct {
		name        string
		shard, want int
	}{{"another one", (due + 1) % store.Shards, 0}, {"its own", due, 1}, {"its own once more", due, 1}} {
		if err := d.RedriveShard(t.Context(), step.shard); err != nil {
			t.Fatal(err)
		}
		if n := sms(t, phone) - before; n != step.want {
			t.Errorf("%s: %d messages arrived, want %d", step.name, n, step.want)
		}
	}
}

// TestTheSellerHearsOfOrdersAndShops: of a deadline, and of the end of an
// authorisation, once.
func TestTheSellerHearsOfOrdersAndShops(t *testing.T) {
	d := deploy(t)
	vault := d.makeKeys(t)
	now := time.Now()
	o := &order.Order{ShopID: "1", OrderID: "2", Status: "AWAITING_SHIPMENT", Details: order.Details{
		CreatedAt: now, Shipping: "SELLER", Deadlines: order.Deadlines{Ship: now.Add(20 * time.Hour)},
	}}
	s := &store.Shop{Source: "tiktokshop", ID: "1", Name: "Mugs", ExpiresAt: now.Add(20 * 24 * time.Hour)}
	for range 2 {
		if next, err := d.TellOrder(t.Context(), o); err != nil || next.IsZero() {
			t.Errorf("TellOrder = %s, %v, want when there is more", next, err)
		}
		if next, err := d.TellShop(t.Context(), s); err != nil || next.IsZero() {
			t.Errorf("TellShop = %s, %v, want when there is more", next, err)
		}
	}
	threads, to := store.Threads{Table: d.Ledger}, notify.Topics(vault)[0].Contact.ID
	ofOrder, err := threads.OfOrder(t.Context(), "1", "2", to)
	if err != nil || len(ofOrder.Told) != 1 {
		t.Errorf("of the order was told %+v, %v, want its deadline", ofOrder.Told, err)
	}
	ofShop, err := threads.OfShop(t.Context(), "tiktokshop", "1", to)
	if err != nil || len(ofShop.Told) != 1 {
		t.Errorf("of the shop was told %+v, %v, want its end", ofShop.Told, err)
	}
}
