package tiktokshop

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/payload"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/source/sourcetest"
	"github.com/shiptide/shiptide/shared/webhook"
)

func TestDecode(t *testing.T) { sourcetest.Golden(t, open(t)) }

func TestContract(t *testing.T) { sourcetest.Contract(t, New) }

var samples = filepath.Join("..", "..", "..", "events", "tiktokshop")

// The pushes of the samples: topic, and the status of the order or of what is
// asked of it; "-" stands for no order, "ignored" for no use.
var wantPushes = map[string]string{
	"life-01-unpaid":              "ORDER_STATUS_CHANGE UNPAID",
	"life-02-on-hold":             "ORDER_STATUS_CHANGE ON_HOLD",
	"life-03-awaiting-shipment":   "ORDER_STATUS_CHANGE AWAITING_SHIPMENT",
	"life-04-package-made":        "PACKAGE_UPDATE ",
	"life-05-awaiting-collection": "ORDER_STATUS_CHANGE AWAITING_COLLECTION",
	"life-06-in-transit":          "ORDER_STATUS_CHANGE IN_TRANSIT",
	"life-07-delivered":           "ORDER_STATUS_CHANGE DELIVERED",
	"life-08-completed":           "ORDER_STATUS_CHANGE COMPLETED",
	"partially-shipped":           "ORDER_STATUS_CHANGE PARTIALLY_SHIPPING",
	"cancelled":                   "ORDER_STATUS_CHANGE CANCELLED",
	"address-changed":             "RECIPIENT_ADDRESS_UPDATE ",
	"packages-combined":           "PACKAGE_UPDATE  ",
	"packages-split":              "PACKAGE_UPDATE ",
	"reverse":                     "REVERSE_STATUS_UPDATE ",
	"seller-deauthorized":         "SELLER_DEAUTHORIZATION -",
	"authorization-expires":       "UPCOMING_AUTHORIZATION_EXPIRATION -",
	"cancellation-asked":          "CANCELLATION_STATUS_CHANGE CANCELLATION_REQUEST_PENDING",
	"cancellation-withdrawn":      "CANCELLATION_STATUS_CHANGE CANCELLATION_REQUEST_CANCELLED",
	"cancellation-accepted":       "CANCELLATION_STATUS_CHANGE CANCELLATION_REQUEST_SUCCESS",
	"cancellation-done":           "CANCELLATION_STATUS_CHANGE CANCELLATION_REQUEST_COMPLETE",
	"return-asked":                "RETURN_STATUS_CHANGE RETURN_OR_REFUND_REQUEST_PENDING",
	"return-approved":             "RETURN_STATUS_CHANGE AWAITING_BUYER_SHIP",
	"return-shipped":              "RETURN_STATUS_CHANGE BUYER_SHIPPED_ITEM",
	"return-rejected":             "RETURN_STATUS_CHANGE REJECT_RECEIVE_PACKAGE",
	"return-withdrawn":            "RETURN_STATUS_CHANGE RETURN_OR_REFUND_REQUEST_CANCELLED",
	"return-done":                 "RETURN_STATUS_CHANGE RETURN_OR_REFUND_REQUEST_COMPLETE",
	"return-replaced":             "RETURN_STATUS_CHANGE REPLACEMENT_REQUEST_COMPLETE",
	"refund":                      "67 REFUND_SUCCESS",
	"aftersales-request":          "64 -",
	"rma":                         "65 -",
	"message":                     "NEW_MESSAGE ignored",
	"product":                     "PRODUCT_STATUS_CHANGE ignored",
	"inbound-stock":               "21 ignored",
	"invoice":                     "INVOICE_STATUS_CHANGE ignored",
	"unknown-topic":               "4242 ignored",
}

func TestSamplePushes(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range sourcetest.Samples(t, samples) {
		if s.Pull {
			continue
		}
		called := strings.TrimPrefix(s.Name(), "push-")
		seen[called] = true
		report, err := s.Decode(open(t), s.Body)
		var said []string
		for _, o := range report.Orders {
			said = append(said, o.Status)
			if o.ShopID != "7490000000000000042" || o.UpdatedAt.Year() != 2026 {
				t.Errorf("%s: %+v", s.Name(), o)
			}
		}
		switch {
		case report.Ignored:
			said = append(said, "ignored")
		case said == nil:
			said = append(said, "-")
		}
		want, ok := wantPushes[called]
		if got := report.Topic + " " + strings.Join(said, " "); err != nil || !ok || got != want || len(report.Malformed)+len(report.Shipments) > 0 {
			t.Errorf("%s: %q, want %q; %v, %+v", s.Name(), got, want, err, report.Malformed)
		}
	}
	for name := range wantPushes {
		if !seen[name] {
			t.Errorf("no sample %s", name)
		}
	}
}

// state folds one update, as if nothing else were known.
func state(u *shipment.Update) string {
	s := shipment.Set{Number: u.Number}
	s.Add(shipment.Origin{Source: name, Kind: shipment.Marketplace}, u)
	return s.Fold().Code.String()
}

// The answers of the samples: what their parcels are then, or the refusal.
var wantAnswers = map[string]string{
	"pull-order-unpaid":          "",
	"pull-order-label":           "INFO_RECEIVED.LABEL_CREATED",
	"pull-order-in-transit":      "IN_TRANSIT.MOVING",
	"pull-order-delivered":       "DELIVERED.GENERIC",
	"pull-order-cancelled":       "CANCELLED.GENERIC",
	"pull-orders-none":           "",
	"pull-package":               "IN_TRANSIT.MOVING",
	"pull-package-search":        "IN_TRANSIT.MOVING INFO_RECEIVED.LABEL_CREATED",
	"pull-401-token-expired":     "AUTH: 105002, request 2026112002000000000000000000AA42",
	"pull-429-too-fast":          "RATE_LIMITED: 36009002, request 2026112002000000000000000000AA42",
	"pull-order-of-another-shop": "NOT_FOUND: 21011028, request 2026112002000000000000000000AA42",
}

func TestSampleAnswers(t *testing.T) {
	seen := 0
	for _, s := range sourcetest.Samples(t, samples) {
		if !s.Pull {
			continue
		}
		seen++
		report, err := s.Decode(open(t), s.Body)
		var got []string
		if err != nil {
			got = append(got, err.Error())
		}
		for i := range report.Shipments {
			got = append(got, state(&report.Shipments[i]))
		}
		if want, ok := wantAnswers[s.Name()]; !ok || strings.Join(got, " ") != want || len(report.Malformed) > 0 {
			t.Errorf("%s: %q, want %q, %+v", s.Name(), got, want, report.Malformed)
		}
	}
	if seen != len(wantAnswers) {
		t.Errorf("%d answers, want %d", seen, len(wantAnswers))
	}
}

// A scan of the parcel's carrier is believed before anything that TikTok says.
func TestCarrierIsBelievedFirst(t *testing.T) {
	report, err := sample(t, "pull-order-delivered")
	if err != nil {
		t.Fatal(err)
	}
	u := report.Shipments[0]
	set := shipment.Set{Number: u.Number}
	set.Add(shipment.Origin{Source: "ups", Kind: shipment.Carrier}, &shipment.Update{Number: u.Number, Carrier: "ups", Events: []shipment.Event{{
		Code:       shipment.Code{Status: shipment.OutForDelivery, SubStatus: shipment.OnVehicle},
		OccurredAt: time.Date(2026, 11, 19, 15, 0, 0, 0, time.UTC), Zone: shipment.Reported, Precision: shipment.Second,
	}}})
	set.Add(shipment.Origin{Source: name, Kind: shipment.Marketplace}, &u)
	if got := set.Fold().Code.String(); got != "OUT_FOR_DELIVERY.ON_VEHICLE" {
		t.Errorf("folded to %s", got)
	}
}

// An answer that is asked for again, when the order has changed in ways that do
// not concern the parcel, brings no second event.
func TestAskedAgainIsNoNews(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(samples, "pull-order-in-transit.json"))
	if err != nil {
		t.Fatal(err)
	}
	later := strings.Replace(string(raw), `"update_time": 1794514500`, `"update_time": 1794600000`, 1)
	if later == string(raw) {
		t.Fatal("no such time in the sample")
	}
	var got [2]source.Report
	for i, body := range []string{string(raw), later} {
		if got[i], err = answer(200, []byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(got[0].Shipments[0].Events, got[1].Shipments[0].Events); diff != "" || got[0].Orders[0].UpdatedAt.Equal(got[1].Orders[0].UpdatedAt) {
		t.Errorf("events differ: %s", diff)
	}
}

// The detail and the search say the same of a package.
func TestDetailAndSearchAgree(t *testing.T) {
	detail, err := sample(t, "pull-package")
	if err != nil {
		t.Fatal(err)
	}
	search, err := sample(t, "pull-package-search")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(detail.Shipments[0], search.Shipments[0]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(detail.Orders[0], search.Orders[0]); diff != "" || len(search.Orders) != 3 {
		t.Error(diff, search.Orders)
	}
}

func sample(t *testing.T, name string) (source.Report, error) {
	t.Helper()
	for _, s := range sourcetest.Samples(t, samples) {
		if s.Name() == name {
			return s.Decode(open(t), s.Body)
		}
	}
	t.Fatalf("no sample %s", name)
	return source.Report{}, nil
}

func TestDecodeSays(t *testing.T) {
	const shop = `"shop_id":"7490000000000000042","timestamp":1760003600`
	tests := []struct {
		name, body string
		wrong      string // what the error says
		topic      string
	}{
		{"nothing", ``, "at byte 0: ends too early", ""},
		{"no JSON", `<html>`, "at byte 0: not JSON", ""},
		{"no object", `[]`, "not an object", ""},
		{"no type", `{` + shop + `,"data":{"order_id":"577000000000000042"}}`, "type: missing", ""},
		{"no shop", `{"type":1,"data":{"order_id":"577000000000000042"}}`, "shop_id: missing", ""},
		{"a seller in place of the shop", `{"type":3,"seller_open_id":"abc","data":{"order_id":"577000000000000042"}}`, "shop_id: missing", ""},
		{"a shop that is none", `{"type":3,"shop_id":"jane.roe@example.com","data":{"order_id":"577000000000000042"}}`, "shop_id: no id", ""},
		{"a shop with a fraction", `{"type":3,"shop_id":7.49e18,"data":{"order_id":"577000000000000042"}}`, "shop_id: no id", ""},
		{"no data", `{"type":1,` + shop + `}`, "data.order_id: missing", ""},
		{"data that is null", `{"type":1,` + shop + `,"data":null}`, "data.order_id: missing", ""},
		{"data that is a text", `{"type":1,` + shop + `,"data":"{}"}`, "data.order_id: missing", ""},
		{"an order of zero", `{"type":1,` + shop + `,"data":{"order_id":0}}`, "data.order_id: missing", ""},
		{"an order that is none", `{"type":11,` + shop + `,"data":{"order_id":"jane.roe@example.com"}}`, "data.order_id: no id", ""},
		{"a very long id", `{"type":12,` + shop + `,"data":{"order_id":"` + strings.Repeat("9", 33) + `"}}`, "data.order_id: no id", ""},
		{"no packages", `{"type":4,` + shop + `,"data":{}}`, "data.package_list: missing", ""},
		{"a refund of nothing", `{"type":67,` + shop + `,"data":{}}`, "data.line_items: missing", ""},
		{"no shop, where it is not needed", `{"type":21,"data":{}}`, "", "21"},
		{"a topic of later", `{"type":4242}`, "", "4242"},
		{"a topic as a text", `{"type":" 14 "}`, "", "NEW_MESSAGE"},
		{"a text for a topic", `{"type":"jane.roe@example.com"}`, "", "unknown"},
		{"a long topic", `{"type":` + strings.Repeat("9", 500) + `}`, "", "unknown"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			report, err := open(t).Receiver.Decode([]byte(tt.body))
			switch {
			case tt.wrong != "":
				if !errors.Is(err, webhook.ErrMalformed) || !strings.HasSuffix(err.Error(), tt.wrong) {
					t.Errorf("Decode = %v, want %s", err, tt.wrong)
				}
			case err != nil || !report.Ignored || report.Topic != tt.topic || len(report.Orders) > 0:
				t.Errorf("Decode = %+v, %v, want the ignored topic %s", report, err, tt.topic)
			}
		})
	}
}

// One push may name more packages than anybody has.
func TestManyPackages(t *testing.T) {
	const packages = 2000
	var b strings.Builder
	b.WriteString(`{"type":4,"shop_id":"7490000000000000042","timestamp":1760003800,"data":{"package_list":[`)
	for i := range packages {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, `{"package_id":"%d","order_id_list":["577","%d","577"]}`, 1152000000000000000+i, 578+i/2)
	}
	b.WriteString(`]}}`)
	report, err := open(t).Receiver.Decode([]byte(b.String()))
	if err != nil || len(report.Orders) != 1+packages/2 || len(report.Malformed) > 0 {
		t.Fatalf("%d orders, %d malformed, %v", len(report.Orders), len(report.Malformed), err)
	}
	for i, o := range report.Orders {
		if want := map[bool]int{true: packages, false: 2}[i == 0]; len(o.Packages) != want {
			t.Errorf("order %s has %d packages, want %d", o.OrderID, len(o.Packages), want)
		}
	}
}

// Whatever stands in a body, no mail address and no phone number comes out; of an
// order's persons nothing does.
func TestReportsHoldNothingPersonal(t *testing.T) {
	const canary = "canary jane.roe@example.com +1 555 010 4477"
	report, err := sample(t, "pull-order-label")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"INVENTED", "Columbus", "43215", "199", "A***", "v2invented", "7020000000000000042"} {
		if strings.Contains(string(text), word) {
			t.Errorf("%s is told: %s", word, text)
		}
	}
	for _, dir := range []string{"testdata", samples} {
		for _, s := range sourcetest.Samples(t, dir) {
			dec := jsontext.NewDecoder(strings.NewReader(string(s.Body)))
			for {
				parent, n := dec.StackIndex(dec.StackDepth())
				kind := dec.PeekKind()
				if kind == jsontext.KindInvalid {
					break
				}
				if kind != '"' && kind != '0' || parent == '{' && n%2 == 0 {
					if _, err := dec.ReadToken(); err != nil {
						t.Fatal(err)
					}
					continue
				}
				v, err := dec.ReadValue()
				if err != nil {
					t.Fatal(err)
				}
				end := int(dec.InputOffset())
				body := string(s.Body[:end-len(v)]) + `"` + canary + `"` + string(s.Body[end:])
				report, _ := s.Decode(open(t), []byte(body))
				text, err := json.Marshal(report)
				if err != nil {
					t.Fatal(err)
				}
				for _, word := range []string{"jane", "JANE", "example", "EXAMPLE", "4477"} {
					if strings.Contains(string(text), word) {
						t.Fatalf("%s: %s of %s", s.Name(), text, body)
					}
				}
			}
		}
	}
}

func TestPersonalMembersAreCut(t *testing.T) {
	body := []byte(`{"type":14,"shop_id":"7490000000000000042","timestamp":1760000200,"data":{"content":"{\"content\":\"CANARY\"}","message":"CANARY",
		"order_id":"577000000000000042","buyer_email":"CANARY","buyer_nickname":"CANARY","sender":{"im_user_id":"CANARY","nickname":"CANARY","role":"BUYER"},
		"recipient_address":{"name":"CANARY","phone_number":"CANARY","region_code":"US","postal_code":"43215","full_address":"CANARY"}}}`)
	got, err := payload.NewCutter(open(t).Personal...).Cut(body)
	if err != nil || strings.Contains(string(got), "CANARY") {
		t.Errorf("cut: %s, %v", got, err)
	}
	for _, stays := range []string{`"7490000000000000042"`, `"577000000000000042"`, `"US"`, `"432"`} {
		if !strings.Contains(string(got), stays) {
			t.Errorf("%s was cut: %s", stays, got)
		}
	}
}

func FuzzDecode(f *testing.F) {
	sourcetest.FuzzDecode(f, New(source.Fixed(webhook.Keys{})), tidy, "testdata", samples)
}

func FuzzAnswer(f *testing.F) {
	sourcetest.FuzzAnswer(f, New(source.Fixed(webhook.Keys{})), tidy, "testdata", samples)
}

// tidy checks that each order stands there once and only ids and words came out.
func tidy(t *testing.T, report source.Report) {
	t.Helper()
	seen := map[string]bool{}
	for _, o := range report.Orders {
		if seen[o.OrderID] || !isID(o.OrderID) || o.ShopID != "" && !isID(o.ShopID) || word(o.Status) != o.Status {
			t.Errorf("order %+v", o)
		}
		seen[o.OrderID] = true
		packages := map[order.Package]bool{}
		for _, p := range o.Packages {
			if packages[p] || p.PackageID != "" && !isID(p.PackageID) || p.TrackingNumber != shipment.CleanNumber(p.TrackingNumber) || word(p.Status) != p.Status {
				t.Errorf("package %+v", p)
			}
			packages[p] = true
		}
	}
}
