package main

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/subscribe"
)

//go:embed console
var console embed.FS

func assets() fs.FS {
	sub, err := fs.Sub(console, "console/assets")
	if err != nil {
		return console // The folder is part of the binary.
	}
	return sub
}

// pages are the templates of the console, each with the frame around it.
var pages = sync.OnceValues(func() (map[string]*template.Template, error) {
	out := map[string]*template.Template{}
	for _, name := range []string{"parcels", "parcel", "push", "quarantine", "outbox", "shops", "order", "imported", "refused"} {
		t, err := template.New("frame.html").Funcs(helpers).ParseFS(console, "console/frame.html", "console/"+name+".html")
		if err != nil {
			return nil, err
		}
		out[name] = t
	}
	return out, nil
})

var helpers = template.FuncMap{
	"words":    func(s any) string { return strings.ToLower(strings.ReplaceAll(fmt.Sprint(s), "_", " ")) },
	"sub":      subWords,
	"tone":     tone,
	"stamp":    func(t time.Time) string { return t.UTC().Format("2 Jan 2006 15:04 UTC") },
	"path":     url.PathEscape,
	"stop":     func(s string) string { return strings.TrimSuffix(s, ".") + "." },
	"deadline": func(name string) string { return deadlineWords[name] },
	// A change that an order made names it.
	"ofOrder": func(cause string) []string {
		shop, id, ok := strings.Cut(strings.TrimPrefix(cause, "order "), "/")
		if !ok || !strings.HasPrefix(cause, "order ") {
			return nil
		}
		return []string{shop, id}
	},
	"split": func(s string) []string { return strings.SplitN(s, "#", 2) },
	"local": func(s string) string {
		t, err := time.Parse("2006-01-02T15:04:05", s)
		if err != nil {
			return s
		}
		return t.Format("Mon 2 Jan 15:04")
	},
	"date": func(s string) string {
		t, err := time.Parse(time.DateOnly, s)
		if err != nil {
			return s
		}
		return t.Format("Monday, 2 January 2006")
	},
}

// subWords is a sub-status in words; GENERIC says nothing.
func subWords(s shipment.SubStatus) string {
	if s == shipment.Generic {
		return ""
	}
	return strings.ToLower(strings.ReplaceAll(string(s), "_", " "))
}

// frame is what every page gets.
type frame struct {
	Title    string
	Parked   int
	KeyWrong []string // sources whose deliveries are all refused
	View     any
}

// view is the content of a page: as HTML, or as the answer to a program.
type view struct {
	title string
	data  any
	// answer replaces data for programs; nil: data itself.
	answer any
	// seeOther leads elsewhere instead.
	seeOther string
}

// badRequest is an error whose text is for whoever asked.
type badRequest struct{ error }

// page serves what read returns: JSON to whoever accepts it, else HTML.
func (a *app) page(name string, read func(*http.Request) (view, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		v, err := read(req)
		if err != nil {
			a.refuse(w, req, err)
			return
		}
		if v.seeOther != "" {
			http.Redirect(w, req, v.seeOther, http.StatusSeeOther)
			return
		}
		if wantsJSON(req) {
			if v.answer == nil {
				v.answer = v.data
			}
			a.writeJSON(w, req, v.answer)
			return
		}
		body, err := a.render(req.Context(), name, v)
		if err != nil {
			a.refuse(w, req, err)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(body) // The reader is gone.
	})
}

func (a *app) render(ctx context.Context, name string, v view) ([]byte, error) {
	all, err := pages()
	if err != nil {
		return nil, err
	}
	f := frame{Title: v.title, View: v.data}
	parked, err := a.inbox.ParkedKeys(ctx, 100)
	if err != nil {
		return nil, err
	}
	f.Parked = len(parked)
	for _, s := range a.receiver.Stats().Sources(a.now()) {
		if s.KeyWrong {
			f.KeyWrong = append(f.KeyWrong, s.Source)
		}
	}
	var b bytes.Buffer
	err = all[name].Execute(&b, f)
	return b.Bytes(), err
}

// action does what a form or a program asks for, and leads a person to where it
// can be seen.
func (a *app) action(do func(*http.Request) (answer any, seeOther string, err error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		req.Body = http.MaxBytesReader(w, req.Body, 64<<10)
		answer, where, err := do(req)
		switch {
		case err != nil:
			a.refuse(w, req, err)
		case wantsJSON(req):
			a.writeJSON(w, req, answer)
		default:
			http.Redirect(w, req, where, http.StatusSeeOther)
		}
	})
}

// refuse answers an error: in its own words what the caller got wrong, and
// without them what we did.
func (a *app) refuse(w http.ResponseWriter, req *http.Request, err error) {
	status, text := http.StatusInternalServerError, "something went wrong; the log has the reason"
	var bad badRequest
	switch {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrBadKey):
		status, text = http.StatusNotFound, "not known here"
	case errors.As(err, &bad), errors.Is(err, subscribe.ErrBadAddress), errors.Is(err, subscribe.ErrBadNumber), errors.Is(err, subscribe.ErrBadCountry),
		errors.Is(err, subscribe.ErrBadPostalCode), errors.Is(err, subscribe.ErrOptedOut):
		status, text = http.StatusBadRequest, err.Error()
	case errors.Is(err, store.ErrNoTable), errors.Is(err, store.ErrDenied):
		status, text = http.StatusBadGateway, err.Error() // In AWS's words, which name the right.
	default:
		a.log.ErrorContext(req.Context(), "console", "err", err)
	}
	if wantsJSON(req) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.MarshalWrite(w, map[string]string{"error": text}) // The reader is gone.
		return
	}
	body, failed := a.render(req.Context(), "refused", view{title: "Not done", data: text})
	if failed != nil { // The store itself, perhaps.
		http.Error(w, text, status)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body) // The reader is gone.
}

func (a *app) writeJSON(w http.ResponseWriter, req *http.Request, v any) {
	raw, err := json.Marshal(v, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		a.refuse(w, req, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(append(raw, '\n')) // The reader is gone.
}

func wantsJSON(req *http.Request) bool {
	return strings.Contains(req.Header.Get("Accept"), "application/json")
}
