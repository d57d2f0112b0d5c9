package seventeentrack

import (
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/shipment"
)

func TestClock(t *testing.T) {
	tests := []struct {
		name      string
		texts     [5]string // iso, utc, date, time, timezone
		local, at string
		zone      shipment.Zone
		precision shipment.Precision
	}{
		{"all there", [5]string{"2026-11-18T10:15:00-08:00", "2026-11-18T18:15:00Z", "2026-11-18", "10:15:00", "-08:00"}, "2026-11-18T10:15:00", "2026-11-18T18:15:00Z", "reported", "second"},
		{"the offset before UTC", [5]string{"2026-11-18T10:15:00-08:00", "2026-11-18T10:15:00Z", "", "", ""}, "2026-11-18T10:15:00", "2026-11-18T18:15:00Z", "reported", "second"},
		{"an offset with minutes", [5]string{"2026-11-18T10:15:00+05:45", "", "", "", ""}, "2026-11-18T10:15:00", "2026-11-18T04:30:00Z", "reported", "second"},
		{"an offset without a colon", [5]string{"2026-11-18T10:15:00+0545", "", "", "", ""}, "2026-11-18T10:15:00", "2026-11-18T04:30:00Z", "reported", "second"},
		{"an offset of hours", [5]string{"2026-11-18T10:15:00+05", "", "", "", ""}, "2026-11-18T10:15:00", "2026-11-18T05:15:00Z", "reported", "second"},
		{"fractions", [5]string{"2026-11-18T10:15:00.123456Z", "", "", "", ""}, "2026-11-18T10:15:00", "2026-11-18T10:15:00Z", "reported", "second"},
		{"blanks", [5]string{" 2026-11-18 10:15:00 ", " ", "", "", ""}, "2026-11-18T10:15:00", "2026-11-18T10:15:00Z", "assumed", "second"},
		{"UTC and raw", [5]string{"", "2026-11-18T18:15:00Z", "2026-11-18", "10:15:00", ""}, "2026-11-18T10:15:00", "2026-11-18T18:15:00Z", "reported", "second"},
		{"UTC and raw that lost its seconds", [5]string{"", "2026-11-18T18:15:30Z", "2026-11-18", "10:15", ""}, "2026-11-18T18:15:30", "2026-11-18T18:15:30Z", "reported", "second"},
		{"UTC and raw of another day", [5]string{"", "2026-11-18T18:15:00Z", "2026-11-16", "10:15:00", ""}, "2026-11-18T18:15:00", "2026-11-18T18:15:00Z", "reported", "second"},
		{"UTC alone", [5]string{"", "2026-11-18T18:15:00Z", "", "", ""}, "2026-11-18T18:15:00", "2026-11-18T18:15:00Z", "reported", "second"},
		{"UTC that does not say so", [5]string{"", "2026-11-18T18:15:00", "", "", ""}, "2026-11-18T18:15:00", "2026-11-18T18:15:00Z", "reported", "second"},
		{"raw alone", [5]string{"", "", "2026-11-18", "10:15:00", ""}, "2026-11-18T10:15:00", "2026-11-18T10:15:00Z", "assumed", "second"},
		{"raw with an offset", [5]string{"", "", "2026-11-18", "10:15:00", "+08:00"}, "2026-11-18T10:15:00", "2026-11-18T02:15:00Z", "reported", "second"},
		{"raw in UTC", [5]string{"", "", "2026-11-18", "10:15:00", "UTC"}, "2026-11-18T10:15:00", "2026-11-18T10:15:00Z", "reported", "second"},
		{"a text for a zone", [5]string{"", "", "2026-11-18", "10:15:00", "CST"}, "2026-11-18T10:15:00", "2026-11-18T10:15:00Z", "assumed", "second"},
		{"a name of a zone", [5]string{"", "", "2026-11-18", "10:15:00", "Asia/Shanghai"}, "2026-11-18T10:15:00", "2026-11-18T02:15:00Z", "reported", "second"},
		{"an offset that is none", [5]string{"", "", "2026-11-18", "10:15:00", "+15:00"}, "2026-11-18T10:15:00", "2026-11-18T10:15:00Z", "assumed", "second"},
		{"a bad first one", [5]string{"yesterday", "", "2026-11-18", "10:15:00", ""}, "2026-11-18T10:15:00", "2026-11-18T10:15:00Z", "assumed", "second"},
		{"a date", [5]string{"", "", "2026-11-18", "", ""}, "2026-11-18T00:00:00", "2026-11-18T00:00:00Z", "assumed", "day"},
		{"a date with an offset", [5]string{"", "", "2026-11-18", " ", "-08:00"}, "2026-11-18T00:00:00", "2026-11-18T08:00:00Z", "reported", "day"},
		{"a date that was given an hour", [5]string{"2026-11-18T00:00:00-08:00", "2026-11-18T08:00:00Z", "2026-11-18", "", ""}, "2026-11-18T00:00:00", "2026-11-18T08:00:00Z", "reported", "day"},
		{"a date with UTC", [5]string{"", "2026-11-18T08:00:00Z", "2026-11-18", "", ""}, "2026-11-18T00:00:00", "2026-11-18T08:00:00Z", "reported", "day"},
		{"UTC that is a date", [5]string{"", "2026-11-18", "", "", ""}, "2026-11-18T00:00:00", "2026-11-18T00:00:00Z", "reported", "day"},
		{"a date beside a real hour", [5]string{"2026-11-18T09:30:00-08:00", "", "2026-11-18", "", ""}, "2026-11-18T09:30:00", "2026-11-18T17:30:00Z", "reported", "second"},
		{"midnight", [5]string{"2026-11-18T00:00:00-08:00", "", "2026-11-18", "00:00:00", ""}, "2026-11-18T00:00:00", "2026-11-18T08:00:00Z", "reported", "second"},
		{"a leap day", [5]string{"2028-02-29T23:59:59Z", "", "", "", ""}, "2028-02-29T23:59:59", "2028-02-29T23:59:59Z", "reported", "second"},
		{"nothing", [5]string{}, "", "", "", ""},
		{"no such day", [5]string{"2026-02-29T10:15:00Z", "", "", "", ""}, "", "", "", ""},
		{"no such month", [5]string{"", "", "2026-13-01", "10:15:00", ""}, "", "", "", ""},
		{"no such hour", [5]string{"", "", "2026-11-18", "24:00:00", ""}, "", "", "", ""},
		{"no such second", [5]string{"", "", "2026-11-18", "10:15:60", ""}, "", "", "", ""},
		{"letters", [5]string{"2026-11-18T10:15:00 EST", "", "", "", ""}, "", "", "", ""},
		{"an unknown form", [5]string{"18.11.2026 10:15:00", "", "", "", ""}, "", "", "", ""},
		{"zeros", [5]string{"0000-00-00T00:00:00Z", "", "", "", ""}, "", "", "", ""},
		{"the year 9999", [5]string{"9999-12-31T10:15:00Z", "", "", "", ""}, "", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var e shipment.Event
			c := clock{iso: tt.texts[0], utc: tt.texts[1], date: tt.texts[2], time: tt.texts[3], zone: tt.texts[4]}
			ok := c.set(&e)
			at := ""
			if ok {
				at = e.OccurredAt.Format(time.RFC3339)
			}
			if ok != (tt.at != "") || e.LocalTime != tt.local || at != tt.at || e.Zone != tt.zone || e.Precision != tt.precision {
				t.Errorf("%q = %t %s %s %s %s", tt.texts, ok, e.LocalTime, at, e.Zone, e.Precision)
			}
			// What decides alone is the same with and without the rest.
			alone := clock{}
			var same shipment.Event
			if alone.readISO(tt.texts[0]); alone.settled && (!alone.set(&same) || same != e) {
				t.Errorf("time_iso alone gives %+v", same)
			}
		})
	}
}
