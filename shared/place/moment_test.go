package place

import (
	"slices"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/shipment"
)

// Nights on which the clock was changed: before, within, and after.
func TestChangesOfTheClock(t *testing.T) {
	newYork, berlin := in("US", "NY"), in("DE")
	lordHowe, santiago := in("AU", "Lord Howe Island"), in("CL", "RM")
	tests := []struct {
		name  string
		at    shipment.Location
		local string
		want  string
		trust Trust
	}{
		{"New York, spring: before", newYork, "2026-03-08T01:59:59", "2026-03-08T06:59:59Z", Sure},
		{"New York, spring: the hour begins that is skipped", newYork, "2026-03-08T02:00:00", "2026-03-08T07:00:00Z", Split},
		{"New York, spring: within", newYork, "2026-03-08T02:30:00", "2026-03-08T07:30:00Z", Split},
		{"New York, spring: after", newYork, "2026-03-08T03:00:00", "2026-03-08T07:00:00Z", Sure},
		{"New York, autumn: before", newYork, "2026-11-01T00:59:59", "2026-11-01T04:59:59Z", Sure},
		{"New York, autumn: the hour that comes twice", newYork, "2026-11-01T01:30:00", "2026-11-01T05:30:00Z", Split},
		{"New York, autumn: after", newYork, "2026-11-01T02:00:00", "2026-11-01T07:00:00Z", Sure},
		{"Berlin, spring: before", berlin, "2026-03-29T01:59:59", "2026-03-29T00:59:59Z", Sure},
		{"Berlin, spring: within", berlin, "2026-03-29T02:30:00", "2026-03-29T01:30:00Z", Split},
		{"Berlin, spring: after", berlin, "2026-03-29T03:00:00", "2026-03-29T01:00:00Z", Sure},
		{"Berlin, autumn: twice", berlin, "2026-10-25T02:30:00", "2026-10-25T00:30:00Z", Split},
		{"Berlin, autumn: after", berlin, "2026-10-25T03:00:00", "2026-10-25T02:00:00Z", Sure},
		{"London is not changed in the same local hour", in("GB"), "2026-10-25T01:30:00", "2026-10-25T00:30:00Z", Split},
		{"Lord Howe, spring: half an hour is skipped", lordHowe, "2026-10-04T02:15:00", "2026-10-03T15:45:00Z", Split},
		{"Lord Howe, spring: after", lordHowe, "2026-10-04T02:30:00", "2026-10-03T15:30:00Z", Sure},
		{"Lord Howe, autumn: half an hour comes twice", lordHowe, "2026-04-05T01:45:00", "2026-04-04T14:45:00Z", Split},
		{"Lord Howe, autumn: before", lordHowe, "2026-04-05T01:29:59", "2026-04-04T14:29:59Z", Sure},
		{"Santiago, spring: midnight is skipped", santiago, "2026-09-06T00:30:00", "2026-09-06T04:30:00Z", Split},
		{"Santiago, autumn: an hour of Saturday comes twice", santiago, "2026-04-04T23:30:00", "2026-04-05T02:30:00Z", Split},
		{"Samoa skipped a day", in("WS"), "2011-12-30T12:00:00", "2011-12-30T22:00:00Z", Split},
		{"Samoa, before", in("WS"), "2011-12-29T23:00:00", "2011-12-30T09:00:00Z", Sure},
		{"Samoa, after", in("WS"), "2011-12-31T01:00:00", "2011-12-30T11:00:00Z", Sure},
		{"the Line Islands are a day ahead of Hawaii", in("KI", "L"), "2026-03-02T08:00:00", "2026-03-01T18:00:00Z", Sure},
		{"Hawaii on the same face", in("US", "HI"), "2026-03-02T08:00:00", "2026-03-02T18:00:00Z", Sure},
		{"Casablanca, Ramadan begins", in("MA"), "2026-02-15T02:30:00", "2026-02-15T01:30:00Z", Split},
		{"Casablanca in Ramadan", in("MA"), "2026-03-01T12:00:00", "2026-03-01T12:00:00Z", Sure},
		{"Casablanca, Ramadan ends", in("MA"), "2026-03-22T02:30:00", "2026-03-22T02:30:00Z", Split},
		{"Casablanca after Ramadan", in("MA"), "2026-04-01T12:00:00", "2026-04-01T11:00:00Z", Sure},
		{"Casablanca has no clock of Ramadan any more", in("MA"), "2027-02-20T12:00:00", "2027-02-20T12:00:00Z", Sure},
		{"Kathmandu", in("NP"), "2026-03-02T05:45:00", "2026-03-02T00:00:00Z", Sure},
		{"Phoenix knows no summer time", in("US", "AZ"), "2026-07-01T12:00:00", "2026-07-01T19:00:00Z", Split},
	}
	underHosts(t, func(t *testing.T) {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				got := Resolve(read(t, tt.local), tt.at)
				if at := got.OccurredAt.Format(time.RFC3339); at != tt.want || got.Trust != tt.trust {
					t.Errorf("Resolve = %s, trust %d, want %s, trust %d", at, got.Trust, tt.want, tt.trust)
				}
				if got.Zone != shipment.Inferred || got.LocalTime != tt.local {
					t.Errorf("Resolve = %s %s", got.Zone, got.LocalTime)
				}
			})
		}
	})
}

// Every change of the clock from 2026 to 2028 in every zone of the archive,
// against readings found by trial.
func TestMomentsAroundEachChange(t *testing.T) {
	from, to := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Unix(), time.Date(2029, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	const day, quarter = 24 * 60 * 60, 15 * 60
	changes := 0
	for _, z := range world().names {
		loc := z.rules()
		for at := from; at < to; at += day {
			before := offset(loc, at)
			if before == offset(loc, at+day) {
				continue
			}
			changes++
			face := changeBetween(loc, at, at+day) + before
			for d := int64(-9); d <= 9; d++ {
				checkMoments(t, loc, face+d*quarter)
			}
		}
	}
	if changes < 1000 {
		t.Errorf("%d changes", changes)
	}
}

// On that day Time.ZoneBounds of Go 1.26 ends before it begins.
func TestLastDayOfALeapYear(t *testing.T) {
	for _, z := range world().names {
		for face := time.Date(2028, 12, 30, 12, 0, 0, 0, time.UTC).Unix(); face < 1_861_963_200; face += 60 * 60 {
			checkMoments(t, z.rules(), face)
		}
	}
}

// checkMoments compares the moments of a face with those found by trial.
func checkMoments(t interface{ Errorf(string, ...any) }, loc *time.Location, face int64) {
	var got []int64
	for _, m := range moments(nil, loc, face) {
		got = append(got, m.at)
	}
	want := byTrial(loc, face)
	switch {
	case len(want) > 0:
		if !slices.Equal(got, want) {
			t.Errorf("%s, %s: moments %v, want %v", loc, time.Unix(face, 0).UTC(), got, want)
		}
	case len(got) != 2 || !skipped(loc, face, got[0]):
		t.Errorf("%s, %s: moments %v of a face that is skipped", loc, time.Unix(face, 0).UTC(), got)
	}
}

// byTrial returns every instant at which a clock of loc shows face, oldest
// first: it tries each offset that loc has within a day.
func byTrial(loc *time.Location, face int64) []int64 {
	var list []int64
	for d := int64(-24 * 60 * 60); d <= 24*60*60; d += 15 * 60 {
		at := face - offset(loc, face+d)
		if at+offset(loc, at) == face && !slices.Contains(list, at) {
			list = append(list, at)
		}
	}
	slices.Sort(list)
	return list
}

// skipped tells whether at is face by the offset that loc had just before it
// skipped face.
func skipped(loc *time.Location, face, at int64) bool {
	gap := at + offset(loc, at) - face
	return gap > 0 && offset(loc, at-gap) == face-at
}
