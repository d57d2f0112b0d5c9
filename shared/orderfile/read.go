package orderfile

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// window is how many rows are read before the first is given out: in them is
// seen how the file writes dates, and whether its ids are whole.
const window = 1000

// Read gives out the packages of an export, one a package where the rows of an
// order follow each other. The sequence can be used once.
//
// After a [*RowError] it goes on; the rows of an order that is not complete yet
// may come after it. Any other error is the last: a [*FileError], or what in
// returned. It may come after rows, so whoever wants all or nothing collects
// first.
func Read(in io.Reader) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		r, err := open(in)
		if err != nil {
			yield(Row{}, err)
			return
		}
		r.each(&orders{yield: yield})
	}
}

// reader reads the rows of one file.
type reader struct {
	in       *limiter
	csv      *csv.Reader
	line     int    // where the last whole row began
	width    int    // cells of the header
	at       places // the columns
	untitled bool   // the next row may be the one of explanations
	settled  bool   // the window is over, and dates is what it showed
	dates    dateOrder
	ids      cuts
}

// entry is a row, its time as the file has it, and what is wrong with it.
type entry struct {
	row     Row
	created stamp
	err     *RowError
}

// each hands all rows to out.
func (r *reader) each(out *orders) {
	ahead, end := r.lookAhead()
	if err := r.ids.damage(); err != nil {
		ahead, end = nil, err
	}
	for i := range ahead {
		if !out.add(&ahead[i], r.dates) {
			return
		}
	}
	for end == nil {
		var e entry
		if e, end = r.next(); end != nil {
			break
		}
		if err := r.ids.damage(); err != nil {
			end = err
			break
		}
		if !out.add(&e, r.dates) {
			return
		}
	}
	if out.flush() && !errors.Is(end, io.EOF) {
		out.yield(Row{}, end)
	}
}

// lookAhead reads the window, and learns from it how dates are written. end is
// nil if there may be more.
func (r *reader) lookAhead() (ahead []entry, end error) {
	for len(ahead) < window {
		e, err := r.next()
		if err != nil {
			return ahead, err
		}
		ahead = append(ahead, e)
	}
	r.settled = true
	return ahead, nil
}

// next reads a row. An error is the end of the file, or of all hope for it.
func (r *reader) next() (entry, error) {
	for {
		record, err := r.record()
		var rowErr *RowError
		if errors.As(err, &rowErr) {
			return entry{err: rowErr}, nil
		}
		if err != nil {
			return entry{}, err
		}
		c := cells{record, &r.at}
		if isBlank(record) || r.untitled && explains(plain(c.cell(orderID))) {
			continue
		}
		r.untitled = false
		return r.entry(c), nil
	}
}

// record reads the cells of a row. They are good until the next call.
func (r *reader) record() ([]string, error) {
	r.in.left = maxRecord
	record, err := r.csv.Read()
	var quotes *csv.ParseError
	switch {
	case errors.As(err, &quotes):
		return nil, &RowError{quotes.StartLine, aboutQuotes(quotes)}
	case errors.Is(err, errLong):
		return nil, &FileError{0, fmt.Sprintf("the row after the one of line %d is longer than 1 MiB: a quote that opens in it is not closed", r.line)}
	case errors.Is(err, io.EOF):
		return nil, io.EOF
	case err != nil:
		return nil, fmt.Errorf("orderfile: %w", err)
	}
	r.line, _ = r.csv.FieldPos(0)
	for _, cell := range record {
		if !utf8.ValidString(cell) {
			return nil, &FileError{r.line, notUTF8}
		}
	}
	return record, nil
}

func aboutQuotes(e *csv.ParseError) string {
	if e.Line == e.StartLine {
		return "a quote stands where CSV has none"
	}
	return fmt.Sprintf("a quote that opens here is not closed as CSV does it; what stands up to line %d is not read", e.Line)
}

// explains reports whether the first row tells what the columns are about, by
// what it has for an order: a sentence, or no digit.
func explains(order string) bool {
	sentence := strings.Contains(order, " ") && strings.ContainsFunc(order, unicode.IsLetter)
	return order != "" && (sentence || !strings.ContainsAny(order, "0123456789"))
}

// entry reads the cells of a row.
func (r *reader) entry(c cells) entry {
	row, reason := c.row(r.width)
	if reason != "" {
		return entry{err: &RowError{r.line, reason}}
	}
	row.Line = r.line
	r.ids.see(&row)
	for t := createdTime; t <= deliveredTime && !r.settled; t++ {
		r.dates = r.dates.and(readStamp(c.cell(t)).shows())
	}
	return entry{row: row, created: readStamp(c.cell(createdTime))}
}

// orders joins the rows of an order that follow each other.
type orders struct {
	yield func(Row, error) bool
	rows  []Row // packages of one order
}

// add takes a row, and reports whether the receiver wants more.
func (o *orders) add(e *entry, dates dateOrder) bool {
	if e.err != nil {
		return o.yield(Row{}, e.err)
	}
	row := e.row
	row.Created = e.created.time(dates)
	for i := range o.rows {
		if o.rows[0].Order == row.Order && o.rows[i].samePackage(&row) {
			o.rows[i].add(&row)
			return true
		}
	}
	if len(o.rows) > 0 && (o.rows[0].Order != row.Order || len(o.rows) == maxPackages) && !o.flush() {
		return false
	}
	o.rows = append(o.rows, row)
	return true
}

// flush gives out the order.
func (o *orders) flush() bool {
	for _, row := range o.rows {
		if !o.yield(row, nil) {
			return false
		}
	}
	o.rows = o.rows[:0]
	return true
}
