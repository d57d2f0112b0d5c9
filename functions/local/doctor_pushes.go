package main

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/shiptide/shiptide/shared/metric"
	"github.com/shiptide/shiptide/shared/store"
)

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
	if name == tiktok {
		return "in Partner Center, Development Kits, Manage Webhooks of the app, enter " + url + " for its topics (https, a name, no port); the key of " +
			p.command("keys set "+tiktok) + " is APPKEY:SECRET of the app"
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
