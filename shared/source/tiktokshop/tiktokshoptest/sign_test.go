package tiktokshoptest

import (
	"net/url"
	"testing"
)

// The first is the example of TikTok's documentation, the inputs of the sixth one
// too; the second to the fifth are of EcomPHP/tiktokshop-php and ipfans/tiktok, the
// others were made for the tests of tiktokshop.
func TestCallSign(t *testing.T) {
	const (
		secret = "tts_test_app_secret_0123456789"
		common = "app_key=tts_test_app_key&shop_cipher=ROW_testcipher_AAAA-_==&timestamp=1760000000"
	)
	for i, v := range []struct{ secret, path, query, body, want string }{
		{"e59af819cc", "/authorization/202309/shops", "app_key=29a39d&timestamp=1623812664", "", "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8"},
		{"app_secret", "/test-api", "foo=bar", "", "d3cb7fe11ecae942802ceeca67e7cf10120cc12f1517d45fbc1c8cfe5413c80f"},
		{"123", "/api/logistics/shipping_providers", "app_key=12abcd&shop_id=123456&timestamp=1600000000&access_token=left-out&sign=left-out", "", "7d1b364efacbb92d9c481b8ac3d058b002188fb3c9e5ccd1448bfcf6733e4418"},
		{"123", "/api/logistics/ship/get", "app_key=12abcd&order_id=576463173535499480&shop_id=123456&timestamp=1600000000", "", "db06fca19320e9faa07ae1f70d83db5f156f4209d4692e2325b11b7ac021fd43"},
		{"123", "/api/fulfillment/detail", "app_key=12abcd&package_id=1152927458095236984&shop_id=123456&timestamp=1600000000", "", "99d5232c485d949d2da0b0ffccec4ac1f8e726d25aefc2a76e4372aa7612291b"},
		{"e59af819cc", "/event/202309/webhooks", "app_key=68xu9ks5p4i8&shop_cipher=ROW_xkMbgAAAeVAQra0eZWebFQq5aIK&timestamp=1696909648", `{"address":"https://partner.tiktokshop.com","event_type":"PACKAGE_UPDATE"}`, "cd0d6268252f4ba293bf7ea4c0a2873bf9beec600d22530638564ab301435f7a"},
		{secret, "/order/202309/orders", common + "&ids=577000000000000001,577000000000000002", "", "8352d1078ef8755e70fcb61ca56d174017b75c16f585d4800069572b8e742a2f"},
		{secret, "/fulfillment/202309/orders/577000000000000001/tracking", common, "", "1fd4b12522e97cf91c0f0b6538a4479790019c65642c2c50d218b2a65e1655bf"},
		{secret, "/fulfillment/202309/packages/search", common + "&page_size=50&sort_field=update_time&sort_order=ASC", `{"update_time_ge":1759990000,"update_time_lt":1760000000}`, "effbb4e4f7e82fb5379828d74e8b11a361edcf0995c8a6150b3ba4e5e53abda3"},
		{secret, "/authorization/202309/shops", "app_key=tts_test_app_key&timestamp=1760000000", "", "37410bdaa6bd8726c9ec020bef3c7545013c31eaed154aa50ac083d884933e55"},
	} {
		query, err := url.ParseQuery(v.query)
		if err != nil {
			t.Fatal(err)
		}
		if got := callSign(v.secret, v.path, query, "application/json", []byte(v.body)); got != v.want {
			t.Errorf("vector %d is signed %s, want %s", i+1, got, v.want)
		}
	}
}

// The first is the example of TikTok's documentation.
func TestPushSign(t *testing.T) {
	for i, v := range []struct{ key, secret, body, want string }{
		{"abcdef", "123", `{"type":1,"tts_notification_id":"7380066284010030890","shop_id":"7495540735365777507","timestamp":1718305585,"data":{"is_on_hold_order":true,"order_id":"576653688135258178","order_status":"UNPAID","update_time":1718305585}}`, "5dec0f11ec2f6783b8deee53c9ffbf8d024302f7c7e7fa55a35d17629031ac05"},
		{"fake_app_key", "fake_app_secret", `{"type":1,"shop_id":"7494726673780148744","timestamp":1664095733,"data":{"order_id":"576684019603311365","order_status":"AWAITING_SHIPMENT","update_time":1664095610}}`, "21109834de72ec53c9959716d8514ae388ce1f123e5ffdcafc46713fcdf62b27"},
	} {
		if got := pushSign(App{v.key, v.secret}, []byte(v.body)); got != v.want {
			t.Errorf("vector %d is signed %s, want %s", i+1, got, v.want)
		}
	}
}
