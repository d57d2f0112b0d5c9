package orderfile_test

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/shiptide/shiptide/shared/orderfile"
)

// collect reads a whole text.
func collect(text string) (rows []orderfile.Row, errs []error) {
	for row, err := range orderfile.Read(strings.NewReader(text)) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		rows = append(rows, row)
	}
	return rows, errs
}

// lines joins the lines of a file.
func lines(s ...string) string { return strings.Join(s, "\n") + "\n" }

// one returns the only row of a text.
func one(t *testing.T, text string) orderfile.Row {
	t.Helper()
	rows, errs := collect(text)
	if len(rows) != 1 || len(errs) > 0 {
		t.Fatalf("rows %+v, errors %v, want one row", rows, errs)
	}
	return rows[0]
}

func sample(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("testdata/export.csv")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// generated is an export of n rows that is never whole in memory: each order has
// two articles in one package. In each run of # stands the number of the order.
type generated struct {
	row     []byte
	n, done int
	rest    []byte // of what was begun
}

func (g *generated) Read(p []byte) (int, error) {
	if len(g.rest) == 0 {
		if g.done == g.n {
			return 0, io.EOF
		}
		g.rest = append(g.rest, g.row...)
		number := g.done / 2
		for i := len(g.rest) - 1; i >= 0; i-- {
			if g.rest[i] != '#' {
				number = g.done / 2
				continue
			}
			g.rest[i], number = byte('0'+number%10), number/10
		}
		g.done++
	}
	n := copy(p, g.rest)
	g.rest = append(g.rest[:0], g.rest[n:]...)
	return n, nil
}

// wide are rows as a real export has them, with 36 columns.
func wide(t testing.TB, n int) *generated {
	t.Helper()
	line := strings.SplitAfter(sample(t), "\r\n") // The header, explanations, the first article.
	row := strings.NewReplacer("577100000000000101", "5771#############1", "1152000000000000101", "1152##############1", "1Z5R89390357567127", "1Z5R8939##########").Replace(line[2])
	return &generated{rest: []byte(line[0]), row: []byte(row), n: n}
}

// narrow are rows of the columns that are read, so that many are quick.
func narrow(n int) *generated {
	return &generated{
		rest: []byte("Order ID,Tracking ID,Package ID,Created Time\n"),
		row:  []byte("5771#############1\t,1Z5R8939##########\t,1152##############1\t,08/25/2026 4:04:12 PM\n"), n: n,
	}
}

func isRowError(err error) bool { return errors.As(err, new(*orderfile.RowError)) }
