package orderfile_test

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/orderfile"
)

// utf16LE is a text as spreadsheet programs save "Unicode text".
func utf16LE(text string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(text)) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}

// Files that are no export are refused with a word that helps.
func TestStrangeFiles(t *testing.T) {
	const asCSV = ": export the orders of Seller Center as CSV"
	const notUTF8 = `the text is not UTF-8: export the orders again as CSV; if a spreadsheet program saved the file, as "CSV UTF-8"`
	const foreign = "line 1: no column of an order export is there: set the language of Seller Center to English, and export the orders as CSV"
	tests := []struct{ name, text, want string }{
		{"nothing", "", "the file is empty"},
		{"only blanks", " \r\n\t\n", "the file is empty"},
		{"only a byte order mark", "\uFEFF", "the file is empty"},
		{"an Excel workbook", "PK\x03\x04\x14\x00", "this is an Excel workbook (or a zip file)" + asCSV},
		{"an old Excel workbook", "\xD0\xCF\x11\xE0\xA1\xB1", "this is an old Excel workbook" + asCSV},
		{"a PDF", "%PDF-1.7\n", "this is a PDF" + asCSV},
		{"a web page", "<!DOCTYPE html>", "this is a web page or XML" + asCSV},
		{"JSON", `{"data":{}}`, "this is JSON" + asCSV},
		{"gzip", "\x1F\x8B\x08", "this is compressed (gzip): unpack it first"},
		{"UTF-16 with a mark", "\xFF\xFE" + utf16LE(header), notUTF8},
		{"UTF-16 of the other kind", "\xFE\xFF\x00O", notUTF8},
		{"UTF-16 without a mark", utf16LE(header), notUTF8},
		{"Latin-1 in the header", header + ",Stra\xDFe\n", "line 1: " + notUTF8},
		{"Latin-1 in a column that is not read", lines(header+",City", first+",K\xF6ln"), "line 2: " + notUTF8},
		{"a header in Chinese", lines("订单号,状态,运单号", "577100000000000101,,"), foreign},
		{"a header in German", lines("Bestellnummer;Status;Sendungsnummer", "577100000000000101;;"), foreign},
		{"no header", lines(first, first), foreign},
		{"prose", "Dear Jane Example,\n\nthank you.\n", foreign},
		{"no number column", lines("Order ID,Order Status,City,Snail,Phone #", "1,2,3,4,5"), "line 1: there is no column Tracking ID; known columns that are there: Order ID, Order Status, Phone #, City"},
		{"no order column", lines("tracking id,Order Number", "1,2"), "line 1: there is no column Order ID; known columns that are there: Tracking ID"},
		{"neither", lines("Country,Order Number", "1,2"), "line 1: there is no column Order ID, and none Tracking ID; known columns that are there: Country"},
		{"two order columns", lines("Order ID,Tracking ID,order_id", "1,2,3"), "line 1: the column Order ID is there twice"},
		{"a header with a broken quote", "Order ID,\"Tracking\" ID\n", "line 1: the header is no CSV" + asCSV},
		{"a header that does not end", `"Order ID` + strings.Repeat("x", 2<<20), "the row after the one of line 0 is longer than 1 MiB: a quote that opens in it is not closed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rows, errs := collect(tt.text)
			if len(errs) != 1 || !errors.As(errs[0], new(*orderfile.FileError)) || errs[0].Error() != "orderfile: "+tt.want || rows != nil {
				t.Errorf("rows %v, errors %v, want %s", rows, errs, tt.want)
			}
		})
	}
}

const again = ": export the orders again, and do not save the file from there"

// A row that cannot be read is named, and the rows around it are read.
func TestDamagedRows(t *testing.T) {
	const rounded = " lost its last digits in a spreadsheet program (as 5.77E+17)" + again
	tests := []struct{ name, row, want string }{
		{"an order in short form", "5.771E+17,P1,AB001", "line 3: Order ID" + rounded},
		{"with a comma", "\"5,771E+17\",P1,AB001", "line 3: Order ID" + rounded},
		{"in a narrow column", "6E+17,P1,AB001", "line 3: Order ID" + rounded},
		{"in small letters, as text", "'5.771e17,P1,AB001", "line 3: Order ID" + rounded},
		{"a package in short form", "571,1.152E+18,AB001", "line 3: Package ID" + rounded},
		{"a number in short form", "571,P1,9.4001E+21", "line 3: Tracking ID" + rounded},
		{"a number with a comma in short form", "571,P1,\"9,4001E+21\"", "line 3: Tracking ID" + rounded},
		{"one of two numbers in short form", "571,P1,AB001;9.4001E+21", "line 3: Tracking ID" + rounded},
		{"no order", ",P1,AB001", "line 3: Order ID is empty"},
		{"a sign for no order", "-,P1,AB001", "line 3: Order ID is empty"},
		{"an order that is a name", "Jane Example,P1,AB001", "line 3: Order ID holds what is no id"},
		{"an order that is too long", strings.Repeat("5", 51) + ",P1,AB001", "line 3: Order ID holds what is no id"},
		{"an order with thousands", "\"577,100,000\",P1,AB001", "line 3: Order ID holds what is no id"},
		{"a column too narrow to show it", "571,########,AB001", "line 3: Package ID holds what is no id"},
		{"the header again", "Order ID,Package ID,Tracking ID", "line 3: Order ID holds what is no id"},
		{"more cells than the header", "571,P1,AB001,x", "line 3: it has more cells than the header"},
		{"fewer cells than are needed", "571,P1", "line 3: it ends before Tracking ID"},
		{"a quote in a cell", "571,P1,a\"b", "line 3: a quote stands where CSV has none"},
		{"a quote that closes too early", "571,P1,\"a\"b", "line 3: a quote stands where CSV has none"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rows, errs := collect(lines("Order ID,Package ID,Tracking ID", "570,P0,AB000", tt.row, "572,P2,AB002"))
			if len(errs) != 1 || !isRowError(errs[0]) || errs[0].Error() != "orderfile: "+tt.want || len(rows) != 2 {
				t.Errorf("rows %v, errors %v, want %s", rows, errs, tt.want)
			}
		})
	}
}

func TestTrackingColumnFirst(t *testing.T) {
	_, errs := collect(lines("Tracking ID,Order ID", "AB001"))
	if diff := cmp.Diff([]error{&orderfile.RowError{Line: 2, Reason: "it ends before Order ID"}}, errs); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Letters and digits that only look like the short form are numbers.
func TestNotRounded(t *testing.T) {
	for _, number := range []string{"1E1234567", "9E10", "E12345678", "1234E5678", "5E17X", "123456E", "0012E34"} {
		if got := one(t, lines("Order ID,Tracking ID", "571,"+number)).Numbers; len(got) != 1 || got[0] != number {
			t.Errorf("%s is read as %v", number, got)
		}
	}
}

// A quote that is not closed takes the rows behind it along: that is said.
func TestOpenQuote(t *testing.T) {
	rows, errs := collect(lines("Order ID,Tracking ID", "570,AB000", `571,"AB001`, "572,AB002"))
	want := "orderfile: line 3: a quote that opens here is not closed as CSV does it; what stands up to line 4 is not read"
	if len(rows) != 1 || len(errs) != 1 || errs[0].Error() != want {
		t.Errorf("rows %v, errors %v, want %s", rows, errs, want)
	}
}

// endless is a cell that does not end. It counts what is read of it.
type endless struct{ n int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	e.n += len(p)
	return len(p), nil
}

func TestEndlessCell(t *testing.T) {
	tail := &endless{}
	var last error
	for _, err := range orderfile.Read(io.MultiReader(strings.NewReader("Order ID,Tracking ID\n570,AB000\n571,\""), tail)) {
		last = err
	}
	want := "orderfile: the row after the one of line 2 is longer than 1 MiB: a quote that opens in it is not closed"
	if last == nil || last.Error() != want || tail.n > 2<<20 {
		t.Errorf("%v after %d bytes, want %s", last, tail.n, want)
	}
}

// A spreadsheet program writes zeros behind the 15th digit.
func TestCutColumns(t *testing.T) {
	const order, parcel, number = "577100000000000101", "1152000000000000101", "9400100000000000000006"
	cut := func(line int, column string) string {
		return fmt.Sprintf("orderfile: line %d: from here on all long numbers of %s end in zeros, cut to 15 digits by a spreadsheet program%s", line, column, again)
	}
	tests := []struct {
		name string
		rows []string // order, package, numbers
		want string
	}{
		{"whole ids", []string{order + "," + parcel + "," + number}, ""},
		{"two orders", []string{"577100000000001000,,", "577100000000002000,,"}, cut(2, "Order ID")},
		{"only one order may be chance", []string{"577100000000001000,,"}, ""},
		{"and so on several rows", []string{"577100000000001000,,", "577100000000001000,,", "577100000000001000,,"}, ""},
		{"one order among whole ones", []string{"577100000000001000,,", "577100000000002000,,", order + ",,"}, ""},
		{"packages", []string{order + ",1152000000000010000,"}, cut(2, "Package ID")},
		{"numbers behind others", []string{order + "," + parcel + ",1Z5R89390357567127", order + "," + parcel + ",9400100000000010000000"}, cut(3, "Tracking ID")},
		{"numbers that have no more digits than are kept", []string{order + ",,100000000000000", order + ",,200000000000000"}, ""},
		{"numbers with letters", []string{order + ",,JD014600003828000000", order + ",,JD014600003829000000"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rows, errs := collect(lines(append([]string{"Order ID,Package ID,Tracking ID"}, tt.rows...)...))
			if tt.want == "" && errs != nil || tt.want != "" && (len(errs) != 1 || errs[0].Error() != tt.want || rows != nil) {
				t.Errorf("rows %v, errors %v, want %q", rows, errs, tt.want)
			}
		})
	}
}

// The first long numbers of a column may come late.
func TestCutColumnBehindTheWindow(t *testing.T) {
	text := []string{"Order ID,Tracking ID"}
	for i := range 2000 {
		text = append(text, fmt.Sprintf("5771%013d1,", i))
	}
	rows, errs := collect(lines(append(text, "577200000000000101,AB001", "577200000000000102,9400100000000010000000", "577200000000000103,AB003")...))
	if len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), "orderfile: line 2003: from here on all long numbers of Tracking ID") || len(rows) != 2001 {
		t.Errorf("%d rows, errors %v", len(rows), errs)
	}
}

// canaries stand in the sample, and may stand in no error.
var canaries = regexp.MustCompile(`(?i)jane|joan|jörg|beispiel|example\.com|canary|wharf|202\*|7700|example row|please|mug|harbour|columbus|leeds|43215|10115|5771|1152|1z5r|9400|jd01|lx00|1729`)

// lineNumber is what an error may say of a file.
var lineNumber = regexp.MustCompile(`line \d+`)

// canaryIn returns what an error says and may not.
func canaryIn(err error) string {
	return canaries.FindString(lineNumber.ReplaceAllString(err.Error(), ""))
}

// Whatever happens to a file, what it says of people and parcels is in no error.
func TestErrorsHoldNoValues(t *testing.T) {
	text := sample(t)
	if n := len(canaries.FindAllString(text, -1)); n < 60 {
		t.Fatalf("%d canaries in the sample", n)
	}
	seen := map[string]bool{}
	check := func(text string) {
		_, errs := collect(text)
		for _, err := range errs {
			seen[lineNumber.ReplaceAllString(err.Error(), "")] = true
			if found := canaryIn(err); found != "" {
				t.Fatalf("%q is in %q", found, err)
			}
		}
	}
	for i := 0; i < len(text); i += 3 {
		check(text[i:])
		check(text[:i])
		c := []string{"", `"`, ",", "\n", "\r", "\xff", "\x00", "E", "\t"}[i/3%9]
		check(text[:i] + c + text[i+1:])
	}
	if len(seen) < 10 {
		t.Errorf("only these errors: %v", seen)
	}
}
