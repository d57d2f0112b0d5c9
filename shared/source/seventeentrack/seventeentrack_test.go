package seventeentrack

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/payload"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/source/sourcetest"
	"github.com/shiptide/shiptide/shared/webhook"
)

func TestDecode(t *testing.T) { sourcetest.Golden(t, open(t)) }

var samples = filepath.Join("..", "..", "..", "events", "17track")

// state folds one update, as if nothing else were known.
func state(u *shipment.Update) string {
	s := shipment.Set{Number: u.Number}
	s.Add(shipment.Origin{Source: name, Kind: shipment.Aggregator}, u)
	return s.Fold().Code.String()
}

// The pushes of the samples, each named for what the parcel is then.
var wantPushes = map[string]string{
	"push-address-wrong":        "EXCEPTION.ADDRESS_ISSUE",
	"push-arrived":              "IN_TRANSIT.ARRIVED",
	"push-arrived-in-country":   "IN_TRANSIT.ARRIVED_DESTINATION_COUNTRY",
	"push-attempt":              "FAILED_ATTEMPT.GENERIC",
	"push-attempt-fees-due":     "FAILED_ATTEMPT.SECURITY_OR_FEES",
	"push-attempt-nobody-there": "FAILED_ATTEMPT.RECIPIENT_ABSENT",
	"push-attempt-refused":      "EXCEPTION.REFUSED",
	"push-cancelled":            "CANCELLED.GENERIC",
	"push-customs-information":  "EXCEPTION.CUSTOMS_ACTION_REQUIRED",
	"push-customs-released":     "IN_TRANSIT.CUSTOMS_RELEASED",
	"push-customs-started":      "IN_TRANSIT.CUSTOMS_STARTED",
	"push-damaged":              "EXCEPTION.DAMAGED",
	"push-delayed":              "EXCEPTION.DELAY_EXTERNAL",
	"push-delivered":            "DELIVERED.GENERIC",
	"push-departed":             "IN_TRANSIT.DEPARTED",
	"push-destroyed":            "EXCEPTION.DISPOSED",
	"push-exception":            "EXCEPTION.GENERIC",
	"push-expired":              "EXPIRED.NO_UPDATES",
	"push-invalid-number":       "PENDING.INVALID_NUMBER",
	"push-label-created":        "INFO_RECEIVED.LABEL_CREATED",
	"push-left-country":         "IN_TRANSIT.LEFT_ORIGIN_COUNTRY",
	"push-local-time":           "DELIVERED.GENERIC",
	"push-lost":                 "EXCEPTION.LOST",
	"push-moving":               "IN_TRANSIT.MOVING",
	"push-not-found":            "PENDING.NOT_FOUND",
	"push-out-for-delivery":     "OUT_FOR_DELIVERY.ON_VEHICLE",
	"push-picked-up":            "IN_TRANSIT.ACCEPTED",
	"push-ready-for-pickup":     "AVAILABLE_FOR_PICKUP.AT_POINT",
	"push-refused":              "EXCEPTION.REFUSED",
	"push-returned":             "RETURN.RETURNED",
	"push-returning":            "RETURN.RETURNING",
	"push-security-hold":        "EXCEPTION.SECURITY_HOLD",
	"push-stopped":              "EXPIRED.TRACKING_STOPPED",
	"push-two-carriers":         "DELIVERED.GENERIC",
	"push-unknown-code":         "IN_TRANSIT.ACCEPTED", // What was known before.
	"push-unreachable":          "EXCEPTION.RECIPIENT_UNAVAILABLE",
	"push-version-2-2":          "IN_TRANSIT.ARRIVED",

	"push-life-01-label":                  "INFO_RECEIVED.LABEL_CREATED",
	"push-life-02-pickup":                 "IN_TRANSIT.ACCEPTED",
	"push-life-03-accepted":               "IN_TRANSIT.MOVING",
	"push-life-04-departed":               "IN_TRANSIT.DEPARTED",
	"push-life-05-arrived":                "IN_TRANSIT.ARRIVED",
	"push-life-06-weather-delay":          "EXCEPTION.DELAY_EXTERNAL",
	"push-life-07-on-its-way-again":       "IN_TRANSIT.DEPARTED",
	"push-life-08-at-depot":               "IN_TRANSIT.MOVING",
	"push-life-09-out-for-delivery":       "OUT_FOR_DELIVERY.ON_VEHICLE",
	"push-life-10-missed-attempt":         "FAILED_ATTEMPT.RECIPIENT_ABSENT",
	"push-life-11-out-for-delivery-again": "OUT_FOR_DELIVERY.ON_VEHICLE",
	"push-life-12-delivered":              "DELIVERED.GENERIC",
}

func TestSamplePushes(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range sourcetest.Samples(t, samples) {
		if s.Pull {
			continue
		}
		seen[s.Name()] = true
		report, err := s.Decode(open(t), s.Body)
		want, ok := wantPushes[s.Name()]
		if err != nil || !ok || len(report.Shipments) != 1 || len(report.Malformed) != 0 {
			t.Errorf("%s: expected %t, %v, %+v", s.Name(), ok, err, report)
			continue
		}
		u := report.Shipments[0]
		if got := state(&u); got != want || !s10(u.Number) && u.Number != "1Z999AA10555000421" {
			t.Errorf("%s: %s of %s, want %s", s.Name(), got, u.Number, want)
		}
	}
	for name := range wantPushes {
		if !seen[name] {
			t.Errorf("no sample %s", name)
		}
	}
}

// s10 tells whether a number is of the postal union's form with a right digit.
func s10(number string) bool {
	if len(number) != 13 {
		return false
	}
	sum := 0
	for i, weight := range []int{8, 6, 4, 2, 3, 5, 9, 7} {
		sum += weight * int(number[2+i]-'0')
	}
	digit := 11 - sum%11
	switch digit {
	case 10:
		digit = 0
	case 11:
		digit = 5
	}
	return number[10] == byte('0'+digit)
}

// The samples show every code of ours that 17TRACK can cause, and no other.
func TestSamplesShowEveryCode(t *testing.T) {
	can, shown := map[string]bool{
		"IN_TRANSIT.LEFT_ORIGIN_COUNTRY": true, "IN_TRANSIT.ARRIVED_DESTINATION_COUNTRY": true,
		"PENDING.NEEDS_INPUT": true, "PENDING.CARRIER_UNKNOWN": true, "PENDING.AWAITING_DATA": true,
		"EXPIRED.TRACKING_STOPPED": true, "UNKNOWN.SOURCE_ERROR": true, "UNKNOWN.UNMAPPED": true,
	}, map[string]bool{}
	for file, rows := range wantRows {
		if file == "carriers.tsv" {
			continue
		}
		for _, f := range table(t, file, rows) {
			can[f[1]+"."+f[2]] = true
		}
	}
	refused := map[source.ErrorCode]bool{}
	for _, s := range sourcetest.Samples(t, samples) {
		report, err := s.Decode(open(t), s.Body)
		if coded := (*source.Error)(nil); errors.As(err, &coded) {
			refused[coded.Code] = true
			continue
		}
		if err != nil || len(report.Malformed) > 0 {
			t.Errorf("%s: %v, %+v", s.Name(), err, report)
		}
		for _, u := range report.Shipments {
			for _, e := range u.Events {
				shown[e.Code.String()] = true
			}
			for _, a := range u.Answers {
				shown[a.Code.String()] = true
			}
		}
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
	for _, c := range []source.ErrorCode{source.NotFound, source.Auth, source.RateLimited} {
		if !refused[c] {
			t.Errorf("no sample is refused with %s", c)
		}
	}
}

// The life is the one that UPS tells, at the same instants though no time has a
// zone: the places tell them. One scan is a minute off.
func TestLifeIsThatOfUPS(t *testing.T) {
	var told []shipment.Event
	var last time.Time
	for _, s := range sourcetest.Samples(t, samples) {
		if !strings.HasPrefix(s.Name(), "push-life-") {
			continue
		}
		raw, err := os.ReadFile(filepath.Join("..", "..", "..", "events", "ups", filepath.Base(s.Path)))
		if err != nil {
			t.Fatal(err)
		}
		var ups struct{ TrackingNumber, GMTActivityDate, GMTActivityTime string }
		if err := json.Unmarshal(raw, &ups, json.MatchCaseInsensitiveNames(true)); err != nil {
			t.Fatal(err)
		}
		report, err := s.Decode(open(t), s.Body)
		if err != nil {
			t.Fatal(err)
		}
		u := report.Shipments[0]
		e := u.Events[0]
		want, err := time.Parse("20060102150405", ups.GMTActivityDate+ups.GMTActivityTime)
		if err != nil {
			t.Fatal(err)
		}
		off := e.OccurredAt.Sub(want)
		if u.Number != ups.TrackingNumber || u.Carrier != "ups" || !u.Complete || e.Zone != shipment.Inferred ||
			(off != 0) != (s.Name() == "push-life-05-arrived") || off != 0 && off != time.Minute {
			t.Errorf("%s: %s after UPS, %+v", s.Name(), off, u)
		}
		if !slices.EqualFunc(u.Events[1:], told, func(a, b shipment.Event) bool { return cmp.Equal(a, b) }) || !u.AsOf.After(last) {
			t.Errorf("%s does not repeat the history", s.Name())
		}
		told, last = u.Events, u.AsOf
	}
	if len(told) != 12 {
		t.Errorf("%d events", len(told))
	}
}

// A history that is pushed and then read again must be the same.
func TestPushAndAnswerAgree(t *testing.T) {
	got := map[string][]shipment.Update{}
	for _, s := range sourcetest.Samples(t, samples) {
		if s.Name() == "push-two-carriers" || s.Name() == "pull-history" {
			report, err := s.Decode(open(t), s.Body)
			if err != nil || len(report.Shipments) != 1 {
				t.Fatal(err)
			}
			got[s.Name()] = report.Shipments
		}
	}
	if diff := cmp.Diff(got["push-two-carriers"], got["pull-history"]); diff != "" || len(got) != 2 {
		t.Errorf("push and answer differ: %s", diff)
	}
}

func TestDecodeSays(t *testing.T) {
	tests := []struct {
		name, body string
		wrong      string // what the error says
		topic      string
	}{
		{"no JSON", `<html>`, "at byte 0: not JSON", ""},
		{"no object", `[]`, "not an object", ""},
		{"no event", `{"data":{"number":"RR123456789CN"}}`, "event: missing", ""},
		{"no data", `{"event":"TRACKING_UPDATED"}`, "data: missing", ""},
		{"data that is null", `{"event":"TRACKING_UPDATED","data":null}`, "data: missing", ""},
		{"an empty list", `{"event":"TRACKING_UPDATED","data":[]}`, "data: missing", ""},
		{"no number", `{"event":"TRACKING_STOPPED","data":{}}`, "data.number: missing", ""},
		{"a number that is none", `{"event":"TRACKING_STOPPED","data":{"number":"jane.roe@example.com"}}`, "data.number: no number", ""},
		{"an event of later", `{"event":"TRACKING_REIMAGINED","data":7}`, "", "TRACKING_REIMAGINED"},
		{"a text for an event", `{"event":"jane.roe@example.com","data":{}}`, "", "unknown"},
		{"an event in lower case", `{"event":"tracking_updated","data":{}}`, "", "unknown"},
		{"a long event", `{"event":"` + strings.Repeat("A", 500) + `"}`, "", strings.Repeat("A", 40)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			report, err := open(t).Receiver.Decode([]byte(tt.body))
			switch {
			case tt.wrong != "":
				if !errors.Is(err, webhook.ErrMalformed) || !strings.HasSuffix(err.Error(), tt.wrong) {
					t.Errorf("Decode = %v, want %s", err, tt.wrong)
				}
			case err != nil || !report.Ignored || report.Topic != tt.topic || len(report.Shipments) > 0:
				t.Errorf("Decode = %+v, %v, want the ignored topic %s", report, err, tt.topic)
			}
		})
	}
}

// A stop says nothing of a parcel that is known to be delivered.
func TestStoppedOverwritesNothing(t *testing.T) {
	set := shipment.Set{Number: "LX900000001CN"}
	from := shipment.Origin{Source: name, Kind: shipment.Aggregator}
	for _, body := range []string{
		`{"event":"TRACKING_UPDATED","data":{"number":"LX900000001CN","carrier":3011,"track_info":{"latest_status":{"status":"Delivered","sub_status":"Delivered_Other"},` +
			`"tracking":{"providers":[{"provider":{"key":3011},"events":[{"time_iso":"2026-11-18T09:00:00+08:00","sub_status":"Delivered_Other"}]}]}}}}`,
		`{"event":"TRACKING_STOPPED","data":{"number":"LX900000001CN","carrier":3011,"param":null,"tag":null}}`,
	} {
		report, err := open(t).Receiver.Decode([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		set.Add(from, &report.Shipments[0])
	}
	if got := set.Fold().Code.String(); got != "DELIVERED.GENERIC" {
		t.Errorf("folded to %s", got)
	}
}

func TestAnswerSays(t *testing.T) {
	rejected := func(code string) string {
		return `{"code":0,"data":{"accepted":[],"rejected":[{"number":"RR123456789CN","error":{"code":` + code + `,"message":"jane.roe@example.com"}}]}}`
	}
	tests := []struct {
		name   string
		status int
		body   string
		want   source.Error
	}{
		{"not registered", 200, rejected("-18019902"), source.Error{Code: source.NotFound, Message: "-18019902"}},
		{"a code as a text", 200, rejected(`" -18019902 "`), source.Error{Code: source.NotFound, Message: "-18019902"}},
		{"a wrong carrier", 200, rejected("-18019910"), source.Error{Code: source.NotFound, Message: "-18019910"}},
		{"a number that is none", 200, rejected("-18010012"), source.Error{Code: source.InvalidNumber, Message: "-18010012"}},
		{"the same of the whole call", 200, `{"code":-18010012,"data":{}}`, source.Error{Code: source.Unavailable, Message: "-18010012"}},
		{"too many numbers", 200, rejected("-18010014"), source.Error{Code: source.Unavailable, Message: "-18010014"}},
		{"quota", 200, rejected("-18019908"), source.Error{Code: source.RateLimited, Message: "-18019908"}},
		{"the address is not on the list", 200, `{"code":-18010001}`, source.Error{Code: source.Auth, Message: "-18010001"}},
		{"disabled", 0, `{"code":-18010004}`, source.Error{Code: source.Auth, Message: "-18010004"}},
		{"unauthorised", 401, `{"code":"-18010005"}`, source.Error{Code: source.Auth, Message: "-18010005"}},
		{"their fault", 200, `{"code":-18010003}`, source.Error{Code: source.Unavailable, Message: "-18010003"}},
		{"an unknown code", 200, rejected("-18099999"), source.Error{Code: source.Unavailable, Message: "-18099999"}},
		{"a text where the code should be", 200, rejected(`"jane.roe@example.com"`), source.Error{Code: source.Unavailable, Message: "error without a known code"}},
		{"a list of errors", 200, `{"code":0,"data":{"errors":[{"code":-18010002}]}}`, source.Error{Code: source.Auth, Message: "-18010002"}},
		{"a page of a proxy", 503, `<html>`, source.Error{Code: source.Unavailable, Message: "HTTP 503"}},
		{"a page of a proxy that throttles", 429, `<html>`, source.Error{Code: source.RateLimited, Message: "HTTP 429"}},
		{"a page of a proxy that asks who we are", 403, `<html>`, source.Error{Code: source.Auth, Message: "HTTP 403"}},
		{"a page in place of an answer", 200, `<html>`, source.Error{Code: source.Undecodable, Message: "at byte 0: not JSON"}},
		{"something else", 200, `{"a":1}`, source.Error{Code: source.Undecodable, Message: "no data"}},
		{"nothing asked, nothing told", 200, `{"code":0,"data":{"accepted":[],"rejected":[]}}`, source.Error{Code: source.NotFound, Message: "no number"}},
		{"a good body under a bad status", 500, `{"code":0,"data":{"accepted":[{"number":"RR123456789CN"}]}}`, source.Error{Code: source.Unavailable, Message: "HTTP 500"}},
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
	for code, want := range map[string]string{
		"-18010018": "PENDING.NEEDS_INPUT", "-18010019": "PENDING.NEEDS_INPUT", "-18010020": "PENDING.NEEDS_INPUT", "-18010022": "PENDING.NEEDS_INPUT",
		"-18019903": "PENDING.CARRIER_UNKNOWN", "-18019909": "PENDING.AWAITING_DATA", "-18019901": "",
	} {
		report, err := answer(200, []byte(rejected(code)))
		if err != nil || len(report.Shipments) != 1 || fmt.Sprint(report.Shipments[0].Answers) != fmt.Sprint(answers(want)) {
			t.Errorf("%s: %+v, %v, want %s", code, report, err, want)
		}
	}
}

func answers(code string) (list []shipment.Answer) {
	if status, sub, ok := strings.Cut(code, "."); ok {
		list = append(list, shipment.Answer{Code: shipment.Code{Status: shipment.Status(status), SubStatus: shipment.SubStatus(sub)}})
	}
	return list
}

func TestPersonalMembersAreCut(t *testing.T) {
	body := []byte(`{"event":"TRACKING_UPDATED","data":{"number":"RR123456789CN","param":"CANARY","tag":"shop-1","track_info":{
		"shipping_info":{"shipper_address":{"country":"CN","street":"CANARY","name":"CANARY"},
			"recipient_address":{"country":"US","state":"OH","city":"Columbus","street":"CANARY","postal_code":"43215","name":"CANARY","tel":"CANARY",
			"coordinates":{"longitude":"CANARY","latitude":"CANARY"}}},
		"misc_info":{"customer_number":"CANARY","reference_number":"CANARY","local_number":"9261290100130739204128"},
		"latest_event":{"address":{"city":"Reno","street":"CANARY"}}}}}`)
	got, err := payload.NewCutter(open(t).Personal...).Cut(body)
	if err != nil || strings.Contains(string(got), "CANARY") {
		t.Errorf("cut: %s, %v", got, err)
	}
	for _, stays := range []string{`"Columbus"`, `"OH"`, `"US"`, `"432"`, `"Reno"`, `"shop-1"`, `"9261290100130739204128"`} {
		if !strings.Contains(string(got), stays) {
			t.Errorf("%s was cut: %s", stays, got)
		}
	}
}

func FuzzDecode(f *testing.F) {
	sourcetest.FuzzDecode(f, New(source.Fixed(webhook.Keys{})), shownByAClock, "testdata", samples)
}

func FuzzAnswer(f *testing.F) {
	sourcetest.FuzzAnswer(f, New(source.Fixed(webhook.Keys{})), shownByAClock, "testdata", samples)
}

// shownByAClock checks that each local time stands on some clock at its instant.
func shownByAClock(t *testing.T, report source.Report) {
	t.Helper()
	for _, u := range report.Shipments {
		for _, e := range u.Events {
			local, err := time.Parse(shipment.LocalLayout, e.LocalTime)
			if ahead := local.Sub(e.OccurredAt); err != nil || ahead < -12*time.Hour || ahead > 14*time.Hour {
				t.Errorf("%s at %s: no clock shows that", e.LocalTime, e.OccurredAt)
			}
		}
	}
}
