package shipment_test

import (
	"strings"
	"testing"

	"github.com/shiptide/shiptide/shared/shipment"
)

// published is the vocabulary as it was published, copied by hand: code; F
// final, P final until a later event, - open; who must act; severity. Rows may
// be added here, never changed.
const published = `
PENDING.AWAITING_DATA                      - -           0
PENDING.NOT_FOUND                          - -           1
PENDING.INVALID_NUMBER                     - seller      2
PENDING.NEEDS_INPUT                        - seller      2
PENDING.CARRIER_UNKNOWN                    - seller      2
PENDING.SOURCE_UNAVAILABLE                 - -           1
INFO_RECEIVED.LABEL_CREATED                - -           0
INFO_RECEIVED.PICKUP_SCHEDULED             - -           0
INFO_RECEIVED.PICKUP_FAILED                - seller      2
INFO_RECEIVED.AWAITING_INFORMATION         - seller      1
IN_TRANSIT.MOVING                          - -           0
IN_TRANSIT.ACCEPTED                        - -           0
IN_TRANSIT.DEPARTED                        - -           0
IN_TRANSIT.ARRIVED                         - -           0
IN_TRANSIT.PROCESSING                      - -           0
IN_TRANSIT.LEFT_ORIGIN_COUNTRY             - -           0
IN_TRANSIT.ARRIVED_DESTINATION_COUNTRY     - -           0
IN_TRANSIT.CUSTOMS_STARTED                 - -           0
IN_TRANSIT.CUSTOMS_RELEASED                - -           0
IN_TRANSIT.AT_DELIVERY_DEPOT               - -           0
IN_TRANSIT.HANDED_TO_PARTNER               - -           0
IN_TRANSIT.REDIRECTED                      - -           1
IN_TRANSIT.DELIVERY_SCHEDULED              - -           0
IN_TRANSIT.DELIVERY_RESCHEDULED            - -           1
IN_TRANSIT.HELD                            - -           1
IN_TRANSIT.PROBLEM_RESOLVED                - -           0
OUT_FOR_DELIVERY.ON_VEHICLE                - -           0
OUT_FOR_DELIVERY.CUSTOMER_CONTACTED        - -           0
OUT_FOR_DELIVERY.APPOINTMENT_SET           - -           0
AVAILABLE_FOR_PICKUP.AT_POINT              - customer    1
FAILED_ATTEMPT.GENERIC                     - -           2
FAILED_ATTEMPT.RECIPIENT_ABSENT            - customer    2
FAILED_ATTEMPT.BUSINESS_CLOSED             - -           2
FAILED_ATTEMPT.NO_ACCESS                   - customer    2
FAILED_ATTEMPT.NOTICE_LEFT                 - customer    2
FAILED_ATTEMPT.SECURITY_OR_FEES            - customer    2
FAILED_ATTEMPT.RESCHEDULE_NEEDED           - customer    2
DELIVERED.GENERIC                          P -           0
DELIVERED.COLLECTED                        P -           0
DELIVERED.SIGNED                           P -           0
DELIVERED.COD_PAID                         P -           0
DELIVERED.NEIGHBOUR                        P -           1
DELIVERED.SAFE_PLACE                       P -           1
EXCEPTION.GENERIC                          - -           2
EXCEPTION.DELAY_CUSTOMS                    - -           2
EXCEPTION.DELAY_EXTERNAL                   - -           1
EXCEPTION.DELAY_WEATHER                    - -           1
EXCEPTION.DELAY_PROCESSING                 - -           1
EXCEPTION.DELAY_TRANSPORT                  - -           1
EXCEPTION.MISROUTED                        - -           1
EXCEPTION.PAYMENT_REQUIRED                 - customer    3
EXCEPTION.ADDRESS_ISSUE                    - customer    3
EXCEPTION.RECIPIENT_MOVED                  - customer    3
EXCEPTION.REFUSED                          - seller      3
EXCEPTION.UNCLAIMED                        - seller      3
EXCEPTION.RECIPIENT_UNAVAILABLE            - customer    2
EXCEPTION.REJECTED_BY_CARRIER              - seller      3
EXCEPTION.CUSTOMS_ACTION_REQUIRED          - either      3
EXCEPTION.CUSTOMS_REJECTED                 - seller      3
EXCEPTION.SECURITY_HOLD                    - seller      2
EXCEPTION.INVESTIGATION                    - -           2
EXCEPTION.CONTACT_CARRIER                  - customer    2
EXCEPTION.UNDELIVERABLE                    - seller      3
EXCEPTION.DAMAGED                          - seller      3
EXCEPTION.LOST                             P seller      3
EXCEPTION.DISPOSED                         F seller      3
RETURN.RETURNING                           - -           3
RETURN.RETURNED                            F seller      3
CANCELLED.GENERIC                          P -           2
EXPIRED.NO_UPDATES                         P seller      2
EXPIRED.TRACKING_STOPPED                   - -           1
UNKNOWN.UNMAPPED                           - -           0
UNKNOWN.SOURCE_ERROR                       - -           1
`

func TestVocabularyIsWhatWasPublished(t *testing.T) {
	endings := map[string]shipment.Ending{"-": shipment.Open, "P": shipment.Provisional, "F": shipment.Terminal}
	actors := map[string]shipment.Actor{
		"-": shipment.Nobody, "customer": shipment.Customer, "seller": shipment.Seller, "either": shipment.Either,
	}
	lines := strings.Split(strings.TrimSpace(published), "\n")
	rows := shipment.Vocabulary()
	if len(rows) != 73 || len(lines) != 73 {
		t.Fatalf("%d codes in the vocabulary and %d published, want 73", len(rows), len(lines))
	}
	for i, line := range lines {
		f, row := strings.Fields(line), rows[i]
		if row.Code.String() != f[0] {
			t.Errorf("row %d is %s, want %s", i, row.Code, f[0])
			continue
		}
		if want := endings[f[1]]; row.Ends != want {
			t.Errorf("%s ends a parcel: %d, want %d", f[0], row.Ends, want)
		}
		if want := actors[f[2]]; row.Code.Actor() != want {
			t.Errorf("%s: %q must act, want %q", f[0], row.Code.Actor(), want)
		}
		if want := int(f[3][0] - '0'); row.Code.Severity() != want {
			t.Errorf("severity of %s is %d, want %d", f[0], row.Code.Severity(), want)
		}
		if row.Meaning == "" || row.Code.Meaning() != row.Meaning {
			t.Errorf("%s means %q in its row and %q by its code", f[0], row.Meaning, row.Code.Meaning())
		}
		if !row.Code.Known() {
			t.Errorf("%s is not known", f[0])
		}
	}
}

func TestEachCodeStandsOnce(t *testing.T) {
	seen := map[shipment.Code]bool{}
	for _, row := range shipment.Vocabulary() {
		if seen[row.Code] {
			t.Errorf("%s stands twice", row.Code)
		}
		seen[row.Code] = true
	}
}

func TestFinalCodes(t *testing.T) {
	want := map[string]bool{
		"DELIVERED.GENERIC": true, "DELIVERED.COLLECTED": true, "DELIVERED.SIGNED": true, "DELIVERED.COD_PAID": true,
		"DELIVERED.NEIGHBOUR": true, "DELIVERED.SAFE_PLACE": true, "RETURN.RETURNED": true,
		"EXCEPTION.DISPOSED": true, "EXCEPTION.LOST": true, "CANCELLED.GENERIC": true,
	}
	for _, row := range shipment.Vocabulary() {
		if got := row.Code.Final(); got != want[row.Code.String()] {
			t.Errorf("Final(%s) = %t, want %t", row.Code, got, !got)
		}
	}
}

func TestRankOrdersTheStepsOfALife(t *testing.T) {
	// Each list is one rank; the lists rise.
	steps := [][]string{
		{"UNKNOWN.UNMAPPED", "UNKNOWN.SOURCE_ERROR", "EXPIRED.NO_UPDATES", "EXPIRED.TRACKING_STOPPED"},
		{"PENDING.AWAITING_DATA", "PENDING.NOT_FOUND"},
		{"INFO_RECEIVED.LABEL_CREATED", "INFO_RECEIVED.PICKUP_FAILED"},
		{"IN_TRANSIT.MOVING", "IN_TRANSIT.REDIRECTED", "IN_TRANSIT.PROBLEM_RESOLVED"},
		{"EXCEPTION.DELAY_CUSTOMS", "EXCEPTION.DELAY_EXTERNAL", "EXCEPTION.DELAY_WEATHER", "EXCEPTION.DELAY_PROCESSING", "EXCEPTION.DELAY_TRANSPORT", "EXCEPTION.MISROUTED"},
		{"OUT_FOR_DELIVERY.ON_VEHICLE", "OUT_FOR_DELIVERY.APPOINTMENT_SET"},
		{"FAILED_ATTEMPT.GENERIC", "FAILED_ATTEMPT.NO_ACCESS"},
		{"AVAILABLE_FOR_PICKUP.AT_POINT"},
		{"EXCEPTION.GENERIC", "EXCEPTION.LOST", "EXCEPTION.DISPOSED", "EXCEPTION.PAYMENT_REQUIRED"},
		{"RETURN.RETURNING"},
		{"CANCELLED.GENERIC"},
		{"DELIVERED.GENERIC", "DELIVERED.SAFE_PLACE"},
		{"RETURN.RETURNED"},
	}
	last := -99
	for _, step := range steps {
		rank := code(step[0]).Rank()
		if rank <= last {
			t.Errorf("rank of %s is %d, want more than %d", step[0], rank, last)
		}
		for _, c := range step {
			if got := code(c).Rank(); got != rank {
				t.Errorf("rank of %s is %d, want %d as that of %s", c, got, rank, step[0])
			}
		}
		last = rank
	}
	if got := (shipment.Code{}).Rank(); got >= code("UNKNOWN.UNMAPPED").Rank() {
		t.Errorf("the zero code has rank %d, want it below every other", got)
	}
}

func TestCodesOutsideTheVocabulary(t *testing.T) {
	for _, c := range []shipment.Code{{}, {Status: "IN_TRANSIT"}, {Status: "DELIVERED", SubStatus: "MOVING"}, {Status: "delivered", SubStatus: "GENERIC"}} {
		if c.Known() || c.Final() || c.Severity() != 0 || c.Actor() != shipment.Nobody || c.Meaning() != "" {
			t.Errorf("%q says something", c)
		}
	}
	if got := (shipment.Code{}).String(); got != "" {
		t.Errorf("the zero code reads %q", got)
	}
}

func TestVocabularyIsACopy(t *testing.T) {
	shipment.Vocabulary()[0].Severity = 3
	if got := shipment.Vocabulary()[0].Severity; got != 0 {
		t.Errorf("a caller changed the vocabulary: severity %d", got)
	}
}
