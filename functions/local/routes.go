package main

import (
	"context"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/page"
	"github.com/shiptide/shiptide/shared/subscribe"
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
		{public, "/webhooks/{source}", a.receiver},
		{public, "/webhooks/{source}/{name}", a.receiver},
		{public, "/webhooks/tiktokshop", a.receiver}, // A function of its own on AWS.
		{public, "/webhooks/tiktokshop/{name}", a.receiver},
		{public, "GET /t/{number}", page.Parcels{Shipments: a.shipments, Log: a.log}},
		{public, "POST /subscriptions", http.NotFoundHandler()}, // To sign up: comes later.
		{public, "/subscriptions/{recipient}/{token}", page.Subscriptions{Open: a.consent, Log: a.log}},
		{operator, "GET /{$}", a.page("parcels", a.viewParcels)},
		{operator, "GET /shipments", a.page("parcels", a.viewParcels)},
		{operator, "POST /shipments", a.action(a.postShipment)},
		{operator, "POST /shipments/import", unhurried(http.HandlerFunc(a.postOrders))},
		{operator, "GET /shipments/export", unhurried(http.HandlerFunc(a.listOrders))},
		{operator, "GET /shipments/{number}", a.page("parcel", a.viewParcel)},
		{operator, "GET /shipments/{number}/why", a.page("parcel", a.viewWhy)},
		{operator, "POST /shipments/{number}/subscriptions", a.action(a.postSubscription)},
		{operator, "GET /shops", unhurried(a.page("shops", a.viewShops))},
		{operator, "POST /shops", unhurried(a.action(a.postShop))},
		{operator, "GET /orders/{shop}/{order}", a.page("order", a.viewOrder)},
		{operator, "GET /pushes/{source}/{hash}", a.page("push", a.viewPush)},
		{operator, "GET /quarantine", a.page("quarantine", a.viewQuarantine)},
		{operator, "POST /quarantine/replay", unhurried(a.action(a.postReplay))},
		{operator, "GET /outbox", a.page("outbox", a.viewOutbox)},
		{operator, "GET /assets/", http.StripPrefix("/assets/", http.FileServerFS(assets()))},
	}
}

// consent is what the pages of recipients may do.
func (a *app) consent(context.Context) (page.Consent, *contact.Signer, error) {
	return subscribe.Consent{Contacts: a.contacts, Now: a.now}, a.signer, nil
}

// handler joins the routes of groups.
func (a *app) handler(groups ...group) http.Handler {
	mux := http.NewServeMux()
	for _, r := range a.routes() {
		switch {
		case !slices.Contains(groups, r.group):
		case r.group == operator:
			mux.Handle(r.pattern, a.operatorOnly(r.handler))
		case a.development: // Its keys are known to everybody, so to every page in a browser here.
			mux.Handle(r.pattern, loopbackOnly(r.handler))
		default:
			mux.Handle(r.pattern, r.handler)
		}
	}
	return mux
}

// unhurried lets a request and its answer take as long as they take.
func unhurried(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		c := http.NewResponseController(w)
		_, _ = c.SetReadDeadline(time.Time{}), c.SetWriteDeadline(time.Time{}) // Where there is none, none need be lifted.
		next.ServeHTTP(w, req)
	})
}

// groupsOf are what a listener serves: the operator's routes are there only on
// a loopback address.
func groupsOf(addr string) []group {
	if loopback(addr) {
		return []group{public, operator}
	}
	return []group{public}
}

// loopbackOnly keeps out pages of other sites that a browser on this machine
// shows: their requests come from here too, but under another name.
func loopbackOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if !loopbackHost(req.Host) {
			http.Error(w, "answers only under 127.0.0.1 and localhost", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, req)
	})
}

// proxied are headers that a proxy adds. There is no login, so whoever comes
// through one is nobody that we know.
var proxied = []string{"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip"}

// operatorOnly also keeps out forms of another origin, and whoever comes
// through a proxy.
func (a *app) operatorOnly(next http.Handler) http.Handler {
	guarded := http.NewCrossOriginProtection().Handler(next)
	return loopbackOnly(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		for _, name := range proxied {
			if req.Header.Get(name) != "" {
				http.Error(w, "the console answers nobody behind a proxy", http.StatusForbidden)
				return
			}
		}
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		h.Set(idHeader, a.id)
		guarded.ServeHTTP(w, req)
	}))
}

func loopbackHost(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	ip := net.ParseIP(strings.Trim(name, "[]"))
	return strings.EqualFold(name, "localhost") || ip != nil && ip.IsLoopback()
}
