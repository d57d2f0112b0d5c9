package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
)

// twoVoiced is the parcel of which both UPS and 17TRACK tell in events/:
// 17TRACK in whole histories, in local times without a zone, one scan a minute
// off.
const twoVoiced = "1Z999AA10555000421"

// voice is one push: what it says, and when it comes.
type voice struct {
	name string
	from shipment.Origin
	body []byte
	said *shipment.Update
	came time.Time
}

// voices are the pushes of the parcel's life as a source makes them, in the
// order in which they come, changed.
func voices(t testing.TB, name string, changes ...func(history)) (out []voice) {
	t.Helper()
	files, err := filepath.Glob("../../events/" + name + "/push-life-*.json")
	if err != nil || len(files) != 12 {
		t.Fatalf("%d pushes of %s (%v), want 12", len(files), name, err)
	}
	slices.Sort(files)
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		v := heard(t, name, body)
		v.name = strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "push-life-"), ".json")
		out = append(out, v.retold(t, changes...))
	}
	return out
}

// heard decodes a push of a source. It comes five minutes after its stamp.
func heard(t testing.TB, name string, body []byte) voice {
	t.Helper()
	s := sourceOf(t, name)
	report, err := s.Decode(body)
	if err != nil || len(report.Shipments) != 1 || len(report.Malformed) > 0 {
		t.Fatalf("%s: %+v (%v), want one parcel", name, report, err)
	}
	said := &report.Shipments[0]
	return voice{name, shipment.Origin{Source: s.Name, Kind: s.Kind}, body, said, said.AsOf.Add(5 * time.Minute)}
}

func sourceOf(t testing.TB, name string) source.Source {
	t.Helper()
	ring, err := readKeyring("")
	if err != nil {
		t.Fatal(err)
	}
	s, ok := findSource(ring.sources(), name)
	if !ok {
		t.Fatalf("no source %q", name)
	}
	return s
}

// retold is the push with its body changed.
func (v voice) retold(t testing.TB, changes ...func(history)) voice {
	t.Helper()
	if len(changes) == 0 {
		return v
	}
	var h history
	if err := json.Unmarshal(v.body, &h); err != nil {
		t.Fatal(err)
	}
	for _, change := range changes {
		change(h)
	}
	body, err := json.Marshal(h, json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	out := heard(t, v.from.Source, body)
	out.name = v.name
	return out
}

// history is a push of 17TRACK.
type history map[string]any

func (h history) data() history     { return h["data"].(map[string]any) }
func (h history) info() history     { return h.data()["track_info"].(map[string]any) }
func (h history) provider() history { return h.list(h.info()["tracking"], "providers")[0] }
func (h history) scans() []history  { return h.list(map[string]any(h.provider()), "events") }

func (history) list(of any, name string) (out []history) {
	for _, e := range of.(map[string]any)[name].([]any) {
		out = append(out, e.(map[string]any))
	}
	return out
}

func (h history) setScans(scans []history) {
	list := make([]any, len(scans))
	for i, s := range scans {
		list[i] = map[string]any(s)
	}
	h.provider()["events"] = list
}

// local is the time of a scan as its carrier wrote it.
func (h history) local() time.Time {
	raw := h["time_raw"].(map[string]any)
	at, _ := time.Parse(time.DateTime, raw["date"].(string)+" "+raw["time"].(string))
	return at
}

func (h history) setLocal(at time.Time) {
	raw := h["time_raw"].(map[string]any)
	raw["date"], raw["time"] = at.Format(time.DateOnly), at.Format(time.TimeOnly)
}

// offBy changes when each scan was.
func offBy(d time.Duration) func(history) {
	return func(h history) {
		for _, s := range h.scans() {
			s.setLocal(s.local().Add(d))
		}
	}
}

// zoned writes the times of the scans in full.
func zoned(h history) {
	offsets := map[string]int{"KY": -5, "CO": -7, "NV": -8}
	for _, s := range h.scans() {
		hours := offsets[s["address"].(map[string]any)["state"].(string)]
		at := s.local().Add(-time.Duration(hours) * time.Hour)
		s["time_iso"] = at.In(time.FixedZone("", hours*3600)).Format(time.RFC3339)
		s["time_utc"] = at.Format(time.RFC3339)
	}
}

// nowhere takes the places out: without one nothing says where the clock stood.
func nowhere(h history) {
	for _, s := range h.scans() {
		s["location"], s["address"] = nil, nil
	}
}

// holes leaves out the scans of some texts.
func holes(texts ...string) func(history) {
	return func(h history) {
		h.setScans(slices.DeleteFunc(h.scans(), func(s history) bool { return slices.Contains(texts, s["description"].(string)) }))
	}
}

// datesOnly leaves out the hour of the scans at the depot and of the delivery.
func datesOnly(h history) {
	for _, s := range h.scans() {
		if text := s["description"]; text == "Delivered" || text == "Preparing for Delivery" {
			s["time_raw"].(map[string]any)["time"] = nil
		}
	}
}

// fedex is what 17TRACK makes of it when it asks another carrier, whose parcel
// of the same number was elsewhere half a day before.
func fedex(h history) {
	h.data()["carrier"] = 100003
	fedexUnasked(h)
}

// fedexUnasked is the same where 17TRACK says of the number itself that it is of
// UPS.
func fedexUnasked(h history) {
	h.provider()["provider"] = map[string]any{"key": 100003, "name": "FedEx"}
	offBy(-12 * time.Hour)(h)
	for _, s := range h.scans() {
		s["location"] = "PUEBLO, CO, US"
		s["address"] = map[string]any{"country": "US", "state": "CO", "city": "Pueblo"}
	}
}

// tooEarly lists a delivery that was none.
func tooEarly(h history) {
	h.info()["latest_status"] = map[string]any{"status": "Delivered", "sub_status": "Delivered_Other"}
	mistake := history{
		"time_raw": map[string]any{}, "description": "Delivered", "stage": "Delivered", "sub_status": "Delivered_Other",
		"address": map[string]any{"country": "US", "state": "NV", "city": "Reno"},
	}
	mistake.setLocal(h.scans()[0].local().Add(10 * time.Minute))
	h.setScans(append([]history{mistake}, h.scans()...))
}

// anHourLater is the same history, asked for again.
func anHourLater(h history) {
	at, _ := time.Parse(time.RFC3339, h.provider()["latest_sync_time"].(string))
	h.provider()["latest_sync_time"] = at.Add(time.Hour).Format(time.RFC3339)
}
