package order

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
)

// Kind names a warning. The values are stored and published.
type Kind string

// The kinds of warnings. The rules are TikTok's, each with the page that it was
// read from; severities and next steps are ours.
const (
	// ShipDeadline: a late dispatch threatens, and there is no label (rts_sla_time
	// and, once that is over, tts_sla_time; Get Order Detail).
	ShipDeadline Kind = "ship_deadline"
	// CancelUnshipped: the order is cancelled by itself unless it is shipped
	// (shipping_due_time; Get Order Detail, Seller University US FAQ).
	CancelUnshipped Kind = "cancel_unshipped"
	// NoScan: there is a label, and no scan. A label alone is no dispatch
	// (tts_sla_time; Seller University US best practices of 2026-01-17).
	NoScan Kind = "no_scan"
	// CancelUncollected: the order is cancelled by itself unless a scan is seen
	// (collection_due_time; Get Order Detail, order-api-overview).
	CancelUncollected Kind = "cancel_uncollected"
	// ScanNotSeen: a carrier has the parcel, and the marketplace has not seen it.
	// order-api-overview admits that this happens, and says to contact support.
	ScanNotSeen Kind = "scan_not_seen"
	// DeliverDeadline: a late delivery threatens (delivery_sla_time; Seller
	// University US, on-time delivery rate).
	DeliverDeadline Kind = "deliver_deadline"
	// CancelUndelivered: the order is cancelled by itself unless it is delivered
	// (delivery_due_time; Get Order Detail).
	CancelUndelivered Kind = "cancel_undelivered"
	// NumberInvalid: no carrier has numbers like this (Seller University US, valid
	// tracking rate; errors 11028006, 21004012). Numbers can be corrected once, in
	// some markets within 72 hours (fulfillment overview).
	NumberInvalid Kind = "number_invalid"
	// NumberUsed: another parcel has the number (errors 21011025, 21011026; Seller
	// University US, validation of tracking ID).
	NumberUsed Kind = "number_used"
	// NumberOfAnotherCarrier: the provider is not whose number it is (error
	// 21004015, warning of Mark Package As Shipped).
	NumberOfAnotherCarrier Kind = "number_of_another_carrier"
	// AddressChanged: the address is not the label's any more
	// (3-recipient-address-update).
	AddressChanged Kind = "address_changed"
	// CancelAsked: the buyer wants to cancel, while the parcel could still be
	// stopped (11-cancellation-status-change; Seller University TH: the request is to
	// be answered within 24 hours).
	CancelAsked Kind = "cancel_asked"
	// ReturnAsked: the buyer wants to send it back, or the money
	// (12-return-status-change).
	ReturnAsked Kind = "return_asked"
	// ReturnShipped: the goods are on their way back. Their number is not pushed
	// (12-return-status-change).
	ReturnShipped Kind = "return_shipped"
	// StoppedUnderWay: the marketplace cancelled what a carrier had: lost, damaged,
	// refused, or without progress for over seven days (order-api-overview).
	StoppedUnderWay Kind = "stopped_under_way"
)

// Rule is what holds for all warnings of a kind.
type Rule struct {
	Kind Kind
	// Severity is 1 (to look at), 2 (it costs the shop's rates) or 3 (it costs the
	// sale or the goods).
	Severity int
	NextStep string // what the seller should do, in a sentence
}

//go:embed kinds.tsv
var kindsTable string

// Rules returns the rules of all kinds.
var Rules = sync.OnceValue(func() map[Kind]*Rule {
	rules, err := parseRules(kindsTable)
	if err != nil {
		return nil // A test reads the table; it is part of the binary.
	}
	return rules
})

func parseRules(table string) (map[Kind]*Rule, error) {
	rules := map[Kind]*Rule{}
	for i, line := range strings.Split(strings.TrimSpace(table), "\n") {
		f := strings.Split(line, "\t")
		if len(f) != 3 {
			return nil, fmt.Errorf("kinds.tsv line %d: %d columns", i+1, len(f))
		}
		if i == 0 {
			continue // The names of the columns.
		}
		if len(f[1]) != 1 || f[1] < "1" || f[1] > "3" {
			return nil, fmt.Errorf("kinds.tsv line %d: severity %q", i+1, f[1])
		}
		if rules[Kind(f[0])] != nil {
			return nil, fmt.Errorf("kinds.tsv line %d: second row for %s", i+1, f[0])
		}
		rules[Kind(f[0])] = &Rule{Kind: Kind(f[0]), Severity: int(f[1][0] - '0'), NextStep: f[2]}
	}
	return rules, nil
}

// severity returns how grave warnings of the kind are.
func (k Kind) severity() int {
	if r := Rules()[k]; r != nil {
		return r.Severity
	}
	return 0
}
