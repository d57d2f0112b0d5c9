package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/shipment"
)

// TestOneLineForBothVoices: a scan that both tell in the same minute is one line
// that names both, under whichever names. A minute apart it is two.
func TestOneLineForBothVoices(t *testing.T) {
	s := newVoicedStage(t)
	for _, v := range slices.Concat(voices(t, "17track"), voices(t, "ups")) {
		s.say(v)
	}
	v, err := s.why(t.Context(), twoVoiced)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range v.Lines {
		got = append(got, strings.Join([]string{l.LocalTime, l.Code.String(), strings.Join(l.Sources, " ")}, " "))
	}
	want := []string{
		"2026-11-19T13:19:04 DELIVERED.SAFE_PLACE ups 17track",
		"2026-11-19T08:33:10 OUT_FOR_DELIVERY.ON_VEHICLE ups 17track",
		"2026-11-18T15:27:09 FAILED_ATTEMPT.RECIPIENT_ABSENT ups 17track",
		"2026-11-18T08:41:22 OUT_FOR_DELIVERY.ON_VEHICLE ups 17track",
		"2026-11-18T04:30:00 IN_TRANSIT.AT_DELIVERY_DEPOT ups 17track",
		"2026-11-15T22:20:00 IN_TRANSIT.DEPARTED ups 17track",
		"2026-11-14T08:05:00 EXCEPTION.DELAY_WEATHER ups 17track",
		"2026-11-13T19:49:00 IN_TRANSIT.ARRIVED 17track",
		"2026-11-13T19:48:00 IN_TRANSIT.ARRIVED ups",
		"2026-11-13T03:15:02 IN_TRANSIT.DEPARTED ups 17track",
		"2026-11-12T21:30:45 IN_TRANSIT.ACCEPTED ups 17track",
		"2026-11-12T18:17:33 IN_TRANSIT.ACCEPTED ups 17track",
		"2026-11-12T14:12:10 INFO_RECEIVED.LABEL_CREATED ups 17track",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines differ (-want +got):\n%s", diff)
	}
}

// TestVoicesWhileOneIsBehind: whoever is behind is named beside the other, and
// it is said that they disagree, until it has caught up.
func TestVoicesWhileOneIsBehind(t *testing.T) {
	ups, track := voices(t, "ups"), voices(t, "17track")
	tests := []struct {
		name     string
		pushes   []voice
		want     []string
		disagree bool
		status   shipment.Status
	}{
		{"the aggregator is behind", slices.Concat(named(ups, "12"), named(track, "10")), []string{"ups DELIVERED.SAFE_PLACE", "17track FAILED_ATTEMPT.RECIPIENT_ABSENT"}, true, shipment.Delivered},
		{"the carrier is behind", slices.Concat(named(track, "12"), named(ups, "11")), []string{"ups OUT_FOR_DELIVERY.ON_VEHICLE", "17track DELIVERED.GENERIC"}, true, shipment.Delivered},
		{"it has caught up", slices.Concat(named(track, "10", "12"), named(ups, "11", "12")), []string{"ups DELIVERED.SAFE_PLACE", "17track DELIVERED.GENERIC"}, false, shipment.Delivered},
		{"one speaks alone", named(track, "10"), []string{"17track FAILED_ATTEMPT.RECIPIENT_ABSENT"}, false, shipment.FailedAttempt},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, order := range permutations(tt.pushes) {
				s := newVoicedStage(t)
				for _, v := range order {
					s.say(v)
				}
				v, err := s.why(t.Context(), twoVoiced)
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, o := range v.Voices {
					got = append(got, o.Source+" "+o.Code.String())
				}
				if !slices.Equal(got, tt.want) || v.Disagree != tt.disagree || v.Shipment.Status != tt.status {
					t.Errorf("%s: %q disagree: %v, %s; want %q, %v, %s", namesOf(order), got, v.Disagree, v.Shipment.Status, tt.want, tt.disagree, tt.status)
				}
			}
		})
	}
}

// TestAVoiceOfAnotherCarrier: what the aggregator tells of another carrier's
// parcel stands apart, moves nothing and is told to nobody, even of a delivery,
// whether the carrier has spoken already or not.
func TestAVoiceOfAnotherCarrier(t *testing.T) {
	// In its fifth push it is delivered.
	other, ours := voices(t, "17track", fedex)[4].retold(t, tooEarly), named(voices(t, "ups"), "03")
	for _, order := range [][]voice{{other}, slices.Concat([]voice{other}, ours), append(ours, other)} {
		s := newVoicedStage(t)
		for _, v := range order {
			s.say(v)
		}
		v, err := s.why(t.Context(), twoVoiced)
		if err != nil {
			t.Fatal(err)
		}
		want, told := shipment.Pending, ""
		if len(order) > 1 {
			want, told = shipment.InTransit, "on_its_way"
		}
		if v.Shipment.Status != want || v.Shipment.Carrier != "ups" || len(v.Others) != 6 || len(v.Lines) != len(order)-1 {
			t.Errorf("%s: %s of %s, %d scans of another parcel", namesOf(order), v.Shipment.Status, v.Shipment.Carrier, len(v.Others))
		}
		if !slices.Contains(v.Shipment.Flags, shipment.CarrierConflict) {
			t.Errorf("%s: flags %v, want the conflict", namesOf(order), v.Shipment.Flags)
		}
		for who, what := range s.told(twoVoiced) {
			if kinds(what) != told && strings.Contains(who, "@") {
				t.Errorf("%s: %s was told %s", namesOf(order), who, kinds(what))
			}
		}
	}
}

// TestThePromiseOfAnotherCarrier: what another carrier promised for its parcel
// makes ours neither expected nor late.
func TestThePromiseOfAnotherCarrier(t *testing.T) {
	s := newVoicedStage(t)
	s.say(voices(t, "17track", fedex)[4])
	s.clock = settled // Two days after the promised one.
	s.sweep(t.Context())
	s.mustRest()
	v, err := s.why(t.Context(), twoVoiced)
	if err != nil {
		t.Fatal(err)
	}
	if v.Shipment.EstimatedDelivery != (shipment.PublicEstimate{}) || slices.Contains(v.Shipment.Flags, shipment.Late) {
		t.Errorf("expected %+v, flags %v", v.Shipment.EstimatedDelivery, v.Shipment.Flags)
	}
	for who, what := range s.told(twoVoiced) {
		if strings.Contains(kinds(what), "delayed") {
			t.Errorf("%s was told %s", who, kinds(what))
		}
	}
}
