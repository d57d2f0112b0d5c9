package orderfile_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/orderfile"
)

var update = flag.Bool("update", false, "write what the sample is read as")

const (
	header = "Order ID,Order Status,Package ID,Tracking ID,Shipping Provider Name,Country,Zipcode,Created Time"
	first  = "577100000000000101,Shipped,1152000000000000101,1Z5R89390357567127,UPS,United States,43215,2026-08-05 16:04:12"
)

func TestSample(t *testing.T) {
	rows, errs := collect(sample(t))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	got, err := json.MarshalIndent(rows, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	const file = "testdata/export.want.json"
	if *update {
		if err := os.WriteFile(file, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// quoted is a line with quotes around each cell.
func quoted(line string) string { return `"` + strings.ReplaceAll(line, ",", `","`) + "\"\n" }

func TestForms(t *testing.T) {
	want := orderfile.Row{
		Line: 2, Order: "577100000000000101", Package: "1152000000000000101", Status: "Shipped", Provider: "UPS", Country: "US",
		Numbers: []string{"1Z5R89390357567127"}, PostalCode: "432", Created: time.Date(2026, 8, 5, 16, 4, 12, 0, time.UTC),
	}
	inverse := func(line string) string {
		cells := strings.Split(line, ",")
		slices.Reverse(cells)
		return strings.Join(cells, ",")
	}
	tests := []struct {
		name, text string
		line       int
	}{
		{"as it is", lines(header, first), 2},
		{"with a byte order mark", "\uFEFF" + lines(header, first), 2},
		{"with line ends of Windows", strings.ReplaceAll(lines(header, first), "\n", "\r\n"), 2},
		{"without an end of the last line", header + "\n" + first, 2},
		{"with semicolons", strings.ReplaceAll(lines(header, first), ",", ";"), 2},
		{"with tabs", strings.ReplaceAll(lines(header, first), ",", "\t"), 2},
		{"in another order", lines(inverse(header), inverse(first)), 2},
		{"with columns that are not known", lines("Snail,"+header+",Order Amount", "a,"+first+",b"), 2},
		{"with other letters in the header", lines(strings.ToLower(strings.ReplaceAll(header, " ", "_")), first), 2},
		{"with everything quoted", quoted(header) + quoted(first), 2},
		{"with a tab behind ids", lines(header, strings.ReplaceAll(first, "1,", "1\t,")), 2},
		{"with an apostrophe before ids", lines(header, "'"+strings.Replace(first, ",1Z", ",'1Z", 1)), 2},
		{"with ids as formulas", lines(header, `"=""577100000000000101"""`+strings.TrimPrefix(first, "577100000000000101")), 2},
		{"with a row of explanations", lines(header, "Platform unique order ID. Has 18 digits,Current status,a,b,c,d,e,f", first), 3},
		{"with explanations in Chinese", lines(header, "订单号,状态,a,b,c,d,e,f", first), 3},
		{"with empty rows", lines("", header, "", ",,,,,,,", first, "", ",,,"), 5},
		{"with a number in small letters", lines(header, strings.ToLower(first[:60])+first[60:]), 2},
		{"with dashes in the number", lines(header, strings.Replace(first, "1Z5R8939", "1Z-5R89-39", 1)), 2},
		{"with empty cells behind the last column", lines(header, first+",,,"), 2},
		{"on several rows", lines(header, first, first, first), 2},
		{"with a country as a code", lines(header, strings.Replace(first, "United States", "us", 1)), 2},
		{"with columns that are there twice", lines(header+",Country,Order Status", first+",Japan,Lost"), 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := want
			want.Line = tt.line
			if strings.Contains(tt.name, "small letters") {
				want.Status = "shipped"
			}
			if diff := cmp.Diff(want, one(t, tt.text)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestOnlyNeededColumns(t *testing.T) {
	got := one(t, lines("Tracking ID,Order ID", "1Z5R89390357567127,577100000000000101"))
	want := orderfile.Row{Line: 2, Order: "577100000000000101", Numbers: []string{"1Z5R89390357567127"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Rows of one order that follow each other are joined by their package, and an
// order that comes again later is given out again.
func TestPackages(t *testing.T) {
	const a, b = "577100000000000101", "577100000000000102"
	tests := []struct {
		name string
		rows []string // order, package, numbers, status
		want []string
	}{
		{"one package on three rows", []string{a + ",P1,AB001,s", a + ",P1,AB001,s", a + ",P1,AB001,s"}, []string{a + " P1 [AB001] s"}},
		{"two packages in turns", []string{a + ",P1,AB001,", a + ",P2,AB002,", a + ",P1,AB001,"}, []string{a + " P1 [AB001] ", a + " P2 [AB002] "}},
		{"numbers of a package on several rows", []string{a + ",P1,AB001,", a + ",P1,AB002,", a + ",P1,AB001,"}, []string{a + " P1 [AB001 AB002] "}},
		{"what the first row lacks", []string{a + ",P1,,", a + ",P1,AB001,s"}, []string{a + " P1 [AB001] s"}},
		{"no ids, one number", []string{a + ",,AB001,", a + ",,AB001,"}, []string{a + "  [AB001] "}},
		{"no ids, two numbers", []string{a + ",,AB001,", a + ",,AB002,", a + ",,AB001,"}, []string{a + "  [AB001] ", a + "  [AB002] "}},
		{"no ids, no numbers", []string{a + ",,,s", a + ",,,"}, []string{a + "  [] s"}},
		{"a part is not sent yet", []string{a + ",,,", a + ",P1,AB001,"}, []string{a + "  [] ", a + " P1 [AB001] "}},
		{"an order that comes again", []string{a + ",P1,AB001,", b + ",P2,AB002,", a + ",P1,AB001,"}, []string{a + " P1 [AB001] ", b + " P2 [AB002] ", a + " P1 [AB001] "}},
		{"one number in two orders", []string{a + ",P1,AB001,", b + ",P1,AB001,"}, []string{a + " P1 [AB001] ", b + " P1 [AB001] "}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rows, errs := collect(lines(append([]string{"Order ID,Package ID,Tracking ID,Order Status"}, tt.rows...)...))
			var got []string
			for _, r := range rows {
				got = append(got, fmt.Sprintf("%s %s %v %s", r.Order, r.Package, r.Numbers, r.Status))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || errs != nil {
				t.Errorf("errors %v (-want +got):\n%s", errs, diff)
			}
		})
	}
}

// An order of more packages than are compared loses none of them.
func TestOrderOfManyPackages(t *testing.T) {
	const n = 1001
	text := []string{"Order ID,Package ID,Tracking ID"}
	for i := range n {
		text = append(text, fmt.Sprintf("577100000000000101,P%d,AB%04d", i, i), fmt.Sprintf("577100000000000101,P%d,AB%04d", i, i))
	}
	rows, errs := collect(lines(text...))
	if len(rows) != n || errs != nil {
		t.Errorf("%d rows, errors %v, want %d", len(rows), errs, n)
	}
}

func TestNumbers(t *testing.T) {
	const blank, none, many = "Tracking ID has a blank within a number, or a word beside one", "Tracking ID holds what is no tracking number", "Tracking ID holds more than 50 numbers"
	a, b := "1Z5R89390357567127", "9400100000000000000006"
	tests := []struct {
		name, cell string
		want       []string
		reason     string
	}{
		{"none", "", nil, ""},
		{"a sign for none", "N/A", nil, ""},
		{"a comma", a + "," + b, []string{a, b}, ""},
		{"a comma and a blank", a + ", " + b, []string{a, b}, ""},
		{"a semicolon", a + ";" + b, []string{a, b}, ""},
		{"a slash", a + " / " + b, []string{a, b}, ""},
		{"a blank", a + " " + b, []string{a, b}, ""},
		{"a line break", a + "\n" + b, []string{a, b}, ""},
		{"a line break of Windows", a + "\r\n" + b + "\t", []string{a, b}, ""},
		{"a comma of Chinese", a + "，" + b, []string{a, b}, ""},
		{"the same twice", a + "," + strings.ToLower(a), []string{a}, ""},
		{"short ones", "AB01,AB02", []string{"AB01", "AB02"}, ""},
		{"only separators", ", ;", nil, ""},
		{"a number in groups", "9400 1000 0000 0000 0000 06", nil, blank},
		{"a word before it", "UPS " + a, nil, blank},
		{"words", "handed over", nil, blank},
		{"a word", "PENDING", nil, none},
		{"a sign in it", "1Z5R89390357567127?", nil, none},
		{"too short", "A1", nil, none},
		{"too long", strings.Repeat("1", 51), nil, none},
		{"too many", strings.Repeat(",AB01", 50) + numbered(51), nil, many},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rows, errs := collect(lines("Order ID,Tracking ID", `577100000000000101,"`+tt.cell+`"`))
			if tt.reason != "" {
				want := []error{&orderfile.RowError{Line: 2, Reason: tt.reason}}
				if diff := cmp.Diff(want, errs); diff != "" || rows != nil {
					t.Errorf("rows %v (-want +got):\n%s", rows, diff)
				}
				return
			}
			if len(rows) != 1 || errs != nil || !slices.Equal(rows[0].Numbers, tt.want) {
				t.Errorf("rows %v, errors %v, want %v", rows, errs, tt.want)
			}
		})
	}
}

// numbered returns n different numbers in one cell.
func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ",AB%03d", i)
	}
	return b.String()
}

func TestCountries(t *testing.T) {
	for cell, want := range map[string]string{
		"United States": "US", " united  kingdom ": "GB", "UK": "GB", "Germany": "DE", "Viet Nam": "VN", "The Netherlands": "NL",
		"us": "US", "FR": "FR", "México": "MX", "": "", "Georgia": "", "Korea": "", "U1": "", "USD": "", "Ü1": "",
	} {
		if got := one(t, lines("Order ID,Tracking ID,Country", "577100000000000101,,"+cell)).Country; got != want {
			t.Errorf("%q is %q, want %q", cell, got, want)
		}
	}
}

// Of a postal code only three characters are kept, whatever its column is called.
func TestPostalCodes(t *testing.T) {
	for _, title := range []string{"Zipcode", "Zip Code", "Zip_Code", "Postcode", "Post Code", "Postal Code"} {
		if got := one(t, lines("Order ID,Tracking ID,Country,"+title, "577100000000000101,,UK,sw1a 1aa\t")).PostalCode; got != "SW1" {
			t.Errorf("%s: %q", title, got)
		}
	}
	for name, text := range map[string]string{
		"no column of the country":     lines("Order ID,Tracking ID,Zipcode", "577100000000000101,,43215"),
		"a country that is not known":  lines("Order ID,Tracking ID,Country,Zipcode", "577100000000000101,,Atlantis,43215"),
		"another country further down": lines("Order ID,Tracking ID,Country,Zipcode", "577100000000000101,AB001,US,", "577100000000000101,AB001,DE,10115"),
	} {
		if got := one(t, text).PostalCode; got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
	text := lines("Order ID,Tracking ID,Country,Zipcode", "577100000000000101,AB001,,", "577100000000000101,AB001,US,", "577100000000000101,AB001,US,43215")
	if got := one(t, text); got.Country != "US" || got.PostalCode != "432" {
		t.Errorf("what earlier rows lack: %q %q", got.Country, got.PostalCode)
	}
}

// A long text is cut at a character, and has no blank at its end.
func TestLongTexts(t *testing.T) {
	for text, want := range map[string]string{
		"a" + strings.Repeat("é", 500):             "a" + strings.Repeat("é", 99),
		strings.Repeat("a", 199) + " b":            strings.Repeat("a", 199),
		strings.Repeat("a", 100) + " \t b\u200b c": strings.Repeat("a", 100) + " b c",
	} {
		if got := one(t, lines("Order ID,Tracking ID,Order Status", "577100000000000101,,"+text)).Status; got != want {
			t.Errorf("%d bytes: %q", len(got), got)
		}
	}
}

// Who wants no more rows gets no more.
func TestStop(t *testing.T) {
	for name, text := range map[string]string{
		"after a row":            lines(header, first, strings.Replace(first, "101,", "102,", 1), "x"),
		"after an error of row":  lines(header, "577,", first),
		"after one of the file":  "PK\x03\x04",
		"after one of the order": lines("Order ID,Package ID,Tracking ID", "571,P1,", "571,P2,", "571,P3,"),
	} {
		n := 0
		for row, err := range orderfile.Read(strings.NewReader(text)) {
			t.Log(name, row.Line, err)
			n++
			break
		}
		if n != 1 {
			t.Errorf("%s: %d", name, n)
		}
	}
}

// What the reader of the file returns comes last, and can be asked for.
func TestBrokenReader(t *testing.T) {
	broken := errors.New("disk on fire")
	for name, in := range map[string]io.Reader{
		"at once": iotest.ErrReader(broken),
		"in the midst": io.MultiReader(strings.NewReader(lines(header, first)+strings.Repeat("\n", 70_000)),
			iotest.ErrReader(broken)),
	} {
		var last error
		for _, err := range orderfile.Read(in) {
			last = err
		}
		if !errors.Is(last, broken) {
			t.Errorf("%s: %v", name, last)
		}
	}
}

// It does not matter how the bytes come.
func TestSmallReads(t *testing.T) {
	want, _ := collect(sample(t))
	var got []orderfile.Row
	for row, err := range orderfile.Read(iotest.OneByteReader(strings.NewReader(sample(t)))) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, row)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
