package carrier

import (
	"net/url"
	"slices"
	"strings"
)

// placeholder is where a page takes the number.
const placeholder = "{number}"

// everywhere is the country of a page that shows all parcels of its carrier.
const everywhere = "*"

// Link returns the public page on which a carrier shows a parcel, and "" if there
// is none, or a page a country only: see [LinkIn]. Some pages take no number:
// there it has to be typed.
//
// number is what the carrier tracks the parcel under. A barcode of USPS that
// begins with 420 holds the buyer's ZIP code, which is for nobody else to see:
// cut it first.
func Link(code, number string) string {
	return LinkIn(code, everywhere, number)
}

// LinkIn is [Link] with the page of a country (ISO 3166) where there is one: that
// of the destination, or else of the origin.
func LinkIn(code, country, number string) string {
	p := pageFor(book().pages[code], country)
	if p == "" || !strings.ContainsFunc(number, isLetterOrDigit) {
		return "" // A browser would take ".." for another folder.
	}
	return strings.Replace(p, placeholder, escape(number), 1)
}

// pageFor returns the page of a country, else the one for all.
func pageFor(pages []page, country string) (address string) {
	for _, p := range pages {
		if slices.Contains(p.countries, country) {
			return p.address
		}
		if slices.Contains(p.countries, everywhere) {
			address = p.address
		}
	}
	return address
}

// escape makes a number harmless in a path, in a query and behind a "#".
func escape(number string) string {
	return strings.ReplaceAll(url.QueryEscape(number), "+", "%20")
}

func isLetterOrDigit(r rune) bool {
	return '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z'
}
