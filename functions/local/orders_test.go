package main

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/subscribe"
)

// imported imports an order file and returns what became of it.
func imported(t *testing.T, data, file string, code int) (tally subscribe.Tally, said string) {
	t.Helper()
	got := local(t, "", "import", file, "-data", data)
	if got.code != code {
		t.Fatalf("ended with %d, want %d:\n%s%s", got.code, code, got.stdout, got.stderr)
	}
	if err := json.Unmarshal([]byte(got.stdout), &tally); err != nil {
		t.Fatalf("%v\n%s", err, got.stdout)
	}
	return tally, got.stderr
}

// TestImportOrders imports a seller's export twice, and what comes back out.
func TestImportOrders(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	tally, said := imported(t, data, "testdata/orders.csv", exitFailed) // Two rows are broken.
	want := subscribe.Tally{Packages: 5, New: 3, Unshipped: 1, Cancelled: 1, Providers: map[string]int{"Mystery Express": 1}, Refused: tally.Refused}
	if diff := cmp.Diff(want, tally); diff != "" {
		t.Errorf("tally (-want +got):\n%s", diff)
	}
	if len(tally.Refused) != 2 || tally.Refused[0].Line != 7 || !strings.Contains(tally.Refused[0].Reason, "5.77E+17") || tally.Refused[1].Line != 8 || tally.Refused[1].Number != "1Z999AA10123456783" {
		t.Errorf("left out: %+v", tally.Refused)
	}
	if !strings.Contains(said, "line 7: Order ID") || strings.Contains(said, "ane") {
		t.Errorf("said:\n%s", said)
	}
	before := local(t, "", "export", "-orders", "-data", data)
	again, _ := imported(t, data, "testdata/orders.csv", exitFailed)
	if again.New != 0 || again.Known != 3 {
		t.Errorf("a second time %d are new and %d known", again.New, again.Known)
	}
	after := local(t, "", "export", "-orders", "-data", data)
	if before.stdout != after.stdout || strings.Count(after.stdout, "\n") != 4 || !strings.Contains(after.stdout, "577000000000000123\t,,,1Z5R89390357567127\t,PENDING.AWAITING_DATA,UPS,US,430**\t,2026-11-20 10:03:13\n") || strings.Contains(after.stdout, "43004") {
		t.Errorf("the list before and after:\n%s%s", before.stdout, after.stdout)
	}
	file := filepath.Join(t.TempDir(), "back.csv")
	if err := os.WriteFile(file, []byte(after.stdout), 0o600); err != nil {
		t.Fatal(err)
	}
	if back, _ := imported(t, data, file, exitOK); back.New != 0 || back.Known != 3 {
		t.Errorf("what came out is %+v when it comes in again", back)
	}
	got := local(t, "", "why", "1Z5R89390357567127", "-data", data)
	got.check(t, "why", exitOK, `"watched": true`)
}

func TestImportsThatAreNone(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	data := filepath.Join(dir, "data")
	for _, tt := range []struct{ name, file, want string }{
		{"no file", filepath.Join(dir, "none.csv"), "no such file"},
		{"a workbook", write("a.xlsx", "PK\x03\x04 workbook"), "CSV"},
		{"another table", write("b.csv", "Name,Colour\nAnna,red\n"), "no column of an order export"},
		{"an empty file", write("c.csv", ""), "orderfile"},
	} {
		local(t, "", "import", tt.file, "-data", data).check(t, tt.name, exitFailed, tt.want)
	}
	local(t, "", "import", "a.csv", "b.csv", "-data", data).check(t, "two files", exitUsage, "usage: local import")
	local(t, "", "import", "a.csv", "-from", "b", "-data", data).check(t, "both", exitUsage, "usage: local import")
	local(t, "", "export", "-orders", "-to", "x", "-data", data).check(t, "both", exitUsage, "usage: local export")
}

// manyOrders is an export of n rows, every seventh the second article of its
// package, and one broken.
func manyOrders(t *testing.T, n int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("Order ID,Order Status,Tracking ID,Shipping Provider Name,Package ID,Country,Created Time,Recipient\n")
	for i := range n {
		k := i - i/7
		number := numberOf(time.Unix(int64(k)*60, 0))
		if i == n/2 {
			number = "5.77E+17"
		}
		fmt.Fprintf(&b, "5770%014d\t,To ship,%s\t,UPS,1153%015d\t,United States,11/20/2026 10:03:13 AM,Jane Example\n", k, number, k)
	}
	file := filepath.Join(t.TempDir(), "many.csv")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestImportOf10000Rows: a broken row costs itself, and memory does not grow with
// the file.
func TestImportOf10000Rows(t *testing.T) {
	n := 10_000 / min(sampled, 4)
	file := manyOrders(t, n)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began := time.Now()
	tally, said := imported(t, filepath.Join(t.TempDir(), "data"), file, exitFailed)
	took := time.Since(began)
	runtime.GC()
	runtime.ReadMemStats(&after)
	packages := n - n/7
	if tally.New < packages-2 || tally.Packages < packages-2 || len(tally.Refused) != 1 || tally.Refused[0].Line != n/2+2 {
		t.Errorf("of %d packages: %d, %d new, left out %+v", packages, tally.Packages, tally.New, tally.Refused)
	}
	if !strings.Contains(said, "packages so far") {
		t.Errorf("no word of progress:\n%s", said)
	}
	t.Logf("%d rows in %.1f s (%.0f a second), heap %.1f MB after it", n, took.Seconds(), float64(n)/took.Seconds(), float64(after.HeapAlloc)/1e6)
}

// TestUploadOrders is the form of the console, and what a program gets that does
// not ask for lines.
func TestUploadOrders(t *testing.T) {
	s := newStage(t)
	raw, err := os.ReadFile("testdata/orders.csv")
	if err != nil {
		t.Fatal(err)
	}
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", "orders.csv")
	if err == nil {
		_, err = part.Write(raw)
	}
	if err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, contentType, accept string
		body                      []byte
		status                    int
		want                      string
	}{
		{"by the form", w.FormDataContentType(), "text/html", form.Bytes(), 200, "<b>3</b> numbers are new"},
		{"the same as JSON", "text/csv", "application/json", raw, 200, `"known": 3`},
		{"the same in lines", "text/csv; charset=utf-8", jsonLines, raw, 200, `{"tally":{"packages":5,"new":0`},
		{"no file", "application/x-www-form-urlencoded", "application/json", []byte("a=b"), 400, "text/csv"},
		{"another table", "text/csv", "application/json", []byte("Name\nAnna\n"), 400, "no column of an order export"},
		{"another table in lines", "text/csv", jsonLines, []byte("Name\nAnna\n"), 200, `{"error":"orderfile: line 1`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/shipments/import", bytes.NewReader(tt.body))
			req.Header.Set("Content-Type", tt.contentType)
			req.Header.Set("Accept", tt.accept)
			res := httptest.NewRecorder()
			s.handler(public, operator).ServeHTTP(res, req)
			if res.Code != tt.status || !strings.Contains(res.Body.String(), tt.want) {
				t.Errorf("answered %d:\n%s", res.Code, res.Body)
			}
		})
	}
	rec, err := s.shipments.Get(t.Context(), "1Z5R89390357567127")
	if err != nil || rec.Carrier != "ups" || rec.Destination != "US" || !rec.RegisteredAt.Equal(firstDay) {
		// The export is younger than the clock of the test: nobody orders in the future.
		t.Errorf("%s to %s, registered %s, %v", rec.Carrier, rec.Destination, rec.RegisteredAt, err)
	}
	if at := rec.Set.Links; len(at) != 3 || at[2].Kind != shipment.OrderLink {
		t.Errorf("links: %+v", at)
	}
}

// TestAListHoldsWhatWasTyped: an order that is no ID of a shop must not break the
// list.
func TestAListHoldsWhatWasTyped(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	local(t, "", "add", "1Z5R89390357567127", "-order", "for my aunt", "-data", data).check(t, "add", exitOK, "1Z5R89390357567127")
	local(t, "", "add", "1Z999AA10123456784", "-data", data).check(t, "add", exitOK, "1Z999AA10123456784")
	list := local(t, "", "export", "-orders", "-data", data)
	if strings.Count(list.stdout, "\n") != 3 || !strings.Contains(list.stdout, "\n1Z5R89390357567127\t,,,1Z5R89390357567127\t") || strings.Contains(list.stdout, "aunt") {
		t.Errorf("the list:\n%s%s", list.stdout, list.stderr)
	}
}
