package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/sender"
	"github.com/shiptide/shiptide/shared/sender/snssender"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/storetest"
)

// outage is a time in the life of the demo's parcel in which SNS does not work.
// Times are from the midnight of the first day.
type outage struct {
	name        string
	from, until time.Duration
	// comes are arrivals of UPS's pushes that are not the demo's; 0: never.
	comes map[string]time.Duration
	// meets is a scan whose push comes as the outage ends: while SNS takes the
	// first message that waited.
	meets string
	gone  []notice.Told // what is not worth telling any more when it ends
}

// The second "out for delivery" in the order of its scan, and not after the delivery.
var inOrder = map[string]time.Duration{"out for delivery again": at(5, 17, 0)}

var outForDeliveryAgain = notice.Told{Kind: notice.OutForDelivery, Date: "2026-03-07"}

// outages are an hour long, but for the last. Most begin with a push: so the look
// at what changed in the last hour, which is a second way, meets the outage too.
var outages = []outage{
	{name: "on its way", from: at(0, 10, 35), until: at(0, 11, 35)},
	{
		name: "departed, of which nothing was heard before", from: at(0, 15, 5), until: at(0, 16, 5),
		comes: map[string]time.Duration{"origin scan": 0},
	},
	{name: "customs wants papers", from: at(1, 7, 35), until: at(1, 8, 35)},
	{name: "weather delay", from: at(2, 18, 5), until: at(2, 19, 5)},
	{name: "out for delivery", from: at(4, 13, 2), until: at(4, 14, 2)},
	{name: "delivered, then a late out for delivery", from: at(5, 17, 50), until: at(5, 18, 50)},
	{
		name: "out for delivery, then delivered", from: at(5, 16, 55), until: at(5, 17, 55),
		comes: inOrder, gone: []notice.Told{outForDeliveryAgain},
	},
	{
		name: "out for delivery, and delivered as it ends", from: at(5, 16, 50), until: at(5, 17, 50),
		comes: inOrder, meets: "delivered", gone: []notice.Told{outForDeliveryAgain},
	},
	{
		name: "from before out for delivery until after delivered", from: at(4, 13, 0), until: at(5, 18, 0),
		gone: []notice.Told{{Kind: notice.OutForDelivery, Date: "2026-03-06"}, {Kind: notice.AttemptFailed, Date: "2026-03-06"}},
	},
}

// snsFault is what calls of SNS meet in an outage, as the SDK tells it.
type snsFault struct {
	name  string
	takes bool // the message, and only the answer is lost
	err   error
}

var snsFaults = []snsFault{
	{"refused", false, unsent(&net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED})},
	{"503", false, refusal(http.StatusServiceUnavailable, &smithy.GenericAPIError{Code: "ServiceUnavailable", Fault: smithy.FaultServer})},
	{"throttled", false, refusal(http.StatusTooManyRequests, &types.ThrottledException{})},
	{"answers are lost", true, unsent(io.EOF)},
}

func unsent(err error) error {
	return &smithyhttp.RequestSendError{Err: &url.Error{Op: "Post", URL: "https://sns.us-east-1.amazonaws.com/", Err: err}}
}

func refusal(status int, err error) error {
	return &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: &http.Response{StatusCode: status}}, Err: err}
}

// death is where the process dies, once.
type death string

const (
	noDeath    death = "no crash"
	halfway    death = "a crash in the middle" // with the lease of a message that does not go
	beforeNote death = "a crash between publish and note"
)

var deaths = []death{noDeath, halfway, beforeNote}

// handed is a message that SNS took.
type handed struct {
	to, id, text string
	providerID   string
	heard        bool // the answer, by a process that lived to note it
}

// ending is how a life ended, and what SNS saw of it.
type ending struct {
	public string
	told   map[string][]notice.Told
	taken  []*handed
	failed int // calls of Publish
	deaths int // of processes
}

// fakeSNS is SNS for the stage of one parcel. It notes what it took.
type fakeSNS struct {
	snssender.API // of which no more is called
	*ending
	s       *stage
	o       *outage
	fault   *snsFault // nil: it always works
	death   death
	sending sender.Message
	back    bool // after the outage it took a message
}

// labelled tells the fake which message is sent: a text does not name its own.
type labelled struct {
	snssender.Sender
	sns *fakeSNS
}

func (l *labelled) Send(ctx context.Context, to contact.Contact, m sender.Message) (string, error) {
	l.sns.sending = m
	return l.Sender.Send(ctx, to, m)
}

// open has the process of the stage send to SNS.
func (f *fakeSNS) open() {
	const account = "arn:aws:sns:us-east-1:000000000000:"
	f.s.notifier.Sender = &labelled{sns: f, Sender: snssender.Sender{
		Client: f, Ledger: f.s.tables.ledger, Now: f.s.now, MailPrefix: account + "mail-", Source: "/shiptide/test",
		Topics: map[string]string{contact.SellerTopic: account + "seller", contact.EventsTopic: account + "events"},
		SMS:    snssender.Settings{MonthlyLimit: 1000},
	}}
}

// since tells whether the outage began, or a time after that, has come.
func (f *fakeSNS) since(d time.Duration) bool { return !f.s.now().Before(firstDay.Add(d)) }

func (f *fakeSNS) fails(call string) error {
	if f.fault == nil || !f.since(f.o.from) || f.since(f.o.until) {
		return nil
	}
	return &smithy.OperationError{ServiceID: "SNS", OperationName: call, Err: f.fault.err}
}

// ListSubscriptionsByTopic says that each contact has confirmed.
func (f *fakeSNS) ListSubscriptionsByTopic(context.Context, *sns.ListSubscriptionsByTopicInput, ...func(*sns.Options)) (*sns.ListSubscriptionsByTopicOutput, error) {
	if err := f.fails("ListSubscriptionsByTopic"); err != nil {
		return nil, err
	}
	return &sns.ListSubscriptionsByTopicOutput{Subscriptions: []types.Subscription{
		{Protocol: aws.String("email"), SubscriptionArn: aws.String("arn:aws:sns:us-east-1:000000000000:mail:1")},
	}}, nil
}

// Publish takes a message, or not.
func (f *fakeSNS) Publish(_ context.Context, in *sns.PublishInput, _ ...func(*sns.Options)) (*sns.PublishOutput, error) {
	f.checkTrue(f.sending.Kind)
	err := f.fails("Publish")
	if err != nil {
		f.failed++
		f.dieAt(halfway, f.since((f.o.from+f.o.until)/2))
		if !f.fault.takes {
			return nil, err
		}
	}
	m := &handed{
		id: f.sending.ID, to: cmp.Or(aws.ToString(in.PhoneNumber), aws.ToString(in.TopicArn)),
		text: aws.ToString(in.Subject) + "\n" + aws.ToString(in.Message), providerID: fmt.Sprintf("message-%d", len(f.taken)),
	}
	if kind, ok := in.MessageAttributes["kind"]; ok { // What is for machines says when it was sent.
		m.text = aws.ToString(kind.StringValue)
	}
	f.taken = append(f.taken, m)
	if err != nil {
		return nil, err
	}
	first := f.fault != nil && f.since(f.o.until) && !f.back
	if first {
		f.back = true
		f.meet()
	}
	m.heard = !f.dieAt(beforeNote, first)
	return &sns.PublishOutput{MessageId: aws.String(m.providerID)}, nil
}

// dieAt has the process die before its next store call, if it is to die here.
func (f *fakeSNS) dieAt(d death, now bool) bool {
	if f.death != d || f.deaths > 0 || !now {
		return false
	}
	f.deaths++
	f.s.world.At(f.s.world.Calls()+1, storetest.CrashBefore)
	return true
}

// meet is the push that comes in between, and the pump that tells of it.
func (f *fakeSNS) meet() {
	if f.o.meets == "" {
		return
	}
	if err := f.s.bring(demoPush{source: "ups", scan: f.o.meets}); err != nil {
		f.s.t.Fatal(err)
	}
	_ = f.s.settle(f.s.t.Context()) // The thread of the message that is under way is busy.
}

// spoken are the states in which one kind alone is worth telling.
var spoken = map[shipment.Status]notice.Kind{
	shipment.OutForDelivery: notice.OutForDelivery, shipment.FailedAttempt: notice.AttemptFailed, shipment.Delivered: notice.Delivered,
}

// checkTrue checks that nothing newer is known than what is being sent.
func (f *fakeSNS) checkTrue(kind string) {
	known := store.Shipments{Table: f.s.ground.sound.shipments, Now: f.s.now}
	it, err := known.Get(f.s.t.Context(), demoNumber)
	if err != nil {
		f.s.t.Fatal(err)
	}
	if only, ok := spoken[it.Status]; ok && kind != string(only) {
		f.s.t.Errorf("stale: %s goes to SNS at %s, when the parcel is %s", kind, f.s.clock.Format(time.DateTime), it.Status)
	}
}

// bring posts a push as its source does.
func (s *stage) bring(p demoPush) error {
	body, err := p.body(demoNumber, firstDay)
	if err != nil {
		return err
	}
	from, _ := findSource(s.sources, p.source)
	d := source.Delivery{Header: http.Header{"Content-Type": {"application/json"}}, Body: body}
	if err := from.Sign(&d, developmentKey(p.source), s.now()); err != nil {
		return err
	}
	req := httptest.NewRequest(http.MethodPost, "/webhooks/"+p.source, bytes.NewReader(body))
	req.Header = d.Header
	rec := httptest.NewRecorder()
	if s.receiver.ServeHTTP(rec, req); rec.Code != http.StatusOK {
		return fmt.Errorf("answered %d", rec.Code)
	}
	return nil
}

// scenes are the pushes of a life, and sweeps from the beginning of the outage
// until after its end: every five minutes if it lasts an hour.
func (o *outage) scenes() []scene {
	sweep := func(s *stage) error { return errors.Join(s.redrive(s.t.Context()), s.rest()) }
	var out []scene
	for d := o.from; d < o.until; d += (o.until - o.from) / 12 {
		out = append(out, scene{"sweep", d, sweep})
	}
	for d := range 3 {
		out = append(out, scene{"sweep after the outage", o.until + time.Duration(d)*5*time.Minute, sweep})
	}
	for _, p := range demoPushes {
		if d, ok := o.comes[p.scan]; ok && p.source == "ups" {
			if p.arrives = d; d == 0 {
				continue
			}
		}
		out = append(out, scene{p.scan, p.arrives, func(s *stage) error {
			return errors.Join(s.bring(p), s.rest())
		}})
	}
	out = append(out, scene{"all is told", o.until + 15*time.Minute, func(s *stage) error {
		if s.waiting() {
			s.t.Error("something is due a quarter of an hour after the outage")
		}
		return nil
	}})
	slices.SortStableFunc(out, func(a, b scene) int { return cmp.Compare(a.at, b.at) })
	return out
}

// play plays the life; without a fault there is no outage.
func (o *outage) play(t *testing.T, fault *snsFault, death death) *ending {
	t.Helper()
	s := newStage(t)
	defer s.ground.leave()
	f := &fakeSNS{ending: &ending{}, s: s, o: o, fault: fault, death: death}
	if err := s.subscribe(demoNumber); err != nil {
		t.Fatal(err)
	}
	for _, sc := range o.scenes() {
		if !f.since(sc.at) { // A process that was started again may be later.
			s.clock = firstDay.Add(sc.at)
		}
		s.untilDone(scene{sc.name, sc.at, func(s *stage) error {
			f.open()
			return sc.do(s)
		}})
	}
	s.onlyLook()
	rec, err := s.shipments.Get(t.Context(), demoNumber)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(rec.Public(), json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	f.public, f.told = string(raw), s.told(demoNumber)
	return f.ending
}

// byRecipient is what SNS took, in its order.
func (e *ending) byRecipient() map[string][]*handed {
	out := map[string][]*handed{}
	for _, m := range e.taken {
		out[m.to] = append(out[m.to], m)
	}
	return out
}

// check compares a life with the one without an outage.
func (o *outage) check(t *testing.T, want, got *ending) {
	t.Helper()
	if got.public != want.public {
		t.Errorf("the shipment is\n%s\nwant\n%s", got.public, want.public)
	}
	names := map[string]string{} // of messages, by ID
	var noted, heard []string
	for who, told := range want.told {
		for _, n := range told {
			names[n.MessageID] = news(n)
		}
		if fault := o.faultAgainst(newsOf(told), newsOf(got.told[who])); fault != "" {
			t.Errorf("the thread of %s %s", who, fault)
		}
		for _, n := range got.told[who] {
			noted = append(noted, n.ProviderID)
			o.checkInTime(t, who, n, told, got.deaths)
		}
	}
	sent, all := got.byRecipient(), want.byRecipient()
	if len(sent) != len(all) {
		t.Errorf("SNS took messages for %d recipients, want %d", len(sent), len(all))
	}
	for to, messages := range all {
		var expected, told []string
		answered := map[string]bool{}
		for _, m := range messages {
			expected = append(expected, names[m.id])
		}
		for _, m := range sent[to] {
			told = append(told, cmp.Or(names[m.id], "something that is told of no parcel"))
			if answered[m.id] {
				t.Errorf("%s was sent %s again, whose answer was heard", to, names[m.id])
			}
			answered[m.id] = m.heard
			if m.heard {
				heard = append(heard, m.providerID)
			}
		}
		if fault := o.faultAgainst(expected, slices.Compact(told)); fault != "" {
			t.Errorf("what SNS took for %s %s", to, fault)
		}
		if got, want := lastText(sent[to]), lastText(messages); got != want {
			t.Errorf("the last message to %s is\n%s\nwant\n%s", to, got, want)
		}
	}
	slices.Sort(noted)
	slices.Sort(heard)
	if !slices.Equal(noted, heard) {
		t.Errorf("threads note %v, answers were %v", noted, heard)
	}
}

func lastText(messages []*handed) string {
	if len(messages) == 0 {
		return ""
	}
	return messages[len(messages)-1].text
}

func newsOf(told []notice.Told) (out []string) {
	for _, n := range told {
		out = append(out, news(n))
	}
	return out
}

// faultAgainst says what is wrong with the news that somebody got: all of what is
// told without the outage must be there, in its order, and nothing else. What is
// gone when it ends may be missing.
func (o *outage) faultAgainst(want, got []string) string {
	gone := newsOf(o.gone)
	for _, w := range want {
		switch {
		case len(got) > 0 && got[0] == w:
			got = got[1:]
		case !slices.Contains(gone, w):
			return fmt.Sprintf("lacks %q, or has something older before it: %q", w, got)
		}
	}
	if len(got) > 0 {
		return fmt.Sprintf("has too many, or too late: %q", got)
	}
	return ""
}

// checkInTime checks that a notice went when it does without the outage, or at once
// when that ended: after a crash by the next sweep.
func (o *outage) checkInTime(t *testing.T, who string, n notice.Told, told []notice.Told, deaths int) {
	t.Helper()
	i := slices.IndexFunc(told, func(w notice.Told) bool { return w.MessageID == n.MessageID })
	if i < 0 {
		return // See faultAgainst.
	}
	due := told[i].At
	if end := firstDay.Add(o.until); due.Before(end) && !due.Before(firstDay.Add(o.from)) {
		due = end
	}
	if late := n.At.Sub(due); late > time.Duration(deaths)*6*time.Minute {
		t.Errorf("%s was told %s %v late", who, n.Kind, late)
	}
}

// TestOutage has SNS down for an hour of a parcel's life, in all its ways. Each
// recipient is told what is told without the outage, but for what is no longer
// true by then: in the same order, at once when it ends, and never again but
// where an answer was lost or nobody lived to note it.
func TestOutage(t *testing.T) {
	t.Parallel()
	lives := map[string]*ending{} // without an outage
	var sum tally
	for i := range outages {
		o := &outages[i]
		life := fmt.Sprint(o.comes)
		if lives[life] == nil {
			lives[life] = o.play(t, nil, noDeath)
			o.check(t, lives[life], lives[life])
		}
		want := lives[life]
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			for n := range len(snsFaults) * len(deaths) {
				if (n+i)%sampled > 0 {
					continue
				}
				fault, death := &snsFaults[n/len(deaths)], deaths[n%len(deaths)]
				t.Run(fault.name+", "+string(death), func(t *testing.T) {
					got := o.play(t, fault, death)
					o.check(t, want, got)
					if (got.deaths > 0) != (death != noDeath) || got.failed == 0 {
						t.Errorf("%d calls failed and %d processes died: this is no such outage", got.failed, got.deaths)
					}
					sum.add(want, got)
				})
			}
		})
	}
	t.Cleanup(func() { // When all are played.
		t.Logf("%d outages: %d calls failed, %d processes died, %d messages taken, of which %d repeats, %d not told any more",
			sum.plays, sum.failed, sum.deaths, sum.taken, sum.repeats, sum.gone)
	})
}

// tally counts what happened in all outages.
type tally struct {
	mu                                          sync.Mutex
	plays, failed, deaths, taken, repeats, gone int
}

func (c *tally) add(want, got *ending) {
	distinct := map[string]bool{}
	for _, m := range got.taken {
		distinct[m.id] = true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.plays++
	c.failed += got.failed
	c.deaths += got.deaths
	c.taken += len(got.taken)
	c.repeats += len(got.taken) - len(distinct)
	c.gone += len(want.taken) - len(distinct)
}
