package store

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/shiptide/shiptide/shared/payload"
	"github.com/shiptide/shiptide/shared/shipment"
)

// The facts of a number are stored as one JSON object with short names, sorted,
// zero values left out: the same facts are the same bytes. What can be computed
// (ids, order) is not stored. Times are seconds since 1970.
//
//	{"e":[events],"p":[promises],"l":[links],"a":[answers],"c":[coverages]}

// encodeFacts appends the facts of a set.
func encodeFacts(b []byte, s *shipment.Set) []byte {
	w := writer{b: append(b, '{')}
	w.list("e", len(s.Versions), func(i int) { w.version(&s.Versions[i]) })
	w.list("p", len(s.Estimates), func(i int) { w.estimate(&s.Estimates[i]) })
	w.list("l", len(s.Links), func(i int) { w.link(&s.Links[i]) })
	w.list("a", len(s.Answers), func(i int) {
		a := &s.Answers[i]
		w.text("c", a.String())
		w.time("t", a.AsOf)
		w.text("s", a.Source)
		w.int("k", int64(a.Kind))
	})
	w.list("c", len(s.Coverages), func(i int) {
		c := &s.Coverages[i]
		w.text("s", c.Source)
		w.text("ca", c.Carrier)
		w.int("m", int64(c.Month))
		w.time("o", c.AsOf)
	})
	return append(w.b, '}')
}

func (w *writer) version(v *shipment.Version) {
	w.text("c", v.Code.String())
	w.text("r", v.RawCode)
	w.time("t", v.OccurredAt)
	w.text("l", v.LocalTime)
	w.text("z", zoneLetter(v.Zone))
	if v.Precision == shipment.Day {
		w.int("day", 1)
	}
	w.text("ci", v.Location.City)
	w.text("rg", v.Location.Region)
	w.text("pc", v.Location.PostalCode)
	w.text("co", v.Location.Country)
	w.text("d", v.Description)
	w.text("id", v.ScanID)
	w.int("q", v.Sequence)
	if v.Headline {
		w.int("h", 1)
	}
	w.text("ca", v.Carrier)
	w.text("s", v.Source)
	w.int("k", int64(v.Kind))
	if !v.AsOf.Equal(v.OccurredAt) {
		w.name("o")
		w.b = strconv.AppendInt(w.b, asOfSeconds(v.AsOf), 10)
	}
}

func (w *writer) estimate(e *shipment.Estimate) {
	w.text("f", e.From)
	if e.To != e.From {
		w.text("u", e.To)
	}
	w.text("ft", e.FromTime)
	w.text("ut", e.ToTime)
	w.time("o", e.AsOf)
	w.text("ca", e.Carrier)
	w.text("s", e.Source)
	w.int("k", int64(e.Kind))
}

func (w *writer) link(l *shipment.Link) {
	w.text("n", string(l.Kind))
	w.text("v", l.Value)
	w.time("t", l.At)
	w.int("b", int64(l.Basis))
	if l.Withdrawn {
		w.int("w", 1)
	}
	w.time("o", l.AsOf)
	w.text("s", l.Source)
	w.int("k", int64(l.SourceKind))
}

// writer appends JSON members, leaving out zero values.
type writer struct{ b []byte }

func (w *writer) name(name string) {
	if last := w.b[len(w.b)-1]; last != '{' && last != '[' {
		w.b = append(w.b, ',')
	}
	w.b = append(append(append(w.b, '"'), name...), '"', ':')
}

func (w *writer) text(name, value string) {
	if value != "" {
		w.name(name)
		// Decoders give valid UTF-8; what would not be is replaced.
		w.b, _ = jsontext.AppendQuote(w.b, value)
	}
}

func (w *writer) int(name string, value int64) {
	if value != 0 {
		w.name(name)
		w.b = strconv.AppendInt(w.b, value, 10)
	}
}

func (w *writer) time(name string, t time.Time) {
	if !t.IsZero() {
		w.name(name)
		w.b = strconv.AppendInt(w.b, t.Unix(), 10)
	}
}

func (w *writer) list(name string, n int, element func(int)) {
	if n == 0 {
		return
	}
	w.name(name)
	w.b = append(w.b, '[')
	for i := range n {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.b = append(w.b, '{')
		element(i)
		w.b = append(w.b, '}')
	}
	w.b = append(w.b, ']')
}

// noTime stands for the zero time where a missing member means something else.
const noTime = -1 << 62

func asOfSeconds(t time.Time) int64 {
	if t.IsZero() {
		return noTime
	}
	return t.Unix()
}

func zoneLetter(z shipment.Zone) string {
	switch z {
	case shipment.Inferred:
		return "i"
	case shipment.Assumed:
		return "a"
	}
	return "" // Reported: the usual one.
}

func zoneOf(letter string) shipment.Zone {
	switch letter {
	case "i":
		return shipment.Inferred
	case "a":
		return shipment.Assumed
	}
	return shipment.Reported
}

// decodeFacts reads what encodeFacts wrote. The set holds slices of data's copy.
func decodeFacts(number string, data []byte) (*shipment.Set, error) {
	s := &shipment.Set{Number: number}
	r := payload.Read(data)
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "e":
			s.Versions = make([]shipment.Version, 0, len(data)/160+2)
			each(r, func() { s.Versions = append(s.Versions, readVersion(r)) })
		case "p":
			each(r, func() { s.Estimates = append(s.Estimates, readEstimate(r)) })
		case "l":
			each(r, func() { s.Links = append(s.Links, readLink(r)) })
		case "a":
			each(r, func() { s.Answers = append(s.Answers, readAnswer(r)) })
		case "c":
			each(r, func() { s.Coverages = append(s.Coverages, readCoverage(r)) })
		default:
			r.Skip()
		}
	}
	if err := r.Close(); err != nil {
		return nil, fmt.Errorf("stored facts: %w", err)
	}
	return shipment.Restore(s), nil
}

func each(r *payload.Reader, element func()) {
	for ok := r.Enter('['); ok && r.More(); {
		element()
	}
}

func readVersion(r *payload.Reader) shipment.Version {
	var v shipment.Version
	v.Precision, v.Zone = shipment.Second, shipment.Reported
	asOf, given := int64(0), false
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "c":
			v.Code = codeOf(r.Text())
		case "r":
			v.RawCode = r.Text()
		case "t":
			v.OccurredAt = unix(readInt(r))
		case "l":
			v.LocalTime = r.Text()
		case "z":
			v.Zone = zoneOf(r.Text())
		case "day":
			v.Precision = shipment.Day
			r.Skip()
		case "ci":
			v.Location.City = r.Text()
		case "rg":
			v.Location.Region = r.Text()
		case "pc":
			v.Location.PostalCode = r.Text()
		case "co":
			v.Location.Country = r.Text()
		case "d":
			v.Description = r.Text()
		case "id":
			v.ScanID = r.Text()
		case "q":
			v.Sequence = readInt(r)
		case "h":
			v.Headline = true
			r.Skip()
		case "ca":
			v.Carrier = r.Text()
		case "s":
			v.Source = r.Text()
		case "k":
			v.Kind = shipment.SourceKind(readInt(r))
		case "o":
			asOf, given = readInt(r), true
		default:
			r.Skip()
		}
	}
	switch {
	case !given:
		v.AsOf = v.OccurredAt
	case asOf != noTime:
		v.AsOf = unix(asOf)
	}
	return v
}

func readEstimate(r *payload.Reader) shipment.Estimate {
	var e shipment.Estimate
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "f":
			e.From = r.Text()
		case "u":
			e.To = r.Text()
		case "ft":
			e.FromTime = r.Text()
		case "ut":
			e.ToTime = r.Text()
		case "o":
			e.AsOf = unix(readInt(r))
		case "ca":
			e.Carrier = r.Text()
		case "s":
			e.Source = r.Text()
		case "k":
			e.Kind = shipment.SourceKind(readInt(r))
		default:
			r.Skip()
		}
	}
	e.To = cmp.Or(e.To, e.From)
	return e
}

func readLink(r *payload.Reader) shipment.Link {
	var l shipment.Link
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "n":
			l.Kind = shipment.LinkKind(r.Text())
		case "v":
			l.Value = r.Text()
		case "t":
			l.At = unix(readInt(r))
		case "b":
			l.Basis = shipment.Basis(readInt(r))
		case "w":
			l.Withdrawn = true
			r.Skip()
		case "o":
			l.AsOf = unix(readInt(r))
		case "s":
			l.Source = r.Text()
		case "k":
			l.SourceKind = shipment.SourceKind(readInt(r))
		default:
			r.Skip()
		}
	}
	return l
}

func readAnswer(r *payload.Reader) shipment.Answer {
	var a shipment.Answer
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "c":
			a.Code = codeOf(r.Text())
		case "t":
			a.AsOf = unix(readInt(r))
		case "s":
			a.Source = r.Text()
		case "k":
			a.Kind = shipment.SourceKind(readInt(r))
		default:
			r.Skip()
		}
	}
	return a
}

func codeOf(text string) shipment.Code {
	status, sub, _ := strings.Cut(text, ".")
	return shipment.Code{Status: shipment.Status(status), SubStatus: shipment.SubStatus(sub)}
}

func readInt(r *payload.Reader) int64 {
	n, err := strconv.ParseInt(r.Text(), 10, 64)
	if err != nil {
		r.Fail(err)
	}
	return n
}

func unix(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }

func readCoverage(r *payload.Reader) (c shipment.Coverage) {
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "s":
			c.Source = r.Text()
		case "ca":
			c.Carrier = r.Text()
		case "m":
			c.Month = int(readInt(r))
		case "o":
			c.AsOf = unix(readInt(r))
		default:
			r.Skip()
		}
	}
	return c
}
