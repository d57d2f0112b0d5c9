//go:build stack

package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/awsnotify"
	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/shipment"
)

// messages looks at what left the stack for the parcel that lived: an SMS for
// each notice to a phone, an event for each notice to machines, and mail that SNS
// took.
func (s *stack) messages(t *testing.T) {
	v := s.why(t, s.lived)
	for _, th := range v.Threads {
		switch th.Recipient {
		case "…123":
			texts := s.texts(t, "+12025550123")
			if len(texts) != len(th.Told) || !strings.Contains(texts[len(texts)-1], "was delivered") {
				t.Errorf("%d notices, but these SMS: %q", len(th.Told), texts)
			}
		case contact.EventsTopic:
			var types []string
			for _, e := range s.events(t) {
				if e.Subject == s.lived && e.SpecVersion == "1.0" {
					types = append(types, strings.TrimPrefix(e.Type, "shiptide.shipment."))
				}
			}
			if got := strings.Join(types, " "); got != kinds(th.Told) {
				t.Errorf("the queue got %q, want %q", got, kinds(th.Told))
			}
		case contact.SellerTopic:
		default:
			for _, told := range th.Told {
				if told.ProviderID == "" {
					t.Errorf("mail to %s without an ID of SNS: %+v", th.Recipient, told)
				}
			}
		}
	}
}

// demo plays a life by the command of that name, and compares the shipment with
// that of one machine whose clock it owns.
func (s *stack) demo(t *testing.T) {
	day := recentLife(1)
	got := s.operator(t, "", "demo", "-start", day.Format(time.RFC3339), "-to", s.api)
	if !got.check(t, "demo", exitOK, "ended DELIVERED") {
		return
	}
	alone := newStage(t)
	alone.clock = day
	if err := alone.subscribe(numberOf(day)); err != nil {
		t.Fatal(err)
	}
	for _, p := range demoPushes {
		body, err := p.body(numberOf(day), day)
		if err != nil {
			t.Fatal(err)
		}
		alone.clock = day.Add(p.arrives)
		heardBy(t, alone, p.source, body)
	}
	if diff := cmp.Diff(publicOf(t, alone.shipments, numberOf(day)), publicOf(t, s.shipments(t), numberOf(day))); diff != "" {
		t.Errorf("the shipment of one machine and that of the stack (-want +got):\n%s", diff)
	}
	if n := strings.Count(got.stdout, `"notice":"delivered"`); n != len(demoRecipients)+1 {
		t.Errorf("delivered was told %d times, want once to each of %d people, and to machines:\n%s", n, len(demoRecipients), got.stdout)
	}
}

// heardBy posts a push to a stage by its own clock.
func heardBy(t *testing.T, s *stage, source string, body []byte) {
	t.Helper()
	err := s.withClient(t.Context(), func(ctx context.Context, c *client) error {
		ring, err := readKeyring("")
		if err != nil {
			return err
		}
		p := poster{base: c.base, keys: ring, now: s.now}
		if status, err := p.post(ctx, source, body); err != nil || status != http.StatusOK {
			return fmt.Errorf("answered %d, %w", status, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s.mustRest()
}

// pages are what buyers see, and how they end what they are told.
func (s *stack) pages(t *testing.T) {
	status, page := s.request(t, http.MethodGet, "/t/"+s.lived, "", "")
	if status != http.StatusOK || !strings.Contains(page, "delivered") || strings.Contains(page, "example.com") {
		t.Errorf("the page of a parcel is %d:\n%s", status, page)
	}
	settings, err := awsnotify.Read(s.output)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := s.keys.Signer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	vault, err := s.keys.Vault(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	id := vault.ID(contact.Email, "gone@example.com")
	link := signer.LinkOf(id)
	number := numberOf(recentLife(2))
	s.subscribe(t, number)
	s.operator(t, "", "subscribe", number, "-email", "gone@example.com").check(t, "subscribe", exitOK, number)
	const form = "application/x-www-form-urlencoded"
	if status, page := s.request(t, http.MethodGet, link, "", ""); status != http.StatusOK || !strings.Contains(page, "g…@example.com") || !strings.Contains(page, "no more messages") {
		t.Errorf("the page of a recipient is %d:\n%s", status, page)
	}
	if status, _ := s.request(t, http.MethodPost, link[:len(link)-1]+"x", form, "do=end"); status != http.StatusNotFound {
		t.Errorf("another link ends it: %d", status)
	}
	for range 2 { // A second time is as good.
		if status, page := s.request(t, http.MethodPost, link, form, "do=end"); status != http.StatusOK || !strings.Contains(page, "No messages go") {
			t.Errorf("ending it is answered %d:\n%s", status, page)
		}
	}
	body, err := demoLife[demoIndex("delivered")].body(number, recentLife(2))
	if err != nil {
		t.Fatal(err)
	}
	s.post(t, "ups", body, http.StatusOK)
	eventually(t, func() string {
		return fmt.Sprintf("one was told, the other not any more: %v", toldOf(s.why(t, number)))
	}, func() bool {
		told := toldOf(s.why(t, number))
		return told["o…@example.com"] == "delivered" && told["…123"] == "delivered"
	})
	if told := toldOf(s.why(t, number)); told["g…@example.com"] != "" {
		t.Errorf("who ended it was told %q", told["g…@example.com"])
	}
	s.operator(t, "", "subscribe", number, "-email", "gone@example.com").check(t, "subscribe again", exitFailed, "opted out")
	if settings.URL == "" {
		t.Error("the stack does not know its URL")
	}
}

// quarantined are the pushes that are parked, by their hash.
func (s *stack) quarantined(t *testing.T) map[string]pushView {
	t.Helper()
	got := s.operator(t, "", "quarantine")
	if !got.check(t, "quarantine", exitOK, "") {
		t.FailNow()
	}
	var all []pushView
	if err := json.Unmarshal([]byte(got.stdout), &all); err != nil {
		t.Fatal(err)
	}
	out := map[string]pushView{}
	for _, p := range all {
		out[p.Key] = p
	}
	return out
}

// writesOf picks the writes of a number's shipment by a function.
func writesOf(function, number string) func(call) bool {
	return func(k call) bool {
		return k.function == function && k.action == "dynamodb:PutItem" && strings.Contains(k.body, "S#"+number)
	}
}

// poison is a push that cannot be understood, and one that cannot be written:
// both are parked, and the second is done when it is driven again.
func (s *stack) poison(t *testing.T) {
	before := len(s.quarantined(t))
	s.post(t, "ups", []byte("{"), http.StatusOK)
	eventually(t, func() string { return "what is no JSON is in quarantine" }, func() bool { return len(s.quarantined(t)) == before+1 })

	number := numberOf(recentLife(3))
	body, err := demoLife[0].body(number, recentLife(3))
	if err != nil {
		t.Fatal(err)
	}
	s.throttle(writesOf("Ingest", number))
	s.post(t, "ups", body, http.StatusOK)
	eventually(t, func() string { return "what cannot be written is parked" }, func() bool {
		for _, p := range s.quarantined(t) {
			if slices.Contains(p.Numbers, number) {
				return !p.Bad
			}
		}
		return false
	})
	if got := publicOf(t, s.shipments(t), number); got != "nothing" {
		t.Errorf("what was refused was written: %s", got)
	}
	s.throttle(nil)
	s.operator(t, "", "replay").check(t, "replay", exitOK, "")
	rec, err := s.shipments(t).Get(t.Context(), number)
	if err != nil || rec.Status != shipment.InfoReceived {
		t.Errorf("after the replay it is %s, %v", rec.Status, err)
	}
	if n := len(s.quarantined(t)); n != before+1 {
		t.Errorf("%d are parked, want only what is malformed: %d", n, before+1)
	}
}

// lives are parcels of the steps in which something goes wrong, and their pushes.
func lives(t *testing.T, first, n int) (numbers []string, pushes []voicedPush) {
	t.Helper()
	for i := range n {
		day := recentLife(first + i)
		numbers = append(numbers, numberOf(day))
		for _, p := range demoPushes {
			body, err := p.body(numberOf(day), day)
			if err != nil {
				t.Fatal(err)
			}
			pushes = append(pushes, voicedPush{p.source, body})
		}
	}
	return numbers, pushes
}

type voicedPush struct {
	source string
	body   []byte
}

// storm posts pushes side by side, each until it is taken, as senders do.
func (s *stack) storm(t *testing.T, pushes []voicedPush) (refused int64) {
	t.Helper()
	next := make(chan voicedPush)
	var wg sync.WaitGroup
	var again atomic.Int64
	for range 8 {
		wg.Go(func() {
			for p := range next {
				for {
					status, err := s.poster.post(t.Context(), p.source, p.body)
					if err == nil && status == http.StatusOK {
						break
					}
					again.Add(1)
				}
			}
		})
	}
	for _, p := range pushes {
		next <- p
	}
	close(next)
	wg.Wait()
	return again.Load()
}

// asOnOneMachine compares numbers with one machine that got the same pushes.
func (s *stack) asOnOneMachine(t *testing.T, numbers []string, pushes []voicedPush) {
	t.Helper()
	m := newMachine(t)
	for _, number := range numbers {
		for _, who := range stackRecipients {
			if _, err := m.subscriber.ByOperator(t.Context(), number, contact.Channel(strings.TrimPrefix(who[0], "-")), who[1]); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, p := range pushes {
		m.post(t, p.source, p.body)
	}
	s.same(t, m, numbers)
}

// deliveredOnce tells whether each who hears of a number was told of the delivery
// last, and nothing twice but what repeats allows.
func (s *stack) deliveredOnce(t *testing.T, numbers []string, repeats int) {
	t.Helper()
	for _, number := range numbers {
		var v whyView
		eventually(t, func() string { return fmt.Sprintf("%s is told as delivered: %v", number, toldOf(v)) }, func() bool {
			v = s.why(t, number)
			told := toldOf(v)
			return told["o…@example.com"] != "" && strings.HasSuffix(told["o…@example.com"], "delivered") && strings.HasSuffix(told["…123"], "delivered")
		})
		for _, th := range v.Threads {
			seen := map[string]int{}
			for i, told := range th.Told {
				if seen[told.MessageID]++; seen[told.MessageID] > 1+repeats {
					t.Errorf("%s heard of %s %d times", th.Recipient, told.Kind, seen[told.MessageID])
				}
				if i > 0 && th.Told[i-1].Kind == "delivered" {
					t.Errorf("%s heard of %s after the delivery", th.Recipient, told.Kind)
				}
			}
		}
	}
}

// killed ends ingest in the middle of a batch, six times.
func (s *stack) killed(t *testing.T) {
	numbers, pushes := lives(t, 10, 3)
	for _, number := range numbers {
		s.subscribe(t, number)
	}
	var armed atomic.Bool
	var kills atomic.Int64
	s.watch(func(k call) {
		if k.function == "Ingest" && k.action == "dynamodb:PutItem" && strings.Contains(k.body, "S#") && armed.CompareAndSwap(true, false) {
			kills.Add(int64(s.kill("Ingest")))
		}
	})
	for chunk := range slices.Chunk(pushes, (len(pushes)+5)/6) {
		armed.Store(true)
		s.storm(t, chunk)
		eventually(t, func() string { return "ingest writes" }, func() bool { return !armed.Load() })
	}
	s.watch(nil)
	s.asOnOneMachine(t, numbers, pushes)
	s.deliveredOnce(t, numbers, 0)
	if kills.Load() < 4 { // The process may be gone already that a call is of.
		t.Errorf("ingest was killed only %d times", kills.Load())
	}
	t.Logf("%d pushes of %d parcels, ingest killed %d times", len(pushes), len(numbers), kills.Load())
}

// throttled refuses six of ten calls of DynamoDB, as a table at its limits does.
// What is then parked or untold the sweep would find in its time; here the
// operator and a look at once come before it.
func (s *stack) throttled(t *testing.T) {
	numbers, pushes := lives(t, 20, 3)
	for _, number := range numbers {
		s.subscribe(t, number)
	}
	var calls, refused atomic.Int64
	s.throttle(func(k call) bool {
		if k.function == "" || !strings.HasPrefix(k.action, "dynamodb:") {
			return false
		}
		if calls.Add(1); rand.IntN(10) < 6 {
			refused.Add(1)
			return true
		}
		return false
	})
	again := s.storm(t, pushes)
	time.Sleep(2 * time.Second) // Let the functions suffer.
	s.throttle(nil)
	s.operator(t, "", "replay").check(t, "replay", exitOK, "")
	s.asOnOneMachine(t, numbers, pushes)
	settings, err := awsnotify.Read(s.output)
	if err != nil {
		t.Fatal(err)
	}
	settings.SMS.MonthlyLimit = 1000
	looker := awsnotify.New(s.cfg, settings, quietly(), nil)
	for _, number := range numbers {
		eventually(t, func() string { return "nobody speaks of " + number }, func() bool { return looker.Notify(t.Context(), number) == nil })
	}
	s.deliveredOnce(t, numbers, 0)
	t.Logf("%d pushes of %d parcels, %d of %d calls refused, %d pushes answered 503 and sent again", len(pushes), len(numbers), refused.Load(), calls.Load(), again)
}

// mapped switches the stream of the shipments to notify on and off.
func (s *stack) mapped(on bool) error {
	var mappings struct {
		All []struct {
			UUID     string `json:"UUID"`
			Function string `json:"FunctionArn"`
		} `json:"EventSourceMappings"`
	}
	_, raw := s.do("lambda", http.MethodGet, "/2015-03-31/event-source-mappings/", nil, "")
	if err := json.Unmarshal(raw, &mappings); err != nil {
		return err
	}
	for _, m := range mappings.All {
		if !strings.Contains(m.Function, s.names["Notify"]) {
			continue
		}
		status, answer := s.do("lambda", http.MethodPut, "/2015-03-31/event-source-mappings/"+m.UUID, http.Header{"Content-Type": {"application/json"}}, fmt.Sprintf(`{"Enabled":%t}`, on))
		if status/100 != 2 {
			return fmt.Errorf("mapping: %d %s", status, answer)
		}
	}
	return nil
}

// swept has the sweep do all of what it does, by the input of its schedule, while
// the streams tell nobody anything.
func (s *stack) swept(t *testing.T) {
	if err := s.mapped(false); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.mapped(true); err != nil {
			t.Error(err)
		}
	}()
	day := recentLife(40)
	number := numberOf(day)
	s.subscribe(t, number)
	s.operator(t, "", "subscribe", number, "-email", "new@example.com").check(t, "subscribe", exitOK, number)
	body, err := demoLife[demoIndex("delivered")].body(number, day)
	if err != nil {
		t.Fatal(err)
	}
	s.post(t, "ups", body, http.StatusOK)
	eventually(t, func() string { return "the push is done" }, func() bool {
		return publicOf(t, s.shipments(t), number) != "nothing" && len(s.why(t, number).Shipment.Events) > 0
	})
	if told := toldOf(s.why(t, number)); told["…123"] != "" {
		t.Fatalf("told without notify and sweep: %v", told)
	}
	input := s.schedule(t)
	failed, answer := s.invoke("Sweep", input)
	if failed != "" {
		t.Fatalf("the sweep failed: %s %s", failed, answer)
	}
	told := toldOf(s.why(t, number))
	if told["…123"] != "delivered" || told["o…@example.com"] != "delivered" || told["n…@example.com"] != "delivered" {
		t.Errorf("the sweep told %v", told)
	}
}

// schedule returns the input with which the sweep is invoked every five minutes.
func (s *stack) schedule(t *testing.T) string {
	t.Helper()
	var list struct {
		Schedules []struct {
			Name string `json:"Name"`
		} `json:"Schedules"`
	}
	_, raw := s.do("scheduler", http.MethodGet, "/schedules", nil, "")
	if err := json.Unmarshal(raw, &list); err != nil || len(list.Schedules) != 1 {
		t.Fatalf("schedules: %s, %v", raw, err)
	}
	var schedule struct {
		Expression string `json:"ScheduleExpression"`
		Target     struct {
			ARN   string `json:"Arn"`
			Input string `json:"Input"`
		} `json:"Target"`
	}
	_, raw = s.do("scheduler", http.MethodGet, "/schedules/"+url.PathEscape(list.Schedules[0].Name), nil, "")
	if err := json.Unmarshal(raw, &schedule); err != nil {
		t.Fatal(err)
	}
	if schedule.Expression != "rate(5 minutes)" || !strings.HasSuffix(schedule.Target.ARN, s.names["Sweep"]) {
		t.Fatalf("the schedule is %s", raw)
	}
	return schedule.Target.Input
}

// logged looks at what the functions wrote: metrics, and nothing of what is
// nobody's business.
func (s *stack) logged(t *testing.T) {
	seen := map[string]int{}
	for _, line := range s.logs() {
		for _, secret := range append(slices.Concat(stackKeys["ups"], stackKeys["17track"]), "the-secret-of-the-app", "TTP_", "@example.com", "2025550123") {
			if strings.Contains(line, secret) {
				t.Errorf("a line holds %q: %s", secret, line)
			}
		}
		if !strings.Contains(line, `"_aws"`) {
			continue
		}
		var m struct {
			AWS struct {
				Metrics []struct {
					Namespace string `json:"Namespace"`
					Metrics   []struct {
						Name string `json:"Name"`
					} `json:"Metrics"`
				} `json:"CloudWatchMetrics"`
			} `json:"_aws"`
			Outcome string `json:"Outcome"`
		}
		if err := json.Unmarshal([]byte(line), &m); err != nil || len(m.AWS.Metrics) != 1 || m.AWS.Metrics[0].Namespace != "Shiptide/"+stackName {
			t.Errorf("no metrics: %s, %v", line, err)
			continue
		}
		seen[strings.TrimSuffix(m.AWS.Metrics[0].Metrics[0].Name+" "+m.Outcome, " ")]++
	}
	for _, name := range []string{"Pushes kept", "Pushes refused", "Pushes rejected", "Pushes unavailable", "UnknownCodes", "Parked waiting", "Parked malformed", "ParkedAge", "SweepLag", "Notices sent"} {
		if seen[name] == 0 {
			t.Errorf("no line of %s: %v", name, seen)
		}
	}
	t.Logf("lines by metric: %v", seen)
}

// starts measures each function from the start of its process to its first
// question for work, and says how large it is.
func (s *stack) starts(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(s.built, "*", "bootstrap"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		var took []time.Duration
		for range 9 {
			took = append(took, start(t, file))
		}
		slices.Sort(took)
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%-15s %5.1f MB, first poll after %4.1f ms (median of 9; the fastest %.1f)", filepath.Base(filepath.Dir(file)),
			float64(info.Size())/1e6, ms(took[4]), ms(took[0]))
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// start starts a function as Lambda does and returns how long it took to ask for
// its first event.
func start(t *testing.T, file string) time.Duration {
	t.Helper()
	polled := make(chan time.Time, 1)
	runtime := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case polled <- time.Now():
		default:
		}
		<-r.Context().Done()
	}))
	defer runtime.Close()
	cmd := exec.CommandContext(t.Context(), file)
	cmd.Env = []string{"AWS_LAMBDA_RUNTIME_API=" + strings.TrimPrefix(runtime.URL, "http://"), "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=x", "AWS_SECRET_ACCESS_KEY=x"}
	for _, name := range []string{"STACK", "INBOX_TABLE", "SHIPMENTS_TABLE", "LEDGER_TABLE", "SELLER_TOPIC", "EVENTS_TOPIC", "MAIL_PREFIX", "URL"} {
		cmd.Env = append(cmd.Env, name+"=x")
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	select {
	case at := <-polled:
		return at.Sub(began)
	case <-time.After(5 * time.Second):
		t.Fatalf("%s never asks for work", file)
	}
	return 0
}

func quietly() *slog.Logger { return slog.New(slog.DiscardHandler) }

func sortedLines(t *testing.T, file string) string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}

// compareCalls compares what the functions have called with the table of what
// they may.
func (s *stack) compareCalls(t *testing.T) {
	t.Helper()
	want := map[string][]string{}
	for _, r := range rights(t) {
		if !slices.Contains(want[r.function], r.action) {
			want[r.function] = append(want[r.function], r.action)
		}
	}
	got := s.calls()
	for _, actions := range []map[string][]string{want, got} {
		for name := range actions {
			slices.Sort(actions[name])
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what functions may call, and what they called (-may +called):\n%s", diff)
	}
}
