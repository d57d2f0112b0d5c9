package ups

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/source/sourcetest"
	"github.com/shiptide/shiptide/shared/webhook"
)

func TestDecode(t *testing.T) { sourcetest.Golden(t, open(t)) }

var samples = filepath.Join("..", "..", "..", "events", "ups")

// The pushes of the samples, each named for what it is.
var wantPushes = map[string]string{
	"push-address-issue":              "EXCEPTION.ADDRESS_ISSUE",
	"push-arrived":                    "IN_TRANSIT.ARRIVED",
	"push-at-access-point":            "AVAILABLE_FOR_PICKUP.AT_POINT",
	"push-business-closed":            "FAILED_ATTEMPT.BUSINESS_CLOSED",
	"push-collected":                  "DELIVERED.COLLECTED",
	"push-customs-information-needed": "EXCEPTION.CUSTOMS_ACTION_REQUIRED",
	"push-damaged":                    "EXCEPTION.DAMAGED",
	"push-date-updated":               "",
	"push-delivered":                  "DELIVERED.GENERIC",
	"push-delivered-front-door":       "DELIVERED.SAFE_PLACE",
	"push-delivered-neighbour":        "DELIVERED.NEIGHBOUR",
	"push-departed":                   "IN_TRANSIT.DEPARTED",
	"push-label-created":              "INFO_RECEIVED.LABEL_CREATED",
	"push-label-voided":               "CANCELLED.GENERIC",
	"push-lost":                       "EXCEPTION.LOST",
	"push-missed-attempt":             "FAILED_ATTEMPT.RECIPIENT_ABSENT",
	"push-new-number":                 "",
	"push-out-for-delivery":           "OUT_FOR_DELIVERY.ON_VEHICLE",
	"push-photo":                      "",
	"push-picked-up":                  "IN_TRANSIT.ACCEPTED",
	"push-pickup-failed":              "INFO_RECEIVED.PICKUP_FAILED",
	"push-pickup-scheduled":           "INFO_RECEIVED.PICKUP_SCHEDULED",
	"push-refused":                    "EXCEPTION.REFUSED",
	"push-returned":                   "RETURN.RETURNED",
	"push-returning":                  "RETURN.RETURNING",
	"push-unknown-code":               "UNKNOWN.UNMAPPED",
	"push-weather-delay":              "EXCEPTION.DELAY_WEATHER",

	"push-life-01-label":                  "INFO_RECEIVED.LABEL_CREATED",
	"push-life-02-pickup":                 "IN_TRANSIT.ACCEPTED",
	"push-life-03-accepted":               "IN_TRANSIT.ACCEPTED",
	"push-life-04-departed":               "IN_TRANSIT.DEPARTED",
	"push-life-05-arrived":                "IN_TRANSIT.ARRIVED",
	"push-life-06-weather-delay":          "EXCEPTION.DELAY_WEATHER",
	"push-life-07-on-its-way-again":       "IN_TRANSIT.DEPARTED",
	"push-life-08-at-depot":               "IN_TRANSIT.AT_DELIVERY_DEPOT",
	"push-life-09-out-for-delivery":       "OUT_FOR_DELIVERY.ON_VEHICLE",
	"push-life-10-missed-attempt":         "FAILED_ATTEMPT.RECIPIENT_ABSENT",
	"push-life-11-out-for-delivery-again": "OUT_FOR_DELIVERY.ON_VEHICLE",
	"push-life-12-delivered":              "DELIVERED.SAFE_PLACE",
}

func TestSamplePushes(t *testing.T) {
	seen := map[string]bool{}
	last := shipment.Event{}
	for _, s := range sourcetest.Samples(t, samples) {
		if s.Pull {
			continue
		}
		seen[s.Name()] = true
		report, err := s.Decode(open(t), s.Body)
		want, ok := wantPushes[s.Name()]
		if err != nil || !ok || len(report.Shipments) != 1 || len(report.Shipments[0].Events) != 1 || len(report.Malformed) != 0 {
			t.Errorf("%s: expected %t, %v, %+v", s.Name(), ok, err, report)
			continue
		}
		u := report.Shipments[0]
		e := u.Events[0]
		if e.Code.String() != want || !checkDigit(u.Number) {
			t.Errorf("%s: %s of %s, want %s", s.Name(), e.Code, u.Number, want)
		}
		if strings.HasPrefix(s.Name(), "push-life-") {
			if u.Number != "1Z999AA10555000421" || !e.OccurredAt.After(last.OccurredAt) {
				t.Errorf("%s: %s of %s is out of order", s.Name(), e.OccurredAt, u.Number)
			}
			last = e
		}
	}
	for name := range wantPushes {
		if !seen[name] {
			t.Errorf("no sample %s", name)
		}
	}
}

// checkDigit tells whether a 1Z number ends in the digit that UPS computes.
func checkDigit(number string) bool {
	if len(number) != 18 || number[:2] != "1Z" {
		return false
	}
	sum := 0
	for i, c := range number[2:17] {
		v := int(c - '0')
		if c >= 'A' {
			v = int(c-3) % 10
		}
		sum += v * (1 + i%2)
	}
	return number[17] == byte('0'+(10-sum%10)%10)
}

// The samples show every code of ours that the tables can give, and no other.
func TestSamplesShowEveryCode(t *testing.T) {
	can, shown := map[string]bool{}, map[string]bool{}
	for file, rows := range map[string]int{"status.tsv": 885, "status-description.tsv": 160, "status-type.tsv": 13, "status-mail-innovations.tsv": 213} {
		for _, f := range table(t, file, rows) {
			can[wantCode(f[len(f)-4], f[len(f)-3])] = true
		}
	}
	can["UNKNOWN.UNMAPPED"], can["CANCELLED.GENERIC"] = true, true
	refused := 0
	for _, s := range sourcetest.Samples(t, samples) {
		report, err := s.Decode(open(t), s.Body)
		if coded := (*source.Error)(nil); errors.As(err, &coded) && coded.Code == source.NotFound {
			refused++
			continue
		}
		if err != nil || len(report.Malformed) > 0 || len(report.Shipments) != 1 {
			t.Errorf("%s: %v, %+v", s.Name(), err, report)
			continue
		}
		for _, e := range report.Shipments[0].Events {
			shown[e.Code.String()] = true
		}
	}
	if refused != 2 {
		t.Errorf("%d samples of numbers that are not found, want both forms", refused)
	}
	for c := range can {
		if !shown[c] {
			t.Errorf("no sample shows %q", c)
		}
	}
	for c := range shown {
		if !can[c] {
			t.Errorf("the tables do not give %q", c)
		}
	}
}

// A scan that is pushed and then read again must be one event, not two.
func TestPushAndAnswerAgree(t *testing.T) {
	src := open(t)
	var pushes []shipment.Event
	var history []shipment.Event
	for _, s := range sourcetest.Samples(t, samples) {
		report, err := s.Decode(src, s.Body)
		if err != nil {
			continue
		}
		if strings.HasPrefix(s.Name(), "push-life-") {
			pushes = append(pushes, report.Shipments[0].Events...)
		}
		if s.Name() == "pull-history" {
			history = report.Shipments[0].Events
		}
	}
	found := 0
	for _, h := range history {
		if slices.ContainsFunc(pushes, func(p shipment.Event) bool { return cmp.Equal(p, h) }) {
			found++
		}
	}
	if found < 9 {
		t.Errorf("only %d of %d events were pushed alike", found, len(history))
	}
}

func TestAnswerNamesNoValue(t *testing.T) {
	tests := []struct {
		name   string
		status int
		body   string
		want   source.Error
	}{
		{"the code decides before the status", 500, `{"response":{"errors":[{"code":"TW0001"}]}}`, source.Error{Code: source.NotFound, Message: "TW0001"}},
		{"the first known code", 400, `{"response":{"errors":[{"code":"VSS004"},{"code":"tv1002"}]}}`, source.Error{Code: source.InvalidNumber, Message: "TV1002"}},
		{"an unknown code", 400, `{"response":{"errors":[{"code":"VSS004"}]}}`, source.Error{Code: source.Unavailable, Message: "VSS004"}},
		{"a text where the code should be", 400, `{"response":{"errors":[{"code":"jane.roe@example.com"}]}}`, source.Error{Code: source.Unavailable, Message: "HTTP 400"}},
		{"the same without a status", 0, `{"errors":[{"code":"jane.roe@example.com"}]}`, source.Error{Code: source.Unavailable, Message: "error without a known code"}},
		{"a page of a proxy", 503, `<html>`, source.Error{Code: source.Unavailable, Message: "HTTP 503"}},
		{"a page of a proxy that throttles", 429, `<html>`, source.Error{Code: source.RateLimited, Message: "HTTP 429"}},
		{"a page in place of an answer", 200, `<html>`, source.Error{Code: source.Undecodable, Message: "at byte 0: not JSON"}},
		{"something else", 200, `{"a":1}`, source.Error{Code: source.Undecodable, Message: "no trackResponse"}},
		{"no shipment", 200, `{"trackResponse":{"shipment":[]}}`, source.Error{Code: source.NotFound, Message: "no package"}},
		{"a warning about the number", 200, `{"trackResponse":{"shipment":[{"warnings":[{"code":"TV1002"}]}]}}`, source.Error{Code: source.InvalidNumber, Message: "TV1002"}},
		{"an unknown warning", 200, `{"trackResponse":{"shipment":{"warnings":{"code":"x"}}}}`, source.Error{Code: source.NotFound, Message: "no package"}},
		{"a good body under a bad status", 500, `{"trackResponse":{"shipment":[{"package":[{"trackingNumber":"1Z999AA10123456784"}]}]}}`, source.Error{Code: source.Unavailable, Message: "HTTP 500"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := answer(tt.status, []byte(tt.body))
			got := (*source.Error)(nil)
			if !errors.As(err, &got) || *got != tt.want {
				t.Errorf("answer = %v, want %v", err, &tt.want)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	sourcetest.FuzzDecode(f, New(source.Fixed(webhook.Keys{})), nil, "testdata", samples)
}

func FuzzAnswer(f *testing.F) {
	sourcetest.FuzzAnswer(f, New(source.Fixed(webhook.Keys{})), nil, "testdata", samples)
}
