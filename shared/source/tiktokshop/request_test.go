package tiktokshop

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
)

const (
	s7Query = "app_key=tts_test_app_key&ids=577000000000000001,577000000000000002&shop_cipher=ROW_testcipher_AAAA-_==&timestamp=1760000000"
	s8Query = "app_key=tts_test_app_key&shop_cipher=ROW_testcipher_AAAA-_==&timestamp=1760000000"
)

// The first is the example of TikTok's documentation, the inputs of the sixth one
// too; the second to the fifth are of EcomPHP/tiktokshop-php and ipfans/tiktok, the
// others were made for this test.
var requests = []struct{ secret, path, query, body, sign string }{
	{"e59af819cc", "/authorization/202309/shops", "app_key=29a39d&timestamp=1623812664", "", "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8"},
	{"app_secret", "/test-api", "foo=bar", "", "d3cb7fe11ecae942802ceeca67e7cf10120cc12f1517d45fbc1c8cfe5413c80f"},
	{"123", "/api/logistics/shipping_providers", "app_key=12abcd&shop_id=123456&timestamp=1600000000&access_token=left-out", "", "7d1b364efacbb92d9c481b8ac3d058b002188fb3c9e5ccd1448bfcf6733e4418"},
	{"123", "/api/logistics/ship/get", "app_key=12abcd&order_id=576463173535499480&shop_id=123456&timestamp=1600000000", "", "db06fca19320e9faa07ae1f70d83db5f156f4209d4692e2325b11b7ac021fd43"},
	{"123", "/api/fulfillment/detail", "app_key=12abcd&package_id=1152927458095236984&shop_id=123456&timestamp=1600000000", "", "99d5232c485d949d2da0b0ffccec4ac1f8e726d25aefc2a76e4372aa7612291b"},
	{"e59af819cc", "/event/202309/webhooks", "app_key=68xu9ks5p4i8&shop_cipher=ROW_xkMbgAAAeVAQra0eZWebFQq5aIK&timestamp=1696909648", `{"address":"https://partner.tiktokshop.com","event_type":"PACKAGE_UPDATE"}`, "cd0d6268252f4ba293bf7ea4c0a2873bf9beec600d22530638564ab301435f7a"},
	{secret, "/order/202309/orders", s7Query, "", "8352d1078ef8755e70fcb61ca56d174017b75c16f585d4800069572b8e742a2f"},
	{secret, "/fulfillment/202309/orders/577000000000000001/tracking", s8Query, "", "1fd4b12522e97cf91c0f0b6538a4479790019c65642c2c50d218b2a65e1655bf"},
	{secret, "/fulfillment/202309/packages/search", s8Query + "&page_size=50&sort_field=update_time&sort_order=ASC", `{"update_time_ge":1759990000,"update_time_lt":1760000000}`, "effbb4e4f7e82fb5379828d74e8b11a361edcf0995c8a6150b3ba4e5e53abda3"},
	{secret, "/authorization/202309/shops", "app_key=tts_test_app_key&timestamp=1760000000", "", "37410bdaa6bd8726c9ec020bef3c7545013c31eaed154aa50ac083d884933e55"},
}

func signRequest(t *testing.T, secret, path, query, body, contentType string) string {
	t.Helper()
	sign, err := SignRequest(secret, path, query, []byte(body), contentType)
	if err != nil {
		t.Fatal(err)
	}
	return sign
}

func TestRequestVectors(t *testing.T) {
	for i, v := range requests {
		if got := signRequest(t, v.secret, v.path, v.query, v.body, "application/json"); got != v.sign {
			t.Errorf("vector %d is signed %s, want %s", i+1, got, v.sign)
		}
	}
}

// The same call, written in another way, has the same signature.
func TestSignRequestAlike(t *testing.T) {
	v := requests[8]
	tests := []struct{ name, query, contentType string }{
		{"in another order", "timestamp=1760000000&sort_order=ASC&sort_field=update_time&page_size=50&shop_cipher=ROW_testcipher_AAAA-_==&app_key=tts_test_app_key", "application/json"},
		{"as it goes over the wire", strings.Replace(v.query, "==", "%3D%3D", 1), "application/json"},
		{"with its signature", v.query + "&sign=0123", "application/json"},
		{"with an access token", "access_token=secret&" + v.query, "application/json"},
		{"with a name that stands there twice", v.query + "&page_size=100", "application/json"},
		{"with an alphabet", v.query, "application/json; charset=utf-8"},
		{"without a content type", v.query, ""},
	}
	for _, tt := range tests {
		if got := signRequest(t, v.secret, v.path, tt.query, v.body, tt.contentType); got != v.sign {
			t.Errorf("%s: %s, want %s", tt.name, got, v.sign)
		}
	}
	file := signRequest(t, v.secret, v.path, v.query, v.body, "Multipart/Form-Data; boundary=x")
	if want := signRequest(t, v.secret, v.path, v.query, "", ""); file != want || file == v.sign {
		t.Errorf("of a file the body is signed: %s, want %s", file, want)
	}
	if one, other := signRequest(t, "s", "/p", "a=x+y&b=%C3%BC%2C", "", ""), signRequest(t, "s", "/p", "b=ü,&a=x%20y", "", ""); one != other {
		t.Errorf("%s and %s of one query", one, other)
	}
}

// Formulas that are met in the wild, and some that look likely.
func TestSignRequestIsNoneOfThese(t *testing.T) {
	v := requests[8]
	const path = "/fulfillment/202309/packages/search"
	const text = "app_keytts_test_app_keypage_size50shop_cipherROW_testcipher_AAAA-_==sort_fieldupdate_timesort_orderASCtimestamp1760000000"
	whole := secret + path + text + v.body + secret
	if got := hex.EncodeToString(mac(secret, whole)); got != v.sign {
		t.Fatalf("the formula of this test gives %s", got)
	}
	plain := sha256.Sum256([]byte(whole))
	for name, wrong := range map[string]string{
		"a slash behind the path":             hex.EncodeToString(mac(secret, secret+path+"/"+text+v.body+secret)),
		"without a secret around it":          hex.EncodeToString(mac(secret, path+text+v.body)),
		"a secret in front only":              hex.EncodeToString(mac(secret, secret+path+text+v.body)),
		"no key of a MAC":                     hex.EncodeToString(plain[:]),
		"under the app key":                   hex.EncodeToString(mac(app, whole)),
		"the formula of pushes":               hex.EncodeToString(mac(secret, app+v.body)),
		"without the body":                    hex.EncodeToString(mac(secret, secret+path+text+secret)),
		"the body in front of the query":      hex.EncodeToString(mac(secret, secret+path+v.body+text+secret)),
		"values as they go over the wire":     hex.EncodeToString(mac(secret, secret+path+strings.Replace(text, "==", "%3D%3D", 1)+v.body+secret)),
		"with separators":                     hex.EncodeToString(mac(secret, secret+path+"?"+v.query+v.body+secret)),
		"names as they come":                  hex.EncodeToString(mac(secret, secret+path+strings.NewReplacer("=", "", "&", "").Replace(v.query)+v.body+secret)),
		"the access token among the values":   hex.EncodeToString(mac(secret, secret+path+"access_tokenx"+text+v.body+secret)),
		"the token's header":                  hex.EncodeToString(mac(secret, secret+path+text+"x-tts-access-tokenx"+v.body+secret)),
		"with the host":                       hex.EncodeToString(mac(secret, secret+"open-api.tiktokglobalshop.com"+path+text+v.body+secret)),
		"a body that was encoded again":       hex.EncodeToString(mac(secret, secret+path+text+strings.Replace(v.body, ",", ", ", 1)+secret)),
		"in upper case":                       strings.ToUpper(v.sign),
		"both values of a name that is twice": hex.EncodeToString(mac(secret, secret+path+strings.Replace(text, "page_size50", "page_size50100", 1)+v.body+secret)),
	} {
		query := v.query
		switch name {
		case "the access token among the values":
			query += "&access_token=x"
		case "both values of a name that is twice":
			query += "&page_size=100"
		}
		if got := signRequest(t, v.secret, v.path, query, v.body, "application/json"); got == wrong || got != v.sign {
			t.Errorf("%s: %s", name, got)
		}
	}
	// The documentation's own line for curl is not what its inputs give.
	if got := signRequest(t, "e59af819cc", requests[0].path, requests[0].query, "", ""); strings.HasPrefix(got, "bc721f0e") {
		t.Errorf("the slip of the documentation is taken for the signature: %s", got)
	}
}

func TestSignRequestRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ secret, path, query string }{
		"no secret":               {"", "/p", ""},
		"no path":                 {"s3cr3t", "", ""},
		"a path without a slash":  {"s3cr3t", "canary", ""},
		"a whole address":         {"s3cr3t", "https://canary.example/p", ""},
		"a path with a query":     {"s3cr3t", "/p?canary=x", ""},
		"a query that is escaped": {"s3cr3t", "/p", "canary=%zz"},
		"a query with semicolons": {"s3cr3t", "/p", "canary=x;b=y"},
	} {
		sign, err := SignRequest(tt.secret, tt.path, tt.query, nil, "")
		if err == nil || sign != "" || strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%s: %q, %v", name, sign, err)
		}
	}
}
