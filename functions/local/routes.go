package main

import (
	"net"
	"net/http"
	"strings"
)

// group says who may use a route.
type group int

const (
	// public routes are for everybody; AWS serves only these.
	public group = iota
	// operator routes are for whoever sits at this machine.
	operator
)

type route struct {
	group   group
	pattern string
	handler http.Handler
}

// routes is the whole surface of the server.
func (a *app) routes() []route {
	return []route{
		{public, "/webhooks/", a.receiver},
		{operator, "GET /{$}", a.page("parcels", a.viewParcels)},
		{operator, "GET /shipments", a.page("parcels", a.viewParcels)},
		{operator, "GET /shipments/{number}", a.page("parcel", a.viewParcel)},
		{operator, "GET /shipments/{number}/why", a.page("parcel", a.viewWhy)},
		{operator, "POST /shipments/{number}/subscriptions", a.action(a.postSubscription)},
		{operator, "GET /pushes/{source}/{hash}", a.page("push", a.viewPush)},
		{operator, "GET /quarantine", a.page("quarantine", a.viewQuarantine)},
		{operator, "POST /quarantine/replay", a.action(a.postReplay)},
		{operator, "GET /outbox", a.page("outbox", a.viewOutbox)},
		{operator, "GET /assets/", http.StripPrefix("/assets/", http.FileServerFS(assets()))},
	}
}

// handler joins the routes. The operator's are there only on a loopback
// listener.
func (a *app) handler(listener string) http.Handler {
	mux := http.NewServeMux()
	for _, r := range a.routes() {
		switch r.group {
		case public:
			mux.Handle(r.pattern, r.handler)
		case operator:
			if loopback(listener) {
				mux.Handle(r.pattern, operatorOnly(r.handler))
			}
		}
	}
	return mux
}

// operatorOnly keeps out pages of other sites that a browser on this machine
// shows: their requests come from here too, but under another name (Host) or
// from another origin.
func operatorOnly(next http.Handler) http.Handler {
	guarded := http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if !loopbackHost(req.Host) {
			http.Error(w, "the console answers only under 127.0.0.1 and localhost", http.StatusForbidden)
			return
		}
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		guarded.ServeHTTP(w, req)
	})
}

func loopbackHost(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	ip := net.ParseIP(strings.Trim(name, "[]"))
	return strings.EqualFold(name, "localhost") || ip != nil && ip.IsLoopback()
}
