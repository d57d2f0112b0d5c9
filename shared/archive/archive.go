// Package archive moves all rows of a store through one file: out of one store,
// into another, whatever technology both have. An archive that is cut short can
// be continued, a damaged one is refused before anything is written.
package archive

import (
	"errors"
	"fmt"
	"slices"

	"github.com/shiptide/shiptide/shared/store"
)

// Reasons why a file is not taken.
var (
	ErrNoArchive  = errors.New("not an archive")
	ErrComplete   = errors.New("archive is complete; remove it, or name another file")
	ErrIncomplete = errors.New("archive is incomplete")
	ErrDamaged    = errors.New("archive is damaged")
	ErrInUse      = errors.New("another export writes to the file")
	ErrOtherStore = errors.New("archive was begun from another store, or from this one before it changed; remove the file and begin anew")
)

// Rows is a table whose rows can all be read.
type Rows interface {
	store.Table
	store.Scanner
}

// Table is a table under the name that it has in every store.
type Table struct {
	Name string
	Rows Rows
	// Check is asked of each row by an import before anything is written; an error
	// refuses the archive. nil takes all.
	Check func(it *store.Item) error
}

// Progress is told after each page how many rows of a table are done. Calls
// follow one another; nil is told nothing.
type Progress func(table string, rows int)

func (p Progress) tell(table string, rows int) {
	if p != nil {
		p(table, rows)
	}
}

// Summary says what was done, by the name of the table.
type Summary struct {
	Tables map[string]Counts `json:"tables"`
	SHA256 string            `json:"sha256"` // of the whole file, in hex
}

// Counts are numbers of rows. An export counts Rows only; in an import Rows is
// the sum of the others.
type Counts struct {
	Rows    int `json:"rows"`             // in the archive
	Written int `json:"written,omitzero"` // to the store
	Already int `json:"already,omitzero"` // there with the same content
	Expired int `json:"expired,omitzero"` // by now, and left out
	Differ  int `json:"differ,omitzero"`  // there with other content, and left as they are

	// DifferKeys has the keys of the rows that differ, of at most 20 of them.
	DifferKeys []Key `json:"differKeys,omitempty"`
}

// Key names a row.
type Key struct {
	Partition string `json:"partition"`
	Sort      string `json:"sort"`
}

// maxKeys is how many keys of rows that differ are named.
const maxKeys = 20

// names returns the names of tables, which must be there and unlike.
func names(tables []Table) ([]string, error) {
	var all []string
	for _, t := range tables {
		if t.Name == "" || slices.Contains(all, t.Name) {
			return nil, fmt.Errorf("table name %q is empty or there twice", t.Name)
		}
		all = append(all, t.Name)
	}
	if len(all) == 0 {
		return nil, errors.New("no tables")
	}
	return all, nil
}
