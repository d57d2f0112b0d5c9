package tiktokshop

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/source"
)

// orderOf decodes an order of these members.
func orderOf(t *testing.T, members string) order.Change {
	t.Helper()
	r, err := answer(200, []byte(`{"code":0,"data":{"orders":[{"id":"577000000000000042","update_time":1794514515`+members+`}]}}`))
	if err != nil || len(r.Orders) != 1 || r.Orders[0].Details == nil {
		t.Fatalf("%+v, %v", r, err)
	}
	return r.Orders[0]
}

func TestDetails(t *testing.T) {
	at := func(n int64) time.Time { return time.Unix(1794500000+n, 0).UTC() }
	stamp := func(member string, n int64) string { return fmt.Sprintf(`,%q:%d`, member, 1794500000+n) }
	tests := []struct {
		name, members string
		want          order.Details
	}{
		{"nothing is said", ``, order.Details{}},
		{"zeros and texts that are empty", `,"create_time":0,"rts_time":"","rts_sla_time":0,"is_buyer_request_cancel":null,"shipping_type":null`, order.Details{}},
		{
			"whose the label is, and who packs", `,"shipping_type":"SELLER","fulfillment_type":"FULFILLMENT_BY_SELLER"`,
			order.Details{Shipping: "SELLER", Fulfilment: "FULFILLMENT_BY_SELLER"},
		},
		{"words that are none", `,"shipping_type":"jane.roe@example.com","fulfillment_type":["x"]`, order.Details{}},
		{
			"where it goes", `,"recipient_address":{"region_code":"us","postal_code":"95110-1234","name":"Jane"}`,
			order.Details{Country: "US", PostalCode: "951"},
		},
		{"a masked address", `,"recipient_address":{"region_code":"US","postal_code":"9****"}`, order.Details{Country: "US"}},
		{"what was asked and changed", `,"is_buyer_request_cancel":true,"has_updated_recipient_address":"true"`, order.Details{CancelAsked: true, AddressChanged: true}},
		{
			"what happened when", stamp("create_time", 1) + stamp("rts_time", 2) + stamp("collection_time", 3) + stamp("delivery_time", 4) + stamp("cancel_time", 5),
			order.Details{CreatedAt: at(1), ShippedAt: at(2), CollectedAt: at(3), DeliveredAt: at(4), CancelledAt: at(5)},
		},
		{
			"what has to happen until when",
			stamp("rts_sla_time", 1) + stamp("tts_sla_time", 2) + stamp("delivery_sla_time", 3) + stamp("shipping_due_time", 4) + stamp("collection_due_time", 5) +
				stamp("delivery_due_time", 6) + stamp("cancel_order_sla_time", 7),
			order.Details{Deadlines: order.Deadlines{
				Ship: at(1), Collect: at(2), Deliver: at(3), CancelUnshipped: at(4), CancelUncollected: at(5), CancelUndelivered: at(6),
			}},
		},
		{"the old name of a deadline", stamp("cancel_order_sla_time", 7), order.Details{Deadlines: order.Deadlines{CancelUnshipped: at(7)}}},
		{"the old name beside a zero", `,"shipping_due_time":0` + stamp("cancel_order_sla_time", 7), order.Details{Deadlines: order.Deadlines{CancelUnshipped: at(7)}}},
		{"times as texts, in milliseconds", `,"create_time":"1794500001000"`, order.Details{CreatedAt: at(1)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(&tt.want, orderOf(t, tt.members).Details); diff != "" {
				t.Error(diff)
			}
		})
	}
	r, err := answer(200, []byte(`{"code":0,"data":{"orders":[{"id":"5","update_time":1794514515,"rts_sla_time":"soon","delivery_time":"late","status":"DELIVERED","tracking_number":"1Z999AA10555000421"}]}}`))
	if err != nil || len(r.Malformed) != 2 {
		t.Errorf("times that are none, each once: %+v, %v", r.Malformed, err)
	}
}

// Only who asks for an order gets to know all of it.
func TestDetailsAreOfOrders(t *testing.T) {
	r, err := answer(200, []byte(`{"code":0,"data":{"package_id":"1152000000000000042","update_time":1794514515,"create_time":1794500000,"orders":[{"id":"577000000000000042"}]}}`))
	if err != nil || len(r.Orders) != 1 || r.Orders[0].Details != nil {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestPackageNumbers(t *testing.T) {
	tests := []struct {
		name, members string
		want          order.Package
	}{
		{"one number", `"tracking_number":"1Z999AA10555000421"`, order.Package{TrackingNumber: "1Z999AA10555000421"}},
		{
			"across borders", `"tracking_number":"LP00123456789","last_mile_tracking_number":"1Z999AA10555000421"`,
			order.Package{TrackingNumber: "1Z999AA10555000421", FirstMile: "LP00123456789"},
		},
		{"the same twice", `"tracking_number":"1Z999AA10555000421","last_mile_tracking_number":"1z999aa10555000421"`, order.Package{TrackingNumber: "1Z999AA10555000421"}},
		{
			"a provider with its id", `"shipping_provider_name":"USPS","shipping_provider_id":7117858858072016686`,
			order.Package{Provider: "USPS", ProviderID: "7117858858072016686"},
		},
		{"only the id", `"shipping_provider_id":"7117858858072016686"`, order.Package{Provider: "7117858858072016686", ProviderID: "7117858858072016686"}},
		{"an id that is none", `"shipping_provider_id":"usps","shipping_provider_name":"USPS"`, order.Package{Provider: "USPS"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := answer(200, []byte(`{"code":0,"data":{"package_id":"1152000000000000042","update_time":1794514515,"orders":[{"id":"577000000000000042"}],`+tt.members+`}}`))
			if err != nil || len(r.Orders) != 1 {
				t.Fatalf("%+v, %v", r, err)
			}
			tt.want.PackageID = "1152000000000000042"
			if diff := cmp.Diff([]order.Package{tt.want}, r.Orders[0].Packages); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What an order says of all its packages is newer than an old word of one.
func TestDeliveredOrder(t *testing.T) {
	tests := []struct{ name, order, parcel, want, word string }{
		{"the package's word is old", `"DELIVERED","delivery_time":1794514000`, `"package_status":"FULFILLING"`, "DELIVERED.GENERIC", "DELIVERED"},
		{"older yet", `"DELIVERED","delivery_time":1794514000`, `"package_status":"PROCESSING","display_status":"IN_TRANSIT"`, "DELIVERED.GENERIC", "DELIVERED"},
		{"a line's word is old", `"DELIVERED"`, `"display_status":"IN_TRANSIT"`, "DELIVERED.GENERIC", "DELIVERED"},
		{"its own word says it", `"DELIVERED"`, `"package_status":"COMPLETED"`, "DELIVERED.GENERIC", "COMPLETED"},
		{"a word that nobody knows", `"DELIVERED"`, `"package_status":"ON_THE_MOON"`, "DELIVERED.GENERIC", "DELIVERED"},
		{"lost or cancelled", `"DELIVERED"`, `"package_status":"CANCELLED"`, "CANCELLED.GENERIC", "CANCELLED"},
		{"its lines are cancelled", `"DELIVERED"`, `"display_status":"CANCEL"`, "CANCELLED.GENERIC", "CANCELLED"},
		{"over, after a delivery", `"COMPLETED","delivery_time":1794514000`, `"package_status":"FULFILLING"`, "DELIVERED.GENERIC", "COMPLETED"},
		{"over, without one", `"COMPLETED"`, `"package_status":"FULFILLING"`, "IN_TRANSIT.MOVING", "FULFILLING"},
		{"under way", `"IN_TRANSIT"`, `"package_status":"PROCESSING"`, "INFO_RECEIVED.LABEL_CREATED", "PROCESSING"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if code, word := toldOf(t, tt.order, ","+tt.parcel); code != tt.want || word != tt.word {
				t.Errorf("%s of %s, want %s of %s", code, word, tt.want, tt.word)
			}
		})
	}
}

func TestPushesAreAbout(t *testing.T) {
	end := time.Unix(1761040700, 0).UTC()
	tests := []struct {
		name, topic, data string
		about             order.About
		orders            int
		shop              *order.ShopChange
	}{
		{"an order", "1", `"order_id":"577","order_status":"DELIVERED"`, order.TheOrder, 1, nil},
		{"an old request", "2", `"order_id":"577","reverse_event_type":"ORDER_RETURN"`, order.TheOrder, 1, nil},
		{"an address", "3", `"order_id":"577"`, order.TheAddress, 1, nil},
		{"packages", "4", `"package_list":[{"package_id":"1152","order_id_list":["577"]}]`, order.TheOrder, 1, nil},
		{"a cancellation", "11", `"order_id":"577","cancel_status":"CANCELLATION_REQUEST_PENDING"`, order.ACancellation, 1, nil},
		{"a return", "12", `"order_id":"577","return_status":"BUYER_SHIPPED_ITEM"`, order.AReturn, 1, nil},
		{"a refund", "67", `"refund_status":"REFUND_SUCCESS","line_items":[{"main_order_id":"577"}]`, order.AReturn, 1, nil},
		{"the end of an authorisation", "6", `"message":"x"`, "", 0, &order.ShopChange{Revoked: true}},
		{"an end that comes", "7", `"expiration_time":"1761040700"`, "", 0, &order.ShopChange{ExpiresAt: end}},
		{"an end without a time", "7", `"message":"x"`, "", 0, &order.ShopChange{}},
		{"a request on some order", "64", `"aftersales_request_id":"4037"`, "", 0, &order.ShopChange{Look: true}},
		{"a return of some order", "65", `"rma_id":"4038","rma_status":"RMA_CREATED"`, "", 0, &order.ShopChange{Look: true}},
		{"a message", "14", `"content":"x"`, "", 0, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := open(t).Receiver.Decode([]byte(`{"type":` + tt.topic + `,"shop_id":"7490000000000000042","timestamp":1760003600,"data":{` + tt.data + `}}`))
			if err != nil || len(r.Orders) != tt.orders || len(r.Malformed) > 0 || r.Ignored != (tt.orders == 0 && tt.shop == nil) {
				t.Fatalf("%+v, %v", r, err)
			}
			if tt.shop != nil {
				tt.shop.ShopID, tt.shop.At = "7490000000000000042", time.Unix(1760003600, 0).UTC()
			}
			if diff := cmp.Diff(tt.shop, r.Shop); diff != "" {
				t.Error(diff)
			}
			for _, o := range r.Orders {
				if o.About != tt.about || o.Details != nil || (tt.topic == "2" || tt.topic == "3") && o.Status != "" {
					t.Errorf("%+v", o)
				}
			}
		})
	}
	r, err := open(t).Receiver.Decode([]byte(`{"type":7,"shop_id":"7490000000000000042","data":{"expiration_time":"soon"}}`))
	want := []source.Malformed{{Path: "data.expiration_time", Reason: "not a time"}}
	if diff := cmp.Diff(want, r.Malformed); err != nil || diff != "" || r.Shop == nil {
		t.Error(err, diff)
	}
	if _, err := open(t).Receiver.Decode([]byte(`{"type":65,"data":{}}`)); err == nil || !strings.Contains(err.Error(), "shop_id: missing") {
		t.Errorf("of no shop: %v", err)
	}
}
