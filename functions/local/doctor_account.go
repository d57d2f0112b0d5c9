package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go"

	"github.com/shiptide/shiptide/shared/awsnotify"
	"github.com/shiptide/shiptide/shared/metric"
	"github.com/shiptide/shiptide/shared/secret"
	"github.com/shiptide/shiptide/shared/setting"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/source/all"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
	"github.com/shiptide/shiptide/shared/webhook"
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
	for _, name := range pushing() {
		list = append(list, check{"keys of " + name, func(ctx context.Context) finding { return p.checkKeys(ctx, name) }})
	}
	list = append(list, check{"concurrency", p.checkConcurrency}, check{"SMS sandbox", p.checkSandbox}, check{"SMS spending", p.checkSpending})
	for _, name := range []string{"seller", "alarm", "events"} {
		list = append(list, check{name + " topic", func(ctx context.Context) finding { return p.checkTopic(ctx, name) }})
	}
	list = append(list, check{"pending mail", p.checkPending})
	for _, name := range pushing() {
		list = append(list, check{"pushes of " + name, func(ctx context.Context) finding { return p.checkPushes(ctx, name) }})
	}
	return append(list, check{"parked", p.checkParked})
}

// pushing are the sources that push.
func pushing() (names []string) {
	for _, s := range all.Sources(func(string) source.Keys { return source.Fixed(webhook.Keys{}) }) {
		if s.Receiver != nil {
			names = append(names, s.Name)
		}
	}
	return names
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
	case n == 1:
		return fine("one")
	}
	return fine("two")
}

// enoughInstances is a concurrency below which pushes may be throttled when many
// come at once. Accounts have 1,000, but new ones 10.
const enoughInstances = 100

func (p *patient) checkConcurrency(ctx context.Context) finding {
	out, err := lambda.NewFromConfig(p.cfg).GetAccountSettings(ctx, &lambda.GetAccountSettingsInput{})
	if err != nil || out.AccountLimit == nil {
		return unanswered(err, "lambda:GetAccountSettings")
	}
	limit := out.AccountLimit.ConcurrentExecutions
	free := limit
	if n := out.AccountLimit.UnreservedConcurrentExecutions; n != nil {
		free = *n
	}
	says := fmt.Sprintf("%d instances of functions may run at once, %d of them are reserved for none", limit, free)
	if limit < enoughInstances {
		return warning("ask Service Quotas for 1000: aws service-quotas request-service-quota-increase --region "+p.cfg.Region+
			" --service-code lambda --quota-code L-B99A9384 --desired-value 1000", "%s", says)
	}
	if free < enoughInstances {
		return warning("Lambda, Functions: give back what others reserve, or ask Service Quotas for more", "%s", says)
	}
	return fine("%s", says)
}

// noSMS tells whether the stack sends none. One that does not say so sends some.
func (p *patient) noSMS() bool { return p.output("SMS_MONTHLY_LIMIT") == "0" }

func (p *patient) checkSandbox(ctx context.Context) finding {
	if p.noSMS() {
		return fine("not asked: the stack sends no SMS")
	}
	out, err := sns.NewFromConfig(p.cfg).GetSMSSandboxAccountStatus(ctx, &sns.GetSMSSandboxAccountStatusInput{})
	if err != nil {
		return unanswered(err, "sns:GetSMSSandboxAccountStatus")
	}
	if out.IsInSandbox {
		return warning("Amazon SNS in "+p.cfg.Region+", Text messaging (SMS): Exit SMS sandbox; until then, verify numbers there, ten at most",
			"the account is in it: only verified numbers get SMS")
	}
	return fine("the account is out of it")
}

// firstSpending is the limit that accounts have at first, in dollars a month.
const firstSpending = 1

func (p *patient) checkSpending(ctx context.Context) finding {
	if p.noSMS() {
		return fine("not asked: the stack sends no SMS")
	}
	const name = "MonthlySpendLimit"
	out, err := sns.NewFromConfig(p.cfg).GetSMSAttributes(ctx, &sns.GetSMSAttributesInput{Attributes: []string{name}})
	if err != nil {
		return unanswered(err, "sns:GetSMSAttributes")
	}
	limit, err := strconv.ParseFloat(cmp.Or(out.Attributes[name], strconv.Itoa(firstSpending)), 64)
	if err != nil {
		return unknown("Amazon SNS, Text messaging (SMS) shows it", "the limit that SNS names is no number")
	}
	says := fmt.Sprintf("SNS sends SMS for %s dollars a month, then none", strconv.FormatFloat(limit, 'f', -1, 64))
	if limit <= firstSpending {
		return warning("ask AWS Support for a higher SMS spending quota, then: aws sns set-sms-attributes --region "+p.cfg.Region+
			" --attributes MonthlySpendLimit=DOLLARS", "%s", says)
	}
	return fine("%s", says)
}

// pagesOfTopic bounds how much of a topic's subscriptions is read, 100 a page.
const pagesOfTopic = 10

// checkTopic counts who is subscribed to one of the stack's own topics. The events
// topic may have nobody.
func (p *patient) checkTopic(ctx context.Context, name string) finding {
	output := strings.ToUpper(name) + "_TOPIC"
	topic := p.output(output)
	if topic == "" {
		return p.unnamed(output)
	}
	confirmed, waiting, err := p.subscribers(ctx, topic)
	subscribe := "aws sns subscribe --region " + p.cfg.Region + " --topic-arn " + topic + " --protocol email --notification-endpoint ADDRESS"
	switch {
	case err != nil && slices.Contains([]string{"NotFound", "NotFoundException"}, codeOf(err)):
		return failure("CloudFormation, "+p.stack+", Detect drift shows what was changed by hand: put that back", "it is not there")
	case err != nil:
		return unanswered(err, "sns:ListSubscriptionsByTopic")
	case waiting > 0: // snssender says where the 48 hours are from.
		return warning("open the link that SNS sent there; if it is gone: "+subscribe,
			"%d confirmed, %d not yet: SNS drops what is not confirmed within 48 hours", confirmed, waiting)
	case confirmed == 0 && name == "events":
		return fine("nobody is subscribed, and nobody need be")
	case confirmed == 0:
		return warning(subscribe, "nobody is subscribed")
	}
	return fine("%d confirmed", confirmed)
}

func (p *patient) subscribers(ctx context.Context, topic string) (confirmed, waiting int, err error) {
	client := sns.NewFromConfig(p.cfg)
	in := &sns.ListSubscriptionsByTopicInput{TopicArn: aws.String(topic)}
	for range pagesOfTopic {
		out, err := client.ListSubscriptionsByTopic(ctx, in)
		if err != nil {
			return 0, 0, err
		}
		for _, s := range out.Subscriptions {
			switch arn := aws.ToString(s.SubscriptionArn); {
			case strings.HasPrefix(arn, "arn:"):
				confirmed++
			case arn == "PendingConfirmation":
				waiting++
			}
		}
		if in.NextToken = out.NextToken; aws.ToString(in.NextToken) == "" {
			break
		}
	}
	return confirmed, waiting, nil
}

// What snssender keeps: who was asked on each of three days (UTC), and how many
// may wait before it asks nobody any more.
const (
	pendingDays = 3
	pendingMost = 4500
	pendingMany = pendingMost * 8 / 10
)

func (p *patient) checkPending(ctx context.Context) finding {
	name := p.tables()["ledger"]
	if name == "" {
		return p.unnamed("LEDGER_TABLE")
	}
	ledger, n := p.table(name), int64(0)
	for ago := range pendingDays {
		day := p.now().UTC().AddDate(0, 0, -ago).Format(time.DateOnly)
		it, err := ledger.Get(ctx, store.Key{Partition: "COUNT#mail-pending#" + day, Sort: "-"})
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return unanswered(err, "dynamodb:GetItem")
		}
		n += it.Count
	}
	says := fmt.Sprintf("%d of %d places for customers who wait for confirmation are taken", n, pendingMost)
	if n >= pendingMany {
		return warning("places come free as people confirm, and after 48 hours; if these are no customers, throttle POST /subscriptions in the template",
			"%s; when all are, nobody more is asked", says)
	}
	return fine("%s", says)
}

// pushesSeen is how far back pushes are looked for.
const pushesSeen = 14 * 24 * time.Hour

// refusedMany are refusals in a day after which, if none was kept, the key is not
// ours: as the alarm of the template has it.
const refusedMany = 5

func (p *patient) checkPushes(ctx context.Context, name string) finding {
	hour := p.now().Truncate(time.Hour)
	day := hour.Add(-24 * time.Hour)
	_, last, err := p.pushes(ctx, name, metric.Kept, hour.Add(-pushesSeen))
	refused, _, also := p.pushes(ctx, name, metric.Refused, day)
	if err = errors.Join(err, also); err != nil {
		return unanswered(err, "cloudwatch:GetMetricStatistics")
	}
	age := p.now().Sub(last)
	switch {
	case refused >= refusedMany && last.Before(day):
		return failure(p.command("keys set "+name), "%d were refused in a day and none was kept: the key of the sender is not the one here", refused)
	case last.IsZero() && !p.mayPush(ctx, name):
		return fine("none, as it has no key")
	case last.IsZero():
		return warning(p.portal(name), "none was kept in 14 days")
	case age < time.Hour:
		return fine("last kept within the hour")
	}
	return fine("last kept %s ago", duration(age))
}

// mayPush tells whether a source has a key, or may have one.
func (p *patient) mayPush(ctx context.Context, name string) bool {
	keys, err := p.keys.Source(name)(ctx)
	return err != nil || !keys.Empty()
}

// portal says what is to be told to a source so that it pushes.
func (p *patient) portal(name string) string {
	url := cmp.Or(p.output("URL"), "(output Url of the stack)") + "/webhooks/" + name
	switch name {
	case "ups":
		return "in the Track Alert subscription of UPS, enter " + url + " as destination.url, and the key of " + p.command("keys set ups") + " as credential"
	case "17track":
		return "at 17TRACK, Settings, Webhook, enter " + url + "; the security key shown there is for " + p.command("keys set 17track")
	}
	return "have it push to " + url
}

// pushes counts a source's pushes that had an outcome from then on, and tells in
// which hour the last was.
func (p *patient) pushes(ctx context.Context, name, outcome string, from time.Time) (n int, last time.Time, err error) {
	dimension := func(name, value string) cloudwatchtypes.Dimension {
		return cloudwatchtypes.Dimension{Name: aws.String(name), Value: aws.String(value)}
	}
	out, err := cloudwatch.NewFromConfig(p.cfg).GetMetricStatistics(ctx, &cloudwatch.GetMetricStatisticsInput{
		Namespace: aws.String(metric.Namespace(p.stack)), MetricName: aws.String(metric.Pushes),
		Dimensions: []cloudwatchtypes.Dimension{dimension("Source", name), dimension("Outcome", outcome)},
		StartTime:  aws.Time(from), EndTime: aws.Time(p.now()), Period: aws.Int32(3600),
		Statistics: []cloudwatchtypes.Statistic{cloudwatchtypes.StatisticSum},
	})
	if err != nil {
		return 0, time.Time{}, err
	}
	for _, d := range out.Datapoints { // They come in no order.
		n += int(aws.ToFloat64(d.Sum))
		if at := aws.ToTime(d.Timestamp); aws.ToFloat64(d.Sum) > 0 && at.After(last) {
			last = at
		}
	}
	return n, last, nil
}

func (p *patient) checkParked(ctx context.Context) finding {
	name := p.tables()["inbox"]
	if name == "" {
		return p.unnamed("INBOX_TABLE")
	}
	f, err := parked(ctx, store.Inbox{Table: p.table(name)}, p.now(), "-stack "+p.stack)
	if err != nil {
		return unanswered(err, "dynamodb:Query")
	}
	return f
}

// rightForm is how AWS names the right that is missing.
var rightForm = regexp.MustCompile(`not authorized to perform: ([A-Za-z0-9-]+:[A-Za-z0-9]+)`)

// unanswered is the finding of a check that could not be made. right is the one
// that it needs, if AWS names no other. Of what AWS says no more is repeated: it
// may quote.
func unanswered(err error, right string) finding {
	if errors.Is(err, store.ErrNoTable) {
		return unknown("see to the table first", "not asked: its table is not there")
	}
	if !denied(err) {
		return unknown("check again; if it stays so, sign in again", "not known: %s", reason(err))
	}
	if named := rightForm.FindStringSubmatch(err.Error()); named != nil {
		service, action, _ := strings.Cut(named[1], ":")
		right = strings.ToLower(service) + ":" + action
	}
	return unknown("have somebody allow it, or check under another AWS_PROFILE", "not known: the right %s is missing", right)
}

func denied(err error) bool {
	if errors.Is(err, secret.ErrDenied) || errors.Is(err, store.ErrDenied) {
		return true
	}
	return slices.Contains([]string{"AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException"}, codeOf(err))
}

// codeOf is the code that AWS gave an error, or "".
func codeOf(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// codeForm is that of codes; what has another is not repeated.
var codeForm = regexp.MustCompile(`^[A-Za-z.]{1,64}$`)

// reason says why there is no answer, in words that are ours or the network's.
func reason(err error) string {
	var network *net.OpError
	switch code := codeOf(err); {
	case codeForm.MatchString(code):
		return code
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return "no answer in time"
	case errors.As(err, &network):
		return network.Error()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "connection cut"
	}
	return "the answer is not understood"
}
