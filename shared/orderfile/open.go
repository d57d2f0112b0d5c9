package orderfile

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	headSize  = 64 << 10 // in which the header must end
	maxRecord = 1 << 20  // bytes of a row; more means that a quote is not closed
)

// exportAgain is what helps against a file of another format.
const exportAgain = "export the orders of Seller Center as CSV"

// bom is the byte order mark of UTF-8, which spreadsheet programs need and others
// leave out.
const bom = "\uFEFF"

// strangers are files that are given in place of an export, by their first bytes.
var strangers = []struct{ begin, reason string }{
	{"PK\x03\x04", "this is an Excel workbook (or a zip file): " + exportAgain},
	{"\xD0\xCF\x11\xE0", "this is an old Excel workbook: " + exportAgain},
	{"%PDF", "this is a PDF: " + exportAgain},
	{"\xFF\xFE", notUTF8},
	{"\xFE\xFF", notUTF8},
	{"<", "this is a web page or XML: " + exportAgain},
	{"{", "this is JSON: " + exportAgain},
	{"\x1F\x8B", "this is compressed (gzip): unpack it first"},
}

const notUTF8 = "the text is not UTF-8: export the orders again as CSV; if a spreadsheet program saved the file, as \"CSV UTF-8\""

// open reads the header.
func open(in io.Reader) (*reader, error) {
	buf := bufio.NewReaderSize(in, headSize)
	head, err := buf.Peek(headSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("orderfile: %w", err)
	}
	if bytes.HasPrefix(head, []byte(bom)) {
		head = head[len(bom):]
		if _, err := buf.Discard(len(bom)); err != nil {
			return nil, fmt.Errorf("orderfile: %w", err)
		}
	}
	if reason := strange(head); reason != "" {
		return nil, &FileError{0, reason}
	}
	limited := &limiter{in: buf}
	r := &reader{in: limited, csv: csv.NewReader(limited), untitled: true}
	r.csv.Comma, r.csv.FieldsPerRecord, r.csv.ReuseRecord = separator(head), -1, true
	return r, r.readHeader()
}

// strange says what a file is that is no export.
func strange(head []byte) string {
	if len(bytes.TrimSpace(head)) == 0 {
		return "the file is empty"
	}
	for _, s := range strangers {
		if bytes.HasPrefix(head, []byte(s.begin)) {
			return s.reason
		}
	}
	if bytes.IndexByte(head, 0) >= 0 {
		return notUTF8 // Every other byte of UTF-16 is zero.
	}
	return ""
}

// separator is the one that makes most columns of the header.
func separator(head []byte) (best rune) {
	best, most := ',', 0
	for _, c := range ",;\t" {
		r := csv.NewReader(bytes.NewReader(head))
		r.Comma = c
		header, err := r.Read()
		if err != nil {
			continue
		}
		known := 0
		for _, title := range header {
			if _, ok := columnOf(title); ok {
				known++
			}
		}
		if known > most {
			best, most = c, known
		}
	}
	return best
}

// readHeader finds the columns.
func (r *reader) readHeader() error {
	header, err := r.record()
	if errors.As(err, new(*RowError)) || errors.Is(err, io.EOF) {
		return &FileError{1, "the header is no CSV: " + exportAgain}
	}
	if err != nil {
		return err
	}
	r.width = len(header)
	var reason string
	if r.at, reason = place(header); reason != "" {
		return &FileError{r.line, reason}
	}
	return nil
}

// limiter bounds what may be read of one row.
type limiter struct {
	in   io.Reader
	left int
}

// errLong is about a row that is too long to be one.
var errLong = errors.New("row too long")

func (l *limiter) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errLong
	}
	n, err := l.in.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}

// isBlank reports whether no cell holds anything.
func isBlank(record []string) bool {
	for _, cell := range record {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}
