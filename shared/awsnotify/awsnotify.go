// Package awsnotify joins the use case that tells recipients to the parts of a
// deployment on AWS: its tables, its topics, its keys. The functions that tell,
// and the operator's commands, share it.
package awsnotify

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/metric"
	"github.com/shiptide/shiptide/shared/notify"
	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/secret"
	"github.com/shiptide/shiptide/shared/sender/snssender"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

// Notifier tells on AWS. It reads the keys when they are first needed: a
// deployment may be there before its keys are, and until then every call fails.
// It is safe for many goroutines.
type Notifier struct {
	Shipments store.Shipments
	Orders    store.Orders
	Ledger    store.Table
	Sender    *snssender.Sender
	Keys      *secret.Store

	settings Settings
	log      *slog.Logger
	metrics  *metric.Recorder

	mu    sync.Mutex
	ready *notify.Notifier
}

// New makes a Notifier of a deployment. metrics may be nil.
func New(cfg aws.Config, s Settings, log *slog.Logger, metrics *metric.Recorder) *Notifier {
	client := dynamodb.NewFromConfig(cfg)
	ledger := dynamostore.New(client, s.Ledger, time.Now)
	shipments := dynamostore.New(client, s.Shipments, time.Now)
	keys := secret.New(secret.Narrow(ssm.NewFromConfig(cfg)), s.Stack, time.Now)
	keys.Log = log
	return &Notifier{
		Shipments: store.Shipments{Table: shipments, Now: time.Now}, Orders: store.Orders{Table: shipments, Now: time.Now}, Ledger: ledger,
		Sender: &snssender.Sender{
			Client: snssender.Narrow(sns.NewFromConfig(cfg)), Ledger: ledger, MailPrefix: s.MailPrefix, MailName: s.MailName, SMS: s.SMS,
			Topics: map[string]string{contact.SellerTopic: s.SellerTopic, contact.EventsTopic: s.EventsTopic},
			Source: "/shiptide/" + s.Stack, Now: time.Now,
		},
		Keys: keys, settings: s, log: log, metrics: metrics,
	}
}

// Notify tells each recipient of a number what is due; see [notify.Notifier].
func (n *Notifier) Notify(ctx context.Context, number string) error {
	ready, err := n.open(ctx)
	if err != nil {
		return err
	}
	return ready.Notify(ctx, number)
}

// RedriveShard comes back to what is due in a shard; see [notify.Notifier].
func (n *Notifier) RedriveShard(ctx context.Context, shard int) error {
	ready, err := n.open(ctx)
	if err != nil {
		return err
	}
	return ready.RedriveShard(ctx, shard)
}

// TellOrder tells the seller what is due of an order; see [notify.Notifier].
func (n *Notifier) TellOrder(ctx context.Context, o *order.Order) (next time.Time, err error) {
	ready, err := n.open(ctx)
	if err != nil {
		return time.Time{}, err
	}
	return ready.TellOrder(ctx, o)
}

// TellShop tells the seller what is due of a shop; see [notify.Notifier].
func (n *Notifier) TellShop(ctx context.Context, s *store.Shop) (next time.Time, err error) {
	ready, err := n.open(ctx)
	if err != nil {
		return time.Time{}, err
	}
	return ready.TellShop(ctx, s)
}

// open reads the keys once they are there. They never change.
func (n *Notifier) open(ctx context.Context) (*notify.Notifier, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ready != nil {
		return n.ready, nil
	}
	vault, err := n.Keys.Vault(ctx)
	if err != nil {
		return nil, err
	}
	signer, err := n.Keys.Signer(ctx)
	if err != nil {
		return nil, err
	}
	n.ready = &notify.Notifier{
		Shipments: n.Shipments, Orders: n.Orders, Threads: store.Threads{Table: n.Ledger}, Contacts: store.Contacts{Table: n.Ledger, Vault: vault},
		Standing: notify.Topics(vault), Sender: n.Sender, Links: notify.Links{Base: n.settings.URL, Signer: signer},
		Owner: rand.Text(), Now: time.Now, Log: n.log, Metrics: n.metrics,
	}
	return n.ready, nil
}
