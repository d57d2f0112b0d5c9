package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/shiptide/shiptide/shared/sender/snssender"
)

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

func (p *patient) checkPending(ctx context.Context) finding {
	name := p.tables()["ledger"]
	if name == "" {
		return p.unnamed("LEDGER_TABLE")
	}
	n, places, err := snssender.Waiting(ctx, p.table(name), p.now())
	if err != nil {
		return unanswered(err, "dynamodb:GetItem")
	}
	says := fmt.Sprintf("%d of %d places for customers who wait for confirmation are taken", n, places)
	if n >= places*8/10 {
		return warning("places come free as people confirm, and after 48 hours; if these are no customers, throttle POST /subscriptions in the template",
			"%s; when all are, nobody more is asked", says)
	}
	return fine("%s", says)
}
