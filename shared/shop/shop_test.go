package shop_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
)

// TestAnOrderOfTwoPackages: one goes with UPS, which tells of it, the other under
// the marketplace's own label, of which nobody else speaks.
func TestAnOrderOfTwoPackages(t *testing.T) {
	w := newWorld(t)
	w.connect()
	id := w.market.Place(tiktokshoptest.Order{Shop: shopID, Units: 2})
	w.hear(nil)
	w.look()
	w.want("status", w.order(id).Status, "AWAITING_SHIPMENT")
	w.pass(time.Hour)
	packs := w.market.Pack(id,
		tiktokshoptest.Parcel{Number: upsNumber, Provider: "UPS", ShippingType: "SELLER"},
		tiktokshoptest.Parcel{Number: tiktokNumber, Provider: "TT Virtual express", ShippingType: "TIKTOK"})
	w.hear(nil)
	w.look()
	w.want("numbers", w.order(id).Numbers(), []string{upsNumber, tiktokNumber})
	w.want("UPS", w.status(upsNumber), "INFO_RECEIVED.LABEL_CREATED")
	w.want("TikTok", w.status(tiktokNumber), "INFO_RECEIVED.LABEL_CREATED")
	w.buyer(upsNumber)
	w.buyer(tiktokNumber)
	w.pass(2 * time.Hour)
	w.scan(upsNumber, shipment.Code{Status: shipment.InTransit, SubStatus: shipment.Accepted})
	w.wantSent("on_its_way to buyer")
	w.market.Collect(packs[0])
	w.market.Collect(packs[1])
	w.hear(nil)
	w.look()
	w.tell(upsNumber, tiktokNumber)
	w.want("TikTok", w.status(tiktokNumber), "IN_TRANSIT.MOVING")
	w.wantSent("on_its_way to buyer", "on_its_way to buyer")
	w.pass(24 * time.Hour)
	w.market.Deliver(packs[1])
	w.until(w.now().Add(15 * time.Minute)) // It is not pushed until all are delivered.
	w.tell(upsNumber, tiktokNumber)
	w.want("TikTok", w.status(tiktokNumber), "DELIVERED.GENERIC")
	w.want("UPS", w.status(upsNumber), "IN_TRANSIT.ACCEPTED")
	w.wantSent("on_its_way to buyer", "on_its_way to buyer", "delivered to buyer")
	w.scan(upsNumber, shipment.Code{Status: shipment.Delivered, SubStatus: shipment.Signed})
	w.market.Deliver(packs[0])
	w.hear(nil)
	w.look()
	w.tell(upsNumber, tiktokNumber)
	w.want("UPS", w.status(upsNumber), "DELIVERED.SIGNED")
	w.wantSent("on_its_way to buyer", "on_its_way to buyer", "delivered to buyer", "delivered to buyer")
	if want := "TikTok reports that your parcel was delivered on Tuesday, 3 March at 15:00."; !strings.Contains(w.texts[2], want) {
		t.Errorf("%s\nwant %s", w.texts[2], want)
	}
}
