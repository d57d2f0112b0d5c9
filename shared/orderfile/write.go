package orderfile

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"
	"unicode/utf8"
)

// written are the columns that Write writes.
var written = []column{
	orderID, orderStatus, packageID, trackingID, trackingStatus, providerName, country, zipcode, createdTime,
}

// Write writes rows as an export has them, with the column Tracking Status beside
// the number. It is CSV with commas, in UTF-8 with the byte order mark, and can
// be opened in a spreadsheet program: a tab behind them keeps ids text, and what
// would be a formula has an apostrophe before it.
//
// [Read] gives the same rows back: texts on one line, times cut to seconds, packages
// of one order joined if they follow each other, and no postal code that is none of
// the country. What Read would refuse
// Write refuses with a [*RowError], whose line is that of the file; what was
// written before stays.
func Write(w io.Writer, rows iter.Seq[Row]) error {
	if _, err := io.WriteString(w, bom); err != nil {
		return fmt.Errorf("orderfile: %w", err)
	}
	out := csv.NewWriter(w)
	record := make([]string, len(written))
	for i, c := range written {
		record[i] = c.String()
	}
	err := out.Write(record)
	line := 1
	for row := range rows {
		line++
		if reason := row.record(record); reason != "" {
			out.Flush()
			return &RowError{line, reason}
		}
		if err = out.Write(record); err != nil {
			break
		}
	}
	out.Flush()
	if err == nil {
		err = out.Error()
	}
	if err != nil {
		return fmt.Errorf("orderfile: %w", err)
	}
	return nil
}

// record sets the cells of a row, in the order of [written].
func (r *Row) record(cells []string) (reason string) {
	order, reason := readID(r.Order, orderID)
	if reason == "" && order == "" {
		reason = orderID.String() + " is empty"
	}
	if reason != "" {
		return reason
	}
	parcel, reason := readID(r.Package, packageID)
	if reason != "" {
		return reason
	}
	numbers, reason := readNumbers(strings.Join(r.Numbers, ","))
	if reason != "" {
		return reason
	}
	created, reason := writeTime(r.Created)
	to := readCountry(r.Country)
	copy(cells, []string{
		asText(order), guard(oneLine(r.Status)), asText(parcel), asText(strings.Join(numbers, ", ")), guard(oneLine(r.TrackingStatus)),
		guard(oneLine(r.Provider)), to, writeArea(r.PostalCode, to), created,
	})
	return reason
}

// writeTime writes a time in the one layout that everybody reads alike.
func writeTime(t time.Time) (cell, reason string) {
	switch t = t.UTC(); {
	case t.IsZero():
		return "", ""
	case t.Year()/100 != 20:
		return "", createdTime.String() + " is not of this century"
	}
	return t.Format(time.DateTime), ""
}

// guard puts an apostrophe before what a spreadsheet program would take for a
// formula, and before an apostrophe, so that the reader can take one away.
func guard(text string) string {
	first, _ := utf8.DecodeRuneInString(text)
	if text != "" && strings.ContainsRune("=+-@\t\r\n'＝＋－＠", first) {
		return "'" + text
	}
	return text
}

// asText keeps a spreadsheet program from reading an id as a number: what ends in
// a tab is text to it, as in the export itself.
func asText(id string) string {
	if id == "" {
		return ""
	}
	return guard(id) + "\t"
}
