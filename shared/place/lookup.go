package place

import (
	"strings"
	"time"

	"golang.org/x/text/language"

	"github.com/shiptide/shiptide/shared/shipment"
)

// Trust says how far a zone, or an instant made with it, can be relied on.
type Trust int

// The grades. Split is good for display and for the order of scans hours apart:
// some people at the place keep another clock, the clocks were being changed, or
// the source contradicts itself; the instant may be off by the difference, an
// hour in most cases.
const (
	None Trust = iota
	Split
	Sure
)

// Clock is the clock by which people live at a place. The zero Clock is that of
// a place whose clock is not known.
type Clock struct {
	Zone  string // IANA name; "" if Trust is None
	Trust Trust

	zone *zone
}

// Location returns the rules of the clock, of [Release], or nil if it is not
// known. Unlike time.LoadLocation it does not take "" for UTC.
func (c Clock) Location() *time.Location {
	if c.zone == nil {
		return nil
	}
	return c.zone.rules()
}

func newClock(z *zone, t Trust) Clock {
	if z == nil {
		return Clock{}
	}
	return Clock{Zone: z.name, Trust: t, zone: z}
}

// Lookup finds the clock of a place. The country is an ISO 3166-1 code of two or
// three letters: without one nothing is found, since CA, DE and IN are countries
// as well as states. The region may be a code, a postal abbreviation or a name,
// in any case and punctuation, with or without accents, the country in front
// (US-CA), and words like "oblast". Where the region says nothing the postal
// code may; then the city, where it is named like its region; then the country,
// if it has one clock or one that nearly all people there live by.
//
// The time need not be told: a zone knows the rules of every year.
func Lookup(at shipment.Location) Clock {
	country := country(at.Country)
	if country == "" {
		return Clock{}
	}
	a := world()
	if r, ok := a.region(country, at.Region); ok {
		return a.refine(country, at.City, r)
	}
	if c := a.byPostalCode(country, at.PostalCode); c.Trust != None {
		return c
	}
	if r, ok := a.byCity(country, at.City); ok {
		return newClock(r.zone, Split)
	}
	return a.refine(country, at.City, a.rows[country+"\t"])
}

// country returns the two letters of a country in upper case, or "".
func country(code string) string {
	code = strings.TrimSpace(code)
	switch len(code) {
	case 2:
		return strings.ToUpper(code)
	case 3:
		if strings.EqualFold(code, "XKX") { // Kosovo has no code of ISO.
			return "XK"
		}
		r, err := language.ParseRegion(code)
		if err != nil {
			return ""
		}
		return r.String()
	}
	return ""
}

// region finds the row of a region: by its name as it stands, without the
// country in front, without the words that say what it is.
func (a *atlas) region(country, region string) (row, bool) {
	var buf [2 + 1 + maxName]byte
	b := append(append(buf[:0], country...), '\t')
	start := len(b)
	b = appendFolded(b, region)
	if len(b) == start {
		return row{}, false
	}
	if r, ok := a.rows[string(b)]; ok {
		return r, true
	}
	name := string(b[start:])
	if rest, ok := strings.CutPrefix(name, country+" "); ok {
		name = rest
		if r, ok := a.rows[country+"\t"+name]; ok {
			return r, true
		}
	}
	if name = plain(name); name == "" {
		return row{}, false
	}
	r, ok := a.rows[country+"\t"+name]
	return r, ok
}
