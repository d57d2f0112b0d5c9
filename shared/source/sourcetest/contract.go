package sourcetest

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/payload"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/webhook"
)

// now is a time at which nothing special happens.
var now = time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)

var nameForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Contract checks what every source keeps. Its samples are those in testdata of
// the source's package and in events/{name}.
func Contract(t *testing.T, open func(source.Keys) source.Source) {
	t.Helper()
	src := open(source.Fixed(webhook.Keys{}))
	t.Run("form", func(t *testing.T) { form(t, src) })
	if src.Receiver != nil {
		t.Run("keys", func(t *testing.T) { keysContract(t, open) })
	}
	samples := append(Samples(t, filepath.Join(root(t), "shared", "source", Folder(src.Name), "testdata")),
		Samples(t, filepath.Join(root(t), "events", src.Name))...)
	if len(samples) == 0 && (src.Receiver != nil || src.Answer != nil) {
		t.Error("no samples")
	}
	for i := range samples {
		s := &samples[i]
		t.Run(s.Name(), func(t *testing.T) { sampleContract(t, src, s) })
	}
	t.Run("hostile", func(t *testing.T) { hostile(t, src) })
}

// Folder is the name of a source's package: no dashes, and a leading number in
// words.
func Folder(name string) string {
	if rest, ok := strings.CutPrefix(name, "17"); ok {
		name = "seventeen" + rest
	}
	return strings.ReplaceAll(name, "-", "")
}

// root returns the folder of go.mod.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above")
		}
		dir = up
	}
}

func form(t *testing.T, src source.Source) {
	t.Helper()
	if !nameForm.MatchString(src.Name) {
		t.Errorf("name %q is not of the form a-b-c", src.Name)
	}
	if src.Kind < shipment.Operator || src.Kind > shipment.Carrier {
		t.Errorf("kind %d is none", src.Kind)
	}
	if src.Receiver == nil && src.Poller == nil && src.Answer == nil {
		t.Error("it can do nothing")
	}
	if (src.Receiver == nil) != (src.Sign == nil) {
		t.Error("who receives must be able to sign its samples, and only who receives")
	}
	if src.Poller != nil && src.Answer == nil {
		t.Error("a poller without Answer")
	}
	l := src.Limits
	if l.PerCall < 0 || l.PerSecond < 0 || l.PerDay < 0 {
		t.Errorf("limits below zero: %+v", l)
	}
	if l.BodySize < 0 || l.BodySize > 10<<20 {
		t.Errorf("body size %d", l.BodySize)
	}
	for _, media := range l.ContentTypes {
		if media == "" || media != strings.ToLower(media) || strings.ContainsAny(media, "; ") {
			t.Errorf("content type %q is not a bare media type", media)
		}
	}
	for _, member := range src.Personal {
		if strings.TrimSpace(member) == "" {
			t.Error("an empty personal member")
		}
	}
	if src.Reply != nil {
		for _, err := range []error{nil, webhook.ErrUnsigned, webhook.ErrMalformed, webhook.ErrTooLarge, errors.New("down")} {
			if status := src.Reply(err).Status; (err == nil) != (status >= 200 && status < 300) {
				t.Errorf("reply to %v has status %d", err, status)
			}
		}
	}
	for name, f := range src.Endpoints {
		if f == nil || !nameForm.MatchString(name) {
			t.Errorf("endpoint %q", name)
		}
	}
}

// sampleContract checks what holds of every body that a source really sends.
func sampleContract(t *testing.T, src source.Source, s *Sample) {
	t.Helper()
	before := bytes.Clone(s.Body)
	report, err := s.Decode(src, s.Body)
	Judge(t, s, report, err)
	again, againErr := s.Decode(src, s.Body)
	if diff := cmp.Diff(report, again); diff != "" || (err == nil) != (againErr == nil) {
		t.Errorf("decoding twice differs: %s", diff)
	}
	if !bytes.Equal(before, s.Body) {
		t.Error("decoding changed the body")
	}
	t.Run("zone of the host", func(t *testing.T) { hostZone(t, src, s, report) })
	if !s.Pull {
		// What is kept, and decoded, is the body without personal members.
		cut, err := payload.NewCutter(src.Personal...).Cut(s.Body)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := src.Receiver.Decode(cut)
		if diff := cmp.Diff(report, got); diff != "" {
			t.Errorf("cutting personal members changes the report: %s", diff)
		}
	}
	canary(t, src, s)
	truncated(t, src, s)
}

// hostZone decodes under another time.Local.
func hostZone(t *testing.T, src source.Source, s *Sample, want source.Report) {
	t.Helper()
	old := time.Local
	defer func() { time.Local = old }()
	time.Local = time.FixedZone("nowhere", -11*60*60)
	got, _ := s.Decode(src, s.Body)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the zone of the host shows: %s", diff)
	}
	for _, u := range got.Shipments {
		for _, e := range u.Events {
			if e.OccurredAt.Location() == time.Local {
				t.Error("a time in the zone of the host")
			}
		}
	}
}

// Judge checks a result, whatever the body was.
func Judge(t testing.TB, s *Sample, report source.Report, err error) {
	t.Helper()
	if err != nil {
		if len(report.Shipments)+len(report.Orders)+len(report.Malformed) > 0 || report.Topic != "" || report.Ignored {
			t.Errorf("a report beside the error %v: %+v", err, report)
		}
		coded := (*source.Error)(nil)
		switch {
		case s.Pull && (!errors.As(err, &coded) || coded.Code == "" || coded.Message == ""):
			t.Errorf("an answer's error is no coded *source.Error: %v", err)
		case !s.Pull && !errors.Is(err, webhook.ErrMalformed):
			t.Errorf("error does not wrap ErrMalformed: %v", err)
		}
		return
	}
	for _, u := range report.Shipments {
		CheckUpdate(t, &u)
	}
	for _, m := range report.Malformed {
		if m.Path == "" || m.Reason == "" {
			t.Errorf("malformed without path or reason: %+v", m)
		}
	}
}

// CheckUpdate checks what holds of every update that a decoder makes.
func CheckUpdate(t testing.TB, u *shipment.Update) {
	t.Helper()
	if u.Number == "" || u.Number != shipment.CleanNumber(u.Number) {
		t.Errorf("number %q is not clean", u.Number)
	}
	for _, e := range u.Events {
		if e.LocalTime == "" && e.OccurredAt.IsZero() {
			t.Errorf("event without a time: %+v", e)
		}
		if e.LocalTime != "" {
			if _, err := time.Parse(shipment.LocalLayout, e.LocalTime); err != nil {
				t.Errorf("local time %q", e.LocalTime)
			}
		}
		if e.Zone == "" || e.Precision == "" {
			t.Errorf("event without zone or precision: %+v", e)
		}
		if e.Code != (shipment.Code{}) && !e.Known() {
			t.Errorf("code %s is not in the vocabulary", e.Code)
		}
		if e.Description != shipment.CleanText(e.Description) || len(e.Location.PostalCode) > 12 || len(e.Location.City) > 80 {
			t.Errorf("event with uncleaned texts: %+v", e)
		}
	}
	for _, e := range u.Estimates {
		_, fromErr := time.Parse(time.DateOnly, e.From)
		_, toErr := time.Parse(time.DateOnly, e.To)
		if fromErr != nil || toErr != nil || e.From > e.To {
			t.Errorf("estimate %+v", e)
		}
	}
	for _, l := range u.Links {
		if l.Kind == "" || l.Value == "" {
			t.Errorf("link %+v", l)
		}
	}
}

// keysContract checks that a source takes its keys as every other does.
func keysContract(t *testing.T, open func(source.Keys) source.Source) {
	t.Helper()
	ctx := t.Context()
	body := []byte(`{"a": 1}`)
	verify := func(d source.Delivery, keys ...string) (string, error) {
		return open(source.Fixed(parse(t, keys...))).Verify(ctx, d, now)
	}
	if _, err := verify(plainDelivery(open, body)); !errors.Is(err, webhook.ErrNotConfigured) {
		t.Errorf("without keys: %v, want ErrNotConfigured", err)
	}
	down := errors.New("keys not to be had")
	src := open(func(context.Context) (webhook.Keys, error) { return webhook.Keys{}, down })
	if _, err := src.Verify(ctx, plainDelivery(open, body), now); !errors.Is(err, down) || webhook.StatusCode(err) != http.StatusServiceUnavailable {
		t.Errorf("keys that cannot be loaded: %v", err)
	}
	forms, guarded := 0, map[string]bool{}
	for _, pair := range keyForms {
		one, two, other := pair[0], pair[1], pair[2]
		var d source.Delivery
		d.Body = bytes.Clone(body)
		if src.Sign(&d, one, now) != nil {
			continue // Not a form of this source.
		}
		forms++
		if id, err := verify(d, one, two); err != nil || id != parseID(t, one) {
			t.Errorf("%s: signed with the first of two keys: %q, %v", one, id, err)
		}
		if id, err := verify(d, two, one); err != nil || id != parseID(t, one) {
			t.Errorf("%s: signed with the second of two keys: %q, %v", one, id, err)
		}
		if !bytes.Equal(d.Body, body) {
			t.Error("the body was changed")
		}
		if _, err := verify(d, other); !errors.Is(err, webhook.ErrBadSignature) {
			t.Errorf("%s: signed with another key: %v, want ErrBadSignature", one, err)
		} else {
			hides(t, err, one, two, other)
		}
		if _, err := verify(plainDelivery(open, body), one, two); !errors.Is(err, webhook.ErrUnsigned) {
			t.Errorf("%s: unsigned: %v, want ErrUnsigned", one, err)
		}
		endpoints(t, open, guarded, one, two, other)
	}
	if forms == 0 {
		t.Error("Sign takes no form of key")
	}
	for name := range src.Endpoints {
		if !guarded[name] {
			t.Errorf("endpoint %s asks nobody who he is", name)
		}
	}
}

// keyForms are three keys of each form; a source takes one form or more.
var keyForms = [][3]string{
	{"contract-secret-one-41", "contract-secret-two-42", "contract-secret-bad-43"},
	{"contractapp1:contract-secret-51", "contractapp1:contract-secret-52", "contractapp1:contract-secret-53"},
	{"basic:contractid1:contract-secret-61", "basic:contractid2:contract-secret-62", "basic:contractid1:contract-secret-63"},
	{"path:contract-token-one-aaaaaaaaaa", "path:contract-token-two-bbbbbbbbbb", "path:contract-token-bad-cccccccccc"},
}

func plainDelivery(open func(source.Keys) source.Source, body []byte) source.Delivery {
	src := open(source.Fixed(webhook.Keys{}))
	return source.Delivery{
		Method: http.MethodPost, Path: "/webhooks/" + src.Name,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: body,
	}
}

// endpoints checks that none of a source's endpoints serves a stranger, and
// notes those that have a key of this form.
func endpoints(t *testing.T, open func(source.Keys) source.Source, guarded map[string]bool, keys ...string) {
	t.Helper()
	src := open(source.Fixed(parse(t, keys...)))
	for name, f := range src.Endpoints {
		d := plainDelivery(open, nil)
		d.Path += "/" + name
		reply, err := f(t.Context(), d, now)
		switch code := webhook.StatusCode(err); {
		case reply.Body != nil, code != http.StatusUnauthorized && code != http.StatusNotFound:
			t.Errorf("endpoint %s answers %d to nobody: %v", name, code, err)
		case code == http.StatusUnauthorized:
			guarded[name] = true
		}
	}
}

func parse(t testing.TB, texts ...string) webhook.Keys {
	t.Helper()
	keys, err := webhook.ParseKeys(texts...)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func parseID(t testing.TB, text string) string {
	t.Helper()
	keys := parse(t, text)
	for _, k := range append(append(keys.Secrets, keys.Basic...), keys.Paths...) {
		return k.ID
	}
	return ""
}

// hides checks that an error shows no part of the keys but what names them.
func hides(t testing.TB, err error, keys ...string) {
	t.Helper()
	for _, key := range keys {
		_, secret, found := strings.Cut(key, "contract-")
		if !found || strings.Contains(err.Error(), secret) {
			t.Errorf("error shows a key: %v", err)
		}
	}
}
