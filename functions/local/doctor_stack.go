package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/shiptide/shiptide/shared/awsnotify"
	"github.com/shiptide/shiptide/shared/secret"
	"github.com/shiptide/shiptide/shared/setting"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

// patient is a deployment that is looked at.
type patient struct {
	deployment
	stack string
	now   func() time.Time
	// unread is why the stack's parameters could not be read, none why they do not
	// say what it consists of.
	unread, none error
}

// newPatient reads what the other checks need. It is no error if that fails: they
// say so.
func newPatient(ctx context.Context, stack string, now func() time.Time) (*patient, error) {
	cfg, err := operatorConfig(ctx)
	if err != nil {
		return nil, err
	}
	p := &patient{stack: stack, now: now}
	p.cfg, p.keys = cfg, secret.New(secret.Narrow(ssm.NewFromConfig(cfg)), stack, now)
	_, p.unread = p.keys.Source("")(ctx) // All are read at once; what is wrong with one is not its error.
	if p.unread == nil {
		p.outputs, p.none = p.keys.Outputs(ctx)
	}
	return p, nil
}

func (p *patient) checks() []check {
	list := []check{{"stack", p.checkStack}}
	for _, d := range dynamostore.Definitions() {
		list = append(list, check{d.Table + " table", func(ctx context.Context) finding { return p.checkTable(ctx, d) }})
	}
	list = append(list, check{"own keys", p.checkOwnKeys})
	for _, name := range sourceNames() {
		list = append(list, check{"keys of " + name, func(ctx context.Context) finding { return p.checkKeys(ctx, name) }})
	}
	list = append(list, check{"concurrency", p.checkConcurrency}, check{"SMS sandbox", p.checkSandbox}, check{"SMS spending", p.checkSpending})
	for _, name := range []string{"seller", "alarm", "events"} {
		list = append(list, check{name + " topic", func(ctx context.Context) finding { return p.checkTopic(ctx, name) }})
	}
	list = append(list, check{"pending mail", p.checkPending})
	for _, name := range sourceNames() {
		list = append(list, check{"pushes of " + name, func(ctx context.Context) finding { return p.checkPushes(ctx, name) }})
	}
	return append(list, check{"parked", p.checkParked})
}

// command is one of ours on the stack.
func (p *patient) command(args string) string { return "local " + args + " -stack " + p.stack }

const readParameters = "ssm:GetParametersByPath"

func (p *patient) checkStack(context.Context) finding {
	deploy := "deploy it: sam deploy --stack-name " + p.stack
	switch {
	case p.unread != nil && denied(p.unread):
		return unanswered(p.unread, readParameters)
	case p.unread != nil: // Nothing of it can be told.
		return failure("is AWS_REGION right, and are you signed in (AWS_PROFILE)?", "%s", sentence(p.unread))
	case errors.Is(p.none, secret.ErrNoStack):
		return failure(deploy+"; or set AWS_REGION or AWS_PROFILE to where it is", "there is none of that name in %s", p.cfg.Region)
	case p.none != nil:
		return failure(deploy, "%s", sentence(p.none))
	}
	_, err := awsnotify.Read(p.output)
	_, more := setting.Required(p.output, "INBOX_TABLE", "ALARM_TOPIC")
	if err := errors.Join(err, more); err != nil {
		return failure(deploy+", for that makes it say all", "of what it consists of: %s", sentence(err))
	}
	return fine("it says what it consists of")
}

// unnamed is the finding of what cannot be asked, since the stack does not say
// where it is.
func (p *patient) unnamed(output string) finding {
	if p.unread != nil {
		return p.unasked()
	}
	return unknown("see to the stack first", "not asked: the stack does not say where it is (%s)", output)
}

// unasked is the finding of whatever is in the parameters, when they cannot be
// read.
func (p *patient) unasked() finding {
	if denied(p.unread) {
		return unanswered(p.unread, readParameters)
	}
	return unknown("see to the stack first", "not known: its parameters cannot be read")
}

func (p *patient) checkTable(ctx context.Context, d dynamostore.Definition) finding {
	name := p.tables()[d.Table]
	if name == "" {
		return p.unnamed(strings.ToUpper(d.Table) + "_TABLE")
	}
	drift := "CloudFormation, " + p.stack + ", Detect drift shows what was changed by hand: put that back"
	identity, err := d.Check(ctx, dynamodb.NewFromConfig(p.cfg), name)
	switch {
	case err == nil:
		return fine("there, and made for this")
	case errors.Is(err, store.ErrNoTable):
		return failure(drift+"; DynamoDB, Backups may have its rows", "there is no table %s in %s", name, p.cfg.Region)
	case identity == "":
		return unanswered(err, "dynamodb:DescribeTable")
	}
	return failure(drift, "%s", sentence(err))
}

func (p *patient) checkOwnKeys(ctx context.Context) finding {
	_, err := p.keys.Own(ctx)
	switch {
	case p.unread != nil:
		return p.unasked()
	case err == nil:
		return fine("all three")
	case !errors.Is(err, secret.ErrMissing):
		return failure("put back what was there: Systems Manager, Parameter Store, History has it", "%s", sentence(err))
	case p.inUse(ctx):
		return failure("put your copy back: what is stored was made with it, and "+p.command("keys init")+" would make another", "%s", sentence(err))
	}
	return failure(p.command("keys init"), "%s", sentence(err))
}

// inUse tells whether recipients were stored with keys. If that cannot be read, it
// is not known that they were.
func (p *patient) inUse(ctx context.Context) bool {
	name := p.tables()["ledger"]
	if name == "" {
		return false
	}
	filled, err := store.Contacts{Table: p.table(name)}.Filled(ctx)
	return err == nil && filled
}

func (p *patient) table(name string) *dynamostore.Table {
	return dynamostore.New(dynamodb.NewFromConfig(p.cfg), name, p.now)
}

func (p *patient) checkKeys(ctx context.Context, name string) finding {
	keys, err := p.keys.Source(name)(ctx)
	set := p.command("keys set " + name)
	switch n := len(keys.Secrets) + len(keys.Basic) + len(keys.Paths); {
	case p.unread != nil:
		return p.unasked()
	case err != nil:
		return failure(p.command("keys set "+name+" -only"), "%s", sentence(err))
	case n == 0:
		return warning(set, "none, so that its pushes are answered 404")
	case name == tiktok && len(keys.Pairs) < n:
		return failure(set+" -only", "%s", errPair)
	case n == 1:
		return fine("one")
	}
	return fine("two")
}
