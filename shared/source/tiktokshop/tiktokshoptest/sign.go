package tiktokshoptest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"net/url"
	"sort"
	"strings"
)

// callSign is the signature of a call, as page sign-your-api-request says it: on
// purpose not the code that the callers use.
func callSign(secret, path string, query url.Values, contentType string, body []byte) string {
	names := make([]string, 0, len(query))
	for name := range query {
		names = append(names, name)
	}
	sort.Strings(names)
	var text strings.Builder
	text.WriteString(secret + path)
	for _, name := range names {
		if name == "sign" || name == "access_token" {
			continue
		}
		text.WriteString(name + query[name][0])
	}
	if media, _, _ := mime.ParseMediaType(contentType); media != "multipart/form-data" {
		text.Write(body)
	}
	text.WriteString(secret)
	return sum(secret, text.String())
}

// pushSign is the signature of a push, as page tts-webhooks-overview says it.
func pushSign(app App, body []byte) string { return sum(app.Secret, app.Key+string(body)) }

func sum(secret, text string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}
