package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/subscribe"
)

// whyView is everything that led to a parcel's state and to its notices, or to
// none.
type whyView struct {
	Shipment shipment.Public `json:"shipment"`
	Because  string          `json:"because"`
	Watched  bool            `json:"watched"`
	Attempts int             `json:"attempts"`
	Lines    []lineView      `json:"-"` // newest first
	// Others are scans of another carrier's parcel under this number.
	Others []lineView `json:"-"`
	// Voices are the newest words of each source; Disagree: of other statuses.
	Voices   []shipment.Voice `json:"voices"`
	Disagree bool             `json:"disagree"`
	Orders   []orderLink      `json:"orders"`
	Changes  []changeView     `json:"changes"`
	Threads  []threadView     `json:"threads"`
}

// lineView is one scan, however many sources tell it.
type lineView struct {
	shipment.Line
	Place   string
	Decides bool // it gives the status
}

// changeView is one write of the shipment.
type changeView struct {
	At     time.Time `json:"at"`
	Facts  int       `json:"facts"`
	Pushes []string  `json:"pushes"` // rows of the inbox, or who did it by hand
}

// threadView is what one recipient was told, and what would be said next.
type threadView struct {
	Recipient  string          `json:"recipient"` // masked
	Audience   notice.Audience `json:"audience"`
	Since      time.Time       `json:"since"`
	Ended      string          `json:"ended"`
	Told       []notice.Told   `json:"told"`
	Candidates []candidateView `json:"candidates"`
}

type candidateView struct {
	Kind    notice.Kind    `json:"kind"`
	Code    string         `json:"code"`
	At      time.Time      `json:"at"`
	Verdict notice.Verdict `json:"verdict"`
	Reason  string         `json:"reason"`
}

// viewParcel shows a parcel; a program gets the public JSON.
func (a *app) viewParcel(req *http.Request) (view, error) {
	v, err := a.why(req.Context(), shipment.CleanNumber(req.PathValue("number")))
	return view{title: v.Shipment.TrackingNumber, data: v, answer: v.Shipment}, err
}

// viewWhy is the same page; a program gets all of it.
func (a *app) viewWhy(req *http.Request) (view, error) {
	v, err := a.why(req.Context(), shipment.CleanNumber(req.PathValue("number")))
	return view{title: v.Shipment.TrackingNumber, data: v}, err
}

func (a *app) why(ctx context.Context, number string) (whyView, error) {
	if number == "" {
		return whyView{}, store.ErrNotFound
	}
	rec, err := a.shipments.Get(ctx, number)
	if err != nil {
		return whyView{}, err
	}
	v := whyView{
		Shipment: rec.Public(shipment.Flags(&rec.Shipment, a.now())...), Others: linesOf(rec.Others), Voices: rec.Voices(), Because: because(&rec.Shipment), Watched: !rec.RegisteredAt.IsZero(), Attempts: rec.Attempts,
		Orders: ordersOf(rec.Set), Changes: []changeView{}, Threads: []threadView{},
	}
	for _, l := range rec.Lines() {
		v.Lines = append(v.Lines, lineView{Line: l, Place: place(l.Location), Decides: l.Has(rec.DecidedBy)})
	}
	slices.Reverse(v.Lines)
	if len(v.Voices) > 0 {
		first := v.Voices[0].Code
		v.Disagree = slices.ContainsFunc(v.Voices, func(o shipment.Voice) bool { return o.Code.Status != first.Status })
	}
	for _, c := range rec.Trail {
		v.Changes = append(v.Changes, changeView{At: c.At, Facts: c.Facts, Pushes: strings.Split(c.Cause, ",")})
	}
	slices.Reverse(v.Changes)
	threads, err := a.notifier.ThreadsOf(ctx, &rec.Shipment)
	if err != nil {
		return whyView{}, err
	}
	for i := range threads {
		t, err := a.viewOfThread(ctx, &rec, &threads[i].Thread)
		if err != nil {
			return whyView{}, err
		}
		v.Threads = append(v.Threads, t)
	}
	return v, nil
}

func (a *app) viewOfThread(ctx context.Context, rec *store.Record, t *notice.Thread) (threadView, error) {
	v := threadView{
		Recipient: "unknown", Audience: t.Audience, Since: t.Since, Ended: t.Ended, Told: t.Told, Candidates: []candidateView{},
	}
	if v.Told == nil {
		v.Told = []notice.Told{}
	}
	if to, err := a.notifier.Recipient(ctx, t.Recipient); err == nil && to.Address != "" {
		v.Recipient = contact.Mask(to)
	}
	decides, err := a.notifier.Context(ctx, rec, t)
	if err != nil {
		return threadView{}, err
	}
	for _, c := range notice.Decide(&rec.Shipment, decides) {
		v.Candidates = append(v.Candidates, candidateView{c.Kind, c.Code.String(), c.At, c.Verdict, c.Reason})
	}
	return v, nil
}

func linesOf(events []shipment.Folded) (lines []lineView) {
	for i := range events {
		f := &events[i]
		lines = append(lines, lineView{Line: shipment.Line{Folded: *f, Sources: []string{f.Source}}, Place: place(f.Location)})
	}
	slices.Reverse(lines)
	return lines
}

// because says in one sentence why the status is what it is.
func because(sh *shipment.Shipment) string {
	i := slices.IndexFunc(sh.Events, func(f shipment.Folded) bool { return f.ID == sh.DecidedBy })
	switch {
	case i < 0 && len(sh.Events) == 0 && sh.StatusAt.IsZero():
		return "No event of this parcel is known yet."
	case i < 0:
		return "No scan gives this status: it is what a source answers when it has none."
	}
	f := &sh.Events[i]
	s := fmt.Sprintf("%s reported %s", f.Source, codeText(f))
	if p := place(f.Location); p != "" {
		s += " in " + p
	}
	s += " at " + strings.Replace(f.LocalTime, "T", " ", 1) + " local time"
	if f.Effect != f.Code && f.Effect != (shipment.Code{}) {
		s += fmt.Sprintf(", which means %s at this point of its way", f.Effect)
	}
	switch later := len(sh.Events) - 1 - i; later {
	case 0:
	case 1:
		s += "; one later entry changes nothing"
	default:
		s += fmt.Sprintf("; %d later entries change nothing", later)
	}
	return s + "."
}

func codeText(f *shipment.Folded) string {
	if f.RawCode == "" {
		return f.Code.String()
	}
	return f.Code.String() + " (code " + f.RawCode + ")"
}

// tone is the colour of a status.
func tone(s shipment.Status) string {
	switch s {
	case shipment.Delivered:
		return "good"
	case shipment.Exception, shipment.FailedAttempt, shipment.Return, shipment.Cancelled, shipment.Expired:
		return "bad"
	case shipment.OutForDelivery, shipment.AvailableForPickup:
		return "near"
	case shipment.InTransit:
		return "moving"
	case shipment.Pending, shipment.InfoReceived, shipment.Unknown:
	}
	return "quiet"
}

// postShipment follows a parcel: number, and carrier, order, country and
// postalCode where they are known.
func (a *app) postShipment(req *http.Request) (answer any, seeOther string, err error) {
	if err := req.ParseForm(); err != nil {
		return nil, "", badRequest{errors.New("not a form")}
	}
	rec, err := a.subscriber.Add(req.Context(), subscribe.Watch{
		Number: req.PostForm.Get("number"), Carrier: req.PostForm.Get("carrier"),
		Order: req.PostForm.Get("order"), Country: req.PostForm.Get("country"), PostalCode: req.PostForm.Get("postalCode"),
	})
	if err != nil {
		return nil, "", err
	}
	return rec.Public(shipment.Flags(&rec.Shipment, a.now())...), "/shipments/" + url.PathEscape(rec.Number), nil
}

// postSubscription lets a recipient hear of a parcel: channel and address.
func (a *app) postSubscription(req *http.Request) (answer any, seeOther string, err error) {
	if err := req.ParseForm(); err != nil {
		return nil, "", badRequest{errors.New("not a form")}
	}
	number := shipment.CleanNumber(req.PathValue("number"))
	to, err := a.subscriber.ByOperator(req.Context(), number, contact.Channel(req.PostForm.Get("channel")), req.PostForm.Get("address"))
	if err != nil {
		return nil, "", err
	}
	answer = map[string]string{"trackingNumber": number, "recipient": to.ID, "address": contact.Mask(to)}
	return answer, "/shipments/" + url.PathEscape(number), nil
}

// postReplay drives parked pushes again: ?since=2026-03-02T00:00:00Z drives all
// that came since then.
func (a *app) postReplay(req *http.Request) (answer any, seeOther string, err error) {
	if err := req.ParseForm(); err != nil {
		return nil, "", badRequest{errors.New("not a form")}
	}
	var since time.Time
	if text := req.Form.Get("since"); text != "" {
		if since, err = time.Parse(time.RFC3339, text); err != nil {
			return nil, "", badRequest{errors.New("since is not of the form 2026-03-02T00:00:00Z")}
		}
	}
	n, err := a.replay(req.Context(), since)
	if err != nil {
		return nil, "", err
	}
	parked, err := a.inbox.ParkedKeys(req.Context(), maxReplay)
	if err != nil {
		return nil, "", err
	}
	return map[string]int{"driven": n, "parked": len(parked)}, "/quarantine", nil
}
