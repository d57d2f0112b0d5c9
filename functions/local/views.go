package main

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/shiptide/shiptide/shared/sender/outbox"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
)

const (
	daysShown    = 7
	parcelsShown = 100 // a day
	parkedShown  = 200
	linesShown   = 500 // a day
	bodyShown    = 256 << 10
)

// dayView is the parcels first heard of on a day (UTC).
type dayView struct {
	Date    string      `json:"date"`
	Parcels []parcelRow `json:"parcels"`
	Next    string      `json:"next"` // for the rest of the day: ?day=…&after=…
}

type parcelRow struct {
	Number    string             `json:"trackingNumber"`
	Carrier   string             `json:"carrier"`
	Status    shipment.Status    `json:"status"`
	SubStatus shipment.SubStatus `json:"subStatus"`
	StatusAt  time.Time          `json:"statusAt,omitzero"`
	Estimate  string             `json:"estimatedDelivery"`
	Place     string             `json:"place"`
	Watched   bool               `json:"watched"` // somebody registered it
}

// viewParcels lists parcels by day: the last week, or ?day=2026-03-02.
func (a *app) viewParcels(req *http.Request) (view, error) {
	q := req.URL.Query()
	if number := shipment.CleanNumber(q.Get("number")); number != "" {
		return view{seeOther: "/shipments/" + url.PathEscape(number)}, nil
	}
	days := []string{q.Get("day")}
	if days[0] == "" {
		days = days[:0]
		for i := range daysShown {
			days = append(days, a.now().UTC().AddDate(0, 0, -i).Format(time.DateOnly))
		}
	}
	out := []dayView{}
	for _, day := range days {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return view{}, badRequest{errors.New("day is not of the form 2026-03-02")}
		}
		d, err := a.day(req.Context(), day, q.Get("after"))
		if errors.Is(err, store.ErrBadToken) {
			return view{}, badRequest{errors.New("after is not the next of a page")}
		}
		if err != nil {
			return view{}, err
		}
		if len(d.Parcels) > 0 || q.Get("day") != "" {
			out = append(out, d)
		}
	}
	return view{title: "Parcels", data: out}, nil
}

func (a *app) day(ctx context.Context, day, after string) (dayView, error) {
	numbers, next, err := a.shipments.Day(ctx, day, after, parcelsShown)
	if err != nil {
		return dayView{}, err
	}
	d := dayView{Date: day, Next: next, Parcels: []parcelRow{}}
	for _, number := range numbers {
		rec, err := a.shipments.Get(ctx, number)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return dayView{}, err
		}
		row := parcelRow{
			Number: number, Carrier: rec.Carrier, Status: rec.Status, SubStatus: rec.SubStatus, StatusAt: rec.StatusAt,
			Estimate: rec.Estimate.To, Watched: !rec.RegisteredAt.IsZero(),
		}
		if n := len(rec.Events); n > 0 {
			row.Place = place(rec.Events[n-1].Location)
		}
		d.Parcels = append(d.Parcels, row)
	}
	slices.SortStableFunc(d.Parcels, func(a, b parcelRow) int {
		return cmp.Or(b.StatusAt.Compare(a.StatusAt), cmp.Compare(a.Number, b.Number))
	})
	return d, nil
}

// pushView is a push as it is kept.
type pushView struct {
	Key      string    `json:"key"`
	Source   string    `json:"source"`
	KeyID    string    `json:"verifiedBy"`
	At       time.Time `json:"verifiedAt"`
	Parked   string    `json:"parked"` // why it waits; "": it does not
	Numbers  []string  `json:"numbers"`
	Tries    int       `json:"tries"`
	Next     time.Time `json:"nextTry,omitzero"`
	Unshown  bool      `json:"unshown"` // kept whole, since nothing could be cut: nobody may read it
	Body     string    `json:"-"`
	Bad      bool      `json:"malformed"`
	Hash     string    `json:"-"`
	Whenever time.Time `json:"parkedSince,omitzero"`
}

func viewOfPush(p *store.Push) pushView {
	v := pushView{
		Key: p.Key(), Source: p.Source, Hash: p.Hash, KeyID: p.KeyID, At: p.VerifiedAt, Parked: p.Parked.Reason,
		Numbers: p.Parked.Numbers, Tries: p.Parked.Tries, Next: p.Parked.Next, Unshown: p.Whole, Bad: p.Parked.Malformed,
		Whenever: p.Parked.Since,
	}
	if v.Numbers == nil {
		v.Numbers = []string{}
	}
	if p.Whole {
		return v
	}
	body := jsontext.Value(slices.Clone(p.Body))
	if !p.Parked.Malformed { // Deep nesting would make a page of 100 MB.
		_ = body.Indent() // What is no JSON is shown as it is.
	}
	v.Body = strings.ToValidUTF8(string(body[:min(len(body), bodyShown)]), "")
	return v
}

func (a *app) viewPush(req *http.Request) (view, error) {
	p, err := a.inbox.Get(req.Context(), req.PathValue("source")+"#"+req.PathValue("hash"))
	if err != nil {
		return view{}, err
	}
	return view{title: "Push", data: viewOfPush(&p)}, nil
}

// viewQuarantine lists the parked pushes, those that are malformed first.
func (a *app) viewQuarantine(req *http.Request) (view, error) {
	keys, err := a.inbox.ParkedKeys(req.Context(), parkedShown)
	if err != nil {
		return view{}, err
	}
	out := []pushView{}
	for _, key := range keys { // One body at a time.
		p, err := a.inbox.Get(req.Context(), key)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return view{}, err
		}
		v := viewOfPush(&p)
		v.Body = ""
		out = append(out, v)
	}
	slices.SortStableFunc(out, func(a, b pushView) int {
		if a.Bad != b.Bad && a.Bad {
			return -1
		} else if a.Bad != b.Bad {
			return 1
		}
		return a.Whenever.Compare(b.Whenever)
	})
	return view{title: "Quarantine", data: out}, nil
}

// outboxDay is the messages of a day (UTC), newest first.
type outboxDay struct {
	Date  string        `json:"date"`
	Lines []outbox.Line `json:"lines"`
	More  bool          `json:"more"` // there are older ones than are shown
}

// viewOutbox shows the last days, or ?day=2026-03-02.
func (a *app) viewOutbox(req *http.Request) (view, error) {
	first, n := a.now().UTC(), daysShown
	if day := req.URL.Query().Get("day"); day != "" {
		t, err := time.Parse(time.DateOnly, day)
		if err != nil {
			return view{}, badRequest{errors.New("day is not of the form 2026-03-02")}
		}
		first, n = t, 1
	}
	out := []outboxDay{}
	for i := range n {
		day := first.AddDate(0, 0, -i)
		lines, err := a.outbox.Day(req.Context(), day)
		if err != nil {
			return view{}, err
		}
		if len(lines) == 0 {
			continue
		}
		slices.SortStableFunc(lines, func(a, b outbox.Line) int {
			return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Address, b.Address))
		})
		shown := min(len(lines), linesShown)
		out = append(out, outboxDay{Date: day.Format(time.DateOnly), Lines: lines[:shown], More: shown < len(lines)})
	}
	return view{title: "Outbox", data: out}, nil
}

func place(l shipment.Location) string {
	switch {
	case l.City != "" && l.Region != "":
		return l.City + ", " + l.Region
	case l.City != "":
		return l.City
	}
	return l.Country
}
