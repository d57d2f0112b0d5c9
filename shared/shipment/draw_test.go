package shipment_test

import (
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/shiptide/shiptide/shared/shipment"
)

var allCodes = func() (codes []shipment.Code) {
	for _, row := range shipment.Vocabulary() {
		codes = append(codes, row.Code)
	}
	return append(codes, shipment.Code{}, code("DELIVERED.MAYBE"))
}()

// usualCodes stand beside all codes, so that ends and attempts are frequent.
var usualCodes = []shipment.Code{
	code(accepted), code(moving), code(onVehicle), code(absent), code(atPoint), code(delivered), code(signed), code(lost), code(returning), code(label),
}

func drawCode(t *rapid.T) shipment.Code {
	return rapid.OneOf(rapid.SampledFrom(usualCodes), rapid.SampledFrom(allCodes)).Draw(t, "code")
}

// drawTime draws few hours, so that times meet, of a parcel or of another one
// months later; with a fraction, so that it must be cut.
func drawTime(t *rapid.T, label string) time.Time {
	hour := rapid.IntRange(0, 24*45).Draw(t, label)
	later := rapid.SampledFrom([]int{0, 0, 0, 0, 60, 130, 200}).Draw(t, label+" days later")
	return when("2 00:00").AddDate(0, 0, later).Add(time.Duration(hour)*time.Hour + time.Duration(hour%3)*time.Millisecond)
}

func drawEvent(t *rapid.T) shipment.Event {
	at := drawTime(t, "at")
	e := shipment.Event{
		Code: drawCode(t), OccurredAt: at, LocalTime: at.Format(shipment.LocalLayout),
		RawCode:     rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "raw"),
		Zone:        rapid.SampledFrom([]shipment.Zone{shipment.Reported, shipment.Inferred, shipment.Assumed, ""}).Draw(t, "zone"),
		Precision:   rapid.SampledFrom([]shipment.Precision{shipment.Second, shipment.Second, shipment.Day}).Draw(t, "precision"),
		ScanID:      rapid.SampledFrom([]string{"", "", "1", "2"}).Draw(t, "scan"),
		Sequence:    rapid.Int64Range(0, 2).Draw(t, "sequence"),
		Description: rapid.SampledFrom([]string{"", "x", "y", "\xff"}).Draw(t, "text"),
		Carrier:     rapid.SampledFrom([]string{"", "", "", "", "usps", "gls"}).Draw(t, "carrier"),
	}
	e.Location.City = rapid.SampledFrom([]string{"", "Reno", "RENO"}).Draw(t, "city")
	e.Location.Country = rapid.SampledFrom([]string{"", "us", "DE"}).Draw(t, "country")
	e.Location.PostalCode = rapid.SampledFrom([]string{"", "101", "804"}).Draw(t, "postal code")
	return e
}

func drawWord(t *rapid.T) word {
	u := &shipment.Update{
		Number: number, Carrier: rapid.SampledFrom([]string{"", "ups", "dpd"}).Draw(t, "of"),
		Events: rapid.SliceOfN(rapid.Custom(drawEvent), 0, 6).Draw(t, "events"),
	}
	if rapid.IntRange(0, 3).Draw(t, "stamped") > 0 {
		u.AsOf = drawTime(t, "as of")
	}
	if u.Complete = rapid.IntRange(0, 2).Draw(t, "complete") > 0; u.Complete && !u.AsOf.IsZero() && rapid.IntRange(0, 3).Draw(t, "in time") > 0 {
		for _, e := range u.Events { // A history is mostly younger than what it holds.
			if e.OccurredAt.After(u.AsOf) {
				u.AsOf = e.OccurredAt
			}
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "headline?") == 0 {
		u.Headline = rapid.SampledFrom(allCodes).Draw(t, "headline")
	}
	for range rapid.IntRange(0, 2).Draw(t, "estimates") {
		day := rapid.SampledFrom([]string{"2026-03-05", "2026-03-06", "2026-03-07"})
		u.Estimates = append(u.Estimates, shipment.Estimate{From: day.Draw(t, "from"), To: day.Draw(t, "to"), AsOf: drawTime(t, "promised")})
	}
	for range rapid.IntRange(0, 1).Draw(t, "answers") {
		c := rapid.SampledFrom([]string{"PENDING.NOT_FOUND", noUpdates, "EXPIRED.TRACKING_STOPPED", "UNKNOWN.SOURCE_ERROR"}).Draw(t, "answer")
		u.Answers = append(u.Answers, shipment.Answer{Code: code(c), AsOf: drawTime(t, "answered")})
	}
	for range rapid.IntRange(0, 2).Draw(t, "links") {
		u.Links = append(u.Links, drawLink(t))
	}
	return word{rapid.SampledFrom([]shipment.Origin{ups, dhl, track, tiktok}).Draw(t, "source"), u}
}

func drawLink(t *rapid.T) shipment.Link {
	kinds := []shipment.LinkKind{
		shipment.OrderLink, shipment.RegistrationLink, shipment.CarrierLink, shipment.PartnerLink, shipment.OriginLink, shipment.DestinationLink,
	}
	l := shipment.Link{
		Kind:  rapid.SampledFrom(kinds).Draw(t, "link"),
		Basis: shipment.Basis(rapid.IntRange(0, 4).Draw(t, "basis")), At: drawTime(t, "made"), AsOf: drawTime(t, "told"),
		Withdrawn: rapid.IntRange(0, 3).Draw(t, "withdrawn?") == 0,
	}
	values := []string{"1", "2"}
	switch l.Kind {
	case shipment.CarrierLink, shipment.PartnerLink:
		values = []string{"ups", "usps", "gls"}
	case shipment.OriginLink, shipment.DestinationLink:
		values = []string{"US", "de 101", "DE 803"}
	default:
	}
	l.Value = rapid.SampledFrom(values).Draw(t, "value")
	if rapid.IntRange(0, 9).Draw(t, "undated") == 0 {
		l.At = time.Time{}
	}
	return l
}

// drawHistory draws what sources say. Some say later the same without an end
// that they listed before, and some the same again.
var drawHistory = rapid.Custom(func(t *rapid.T) (words []word) {
	for _, w := range rapid.SliceOfN(rapid.Custom(drawWord), 0, 6).Draw(t, "words") {
		words = append(words, w)
		if w.said.AsOf.IsZero() || !rapid.Bool().Draw(t, "again?") {
			continue
		}
		again := *w.said
		again.AsOf = again.AsOf.Add(time.Duration(rapid.SampledFrom([]int{12, 18, 40, 900, 0, 6, -6}).Draw(t, "hours")) * time.Hour)
		again.Headline, again.Complete = shipment.Code{}, true
		if len(again.Events) > 0 { // Where it goes back to the month of the end.
			first := again.Events[0]
			first.Code, first.OccurredAt = code(accepted), when("1 00:00")
			again.Events = append([]shipment.Event{first}, again.Events...)
		}
		if rapid.IntRange(0, 3).Draw(t, "without its ends") > 0 {
			again.Events = slices.DeleteFunc(slices.Clone(again.Events), func(e shipment.Event) bool { return e.Final() })
		}
		words = append(words, word{w.from, &again})
	}
	return words
})
