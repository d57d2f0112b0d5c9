package orderfile

import (
	"slices"
	"strings"
)

// significant is how many digits a spreadsheet program keeps of a number.
const significant = 15

// doubt is how many digits behind those must be zero in the ids of a column
// before nobody believes in chance: 4 are once in 10,000.
const doubt = 4

// keepAway is what helps against both kinds of damage.
const keepAway = "export the orders again, and do not save the file from there"

// isRounded reports whether s is a number in the short form of spreadsheet
// programs: 5.77E+17, with a comma in some countries, without a fraction in
// narrow columns.
func isRounded(s string) bool {
	fraction, exponent, ok := strings.Cut(strings.ToUpper(s), "E")
	if !ok || fraction == "" || len(s) > 30 {
		return false
	}
	whole, rest, point := strings.Cut(strings.Replace(fraction, ",", ".", 1), ".")
	power, signed := strings.CutPrefix(exponent, "+")
	return isDigits(whole) && (!point || isDigits(rest)) && isDigits(power) && (point || signed)
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func roundedReason(c column) string {
	return c.String() + " lost its last digits in a spreadsheet program (as 5.77E+17): " + keepAway
}

// cuts looks for columns whose long ids were cut to the digits that a spreadsheet
// program keeps.
type cuts [columns]cut

// see looks at the ids of a row.
func (c *cuts) see(row *Row) {
	c[orderID].see(row.Order, row.Line)
	c[packageID].see(row.Package, row.Line)
	for _, number := range row.Numbers {
		c[trackingID].see(number, row.Line)
	}
}

// damage returns what the ids seen so far prove.
func (c *cuts) damage() error {
	for _, of := range [...]column{orderID, packageID, trackingID} {
		if c[of].zeros >= doubt {
			return &FileError{c[of].line, "from here on all long numbers of " + of.String() + " end in zeros, cut to 15 digits by a spreadsheet program: " + keepAway}
		}
	}
	return nil
}

// cut is what the ids of one column show.
type cut struct {
	whole bool     // a long id has another digit than zero behind those kept
	zeros int      // digits behind those kept, of different ids
	seen  []string // ids that were counted
	line  int      // of the first
}

func (l *cut) see(id string, line int) {
	if l.whole || len(id) <= significant || !isDigits(id) {
		return
	}
	if strings.Trim(id[significant:], "0") != "" {
		*l = cut{whole: true}
		return
	}
	if l.zeros >= doubt || slices.Contains(l.seen, id) {
		return
	}
	if l.seen == nil {
		l.line = line
	}
	l.seen = append(l.seen, id)
	l.zeros += len(id) - significant
}
