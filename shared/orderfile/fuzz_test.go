package orderfile_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/orderfile"
	"github.com/shiptide/shiptide/shared/shipment"
)

// FuzzRead checks what holds of any text: rows are in their form, errors are of a
// row or the last, and what was read can be written and read again.
func FuzzRead(f *testing.F) {
	f.Add(lines(header, first)) // The rest is in testdata, and short: long texts are slow to shrink.
	f.Fuzz(func(t *testing.T, text string) {
		rows, errs := collect(text)
		for i, err := range errs {
			if !isRowError(err) && (i < len(errs)-1 || !errors.As(err, new(*orderfile.FileError))) {
				t.Fatalf("error %d of %d is %v", i+1, len(errs), err)
			}
			if found := canaryIn(err); found != "" {
				t.Fatalf("%q is in %q", found, err)
			}
		}
		for i := range rows {
			checkRow(t, &rows[i])
		}
		var b strings.Builder
		if err := orderfile.Write(&b, slices.Values(rows)); err != nil {
			t.Fatalf("write: %v", err)
		}
		back, errs := collect(b.String())
		if diff := cmp.Diff(rows, back, noLine); diff != "" || errs != nil {
			t.Fatalf("errors %v, read back (-want +got):\n%s", errs, diff)
		}
	})
}

func checkRow(t *testing.T, r *orderfile.Row) {
	t.Helper()
	for _, n := range r.Numbers {
		if n != shipment.CleanNumber(n) {
			t.Errorf("number %q", n)
		}
	}
	if r.Line < 2 || r.Order == "" || utf8.RuneCountInString(r.PostalCode) > 3 || r.PostalCode != "" && !orderfile.IsPostalArea(r.PostalCode, r.Country) || len(r.Country) != 0 && len(r.Country) != 2 ||
		strings.ContainsAny(r.Status+r.Provider+r.TrackingStatus, "\t\r\n\x00") || max(len(r.Status), len(r.Provider), len(r.TrackingStatus)) > 200 ||
		!r.Created.IsZero() && r.Created.Year()/100 != 20 {
		t.Errorf("%+v", r)
	}
}

// FuzzWrite writes any row, and what can be written is read as one row.
func FuzzWrite(f *testing.F) {
	f.Add("577100000000000101", "1152000000000000101", "1Z5R89390357567127", "=1", "US", "43215")
	f.Add("'577", "", "", "'", "Germany", "'-1")
	f.Fuzz(func(t *testing.T, order, parcel, number, text, country, code string) {
		row := orderfile.Row{Order: order, Package: parcel, Numbers: []string{number}, Status: text, Provider: text, Country: country, PostalCode: code}
		var b strings.Builder
		if err := orderfile.Write(&b, slices.Values([]orderfile.Row{row})); err != nil {
			return
		}
		rows, errs := collect(b.String())
		if len(rows) == 0 && len(errs) == 1 && errors.As(errs[0], new(*orderfile.FileError)) {
			return // All its long ids end in zeros.
		}
		if len(rows) != 1 || errs != nil {
			t.Fatalf("rows %v, errors %v of %q", rows, errs, b.String())
		}
		checkRow(t, &rows[0])
		again := exported(t, rows)
		if again != b.String() {
			t.Errorf("written as %q, and then as %q", b.String(), again)
		}
	})
}
