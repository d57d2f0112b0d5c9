package orderfile_test

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestTimes(t *testing.T) {
	const none = ""
	tests := []struct{ name, cell, other, want string }{
		{"year first", "2026-08-05 16:04:12", none, "2026-08-05 16:04:12"},
		{"with slashes", "2026/08/05 16:04", none, "2026-08-05 16:04:00"},
		{"with a T", "2026-08-05T16:04:12", none, "2026-08-05 16:04:12"},
		{"a date alone", "2026-08-05", none, "2026-08-05 00:00:00"},
		{"with a tab", "08/05/2026 4:04:12 PM\t", none, "2026-08-05 16:04:12"},
		{"12 hours: the month is first", "08/05/2026 4:04:12 PM", none, "2026-08-05 16:04:12"},
		{"midnight", "08/05/2026 12:00:00 AM", none, "2026-08-05 00:00:00"},
		{"noon", "08/05/2026 12:30 PM", none, "2026-08-05 12:30:00"},
		{"without a blank", "08/05/2026 4:04PM", none, "2026-08-05 16:04:00"},
		{"with a narrow blank", "08/05/2026, 4:04:12\u202fpm", none, "2026-08-05 16:04:12"},
		{"one digit each", "8/5/2026 4:04 PM", none, "2026-08-05 16:04:00"},
		{"a day above 12", "25/08/2026 16:04:12", none, "2026-08-25 16:04:12"},
		{"a day above 12 behind", "08/25/2026 16:04", none, "2026-08-25 16:04:00"},
		{"24 hours: nobody knows", "08/05/2026 16:04:12", none, none},
		{"a date alone: nobody knows", "08/05/2026", none, none},
		{"the day is the month", "08/08/2026 16:04:12", none, "2026-08-08 16:04:12"},
		{"with points the day is first", "05.08.2026 16:04", none, "2026-08-05 16:04:00"},
		{"another row tells: day", "08/05/2026 16:04:12", "25/08/2026 10:00:00", "2026-05-08 16:04:12"},
		{"another row tells: month", "08/05/2026 16:04:12", "08/25/2026 10:00:00", "2026-08-05 16:04:12"},
		{"another row tells more than 12 hours", "08/05/2026 4:04:12 PM", "25/08/2026 10:00:00 AM", "2026-05-08 16:04:12"},
		{"with dashes it is the same", "08-05-2026 16:04", "25-08-2026", "2026-05-08 16:04:00"},
		{"the other is open, too", "08/05/2026 16:04:12", "01/02/2026 10:00:00", none},
		{"the other has the year first", "08/05/2026 16:04:12", "2026-08-25 10:00:00", none},
		{"nothing", "", none, none},
		{"words", "yesterday", none, none},
		{"a number of days", "46239.66958", none, none},
		{"two digits of year", "08/25/26 16:04", none, none},
		{"another century", "1926-08-05", none, none},
		{"no such day", "2026-02-30", none, none},
		{"no such day in any order", "13/32/2026", none, none},
		{"no such hour", "2026-08-05 25:00", none, none},
		{"16 hours of 12", "08/25/2026 16:04 PM", none, none},
		{"something behind", "2026-08-05 16:04:12 CST", none, none},
		{"two marks", "2026-08/05", none, none},
		{"half a date", "2026-08", none, none},
		{"a colon for a mark", "08:05:2026", none, none},
		{"too many digits", "2026-08-00005", none, none},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rows, errs := collect(lines("Order ID,Tracking ID,Created Time", "571,,\""+tt.cell+"\"", "572,,"+tt.other))
			if len(rows) != 2 || errs != nil {
				t.Fatalf("rows %v, errors %v", rows, errs)
			}
			got := ""
			if !rows[0].Created.IsZero() {
				got = rows[0].Created.Format(time.DateTime)
			}
			if got != tt.want {
				t.Errorf("%q is read as %q, want %q", tt.cell, got, tt.want)
			}
		})
	}
}

// The other times of a row show how the file writes dates, and where it writes
// both ways a date that could be two is none.
func TestOrderOfDates(t *testing.T) {
	const open = "571,,08/05/2026 16:04:12,,"
	tests := []struct {
		name string
		rows []string
		want string
	}{
		{"shipped late in the month", []string{open, "572,,,08/25/2026 10:00:00,"}, "2026-08-05"},
		{"delivered late in the month", []string{open, "572,,,,25/08/2026 10:00:00"}, "2026-05-08"},
		{"both", []string{open, "572,,,08/25/2026,25/08/2026"}, "0001-01-01"},
		{"both, with 12 hours", []string{"571,,08/05/2026 4:04 PM,,", "572,,,08/25/2026,25/08/2026", "573,,,25/08/2026,"}, "0001-01-01"},
		{"a sure date stays sure", []string{"571,,08/15/2026 16:04:12,,", "572,,,25/08/2026,"}, "2026-08-15"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rows, errs := collect(lines(append([]string{"Order ID,Tracking ID,Created Time,Shipped Time,Delivered Time"}, tt.rows...)...))
			if errs != nil {
				t.Fatal(errs)
			}
			if got := rows[0].Created.Format(time.DateOnly); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

// What comes behind the first 1000 rows changes no order of dates: all rows are
// read alike.
func TestOrderOfDatesIsSettled(t *testing.T) {
	text := []string{"Order ID,Tracking ID,Created Time"}
	for i := range 1500 {
		text = append(text, fmt.Sprintf("5771%013d1,,08/05/2026 16:04:12", i))
	}
	text = append(text, "577200000000000101,,25/08/2026 10:00:00", "577200000000000102,,08/05/2026 16:04:12")
	rows, errs := collect(lines(text...))
	slices.Reverse(rows)
	if errs != nil || !rows[0].Created.IsZero() || rows[1].Created.IsZero() || !rows[1501].Created.IsZero() {
		t.Errorf("errors %v, times %v, %v, %v", errs, rows[0].Created, rows[1].Created, rows[1501].Created)
	}
}
