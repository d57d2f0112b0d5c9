package ups

import (
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/shipment"
)

func TestClock(t *testing.T) {
	tests := []struct {
		name      string
		clock     clock
		byOffset  bool
		local, at string
		zone      shipment.Zone
		precision shipment.Precision
	}{
		{"all there", clock{"20261118", "101500", "20261118", "181500", "-08.00"}, false, "2026-11-18T10:15:00", "2026-11-18T18:15:00Z", "reported", "second"},
		{"a push trusts GMT", clock{"20261118", "101500", "20261118", "171500", "-08.00"}, false, "2026-11-18T10:15:00", "2026-11-18T17:15:00Z", "reported", "second"},
		{"an answer trusts the offset", clock{"20261118", "101500", "20261118", "171500", "-08:00"}, true, "2026-11-18T10:15:00", "2026-11-18T18:15:00Z", "reported", "second"},
		{"no offset", clock{"20261118", "101500", "20261118", "181500", ""}, true, "2026-11-18T10:15:00", "2026-11-18T18:15:00Z", "reported", "second"},
		{"no GMT", clock{"20261118", "101500", "", "", "+05.30"}, false, "2026-11-18T10:15:00", "2026-11-18T04:45:00Z", "reported", "second"},
		{"local alone", clock{"20261118", "101500", "", "", ""}, false, "2026-11-18T10:15:00", "2026-11-18T10:15:00Z", "assumed", "second"},
		{"GMT alone", clock{"", "", "20261118", "181500", ""}, false, "2026-11-18T18:15:00", "2026-11-18T18:15:00Z", "reported", "second"},
		{"GMT with an offset", clock{"", "", "20261119", "021500", "-08.00"}, false, "2026-11-18T18:15:00", "2026-11-19T02:15:00Z", "reported", "second"},
		{"a date", clock{"20261118", "", "", "", ""}, false, "2026-11-18T00:00:00", "2026-11-18T00:00:00Z", "assumed", "day"},
		{"a date with an offset", clock{"20261118", " ", "20261118", "", "-08.00"}, false, "2026-11-18T00:00:00", "2026-11-18T08:00:00Z", "reported", "day"},
		{"lost zeros", clock{"20261118", "74700", "20261118", "700", ""}, false, "2026-11-18T07:47:00", "2026-11-18T00:07:00Z", "reported", "second"},
		{"colons", clock{"20261118", "07:47:00", "20261118", "12:47:00", ""}, false, "2026-11-18T07:47:00", "2026-11-18T12:47:00Z", "reported", "second"},
		{"a leap day", clock{"20280229", "235959", "", "", ""}, false, "2028-02-29T23:59:59", "2028-02-29T23:59:59Z", "assumed", "second"},
		{"an offset that is none", clock{"20261118", "101500", "", "", "-99.99"}, false, "2026-11-18T10:15:00", "2026-11-18T10:15:00Z", "assumed", "second"},
		{"nothing", clock{}, false, "", "", "", ""},
		{"no such day", clock{date: "20260229", time: "101500"}, false, "", "", "", ""},
		{"no such month", clock{date: "20261301", time: "101500"}, false, "", "", "", ""},
		{"no such hour", clock{date: "20261118", time: "240000"}, false, "", "", "", ""},
		{"no such second", clock{date: "20261118", time: "101560"}, false, "", "", "", ""},
		{"letters", clock{date: "2026111x", time: "101500"}, false, "", "", "", ""},
		{"zeros", clock{date: "00000000", time: "000000"}, false, "", "", "", ""},
		{"the year 9999", clock{date: "99991231", time: "101500"}, false, "", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var e shipment.Event
			ok := tt.clock.set(&e, tt.byOffset)
			at := ""
			if ok {
				at = e.OccurredAt.Format(time.RFC3339)
			}
			if ok != (tt.at != "") || e.LocalTime != tt.local || at != tt.at || e.Zone != tt.zone || e.Precision != tt.precision {
				t.Errorf("%+v = %t %s %s %s %s", tt.clock, ok, e.LocalTime, at, e.Zone, e.Precision)
			}
		})
	}
}
