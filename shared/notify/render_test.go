package notify

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/shipment"
)

var update = flag.Bool("update", false, "rewrite testdata/notices.txt")

// caused lists the rules of what a parcel can cause: by events and answers, by
// time, and by changes.
func caused() []*notice.Rule {
	var rules []*notice.Rule
	for _, r := range notice.Rules() {
		if r.Code.Status != "SHOP" {
			rules = append(rules, r)
		}
	}
	slices.SortFunc(rules, func(a, b *notice.Rule) int { return strings.Compare(a.Code.String(), b.Code.String()) })
	return rules
}

// sample is a parcel with an event of a code.
func sample(code shipment.Code) (*shipment.Shipment, *notice.Candidate) {
	sh := &shipment.Shipment{
		Number: "1ZE40F710345678121", Carrier: "ups", Code: code, Destination: "US",
		Estimate: shipment.Promise{Estimate: shipment.Estimate{From: "2026-03-05", To: "2026-03-05"}, First: "2026-03-03"},
	}
	at := time.Date(2026, 3, 2, 18, 15, 0, 0, time.UTC)
	e := &shipment.Folded{Effect: code, Event: shipment.Event{
		Code: code, OccurredAt: at, LocalTime: "2026-03-02T10:15:00", Zone: shipment.Reported, Precision: shipment.Second,
		Location: shipment.Location{City: "Reno", Region: "NV", Country: "US"}, Source: "ups",
	}}
	if !code.Known() && code.SubStatus != "FOUND_AGAIN" { // No event says it.
		e = nil
	}
	return sh, &notice.Candidate{Code: code, At: at, Event: e, Date: "2026-03-05", Rule: notice.Rules()[code]}
}

// TestTexts writes every notice that a parcel can cause. They are
// read by people: read the golden file when it changes.
func TestTexts(t *testing.T) {
	var b strings.Builder
	for _, r := range caused() {
		for _, audience := range []notice.Audience{notice.Customer, notice.Seller, notice.Machine} {
			kind := r.Kind(audience)
			if kind == notice.None {
				continue
			}
			sh, c := sample(r.Code)
			c.Kind = kind
			m, err := render(sh, c, &notice.Thread{Recipient: "r1", Number: sh.Number, Audience: audience}, c.At)
			if err != nil {
				t.Errorf("%s to the %s: %v", r.Code, audience, err)
				continue
			}
			checkMessage(t, fmt.Sprintf("%s to the %s", r.Code, audience), m.Subject, m.Text, m.SMS)
			if audience != notice.Machine {
				fmt.Fprintf(&b, "--- %s to the %s\nSubject: %s\nSMS: %s\n%s\n", r.Code, audience, m.Subject, m.SMS, m.Text)
			}
		}
	}
	compareGolden(t, "testdata/notices.txt", b.String())
}

func compareGolden(t *testing.T, golden, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("texts differ (-want +got):\n%s", diff)
	}
}

// gsm7 is the alphabet of an SMS of 160 characters, GSM 03.38, without the
// letters that our texts have no use for.
const gsm7 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 @$_!\"#%&'()*+,-./:;<=>?"

func checkMessage(t *testing.T, name, subject, text, sms string) {
	t.Helper()
	for what, s := range map[string]string{"subject": subject, "text": text, "SMS": sms} {
		if s == "" || strings.Contains(s, "<no value>") || strings.Contains(s, "  ") || strings.Contains(s, " .") || strings.Contains(s, "{{") {
			t.Errorf("%s: %s reads %q", name, what, s)
		}
	}
	if len(subject) >= 100 || strings.ContainsAny(subject, "\r\n") {
		t.Errorf("%s: subject of %d characters: %q", name, len(subject), subject)
	}
	if i := strings.IndexFunc(sms, func(r rune) bool { return !strings.ContainsRune(gsm7, r) }); i >= 0 {
		t.Errorf("%s: SMS holds %q, which is not in GSM-7", name, sms[i:])
	}
	if len(sms) > 306 { // Two segments of 153.
		t.Errorf("%s: SMS of %d characters: %q", name, len(sms), sms)
	}
}

func TestEveryTextIsUsed(t *testing.T) {
	used := map[string]bool{"machine": true, "shop/authorisation_expiring": true, "shop/authorisation_revoked": true, "shop/authorisation_refused": true}
	for kind := range order.Rules() {
		used["order/"+string(kind)] = true
	}
	for _, r := range caused() {
		used["customer/"+string(r.CustomerKind)] = true
		used["seller/"+string(r.SellerKind)] = true
	}
	txt, err := english()
	if err != nil {
		t.Fatal(err)
	}
	for name := range txt.templates {
		if !used[name] {
			t.Errorf("%s.txt: no code tells this", name)
		}
	}
	for sub := range txt.reasons {
		known := slices.ContainsFunc(shipment.Vocabulary(), func(r shipment.Row) bool { return r.Code.SubStatus == sub })
		if !known {
			t.Errorf("reasons.tsv: no sub-status %s", sub)
		}
	}
	if len(txt.templates) != countTexts(t) {
		t.Errorf("%d templates of %d files", len(txt.templates), countTexts(t))
	}
}

func countTexts(t *testing.T) int {
	t.Helper()
	n := 0
	err := fs.WalkDir(files, ".", func(file string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(file, ".txt") {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestMessageIDIsTheNews(t *testing.T) {
	_, c := sample(shipment.Code{Status: shipment.FailedAttempt, SubStatus: shipment.RecipientAbsent})
	c.Kind = notice.AttemptFailed
	thread := &notice.Thread{Recipient: "r1", Number: "N1"}
	id := messageID(c, thread)
	if again := messageID(c, thread); again != id || len(id) != 32 {
		t.Errorf("ids %s and %s, want one of 128 bits", id, again)
	}
	other := *c
	other.Date = "2026-03-06"
	if messageID(&other, thread) == id {
		t.Error("another date has the same id")
	}
	if messageID(c, &notice.Thread{Recipient: "r2", Number: "N1"}) == id {
		t.Error("another recipient has the same id")
	}
}
