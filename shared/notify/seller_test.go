package notify_test

import (
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/store"
)

// TestARefusedShopWhoseEndSaysNothing: that calls for it are refused is told, once,
// whatever is known of the end of its authorisation.
func TestARefusedShopWhoseEndSaysNothing(t *testing.T) {
	for name, end := range map[string]time.Time{"unknown": {}, "long over": noon.Add(-60 * 24 * time.Hour)} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.standing(notice.Seller)
			s := &store.Shop{Source: "tiktokshop", ID: "1", Name: "Mugs", ExpiresAt: end, Fault: "refused", FaultSince: noon}
			tell := func() {
				if _, err := d.TellShop(t.Context(), s); err != nil {
					t.Fatal(err)
				}
			}
			tell()
			d.wantSent(t, "") // It may be over in a minute.
			d.clock = noon.Add(time.Hour)
			tell()
			tell()
			d.wantSent(t, "authorisation_refused")
		})
	}
}
