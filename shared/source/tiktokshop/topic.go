package tiktokshop

import (
	_ "embed"
	"sync"

	"github.com/shiptide/shiptide/shared/source"
)

// The topics that tell us something, by the number in the member type.
const (
	orderStatus    = "1"
	reverse        = "2" // cancel, refund or return, of before 2023
	addressChanged = "3"
	packagesMade   = "4"
	revoked        = "6"
	expiring       = "7"
	cancellation   = "11"
	returned       = "12"
	aftersales     = "64"
	rma            = "65"
	refunded       = "67"
)

// The topics that TikTok Shop pushes. Numbers are those of the pages "(N) …"; a
// name has only what the Event API can subscribe to (page update-shop-webhook).
// Topic 68 is known from users only. identity is the member that says whose the
// push is, where a page shows it.
//
//go:embed topic.tsv
var topicTable string

// topicNames gives each topic its name, "" where none is published.
var topicNames = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for _, f := range source.Rows(topicTable, 2) {
		m[f[0]] = f[1]
	}
	return m
})

// topic names a topic by its name, else by its number. It may be anything.
func topic(number string) string {
	const longest = 6
	switch name := topicNames()[number]; {
	case name != "":
		return name
	case len(number) <= longest && isDigits(number):
		return number
	}
	return "unknown"
}
