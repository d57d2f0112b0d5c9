package main

import (
	"os"
	"path/filepath"
	"testing"
)

// The first is the example of TikTok's documentation; the second has a body.
func TestSignRequest(t *testing.T) {
	body := filepath.Join(t.TempDir(), "body.json")
	if err := os.WriteFile(body, []byte(`{"address":"https://partner.tiktokshop.com","event_type":"PACKAGE_UPDATE"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		args []string
		code int
		want string
	}{
		{"without a body", []string{"-path", "/authorization/202309/shops", "-query", "app_key=29a39d&timestamp=1623812664"}, exitOK, `{"sign":"b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8"}`},
		{"with one", []string{"-path", "/event/202309/webhooks", "-query", "app_key=68xu9ks5p4i8&shop_cipher=ROW_xkMbgAAAeVAQra0eZWebFQq5aIK&timestamp=1696909648", body}, exitOK, `{"sign":"cd0d6268252f4ba293bf7ea4c0a2873bf9beec600d22530638564ab301435f7a"}`},
		{"no path", []string{"-query", "a=b"}, exitUsage, "usage: local sign-request"},
		{"a query that is none", []string{"-path", "/p", "-query", "a=%zz"}, exitFailed, "tiktokshop"},
		{"no such file", []string{"-path", "/p", "none.json"}, exitFailed, "none.json"},
	}
	for _, tt := range tests {
		got := local(t, "", append([]string{"sign-request", "-source", "tiktokshop", "-secret", "e59af819cc"}, tt.args...)...)
		got.check(t, tt.name, tt.code, tt.want)
	}
	local(t, "", "sign-request", "-source", "ups", "-secret", "s", "-path", "/p").check(t, "another source", exitUsage, "usage")
}
