package ups

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/payload"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/webhook"
)

const (
	secretKey = "s3cr3t-of-version-1"
	basicKey  = "basic:client-7:s3cr3t-of-version-2"
	pathKey   = "path:token-of-a-path-0123456789"
)

var now = time.Date(2026, 11, 18, 18, 15, 0, 0, time.UTC)

func open(t testing.TB, texts ...string) source.Source {
	t.Helper()
	keys, err := webhook.ParseKeys(texts...)
	if err != nil {
		t.Fatal(err)
	}
	return New(source.Fixed(keys))
}

func signed(t testing.TB, key string, at time.Time) source.Delivery {
	t.Helper()
	var d source.Delivery
	if err := open(t).Sign(&d, key, at); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestVerify(t *testing.T) {
	bearer := signed(t, basicKey, now).Header.Get("Authorization")
	old := signed(t, basicKey, now.Add(-time.Hour)).Header.Get("Authorization")
	early := signed(t, basicKey, now.Add(2*time.Hour)).Header.Get("Authorization")
	other := signed(t, "basic:client-7:another-s3cr3t", now).Header.Get("Authorization")
	forged := "Bearer " + base64.RawURLEncoding.EncodeToString(make([]byte, tokenSize))
	all := []string{secretKey, basicKey, pathKey}
	tests := []struct {
		name   string
		keys   []string
		path   string
		header http.Header
		want   error
	}{
		{"credential", all, "", http.Header{"Credential": {secretKey}}, nil},
		{"old key while it is replaced", []string{"new-s3cr3t", secretKey}, "", http.Header{"Credential": {secretKey}}, nil},
		{"credential with the client id beside it", all, "", http.Header{"Credential": {secretKey}, "X-Api-Key": {"client-7"}}, nil},
		{"bearer", all, "", http.Header{"Authorization": {bearer}, "X-Api-Key": {"client-7"}}, nil},
		{"bearer in lower case", all, "", http.Header{"Authorization": {"bearer" + bearer[6:]}, "X-Api-Key": {"client-7"}}, nil},
		{"path token", all, "/token-of-a-path-0123456789", nil, nil},
		{"path token, and a credential without a key for it", []string{pathKey}, "/token-of-a-path-0123456789", http.Header{"Credential": {"anything"}}, nil},
		{"path token, and a bearer without a key for it", []string{pathKey}, "/token-of-a-path-0123456789", http.Header{"Authorization": {"Bearer x"}}, nil},
		{"all three", all, "/token-of-a-path-0123456789", http.Header{"Credential": {secretKey}, "Authorization": {bearer}, "X-Api-Key": {"client-7"}}, nil},

		{"no keys", nil, "", http.Header{"Credential": {secretKey}}, webhook.ErrNotConfigured},
		{"nothing", all, "", nil, webhook.ErrUnsigned},
		{"empty credential", all, "", http.Header{"Credential": {""}}, webhook.ErrUnsigned},
		{"client id alone", all, "", http.Header{"X-Api-Key": {"client-7"}}, webhook.ErrUnsigned},
		{"wrong credential", all, "", http.Header{"Credential": {secretKey + "x"}}, webhook.ErrBadSignature},
		{"beginning of the credential", all, "", http.Header{"Credential": {secretKey[:8]}}, webhook.ErrBadSignature},
		{"credential with a blank", all, "", http.Header{"Credential": {secretKey + " "}}, webhook.ErrBadSignature},
		{"secret of version 2 as credential", all, "", http.Header{"Credential": {"s3cr3t-of-version-2"}}, webhook.ErrBadSignature},
		{"two credentials", all, "", http.Header{"Credential": {secretKey, secretKey}}, webhook.ErrBadSignature},
		{"two bearers", all, "", http.Header{"Authorization": {bearer, bearer}, "X-Api-Key": {"client-7"}}, webhook.ErrBadSignature},
		{"two client ids", all, "", http.Header{"Authorization": {bearer}, "X-Api-Key": {"client-7", "client-8"}}, webhook.ErrBadSignature},
		{"right credential, wrong bearer", all, "", http.Header{"Credential": {secretKey}, "Authorization": {forged}, "X-Api-Key": {"client-7"}}, webhook.ErrBadSignature},
		{"right bearer, wrong credential", all, "", http.Header{"Credential": {"x"}, "Authorization": {bearer}, "X-Api-Key": {"client-7"}}, webhook.ErrBadSignature},
		{"right path, wrong credential", all, "/token-of-a-path-0123456789", http.Header{"Credential": {"x"}}, webhook.ErrBadSignature},
		{"wrong path, right credential", all, "/token-of-a-path-012345678X", http.Header{"Credential": {secretKey}}, webhook.ErrBadSignature},
		{"bearer of another secret", all, "", http.Header{"Authorization": {other}, "X-Api-Key": {"client-7"}}, webhook.ErrBadSignature},
		{"bearer of another client", all, "", http.Header{"Authorization": {bearer}, "X-Api-Key": {"client-8"}}, webhook.ErrBadSignature},
		{"bearer without a client", all, "", http.Header{"Authorization": {bearer}}, webhook.ErrBadSignature},
		{"forged bearer", all, "", http.Header{"Authorization": {forged}, "X-Api-Key": {"client-7"}}, webhook.ErrBadSignature},
		{"short bearer", all, "", http.Header{"Authorization": {"Bearer AAAA"}, "X-Api-Key": {"client-7"}}, webhook.ErrBadSignature},
		{"bearer that is no base64", all, "", http.Header{"Authorization": {"Bearer " + strings.Repeat("!", 54)}, "X-Api-Key": {"client-7"}}, webhook.ErrBadSignature},
		{"Basic in place of Bearer", all, "", http.Header{"Authorization": {"Basic Y2xpZW50LTc6eA=="}, "X-Api-Key": {"client-7"}}, webhook.ErrBadSignature},
		{"bearer without a key for it", []string{secretKey}, "", http.Header{"Authorization": {bearer}, "X-Api-Key": {"client-7"}}, webhook.ErrBadSignature},
		{"expired bearer", all, "", http.Header{"Authorization": {old}, "X-Api-Key": {"client-7"}}, webhook.ErrStale},
		{"bearer of the future", all, "", http.Header{"Authorization": {early}, "X-Api-Key": {"client-7"}}, webhook.ErrStale},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := source.Delivery{Method: http.MethodPost, Path: "/webhooks/ups" + tt.path, Header: tt.header, Body: []byte(`{}`)}
			id, err := open(t, tt.keys...).Verify(t.Context(), d, now)
			if !errors.Is(err, tt.want) || (err == nil) != (id != "") {
				t.Errorf("Verify = %q, %v, want %v", id, err, tt.want)
			}
			if err != nil && (strings.Contains(err.Error(), "s3cr3t") || strings.Contains(err.Error(), "token-of")) {
				t.Errorf("the error shows a key: %v", err)
			}
		})
	}
}

func TestVerifyNamesTheKey(t *testing.T) {
	keys, err := webhook.ParseKeys(secretKey, basicKey, pathKey)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{secretKey: keys.Secrets[0].ID, basicKey: keys.Basic[0].ID, pathKey: keys.Paths[0].ID} {
		if id, err := New(source.Fixed(keys)).Verify(t.Context(), signed(t, text, now), now); id != want || err != nil {
			t.Errorf("key %s: ID %q, %v, want %q", text, id, err, want)
		}
	}
}

func TestVerifyAllocatesNothing(t *testing.T) {
	src, d := open(t, "another-s3cr3t", secretKey), signed(t, secretKey, now)
	d.Body = make([]byte, 5<<10)
	ctx := t.Context()
	if n := testing.AllocsPerRun(100, func() {
		if _, err := src.Verify(ctx, d, now); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestSignReplacesWhatWasThere(t *testing.T) {
	d := signed(t, basicKey, now)
	if err := open(t).Sign(&d, secretKey, now); err != nil {
		t.Fatal(err)
	}
	if d.Header.Get("Authorization") != "" || d.Header.Get("X-Api-Key") != "" || d.Header.Get("User-Agent") != "UPSPubSubTrackingService" {
		t.Errorf("header %v", d.Header)
	}
	if err := open(t).Sign(&d, "with a blank", now); err == nil || strings.Contains(err.Error(), "with a") {
		t.Errorf("a key with blanks: %v", err)
	}
}

func basicAuth(user, secret string) http.Header {
	r := http.Request{Header: http.Header{}}
	r.SetBasicAuth(user, secret)
	return r.Header
}

func TestToken(t *testing.T) {
	const secret = "s3cr3t-of-version-2"
	keys := []string{basicKey, "basic:client-8:with+and%21"}
	tests := []struct {
		name   string
		keys   []string
		header http.Header
		body   string
		want   error
	}{
		{"client credentials", keys, basicAuth("client-7", secret), "grant_type=client_credentials", nil},
		{"no form", keys, basicAuth("client-7", secret), "", nil},
		{"special characters as they are", keys, basicAuth("client-8", "with+and%21"), "grant_type=client_credentials", nil},
		{"special characters form-encoded", keys, basicAuth("client-8", "with%2Band%2521"), "grant_type=client_credentials", nil},
		{"nobody", keys, nil, "grant_type=client_credentials", webhook.ErrUnsigned},
		{"wrong secret", keys, basicAuth("client-7", secret+"x"), "", webhook.ErrBadSignature},
		{"empty secret", keys, basicAuth("client-7", ""), "", webhook.ErrBadSignature},
		{"secret of the other client", keys, basicAuth("client-8", secret), "", webhook.ErrBadSignature},
		{"unknown client", keys, basicAuth("client-9", secret), "", webhook.ErrBadSignature},
		{"bearer", keys, http.Header{"Authorization": {"Bearer x"}}, "", webhook.ErrBadSignature},
		{"two headers", keys, http.Header{"Authorization": {"Basic x", "Basic y"}}, "", webhook.ErrBadSignature},
		{"other grant", keys, basicAuth("client-7", secret), "grant_type=password", webhook.ErrMalformed},
		{"no such keys", []string{secretKey}, basicAuth("client-7", secret), "", webhook.ErrNotConfigured},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src := open(t, tt.keys...)
			d := source.Delivery{Method: http.MethodPost, Path: "/webhooks/ups/token", Header: tt.header, Body: []byte(tt.body)}
			reply, err := src.Endpoints["token"](t.Context(), d, now)
			if !errors.Is(err, tt.want) {
				t.Fatalf("token: %v, want %v", err, tt.want)
			}
			if err != nil {
				if strings.Contains(err.Error(), "s3cr3t") || strings.Contains(err.Error(), "with") {
					t.Errorf("the error shows a key: %v", err)
				}
				return
			}
			var answer struct {
				Token   string `json:"access_token"`
				Type    string `json:"token_type"`
				Expires int    `json:"expires_in"`
			}
			if err := json.Unmarshal(reply.Body, &answer); err != nil || answer.Type != "Bearer" || answer.Expires < 60 || answer.Expires > 3600 {
				t.Errorf("answer %s: %v", reply.Body, err)
			}
			if reply.Status != http.StatusOK || reply.Header.Get("Cache-Control") != "no-store" || reply.Header.Get("Content-Type") != "application/json" {
				t.Errorf("status %d, header %v", reply.Status, reply.Header)
			}
			user, _, _ := (&http.Request{Header: tt.header}).BasicAuth()
			push := source.Delivery{Path: "/webhooks/ups", Header: http.Header{"Authorization": {"Bearer " + answer.Token}, "X-Api-Key": {user}}}
			for after, want := range map[time.Duration]error{
				-30 * time.Second: nil, // The clock of another instance.
				0:                 nil, time.Duration(answer.Expires) * time.Second: nil,
				time.Hour: webhook.ErrStale, 1000 * time.Hour: webhook.ErrStale, -time.Hour: webhook.ErrStale,
			} {
				if _, err := src.Verify(t.Context(), push, now.Add(after)); !errors.Is(err, want) {
					t.Errorf("%s after: %v, want %v", after, err, want)
				}
			}
		})
	}
	down := errors.New("no keys now")
	src := New(func(context.Context) (webhook.Keys, error) { return webhook.Keys{}, down })
	if _, err := src.Endpoints["token"](t.Context(), source.Delivery{}, now); !errors.Is(err, down) {
		t.Errorf("keys that cannot be loaded: %v", err)
	}
}

func TestPersonalMembersAreCut(t *testing.T) {
	body := []byte(`{"trackingNumber":"1Z999AA10123456784","receivedBy":"CANARY","deliveryPhoto":"CANARY","x":{"deliveryInformation":
		{"location":"Porch","receivedBy":"CANARY","signature":{"image":"CANARY"},"deliveryPhoto":{"photo":"CANARY"},"pod":{"content":"CANARY"}},
		"packageAddress":[{"type":"DESTINATION","name":"CANARY","attentionName":"CANARY","address":{"addressLine1":"CANARY","addressLine2":"CANARY","city":"Reno"}}],
		"referenceNumber":[{"type":"SHIPMENT","number":"CANARY"}],"paymentInformation":[{"id":"CANARY"}],"shipperAccountNumber":"CANARY"}}`)
	got, err := payload.NewCutter(open(t).Personal...).Cut(body)
	if err != nil || strings.Contains(string(got), "CANARY") || !strings.Contains(string(got), "Reno") {
		t.Errorf("cut: %s, %v", got, err)
	}
}
