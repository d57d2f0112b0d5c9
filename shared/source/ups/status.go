package ups

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
)

// The tables give UPS's codes a status of ours. Codes and meanings are those of
// UPS's public tracking appendix and of the specifications at
// https://github.com/UPS-API/api-documentation; the choice of status is ours,
// and where a text does not settle it the column evidence says "proposal" (or
// "second-hand" for what only other integrators list). Status NONE belongs to
// events that stay in the history and move no state.
var (
	//go:embed status.tsv
	codeTable string // by type and code
	//go:embed status-description.tsv
	descriptionTable string // by descriptionCode, in answers statusCode
	//go:embed status-type.tsv
	typeTable string // by type
	//go:embed status-mail-innovations.tsv
	mailTable string // by code, a code space of its own
)

// codeKey names a code: the letters mean other things under each type.
type codeKey struct{ kind, code string }

type codeRow struct {
	shipment.Code
	raw string // "X/DJ"
}

type statusTables struct {
	codes                      map[codeKey]codeRow
	descriptions, kinds, mails map[string]shipment.Code
}

var tables = sync.OnceValue(func() *statusTables {
	t := &statusTables{codes: map[codeKey]codeRow{}}
	for _, f := range source.Rows(codeTable, 4) {
		t.codes[codeKey{f[0], f[1]}] = codeRow{codeOf(f[2], f[3]), f[0] + "/" + f[1]}
	}
	t.descriptions, t.kinds, t.mails = byCode(descriptionTable), byCode(typeTable), byCode(mailTable)
	return t
})

func byCode(table string) map[string]shipment.Code {
	m := map[string]shipment.Code{}
	for _, f := range source.Rows(table, 3) {
		m[f[0]] = codeOf(f[1], f[2])
	}
	return m
}

func codeOf(status, sub string) shipment.Code {
	if status == "NONE" {
		return shipment.Code{}
	}
	return shipment.Code{Status: shipment.Status(status), SubStatus: shipment.SubStatus(sub)}
}

var (
	unmapped  = shipment.Code{Status: shipment.Unknown, SubStatus: shipment.Unmapped}
	cancelled = shipment.Code{Status: shipment.Cancelled, SubStatus: shipment.Generic}
)

// status is the status object of a push or an activity.
type status struct {
	kind        string // type
	code        string
	description string
	number      string // descriptionCode or statusCode: three digits
}

func (s *status) empty() bool { return *s == status{} }

// service says which code space an event's codes are of.
type service int

const (
	parcel service = iota
	freight
	mailInnovations
)

// resolve returns our code of a status, and UPS's own in one word.
func (s *status) resolve(of service) (shipment.Code, string) {
	t := tables()
	kind, code := normal(s.kind), normal(s.code)
	second, hasSecond := t.description(normal(s.number))
	if of == mailInnovations {
		raw := rawCode(kind, code, s.number)
		if c, ok := t.mails[code]; ok {
			return c, raw
		}
		if hasSecond {
			return second, raw
		}
		return unmapped, raw
	}
	switch kind {
	case "W", "DO", "DD":
		of = freight
	}
	if of == freight {
		// Freight has three-digit codes that look the same: its 007 is an
		// arrival, ours a cancellation.
		second, hasSecond = shipment.Code{}, false
	}
	first, hasFirst := t.code(kind, code)
	raw := first.raw
	if !hasFirst {
		raw = rawCode(kind, code, s.number)
	}
	switch {
	case kind == "U", kind == "NA":
		return shipment.Code{}, raw
	case kind == "MV":
		return cancelled, raw
	case !hasFirst && !hasSecond:
		if c, ok := t.kinds[kind]; ok {
			return c, raw
		}
		return unmapped, raw
	}
	return choose(first.Code, hasFirst, second, hasSecond), raw
}

// choose takes one of the two codes that UPS gives of an event: that of type
// and code, and that of the three digits.
func choose(first shipment.Code, hasFirst bool, second shipment.Code, hasSecond bool) shipment.Code {
	none := shipment.Code{}
	switch {
	case backOrOver(second) && progress(first):
		return second // A scan on the way back is no progress.
	case hasFirst && first == none:
		if second.Status == shipment.Delivered {
			return second // Notes that count only as delivered.
		}
		return none
	case !hasFirst:
		return second
	case !hasSecond, second == none:
		return first
	case plainScan(first) && trouble(second):
		return second
	case general(first) && !general(second) && (first.Status != shipment.Delivered || second.Status == shipment.AvailableForPickup):
		return second
	}
	return first
}

func backOrOver(c shipment.Code) bool {
	return c.Status == shipment.Return || c.Status == shipment.Cancelled ||
		c.SubStatus == shipment.Lost || c.SubStatus == shipment.Disposed
}

func progress(c shipment.Code) bool {
	switch c.Status {
	case shipment.InfoReceived, shipment.InTransit, shipment.OutForDelivery, shipment.Delivered:
		return true
	default:
		return false
	}
}

func plainScan(c shipment.Code) bool {
	if c.Status != shipment.InTransit {
		return false
	}
	switch c.SubStatus {
	case shipment.Moving, shipment.Accepted, shipment.Departed, shipment.Arrived, shipment.Processing,
		shipment.LeftOriginCountry, shipment.ArrivedDestinationCountry, shipment.AtDeliveryDepot, shipment.HandedToPartner:
		return true
	default:
		return false
	}
}

func trouble(c shipment.Code) bool {
	switch c.Status {
	case shipment.FailedAttempt, shipment.AvailableForPickup:
		return true
	case shipment.Exception:
		return c.SubStatus != shipment.Generic
	default:
		return false
	}
}

func general(c shipment.Code) bool {
	return c.SubStatus == shipment.Generic || c.SubStatus == shipment.Moving || c.SubStatus == shipment.DelayExternal
}

// code looks a pair up. X codes may have lost a leading zero, those of the D
// list are printed without it.
func (t *statusTables) code(kind, code string) (codeRow, bool) {
	row, ok := t.codes[codeKey{kind, code}]
	if !ok && kind == "X" && len(code) == 1 {
		row, ok = t.codes[codeKey{kind, "0" + code}]
	}
	if !ok && kind == "D" && len(code) == 2 && code[0] == '0' {
		row, ok = t.codes[codeKey{kind, code[1:]}]
	}
	return row, ok
}

// description looks a three-digit code up, which may have lost leading zeros.
func (t *statusTables) description(digits string) (shipment.Code, bool) {
	if digits == "" || len(digits) > 3 {
		return shipment.Code{}, false
	}
	padded := [3]byte{'0', '0', '0'}
	copy(padded[3-len(digits):], digits)
	c, ok := t.descriptions[string(padded[:])]
	return c, ok
}

func normal(s string) string { return strings.ToUpper(strings.TrimSpace(s)) }

// rawCode writes a code that is in no table: "I/QQ", and "I/005" where there is
// only the three-digit one. It may be anything, so only what looks like a code
// is kept of it.
func rawCode(kind, code, digits string) string {
	if code == "" {
		code = normal(digits)
	}
	kind, code = codeChars(kind), codeChars(code)
	if code == "" {
		return kind
	}
	return kind + "/" + code
}

func codeChars(s string) string {
	const longest = 8
	keep := func(r rune) rune {
		if 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
			return r
		}
		return -1
	}
	return strings.Map(keep, s[:min(len(s), longest)])
}
