package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
)

// forged are deliveries that are not genuine.
func forged() map[string]*http.Request {
	post := func(path, contentType, credential, body string) *http.Request {
		req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		req.Header.Set("Content-Type", contentType)
		if credential != "" {
			req.Header.Set("credential", credential)
		}
		return req
	}
	const json = "application/json"
	body := `{"trackingNumber":"` + demoNumber + `"}`
	deep := strings.Repeat("[", 10_000)
	return map[string]*http.Request{
		"unsigned":                    post("/webhooks/ups", json, "", body),
		"forged":                      post("/webhooks/ups", json, "guess", body),
		"an empty key":                post("/webhooks/ups", json, " ", body),
		"a bearer that we never gave": bearer(post("/webhooks/ups", json, "", body)),
		"forged and empty":            post("/webhooks/ups", json, "guess", ""),
		"forged and deep":             post("/webhooks/ups", json, "guess", deep),
		"forged and not UTF-8":        post("/webhooks/ups", json, "guess", "\xff\xfe"),
		"forged with duplicates":      post("/webhooks/ups", json, "guess", `{"a":1,"a":2}`),
		"oversized":                   post("/webhooks/ups", json, "local-ups", strings.Repeat(" ", 5<<20+1)),
		"wrong method":                httptest.NewRequest(http.MethodGet, "/webhooks/ups", nil),
		"wrong type":                  post("/webhooks/ups", "text/html", "local-ups", body),
		"unknown source":              post("/webhooks/nobody", json, "local-ups", body),
		"a token that is none":        post("/webhooks/ups/0123456789abcdef012345", json, "", body),
		"the token endpoint":          post("/webhooks/ups/token", "application/x-www-form-urlencoded", "", "grant_type=client_credentials"),
	}
}

func bearer(req *http.Request) *http.Request {
	req.Header.Set("Authorization", "Bearer AAAA")
	req.Header.Set("X-Api-Key", "shiptide")
	return req
}

// TestHostileButGenuine posts bodies that a genuine sender could be made to
// send. They are kept and parked, and break nothing.
func TestHostileButGenuine(t *testing.T) {
	bodies := map[string]string{
		"empty":                    "",
		"no JSON":                  "<xml/>",
		"null":                     "null",
		"an array":                 "[]",
		"not UTF-8":                "{\"trackingNumber\":\"1Z\xff\"}",
		"10,000 levels deep":       strings.Repeat(`{"a":`, 10_000),
		"10,000 levels, balanced":  strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000),
		"duplicate members":        `{"trackingNumber":"1ZE40F710345678121","trackingNumber":"1ZE40F710345678122"}`,
		"an impossible date":       `{"trackingNumber":"` + demoNumber + `","localActivityDate":"20261399","activityStatus":{"type":"I","code":"OR"}}`,
		"a number like a path":     `{"trackingNumber":"../../etc/passwd","localActivityDate":"20260302","localActivityTime":"101500","activityStatus":{"type":"I","code":"OR"}}`,
		"a number of 10,000 signs": `{"trackingNumber":"` + strings.Repeat("1", 10_000) + `","localActivityDate":"20260302","localActivityTime":"101500","activityStatus":{"type":"I","code":"OR"}}`,
		"markup":                   `{"trackingNumber":"<SCRIPT>ALERT(1)</SCRIPT>","localActivityDate":"20260302","localActivityTime":"101500","activityLocation":{"city":"<b>Reno</b>"},"activityStatus":{"type":"I","code":"OR","description":"<script>alert(1)</script>"}}`,
	}
	s := newStage(t)
	for name, body := range bodies {
		if status := s.post([]byte(body)); status != http.StatusOK {
			t.Errorf("%s: answered %d, want 200: it is genuine", name, status)
		}
	}
	s.mustRest()
	if n := rows(t, s.ground.sound.inbox); n != len(bodies) {
		t.Errorf("%d rows in the inbox, want %d", n, len(bodies))
	}
	for _, page := range s.pages(t) {
		if bytes.Contains(page, []byte("<script>")) || bytes.Contains(page, []byte("<SCRIPT>")) || bytes.Contains(page, []byte("<b>Reno")) {
			t.Errorf("a page holds markup of a push:\n%s", page)
		}
	}
}

// pages returns every page of the console, as HTML and as JSON.
func (s *stage) pages(t *testing.T) [][]byte {
	t.Helper()
	paths := []string{"/", "/shipments", "/shops", "/quarantine", "/outbox", "/shipments/UNKNOWN", "/pushes/ups/00"}
	for _, day := range []string{s.clock.Format("2006-01-02"), firstDay.Format("2006-01-02")} {
		numbers, _, err := s.shipments.Day(t.Context(), day, "", 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range numbers {
			n = url.PathEscape(n)
			paths = append(paths, "/shipments/"+n, "/shipments/"+n+"/why")
		}
	}
	page, err := s.ground.sound.shipments.Scan(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range page.Items {
		if shop, id := store.OrderOf(it.Key); id != "" {
			paths = append(paths, "/orders/"+url.PathEscape(shop)+"/"+url.PathEscape(id))
		}
	}
	if page, err = s.ground.sound.inbox.Scan(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	for _, it := range page.Items {
		paths = append(paths, "/pushes/"+strings.Replace(it.Partition, "#", "/", 1))
	}
	h := s.handler(public, operator)
	var out [][]byte
	for _, path := range paths {
		for _, accept := range []string{"text/html", "application/json"} {
			req := httptest.NewRequest(http.MethodGet, path, nil)
			req.Host = "127.0.0.1:1"
			req.Header.Set("Accept", accept)
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, req)
			if rec.Code != http.StatusOK && rec.Code != http.StatusNotFound {
				t.Errorf("%s: answered %d:\n%s", path, rec.Code, rec.Body)
			}
			out = append(out, fmt.Appendf(nil, "%s %v\n%s", path, rec.Header(), rec.Body))
		}
	}
	return out
}

// TestDevelopmentKeysWorkHereOnly lets a page that a browser on this machine
// shows post a push under its own name.
func TestDevelopmentKeysWorkHereOnly(t *testing.T) {
	s := newStage(t)
	s.development = true
	for host, want := range map[string]int{"127.0.0.1:8080": 200, "localhost": 200, "evil.example.com": 403} {
		req := httptest.NewRequest(http.MethodPost, "/webhooks/ups", bytes.NewReader(life(t)[0]))
		req.Host = host
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("credential", "local-ups")
		rec := httptest.NewRecorder()
		s.handler(public).ServeHTTP(rec, req)
		if rec.Code != want {
			t.Errorf("under %s: answered %d, want %d", host, rec.Code, want)
		}
	}
}

func TestOperatorRoutes(t *testing.T) {
	s := newStage(t)
	s.mustPost(life(t)[0])
	s.mustRest()
	number := shipment.CleanNumber(demoNumber)
	form := strings.NewReader("channel=email&address=one%40example.com")
	tests := []struct {
		name, listener, host, method, path string
		header                             map[string]string
		want                               int
	}{
		{"the console", "127.0.0.1:8080", "127.0.0.1:8080", "GET", "/", nil, 200},
		{"under localhost", "127.0.0.1:8080", "localhost:8080", "GET", "/", nil, 200},
		{"over IPv6", "[::1]:8080", "[::1]:8080", "GET", "/", nil, 200},
		{"under a name that leads here", "127.0.0.1:8080", "evil.example.com", "GET", "/", nil, 403},
		{"on another listener", "10.0.0.1:8080", "127.0.0.1:8080", "GET", "/", nil, 404},
		{"a form from another site", "127.0.0.1:8080", "127.0.0.1:8080", "POST", "/quarantine/replay", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		{"a form from another origin", "127.0.0.1:8080", "127.0.0.1:8080", "POST", "/quarantine/replay", map[string]string{"Origin": "https://evil.example.com"}, 403},
		{"a form of the console", "127.0.0.1:8080", "127.0.0.1:8080", "POST", "/quarantine/replay", map[string]string{"Sec-Fetch-Site": "same-origin"}, 303},
		{"GET changes nothing", "127.0.0.1:8080", "127.0.0.1:8080", "GET", "/quarantine/replay", nil, 405},
		{"through a proxy", "127.0.0.1:8080", "127.0.0.1:8080", "GET", "/", map[string]string{"X-Forwarded-For": "203.0.113.9"}, 403},
		{"a key that is none", "127.0.0.1:8080", "127.0.0.1:8080", "GET", "/pushes/ups/%00", nil, 404},
		{"a page that is none", "127.0.0.1:8080", "127.0.0.1:8080", "GET", "/?day=2026-03-02&after=x", nil, 400},
		{"an unknown parcel", "127.0.0.1:8080", "127.0.0.1:8080", "GET", "/shipments/NOBODY", nil, 404},
		{"a number typed with blanks", "127.0.0.1:8080", "127.0.0.1:8080", "GET", "/shipments/1z%20e40f71%200345678121", nil, 200},
		{"find", "127.0.0.1:8080", "127.0.0.1:8080", "GET", "/shipments?number=" + number, nil, 303},
		{"a day that is none", "127.0.0.1:8080", "127.0.0.1:8080", "GET", "/?day=monday", nil, 400},
		{"the style sheet", "127.0.0.1:8080", "127.0.0.1:8080", "GET", "/assets/console.css", nil, 200},
		{"no other file", "127.0.0.1:8080", "127.0.0.1:8080", "GET", "/assets/frame.html", nil, 404},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req := httptest.NewRequest(tt.method, tt.path, nil)
			req.Host = tt.host
			for name, value := range tt.header {
				req.Header.Set(name, value)
			}
			rec := httptest.NewRecorder()
			s.handler(groupsOf(tt.listener)...).ServeHTTP(rec, req)
			if rec.Code != tt.want {
				t.Errorf("answered %d, want %d", rec.Code, tt.want)
			}
		})
	}
	req := httptest.NewRequest(http.MethodPost, "/shipments/"+number+"/subscriptions", form)
	req.Host = "127.0.0.1:8080"
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rec := httptest.NewRecorder()
	s.handler(public, operator).ServeHTTP(rec, req)
	if rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/shipments/"+number {
		t.Errorf("subscribing answered %d to %s", rec.Code, rec.Header().Get("Location"))
	}
}
