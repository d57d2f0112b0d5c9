// Package notice decides what a recipient should be told of a parcel now: at
// most one thing, the newest that matters and is still true.
//
// It looks at the state and at what was told, never at what has just changed.
// So it may be asked twice, late, or after a crash, and a notice that could not
// go out in time is simply not said any more when it is no longer true.
package notice

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"github.com/shiptide/shiptide/shared/shipment"
)

// Kind names a notice. The values are stored and published.
type Kind string

// The kinds that have a step in the life of a parcel, or a rule of their own.
const (
	None             Kind = "none"
	OnItsWay         Kind = "on_its_way"
	ArrivedInCountry Kind = "arrived_in_country"
	OutForDelivery   Kind = "out_for_delivery"
	AttemptFailed    Kind = "attempt_failed"
	ReadyForPickup   Kind = "ready_for_pickup"
	Delivered        Kind = "delivered"
	Delayed          Kind = "delayed"
	Returning        Kind = "returning"
	Returned         Kind = "returned"
	Cancelled        Kind = "cancelled"
	Problem          Kind = "problem"
	FoundAgain       Kind = "found_again"
	Correction       Kind = "correction"
	BackOnTime       Kind = "back_on_time"
	Lost             Kind = "lost"
	LikelyLost       Kind = "likely_lost"
	NoFirstScan      Kind = "no_first_scan"
)

// step orders the kinds that follow each other; 0 for the others. Once a higher
// step has happened, a lower one is not told any more.
func (k Kind) step() int {
	switch k {
	case OnItsWay:
		return 1
	case ArrivedInCountry:
		return 2
	case OutForDelivery, AttemptFailed, ReadyForPickup:
		return 3
	case Delivered:
		return 4
	case Returning:
		return 5
	case Returned:
		return 6
	}
	return 0
}

// perSubStatus tells whether notices of this kind are different things under
// different sub-statuses: else "lost" would be swallowed by the "address" that
// was told a week before.
func (k Kind) perSubStatus() bool {
	switch k {
	case Problem, "invalid_number", "customs_papers", "undeliverable":
		return true
	}
	return false
}

// Audience is who is spoken to.
type Audience string

// The audiences. Machines are told what customers are, and where those are told
// nothing, what the seller is.
const (
	Customer Audience = "customer"
	Seller   Audience = "seller"
	Machine  Audience = "machine"
)

// Validity is how long news is worth telling.
type Validity string

// The validities: while it is the state, on the event's local day, or for hours
// from the event.
const (
	WhileState Validity = "state"
	SameDay    Validity = "day"
	For72h     Validity = "72h"
	For168h    Validity = "168h"
)

// Occurrence says what makes news of one kind another time.
type Occurrence string

// The occurrences: once for a parcel, once for a local date, once for a new
// date of delivery.
const (
	Once    Occurrence = "once"
	PerDate Occurrence = "date"
	PerETA  Occurrence = "eta"
)

// Rule is what one code tells, to whom, and for how long.
type Rule struct {
	Code         shipment.Code // FLAG, CHANGE and SHOP stand in for a status
	CustomerKind Kind
	SellerKind   Kind
	Severity     int
	ValidFor     Validity
	Occurrence   Occurrence
	WhoActs      Audience // "": nobody
	NextStep     string   // for who acts, else for the customer
}

// Kind returns what the rule tells to an audience.
func (r *Rule) Kind(a Audience) Kind {
	switch {
	case a == Seller:
		return r.SellerKind
	case a == Machine && r.CustomerKind == None:
		return r.SellerKind
	}
	return r.CustomerKind
}

//go:embed kinds.tsv
var kindsTable string

// Rules returns all rules by their code.
var Rules = sync.OnceValue(func() map[shipment.Code]*Rule {
	rules, err := parseRules(kindsTable)
	if err != nil {
		return nil // A test reads the table; it is part of the binary.
	}
	return rules
})

func parseRules(table string) (map[shipment.Code]*Rule, error) {
	rules := map[shipment.Code]*Rule{}
	for i, line := range strings.Split(strings.TrimSpace(table), "\n") {
		f := strings.Split(line, "\t")
		if len(f) != 9 {
			return nil, fmt.Errorf("kinds.tsv line %d: %d columns", i+1, len(f))
		}
		if i == 0 {
			continue // The names of the columns.
		}
		code := shipment.Code{Status: shipment.Status(f[0]), SubStatus: shipment.SubStatus(f[1])}
		if rules[code] != nil {
			return nil, fmt.Errorf("kinds.tsv line %d: second row for %s", i+1, code)
		}
		r := &Rule{
			Code: code, CustomerKind: Kind(f[2]), SellerKind: Kind(f[3]), Severity: int(f[4][0] - '0'),
			ValidFor: Validity(f[5]), Occurrence: Occurrence(f[6]), NextStep: f[8],
		}
		if f[7] != "none" {
			r.WhoActs = Audience(f[7])
		}
		rules[code] = r
	}
	return rules, nil
}
