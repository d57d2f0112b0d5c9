package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/shiptide/shiptide/shared/awsnotify"
	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/secret"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/source/tiktokshop"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

// deployment is what a stack on AWS says of itself.
type deployment struct {
	cfg     aws.Config
	keys    *secret.Store
	outputs map[string]string
}

// readStack asks for a stack under the operator's own identity.
func readStack(ctx context.Context, stack string) (deployment, error) {
	cfg, err := operatorConfig(ctx)
	if err != nil {
		return deployment{}, err
	}
	d := deployment{cfg: cfg, keys: secret.New(secret.Narrow(ssm.NewFromConfig(cfg)), stack, time.Now)}
	d.outputs, err = d.keys.Outputs(ctx)
	if errors.Is(err, secret.ErrNoStack) {
		err = fmt.Errorf("there is no stack %s in %s (%w)", stack, cfg.Region, secret.ErrNoStack)
	}
	return d, err
}

func (d *deployment) output(name string) string { return d.outputs[name] }

// tables are the names of the stack's tables, by definition.
func (d *deployment) tables() map[string]string {
	names := map[string]string{}
	for _, t := range dynamostore.Definitions() {
		names[t.Table] = d.output(strings.ToUpper(t.Table) + "_TABLE")
	}
	return names
}

// openStack joins the use cases over the tables of a stack, with its own keys. A
// recipient of mail is asked by SNS to confirm.
func (w *where) openStack(ctx context.Context, sources []source.Source, now func() time.Time, log *slog.Logger) (*app, error) {
	d, err := readStack(ctx, w.stack)
	if err != nil && (w.names == nil || !errors.Is(err, secret.ErrNoStack)) {
		return nil, err
	}
	own, err := d.keys.Own(ctx)
	if errors.Is(err, secret.ErrMissing) {
		return nil, fmt.Errorf("%w: local keys init -stack %s makes them", err, w.stack)
	}
	if err != nil {
		return nil, err
	}
	invite, names := noInvitation, w.names
	if names == nil {
		settings, err := awsnotify.Read(d.output)
		if err != nil {
			return nil, fmt.Errorf("stack %s: %w", w.stack, err)
		}
		invite, names = awsnotify.New(d.cfg, settings, log, nil).Sender.Invite, d.tables()
	}
	t, identity, err := openTables(ctx, d.cfg, names, now)
	if err != nil {
		return nil, err
	}
	market, err := tiktokshop.ReadSettings(d.output)
	if err != nil {
		return nil, fmt.Errorf("stack %s: %w", w.stack, err)
	}
	a := newApp(sources, now, log)
	a.identity, a.market, a.seller = identity, w.market, tiktokshop.New(d.keys.Source(tiktok))
	a.market.API, a.market.Auth = cmp.Or(market.API, w.market.API), cmp.Or(market.Auth, w.market.Auth)
	if market.Versions != nil {
		a.market.Versions = market.Versions
	}
	if err := a.join(ownKeys{Pepper: own.Pepper, Page: own.Page, Data: own.Data}, t); err != nil {
		return nil, err
	}
	a.subscriber.Invite = invite
	a.keyed = func(ctx context.Context, source string) (bool, error) {
		keys, err := d.keys.Source(source)(ctx)
		return !keys.Empty(), err
	}
	return a, otherKeys(a.contacts.UseKeys(ctx))
}

// noInvitation is the answer where nobody can be asked to confirm.
func noInvitation(context.Context, contact.Contact) error {
	return badRequest{errors.New("no stack is there that could ask this address to confirm")}
}
