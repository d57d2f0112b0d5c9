package ups

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/shiptide/shiptide/shared/shipment"
)

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
		n := len(f) - 4 // Columns of the key.
		key := strings.Join(f[:n], "/")
		if keys[key] {
			t.Errorf("%s: two rows for %s", file, key)
		}
		keys[key] = true
		c := shipment.Code{Status: shipment.Status(f[n]), SubStatus: shipment.SubStatus(f[n+1])}
		if c.Status != "NONE" && !c.Known() || c.Status == "NONE" && c.SubStatus != "" {
			t.Errorf("%s: %s has the unknown code %s", file, key, c)
		}
		out = append(out, f)
	}
	if len(out) != rows {
		t.Errorf("%s has %d rows, want %d", file, len(out), rows)
	}
	return out
}

func wantCode(status, sub string) string {
	if status == "NONE" {
		return ""
	}
	return status + "." + sub
}

// pushed decodes a push that has nothing but a status.
func pushed(t *testing.T, status string) shipment.Event {
	t.Helper()
	report, err := open(t).Receiver.Decode([]byte(`{"trackingNumber":"1Z999AA10123456784","localActivityDate":"20261118",` +
		`"localActivityTime":"101500","activityStatus":{` + status + `}}`))
	if err != nil || len(report.Shipments) != 1 || len(report.Shipments[0].Events) != 1 {
		t.Fatalf("%s: %+v, %v", status, report, err)
	}
	return report.Shipments[0].Events[0]
}

func TestEveryRowOfTypeAndCode(t *testing.T) {
	for _, f := range table(t, "status.tsv", 885) {
		want := wantCode(f[2], f[3])
		e := pushed(t, fmt.Sprintf(`"type":%q,"code":%q`, f[0], f[1]))
		if e.Code.String() != want || e.RawCode != f[0]+"/"+f[1] {
			t.Errorf("%s/%s: %s %q, want %s", f[0], f[1], e.Code, e.RawCode, want)
		}
	}
}

func TestEveryRowOfTheThreeDigits(t *testing.T) {
	for _, f := range table(t, "status-description.tsv", 160) {
		e := pushed(t, fmt.Sprintf(`"descriptionCode":%q`, f[0]))
		if want := wantCode(f[1], f[2]); e.Code.String() != want || e.RawCode != "/"+f[0] {
			t.Errorf("%s: %s %q, want %s", f[0], e.Code, e.RawCode, want)
		}
		number := strings.TrimLeft(f[0], "0")
		if number == "" {
			number = "0"
		}
		if e := pushed(t, `"descriptionCode":`+number); e.Code.String() != wantCode(f[1], f[2]) {
			t.Errorf("%s as a number: %s", f[0], e.Code)
		}
	}
}

func TestEveryRowOfTheTypes(t *testing.T) {
	for _, f := range table(t, "status-type.tsv", 13) {
		e := pushed(t, fmt.Sprintf(`"type":%q,"code":"?"`, f[0]))
		if want := wantCode(f[1], f[2]); e.Code.String() != want || e.RawCode != f[0] {
			t.Errorf("%s: %s %q, want %s", f[0], e.Code, e.RawCode, want)
		}
	}
}

func TestEveryRowOfMailInnovations(t *testing.T) {
	for _, f := range table(t, "status-mail-innovations.tsv", 213) {
		report, err := answer(200, fmt.Appendf(nil, `{"trackResponse":{"shipment":[{"package":[{"trackingNumber":"9261290100130739204128",`+
			`"activity":[{"date":"20261118","time":"101500","status":{"type":"IC","code":%q}}]}]}]}}`, f[0]))
		if err != nil || len(report.Shipments) != 1 || len(report.Shipments[0].Events) != 1 {
			t.Fatalf("%s: %+v, %v", f[0], report, err)
		}
		if e := report.Shipments[0].Events[0]; e.Code.String() != wantCode(f[1], f[2]) || e.RawCode != "IC/"+f[0] {
			t.Errorf("%s: %s %q, want %s", f[0], e.Code, e.RawCode, wantCode(f[1], f[2]))
		}
	}
}

// The numbers are those of the rules; see choose and resolve.
func TestWhichCodeWins(t *testing.T) {
	tests := []struct{ name, kind, code, number, want string }{
		{"1: an update moves nothing", "U", "UP", "011", ""},
		{"1: voided, whatever else is said", "MV", "MP", "005", "CANCELLED.GENERIC"},
		{"1: not available", "NA", "", "011", ""},
		{"2: a departure on the way back", "I", "DP", "036", "RETURN.RETURNING"},
		{"2: a delivery to the sender", "D", "FS", "034", "RETURN.RETURNED"},
		{"2: lost beats a scan", "I", "AR", "068", "EXCEPTION.LOST"},
		{"2: destroyed beats a scan", "I", "AR", "149", "EXCEPTION.DISPOSED"},
		{"2: voided beats a label", "M", "MP", "007", "CANCELLED.GENERIC"},
		{"2: without a known pair", "I", "QQ", "034", "RETURN.RETURNED"},
		{"2: not over trouble", "X", "DJ", "036", "EXCEPTION.DELAY_WEATHER"},
		{"3: a note counts with 011", "X", "F4", "011", "DELIVERED.GENERIC"},
		{"3: a note alone", "X", "F4", "", ""},
		{"3: a note with another code", "X", "F4", "034", ""},
		{"3: a correction is no cancellation", "I", "VP", "043", ""},
		{"4: only the digits", "I", "QQ", "021", "OUT_FOR_DELIVERY.ON_VEHICLE"},
		{"4: only the digits, and they say nothing", "I", "QQ", "088", ""},
		{"4: unknown digits", "I", "OR", "999", "IN_TRANSIT.ACCEPTED"},
		{"4: digits that move nothing", "I", "OR", "129", "IN_TRANSIT.ACCEPTED"},
		{"5: weather at a depot", "I", "DS", "052", "EXCEPTION.DELAY_WEATHER"},
		{"5: an attempt under a scan", "I", "AR", "022", "FAILED_ATTEMPT.GENERIC"},
		{"5: not an unspecific exception", "I", "AR", "013", "IN_TRANSIT.ARRIVED"},
		{"5: not over a held parcel", "X", "39", "052", "IN_TRANSIT.HELD"},
		{"6: a better delay", "X", "7R", "052", "EXCEPTION.DELAY_WEATHER"},
		{"6: held for pickup is not delivered", "D", "FS", "017", "AVAILABLE_FOR_PICKUP.AT_POINT"},
		{"6: delivered gives way to nothing else", "D", "FS", "050", "DELIVERED.GENERIC"},
		{"7: the pair", "D", "ML", "161", "DELIVERED.SAFE_PLACE"},
		{"7: generic digits do not hide the first scan", "I", "OR", "005", "IN_TRANSIT.ACCEPTED"},
		{"8: an unknown exception", "X", "QQ", "", "EXCEPTION.GENERIC"},
		{"8: an unknown scan", "I", "QQ", "", "IN_TRANSIT.MOVING"},
		{"8: type D is not delivered", "D", "QQ", "", "UNKNOWN.UNMAPPED"},
		{"8: an unknown type", "Q", "QQ", "999", "UNKNOWN.UNMAPPED"},
		{"8: a code under another type", "W", "FS", "", "IN_TRANSIT.PROCESSING"},
		{"freight digits are not ours", "DO", "", "007", "IN_TRANSIT.ARRIVED"},
		{"the three digits of freight in the code", "I", "011", "", "IN_TRANSIT.MOVING"},
		{"one letter pair, two types", "X", "UA", "", "RETURN.RETURNED"},
		{"one letter pair, two types", "I", "UA", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if e := pushed(t, fmt.Sprintf(`"type":%q,"code":%q,"descriptionCode":%q`, tt.kind, tt.code, tt.number)); e.Code.String() != tt.want {
				t.Errorf("%s/%s %s = %s, want %s", tt.kind, tt.code, tt.number, e.Code, tt.want)
			}
		})
	}
}

// The seven events that UPS's specification gives as the life of a parcel.
func TestOfficialLife(t *testing.T) {
	tests := []struct{ kind, code, number, want string }{
		{"M", "MP", "003", "INFO_RECEIVED.LABEL_CREATED"},
		{"I", "OR", "005", "IN_TRANSIT.ACCEPTED"},
		{"I", "DP", "005", "IN_TRANSIT.DEPARTED"},
		{"I", "YP", "071", "IN_TRANSIT.AT_DELIVERY_DEPOT"},
		{"I", "YP", "071", "IN_TRANSIT.AT_DELIVERY_DEPOT"},
		{"I", "OT", "021", "OUT_FOR_DELIVERY.ON_VEHICLE"},
		{"D", "FS", "011", "DELIVERED.GENERIC"},
	}
	for _, tt := range tests {
		s := status{kind: tt.kind, code: tt.code, number: tt.number}
		if got, _ := s.resolve(parcel); got.String() != tt.want {
			t.Errorf("%s/%s %s = %s, want %s", tt.kind, tt.code, tt.number, got, tt.want)
		}
	}
}

func TestRawCodeHoldsNoText(t *testing.T) {
	e := pushed(t, `"type":"jane.roe@example.com","code":"+1 555 010 4477 and more"`)
	if e.RawCode != "JANEROE/15550" { // Letters and digits of the first eight bytes.
		t.Errorf("raw code %q", e.RawCode)
	}
}
