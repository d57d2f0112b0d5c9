package tiktokshop

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
)

// The tables give TikTok's words a status of ours. Words and meanings are those
// of the pages order-api-overview, 1-order-status-change, 11-cancellation-status-
// change, 12-return-status-change and of the specification of the answers; the
// numbers that orders once had for a status are known from users only (evidence
// "second-hand"). The choice of status is ours. Status NONE belongs to words that
// say nothing of a parcel. The words of a cancellation are about a request, which
// may be for a part of the order, and those of a return about the parcel that goes
// back: what they mean for a parcel only holds once it is known for which.
var (
	//go:embed status-order.tsv
	orderTable string // by order_status, status of an order, display_status of a line
	//go:embed status-package.tsv
	packageTable string // by package_status, in a search status
	//go:embed status-cancellation.tsv
	cancellationTable string // by cancel_status
	//go:embed status-return.tsv
	returnTable string // by return_status and the statuses of topics 64, 65, 67
)

type statusTables struct{ orders, packages, cancellations, returns words }

// words are the words of one table, each in the spelling of the answers.
type words map[string]shipment.Code

var tables = sync.OnceValue(func() *statusTables {
	return &statusTables{wordsOf(orderTable), wordsOf(packageTable), wordsOf(cancellationTable), wordsOf(returnTable)}
})

func wordsOf(table string) words {
	m := words{}
	for _, f := range source.Rows(table, 3) {
		code := shipment.Code{Status: shipment.Status(f[1]), SubStatus: shipment.SubStatus(f[2])}
		if f[1] == "NONE" {
			code = shipment.Code{}
		}
		m[spelled(f[0])] = code
	}
	return m
}

// numbers are the statuses of orders as they were before 2023.
var numbers = map[string]string{
	"100": "UNPAID",
	"105": "ON_HOLD",
	"111": "AWAITING_SHIPMENT",
	"112": "AWAITING_COLLECTION",
	"114": "PARTIALLY_SHIPPING",
	"121": "IN_TRANSIT",
	"122": "DELIVERED",
	"130": "COMPLETED",
	"140": "CANCELLED",
}

// spelled brings a word to one spelling: pushes, filters and answers have others.
func spelled(s string) string {
	if word, ok := numbers[s]; ok {
		return word
	}
	s = strings.ReplaceAll(s, "__", "_")
	if s == "CANCEL" || strings.HasSuffix(s, "_CANCEL") {
		s += "LED"
	}
	return s
}

// of returns a word as it stands in the table, and one that does not if it looks
// like a word.
func (w words) of(s string) string {
	s = spelled(s)
	if _, ok := w[s]; ok {
		return s
	}
	return word(s)
}
