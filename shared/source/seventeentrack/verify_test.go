package seventeentrack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/webhook"
)

const (
	secretKey = "s3cr3t-of-the-account"
	pathKey   = "path:token-of-a-path-0123456789"
	pathToken = "/token-of-a-path-0123456789"
)

var now = time.Date(2026, 11, 20, 18, 15, 0, 0, time.UTC)

func open(t testing.TB, texts ...string) source.Source {
	t.Helper()
	keys, err := webhook.ParseKeys(texts...)
	if err != nil {
		t.Fatal(err)
	}
	return New(source.Fixed(keys))
}

func signed(t testing.TB, key string, body []byte) source.Delivery {
	t.Helper()
	d := source.Delivery{Body: body}
	if err := open(t).Sign(&d, key, now); err != nil {
		t.Fatal(err)
	}
	return d
}

// digest is the formula of the documentation, apart from the code under test.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// The first is an example of 17TRACK's documentation.
func TestVectors(t *testing.T) {
	for _, v := range []struct{ key, body, sign string }{
		{"123456ABCDEF", `{"event":"TRACKING_UPDATED","data":{"number":"RR123456789CN","carrier":3011,"tag":null}}`, "45acb4a6f4a194a6ac1f0f712182c4e314b1ae9399941ea086987408f3166994"},
		{"test-key-17track", `{"event":"TRACKING_STOPPED","data":{"number":"LX900000001CN","carrier":3011,"param":null,"tag":"shop-1"}}`, "ae2984955dc6bd7ef5dd600c001bd12985d8fa16a1d002cb12563c292ea3d384"},
		{"test-key-17track", `{"event":"TRACKING_UPDATED","data":{"number":"LX900000001CN","carrier":3011,"tag":"München"}}`, "d8d22304f287d2ee097d70aa8683802e644f420d5b9740371243a4b48c5c5fd0"},
	} {
		d := signed(t, v.key, []byte(v.body))
		if got := d.Header.Get("sign"); got != v.sign {
			t.Errorf("%s is signed %s, want %s", v.body, got, v.sign)
		}
		d.Header = http.Header{"Sign": {v.sign}}
		if _, err := open(t, v.key).Verify(t.Context(), d, now); err != nil {
			t.Errorf("%s: %v", v.body, err)
		}
	}
}

func TestVerify(t *testing.T) {
	const body = `{"event":"TRACKING_STOPPED", "data":{"number":"RR123456789CN"}}`
	good := digest(body + "/" + secretKey)
	flipped := "0" + good[1:]
	if good[0] == '0' {
		flipped = "1" + good[1:]
	}
	both := []string{secretKey, pathKey}
	tests := []struct {
		name string
		keys []string
		path string
		sign []string
		body string
		want error
	}{
		{"signed", both, "", []string{good}, body, nil},
		{"old key while it is replaced", []string{"new-s3cr3t", secretKey}, "", []string{good}, body, nil},
		{"new key while it is replaced", []string{secretKey, "old-s3cr3t"}, "", []string{good}, body, nil},
		{"in upper case", both, "", []string{strings.ToUpper(good)}, body, nil},
		{"path token", both, pathToken, nil, body, nil},
		{"path token and signature", both, pathToken, []string{good}, body, nil},
		{"path token, and a signature without a key for it", []string{pathKey}, pathToken, []string{"anything"}, body, nil},
		{"an empty body", both, "", []string{digest("/" + secretKey)}, "", nil},

		{"no keys", nil, "", []string{good}, body, webhook.ErrNotConfigured},
		{"an empty key signs nothing", nil, "", []string{digest(body + "/")}, body, webhook.ErrNotConfigured},
		{"an empty key beside a good one", both, "", []string{digest(body + "/")}, body, webhook.ErrBadSignature},
		{"unsigned", both, "", nil, body, webhook.ErrUnsigned},
		{"an empty signature", both, "", []string{""}, body, webhook.ErrUnsigned},
		{"another key", []string{"other"}, "", []string{good}, body, webhook.ErrBadSignature},
		{"another body", both, "", []string{good}, strings.Replace(body, ", ", ",", 1), webhook.ErrBadSignature},
		{"one digit", both, "", []string{flipped}, body, webhook.ErrBadSignature},
		{"a part of it", both, "", []string{good[:62]}, body, webhook.ErrBadSignature},
		{"more than it", both, "", []string{good + "00"}, body, webhook.ErrBadSignature},
		{"no hex", both, "", []string{"x" + good[1:]}, body, webhook.ErrBadSignature},
		{"the key itself", both, "", []string{secretKey}, body, webhook.ErrBadSignature},
		{"without the slash", both, "", []string{digest(body + secretKey)}, body, webhook.ErrBadSignature},
		{"the key in front", both, "", []string{digest(secretKey + "/" + body)}, body, webhook.ErrBadSignature},
		{"the slash in the body", both, "", []string{digest(body + "//" + secretKey)}, body, webhook.ErrBadSignature},
		{"two signatures", both, "", []string{good, good}, body, webhook.ErrBadSignature},
		{"right path, wrong signature", both, pathToken, []string{flipped}, body, webhook.ErrBadSignature},
		{"wrong path, right signature", both, pathToken + "x", []string{good}, body, webhook.ErrBadSignature},
		{"a path without a key for it", []string{secretKey}, pathToken, nil, body, webhook.ErrBadSignature},
		{"a signature without a key for it", []string{pathKey}, "", []string{good}, body, webhook.ErrBadSignature},
		{"client credentials are not of this source", []string{"basic:id:" + secretKey}, "", []string{good}, body, webhook.ErrBadSignature},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := source.Delivery{Method: http.MethodPost, Path: "/webhooks/17track" + tt.path, Header: http.Header{}, Body: []byte(tt.body)}
			for _, s := range tt.sign {
				d.Header.Add("sign", s)
			}
			id, err := open(t, tt.keys...).Verify(t.Context(), d, now)
			if !errors.Is(err, tt.want) || (err == nil) != (id != "") {
				t.Errorf("Verify = %q, %v, want %v", id, err, tt.want)
			}
			if err != nil && (strings.Contains(err.Error(), "s3cr3t") || strings.Contains(err.Error(), "token-of")) {
				t.Errorf("the error shows a key: %v", err)
			}
		})
	}
	down := errors.New("no keys now")
	src := New(func(context.Context) (webhook.Keys, error) { return webhook.Keys{}, down })
	if _, err := src.Verify(t.Context(), source.Delivery{}, now); !errors.Is(err, down) {
		t.Errorf("keys that cannot be loaded: %v", err)
	}
}

func TestVerifyNamesTheKey(t *testing.T) {
	keys, err := webhook.ParseKeys(secretKey, pathKey)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{secretKey: keys.Secrets[0].ID, pathKey: keys.Paths[0].ID} {
		if id, err := New(source.Fixed(keys)).Verify(t.Context(), signed(t, text, []byte("{}")), now); id != want || err != nil {
			t.Errorf("key %s: ID %q, %v, want %q", text, id, err, want)
		}
	}
}

func TestSignReplacesWhatWasThere(t *testing.T) {
	d := signed(t, secretKey, []byte("{}"))
	if err := open(t).Sign(&d, pathKey, now); err != nil || d.Header.Get("sign") != "" || d.Path != "/webhooks/17track"+pathToken {
		t.Errorf("header %v, path %s, %v", d.Header, d.Path, err)
	}
	for _, bad := range []string{"with a blank", "", "basic:id:secret"} {
		if err := open(t).Sign(&d, bad, now); err == nil || bad != "" && strings.Contains(err.Error(), bad) {
			t.Errorf("key %q: %v", bad, err)
		}
	}
}
