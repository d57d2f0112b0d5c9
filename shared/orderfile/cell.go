package orderfile

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shiptide/shiptide/shared/shipment"
)

const (
	maxID   = 50  // characters of an id; TikTok's have 18 or 19, other shops put in what they have
	maxText = 200 // bytes of a status or a name that are kept
	minWord = 8   // characters of each of several numbers between which is nothing but a blank
)

// cells are those of one row.
type cells struct {
	record []string
	at     *places
}

// cell returns what stands in a column, "" where the row or the file has none.
func (c cells) cell(of column) string {
	if i := c.at[of]; i >= 0 && i < len(c.record) {
		return c.record[i]
	}
	return ""
}

// row reads the cells, but for the line and the time. reason says why it cannot.
// Nothing in the row points into the record.
func (c cells) row(width int) (row Row, reason string) {
	if reason := c.shape(width); reason != "" {
		return Row{}, reason
	}
	if row.Order, reason = readID(c.cell(orderID), orderID); reason != "" {
		return Row{}, reason
	}
	if row.Order == "" {
		return Row{}, orderID.String() + " is empty"
	}
	if row.Package, reason = readID(c.cell(packageID), packageID); reason != "" {
		return Row{}, reason
	}
	if row.Numbers, reason = readNumbers(c.cell(trackingID)); reason != "" {
		return Row{}, reason
	}
	row.Status, row.Provider = readText(c.cell(orderStatus)), readText(c.cell(providerName))
	row.TrackingStatus = readText(c.cell(trackingStatus))
	row.Country = readCountry(c.cell(country))
	row.PostalCode = PostalArea(c.cell(zipcode), row.Country)
	return row, ""
}

// shape says what is wrong with the number of cells: then a separator or a line
// break within a cell is not quoted, and cells are not in their columns.
func (c cells) shape(width int) string {
	switch {
	case len(c.record) > width && !isBlank(c.record[width:]):
		return "it has more cells than the header"
	case len(c.record) <= c.at[orderID]:
		return "it ends before " + orderID.String()
	case len(c.record) <= c.at[trackingID]:
		return "it ends before " + trackingID.String()
	}
	return ""
}

// plain takes off what keeps a cell text in a spreadsheet program: blanks and
// tabs around it, a leading apostrophe.
func plain(cell string) string {
	return strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(cell), "'"))
}

// plainID is [plain] for ids, which may also be written as a formula: ="577".
func plainID(cell string) string {
	s := plain(cell)
	if formula, ok := strings.CutPrefix(s, `="`); ok {
		s = plain(strings.TrimSuffix(formula, `"`))
	}
	switch s {
	case "-", "--", "/", "N/A", "n/a":
		return ""
	}
	return s
}

// readID reads an id, "" where there is none.
func readID(cell string, of column) (id, reason string) {
	s := plainID(cell)
	switch {
	case s == "":
		return "", ""
	case isRounded(s):
		return "", roundedReason(of)
	case !IsID(s):
		return "", of.String() + " holds what is no id"
	}
	return strings.Clone(s), ""
}

// IsID reports whether s may be the id of an order or of a package: letters,
// digits, dashes and a leading #, and at least one digit. So nobody's name and no
// address is one.
func IsID(s string) bool {
	digit := false
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			digit = true
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', i > 0 && (c == '-' || c == '_'), i == 0 && c == '#':
		default:
			return false
		}
	}
	return digit && len(s) <= maxID
}

// readNumbers reads the tracking numbers of a cell.
func readNumbers(cell string) (numbers []string, reason string) {
	s := plainID(cell)
	if isRounded(s) {
		return nil, roundedReason(trackingID) // Before "5,77E+17" is split.
	}
	for part := range strings.FieldsFuncSeq(s, isSeparator) {
		words := strings.Fields(part)
		for _, word := range words {
			number := shipment.CleanNumber(word)
			switch {
			case isRounded(word):
				return nil, roundedReason(trackingID)
			case len(words) > 1 && len(number) < minWord:
				return nil, trackingID.String() + " has a blank within a number, or a word beside one"
			case !strings.ContainsAny(number, "0123456789"):
				return nil, trackingID.String() + " holds what is no tracking number"
			}
			if !slices.Contains(numbers, number) {
				numbers = append(numbers, strings.Clone(number))
			}
			if len(numbers) > maxNumbers {
				return nil, fmt.Sprintf("%s holds more than %d numbers", trackingID, maxNumbers)
			}
		}
	}
	return numbers, ""
}

// isSeparator is true for what stands between two numbers, but for a blank.
func isSeparator(r rune) bool {
	return strings.ContainsRune(",;/|\r\n，；、", r)
}

// readText reads a status or a name.
func readText(cell string) string { return oneLine(plain(cell)) }

// oneLine brings a text to one line, not longer than it may be.
func oneLine(text string) string {
	s := strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "\uFFFD"), func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " ")
	if len(s) <= maxText {
		return strings.Clone(s)
	}
	end := maxText
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return strings.Clone(strings.TrimRight(s[:end], " "))
}
