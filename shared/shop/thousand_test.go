package shop_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
)

// upsOf is the n-th number that UPS could give.
func upsOf(n int) string {
	serial := fmt.Sprintf("999AA1%09d", n)
	sum := 0
	for i, c := range serial { // UPS counts A as 2, and every second place twice.
		value := int(c - '0')
		if c >= 'A' {
			value = int(c-'A'+2) % 10
		}
		sum += value * (1 + i%2)
	}
	return "1Z" + serial + string(rune('0'+(10-sum%10)%10))
}

// TestAThousandOrders: no push of theirs came, one call in twenty fails, others are
// refused for their speed, and the tokens end on the way.
func TestAThousandOrders(t *testing.T) {
	const orders = 1000 / min(sampled, 4)
	w := newWorld(t)
	w.connect()
	ids := make([]string, orders)
	for i := range ids {
		ids[i] = w.market.Place(tiktokshoptest.Order{Shop: shopID, Units: 1})
		w.market.Ship(ids[i], tiktokshoptest.Parcel{Number: upsOf(i), Provider: "UPS"})
		if i%100 == 0 {
			w.pass(time.Minute)
		}
	}
	w.market.Pushes() // Lost.
	failed := map[string]int{}
	w.market.Fail = func(n int, _ *http.Request) *tiktokshoptest.Failure {
		switch {
		case n == 30:
			failed["token"]++
			w.market.ExpireTokens()
			return nil
		case n%20 == 7:
			failed["error"]++
			return []*tiktokshoptest.Failure{
				{Status: http.StatusInternalServerError, Code: 36009003, Message: "internal"},
				{Drop: true},
				{Status: http.StatusBadGateway, Body: "<html>bad gateway</html>"},
				{Status: http.StatusServiceUnavailable, Body: "overloaded"},
			}[failed["error"]%4]
		case n%20 == 13:
			failed["rate"]++
			return &tiktokshoptest.Failure{Status: http.StatusTooManyRequests, Code: 36009002, Message: "too many requests"}
		}
		return nil
	}
	began := w.now()
	for range 3 {
		if err := w.Redrive(t.Context()); err != nil {
			t.Log(err)
		}
		w.pass(5 * time.Minute)
	}
	missing := 0
	for i, id := range ids {
		o := w.order(id)
		if o.Status != "AWAITING_COLLECTION" || !o.Stale.IsZero() || w.status(upsOf(i)) != "INFO_RECEIVED.LABEL_CREATED" {
			missing++
		}
	}
	if missing > 0 {
		t.Errorf("%d of %d orders are missing", missing, orders)
	}
	if n := w.market.MaxPerSecond(shopID); n > 10 {
		t.Errorf("%d calls in a second, want at most 10", n)
	}
	if sampled == 1 && (failed["token"] != 1 || failed["error"] < 3 || failed["rate"] < 3) {
		t.Errorf("failures: %v, want some of each", failed)
	}
	t.Logf("%d calls, of which %v failed, at most %d in a second, in %s by the clock of the test", len(w.market.Calls()), failed, w.market.MaxPerSecond(shopID), w.now().Sub(began))
}
