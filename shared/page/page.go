// Package page shows buyers their parcels, and lets them end what they are told.
//
// Whoever knows a tracking number sees what carriers show for it too: status,
// dates, cities. Nothing of who sent it, who gets it, and who is told. Pages
// answer JSON to whoever accepts it, else HTML without scripts. No GET changes
// anything.
package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
)

//go:embed html
var files embed.FS

// look is the templates, and the style that they share.
type look struct {
	pages  map[string]*template.Template
	style  template.CSS
	policy string // lets the style be used, and nothing else
}

var looks = sync.OnceValues(func() (look, error) {
	css, err := files.ReadFile("html/page.css")
	if err != nil {
		return look{}, err
	}
	sum := sha256.Sum256(css)
	l := look{pages: map[string]*template.Template{}, style: template.CSS(css)} //nolint:gosec // It is ours.
	l.policy = "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	for _, name := range []string{"parcel", "subscription", "refused"} {
		l.pages[name], err = template.New("frame.html").Funcs(helpers).ParseFS(files, "html/frame.html", "html/"+name+".html")
		if err != nil {
			return look{}, err
		}
	}
	return l, nil
})

var helpers = template.FuncMap{
	"words": func(s any) string { return strings.ToLower(strings.ReplaceAll(fmt.Sprint(s), "_", " ")) },
	"day":   func(s string) string { return reformat(time.DateOnly, "Monday, 2 January 2006", s) },
	"when": func(s Scan) string {
		if s.Precision == shipment.Day {
			return reformat(shipment.LocalLayout, "Mon 2 Jan", s.LocalTime)
		}
		return reformat(shipment.LocalLayout, "Mon 2 Jan 15:04", s.LocalTime)
	},
}

// reformat leaves alone what is not of the form that it knows.
func reformat(from, to, s string) string {
	t, err := time.Parse(from, s)
	if err != nil {
		return s
	}
	return t.Format(to)
}

// view is what a page shows: to people, and to programs as it is.
type view struct {
	status int // 0: 200
	name   string
	title  string
	data   any
}

// writer answers.
type writer struct{ log *slog.Logger }

func (w writer) write(res http.ResponseWriter, req *http.Request, v view) {
	h := res.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer") // The path is all that is needed to be here.
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex")
	if v.status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "30")
	}
	body, err := w.body(h, req, v)
	if err != nil {
		w.log.ErrorContext(req.Context(), "page", "err", err)
		http.Error(res, ours, http.StatusInternalServerError)
		return
	}
	if v.status != 0 {
		res.WriteHeader(v.status)
	}
	_, _ = res.Write(body) // The reader is gone.
}

func (w writer) body(h http.Header, req *http.Request, v view) ([]byte, error) {
	if strings.Contains(req.Header.Get("Accept"), "application/json") {
		h.Set("Content-Type", "application/json")
		return json.Marshal(v.data, json.Deterministic(true), jsontext.WithIndent("  "))
	}
	l, err := looks()
	if err != nil {
		return nil, err
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", l.policy)
	var b bytes.Buffer
	err = l.pages[v.name].Execute(&b, struct {
		Title string
		Style template.CSS
		View  any
	}{v.title, l.style, v.data})
	return b.Bytes(), err
}

const (
	unknown = "Nothing is known of this here. Was the link copied whole?"
	ours    = "Something is wrong on our side. Please try again in a minute."
)

// refusal is what is shown in place of a page.
type refusal struct {
	Error string `json:"error"`
}

// refuse answers an error: what is not there and what may not be seen alike.
func (w writer) refuse(res http.ResponseWriter, req *http.Request, err error) {
	v := view{http.StatusNotFound, "refused", "Not found", refusal{unknown}}
	if !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrBadKey) {
		w.log.ErrorContext(req.Context(), "page", "err", err)
		v = view{http.StatusServiceUnavailable, "refused", "Not now", refusal{ours}}
	}
	w.write(res, req, v)
}
