// Package carrier holds what is known of each carrier: what people call it,
// where it is at home, where it shows its parcels, and what others call it.
//
// A carrier has one code in this project, lower-case words with dashes. National
// branches of one brand that are asked in the same way share a code (jt,
// ninja-van, flash, inpost, shopee-xpress); [Branch] tells them apart.
//
// # Where the facts come from
//
// The column evidence of each table says how a row is known: "seen" in what its
// owner publishes (for pages: in a public list that has a name), "second-hand"
// in what others made of it, "memory" where nobody confirmed it.
//
//   - aliases.tsv: what sources call carriers. 17TRACK's keys are second-hand,
//     from a copy of its carrier list of 2024. The tiktokshop names are those of
//     TikTok's API; only USPS, TT Virtual express and JX Express stand in its own
//     samples, the rest is second-hand, from another app's guide of 2026. "DHL"
//     is left out: nobody has seen which DHL it is
//   - providers.tsv: TikTok's ids of the same providers. TikTok gives other ids
//     to other regions and delivery options, so [OfProvider] asks the name first
//   - pages.tsv: tracking pages. "seen" ones are in the catalogue of
//     universal-parcel-scraper (as it was in autumn 2026) or in WooCommerce's
//     list of 2025; the others are in several public programs. Nobody has opened
//     one for this table, so each should be tried with a real number before a
//     buyer is sent there. Pages known from memory only are left out
//   - carriers.tsv: names and countries, from the rows of the other tables;
//     "memory" marks a name or a country that is in none of them
package carrier

import "strings"

// The codes that stand for no carrier we follow.
const (
	Other   = "other"   // a courier, or none: TikTok's virtual express
	Freight = "freight" // a forwarder of pallets, without tracking of parcels
)

// tiktok is the source whose providers have ids beside their names.
const tiktok = "tiktokshop"

// Of returns the code of the carrier that a source ("17track", "aftership",
// "easypost", "shippo", "ship24", "tiktokshop") calls name: its key for it, or
// the name beside that key in the source's list. Case and runs of blanks do not
// count. A name that is not known is not nobody: the caller goes by the form of
// the number, and keeps the name. See [Followed] for the codes that are known
// and no carriers.
func Of(source, name string) (code string, known bool) {
	a, known := book().aliases[key(source, name)]
	return a.carrier, known
}

// OfProvider is [Of] for the shipping providers of TikTok Shop: by the name, else
// by the id, either of which may be "". A name that is in no list, and has no
// known id, may still be what people call a carrier ([Name]), or our code: the
// providers of half of TikTok's markets are in no list that we have seen.
func OfProvider(name, id string) (code string, known bool) {
	if code, known = Of(tiktok, name); known {
		return code, true
	}
	if code, known = book().providers[strings.TrimSpace(id)]; known {
		return code, true
	}
	code, known = book().names[fold(name)]
	return code, known
}

// Branch returns the country (ISO 3166) of the national branch that a source
// means by name, and "" where the name does not fix one.
func Branch(source, name string) (country string) {
	return book().aliases[key(source, name)].country
}

// Name returns what people call a carrier, or a source that is none and speaks of
// parcels, and the code itself when nothing is known of it.
func Name(code string) string {
	if c, ok := book().carriers[code]; ok {
		return c.name
	}
	switch code {
	case tiktok:
		return "TikTok"
	case "17track":
		return "17TRACK"
	}
	return code
}

// Country returns the country (ISO 3166) of a post, or of a carrier that has one
// home, and "" for the others. Its parcels may be anywhere.
func Country(code string) string {
	return book().carriers[code].country
}

// Followed reports whether code is of a carrier whose parcels can be followed by
// their number. It is false for "", [Other] and [Freight], and true for a code
// of which nothing is known.
func Followed(code string) bool {
	return code != "" && code != Other && code != Freight
}

// key is under what a source's name is looked up.
func key(source, name string) alias { return alias{source, fold(name)} }

// fold makes spellings of a name equal.
func fold(name string) string {
	return strings.ToLower(strings.Join(strings.Fields(name), " "))
}
