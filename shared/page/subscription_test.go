package page_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/page"
	"github.com/shiptide/shiptide/shared/store"
)

var (
	id        = strings.Repeat("0af1", 8)
	confirmed = contact.Contact{ID: id, Channel: contact.Email, Address: "one.two@example.com", State: contact.Confirmed}
)

// desk is the pages of subscriptions over one contact, and what was asked of it.
type desk struct {
	http.Handler
	signer *contact.Signer
	to     contact.Contact
	asked  []string
	err    error // of opening
	logs   bytes.Buffer
}

func newDesk(to contact.Contact) *desk {
	d := &desk{to: to}
	d.signer, _ = contact.NewSigner(bytes.Repeat([]byte("l"), 32))
	mux := http.NewServeMux()
	mux.Handle("/subscriptions/{recipient}/{token}", page.Subscriptions{
		Log:  slog.New(slog.NewJSONHandler(&d.logs, nil)),
		Open: func(context.Context) (page.Consent, *contact.Signer, error) { return d, d.signer, d.err },
	})
	d.Handler = mux
	return d
}

// link is the path of the contact's own page.
func (d *desk) link() string { return d.signer.LinkOf(d.to.ID) }

func (d *desk) say(what, id string, state contact.State) (contact.Contact, error) {
	d.asked = append(d.asked, what)
	if id != d.to.ID {
		return contact.Contact{}, store.ErrNotFound
	}
	if state != "" {
		d.to.State = state
	}
	return d.to, nil
}

func (d *desk) Get(_ context.Context, id string) (contact.Contact, error) {
	return d.say("get", id, "")
}

func (d *desk) Confirm(_ context.Context, id string) (contact.Contact, error) {
	return d.say("confirm", id, contact.Confirmed)
}

func (d *desk) End(_ context.Context, id string) (contact.Contact, error) {
	return d.say("end", id, contact.Ended)
}

// TestWhatARequestDoes: only a form that says so, and DELETE, change anything.
func TestWhatARequestDoes(t *testing.T) {
	big := strings.Repeat("x", 5000)
	tests := []struct {
		name, method, query, form string
		want                      string
	}{
		{"looking", http.MethodGet, "", "", "get"},
		{"looking at the headers", http.MethodHead, "", "", "get"},
		{"a link with the word in it, which scanners of mail follow", http.MethodGet, "?do=end", "", "get"},
		{"a GET with a form", http.MethodGet, "", "do=end", "get"},
		{"the button to end", http.MethodPost, "", "do=end", "end"},
		{"the button to confirm", http.MethodPost, "", "do=confirm", "confirm"},
		{"DELETE", http.MethodDelete, "", "", "end"},
		{"a form that says nothing", http.MethodPost, "", "", "get"},
		{"a form that says something else", http.MethodPost, "", "do=END", "get"},
		{"the word in the address of a form", http.MethodPost, "?do=end", "", "get"},
		{"more than a form of ours may hold", http.MethodPost, "", "x=" + big + "&do=end", "get"},
		{"PUT", http.MethodPut, "", "do=end", "get"},
		{"OPTIONS", http.MethodOptions, "", "", "get"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(confirmed)
			res := ask(t, d, tt.method, d.link()+tt.query, "", tt.form)
			if diff := cmp.Diff([]string{tt.want}, d.asked); diff != "" || res.Code != http.StatusOK {
				t.Errorf("answered %d, asked (-want +got):\n%s", res.Code, diff)
			}
		})
	}
}

// TestAContactSeesWhetherMessagesGo: masked, and with the buttons that are left.
func TestAContactSeesWhetherMessagesGo(t *testing.T) {
	tests := []struct {
		state   contact.State
		says    string
		buttons int
	}{
		{contact.Confirmed, "Messages go to <b>o…@example.com</b>.", 1},
		{contact.Pending, "Messages are to go to <b>o…@example.com</b>.", 2},
		{contact.Ended, "No messages go to <b>o…@example.com</b>.", 0},
		{contact.Undeliverable, "No messages go to <b>o…@example.com</b>.", 0},
	}
	for _, tt := range tests {
		t.Run(string(tt.state), func(t *testing.T) {
			to := confirmed
			to.State = tt.state
			d := newDesk(to)
			html := get(t, d, d.link(), "").Body.String()
			if !strings.Contains(html, tt.says) || strings.Count(html, "<button") != tt.buttons {
				t.Errorf("the page does not say %q with %d buttons:\n%s", tt.says, tt.buttons, html)
			}
			data := get(t, d, d.link(), asJSON).Body.String()
			want := "{\n  \"to\": \"o…@example.com\",\n  \"state\": \"" + string(tt.state) + "\"\n}"
			if data != want {
				t.Errorf("JSON is %s, want %s", data, want)
			}
			for _, secret := range []string{"one.two", id} {
				if strings.Contains(html+data, secret) {
					t.Errorf("the page shows %q", secret)
				}
			}
		})
	}
}

// TestOnlyTheLinkOpens: whatever else is tried, nothing of the contact is asked,
// and the answer is that for a contact there is not.
func TestOnlyTheLinkOpens(t *testing.T) {
	d := newDesk(confirmed)
	other := strings.Repeat("2", 32)
	want := get(t, d, d.signer.LinkOf(other), "").Body.String()
	if diff := cmp.Diff([]string{"get"}, d.asked); diff != "" {
		t.Errorf("a link of nobody asked (-want +got):\n%s", diff)
	}
	d.asked = nil
	token := d.link()[strings.LastIndexByte(d.link(), '/')+1:]
	for _, path := range []string{
		"/subscriptions/" + id + "/" + token[:21], "/subscriptions/" + id + "/" + token + "A", "/subscriptions/" + other + "/" + token,
		"/subscriptions/" + id + "/" + d.signer.Token("another purpose", id), "/subscriptions/" + strings.ToUpper(id) + "/" + token,
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
			res := ask(t, d, method, path, "", "do=end")
			if res.Code != http.StatusNotFound || res.Body.String() != want {
				t.Errorf("%s %s is answered %d:\n%s", method, path, res.Code, res.Body.String())
			}
		}
	}
	if len(d.asked) > 0 || d.to.State != contact.Confirmed {
		t.Errorf("asked %v, and now %s", d.asked, d.to.State)
	}
}

func TestKeysThatAreNotThereAreOurFault(t *testing.T) {
	d := newDesk(confirmed)
	d.err = errors.New("detail-CANARY")
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
		res := ask(t, d, method, d.link(), asJSON, "do=end")
		if res.Code != http.StatusServiceUnavailable || res.Header().Get("Retry-After") == "" || strings.Contains(res.Body.String(), "CANARY") {
			t.Errorf("%s is answered %d, %s", method, res.Code, res.Body.String())
		}
	}
	if len(d.asked) > 0 {
		t.Errorf("asked %v without keys", d.asked)
	}
	if logs := d.logs.String(); !strings.Contains(logs, "detail-CANARY") || strings.Contains(logs, id) {
		t.Errorf("the log lacks the fault, or holds the recipient: %s", logs)
	}
}
