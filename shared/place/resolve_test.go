package place

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/shipment"
)

func TestResolveZones(t *testing.T) {
	const winter, summer = "2026-01-15T12:00:00", "2026-07-15T12:00:00"
	const reported, inferred, assumed = shipment.Reported, shipment.Inferred, shipment.Assumed
	tests := []struct {
		name        string
		local, zone string
		at          shipment.Location
		want        string
		how         shipment.Zone
		trust       Trust
	}{
		{"an offset", winter, "-06:00", in(""), "2026-01-15T18:00:00Z", reported, Sure},
		{"an offset is believed before the place", winter, "-06:00", in("CN"), "2026-01-15T18:00:00Z", reported, Sure},
		{"Z", winter, "Z", in("CN"), "2026-01-15T12:00:00Z", reported, Sure},
		{"GMT is GMT in a British summer", summer, "GMT", in("GB"), "2026-07-15T12:00:00Z", reported, Sure},
		{"an IANA name", summer, "America/New_York", in("CN"), "2026-07-15T16:00:00Z", reported, Sure},
		{"an old IANA name, in lower case", winter, "asia/calcutta", in(""), "2026-01-15T06:30:00Z", reported, Sure},
		{"an IANA name on an hour that comes twice", "2026-11-01T01:30:00", "America/New_York", in(""), "2026-11-01T05:30:00Z", reported, Split},
		{"Etc/GMT+5 has the sign of IANA", winter, "Etc/GMT+5", in(""), "2026-01-15T17:00:00Z", reported, Sure},
		{"GMT+5 has that of people", winter, "GMT+5", in(""), "2026-01-15T07:00:00Z", reported, Sure},
		{"an IANA name that is none", winter, "Mars/Olympus", in("CN"), "2026-01-15T04:00:00Z", inferred, Split},

		{"CST in China", winter, "CST", in("CN"), "2026-01-15T04:00:00Z", reported, Sure},
		{"CST in Taiwan", winter, "cst", in("TW"), "2026-01-15T04:00:00Z", reported, Sure},
		{"CST in Illinois", winter, "CST", in("US", "IL"), "2026-01-15T18:00:00Z", reported, Sure},
		{"CST in Illinois, said in summer", summer, "CST", in("US", "IL"), "2026-07-15T17:00:00Z", inferred, Split},
		{"CDT in Illinois", summer, "CDT", in("US", "IL"), "2026-07-15T17:00:00Z", reported, Sure},
		{"CST somewhere in the United States", winter, "CST", in("US"), "2026-01-15T18:00:00Z", reported, Sure},
		{"CST somewhere in the United States, said in summer", summer, "CST", in("US"), "2026-07-15T17:00:00Z", inferred, Split},
		{"CST in Cuba", winter, "CST", in("CU"), "2026-01-15T17:00:00Z", reported, Sure},
		{"CST in Mexico, no state", winter, "CST", in("MX"), "2026-01-15T18:00:00Z", reported, Sure},
		{"CST in Adelaide", "2026-07-15T12:00:00", "CST", in("AU", "SA"), "2026-07-15T02:30:00Z", reported, Sure},
		{"CST of no country is a local time", winter, "CST", in(""), "2026-01-15T12:00:00Z", assumed, None},
		{"CST in Germany is none of its", winter, "CST", in("DE"), "2026-01-15T11:00:00Z", inferred, Split},

		{"EST in New York", winter, "EST", in("US", "NY"), "2026-01-15T17:00:00Z", reported, Sure},
		{"EST in New York, said in summer", summer, "EST", in("US", "NY"), "2026-07-15T16:00:00Z", inferred, Split},
		{"EST in Sydney's winter", summer, "EST", in("AU", "NSW"), "2026-07-15T02:00:00Z", reported, Sure},
		{"EST in Brisbane", winter, "EST", in("AU", "QLD"), "2026-01-15T02:00:00Z", reported, Sure},
		{"EST in the other half of a split state", winter, "EST", in("US", "TN"), "2026-01-15T17:00:00Z", reported, Sure},
		{"CST in its greater half", winter, "CST", in("US", "TN"), "2026-01-15T18:00:00Z", reported, Sure},
		{"EST decides an hour that comes twice", "2026-11-01T01:30:00", "EST", in("US", "NY"), "2026-11-01T06:30:00Z", reported, Sure},
		{"EDT decides it too", "2026-11-01T01:30:00", "EDT", in("US", "NY"), "2026-11-01T05:30:00Z", reported, Sure},
		{"EST on an hour that is skipped: not changed yet", "2026-03-08T02:30:00", "EST", in("US", "NY"), "2026-03-08T07:30:00Z", reported, Sure},
		{"EDT on it: changed early", "2026-03-08T02:30:00", "EDT", in("US", "NY"), "2026-03-08T06:30:00Z", reported, Sure},
		{"EST is Manitoba's now", "2026-12-01T12:00:00", "EST", in("CA", "MB"), "2026-12-01T17:00:00Z", reported, Sure},
		{"CST is not any more", "2028-01-15T12:00:00", "CST", in("CA", "MB"), "2028-01-15T17:00:00Z", inferred, Split},
		{"MST in summer is Arizona's", summer, "MST", in("US", "AZ"), "2026-07-15T19:00:00Z", reported, Sure},
		{"MST in summer, said in Denver", summer, "MST", in("US", "CO"), "2026-07-15T18:00:00Z", inferred, Split},
		{"MST in summer, no state: Arizona's, or careless", summer, "MST", in("US"), "2026-07-15T19:00:00Z", reported, Split},
		{"MST in summer, said in Idaho, means Idaho", summer, "MST", in("US", "ID"), "2026-07-15T18:00:00Z", inferred, Split},
		{"CST somewhere in the United States, said in September", "2026-09-30T12:00:00", "CST", in("US"), "2026-09-30T17:00:00Z", inferred, Split},
		{"MSK twice decides nothing", "2014-10-26T01:30:00", "MSK", in("RU", "MOW"), "2014-10-25T21:30:00Z", inferred, Split},

		{"IST in India", summer, "IST", in("IN"), "2026-07-15T06:30:00Z", reported, Sure},
		{"IST in Israel's winter", winter, "IST", in("IL"), "2026-01-15T10:00:00Z", reported, Sure},
		{"IST in Israel, said in summer", summer, "IST", in("IL"), "2026-07-15T09:00:00Z", inferred, Split},
		{"IST in Ireland's summer", summer, "IST", in("IE"), "2026-07-15T11:00:00Z", reported, Sure},
		{"IST in Ireland, said in winter", winter, "IST", in("IE"), "2026-01-15T12:00:00Z", inferred, Split},
		{"BST in Britain", summer, "BST", in("GB"), "2026-07-15T11:00:00Z", reported, Sure},
		{"BST in Bangladesh", summer, "BST", in("BD"), "2026-07-15T06:00:00Z", reported, Sure},
		{"BST in Bougainville", summer, "BST", in("PG", "NSB"), "2026-07-15T01:00:00Z", reported, Sure},
		{"AST in Arabia", winter, "AST", in("SA"), "2026-01-15T09:00:00Z", reported, Sure},
		{"AST in Puerto Rico", winter, "AST", in("PR"), "2026-01-15T16:00:00Z", reported, Sure},
		{"PST in the Philippines", winter, "PST", in("PH"), "2026-01-15T04:00:00Z", reported, Sure},
		{"PST in California", winter, "PST", in("US", "CA"), "2026-01-15T20:00:00Z", reported, Sure},
		{"MST in Malaysia", winter, "MST", in("MY"), "2026-01-15T04:00:00Z", reported, Sure},
		{"no zone of IANA without a slash", winter, "EST5EDT", in(""), "2026-01-15T12:00:00Z", assumed, None},
		{"an offset that no clock has", winter, "+15:00", in("CN"), "2026-01-15T04:00:00Z", inferred, Split},
		{"Local is no zone", winter, "Local", in(""), "2026-01-15T12:00:00Z", assumed, None},

		{"the place alone", winter, "", in("CN"), "2026-01-15T04:00:00Z", inferred, Sure},
		{"a split place", winter, " ", in("US", "TN"), "2026-01-15T18:00:00Z", inferred, Split},
		{"an undecided place", winter, "", in("US"), "2026-01-15T12:00:00Z", assumed, None},
		{"nothing", winter, "", in(""), "2026-01-15T12:00:00Z", assumed, None},
	}
	underHosts(t, func(t *testing.T) {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				r := read(t, tt.local)
				r.Zone = tt.zone
				got := Resolve(r, tt.at)
				if at := got.OccurredAt.Format(time.RFC3339); at != tt.want || got.Zone != tt.how || got.Trust != tt.trust {
					t.Errorf("Resolve = %s %s, trust %d, want %s %s, trust %d", at, got.Zone, got.Trust, tt.want, tt.how, tt.trust)
				}
				if got.LocalTime != tt.local || got.Precision != shipment.Second {
					t.Errorf("Resolve = %s %s", got.LocalTime, got.Precision)
				}
			})
		}
	})
}

func TestResolveDates(t *testing.T) {
	tests := []struct {
		name, text string
		at         shipment.Location
		want       Time
	}{
		{
			"the first second of the day at the place", "2026-03-02", in("US", "NY"),
			Time{time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC), "2026-03-02T00:00:00", shipment.Inferred, shipment.Day, "America/New_York", Sure},
		},
		{
			"of no place", "2026-03-02", in(""),
			Time{time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), "2026-03-02T00:00:00", shipment.Assumed, shipment.Day, "", None},
		},
		{
			"its midnight is skipped: certain all the same", "2026-09-06", in("CL", "RM"),
			Time{time.Date(2026, 9, 6, 4, 0, 0, 0, time.UTC), "2026-09-06T00:00:00", shipment.Inferred, shipment.Day, "America/Santiago", Sure},
		},
		{
			"its midnight comes twice: the first", "2025-11-02", in("CU"),
			Time{time.Date(2025, 11, 2, 4, 0, 0, 0, time.UTC), "2025-11-02T00:00:00", shipment.Inferred, shipment.Day, "America/Havana", Sure},
		},
	}
	underHosts(t, func(t *testing.T) {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				if diff := cmp.Diff(tt.want, Resolve(read(t, tt.text), tt.at)); diff != "" {
					t.Errorf("Resolve differs (-want +got):\n%s", diff)
				}
			})
		}
	})
}

// FedEx writes dates as midnights: the source says that it is one, and the hands
// are not looked at any more.
func TestResolveDateWithHands(t *testing.T) {
	r := read(t, "2026-03-02T17:30:00-06:00")
	r.Date = true
	got := Resolve(r, in("US", "CA"))
	want := Time{time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC), "2026-03-02T00:00:00", shipment.Reported, shipment.Day, "", Sure}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Resolve differs (-want +got):\n%s", diff)
	}
	var e shipment.Event
	got.Stamp(&e)
	if e.OccurredAt != want.OccurredAt || e.LocalTime != want.LocalTime || e.Zone != want.Zone || e.Precision != want.Precision {
		t.Errorf("Stamp = %+v", e)
	}
}

// The Location of a face is that of whoever parsed it, and says nothing.
func TestResolveLooksAtTheFaceOnly(t *testing.T) {
	face := time.Date(2026, 3, 2, 8, 0, 0, 999, zoneOf(t, "Asia/Shanghai"))
	got := Resolve(Reading{Face: face}, in("US", "NY"))
	if want := time.Date(2026, 3, 2, 13, 0, 0, 0, time.UTC); got.OccurredAt != want {
		t.Errorf("OccurredAt = %s, want %s", got.OccurredAt, want)
	}
}

func TestParseOffset(t *testing.T) {
	tests := []struct {
		text string
		want time.Duration
		ok   bool
	}{
		{"Z", 0, true},
		{"utc", 0, true},
		{"GMT", 0, true},
		{"+00:00", 0, true},
		{"-00:00", 0, true},
		{"+08:00", 8 * time.Hour, true},
		{"+0800", 8 * time.Hour, true},
		{"+08", 8 * time.Hour, true},
		{"+8", 8 * time.Hour, true},
		{"-4:00", -4 * time.Hour, true},
		{"-400", -4 * time.Hour, true},
		{"-04.00", -4 * time.Hour, true},
		{"\u221205:00", -5 * time.Hour, true},
		{"+05:45", 5*time.Hour + 45*time.Minute, true},
		{"-0330", -3*time.Hour - 30*time.Minute, true},
		{"UTC+8", 8 * time.Hour, true},
		{"UTC +08:00", 8 * time.Hour, true},
		{"GMT-05:00", -5 * time.Hour, true},
		{"+14:00", 14 * time.Hour, true},
		{"-12:00", -12 * time.Hour, true},
		{"+14:01", 0, false},
		{"-12:30", 0, false},
		{"+08:60", 0, false},
		{"+8:0", 0, false},
		{"+:00", 0, false},
		{"+08:00:00", 0, false},
		{"+00800", 0, false},
		{"08:00", 0, false},
		{"+", 0, false},
		{"+-8", 0, false},
		{"+8h", 0, false},
		{"ZZ", 0, false},
		{"GMTX", 0, false},
		{"", 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			got, ok := parseOffset(tt.text)
			if ok != tt.ok || ok && got != int64(tt.want/time.Second) {
				t.Errorf("parseOffset = %d, %t, want %s, %t", got, ok, tt.want, tt.ok)
			}
		})
	}
}
