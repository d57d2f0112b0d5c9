package place

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shiptide/shiptide/shared/shipment"
)

// anyFace draws a local time from 1970 to 2199: of any second, or near one at
// which the zone changes its clock. Every week is as likely as any other.
func anyFace(t *rapid.T, loc *time.Location) int64 {
	const week, quarter = 7 * 24 * 60 * 60, 15 * 60
	at := weeks.Draw(t, "week") * week
	if rapid.Bool().Draw(t, "any second") {
		at += rapid.Int64Range(0, week-1).Draw(t, "second")
		return max(at+offset(loc, at), 0)
	}
	for range 53 {
		if offset(loc, at) != offset(loc, at+week) {
			break
		}
		at += week
	}
	face := changeBetween(loc, at, at+week) + offset(loc, at)
	return max(face+quarters.Draw(t, "quarters off the change")*quarter, 0)
}

// Uniform, unlike rapid's ranges, which like small numbers.
var (
	weeks    = rapid.SampledFrom(numbers(0, 12_000))
	quarters = rapid.SampledFrom(numbers(-12, 12))
)

func numbers(from, to int64) []int64 {
	list := make([]int64, 0, to-from)
	for n := from; n < to; n++ {
		list = append(list, n)
	}
	return list
}

// changeBetween returns when the clock is changed in that time, to the hour.
func changeBetween(loc *time.Location, from, to int64) int64 {
	for at := from; at < to; at += 60 * 60 {
		if offset(loc, at) != offset(loc, from) {
			return at
		}
	}
	return from
}

func anyZone(zones map[string]*zone) *rapid.Generator[*zone] {
	names := make([]string, 0, len(zones))
	for name := range zones {
		names = append(names, name)
	}
	slices.Sort(names)
	return rapid.Map(rapid.SampledFrom(names), func(name string) *zone { return zones[name] })
}

// The moments of a face are those at which a clock of the zone shows it, and no
// other; of a skipped face, those by the offsets around.
func TestMomentsAreThoseThatShowTheFace(t *testing.T) {
	zones := anyZone(world().names)
	rapid.Check(t, func(t *rapid.T) {
		for range 50 { // Each costs microseconds.
			loc := zones.Draw(t, "zone").rules()
			checkMoments(t, loc, anyFace(t, loc))
		}
	})
}

// No event is given an instant that its local time excludes: whatever the place
// and whatever stands beside the time.
func TestResolveNeverGivesAnExcludedInstant(t *testing.T) {
	a := world()
	keys := make([]string, 0, len(a.rows))
	for key := range a.rows {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	texts := []string{
		"", "", "", "Z", "-06:00", "+14:00", "America/New_York", "Pacific/Apia",
		"CST", "CDT", "EST", "EDT", "IST", "BST", "MST", "PST", "AST", "MSK", "CET", "WIB", "AEST", "XYZ", "+99:00",
	}
	rapid.Check(t, func(t *rapid.T) {
		for range 50 {
			country, region, _ := strings.Cut(rapid.SampledFrom(keys).Draw(t, "place"), "\t")
			if rapid.IntRange(0, 9).Draw(t, "no country") == 0 {
				country = ""
			}
			at, text := in(country, region), rapid.SampledFrom(texts).Draw(t, "zone")
			loc := Lookup(at).Location()
			if loc == nil {
				loc = time.UTC
			}
			face := anyFace(t, loc)
			r := Reading{Face: time.Unix(face, 0).UTC(), Zone: text, Date: rapid.IntRange(0, 9).Draw(t, "date") == 0}
			checkAllowed(t, r, at, Resolve(r, at))
		}
	})
}

// checkAllowed checks that a time is one that the face allows where it is said
// to have been read.
func checkAllowed(t *rapid.T, r Reading, at shipment.Location, got Time) {
	face := r.Face.Unix()
	if r.Date {
		face -= face % (24 * 60 * 60)
	}
	unix := got.OccurredAt.Unix()
	if got.LocalTime != time.Unix(face, 0).UTC().Format(shipment.LocalLayout) || got.OccurredAt.Location() != time.UTC {
		t.Errorf("%+v at %+v: local time %s", r, at, got.LocalTime)
	}
	if d := face - unix; d < minOffset-60*60 || d > maxOffset+60*60 {
		t.Errorf("%+v at %+v: %d s from UTC", r, at, d)
	}
	switch offset, ok := parseOffset(r.Zone); {
	case ok:
		if got.Zone != shipment.Reported || unix != face-offset {
			t.Errorf("%+v at %+v = %+v", r, at, got)
		}
	case got.Zone == shipment.Assumed:
		if unix != face || got.Trust != None || got.Clock != "" {
			t.Errorf("%+v at %+v = %+v", r, at, got)
		}
	case got.Clock != "":
		if !allowed(world().named(got.Clock).rules(), face, unix) {
			t.Errorf("%+v at %+v = %+v: excluded by %s", r, at, got, got.Clock)
		}
	default:
		if !slices.ContainsFunc(world().zones[at.Country], func(z *zone) bool { return allowed(z.rules(), face, unix) }) {
			t.Errorf("%+v at %+v = %+v: excluded by every zone of the country", r, at, got)
		}
	}
}

// allowed tells whether a clock of loc shows face at the instant, or would show
// it if the clock had not been changed (or had been an hour or so too early).
func allowed(loc *time.Location, face, at int64) bool {
	if shown := byTrial(loc, face); len(shown) > 0 {
		return slices.Contains(shown, at)
	}
	if skipped(loc, face, at) {
		return true
	}
	gap := face - at - offset(loc, at) // Too early: the clock still stands that much lower.
	return gap > 0 && offset(loc, at+gap) == face-at
}

func FuzzResolve(f *testing.F) {
	f.Add("2026-03-08T02:30:00 EST", "US", "NY", "New York", "100")
	f.Add("2026-11-01 01:30", "us", "US-TN", "", "")
	f.Add("2026-03-02T07:53:47.5Z", "", "", "", "")
	f.Add("2026-03-02", "FRA", "Réunion", "", "974")
	f.Add("2026-07-01 12:00 CST", "CN", "广东", "Grønland", "")
	f.Add("2026-07-01 12:00 -04.00", "MX", "N/A", "Ciudad Juárez", "\xff")
	f.Fuzz(func(t *testing.T, text, country, region, city, postalCode string) {
		at := shipment.Location{Country: country, Region: region, City: city, PostalCode: postalCode}
		if c := Lookup(at); (c.Trust == None) != (c.Zone == "") || (c.Zone == "") != (c.Location() == nil) {
			t.Errorf("Lookup = %+v", c)
		}
		r, err := Read(text)
		if err != nil {
			return
		}
		got := Resolve(r, at)
		if _, err := time.Parse(shipment.LocalLayout, got.LocalTime); err != nil {
			t.Errorf("local time %q", got.LocalTime)
		}
		if d := got.OccurredAt.Sub(r.Face); d.Abs() > 39*time.Hour { // 15 hours, and a day of a date.
			t.Errorf("%s from the face", d)
		}
		if got.Zone == shipment.Assumed && got.OccurredAt.Format(shipment.LocalLayout) != got.LocalTime {
			t.Errorf("assumed, but %s is not %s", got.OccurredAt, got.LocalTime)
		}
	})
}
