package shipment_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/shipment"
)

const (
	moving    = "IN_TRANSIT.MOVING"
	accepted  = "IN_TRANSIT.ACCEPTED"
	arrived   = "IN_TRANSIT.ARRIVED"
	redirect  = "IN_TRANSIT.REDIRECTED"
	resolved  = "IN_TRANSIT.PROBLEM_RESOLVED"
	onVehicle = "OUT_FOR_DELIVERY.ON_VEHICLE"
	atPoint   = "AVAILABLE_FOR_PICKUP.AT_POINT"
	absent    = "FAILED_ATTEMPT.RECIPIENT_ABSENT"
	delivered = "DELIVERED.GENERIC"
	signed    = "DELIVERED.SIGNED"
	lost      = "EXCEPTION.LOST"
	damaged   = "EXCEPTION.DAMAGED"
	disposed  = "EXCEPTION.DISPOSED"
	refused   = "EXCEPTION.REFUSED"
	returning = "RETURN.RETURNING"
	returned  = "RETURN.RETURNED"
	cancelled = "CANCELLED.GENERIC"
	unmapped  = "UNKNOWN.UNMAPPED"
	noUpdates = "EXPIRED.NO_UPDATES"
)

// lanes says where a parcel goes from and to.
func lanes(origin, destination string) *shipment.Update {
	return links(
		shipment.Link{Kind: shipment.OriginLink, Value: origin},
		shipment.Link{Kind: shipment.DestinationLink, Value: destination},
	)
}

// TestStatus plays lives of one source. Each event is given in the order in
// which its body arrives.
func TestStatus(t *testing.T) {
	type events = []shipment.Event
	tests := []struct {
		name   string
		lane   *shipment.Update
		events events
		want   string
		at     string // of the status
	}{
		{"nothing is known of a new number", nil, nil, "PENDING.AWAITING_DATA", ""},
		{"the newest scan gives the status", nil, events{scan("2 09:00", accepted), scan("2 12:00", moving)}, moving, "2 12:00"},
		{"late arrival does not turn time back", nil, events{scan("2 12:00", onVehicle), scan("2 09:00", moving)}, onVehicle, "2 12:00"},
		{"a code that nobody knows moves nothing", nil, events{scan("2 09:00", moving), scan("2 10:00", unmapped)}, moving, "2 09:00"},
		{"a code outside the vocabulary moves nothing", nil, events{scan("2 09:00", moving), scan("2 10:00", "DELIVERED.MAYBE")}, moving, "2 09:00"},
		{"only unknown codes: unknown, never a guess", nil, events{scan("2 09:00", unmapped), scan("2 10:00", "")}, unmapped, "2 09:00"},
		{"an event without a status moves nothing", nil, events{scan("2 09:00", delivered), scan("2 10:00", "")}, delivered, "2 09:00"},
		{"only a photo: no status yet", nil, events{scan("2 10:00", "")}, "PENDING.AWAITING_DATA", ""},
		{"a problem is left by the next scan", nil, events{scan("2 09:00", refused), scan("3 09:00", moving)}, moving, "3 09:00"},

		{"a plain scan after the delivery changes nothing", nil, events{scan("2 09:00", delivered), scan("2 11:00", arrived)}, delivered, "2 09:00"},
		{"a second delivery scan is the newer word", nil, events{scan("2 09:00", delivered), scan("2 11:00", signed)}, signed, "2 11:00"},
		{"damage is found after the delivery", nil, events{scan("2 09:00", delivered), scan("3 11:00", damaged)}, damaged, "3 11:00"},
		{"lost after the delivery", nil, events{scan("2 09:00", delivered), scan("3 11:00", lost)}, lost, "3 11:00"},
		{"sent back after the delivery", nil, events{scan("2 09:00", delivered), scan("3 11:00", returning)}, returning, "3 11:00"},
		{"cancelled after the delivery changes nothing", nil, events{scan("2 09:00", delivered), scan("3 11:00", cancelled)}, delivered, "2 09:00"},
		{"refused after the delivery changes nothing", nil, events{scan("2 09:00", delivered), scan("3 11:00", refused)}, delivered, "2 09:00"},

		{"accepted a day after the delivery is the way back", nil, events{scan("2 09:00", delivered), scan("3 09:00", accepted)}, returning, "3 09:00"},
		{"out for delivery a day after the delivery too", nil, events{scan("2 09:00", delivered), scan("3 09:00", onVehicle)}, returning, "3 09:00"},
		{"less than 24 hours after the delivery is a late upload", nil, events{scan("2 09:00", delivered), scan("3 08:59", accepted)}, delivered, "2 09:00"},
		{"another scan a day after the delivery is none", nil, events{scan("2 09:00", delivered), scan("3 10:00", arrived)}, delivered, "2 09:00"},
		{"what arrives on that way back is returned", nil, events{scan("2 09:00", delivered), scan("4 09:00", accepted), scan("6 09:00", delivered)}, returned, "6 09:00"},

		{"delivered on the way back is returned", nil, events{scan("2 09:00", returning), scan("4 09:00", delivered)}, returned, "4 09:00"},
		{"scans on the way back leave it on the way back", nil, events{scan("2 09:00", returning), scan("3 09:00", moving), scan("4 09:00", onVehicle)}, returning, "2 09:00"},
		{"cancelled on the way back changes nothing", nil, events{scan("2 09:00", returning), scan("3 09:00", cancelled)}, returning, "2 09:00"},
		{"redirected: it may be delivered again", nil, events{scan("2 09:00", returning), scan("3 09:00", redirect), scan("4 09:00", delivered)}, delivered, "4 09:00"},
		{"the problem solved: it may be delivered again", nil, events{scan("2 09:00", returning), scan("3 09:00", resolved), scan("4 09:00", onVehicle)}, onVehicle, "4 09:00"},
		{"turned back a second time", nil, events{scan("2 09:00", returning), scan("3 09:00", resolved), scan("4 09:00", returning), scan("5 09:00", delivered)}, returned, "5 09:00"},
		{"damaged on the way back, then delivered: returned", nil, events{scan("2 09:00", returning), scan("3 09:00", damaged), scan("4 09:00", delivered)}, returned, "4 09:00"},
		{"lost on the way back and found: still on the way back", nil, events{scan("2 09:00", returning), scan("3 09:00", lost), scan("4 09:00", arrived)}, returning, "4 09:00"},
		{"lost on the way back and delivered: returned", nil, events{scan("2 09:00", returning), scan("3 09:00", lost), scan("4 09:00", delivered)}, returned, "4 09:00"},
		{"delivered in the buyer's country after all", lanes("US", "DE"), events{scan("2 09:00", returning), in("DE", scan("4 09:00", delivered))}, delivered, "4 09:00"},
		{"the countries may be written small", lanes("us", "de 101"), events{scan("2 09:00", returning), in("de", scan("4 09:00", delivered))}, delivered, "4 09:00"},
		{"delivered in the sender's country: returned", lanes("US", "DE"), events{scan("2 09:00", returning), in("US", scan("4 09:00", delivered))}, returned, "4 09:00"},
		{"delivered within one country: returned", lanes("DE", "DE"), events{scan("2 09:00", returning), in("DE", scan("4 09:00", delivered))}, returned, "4 09:00"},
		{"delivered where nobody says: returned", lanes("US", "DE"), events{scan("2 09:00", returning), scan("4 09:00", delivered)}, returned, "4 09:00"},

		{"returned is left by nothing", nil, events{scan("2 09:00", returned), scan("3 09:00", moving), scan("4 09:00", delivered), scan("5 09:00", lost)}, returned, "2 09:00"},
		{"disposed of is left by nothing", nil, events{scan("2 09:00", disposed), scan("3 09:00", moving), scan("4 09:00", delivered)}, disposed, "2 09:00"},

		{"lost is left by a scan", nil, events{scan("2 09:00", lost), scan("3 09:00", moving)}, moving, "3 09:00"},
		{"lost is left by a hand-over", nil, events{scan("2 09:00", lost), scan("3 09:00", "IN_TRANSIT.HANDED_TO_PARTNER")}, "IN_TRANSIT.HANDED_TO_PARTNER", "3 09:00"},
		{"lost is left by a failed attempt", nil, events{scan("2 09:00", lost), scan("3 09:00", absent)}, absent, "3 09:00"},
		{"lost is left by a pickup point", nil, events{scan("2 09:00", lost), scan("3 09:00", atPoint)}, atPoint, "3 09:00"},
		{"lost is left by the delivery", nil, events{scan("2 09:00", lost), scan("3 09:00", delivered)}, delivered, "3 09:00"},
		{"lost is not left by paper: held", nil, events{scan("2 09:00", lost), scan("3 09:00", "IN_TRANSIT.HELD")}, lost, "2 09:00"},
		{"lost is not left by paper: redirected", nil, events{scan("2 09:00", lost), scan("3 09:00", redirect)}, lost, "2 09:00"},
		{"lost is not left by a call to the customer", nil, events{scan("2 09:00", lost), scan("3 09:00", "OUT_FOR_DELIVERY.CUSTOMER_CONTACTED")}, lost, "2 09:00"},
		{"lost is not left by a delay", nil, events{scan("2 09:00", lost), scan("3 09:00", "EXCEPTION.DELAY_WEATHER")}, lost, "2 09:00"},
		{"a label made after the loss does not find it", nil, events{scan("2 09:00", lost), scan("3 09:00", "INFO_RECEIVED.LABEL_CREATED")}, lost, "2 09:00"},
		{"cancelled is left by a scan", nil, events{scan("2 09:00", cancelled), scan("3 09:00", accepted)}, accepted, "3 09:00"},
		{"cancelled is not left by paper", nil, events{scan("2 09:00", cancelled), scan("3 09:00", "INFO_RECEIVED.LABEL_CREATED")}, cancelled, "2 09:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var words []word
			if tt.lane != nil {
				words = append(words, word{track, tt.lane})
			}
			for _, e := range tt.events {
				words = append(words, word{ups, body("9 00:00", e)})
			}
			for range 2 { // As they arrive, then the other way round.
				got := set(words...).Fold()
				if got.Code.String() != tt.want {
					t.Errorf("status = %s, want %s", got.Code, tt.want)
				}
				if tt.at != "" && !got.StatusAt.Equal(when(tt.at)) {
					t.Errorf("since %v, want %s March", got.StatusAt, tt.at)
				}
				slices.Reverse(words)
			}
		})
	}
}

// TestReturnLegNeedsALaterDate: a day later by the clock and no later by the
// calendar is no new start.
func TestReturnLegNeedsALaterDate(t *testing.T) {
	first, second := scan("3 01:00", delivered), scan("3 01:00", accepted)
	first.OccurredAt = first.OccurredAt.Add(-13 * time.Hour)
	second.OccurredAt = second.OccurredAt.Add(11 * time.Hour)
	if got := set(word{ups, body("9 00:00", first, second)}).Fold().Code; got != code(delivered) {
		t.Errorf("status = %s, want %s", got, delivered)
	}
}

func TestEventsSayWhatTheyMeant(t *testing.T) {
	sh := set(word{ups, body("9 00:00", scan("2 09:00", returning), scan("3 09:00", moving), scan("4 09:00", delivered), scan("5 09:00", delivered))}).Fold()
	var got []string
	for _, f := range sh.Events {
		got = append(got, f.Code.String()+" → "+f.Effect.String())
	}
	want := []string{
		"RETURN.RETURNING → RETURN.RETURNING", "IN_TRANSIT.MOVING → ",
		"DELIVERED.GENERIC → RETURN.RETURNED", "DELIVERED.GENERIC → ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("effects differ (-want +got):\n%s", diff)
	}
	if sh.DecidedBy != sh.Events[2].ID {
		t.Error("the status is not said to come from the event that gave it")
	}
}

func TestDeliveredAt(t *testing.T) {
	tests := []struct {
		name   string
		events []shipment.Event
		want   string
	}{
		{"never delivered", []shipment.Event{scan("2 09:00", moving)}, ""},
		{"the first of two delivery scans", []shipment.Event{scan("2 09:00", delivered), scan("2 11:00", signed)}, "2 09:00"},
		{"kept through a return", []shipment.Event{scan("2 09:00", delivered), scan("4 09:00", returning), scan("6 09:00", returned)}, "2 09:00"},
		{"kept through a return that is told as a delivery", []shipment.Event{scan("2 09:00", delivered), scan("4 09:00", accepted), scan("6 09:00", delivered)}, "2 09:00"},
		{"a return is no delivery", []shipment.Event{scan("2 09:00", returning), scan("4 09:00", delivered)}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := set(word{ups, body("9 00:00", tt.events...)}).Fold().DeliveredAt
			if tt.want == "" && !got.IsZero() || tt.want != "" && !got.Equal(when(tt.want)) {
				t.Errorf("DeliveredAt = %v, want %q", got, tt.want)
			}
		})
	}
}
