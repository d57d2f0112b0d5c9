package page_test

import (
	"context"
	"errors"
	"flag"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
)

var update = flag.Bool("update", false, "rewrite testdata/parcel.json")

// sample is a parcel with something of everything.
func sample(t *testing.T) *site {
	t.Helper()
	s := open(t)
	s.register(t, number)
	label := scan(50*time.Hour, shipment.InfoReceived, shipment.LabelCreated)
	label.Zone = shipment.Assumed
	reno := scan(20*time.Hour, shipment.InTransit, shipment.CustomsStarted)
	reno.LocalTime = "2026-03-01T08:00:00"
	reno.Location = shipment.Location{City: "Reno", Region: "NV", PostalCode: "PC8", Country: "US"}
	reno.Description, reno.ScanID = "text-CANARY", "scan-CANARY"
	away := scan(40*time.Hour, shipment.InTransit, shipment.Accepted)
	away.Zone, away.Location = shipment.Inferred, shipment.Location{Country: "CN"}
	said := scanned(label, away, reno, scan(10*time.Hour, shipment.Unknown, shipment.Unmapped), scan(9*time.Hour, "", ""))
	said.Estimates = []shipment.Estimate{{From: "2026-03-04", To: "2026-03-05", AsOf: noon}}
	s.say(t, number, ups, said)
	return s
}

// TestParcelJSON pins what programs are promised: members, and their order.
func TestParcelJSON(t *testing.T) {
	res := get(t, sample(t), "/t/"+number, asJSON)
	if res.Code != http.StatusOK || res.Header().Get("Content-Type") != asJSON {
		t.Fatalf("answered %d as %q", res.Code, res.Header().Get("Content-Type"))
	}
	got := res.Body.String() + "\n"
	if *update {
		if err := os.WriteFile("testdata/parcel.json", []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/parcel.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("JSON differs (-want +got):\n%s", diff)
	}
}

func TestParcelForPeople(t *testing.T) {
	body := get(t, sample(t), "/t/"+number, "text/html,*/*;q=0.8").Body.String()
	for _, want := range []string{
		`<title>Parcel ` + number + `</title>`, `<p class="state">in transit<small>customs started</small></p>`,
		`Expected by <b>Thursday, 5 March 2026</b>`, `<time datetime="2026-03-01T08:00:00">Sun 1 Mar 08:00</time> · Reno, NV</p>`, `· CN</p>`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if !inOrder(body, "customs started", "<b>in transit</b>: customs started", "<b>in transit</b>: accepted", "<b>info received</b>: label created") {
		t.Error("the newest scan does not come first")
	}
	if strings.Count(body, "(zone unknown)") != 1 || !inOrder(body, "· CN", "(zone unknown)", "label created") {
		t.Error("the zone of the label alone is unknown, and the page does not say so")
	}
	if strings.Count(body, "<li>") != 3 || strings.Contains(strings.ToLower(body), "unmapped") || strings.Contains(strings.ToLower(body), "unknown</b>") {
		t.Error("the page does not show the three scans whose meaning is known")
	}
	if t.Failed() {
		t.Log(body)
	}
}

// TestNothingOfWhoIsToldIsShown: nor of the order, nor of how it is known.
func TestNothingOfWhoIsToldIsShown(t *testing.T) {
	s := sample(t)
	for _, accept := range []string{"", asJSON} {
		body := get(t, s, "/t/"+number, accept).Body.String()
		for _, private := range []string{"CANARY", "PC8", "tiktokshop", "shop-", "order"} {
			if shown := strings.ReplaceAll(body, "border", ""); strings.Contains(shown, private) {
				t.Errorf("as %q, %q is shown:\n%s", accept, private, shown)
			}
		}
	}
}

// TestWhatIsTakenBackIsNotShown lets a source not list its delivery any more.
func TestWhatIsTakenBackIsNotShown(t *testing.T) {
	s := open(t)
	s.register(t, number)
	first, end := scan(9*time.Hour, shipment.OutForDelivery, shipment.OnVehicle), scan(6*time.Hour, shipment.Delivered, shipment.Signed)
	whole := shipment.Update{Complete: true, AsOf: noon, Events: []shipment.Event{first, end}}
	s.say(t, number, ups, whole)
	for _, accept := range []string{"", asJSON} {
		if body := strings.ToLower(get(t, s, "/t/"+number, accept).Body.String()); !strings.Contains(body, "signed") {
			t.Fatalf("as %q, the delivery is not shown:\n%s", accept, body)
		}
	}
	s.say(t, number, ups, shipment.Update{Complete: true, AsOf: noon.AddDate(0, 0, 2), Events: []shipment.Event{first}})
	for _, accept := range []string{"", asJSON} {
		body := strings.ToLower(get(t, s, "/t/"+number, accept).Body.String())
		if strings.Contains(body, "signed") || strings.Contains(body, "delivered\"") || !strings.Contains(body, "vehicle") {
			t.Errorf("as %q, what was taken back is shown:\n%s", accept, body)
		}
	}
}

// TestADeliveredParcelIsExpectedNoMore: no day is shown, only when it came.
func TestADeliveredParcelIsExpectedNoMore(t *testing.T) {
	s := open(t)
	s.register(t, number)
	said := scanned(scan(3*time.Hour, shipment.OutForDelivery, shipment.OnVehicle))
	said.Estimates = []shipment.Estimate{{To: "2026-03-04", AsOf: noon}}
	s.say(t, number, ups, said)
	for _, tt := range []struct {
		name string
		want bool
	}{{"on its way", true}, {"delivered", false}} {
		html, data := get(t, s, "/t/"+number, "").Body.String(), get(t, s, "/t/"+number, asJSON).Body.String()
		if strings.Contains(html, "Expected by") != tt.want || strings.Contains(data, `"estimatedDelivery": "2026-03-04"`) != tt.want {
			t.Errorf("%s: want a day shown %t:\n%s\n%s", tt.name, tt.want, html, data)
		}
		if strings.Contains(data, `"status": "DELIVERED"`) == tt.want {
			t.Errorf("%s: %s", tt.name, data)
		}
		s.say(t, number, ups, scanned(scan(time.Hour, shipment.Delivered, shipment.Generic)))
	}
}

// TestADayIsNoMidnight: of a scan of which only the day is known no time is shown.
func TestADayIsNoMidnight(t *testing.T) {
	s := open(t)
	s.register(t, number)
	e := scan(24*time.Hour, shipment.InTransit, shipment.Accepted)
	e.LocalTime, e.Precision = "2026-03-01T00:00:00", shipment.Day
	s.say(t, number, ups, scanned(e))
	html, data := get(t, s, "/t/"+number, "").Body.String(), get(t, s, "/t/"+number, asJSON).Body.String()
	if !strings.Contains(html, ">Sun 1 Mar<") || !strings.Contains(data, `"precision": "day"`) {
		t.Errorf("%s\n%s", html, data)
	}
}

func TestAParcelWithoutScans(t *testing.T) {
	s := open(t)
	s.register(t, number)
	if body := get(t, s, "/t/"+number, "").Body.String(); !strings.Contains(body, "No scan yet.") || strings.Contains(body, "<ol>") {
		t.Errorf("the page:\n%s", body)
	}
	if body := get(t, s, "/t/"+number, asJSON).Body.String(); !strings.Contains(body, `"events": []`) {
		t.Errorf("JSON:\n%s", body)
	}
}

// TestWhatIsNobodysIsNotFound: a number that nobody registered is answered as one
// that there is not.
func TestWhatIsNobodysIsNotFound(t *testing.T) {
	s := open(t)
	const unregistered = "1Z999AA10700000048"
	s.say(t, unregistered, ups, scanned(scan(time.Hour, shipment.InTransit, shipment.Accepted)))
	want := get(t, s, "/t/1Z999AA10700000039", "").Body.String()
	for _, path := range []string{"/t/" + unregistered, "/t/%20", "/t/%00", "/t/S%231", "/t/" + strings.Repeat("1", 2000), "/t/..%2f.."} {
		res := get(t, s, path, "")
		if res.Code != http.StatusNotFound || res.Body.String() != want {
			t.Errorf("GET %.40s is answered %d, want 404 and what is always said:\n%s", path, res.Code, res.Body.String())
		}
		if res := get(t, s, path, asJSON); res.Code != http.StatusNotFound || !strings.HasPrefix(res.Body.String(), "{\n  \"error\": ") {
			t.Errorf("as JSON, GET %.40s is answered %d:\n%s", path, res.Code, res.Body.String())
		}
	}
	s.serve(down{err: store.ErrBadKey}) // It may be that no table can hold it.
	if res := get(t, s, "/t/"+number, ""); res.Code != http.StatusNotFound {
		t.Errorf("what cannot be a key is answered %d", res.Code)
	}
	if s.logs.Len() > 0 {
		t.Errorf("what is not there is logged, so that a log can be filled:\n%s", s.logs.String())
	}
}

// TestANumberAsPeopleWriteIt: with blanks, and in small letters.
func TestANumberAsPeopleWriteIt(t *testing.T) {
	s := open(t)
	s.register(t, number)
	if res := get(t, s, "/t/1z%20999aa1%200700000057", asJSON); res.Code != http.StatusOK || !strings.Contains(res.Body.String(), number) {
		t.Errorf("answered %d: %s", res.Code, res.Body.String())
	}
}

// down is a table that cannot be read.
type down struct {
	store.Table
	err error
}

func (d down) Get(context.Context, store.Key) (store.Item, error) { return store.Item{}, d.err }

var errDown = errors.New("detail-CANARY")

func TestOurFaultsSayNoMoreThanThat(t *testing.T) {
	s := open(t)
	s.serve(down{err: errDown})
	for _, accept := range []string{"", asJSON} {
		res := get(t, s, "/t/"+number, accept)
		if res.Code != http.StatusServiceUnavailable || res.Header().Get("Retry-After") == "" {
			t.Errorf("as %q, answered %d, to be asked again after %q", accept, res.Code, res.Header().Get("Retry-After"))
		}
		if body := res.Body.String(); strings.Contains(body, "CANARY") || !strings.Contains(body, "on our side") {
			t.Errorf("as %q, it says:\n%s", accept, body)
		}
	}
	if !strings.Contains(s.logs.String(), "detail-CANARY") || strings.Contains(s.logs.String(), number) {
		t.Errorf("the log lacks the fault, or holds the number: %s", s.logs.String())
	}
}
