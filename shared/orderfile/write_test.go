package orderfile_test

import (
	"encoding/csv"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/shiptide/shiptide/shared/orderfile"
)

// exported writes rows that can be written.
func exported(t interface {
	Helper()
	Fatal(...any)
}, rows []orderfile.Row,
) string {
	t.Helper()
	var b strings.Builder
	if err := orderfile.Write(&b, slices.Values(rows)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var noLine = cmpopts.IgnoreFields(orderfile.Row{}, "Line")

func TestWrite(t *testing.T) {
	rows, _ := collect(sample(t))
	rows[0].TrackingStatus = "OUT_FOR_DELIVERY"
	rows[1].TrackingStatus = "=HYPERLINK(\"https://example.com\",\"x\")"
	got := exported(t, rows)
	const file = "testdata/written.csv"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
	back, errs := collect(got)
	if diff := cmp.Diff(rows, back, noLine); diff != "" || errs != nil {
		t.Errorf("errors %v, read back (-want +got):\n%s", errs, diff)
	}
}

// No cell of a file is a formula to a spreadsheet program, and ids are text.
func TestNoFormulas(t *testing.T) {
	for _, text := range []string{"=1+1", "+1", "-1", "@SUM(1)", "\t=1+1", "\r=1+1", "\n=1", " =1+1", "'=1+1", "＝1", "\u200b=1", "\x00=1"} {
		row := orderfile.Row{Order: "577", Status: text, Provider: text, TrackingStatus: text, Country: "GB", PostalCode: text, Numbers: []string{"1234567890"}}
		got := exported(t, []orderfile.Row{row})
		records, err := csv.NewReader(strings.NewReader(got)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, cell := range records[1] {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\n ") || strings.HasPrefix(cell, "＝") {
				t.Errorf("%q is written as %q", text, cell)
			}
		}
		if records[1][0] != "577\t" || records[1][3] != "1234567890\t" {
			t.Errorf("ids are written as %q, %q", records[1][0], records[1][3])
		}
	}
}

// What Read would refuse is not written.
func TestWriteRefuses(t *testing.T) {
	good := orderfile.Row{Order: "577100000000000101"}
	tests := []struct {
		name string
		row  orderfile.Row
		want string
	}{
		{"no order", orderfile.Row{}, "Order ID is empty"},
		{"an order that is none", orderfile.Row{Order: "Jane Example"}, "Order ID holds what is no id"},
		{"a package that is none", orderfile.Row{Order: "577", Package: "=1"}, "Package ID holds what is no id"},
		{"a number that is none", orderfile.Row{Order: "577", Numbers: []string{"?"}}, "Tracking ID holds what is no tracking number"},
		{"a time before all orders", orderfile.Row{Order: "577", Created: time.Unix(0, 0)}, "Created Time is not of this century"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			err := orderfile.Write(&b, slices.Values([]orderfile.Row{good, tt.row, good}))
			want := &orderfile.RowError{Line: 3, Reason: tt.want}
			if diff := cmp.Diff(error(want), err); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if rows, errs := collect(b.String()); len(rows) != 1 || errs != nil {
				t.Errorf("before it: %v, %v", rows, errs)
			}
		})
	}
}

// full is a writer that takes n bytes.
type full struct{ n int }

var errFull = errors.New("disk full")

func (f *full) Write(p []byte) (int, error) {
	f.n -= len(p)
	if f.n < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestWriteToFullDisk(t *testing.T) {
	rows := slices.Repeat([]orderfile.Row{{Order: "577100000000000101"}}, 1000)
	for _, n := range []int{0, 3, 5000, 20000} {
		if err := orderfile.Write(&full{n}, slices.Values(rows)); !errors.Is(err, errFull) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
}

// texts are status and names as people and programs make them, on one line.
func texts() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		s := rapid.OneOf(
			rapid.SampledFrom([]string{"", "UPS", "'", "''x", "=1+1", "-", "\"", "a,b;c", "Colis Privé", "=\"577\"", "N/A", "' x"}),
			rapid.StringN(0, 20, 200),
		).Draw(t, "text")
		return orderfile.OneLine(s)
	})
}

// rowsToWrite are rows in the form in which Read gives them.
func rowsToWrite() *rapid.Generator[orderfile.Row] {
	return rapid.Custom(func(t *rapid.T) orderfile.Row {
		r := orderfile.Row{
			Order:   rapid.StringMatching(`5771[0-9]{13}[1-9]`).Draw(t, "order"),
			Package: rapid.StringMatching(`(1152[0-9]{14}[1-9])?`).Draw(t, "package"),
			Status:  texts().Draw(t, "status"), Provider: texts().Draw(t, "provider"), TrackingStatus: texts().Draw(t, "tracking"),
			Country: rapid.StringMatching(`(US|DE|NL|GB|CA|JP|BR|[A-TV-Z][A-Z])?`).Draw(t, "country"),
			Numbers: rapid.SliceOfNDistinct(rapid.StringMatching(`[A-Z0-9]{5,30}[1-9]`), 0, 4, rapid.ID).Draw(t, "numbers"),
		}
		r.PostalCode = orderfile.PostalArea(rapid.SampledFrom([]string{"", "02108", "2108", "951**", "SW1A 1AA", "E1 6AN", "1012 AB", "9****"}).Draw(t, "code"), r.Country)
		if s := rapid.Int64Range(946684800, 4102444799).Draw(t, "created"); rapid.Bool().Draw(t, "known") {
			r.Created = time.Unix(s, 0).UTC()
		}
		if len(r.Numbers) == 0 {
			r.Numbers = nil
		}
		return r
	})
}

// Reading what was written gives the same rows.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfNDistinct(rowsToWrite(), 0, 20, func(r orderfile.Row) string { return r.Order }).Draw(t, "rows")
		back, errs := collect(exported(t, rows))
		if diff := cmp.Diff(rows, back, noLine, cmpopts.EquateEmpty()); diff != "" || errs != nil {
			t.Fatalf("errors %v (-want +got):\n%s", errs, diff)
		}
	})
}

func TestIsID(t *testing.T) {
	for id, want := range map[string]bool{
		"577100000000000101": true, "#1001": true, "A-12_b": true, strings.Repeat("1", 50): true,
		"": false, "Jane": false, "-1": false, "1#": false, "5 Example Row": false, "08/05/2026": false, "5.77": false, "é1": false, strings.Repeat("1", 51): false,
	} {
		if got := orderfile.IsID(id); got != want {
			t.Errorf("IsID(%q) = %v", id, got)
		}
	}
}
