package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/carrier"
	"github.com/shiptide/shiptide/shared/orderfile"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/subscribe"
)

// maxOrderFile is how large an order file may be: 100,000 rows and more.
const maxOrderFile = 256 << 20

// importOrders follows the parcels of a Seller Center export, by the server that
// has the data.
func importOrders(ctx context.Context, e *env, w where, file string) int {
	f, err := os.Open(file)
	if err != nil {
		return e.fail(err)
	}
	defer func() { _ = f.Close() }() // It was only read.
	began := time.Now()
	var tally subscribe.Tally
	err = withServer(ctx, e, w, func(ctx context.Context, c *client) error {
		return c.postOrders(ctx, f, func(packages int) { e.say("local: %d packages so far", packages) }, &tally)
	})
	if err != nil {
		return e.fail(fmt.Errorf("%w; what was done stays, and doing all again changes nothing of it", err))
	}
	e.say("local: %d packages in %.1f s: %d numbers new, %d known, %d packages without one, %d cancelled, %d refused",
		tally.Packages, time.Since(began).Seconds(), tally.New, tally.Known, tally.Unshipped, tally.Cancelled, len(tally.Refused)+tally.More)
	for _, r := range tally.Refused {
		e.say("local: line %d: %s", r.Line, r.Reason)
	}
	if err := e.print(tally, indented()); err != nil {
		return e.fail(err)
	}
	if len(tally.Refused) > 0 {
		return exitFailed
	}
	return exitOK
}

// ordersLine is one of the answer to an import: how far it is, at last what became
// of it, or why it ended.
type ordersLine struct {
	Packages int              `json:"packages,omitzero"`
	Tally    *subscribe.Tally `json:"tally,omitzero"`
	Error    string           `json:"error,omitzero"`
}

const jsonLines = "application/x-ndjson"

// postOrders sends a file and tells how far it is.
func (c *client) postOrders(ctx context.Context, file io.Reader, progress func(int), tally *subscribe.Tally) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/shipments/import", file)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "text/csv")
	req.Header.Set("Accept", jsonLines)
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }() // It was only read.
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("import: %s", res.Status)
	}
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var l ordersLine
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return err
		}
		switch {
		case l.Error != "":
			return errors.New(l.Error)
		case l.Tally != nil:
			*tally = *l.Tally
			return nil
		}
		progress(l.Packages)
	}
	return errors.Join(lines.Err(), errors.New("import: the server ended in the middle of it"))
}

// postOrders follows the parcels of an order file: CSV as the body, or uploaded by
// a form. A program that takes lines of JSON is told how far it is.
func (a *app) postOrders(res http.ResponseWriter, req *http.Request) {
	req.Body = http.MaxBytesReader(res, req.Body, maxOrderFile)
	file, err := orderFileOf(req)
	if err != nil {
		a.refuse(res, req, badRequest{err})
		return
	}
	if !strings.Contains(req.Header.Get("Accept"), jsonLines) {
		tally, err := a.subscriber.Orders(req.Context(), file, func(int) {})
		a.page("imported", func(*http.Request) (view, error) {
			return view{title: "Import", data: tally}, forWhomItIs(err)
		}).ServeHTTP(res, req)
		return
	}
	_ = http.NewResponseController(res).EnableFullDuplex() // Where there is none, words of progress come late.
	res.Header().Set("Content-Type", jsonLines)
	say := func(l ordersLine) {
		raw, err := json.Marshal(l, json.Deterministic(true))
		if err == nil {
			_, err = res.Write(append(raw, '\n'))
		}
		if err == nil {
			_ = http.NewResponseController(res).Flush()
		}
	}
	tally, err := a.subscriber.Orders(req.Context(), file, func(n int) { say(ordersLine{Packages: n}) })
	if err != nil {
		text := "something went wrong; the log has the reason"
		if bad := (badRequest{}); errors.As(forWhomItIs(err), &bad) {
			text = bad.Error()
		} else {
			a.log.ErrorContext(req.Context(), "import", "err", err)
		}
		say(ordersLine{Error: text})
		return
	}
	say(ordersLine{Tally: &tally})
}

// forWhomItIs makes what is wrong with the file an error for whoever gave it.
func forWhomItIs(err error) error {
	var file *orderfile.FileError
	var size *http.MaxBytesError
	switch {
	case errors.As(err, &file):
		return badRequest{file}
	case errors.As(err, &size):
		return badRequest{fmt.Errorf("the file is larger than %d MB", maxOrderFile>>20)}
	}
	return err
}

// orderFileOf is the file that a request brings.
func orderFileOf(req *http.Request) (io.Reader, error) {
	media, _, err := mime.ParseMediaType(req.Header.Get("Content-Type"))
	if err == nil && media == "text/csv" {
		return req.Body, nil
	}
	parts, err := req.MultipartReader()
	if err != nil {
		return nil, errors.New("no order file: send it as text/csv")
	}
	for {
		part, err := parts.NextPart()
		if err != nil {
			return nil, errors.New("no order file in the form")
		}
		if part.FormName() == "file" {
			return part, nil
		}
	}
}

// listOrders answers the parcels that somebody follows as an order file: those of
// the last ?days=30.
func (a *app) listOrders(res http.ResponseWriter, req *http.Request) {
	days := 30
	if text := req.URL.Query().Get("days"); text != "" {
		if _, err := fmt.Sscanf(text, "%d", &days); err != nil || days < 1 || days > 400 {
			a.refuse(res, req, badRequest{errors.New("days is a number up to 400")})
			return
		}
	}
	var list bytes.Buffer // 100 bytes a parcel; a list that is cut short would look whole.
	var fault error
	err := orderfile.Write(&list, func(yield func(orderfile.Row) bool) {
		fault = a.eachFollowed(req.Context(), days, func(rec *store.Record) bool { return yield(orderRowOf(rec)) })
	})
	if err = errors.Join(fault, err); err != nil {
		a.refuse(res, req, err)
		return
	}
	res.Header().Set("Content-Type", "text/csv; charset=utf-8")
	res.Header().Set("Content-Disposition", `attachment; filename="parcels.csv"`)
	_, _ = list.WriteTo(res) // The reader is gone.
}

// eachFollowed goes through the parcels that were first heard of in the last days
// and that somebody follows, the newest day first.
func (a *app) eachFollowed(ctx context.Context, days int, do func(*store.Record) bool) error {
	for ago := range days {
		day := a.now().UTC().AddDate(0, 0, -ago).Format(time.DateOnly)
		for after := ""; ; {
			numbers, next, err := a.shipments.Day(ctx, day, after, parcelsShown)
			if err != nil {
				return err
			}
			for _, number := range numbers {
				rec, err := a.shipments.Get(ctx, number)
				switch {
				case errors.Is(err, store.ErrNotFound):
				case err != nil:
					return err
				case !rec.RegisteredAt.IsZero() && !do(&rec):
					return nil
				}
			}
			if after = next; after == "" {
				break
			}
		}
	}
	return nil
}

// orderRowOf is a parcel as an order file has it. Where there is no order with an
// ID, the number stands in its place.
func orderRowOf(rec *store.Record) orderfile.Row {
	row := orderfile.Row{
		Order: rec.Number, Numbers: []string{rec.Number}, Provider: carrierName(rec.Carrier), Country: rec.Destination,
		TrackingStatus: string(rec.Status) + "." + string(rec.SubStatus),
	}
	at := slices.IndexFunc(rec.Set.Links, func(l shipment.Link) bool { return l.Kind == shipment.OrderLink && !l.Withdrawn })
	if at >= 0 {
		row.Created = rec.Set.Links[at].At
		if _, order, _ := strings.Cut(rec.Set.Links[at].Value, "/"); orderfile.IsID(order) { // Else somebody has typed a name.
			row.Order = order
		}
	}
	row.PostalCode = orderedTo(rec)
	return row
}

// orderedTo is the postal code to which the order goes, not that which a carrier
// names: who imports the list again must not make the carrier's word the order's.
func orderedTo(rec *store.Record) string {
	for _, l := range rec.Set.Links {
		country, postal, _ := strings.Cut(l.Value, " ")
		if l.Kind == shipment.DestinationLink && !l.Withdrawn && l.SourceKind <= shipment.Marketplace && country == rec.Destination && postal != "" {
			return postal
		}
	}
	return ""
}

// carrierName is what people call a carrier, "" where none is known.
func carrierName(code string) string {
	if code == "" {
		return ""
	}
	return carrier.Name(code)
}
