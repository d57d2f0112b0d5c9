package tiktokshoptest_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/source/tiktokshop"
	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
	"github.com/shiptide/shiptide/shared/webhook"
)

// statuses are those that pushes tell of.
func statuses(t *testing.T, pushes []tiktokshoptest.Push) string {
	t.Helper()
	var words []string
	for _, p := range pushes {
		var m struct {
			Data struct {
				Order  string `json:"order_status"`
				Cancel string `json:"cancel_status"`
			} `json:"data"`
		}
		if err := json.Unmarshal(p.Body, &m); err != nil {
			t.Fatal(err)
		}
		words = append(words, m.Data.Order+m.Data.Cancel)
	}
	return strings.Join(words, " ")
}

func open(t *testing.T) source.Source {
	t.Helper()
	keys, err := webhook.ParseKeys(testApp.Key + ":" + testApp.Secret)
	if err != nil {
		t.Fatal(err)
	}
	return tiktokshop.New(source.Fixed(keys))
}

// The bodies of the topics, and that our source takes them.
func TestPushBodies(t *testing.T) {
	w := newWorld(t, "GB")
	id := w.Place(tiktokshoptest.Order{Shop: w.shop.ID, Units: 2})
	w.AskCancel(id)
	w.Split(w.Look(id).Packages[0], tiktokshoptest.Parcel{}, tiktokshoptest.Parcel{})
	w.Readdress(id, tiktokshoptest.Address{Region: "GB", PostalCode: "EC1A 1BB"})
	w.Warn(w.shop.ID)
	w.Push(12, w.shop.ID, map[string]any{"order_id": id, "return_id": "4035000000000000001", "return_status": "BUYER_SHIPPED_ITEM", "update_time": 1760000000})
	w.Revoke(w.shop.ID)
	want := []string{
		`{"type":1,"tts_notification_id":"7400000000000000001","shop_id":"7490000000000000001","timestamp":1760000000,"data":{"is_on_hold_order":true,"order_id":"577000000000000001","order_status":"AWAITING_SHIPMENT","update_time":1760000000}}`,
		`{"type":11,"tts_notification_id":"7400000000000000002","shop_id":"7490000000000000001","timestamp":1760000000,"data":{"order_id":"577000000000000001","cancellations_role":"BUYER","cancel_status":"CANCELLATION_REQUEST_PENDING","cancel_id":"4036000000000000001","create_time":1760000000}}`,
		`{"type":4,"tts_notification_id":"7400000000000000003","shop_id":"7490000000000000001","timestamp":1760000000,"data":{"sc_type":"SPLIT","role_type":"ROLE_SELLER","package_list":[{"package_id":"1152000000000000002","order_id_list":["577000000000000001"]},{"package_id":"1152000000000000003","order_id_list":["577000000000000001"]}],"update_time":1760000000}}`,
		`{"type":3,"shop_id":"7490000000000000001","timestamp":1760000000,"data":{"order_id":"577000000000000001","update_time":1760000000}}`,
		`{"type":7,"tts_notification_id":"7400000000000000004","shop_id":"7490000000000000001","timestamp":1760000000,"data":{"expiration_time":"1791536000","message":"invented: the authorization expires"}}`,
		`{"type":12,"tts_notification_id":"7400000000000000005","shop_id":"7490000000000000001","timestamp":1760000000,"data":{"order_id":"577000000000000001","return_id":"4035000000000000001","return_status":"BUYER_SHIPPED_ITEM","update_time":1760000000}}`,
		`{"type":6,"tts_notification_id":"7400000000000000006","shop_id":"7490000000000000001","timestamp":1760000000,"data":{"message":"invented: the seller has revoked the authorization"}}`,
	}
	src := open(t)
	pushes := w.Pushes()
	if len(pushes) != len(want) {
		t.Fatalf("%d pushes, want %d", len(pushes), len(want))
	}
	for i, p := range pushes {
		if string(p.Body) != want[i] {
			t.Errorf("push %d:\n%s, want\n%s", i, p.Body, want[i])
		}
		if p.Shop != w.shop.ID || !strings.Contains(want[i], w.shop.ID) {
			t.Errorf("push %d is of shop %s", i, p.Shop)
		}
		d := source.Delivery{Method: http.MethodPost, Header: http.Header{"Authorization": {p.Authorization}}, Body: p.Body}
		if _, err := src.Receiver.Verify(t.Context(), d, w.clock.now()); err != nil {
			t.Errorf("push %d is not taken: %v", i, err)
		}
		if report, err := src.Receiver.Decode(p.Body); err != nil || len(report.Malformed) > 0 {
			t.Errorf("push %d is not read: %+v, %v", i, report, err)
		}
		d.Body = append(p.Body, ' ')
		if _, err := src.Receiver.Verify(t.Context(), d, w.clock.now()); err == nil {
			t.Errorf("push %d is taken with another body", i)
		}
	}
}

func TestPost(t *testing.T) {
	src := open(t)
	now := time.Unix(1760000000, 0)
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // What is missing is not signed.
		d := source.Delivery{Method: r.Method, Header: r.Header, Body: body}
		if _, err := src.Receiver.Verify(r.Context(), d, now); err != nil || r.Header.Get("Content-Type") != "application/json" {
			rw.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer srv.Close()
	w := newWorld(t, "US")
	w.Place(tiktokshoptest.Order{Shop: w.shop.ID})
	p := w.Pushes()[0]
	if status, err := tiktokshoptest.Post(t.Context(), srv.Client(), srv.URL, p); status != 200 || err != nil {
		t.Errorf("answered %d, %v", status, err)
	}
	p.Authorization = strings.Repeat("0", 64)
	if status, err := tiktokshoptest.Post(t.Context(), srv.Client(), srv.URL, p); status != 401 || err != nil {
		t.Errorf("of another signature: answered %d, %v", status, err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tiktokshoptest.Post(over, srv.Client(), srv.URL, p); err == nil {
		t.Error("no error")
	}
}
