package tiktokshop

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

// codeOf is the code of a row, empty for NONE.
func codeOf(t *testing.T, f []string) string {
	t.Helper()
	if f[1] == "NONE" {
		return ""
	}
	c := shipment.Code{Status: shipment.Status(f[1]), SubStatus: shipment.SubStatus(f[2])}
	if !c.Known() {
		t.Errorf("%s has the unknown code %s", f[0], c)
	}
	return c.String()
}

// told decodes an order with one line and returns what its parcel is.
func toldOf(t *testing.T, status, line string) (code, raw string) {
	t.Helper()
	report, err := answer(200, []byte(`{"code":0,"data":{"orders":[{"id":"577000000000000042","status":`+status+`,"update_time":1794514515,
		"line_items":[{"package_id":"1152000000000000042","tracking_number":"1Z999AA10555000421"`+line+`}]}]}}`))
	if err != nil || len(report.Shipments) != 1 || len(report.Malformed) > 0 {
		t.Fatalf("%s %s: %+v, %v", status, line, report, err)
	}
	switch u := report.Shipments[0]; {
	case len(u.Events) == 1:
		return u.Events[0].Code.String(), u.Events[0].RawCode
	case len(u.Answers) == 1:
		return u.Answers[0].Code.String(), ""
	}
	return "", ""
}

func TestEveryRow(t *testing.T) {
	for _, f := range table(t, "status-order.tsv", 19) {
		want := codeOf(t, f)
		if got, _ := toldOf(t, fmt.Sprintf("%q", f[0]), ""); got != want {
			t.Errorf("an order that is %s: %s, want %s", f[0], got, want)
		}
		if got, _ := toldOf(t, `"ON_THE_MOON"`, fmt.Sprintf(`,"display_status":%q`, f[0])); got != want {
			t.Errorf("a line that is %s: %s, want %s", f[0], got, want)
		}
	}
	for _, f := range table(t, "status-package.tsv", 5) {
		if got, _ := toldOf(t, `"ON_HOLD"`, fmt.Sprintf(`,"package_status":" %s ","display_status":"UNPAID"`, f[0])); got != codeOf(t, f) {
			t.Errorf("a package that is %s: %s, want %s", f[0], got, codeOf(t, f))
		}
	}
	// Of requests the word is told; none of them moves the parcel that went out.
	for _, tt := range []struct {
		file, topic, member string
		rows                int
		words               words
	}{
		{"status-cancellation.tsv", "11", "cancel_status", 5, tables().cancellations},
		{"status-return.tsv", "12", "return_status", 20, tables().returns},
	} {
		for _, f := range table(t, tt.file, tt.rows) {
			report, err := open(t).Receiver.Decode([]byte(`{"type":` + tt.topic + `,"shop_id":"7490000000000000042","timestamp":1760003600,"data":{"order_id":"577000000000000042","` +
				tt.member + `":"` + f[0] + `"}}`))
			if err != nil || len(report.Orders) != 1 || report.Orders[0].Status != spelled(f[0]) || len(report.Shipments) > 0 {
				t.Errorf("%s: %+v, %v", f[0], report, err)
			}
			got := ""
			if c, ok := tt.words[spelled(f[0])]; !ok || c != (shipment.Code{}) {
				got = c.String()
			}
			if want := codeOf(t, f); got != want {
				t.Errorf("%s is %s, want %s", f[0], got, want)
			}
		}
	}
}

// An old number is the word that took its place.
func TestOldNumbers(t *testing.T) {
	for number, word := range numbers {
		if got := spelled(number); got != word {
			t.Errorf("%s is spelled %s, want %s", number, got, word)
		}
		byNumber, raw := toldOf(t, number, "")
		byWord, _ := toldOf(t, `"`+word+`"`, "")
		if byNumber != byWord || raw != "" && raw != word {
			t.Errorf("%s is %s %s, %s is %s", number, byNumber, raw, word, byWord)
		}
	}
	for _, f := range table(t, "status-order.tsv", 19) {
		if word := numbers[f[0]]; word != "" && f[3] != "old number of "+word {
			t.Errorf("%s is %s, the table says %s", f[0], word, f[3])
		}
	}
}

func TestSpelled(t *testing.T) {
	for s, want := range map[string]string{
		"CANCEL": "CANCELLED", "CANCELLED": "CANCELLED", "140": "CANCELLED", "": "", "DELIVERED": "DELIVERED", "CANCELATION": "CANCELATION",
		"CANCELLATION_REQUEST_CANCEL": "CANCELLATION_REQUEST_CANCELLED", "CANCELLATION_REQUEST_PENDING": "CANCELLATION_REQUEST_PENDING",
		"RETURN_OR_REFUND__REQUEST_CANCELLED": "RETURN_OR_REFUND_REQUEST_CANCELLED", "RETURN_OR_REFUND_REQUEST_CANCEL": "RETURN_OR_REFUND_REQUEST_CANCELLED",
		"RETURN_OR_REFUND__REQUEST_CANCEL": "RETURN_OR_REFUND_REQUEST_CANCELLED", "REPLACEMENT_REQUEST_CANCEL": "REPLACEMENT_REQUEST_CANCELLED",
	} {
		if got := spelled(s); got != want {
			t.Errorf("%s is spelled %s, want %s", s, got, want)
		}
	}
}

func TestUnknownWords(t *testing.T) {
	for s, want := range map[string]string{
		"ON_THE_MOON": "ON_THE_MOON", "OnTheMoon": "OnTheMoon", "150": "150", "5550104477": "", "jane roe": "", "jane.roe@example.com": "",
		strings.Repeat("A", 49): "", "Zoë": "",
	} {
		if got := (words{}).of(s); got != want {
			t.Errorf("of %q is kept %q, want %q", s, got, want)
		}
		if code, raw := toldOf(t, fmt.Sprintf("%q", s), ""); want != "" && code != "UNKNOWN.UNMAPPED" || raw != want {
			t.Errorf("an order that is %q: %s %q", s, code, raw)
		}
	}
}

// What has a use is told; of the rest only the topic.
func TestEveryTopic(t *testing.T) {
	told := map[string]bool{"2": true, "67": true, "64": true, "65": true} // Optional, but of use.
	for _, f := range table(t, "topic.tsv", 40) {
		want := f[1]
		if want == "" {
			want = f[0]
		}
		report, err := open(t).Receiver.Decode([]byte(`{"type":` + f[0] + `,"shop_id":"7490000000000000042","timestamp":1760003600,"data":{"order_id":"577000000000000042",
			"order_status":"DELIVERED","cancel_status":"CANCELLATION_REQUEST_PENDING","return_status":"AWAITING_BUYER_SHIP","refund_status":"REFUND_SUCCESS",
			"package_list":[{"package_id":"1152000000000000042","order_id_list":["577000000000000042"]}],"line_items":[{"main_order_id":"577000000000000042"}]}}`))
		if err != nil || report.Topic != want || report.Ignored == (f[3] == "core" || told[f[0]]) || len(report.Malformed) > 0 {
			t.Errorf("topic %s: %+v, %v", f[0], report, err)
		}
		if ofShop := f[0] == "6" || f[0] == "7" || f[0] == "64" || f[0] == "65"; ofShop != (report.Shop != nil) || !ofShop && (len(report.Orders) == 0) != report.Ignored {
			t.Errorf("topic %s: %+v", f[0], report)
		}
	}
}
