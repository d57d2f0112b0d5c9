package shipment_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/shipment"
)

// many are n scans an hour from each other, of the codes given in turn.
func many(n int, codes ...string) []shipment.Event {
	var events []shipment.Event
	for i := range n {
		e := scan("1 00:00", codes[i%len(codes)])
		e.OccurredAt = e.OccurredAt.Add(time.Duration(i) * time.Hour)
		e.LocalTime = e.OccurredAt.Format(shipment.LocalLayout)
		events = append(events, e)
	}
	return events
}

func TestBoundKeeps(t *testing.T) {
	// Each list begins with what must be kept, and goes on with 200 scans.
	then := func(codes ...string) []shipment.Event {
		events := many(len(codes), codes...)
		for _, e := range many(200, moving) {
			e.OccurredAt = e.OccurredAt.Add(24 * time.Hour)
			e.LocalTime = e.OccurredAt.Format(shipment.LocalLayout)
			events = append(events, e)
		}
		return events
	}
	tests := []struct {
		name   string
		events []shipment.Event
		want   []int // of the events, before the newest 40
	}{
		{"forty are kept whole", many(40, moving), nil},
		{"the first and the newest forty", many(200, moving), []int{0}},
		{"the first and the last of each status", then(moving, onVehicle, onVehicle, onVehicle, atPoint), []int{0, 1, 3, 4}},
		{"the first and the last of each final code", then(moving, delivered, signed, delivered, signed, delivered), []int{0, 1, 2, 4, 5}},
		{
			"and of the turning back", then(append([]string{moving, returning, returned, returning, returned}, times(30, "EXCEPTION.PAYMENT_REQUIRED")...)...),
			append([]int{0, 1, 2, 3, 4, 5}, span(15, 35)...),
		},
		{
			"twenty of severity 2 and more", then(append([]string{moving, absent}, times(30, "EXCEPTION.PAYMENT_REQUIRED")...)...),
			append([]int{0, 1, 2}, span(12, 32)...),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := set(word{ups, body("9 00:00", tt.events...)})
			s.Bound()
			var want, got []string
			for _, i := range append(tt.want, span(max(0, len(tt.events)-40), len(tt.events))...) {
				want = append(want, tt.events[i].LocalTime)
			}
			for i := range s.Versions {
				got = append(got, s.Versions[i].LocalTime)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("kept scans differ (-want +got):\n%s", diff)
			}
		})
	}
}

func times(n int, text string) (list []string) {
	for range n {
		list = append(list, text)
	}
	return list
}

// span is from, from+1 … to-1.
func span(from, to int) (list []int) {
	for i := from; i < to; i++ {
		list = append(list, i)
	}
	return list
}

func TestBoundLooksAtEachGroupAlone(t *testing.T) {
	april := many(100, moving)
	for i := range april {
		april[i].OccurredAt = april[i].OccurredAt.AddDate(0, 1, 0)
	}
	other := many(100, moving)
	for i := range other {
		other[i].Carrier, other[i].RawCode = "usps", "x"
	}
	s := set(word{ups, body("9 00:00", many(100, moving)...)}, word{track, body("9 00:00", many(100, moving)...)},
		word{ups, body("9 00:00", april...)}, word{ups, body("9 00:00", other...)})
	s.Bound()
	if want := 4 * 41; len(s.Versions) != want {
		t.Errorf("%d scans of four groups kept, want %d", len(s.Versions), want)
	}
}

// TestBoundLimitsAGroup: whatever one source says of one month, it stays small.
func TestBoundLimitsAGroup(t *testing.T) {
	var codes []string
	for _, row := range shipment.Vocabulary() {
		codes = append(codes, row.Code.String())
	}
	s := set(word{ups, body("9 00:00", many(700, codes...)...)})
	s.Bound()
	// One first, 40 newest, 20 severe, two of 12 statuses, 10 finals and RETURNING.
	if most := 1 + 40 + 20 + 2*(12+10+1); len(s.Versions) > most {
		t.Errorf("%d scans kept, want at most %d", len(s.Versions), most)
	}
}
