package shipment_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/shipment"
)

// TestOrder looks at the order of the events, oldest first, by their raw codes.
func TestOrder(t *testing.T) {
	raw := func(name string, e shipment.Event) shipment.Event { e.RawCode = name; return e }
	counted := func(n int64, e shipment.Event) shipment.Event { e.Sequence = n; return e }
	headline := func(e shipment.Event) shipment.Event { e.Headline = true; return e }
	assumed := func(e shipment.Event) shipment.Event { e.Zone = shipment.Assumed; return e }
	of := func(from shipment.Origin, events ...shipment.Event) word {
		return word{from, body("9 00:00", events...)}
	}
	tests := []struct {
		name  string
		words []word
		want  []string
	}{
		{"by time, before all", []word{of(track, raw("late", scan("2 09:01", moving))), of(ups, raw("early", scan("2 09:00", delivered)))}, []string{"early", "late"}},
		{"at one time the carrier has the last word", []word{of(ups, raw("carrier", scan("2 09:00", moving))), of(track, raw("aggregator", scan("2 09:00", delivered)))}, []string{"aggregator", "carrier"}},
		{
			"an aggregator stands over a marketplace, an operator below",
			[]word{
				of(shipment.Origin{Source: "hand", Kind: shipment.Operator}, raw("operator", scan("2 09:00", delivered))),
				of(tiktok, raw("marketplace", scan("2 09:00", delivered))), of(track, raw("aggregator", scan("2 09:00", moving))),
			},
			[]string{"operator", "marketplace", "aggregator"},
		},
		{"then by the source's own counter", []word{of(ups, counted(2, raw("second", scan("2 09:00", moving))), counted(1, raw("first", scan("2 09:00", delivered))))}, []string{"first", "second"}},
		{"then by the step of the status", []word{of(ups, raw("delivered", scan("2 09:00", delivered)), raw("moving", scan("2 09:00", moving)), raw("vehicle", scan("2 09:00", onVehicle)))}, []string{"moving", "vehicle", "delivered"}},
		{
			"a delay stands before the vehicle, a problem after the pickup point",
			[]word{of(ups,
				raw("problem", scan("2 09:00", refused)), raw("point", scan("2 09:00", atPoint)), raw("vehicle", scan("2 09:00", onVehicle)), raw("delay", scan("2 09:00", "EXCEPTION.DELAY_WEATHER")))},
			[]string{"delay", "vehicle", "point", "problem"},
		},
		{"then the scan before the headline", []word{of(ups, headline(raw("headline", scan("2 09:00", moving))), raw("scan", scan("2 09:00", moving)))}, []string{"scan", "headline"}},

		{"a date comes before the scans of its day on the way", []word{of(ups, raw("scan", scan("2 00:01", moving)), raw("date", date("2", arrived)))}, []string{"date", "scan"}},
		{"a delay without a time too", []word{of(ups, raw("scan", scan("2 00:01", moving)), raw("date", date("2", "EXCEPTION.DELAY_CUSTOMS")))}, []string{"date", "scan"}},
		{"from the vehicle on a date comes after the scans of its day", []word{of(ups, raw("date", date("2", onVehicle)), raw("scan", scan("2 23:58", moving)))}, []string{"scan", "date"}},
		{"and before the next day", []word{of(ups, raw("next", scan("3 00:00", moving)), raw("date", date("2", delivered)))}, []string{"date", "next"}},
		{"a time of an unknown zone is read as UTC", []word{of(ups, assumed(raw("assumed", scan("2 09:30", moving))), raw("known", scan("2 09:00", moving)))}, []string{"known", "assumed"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sh := set(tt.words...).Fold()
			var got []string
			for i := range sh.Events {
				got = append(got, sh.Events[i].RawCode)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("order differs (-want +got):\n%s", diff)
			}
		})
	}
}

// TestHeadlineStandsBehindItsScan: whatever their names, since the order must
// not hang on a hash.
func TestHeadlineStandsBehindItsScan(t *testing.T) {
	for _, name := range "abcdefghij" {
		e := scan("2 09:00", moving)
		e.RawCode = string(name)
		mark := e
		mark.Headline = true
		sh := set(word{ups, body("9 00:00", mark, e)}).Fold()
		if len(sh.Events) != 2 || sh.Events[0].Headline || !sh.Events[1].Headline {
			t.Errorf("of %c the headline does not stand behind the scan", name)
		}
	}
}

// TestLocalDayIsOfThePlace: a date abroad begins at midnight there.
func TestLocalDayIsOfThePlace(t *testing.T) {
	tokyo := time.FixedZone("", 9*60*60)
	e := scan("2 00:00", delivered)
	e.Precision = shipment.Day
	e.OccurredAt = time.Date(2026, 3, 2, 0, 0, 0, 0, tokyo)
	sh := set(word{ups, body("9 00:00", e)}).Fold()
	f := &sh.Events[0]
	if want := time.Date(2026, 3, 2, 23, 59, 59, 0, tokyo); !f.SortTime().Equal(want) {
		t.Errorf("sorted at %v, want %v", f.SortTime(), want)
	}
	if f.OccurredAt.Location() != time.UTC || !f.OccurredAt.Equal(time.Date(2026, 3, 1, 15, 0, 0, 0, time.UTC)) {
		t.Errorf("occurred at %v, want 1 March 15:00 UTC", f.OccurredAt)
	}
	if f.LocalDate() != "2026-03-02" || f.Offset() != 9*time.Hour {
		t.Errorf("local date %s, %s ahead of UTC, want 2026-03-02, 9h", f.LocalDate(), f.Offset())
	}
	e.Zone = shipment.Assumed
	sh = set(word{ups, body("9 00:00", e)}).Fold()
	if got := sh.Events[0].Offset(); got != 0 {
		t.Errorf("an assumed zone claims to be %s ahead of UTC", got)
	}
}

// TestVersions: copies of one scan that differ are versions, of which one
// counts.
func TestVersions(t *testing.T) {
	id := func(e shipment.Event) shipment.Event { e.ScanID = "scan-1"; return e }
	text := func(s string, e shipment.Event) shipment.Event { e.Description = s; return e }
	tests := []struct {
		name           string
		bodies         []*shipment.Update
		want, wantText string
	}{
		{"that of the newer body", []*shipment.Update{body("2 10:00", id(scan("2 09:00", moving))), body("2 11:00", id(scan("2 09:00", arrived)))}, arrived, ""},
		{"that of the newer body even if it says less", []*shipment.Update{body("2 10:00", id(scan("2 09:00", arrived))), body("2 11:00", id(scan("2 09:00", moving)))}, moving, ""},
		{"an old body that comes late changes nothing", []*shipment.Update{body("2 11:00", id(scan("2 09:00", arrived))), body("2 10:00", id(scan("2 09:00", delivered)))}, arrived, ""},
		{"of one time the one that says more", []*shipment.Update{body("2 10:00", id(scan("2 09:00", moving))), body("2 10:00", id(scan("2 09:00", accepted)))}, accepted, ""},
		{"one that says more before an unmapped one", []*shipment.Update{body("2 10:00", id(scan("2 09:00", accepted))), body("2 10:00", id(scan("2 09:00", unmapped)))}, accepted, ""},
		{"a version listed again by a newer body is the newest", []*shipment.Update{
			body("2 10:00", id(scan("2 09:00", moving))), body("2 11:00", id(scan("2 09:00", arrived))), body("2 12:00", id(scan("2 09:00", moving))),
		}, moving, ""},
		{"a moved time moves the event", []*shipment.Update{body("2 10:00", id(scan("2 09:00", moving))), body("2 11:00", id(scan("2 08:00", moving)))}, moving, ""},
		{"the text of the newer body", []*shipment.Update{body("2 10:00", text("zzz", scan("2 09:00", moving))), body("2 11:00", text("new", scan("2 09:00", moving)))}, moving, "new"},
		{"of one time the greater text", []*shipment.Update{body("2 10:00", text("b", scan("2 09:00", moving))), body("2 10:00", text("a", scan("2 09:00", moving)))}, moving, "b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &shipment.Set{Number: number}
			for _, b := range tt.bodies {
				s.Add(ups, b)
			}
			sh := s.Fold()
			if len(sh.Events) != 1 {
				t.Fatalf("%d events, want the one scan", len(sh.Events))
			}
			if got := sh.Events[0]; got.Code.String() != tt.want || got.Description != tt.wantText || sh.Code != got.Code {
				t.Errorf("counts: %s %q, state %s, want %s %q", got.Code, got.Description, sh.Code, tt.want, tt.wantText)
			}
		})
	}
}

// TestIdentity: what makes two copies one event.
func TestIdentity(t *testing.T) {
	base := scan("2 09:00", moving)
	base.Location = shipment.Location{City: "Köln", Region: "NW", PostalCode: "506", Country: "DE"}
	base.Description = "On its way"
	uncoded := base
	uncoded.RawCode = ""
	with := func(e shipment.Event, change func(*shipment.Event)) shipment.Event { change(&e); return e }
	tests := []struct {
		name string
		a, b shipment.Event
		same bool
	}{
		{"an exact copy", base, base, true},
		{"another text beside a code", base, with(base, func(e *shipment.Event) { e.Description = "Unterwegs" }), true},
		{"a city in other letters", base, with(base, func(e *shipment.Event) { e.Location.City = "KÖLN" }), true},
		{"a country in other letters", base, with(base, func(e *shipment.Event) { e.Location.Country = "de" }), true},
		{"another region", base, with(base, func(e *shipment.Event) { e.Location.Region = "" }), true},
		{"another zone of the same local time", base, with(base, func(e *shipment.Event) { e.OccurredAt = e.OccurredAt.Add(-time.Hour) }), true},
		{"another status", base, with(base, func(e *shipment.Event) { e.Code = code(arrived) }), true},
		{"another code", base, with(base, func(e *shipment.Event) { e.RawCode = "x" }), false},
		{"another local time", base, with(base, func(e *shipment.Event) { e.LocalTime = "2026-03-02T09:01:00" }), false},
		{"another city", base, with(base, func(e *shipment.Event) { e.Location.City = "Bonn" }), false},
		{"another country", base, with(base, func(e *shipment.Event) { e.Location.Country = "AT" }), false},
		{"without a code the text tells them apart", uncoded, with(uncoded, func(e *shipment.Event) { e.Description = "x" }), false},
		{"a headline is not its scan", base, with(base, func(e *shipment.Event) { e.Headline = true }), false},
		{
			"the source's own id says so, whatever else", with(base, func(e *shipment.Event) { e.ScanID = "1" }),
			with(scan("3 09:00", arrived), func(e *shipment.Event) { e.ScanID = "1" }), true,
		},
		{"another id of the source", with(base, func(e *shipment.Event) { e.ScanID = "1" }), with(base, func(e *shipment.Event) { e.ScanID = "2" }), false},
		{
			"fields do not run into each other", with(base, func(e *shipment.Event) { e.RawCode, e.LocalTime = "ab", "c" }),
			with(base, func(e *shipment.Event) { e.RawCode, e.LocalTime = "a", "bc" }), false,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := len(set(word{ups, body("9 00:00", tt.a, tt.b)}).Fold().Events)
			if want := map[bool]int{true: 1, false: 2}[tt.same]; n != want {
				t.Errorf("%d events, want %d", n, want)
			}
		})
	}
	if n := len(set(word{ups, body("9 00:00", base)}, word{track, body("9 00:00", base)}).Fold().Events); n != 2 {
		t.Errorf("the scan told by two sources is %d events, want 2", n)
	}
}
