package notify

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shiptide/shiptide/shared/carrier"
	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/trackingnumber"
)

// Parcels are those of an order as others than its marketplace know them.
func (n *Notifier) Parcels(ctx context.Context, o *order.Order) ([]order.Parcel, error) {
	var out []order.Parcel
	for i := range o.Packages {
		h := &o.Packages[i]
		if h.TrackingNumber == "" {
			continue
		}
		rec, err := n.Shipments.Find(ctx, h.TrackingNumber)
		if err != nil {
			return nil, err
		}
		p := scanned(&rec)
		if o.Shipping != marketplaceShips { // Its own numbers it knows best.
			p.Fault, p.Carrier = doubts(h)
		}
		if p.UsedBy, err = n.usedBy(ctx, &rec, o, h); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// marketplaceShips is the shipping type of labels that are the marketplace's.
const marketplaceShips = "TIKTOK"

// scanned is what carriers and aggregators say of a number.
func scanned(rec *store.Record) order.Parcel {
	p := order.Parcel{Number: rec.Number}
	for i := range rec.Events {
		f := &rec.Events[i]
		if f.Kind < shipment.Aggregator || f.Effect == (shipment.Code{}) {
			continue
		}
		if p.ScannedAt.IsZero() && f.Physical() {
			p.ScannedAt, p.Scan = f.OccurredAt, evidence(f)
		}
		if p.DeliveredAt.IsZero() && f.Effect.Status == shipment.Delivered {
			p.DeliveredAt = f.OccurredAt
		}
	}
	return p
}

// scansShown are the newest scans that evidence has.
const scansShown = 12

// scansOf are the scans of a parcel in words, oldest first.
func scansOf(sh *shipment.Shipment) []string {
	var out []string
	for i := range sh.Events {
		if f := &sh.Events[i]; f.Effect != (shipment.Code{}) || f.Kind == shipment.Marketplace && f.Status != shipment.Unknown {
			out = append(out, evidence(f)+": "+strings.ToLower(strings.ReplaceAll(f.Code.String(), "_", " ")))
		}
	}
	return out[max(0, len(out)-scansShown):]
}

// Seen is what others than its marketplace know of a package that has a number, as
// [order.Rates] counts it. A scan that several of them tell is one.
func (n *Notifier) Seen(ctx context.Context, h *order.Held) (order.Seen, error) {
	rec, err := n.Shipments.Find(ctx, h.TrackingNumber)
	if err != nil {
		return order.Seen{}, err
	}
	fault, other := doubts(h)
	s := order.Seen{Fault: fault != "", OtherCarrier: other != ""}
	for _, l := range rec.Lines() {
		if l.Kind >= shipment.Aggregator && l.WithdrawnAt.IsZero() && l.Physical() {
			s.Scans++
		}
	}
	return s, nil
}

// evidence is a scan in words: who says it, where, and when by the clock there.
func evidence(f *shipment.Folded) string {
	at := f.LocalDate()
	if f.Precision == shipment.Second && len(f.LocalTime) >= len("2006-01-02T15:04") {
		at = strings.Replace(f.LocalTime[:len("2006-01-02T15:04")], "T", " ", 1)
	}
	words := []string{displayName(f.Source), f.Location.City, f.Location.Region, f.Location.Country, at}
	return strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), ", ")
}

// doubts are what speaks against a number that a seller entered: that it cannot be
// one, or that by its form it is another carrier's.
func doubts(h *order.Held) (fault, other string) {
	if h.FirstMile != "" { // Of the last mile, whose it is the order does not say.
		return "", ""
	}
	code, known := carrier.OfProvider(h.Provider, h.ProviderID)
	if known && !carrier.Followed(code) { // Its numbers have no form that anybody knows.
		return "", ""
	}
	if x := trackingnumber.Explain(h.TrackingNumber, cmp.Or(code, h.Provider)); x.Refuse {
		return x.Text, ""
	}
	res := trackingnumber.Identify(h.TrackingNumber)
	if _, of := res.Of(code); !known || of || !res.Valid {
		return "", ""
	}
	if first := res.Candidates[0]; first.CheckDigit == trackingnumber.OK && !first.NeedsHint {
		return "", carrier.Name(first.Carrier)
	}
	return "", ""
}

// usedBy names another order that has the number too. Several orders may be in one
// package. One that is stale may have another number by now: when it has been asked
// for, it is compared with this one.
func (n *Notifier) usedBy(ctx context.Context, rec *store.Record, o *order.Order, h *order.Held) (string, error) {
	for _, l := range rec.Set.Links {
		shop, id, ok := l.MarketOrder()
		if !ok || id == o.OrderID || !rec.Holds(placed(&l)) {
			continue // An import does not say which package.
		}
		other, err := n.Orders.Get(ctx, shop, id)
		if err != nil {
			return "", err
		}
		same := func(p order.Held) bool { return h.PackageID != "" && p.PackageID == h.PackageID }
		if other.Stored() && other.Stale.IsZero() && !slices.ContainsFunc(other.Packages, same) {
			return id, nil
		}
	}
	return "", nil
}

func placed(l *shipment.Link) time.Time {
	if l.At.IsZero() {
		return l.AsOf
	}
	return l.At
}

// clock writes an instant for the seller, who may be anywhere.
func clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("Monday, 2 January, 15:04 UTC")
}

// left writes a span as people say it.
func left(d time.Duration) string {
	switch {
	case d <= 0:
		return ""
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}
