package notify

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/store"
)

// TestTextsOfOrders writes every warning about orders and shops. They are read by
// people: read the golden file when it changes.
func TestTextsOfOrders(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	o := &order.Order{ShopID: "7490000000000000001", OrderID: "577000000000000101"}
	thread := &notice.Thread{Recipient: "r1", Number: "7490000000000000001/577000000000000101", Audience: notice.Seller}
	var b strings.Builder
	seen := map[string]bool{}
	for _, kind := range slices.Sorted(maps.Keys(order.Rules())) {
		for _, w := range []order.Warning{
			{Kind: kind, What: "collect", Stage: order.Stage24h, Deadline: now.Add(24 * time.Hour), Number: "1Z999AA10555000421", Provider: "UPS", Scan: "UPS, Reno, NV, US, 2026-03-02 10:15", Reason: "577000000000000102"},
			{Kind: kind, What: "ship", Stage: order.StageMissed, Deadline: now.Add(-time.Hour)},
		} {
			if w.Stage == order.StageMissed && kind != order.ShipDeadline && kind != order.NoScan {
				continue // It is never said of the others.
			}
			m, err := renderOrder(o, []order.Warning{w}, thread, now)
			if err != nil {
				t.Fatalf("%s: %v", kind, err)
			}
			checkMessage(t, string(kind), m.Subject, m.Text, m.SMS)
			if m.Kind != string(kind) || m.Attrs["shop"] != o.ShopID || len(m.ID) != 32 || seen[m.ID] {
				t.Errorf("%s: kind %q, attributes %v, ID %q", kind, m.Kind, m.Attrs, m.ID)
			}
			seen[m.ID] = true
			fmt.Fprintf(&b, "--- %s %s\nSubject: %s\nSMS: %s\n%s\n", kind, w.Stage, m.Subject, m.SMS, m.Text)
		}
	}
	s := &store.Shop{Source: "tiktokshop", ID: o.ShopID, Name: "Mugs", ExpiresAt: now.Add(7 * 24 * time.Hour)}
	for _, kind := range []notice.Kind{authorisationExpiring, authorisationRefused, authorisationRevoked} {
		m, err := renderShop(s, kind, string(kind), thread)
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		checkMessage(t, string(kind), m.Subject, m.Text, m.SMS)
		fmt.Fprintf(&b, "--- %s\nSubject: %s\nSMS: %s\n%s\n", kind, m.Subject, m.SMS, m.Text)
	}
	compareGolden(t, "testdata/orders.txt", b.String())
}
