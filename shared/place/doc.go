// Package place knows whose clock a source read: it finds the time zone of a
// place and turns the local times of scans into instants.
//
// Half of the sources write local times and leave out where the clock stood. A
// time read in the wrong zone is a scan in the wrong order and a delivery on
// the wrong day, so nothing is guessed in silence: [Lookup] says how far its
// answer can be trusted, [Resolve] says how the instant is known, and a local
// time that no rule places stays local. It is never sold as UTC.
//
// # Changes of the clock
//
// A local time that comes twice in autumn, or not at all in spring, is read by
// the clock that has not been changed yet: with the offset in force before the
// change. So 01:30 in New York on 2026-11-01 is the first one, 05:30Z, and 02:30
// on 2026-03-08 is 07:30Z, when clocks put forward in time show 03:30. That is
// the rule of RFC 5545 §3.3.5 for both. The hour is not certain, and Trust says
// so. An abbreviation beside the time (EST, EDT) decides instead.
//
// # Abbreviations
//
// CST is Central time in the United States, China's and Cuba's. An abbreviation
// is believed only together with the country, and only if a zone of the place
// has it at that time; EST in July, which people write for New York all the
// same, names the zone but not the offset. See [Resolve].
//
// # Sources of the facts
//
// zones.tsv: iso3166.tab and zone.tab of tzdata for countries and names (2025b,
// compared with 2026f); ISO 3166-2 for the codes of subdivisions; the zone of
// each from the comments in tzdata, compared with the populated places of
// GeoNames. Spellings of islands and cities and the eight codes that are not of
// ISO are from memory. Columns: country, region (code, postal abbreviation or
// name; empty for the whole country), IANA zone ("-" where the region does not
// decide), note. "split: majority" in the note marks a region where some people
// keep another clock. Clocks are compared by the rules in force from 2027 on.
//
// abbreviations.tsv: what people write where tzdata has only a number (+03) or
// another word; from memory, each checked to exist in its country.
//
// zoneinfo.zip: the zone files of the IANA release [Release], every name with a
// slash in it, cut from the tzdata package of PyPI (zone data in the public
// domain). Neither the host's zone files nor Go's own copy are read: those of
// Go 1.26 (2025c) are an hour off in Vancouver, Calgary, Winnipeg, Casablanca
// and Havana in November 2026. To renew it, set Release and run
//
//	pip download --no-deps tzdata
//	go test ./shared/place -run TestZoneFiles -wheel "$PWD"/tzdata-*.whl
package place
