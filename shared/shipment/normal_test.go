package shipment_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/shipment"
)

// TestAddNormalises: what comes again after the first was stored (whole
// seconds, valid UTF-8, our own zones) must be the same fact.
func TestAddNormalises(t *testing.T) {
	e := scan("2 09:00", moving)
	e.OccurredAt = e.OccurredAt.Add(123456789).In(time.FixedZone("", 3600))
	e.Zone, e.Precision = "", ""
	e.Description, e.Location.City = "caf\xe9", "K\xf6ln"
	u := &shipment.Update{
		Number: number, AsOf: when("2 10:00").Add(500 * time.Millisecond), Events: []shipment.Event{e},
		Estimates: []shipment.Estimate{{To: "2026-03-05"}},
		Links:     []shipment.Link{{Kind: shipment.OrderLink, Value: "1", At: when("1 00:00").Add(1)}},
		Answers:   []shipment.Answer{{Code: code(noUpdates), AsOf: when("2 11:00").Add(1)}},
	}
	s := set(word{ups, u})
	want := scan("2 09:00", moving)
	want.Zone, want.Description, want.Location.City = shipment.Assumed, "caf\uFFFD", "K\uFFFDln"
	want.Source, want.Kind = ups.Source, ups.Kind
	if diff := cmp.Diff(want, s.Versions[0].Event); diff != "" {
		t.Errorf("event differs (-want +got):\n%s", diff)
	}
	for what, got := range map[string]time.Time{
		"as of": s.Versions[0].AsOf, "estimate": s.Estimates[0].AsOf, "link": s.Links[0].At, "answer": s.Answers[0].AsOf,
	} {
		if got.Nanosecond() != 0 || got.Location() != time.UTC {
			t.Errorf("time of %s is %v, want whole seconds in UTC", what, got)
		}
	}
	if s.Estimates[0].From != "2026-03-05" {
		t.Errorf("from %q, want the one day", s.Estimates[0].From)
	}
}

// TestTimesThatNoParcelHas: a slip of a decoder must neither stand before or
// after everything else for ever, nor break what is published.
func TestTimesThatNoParcelHas(t *testing.T) {
	tests := []struct {
		name string
		at   time.Time
		kept bool
	}{
		{"none", time.Time{}, false},
		{"before 1970", time.Unix(-1, 0), false},
		{"1970", time.Unix(0, 0), true},
		{"the end of 2199", time.Date(2199, 12, 31, 23, 59, 59, 0, time.UTC), true},
		{"2200", time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC), false},
		{"milliseconds taken for seconds", time.Unix(when("2 09:00").UnixMilli(), 0), false},
		{"the last second there is", time.Unix(1<<63-1, 0), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			odd := scan("2 09:00", delivered)
			odd.OccurredAt = tt.at
			u := body("2 10:00", scan("2 08:00", moving), odd)
			u.AsOf = tt.at
			u.Answers = []shipment.Answer{{Code: code("PENDING.NOT_FOUND"), AsOf: tt.at}}
			s := set(word{ups, u}, word{track, &shipment.Update{AsOf: tt.at, Headline: code(delivered)}})
			if want := map[bool]int{true: 3, false: 1}[tt.kept]; len(s.Versions) != want {
				t.Errorf("%d events kept, want %d", len(s.Versions), want)
			}
			public(t, s) // It fails where the JSON does.
			if n := s.Add(ups, u); n != 0 {
				t.Errorf("the same again is %d new facts", n)
			}
		})
	}
}
