package tiktokshop

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"mime"
	"net/url"
	"slices"
	"strings"
)

// SignRequest returns the parameter sign of a call of the Open API: an
// HMAC-SHA256, in hex, of path, query and body between two copies of the secret.
//
// query is as it stands behind the "?" of the URL; signed are its decoded
// values, in the order of their names, of a name that stands there twice the
// first, and neither sign nor access_token. The body must be the bytes that are
// sent; of a multipart/form-data call it is not signed. The access token goes
// into a header and is not signed either.
//
// An error names no value. See page sign-your-api-request; of the page
// create-a-hash-to-sign-your-test-api-call the slash behind the path is a slip.
func SignRequest(secret, path, query string, body []byte, contentType string) (string, error) {
	if secret == "" {
		return "", errors.New("tiktokshop: sign request: no secret")
	}
	if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "?#") {
		return "", errors.New("tiktokshop: sign request: the path must begin with a slash and hold no query")
	}
	values, err := url.ParseQuery(query)
	if err != nil { // Its text would quote the query.
		return "", errors.New("tiktokshop: sign request: the query cannot be decoded")
	}
	h := hmac.New(sha256.New, []byte(secret))
	write := func(s string) { _, _ = h.Write([]byte(s)) } // A hash never fails.
	write(secret)
	write(path)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if name != "sign" && name != "access_token" {
			write(name)
			write(values.Get(name))
		}
	}
	if media, _, _ := mime.ParseMediaType(contentType); media != "multipart/form-data" {
		_, _ = h.Write(body)
	}
	write(secret)
	return hex.EncodeToString(h.Sum(nil)), nil
}
