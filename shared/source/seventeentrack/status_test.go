package seventeentrack

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/shiptide/shiptide/shared/shipment"
)

var wantRows = map[string]int{"status.tsv": 30, "status-main.tsv": 9, "status-stage.tsv": 9, "status-legacy.tsv": 7, "carriers.tsv": 64}

// table reads the rows of a table's file, apart from the code under test.
func table(t *testing.T, file string, rows int) [][]string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	keys := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")[1:] {
		f := strings.Split(line, "\t")
		if len(f) != 5 || keys[f[0]] {
			t.Errorf("%s: %q has %d fields, or stands there twice", file, f[0], len(f))
		}
		keys[f[0]] = true
		out = append(out, f)
	}
	if len(out) != rows {
		t.Errorf("%s has %d rows, want %d", file, len(out), rows)
	}
	return out
}

// pushed decodes a push with one event, which says that, and a latest_status.
func pushed(t *testing.T, event, latest string) shipment.Update {
	t.Helper()
	report, err := open(t).Receiver.Decode([]byte(`{"event":"TRACKING_UPDATED","data":{"number":"RR123456789CN","carrier":3011,"track_info":{"latest_status":{` + latest +
		`},"tracking":{"providers":[{"provider":{"key":3011},"events":[{"time_iso":"2026-11-18T10:15:00+08:00",` + event + `}]}]}}}}`))
	if err != nil || len(report.Shipments) != 1 || len(report.Shipments[0].Events) != 1 {
		t.Fatalf("%s: %+v, %v", event, report, err)
	}
	return report.Shipments[0]
}

func TestEveryRow(t *testing.T) {
	for file, members := range map[string][2]string{
		"status.tsv":        {`"sub_status":%q`, `"sub_status":%q`},
		"status-main.tsv":   {``, `"status":%q,"sub_status":null`},
		"status-legacy.tsv": {``, `"status":%s`},
		"status-stage.tsv":  {`"sub_status":null,"stage":%q`, ``},
	} {
		for _, f := range table(t, file, wantRows[file]) {
			want := shipment.Code{Status: shipment.Status(f[1]), SubStatus: shipment.SubStatus(f[2])}
			if !want.Known() {
				t.Errorf("%s: %s has the unknown code %s", file, f[0], want)
			}
			event, latest := members[0], members[1]
			if event != "" {
				e := pushed(t, fmt.Sprintf(event, f[0]), "").Events[0]
				of := want
				if isAnswer(want) {
					of = shipment.Code{} // No scan.
				}
				if e.Code != of || e.RawCode != f[0] {
					t.Errorf("%s: event %s is %s %q, want %s", file, f[0], e.Code, e.RawCode, of)
				}
			}
			if latest == "" {
				continue
			}
			u := pushed(t, `"sub_status":"InTransit_Other"`, fmt.Sprintf(latest, f[0]))
			headline, said := want, 0
			if isAnswer(want) {
				headline, said = shipment.Code{}, 1
			}
			if u.Headline != headline || len(u.Answers) != said || said == 1 && u.Answers[0].Code != want {
				t.Errorf("%s: parcel %s is %s, %v, want %s", file, f[0], u.Headline, u.Answers, want)
			}
		}
	}
}

func TestEveryCarrier(t *testing.T) {
	names := map[string]string{}
	for _, f := range table(t, "carriers.tsv", wantRows["carriers.tsv"]) {
		key, want, called := f[0], f[1], strings.ToLower(f[3])
		if names[called] != "" {
			t.Errorf("%s is the name of two carriers", f[3])
		}
		names[called] = want
		for _, got := range []string{carrierOf(key, ""), carrierOf(" "+key, "other"), carrierOf("", f[3]), carrierOf("0", strings.ToUpper(f[3])), carrierOf("99", f[3])} {
			if got != want {
				t.Errorf("%s %s is %q, want %s", key, f[3], got, want)
			}
		}
	}
	for key, want := range map[string]string{
		"190999": "17track:190999", "": "", "0": "", "000": "", "-5": "", "3011.0": "", "jane.roe@example.com": "",
		strings.Repeat("9", 4000): "",
	} {
		if got := carrierOf(key, "Invented Express"); got != want {
			t.Errorf("%.20q is %q, want %q", key, got, want)
		}
	}
}

func TestRawCodeHoldsNoText(t *testing.T) {
	e := pushed(t, `"sub_status":"jane.roe@example.com +1 555 010 4477 and much more than anybody would write"`, "").Events[0]
	if e.RawCode != "janeroeexamplecom15550104477andmuchmo" {
		t.Errorf("raw code %q", e.RawCode)
	}
}
