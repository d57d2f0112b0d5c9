package page_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/shipment"
)

// script is what nobody may bring into a page.
const script = `<script>alert(1)</script>`

func TestNothingOfTheirsIsMarkup(t *testing.T) {
	s := open(t)
	s.register(t, number)
	e := scan(time.Hour, shipment.Status(script), shipment.SubStatus(script))
	e.Location = shipment.Location{City: script, Region: `"` + script, Country: script}
	e.LocalTime = `"onload="alert(1)` + script
	said := scanned(e)
	said.Estimates = []shipment.Estimate{{To: script, AsOf: noon}}
	s.say(t, number, ups, said)
	d := newDesk(contact.Contact{ID: id, Channel: contact.Topic, Address: script, State: contact.Confirmed})
	for what, body := range map[string]string{
		"a parcel": get(t, s, "/t/"+number, "").Body.String(), "a subscription": get(t, d, d.link(), "").Body.String(),
	} {
		if strings.Contains(body, "<script") || strings.Contains(body, `"onload`) {
			t.Errorf("%s has markup of theirs:\n%s", what, body)
		}
		if !strings.Contains(body, "&lt;script&gt;alert(1)") {
			t.Errorf("%s does not show the text, so this test says nothing:\n%s", what, body)
		}
	}
}

var styled = regexp.MustCompile(`(?s)<style>(.*)</style>`)

// TestHeaders: each answer, of whatever status, forbids to keep it, to list it, to
// run anything, and to say from where a reader comes.
func TestHeaders(t *testing.T) {
	s := sample(t)
	broken := open(t)
	broken.serve(down{err: errDown})
	d := newDesk(confirmed)
	tests := []struct {
		name string
		h    http.Handler
		path string
		want int
	}{
		{"a parcel", s, "/t/" + number, http.StatusOK},
		{"no parcel", s, "/t/1", http.StatusNotFound},
		{"a fault", broken, "/t/" + number, http.StatusServiceUnavailable},
		{"a subscription", d, d.link(), http.StatusOK},
		{"no subscription", d, d.link() + "x", http.StatusNotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, accept := range []string{"", asJSON} {
				res := get(t, tt.h, tt.path, accept)
				want := map[string]string{
					"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
					"X-Robots-Tag": "noindex", "Content-Type": asJSON, "Content-Security-Policy": "",
				}
				if accept == "" {
					style := styled.FindStringSubmatch(res.Body.String())
					if style == nil || len(style[1]) < 100 {
						t.Fatalf("no style in\n%s", res.Body.String())
					}
					sum := sha256.Sum256([]byte(style[1]))
					want["Content-Type"] = "text/html; charset=utf-8"
					want["Content-Security-Policy"] = "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
						"'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
				}
				for name, value := range want {
					if got := res.Header().Get(name); got != value {
						t.Errorf("as %q, %s is %q, want %q", accept, name, got, value)
					}
				}
				if res.Code != tt.want {
					t.Errorf("as %q, answered %d, want %d", accept, res.Code, tt.want)
				}
			}
		})
	}
}
