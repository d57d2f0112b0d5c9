package tiktokshop

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/webhook"
)

// key is an app key with its secret, as a setting has it.
func key(app, secret string) string { return app + ":" + secret }

const (
	app    = "tts_test_app_key"
	secret = "tts_test_app_secret_0123456789"
)

func open(t testing.TB, texts ...string) source.Source {
	t.Helper()
	keys, err := webhook.ParseKeys(texts...)
	if err != nil {
		t.Fatal(err)
	}
	return New(source.Fixed(keys))
}

// mac is the formula of the documentation, apart from the code under test.
func mac(secret, message string) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(message))
	return h.Sum(nil)
}

func signature(app, secret, body string) string { return hex.EncodeToString(mac(secret, app+body)) }

// The first is an example of TikTok's documentation, the body of the second one
// of EcomPHP/tiktokshop-php; the others were made for this test.
var vectors = []struct{ app, secret, body, sign string }{
	{
		"abcdef", "123",
		`{"type":1,"tts_notification_id":"7380066284010030890","shop_id":"7495540735365777507","timestamp":1718305585,"data":{"is_on_hold_order":true,"order_id":"576653688135258178","order_status":"UNPAID","update_time":1718305585}}`,
		"5dec0f11ec2f6783b8deee53c9ffbf8d024302f7c7e7fa55a35d17629031ac05",
	},
	{
		"fake_app_key", "fake_app_secret",
		`{"type":1,"shop_id":"7494726673780148744","timestamp":1664095733,"data":{"order_id":"576684019603311365","order_status":"AWAITING_SHIPMENT","update_time":1664095610}}`,
		"21109834de72ec53c9959716d8514ae388ce1f123e5ffdcafc46713fcdf62b27",
	},
	{
		app, secret,
		`{"type":1,"tts_notification_id":"7400000000000000001","shop_id":"7490000000000000001","timestamp":1760000000,"data":{"is_on_hold_order":false,"order_id":"577000000000000001","order_status":"IN_TRANSIT","update_time":1760000000}}`,
		"6110b3947b3298e1274a576d06ce4e146e5b6db89ee55d9baebadfc5a073ab72",
	},
	{
		app, secret,
		`{"type":4,"tts_notification_id":"7400000000000000002","shop_id":"7490000000000000001","timestamp":1760000100,"data":{"sc_type":"SPLIT","role_type":"ROLE_SELLER","package_list":[{"package_id":"1152000000000000001","order_id_list":["577000000000000001"]},{"package_id":"1152000000000000002","order_id_list":["577000000000000001"]}],"update_time":1760000100}}`,
		"02dfcad4f675fd679cdcd28733cff2b50b608608474cb1615afee504fb677595",
	},
	{
		app, secret,
		`{"type":14,"tts_notification_id":"7400000000000000003","shop_id":"7490000000000000001","timestamp":1760000200,"data":{"content":"{\"content\":\"où est mon colis ? 包裹\"}","conversation_id":"710000000000000001","create_time":1760000200,"is_visible":true,"message_id":"722000000000000001","index":"7494000000000000001","type":"TEXT","sender":{"im_user_id":"707000000000000001","role":"BUYER"}}}`,
		"4d6c9ace5ce556ff3cc0188a61b32e375c647a5bd4ab7bacf63db762e9333cc4",
	},
	{app, secret, "", "c06ee2c2ad342c4fdbdf25aba2cea084c5130c08fa3070b745150bee679282bf"},
}

func TestVectors(t *testing.T) {
	for i, v := range vectors {
		at := time.Date(2026, 11, 20, 18, 15, 0, 0, time.UTC) // Of the one without a time.
		if _, after, ok := strings.Cut(v.body, `"timestamp":`); ok {
			var seconds int64
			if _, err := fmt.Sscan(after[:10], &seconds); err != nil {
				t.Fatal(err)
			}
			at = time.Unix(seconds, 0)
		}
		d := source.Delivery{Body: []byte(v.body)}
		if err := open(t).Sign(&d, key(v.app, v.secret), at); err != nil {
			t.Fatal(err)
		}
		if got := d.Header.Get("Authorization"); got != v.sign || string(d.Body) != v.body {
			t.Errorf("vector %d is signed %s, want %s", i+1, got, v.sign)
		}
		d.Header = http.Header{"Authorization": {v.sign}}
		if id, err := open(t, key("another", "key"), key(v.app, v.secret)).Verify(t.Context(), d, at); err != nil || id == "" {
			t.Errorf("vector %d: %q, %v", i+1, id, err)
		}
		d.Body = []byte(strings.Replace(v.body, `{"type"`, `{ "type"`, 1) + " ")
		if _, err := open(t, key(v.app, v.secret)).Verify(t.Context(), d, at); !errors.Is(err, webhook.ErrBadSignature) {
			t.Errorf("vector %d with another blank: %v", i+1, err)
		}
	}
	// A body of no bytes may be signed; a push it is not.
	if _, err := open(t).Receiver.Decode(nil); !errors.Is(err, webhook.ErrMalformed) {
		t.Errorf("an empty body: %v", err)
	}
}

var (
	body = vectors[2].body
	good = vectors[2].sign
	now  = time.Unix(1760000000, 0)
)

func TestVerify(t *testing.T) {
	flipped := "7" + good[1:]
	one, two := key(app, secret), key(app, "the-secret-of-before")
	tests := []struct {
		name string
		keys []string
		path string
		sign []string
		body string
		want error
	}{
		{"signed", []string{one}, "", []string{good}, body, nil},
		{"old secret while it is replaced", []string{key(app, "new"), one}, "", []string{good}, body, nil},
		{"new secret while it is replaced", []string{one, two}, "", []string{good}, body, nil},
		{"an app for another market beside it", []string{key("us_app", "us-secret"), one}, "", []string{good}, body, nil},
		{"in upper case", []string{one}, "", []string{strings.ToUpper(good)}, body, nil},
		{"on a path of the topic", []string{one}, "/order-status", []string{good}, body, nil},
		{"beside a key of another form", []string{"s3cr3t", one}, "", []string{good}, body, nil},

		{"no keys", nil, "", []string{good}, body, webhook.ErrNotConfigured},
		{"only keys of other forms", []string{secret, "path:token-of-a-path-0123456789"}, "/token-of-a-path-0123456789", []string{good}, body, webhook.ErrNotConfigured},
		{"unsigned", []string{one}, "", nil, body, webhook.ErrUnsigned},
		{"an empty signature", []string{one}, "", []string{""}, body, webhook.ErrUnsigned},
		{"two signatures", []string{one}, "", []string{good, good}, body, webhook.ErrBadSignature},
		{"another secret", []string{two}, "", []string{good}, body, webhook.ErrBadSignature},
		{"another app", []string{key("us_app", secret)}, "", []string{good}, body, webhook.ErrBadSignature},
		{"another body", []string{one}, "", []string{good}, strings.Replace(body, "IN_TRANSIT", "DELIVERED", 1), webhook.ErrBadSignature},
		{"an empty body", []string{one}, "", []string{good}, "", webhook.ErrBadSignature},
		{"one digit", []string{one}, "", []string{flipped}, body, webhook.ErrBadSignature},
		{"a part of it", []string{one}, "", []string{good[:62]}, body, webhook.ErrBadSignature},
		{"more than it", []string{one}, "", []string{good + "00"}, body, webhook.ErrBadSignature},
		{"no hex", []string{one}, "", []string{"x" + good[1:]}, body, webhook.ErrBadSignature},
		{"with a scheme", []string{one}, "", []string{"Bearer " + good}, body, webhook.ErrBadSignature},
		{"with a blank", []string{one}, "", []string{" " + good}, body, webhook.ErrBadSignature},
		{"the secret itself", []string{one}, "", []string{secret}, body, webhook.ErrBadSignature},
		{"a part of the app key counted to the secret", []string{key("tts_test_app", "_key"+secret)}, "", []string{good}, body, webhook.ErrBadSignature},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := source.Delivery{Method: http.MethodPost, Path: "/webhooks/tiktokshop" + tt.path, Header: http.Header{}, Body: []byte(tt.body)}
			for _, s := range tt.sign {
				d.Header.Add("authorization", s)
			}
			verifies(t, d, now, tt.want, tt.keys...)
		})
	}
	down := errors.New("no keys now")
	src := New(func(context.Context) (webhook.Keys, error) { return webhook.Keys{}, down })
	if _, err := src.Verify(t.Context(), source.Delivery{}, now); !errors.Is(err, down) {
		t.Errorf("keys that cannot be loaded: %v", err)
	}
}

func verifies(t *testing.T, d source.Delivery, at time.Time, want error, keys ...string) {
	t.Helper()
	id, err := open(t, keys...).Verify(t.Context(), d, at)
	if !errors.Is(err, want) || (err == nil) != (id != "") {
		t.Errorf("Verify = %q, %v, want %v", id, err, want)
	}
	if err != nil && (strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), app)) {
		t.Errorf("the error shows a key: %v", err)
	}
}

// Formulas that are met in the wild, and some that look likely.
func TestVerifyRefusesWrongFormulas(t *testing.T) {
	plain := sha256.Sum256([]byte(secret + body))
	wrapped, err := SignRequest(secret, "/webhooks/tiktokshop", "app_key="+app, []byte(body), "application/json")
	if err != nil {
		t.Fatal(err)
	}
	encoded := strings.NewReplacer(`":`, `": `, `",`, `", `).Replace(body)
	tests := []struct {
		name   string
		header string
		value  string
		want   error
	}{
		{"no key of a MAC: SHA-256 of secret and body", "Authorization", hex.EncodeToString(plain[:]), webhook.ErrBadSignature},
		{"the body alone, in base64", "Authorization", base64.StdEncoding.EncodeToString(mac(secret, body)), webhook.ErrBadSignature},
		{"the body alone, in hex", "Authorization", hex.EncodeToString(mac(secret, body)), webhook.ErrBadSignature},
		{"the right one in base64", "Authorization", base64.StdEncoding.EncodeToString(mac(secret, app+body)), webhook.ErrBadSignature},
		{"the formula of requests, between two secrets", "Authorization", wrapped, webhook.ErrBadSignature},
		{"app key and body between two secrets", "Authorization", hex.EncodeToString(mac(secret, secret+app+body+secret)), webhook.ErrBadSignature},
		{"the app key behind the body", "Authorization", hex.EncodeToString(mac(secret, body+app)), webhook.ErrBadSignature},
		{"the app key as the secret", "Authorization", hex.EncodeToString(mac(app, secret+body)), webhook.ErrBadSignature},
		{"app key and secret in one", "Authorization", hex.EncodeToString(mac(app+":"+secret, app+body)), webhook.ErrBadSignature},
		{"a body that was decoded and encoded again", "Authorization", hex.EncodeToString(mac(secret, app+encoded)), webhook.ErrBadSignature},
		{"under an empty secret", "Authorization", hex.EncodeToString(mac("", app+body)), webhook.ErrBadSignature},
		{"in X-Tiktok-Signature", "X-Tiktok-Signature", good, webhook.ErrUnsigned},
		{"in x-tts-signature", "x-tts-signature", good, webhook.ErrUnsigned},
		{
			"as TikTok for Developers signs, another product", "TikTok-Signature",
			"t=1760000000,s=" + hex.EncodeToString(mac(secret, "1760000000."+body)), webhook.ErrUnsigned,
		},
		{"the same in Authorization", "Authorization", "t=1760000000,s=" + hex.EncodeToString(mac(secret, "1760000000."+body)), webhook.ErrBadSignature},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := source.Delivery{Method: http.MethodPost, Path: "/webhooks/tiktokshop", Header: http.Header{}, Body: []byte(body)}
			d.Header.Set(tt.header, tt.value)
			verifies(t, d, now, tt.want, key(app, secret))
		})
	}
}

// The last resend comes more than 15 hours after the push, and may have its time.
func TestVerifyTime(t *testing.T) {
	made := func(stamp string) string {
		return `{"type":1,` + stamp + `"data":{"timestamp":1,"order_id":"577000000000000001"}}`
	}
	const second = `"timestamp":1760000000,`
	tests := []struct {
		name  string
		body  string
		after time.Duration
		want  error
	}{
		{"at once", made(second), 0, nil},
		{"the first resend", made(second), 2 * time.Minute, nil},
		{"the last resend, all of them timed out", made(second), 15*time.Hour + 33*time.Minute, nil},
		{"a day", made(second), 24 * time.Hour, nil},
		{"more than a day", made(second), 24*time.Hour + time.Second, webhook.ErrStale},
		{"years", made(second), 20000 * time.Hour, webhook.ErrStale},
		{"a clock that is behind", made(second), -5 * time.Minute, nil},
		{"in the future", made(second), -5*time.Minute - time.Second, webhook.ErrStale},
		{"far in the future", made(second), -20000 * time.Hour, webhook.ErrStale},
		{"a text, and old", made(`"timestamp":"1760000000",`), 48 * time.Hour, webhook.ErrStale},
		{"a text", made(`"timestamp":"1760000000",`), time.Hour, nil},
		{"milliseconds, and old", made(`"timestamp":1760000000123,`), 48 * time.Hour, webhook.ErrStale},
		{"milliseconds", made(`"timestamp":1760000000123,`), time.Hour, nil},
		{"behind the data", `{"data":{"timestamp":1},"timestamp":1760000000}`, 48 * time.Hour, webhook.ErrStale},
		{"no time: it is signed", made(""), 48 * time.Hour, nil},
		{"a time that is none", made(`"timestamp":null,`), 48 * time.Hour, nil},
		{"zero", made(`"timestamp":0,`), 48 * time.Hour, nil},
		{"no object", `[{"timestamp":1760000000}]`, 48 * time.Hour, nil},
		{"no JSON", `{"timestamp"`, 48 * time.Hour, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := source.Delivery{Header: http.Header{"Authorization": {signature(app, secret, tt.body)}}, Body: []byte(tt.body)}
			verifies(t, d, now.Add(tt.after), tt.want, key(app, secret))
			d.Header.Set("Authorization", signature(app, "x", tt.body))
			verifies(t, d, now.Add(tt.after), webhook.ErrBadSignature, key(app, secret))
		})
	}
}

func TestVerifyNamesTheKey(t *testing.T) {
	keys, err := webhook.ParseKeys(key(app, "x"), key(app, secret))
	if err != nil {
		t.Fatal(err)
	}
	d := source.Delivery{Header: http.Header{"Authorization": {good}}, Body: []byte(body)}
	if id, err := New(source.Fixed(keys)).Verify(t.Context(), d, now); id != pairs(keys)[1].ID || err != nil {
		t.Errorf("ID %q, %v, want %q", id, err, pairs(keys)[1].ID)
	}
}

// A body of any size is verified, and none is left behind for the next one.
func TestVerifyLargeBodies(t *testing.T) {
	for _, size := range []int{1, 64 << 10, 1 << 20, 2} {
		b := strings.Repeat("x", size)
		d := source.Delivery{Header: http.Header{"Authorization": {signature(app, secret, b)}}, Body: []byte(b)}
		verifies(t, d, now, nil, key(app, secret))
	}
}

// Nothing of a body is kept for the next one.
func TestScratchForgets(t *testing.T) {
	s := &scratch{dec: jsontext.NewDecoder(bytes.NewReader(nil))}
	keys, err := webhook.ParseKeys(key(app, secret))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.match(pairs(keys), []byte(body), good); err != nil {
		t.Fatal(err)
	}
	s.stamp([]byte(body))
	kept := s.message
	s.free()
	if bytes.ContainsFunc(kept, func(r rune) bool { return r != 0 }) || s.buf.Len() > 0 {
		t.Errorf("kept: %q", kept)
	}
}

func TestVerifyAllocatesNothing(t *testing.T) {
	b := body[:len(body)-1] + strings.Repeat(" ", 5<<10) + "}"
	src := open(t, key(app, "x"), key(app, secret))
	d := source.Delivery{Header: http.Header{"Authorization": {signature(app, secret, b)}}, Body: []byte(b)}
	ctx := t.Context()
	if n := testing.AllocsPerRun(100, func() {
		if _, err := src.Verify(ctx, d, now); err != nil {
			t.Fatal(err)
		}
	}); n != 0 && !raceEnabled {
		t.Errorf("%v allocations", n)
	}
}

// A sample is sent as if it were made now; the sample itself stays as it is.
func TestSignMakesItNow(t *testing.T) {
	before := []byte(body)
	d := source.Delivery{Body: before, Header: http.Header{"Authorization": {"x"}}}
	at := now.Add(1000 * time.Hour)
	if err := open(t).Sign(&d, key(app, secret), at); err != nil {
		t.Fatal(err)
	}
	if string(before) != body || string(d.Body) != strings.Replace(body, `"timestamp":1760000000`, `"timestamp":1763600000`, 1) {
		t.Errorf("body %s", d.Body)
	}
	verifies(t, d, at, nil, key(app, secret))
	if d.Method != http.MethodPost || d.Path != "/webhooks/tiktokshop" || d.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%s %s, %v", d.Method, d.Path, d.Header)
	}
	for _, bad := range []string{"with a blank", "", "n0-app-key", "path:token-of-a-path-0123456789"} {
		if err := open(t).Sign(&d, bad, now); err == nil || bad != "" && strings.Contains(err.Error(), bad) {
			t.Errorf("key %q: %v", bad, err)
		}
	}
}
