package main

import (
	_ "embed"
	"errors"
	"strconv"

	"github.com/shiptide/shiptide/shared/source"
)

// What a bill is made of: the units that TestUnits measures and writes, dated
// prices, and what nobody has measured.
var (
	//go:embed units.tsv
	unitsText string
	//go:embed prices.tsv
	pricesText string
	//go:embed assumptions.tsv
	assumptionsText string
)

// unitsRow is what one push takes, as TestUnits measures it.
type unitsRow struct {
	key, name               string
	bytes                   int
	inbox, shipments, index float64 // write units; index is the due index of shipments
	ledger, read, calls     float64
	// pump is the part of read that only the pump of `local` takes: Lambda brings
	// the row of a push with the stream's record.
	pump               float64
	mails, sms, topics float64 // messages
}

// add adds a share of another row.
func (r *unitsRow) add(o *unitsRow, share float64) {
	r.inbox += share * o.inbox
	r.shipments += share * o.shipments
	r.index += share * o.index
	r.ledger += share * o.ledger
	r.read += share * o.read
	r.calls += share * o.calls
	r.pump += share * o.pump
	r.mails += share * o.mails
	r.sms += share * o.sms
	r.topics += share * o.topics
}

func (r *unitsRow) messages() float64 { return r.mails + r.sms + r.topics }

// price is a line of prices.tsv.
type price struct {
	Item    string  `json:"item"`
	Dollars float64 `json:"dollars"`
	Per     float64 `json:"per"`
	Unit    string  `json:"unit"`
	Region  string  `json:"region"`
	Read    string  `json:"read"` // the month; the year where only that is known; "-" from memory
	How     string  `json:"how"`
}

// assumption is a line of assumptions.tsv.
type assumption struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	What  string  `json:"what"`
}

// rates is what a bill is made of, by key.
type rates struct {
	units   map[string]unitsRow
	prices  map[string]price
	guesses map[string]float64
	assumed []assumption // the same in their order, to be printed
}

func readRates(units, prices, assumptions string) (*rates, error) {
	r := &rates{units: map[string]unitsRow{}, prices: map[string]price{}, guesses: map[string]float64{}}
	rows, err := readUnits(units)
	for _, row := range rows {
		r.units[row.key] = row
	}
	for _, f := range source.Rows(prices, 8) {
		n, bad := numbers(f[2], f[4])
		err = errors.Join(err, bad)
		r.prices[f[0]] = price{Item: f[1], Per: n[0], Unit: f[3], Dollars: n[1], Region: f[5], Read: f[6], How: f[7]}
	}
	for _, f := range source.Rows(assumptions, 4) {
		n, bad := numbers(f[1])
		err = errors.Join(err, bad)
		r.guesses[f[0]] = n[0]
		r.assumed = append(r.assumed, assumption{f[0], n[0], f[2], f[3]})
	}
	return r, err
}

func readUnits(table string) (rows []unitsRow, err error) {
	for _, f := range source.Rows(table, 13) {
		n, bad := numbers(f[2:]...)
		err = errors.Join(err, bad)
		rows = append(rows, unitsRow{f[0], f[1], int(n[0]), n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9], n[10]})
	}
	return rows, err
}

func numbers(texts ...string) ([]float64, error) {
	out := make([]float64, len(texts))
	var err error
	for i, s := range texts {
		n, bad := strconv.ParseFloat(s, 64)
		out[i], err = n, errors.Join(err, bad)
	}
	return out, err
}
