package trackingnumber_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/trackingnumber"
)

// slipsOf makes every number that one slip of a kind makes of a good one.
var slipsOf = []struct {
	slip trackingnumber.Slip
	make func(number string) []string
}{
	{trackingnumber.LookAlike, func(number string) (out []string) {
		for i, c := range number {
			if at := strings.IndexRune("012568", c); at >= 0 {
				out = append(out, number[:i]+"OIZSGB"[at:at+1]+number[i+1:])
			}
		}
		return append(out, strings.ReplaceAll(number, "0", "O"))
	}},
	{trackingnumber.Transposed, func(number string) (out []string) {
		for i := 1; i < len(number); i++ {
			out = append(out, number[:i-1]+number[i:i+1]+number[i-1:i]+number[i+1:])
		}
		return out
	}},
	{trackingnumber.ExtraCharacter, func(number string) (out []string) {
		for i := range number {
			out = append(out, number[:i]+number[i:i+1]+number[i:], number[:i]+"7"+number[i:])
		}
		return out
	}},
	{trackingnumber.MissingCharacter, func(number string) (out []string) {
		for i := range number {
			out = append(out, number[:i]+number[i+1:])
		}
		return out
	}},
}

// TestSlips makes every slip of every good number that is valid by its check
// digit and explains it, with the carrier not named and named. The table says
// how often the number is refused, the slip named, and the right one suggested.
// What may hold of each is checked of each.
func TestSlips(t *testing.T) {
	var out bytes.Buffer
	out.WriteString("How slips in good numbers are explained when the carrier is not named, and when it is. Numbers that\n" +
		"stay good by chance are left out; \"suggested\" is the one that was meant.\n\n")
	table := []byte("format\tslip\tmade\trefused\tnamed\tsuggested\trefused\tnamed\tsuggested\t\n")
	type row [7]int
	var order []string
	rows := map[string]*row{}
	for _, s := range samples {
		if s.check != trackingnumber.OK || s.format == "ups-mi" || s.format == "fedex-economy22" {
			continue // The last two are USPS numbers.
		}
		for _, kind := range slipsOf {
			name := s.format + "\t" + string(kind.slip)
			if rows[name] == nil {
				order, rows[name] = append(order, name), new(row)
			}
			for _, number := range s.valid {
				changed := kind.make(number)
				slices.Sort(changed)
				for _, c := range slices.Compact(changed) {
					if trackingnumber.Identify(c).Valid {
						continue
					}
					rows[name][0]++
					for i, carrier := range []string{"", s.carrier} {
						e := trackingnumber.Explain(c, carrier)
						checkExplanation(t, c, e)
						for j, yes := range []bool{e.Refuse, e.Slip == kind.slip, suggests(e, number)} {
							if yes {
								rows[name][1+3*i+j]++
							}
						}
					}
				}
			}
		}
	}
	for _, name := range order {
		table = append(table, name...)
		for _, n := range rows[name] {
			table = fmt.Appendf(table, "\t%d", n)
		}
		table = append(table, "\t\n"...)
	}
	align(t, &out, table)
	golden(t, "testdata/slips.txt", out.Bytes())
}

// checkExplanation checks what holds of every explanation.
func checkExplanation(t *testing.T, number string, e trackingnumber.Explanation) {
	t.Helper()
	if (e.Slip == trackingnumber.NoSlip) != (e.Text == "") || e.Refuse && e.Slip == trackingnumber.NoSlip {
		t.Errorf("%q: slip %q, refuse %v, text %q", number, e.Slip, e.Refuse, e.Text)
	}
	if len(e.Suggestions) > 5 {
		t.Errorf("%q: %d suggestions", number, len(e.Suggestions))
	}
	for _, s := range e.Suggestions {
		c, ok := of(trackingnumber.Identify(s.Corrected), s.Format, s.Carrier)
		if !ok || c != s.Candidate {
			t.Errorf("%q: suggestion %+v is really %+v", number, s, c)
		}
		if !strings.Contains(e.Text, s.Corrected) {
			t.Errorf("%q: %q does not say %s", number, e.Text, s.Corrected)
		}
	}
}

// align writes a table, whose cells end with tabs, in columns.
func align(t *testing.T, out *bytes.Buffer, table []byte) {
	t.Helper()
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	if _, err := w.Write(table); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
}

// golden compares got with a file, or rewrites it.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
