package snssender_test

import (
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/sender/sendertest"
	"github.com/shiptide/shiptide/shared/shipment"
)

func TestSellerTopic(t *testing.T) {
	s, f, _, _ := open(t)
	m := sendertest.Message
	m.Attrs = map[string]string{"kind": "lost", "shop": "shop-1", "carrier": "ups", "country": "", "severity": "2", "other": "x"}
	if _, err := s.Send(t.Context(), seller, m); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"TopicArn": account + "seller", "Subject": m.Subject, "Message": m.Text,
		"@kind": "String lost", "@shop": "String shop-1", "@carrier": "String ups", "@severity": "Number 2",
	}
	for _, call := range f.of("Publish") {
		if diff := cmp.Diff(want, given(call)); diff != "" {
			t.Errorf("call differs (-want +got):\n%s", diff)
		}
	}
	m.Attrs, m.Subject, m.Text = map[string]string{"severity": "high"}, "", ""
	if _, err := s.Send(t.Context(), seller, m); err != nil {
		t.Fatal(err)
	}
	want = map[string]string{"TopicArn": account + "seller", "Subject": "Shipment update", "Message": "Shipment update"}
	for _, call := range f.of("Publish") {
		if diff := cmp.Diff(want, given(call)); diff != "" {
			t.Errorf("call with nothing to say differs (-want +got):\n%s", diff)
		}
	}
}

func TestCloudEvent(t *testing.T) {
	s, f, c, _ := open(t)
	m := sendertest.Message
	m.Event.StatusAt = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	m.Event.Flags = []shipment.Flag{}
	m.Event.Events = []shipment.PublicEvent{{ID: "e1", Description: "left at \"door\" \xff"}}
	if _, err := s.Send(t.Context(), events, m); err != nil {
		t.Fatal(err)
	}
	for _, call := range f.of("Publish") {
		params := given(call)
		var got map[string]any
		if err := json.Unmarshal([]byte(params["Message"]), &got); err != nil {
			t.Fatal(err)
		}
		data, _ := got["data"].(map[string]any)
		delete(got, "data")
		want := map[string]any{
			"specversion": "1.0", "id": m.ID, "source": "/shiptide/test", "type": "shiptide.shipment.delivered",
			"subject": "1ZE40F710345678121", "time": c.Now().Format(time.RFC3339Nano), "datacontenttype": "application/json",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("event differs (-want +got):\n%s", diff)
		}
		var public shipment.Public
		raw, _ := json.Marshal(data)
		if err := json.Unmarshal(raw, &public); err != nil {
			t.Fatal(err)
		}
		m.Event.Events[0].Description = "left at \"door\" \ufffd"
		if diff := cmp.Diff(m.Event, public); diff != "" {
			t.Errorf("data differs (-want +got):\n%s", diff)
		}
		delete(params, "Message")
		wantParams := map[string]string{
			"TopicArn": account + "shipment-events",
			"@kind":    "String delivered", "@carrier": "String ups", "@country": "String US", "@severity": "Number 0",
		}
		if diff := cmp.Diff(wantParams, params); diff != "" {
			t.Errorf("call differs (-want +got):\n%s", diff)
		}
	}
}

// TestAnEventThatCannotBeWritten: its year has no four digits.
func TestAnEventThatCannotBeWritten(t *testing.T) {
	s, f, _, _ := open(t)
	m := sendertest.Message
	m.Event.StatusAt = time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC)
	_, err := s.Send(t.Context(), events, m)
	if verdict(err) != "again" || len(f.of("Publish")) > 0 {
		t.Errorf("Send: %v, want again", err)
	}
	silent(t, err)
}
