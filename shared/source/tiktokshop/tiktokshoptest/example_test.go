package tiktokshoptest_test

import (
	"fmt"
	"time"

	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
)

func Example() {
	now := time.Unix(1760000000, 0)
	s := tiktokshoptest.New(tiktokshoptest.App{Key: "key", Secret: "secret"}, func() time.Time { return now })
	shop := s.AddShop(tiktokshoptest.Shop{Region: "US"})
	// A client takes s.Authorize(shop.ID) for tokens, and calls through s.Transport().
	order := s.Place(tiktokshoptest.Order{Shop: shop.ID, Units: 2})
	for _, p := range s.Pack(order, tiktokshoptest.Parcel{Number: "9400100000000000000000"}, tiktokshoptest.Parcel{Number: "1Z999AA10555000421", Provider: "UPS"}) {
		s.Collect(p)
		fmt.Println(s.Look(order).Status)
	}
	fmt.Println(len(s.Pushes()))
	// Output:
	// AWAITING_COLLECTION
	// IN_TRANSIT
	// 3
}
